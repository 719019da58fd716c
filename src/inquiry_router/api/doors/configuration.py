"""The doors for what admins set: teams, policy and API keys. Every change needs the ETag of what it is based on."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Row

from inquiry_router.api.schemas.inquiry_answers import DecisionOut
from inquiry_router.api.web.problems import listed
from inquiry_router.api.web.routing import Door, answer, etag, house, key_of, required_version
from inquiry_router.configuration import store
from inquiry_router.configuration.api_keys import ApiKey, Scope, digest, format_key, new_secret
from inquiry_router.configuration.documents import POLICY, TEAMS, DocumentKind, Documents, M
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.evaluation import policy_preview
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.rendering import decision_json, format_time
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.policy import Document, Policy, Teams

teams_door = Door("Teams")
policy_door = Door("Policy")
keys_door = Door("API keys")

IfMatch = Annotated[
    str | None,
    Header(
        description="The ETag of what your change is based on.",
        openapi_examples={"first": {"value": '"1"'}},
    ),
]
_ETAG = {
    "description": "The present version; send it back in If-Match.",
    "schema": {"type": "string"},
    "example": '"1"',
}
_POLICY_EXAMPLE = {
    "content": {
        "application/json": {
            "example": default_file().documents[POLICY].model_dump(mode="json", exclude_none=True)
        }
    }
}
WITH_ETAG: dict[int | str, dict[str, Any]] = {200: {"headers": {"ETag": _ETAG}}}


class PolicyOut(Policy):
    """The policy in force."""

    version: int = Field(
        description="Counts up with every change; decisions name it.", examples=[1]
    )


class PolicyIn(Policy):
    """A policy to be put in force."""

    note: Annotated[str, StringConstraints(max_length=500)] | None = Field(
        None,
        description="What was changed and why, for the history.",
        examples=["Chat goes to sales on Fridays."],
    )


class MovedInquiry(BaseModel):
    """An inquiry that the policy would decide otherwise."""

    id: str = Field(description="Its id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"])
    reference: str = Field(description="Its reference.", examples=["K7MA-4XEH"])
    said: str = Field(description="How it begins.", examples=["Pompa znowu stoi"])
    before: DecisionOut = Field(description="By the policy in force.")
    after: DecisionOut = Field(description="By the policy that is tried.")


class PolicyPreview(BaseModel):
    """What a policy would change."""

    looked_at: int = Field(description="How many inquiries were looked at.", examples=[200])
    moved: list[MovedInquiry] = Field(
        description="Those that would be decided otherwise, the newest first."
    )


class PolicyVersion(BaseModel):
    """A policy that is or was in force."""

    version: int = Field(description="Its version.", examples=[1])
    at: datetime = Field(description="Since when.", examples=["2026-11-20T08:30:00.000Z"])
    actor: str = Field(description="The API key that put it in force.", examples=["admin"])
    note: str | None = Field(description="What was changed and why.", examples=["import"])
    policy: dict[str, Any] = Field(description="The policy whole.")


class PolicyHistory(BaseModel):
    """Versions, the newest first."""

    items: list[PolicyVersion]
    next_before: int | None = Field(
        description="Send it as `before` for older ones; null at the end.", examples=[None]
    )


class ApiKeyIn(Document):
    """A key to be made."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"id": "website", "name": "Contact form of the website", "scopes": ["intake"]}
            ]
        },
    )

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,30}$")] = Field(
        description="Part of the key, so that a leaked one can be recognised; small letters, digits, dashes.",
        examples=["website"],
    )
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="Who uses it, for people.", examples=["Contact form of the website"]
    )
    scopes: list[Scope] = Field(
        min_length=1,
        max_length=3,
        description="intake: take inquiries in. read: look at them and try out. admin: everything.",
        examples=[["intake"]],
    )


class ApiKeyOut(BaseModel):
    """A key without its secret."""

    id: str = Field(description="Its id.", examples=["website"])
    name: str = Field(description="Who uses it.", examples=["Contact form of the website"])
    scopes: list[Scope] = Field(description="What it may do.", examples=[["intake"]])
    created_at: datetime = Field(description="Since when.", examples=["2026-11-20T08:30:00.000Z"])
    revoked_at: datetime | None = Field(
        description="When it was revoked; null while it is valid.", examples=[None]
    )


class NewApiKeyOut(ApiKeyOut):
    """A key with its secret, shown this once."""

    key: str = Field(
        description="The whole key; it is not kept and cannot be shown again.",
        examples=["irk_website_3fJ0bq0xkQ8m6cVgT2n5rY7uL1wZ4aXe9hDsPoKiMtE"],
    )


class ApiKeyList(BaseModel):
    """All keys."""

    items: list[ApiKeyOut]


@teams_door.operation(
    "GET",
    "/teams",
    scope=Scope.READ,
    response_model=Teams,
    responses=WITH_ETAG,
    summary="See the teams",
)
async def read_teams(request: Request) -> Response:
    """Every team with its working hours."""
    configuration = house(request).configuration.current
    return document_answer(configuration.documents, TEAMS)


@teams_door.operation(
    "PUT",
    "/teams",
    scope=Scope.ADMIN,
    response_model=Teams,
    responses=WITH_ETAG,
    problems=(412, 428),
    summary="Change the teams",
    openapi_extra={
        "requestBody": {
            "content": {
                "application/json": {
                    "example": default_file().documents[TEAMS].model_dump(mode="json")
                }
            }
        }
    },
)
async def replace_teams(request: Request, teams: Teams, if_match: IfMatch = None) -> Response:
    """Replaces all teams. A team that the policy still names cannot go. Takes effect with the next inquiry."""
    version = await put_document(request, TEAMS, teams, if_match)
    return answer(teams.model_dump(mode="json"), ETag=etag(version))


@policy_door.operation(
    "GET",
    "/policy",
    scope=Scope.READ,
    response_model=PolicyOut,
    responses=WITH_ETAG,
    summary="See the policy",
)
async def read_policy(request: Request) -> Response:
    """The rules in force, in their order."""
    configuration = house(request).configuration.current
    policy, version = configuration.documents[POLICY], configuration.documents.version(POLICY)
    return _policy_answer(policy, version)


@policy_door.operation(
    "PUT",
    "/policy",
    scope=Scope.ADMIN,
    response_model=PolicyOut,
    responses=WITH_ETAG,
    problems=(412, 428),
    summary="Change the policy",
    openapi_extra={"requestBody": _POLICY_EXAMPLE},
)
async def replace_policy(request: Request, policy: PolicyIn, if_match: IfMatch = None) -> Response:
    """Replaces the policy by a new version; the old ones stay in the history. Takes effect with the next inquiry.

    The sales guard stands above the rules: an uncertain inquiry, or `other`, never reaches a sales
    team.
    """
    bare = Policy.model_validate(policy.model_dump(exclude={"note"}))
    version = await put_document(request, POLICY, bare, if_match, policy.note)
    return _policy_answer(bare, version)


@policy_door.operation(
    "POST",
    "/policy/preview",
    scope=Scope.ADMIN,
    response_model=PolicyPreview,
    summary="Try a policy on what came in",
    openapi_extra={"requestBody": _POLICY_EXAMPLE},
)
async def preview_policy(
    request: Request,
    policy: PolicyIn,
    limit: Annotated[
        int, Query(ge=1, le=1000, description="How many of the newest inquiries to look at.")
    ] = 200,
) -> Response:
    """Shows which inquiries the policy would have sent elsewhere, with another priority or promise. Changes nothing.

    It is decided by the same code as live inquiries, as of the moment each one was received, and compared with the
    policy in force.
    """
    rooms = house(request)
    present = rooms.configuration.current
    _refuse(present.documents.problems_with(POLICY, policy))
    moves = await rooms.database.read(
        lambda connection: policy_preview.preview_policy(connection, present, policy, limit)
    )
    moved = [
        {
            "id": move.inquiry_id,
            "reference": move.reference,
            "said": move.said,
            "before": decision_json(move.before),
            "after": decision_json(move.after),
        }
        for move in moves
        if move is not None
    ]
    return answer({"looked_at": len(moves), "moved": moved})


@policy_door.operation(
    "GET",
    "/policy/history",
    scope=Scope.READ,
    response_model=PolicyHistory,
    problems=(422,),
    summary="See earlier policies",
)
async def read_policy_history(
    request: Request,
    before: Annotated[
        int | None, Query(ge=1, le=2_000_000_000, description="Only versions below this one.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many.")] = 20,
) -> Response:
    """Every version that was ever in force, with who changed it and why. To go back, PUT an old one again."""

    def work(connection: Any) -> Sequence[Row[Any]]:
        return store.list_versions(connection, POLICY.name, before, limit + 1)

    rows = await house(request).database.read(work)
    items = [
        {
            "version": row.version,
            "at": format_time(row.at),
            "actor": row.actor,
            "note": row.note,
            "policy": row.body,
        }
        for row in rows[:limit]
    ]
    return answer(
        {"items": items, "next_before": items[-1]["version"] if len(rows) > limit else None}
    )


@keys_door.operation(
    "POST",
    "/api-keys",
    scope=Scope.ADMIN,
    status_code=201,
    response_model=NewApiKeyOut,
    problems=(409,),
    summary="Make an API key",
)
async def make_api_key(request: Request, key: ApiKeyIn) -> Response:
    """Makes a key and shows it, this once. Give each client its own, with the least scope that does."""
    secret = new_secret()
    made = ApiKey(key.id, key.name, tuple(dict.fromkeys(key.scopes)), digest(secret), utc_now())
    await house(request).configuration.change(
        lambda connection: store.add_api_key(connection, made)
    )
    return answer({**_key_json(made), "key": format_key(made.id, secret)}, 201)


@keys_door.operation(
    "GET", "/api-keys", scope=Scope.ADMIN, response_model=ApiKeyList, summary="See the API keys"
)
async def list_api_keys(request: Request) -> Response:
    """Every key, also the revoked ones; never a secret."""
    keys = house(request).configuration.current.api_keys.values()
    return answer({"items": [_key_json(key) for key in keys]})


@keys_door.operation(
    "DELETE",
    "/api-keys/{key_id}",
    scope=Scope.ADMIN,
    status_code=204,
    problems=(404, 409, 422),
    summary="Revoke an API key",
    response_class=Response,
)
async def revoke_api_key(
    request: Request,
    key_id: Annotated[
        str,
        Path(
            pattern=r"^[a-z0-9][a-z0-9-]{1,30}$",
            description="The key's id.",
            openapi_examples={"website": {"value": "website"}},
        ),
    ],
) -> Response:
    """Revokes a key at once here, and within a second on every replica. The last admin key cannot be revoked."""
    now = utc_now()
    await house(request).configuration.change(
        lambda connection: store.revoke_api_key(connection, key_id, now)
    )
    return Response(status_code=204)


def _refuse(problems: list[str]) -> None:
    if problems:
        raise Invalid(
            listed(problems, separator="; "),
            hint="Change teams and policy so that every name exists: GET /v1/teams lists them.",
        )


async def put_document(
    request: Request,
    kind: DocumentKind[M],
    value: M,
    if_match: str | None,
    note: str | None = None,
    refuse: Callable[[list[str]], None] = _refuse,
) -> int:
    """Put a new version of a document in force. Returns its version.

    `refuse` raises the answer to problems, if there are any.
    """
    expected = required_version(if_match)
    service = house(request).configuration
    refuse(service.current.documents.problems_with(kind, value))
    actor, now = key_of(request).id, utc_now()
    return await service.replace_document(kind, value, expected, actor, note, now)


def document_answer(documents: Documents, kind: DocumentKind[Any]) -> Response:
    """Answer with a document and its version as ETag."""
    return answer(documents[kind].model_dump(mode="json"), ETag=etag(documents.version(kind)))


def _policy_answer(policy: Policy, version: int) -> Response:
    return answer({**policy.model_dump(mode="json"), "version": version}, ETag=etag(version))


def _key_json(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "created_at": format_time(key.created_at),
        "revoked_at": format_time(key.revoked_at),
    }
