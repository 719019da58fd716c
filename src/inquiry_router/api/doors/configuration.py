"""Teams and policy. A change needs the ETag of the version it is based on."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Row

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.policy_life import changes_of_versions
from inquiry_router.api.schemas.fields import read_only
from inquiry_router.api.schemas.inquiry_answers import DecisionOut
from inquiry_router.api.web.documents import (
    WITH_ETAG,
    IfMatchOrAny,
    document_answer,
    put_document,
    refuse_read_only,
)
from inquiry_router.api.web.problems import listed
from inquiry_router.api.web.routing import Door, answer, etag, house, required_version
from inquiry_router.api.web.speaking import ReadersLanguage, tell
from inquiry_router.configuration import store
from inquiry_router.configuration.destination_names import find_left_names
from inquiry_router.configuration.documents import POLICY, TEAMS
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.rendering import decision_json, format_time
from inquiry_router.policies import preview
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.policy import Policy
from inquiry_router.routing.teams import Teams

teams_door = Door("Teams")
policy_door = Door("Policy")

_DEFAULTS = default_file().documents
_POLICY_EXAMPLE = {
    "content": {
        "application/json": {
            "example": _DEFAULTS[POLICY].model_dump(mode="json", exclude_none=True)
        }
    }
}


class PolicyOut(Policy):
    """The policy in force."""

    version: int = Field(
        description="Incremented by every change; decisions name it.", examples=[1]
    )


class PolicyIn(Policy):
    """A new policy."""

    note: Annotated[str, StringConstraints(max_length=500)] | None = Field(
        None,
        description="The change and its reason, for the history.",
        examples=["Chat goes to sales on Fridays."],
    )
    version: int | None = read_only("the version in force.")


class MovedInquiry(BaseModel):
    """An inquiry that another policy would decide differently."""

    id: str = Field(description="Its id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"])
    reference: str = Field(description="Its reference.", examples=["K7MA-4XEH"])
    said: str = Field(description="The beginning of its text.", examples=["Pompa znowu stoi"])
    before: DecisionOut = Field(description="By the policy in force.")
    after: DecisionOut = Field(description="By the policy in the request.")


class PolicyPreview(BaseModel):
    """The effect of a policy."""

    looked_at: int = Field(
        description="The number of inquiries that were decided again.", examples=[200]
    )
    moved: list[MovedInquiry] = Field(description="Those with another decision, newest first.")


class PolicyVersion(BaseModel):
    """A version of the policy."""

    version: int = Field(description="Its version.", examples=[1])
    at: datetime = Field(
        description="The time since which it is or was in force.",
        examples=["2026-11-20T08:30:00.000Z"],
    )
    actor: str = Field(description="The API key that put it in force.", examples=["admin"])
    note: str | None = Field(description="The change and its reason.", examples=["import"])
    policy: dict[str, Any] = Field(description="The whole policy.")
    changes: list[str] = Field(
        default_factory=list,
        description="What changed from the version before, in the language of `lang` or "
        "Accept-Language.",
        examples=[["rule 'tenders': team sales -> tender_desk"]],
    )


class PolicyHistory(BaseModel):
    """Versions, newest first."""

    items: list[PolicyVersion]
    next_before: int | None = Field(
        description="Send it as `before` for older ones; null at the end.", examples=[None]
    )


@teams_door.operation(
    "GET",
    "/teams",
    scope=Scope.NAMES,
    response_model=Teams,
    responses=WITH_ETAG,
    summary="See the teams",
)
async def read_teams(request: Request) -> Response:
    """List every team with its working hours."""
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
            "content": {"application/json": {"example": _DEFAULTS[TEAMS].model_dump(mode="json")}}
        }
    },
)
async def replace_teams(request: Request, teams: Teams, if_match: IfMatchOrAny = None) -> Response:
    """Replace all teams; the next inquiry is decided with them.

    A team that the policy, the phone settings or a destination names cannot be removed.
    """
    present = house(request).configuration.current
    left = find_left_names(present.destinations, present.teams, teams, present.source_ids)
    _refuse(left)
    version = await put_document(request, TEAMS, teams, if_match, refuse=_refuse)
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
    """Show the rules in force, in their order."""
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
async def replace_policy(
    request: Request, policy: PolicyIn, if_match: IfMatchOrAny = None
) -> Response:
    """Replace the policy by a new version; the next inquiry is decided with it.

    The history keeps the old versions. A rule that can never apply is refused with the reason: an
    earlier one applies whenever it would, its `unless` covers its `when`, its conditions never hold
    together, or a value can never match. Domains, addresses and numbers are put into the form in
    which they are compared ("@agro.example" becomes "agro.example").

    A policy that breaks a golden sentence is refused, too.

    The sales guard stands above the rules: an uncertain inquiry, or `other`, never reaches a sales
    team.
    """
    present = house(request).configuration.current.documents.version(POLICY)
    refuse_read_only(policy, {"version": present}, "version")
    bare = Policy.model_validate(policy.model_dump(exclude={"note", "version"}))
    await _refuse_broken(request, bare, if_match)
    version = await put_document(request, POLICY, bare, if_match, policy.note, refuse=_refuse)
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
    lang: ReadersLanguage = None,
) -> Response:
    """Show the inquiries that the policy would route differently. Nothing is changed.

    Each inquiry is decided as of the moment it was received, by the code for live inquiries, and
    compared with the policy in force.
    """
    rooms = house(request)
    present = rooms.configuration.current
    _refuse(await asyncio.to_thread(present.documents.problems_with, POLICY, policy))
    moves = await rooms.database.scan(
        lambda connection: preview.preview_policy(connection, present, policy, limit)
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
    return tell(request, {"looked_at": len(moves), "moved": moved})


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
    lang: ReadersLanguage = None,
) -> Response:
    """List every version that was ever in force, with its author, reason and changes.

    POST /v1/policy/rollback goes back to one of them.
    """

    def work(connection: Any) -> Sequence[Row[Any]]:
        return store.list_versions(connection, POLICY.name, before, limit + 1)

    rows = await house(request).database.read(work)
    changes = changes_of_versions(request, [row.body for row in rows])
    items = [
        {
            "version": row.version,
            "at": format_time(row.at),
            "actor": row.actor,
            "note": row.note,
            "policy": row.body,
            "changes": changed or [],
        }
        for row, changed in zip_longest(rows[:limit], changes[:limit])
    ]
    return answer(
        {"items": items, "next_before": items[-1]["version"] if len(rows) > limit else None}
    )


async def _refuse_broken(request: Request, policy: Policy, if_match: str | None) -> None:
    """Refuse a policy that breaks a golden sentence. Raises `Invalid`."""
    documents = house(request).configuration.current.documents
    required_version(if_match, documents.version(POLICY))  # said first, as it is cheap
    await house(request).policies.require_fit(policy, utc_now())


def _refuse(problems: list[str]) -> None:
    if problems:
        raise Invalid(
            listed(problems, separator="; "),
            hint="Every name must exist: GET /v1/teams lists teams, GET /v1/categories categories. "
            "Every rule must be able to apply: change the one that is named, or take it out.",
        )


def _policy_answer(policy: Policy, version: int) -> Response:
    return answer({**policy.model_dump(mode="json"), "version": version}, ETag=etag(version))
