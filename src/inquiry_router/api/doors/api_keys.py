"""API keys: make, list and revoke them."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inquiry_router.api.web.routing import Door, answer, house
from inquiry_router.configuration import store
from inquiry_router.configuration.api_keys import ApiKey, Scope, digest, format_key, new_secret
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.fields import Document

door = Door("API keys")


class ApiKeyIn(Document):
    """A new key."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"id": "website", "name": "Contact form of the website", "scopes": ["intake"]}
            ]
        },
    )

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,30}$")] = Field(
        description="Part of the key, so that a leaked one can be identified; small letters, "
        "digits, dashes.",
        examples=["website"],
    )
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="Its user, for people.", examples=["Contact form of the website"]
    )
    scopes: list[Scope] = Field(
        min_length=1,
        max_length=len(Scope),
        description="intake: send inquiries. read: read them and try out. agent: the work of an "
        "agent in customer service, such as answers, corrections and callbacks. admin: everything.",
        examples=[["intake"]],
    )


class ApiKeyOut(BaseModel):
    """A key without its secret."""

    id: str = Field(description="Its id.", examples=["website"])
    name: str = Field(description="Its user.", examples=["Contact form of the website"])
    scopes: list[Scope] = Field(description="Its rights.", examples=[["intake"]])
    created_at: datetime = Field(
        description="The time it was made.", examples=["2026-11-20T08:30:00.000Z"]
    )
    revoked_at: datetime | None = Field(
        description="The time it was revoked; null while it is valid.", examples=[None]
    )


class NewApiKeyOut(ApiKeyOut):
    """A new key with its secret."""

    key: str = Field(
        description="The whole key; it is not kept and cannot be shown again.",
        examples=["irk_website_3fJ0bq0xkQ8m6cVgT2n5rY7uL1wZ4aXe9hDsPoKiMtE"],
    )


class ApiKeyList(BaseModel):
    """All keys."""

    items: list[ApiKeyOut]


@door.operation(
    "POST",
    "/api-keys",
    scope=Scope.ADMIN,
    status_code=201,
    response_model=NewApiKeyOut,
    problems=(409,),
    summary="Make an API key",
)
async def make_api_key(request: Request, key: ApiKeyIn) -> Response:
    """Make a key and show it, only this once.

    Give each client its own key, with the smallest sufficient scope.
    """
    secret = new_secret()
    made = ApiKey(key.id, key.name, tuple(dict.fromkeys(key.scopes)), digest(secret), utc_now())
    await house(request).configuration.change(
        lambda connection: store.add_api_key(connection, made)
    )
    return answer({**_key_json(made), "key": format_key(made.id, secret)}, 201)


@door.operation(
    "GET", "/api-keys", scope=Scope.ADMIN, response_model=ApiKeyList, summary="See the API keys"
)
async def list_api_keys(request: Request) -> Response:
    """List every key, also revoked ones, without secrets."""
    keys = house(request).configuration.current.api_keys.values()
    return answer({"items": [_key_json(key) for key in keys]})


@door.operation(
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
    """Revoke a key, at once here and within a second on every replica.

    The last admin key cannot be revoked.
    """
    now = utc_now()
    await house(request).configuration.change(
        lambda connection: store.revoke_api_key(connection, key_id, now)
    )
    return Response(status_code=204)


def _key_json(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "created_at": format_time(key.created_at),
        "revoked_at": format_time(key.revoked_at),
    }
