"""API keys: make, list, change, rotate and revoke them; and the actor of a request."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import Path, Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.schemas.api_keys import (
    KEY_ID,
    ActorOut,
    ApiKeyEntry,
    ApiKeyIn,
    ApiKeyList,
    ApiKeyOut,
    NewApiKeyOut,
    RotationIn,
    actor_json,
    key_json,
)
from inquiry_router.api.web.routing import Door, answer, house, key_of
from inquiry_router.configuration import api_key_store as store
from inquiry_router.configuration.api_keys import ApiKey, digest, format_key, new_secret
from inquiry_router.corrections.link_key import LINK_KEY, replace_key
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.process.clock import utc_now

door = Door("API keys")

KeyId = Annotated[
    str,
    Path(
        pattern=KEY_ID,
        description="The key's id.",
        openapi_examples={"website": {"value": "website"}},
    ),
]


@door.operation(
    "GET", "/me", scope=Scope.SELF, response_model=ActorOut, summary="See what you may do"
)
async def read_actor(request: Request) -> Response:
    """Show who you are to this service, your roles, and what you are bound to."""
    return answer(actor_json(key_of(request)))


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

    Give each client its own key, with the smallest sufficient role.
    """
    _require_teams(request, key)
    secret, now = new_secret(), utc_now()
    made = ApiKey(id=key.id, secret_sha256=digest(secret), created_at=now, **key.values())
    await house(request).configuration.change(
        lambda connection: store.add_api_key(connection, made)
    )
    shown = {**key_json(made, None, now), "key": format_key(made.id, secret)}
    return answer(shown, 201)


@door.operation(
    "GET", "/api-keys", scope=Scope.ADMIN, response_model=ApiKeyList, summary="See the API keys"
)
async def list_api_keys(request: Request) -> Response:
    """List every key, also revoked ones, without secrets."""
    now, keys = utc_now(), house(request).configuration.current.api_keys.values()
    uses = await house(request).database.read(store.list_last_uses)
    return answer({"items": [key_json(key, uses.get(key.id), now) for key in keys]})


@door.operation(
    "PUT",
    "/api-keys/{key_id}",
    scope=Scope.ADMIN,
    response_model=ApiKeyOut,
    problems=(404, 409),
    summary="Change an API key",
)
async def change_api_key(request: Request, key_id: KeyId, entry: ApiKeyEntry) -> Response:
    """Replace its name, its roles and what it is bound to; the secret stays."""
    _require_teams(request, entry)
    return await _change(request, key_id, lambda key: replace(key, **entry.values()))


@door.operation(
    "POST",
    "/api-keys/{key_id}/rotation",
    scope=Scope.ADMIN,
    response_model=NewApiKeyOut,
    problems=(404, 409),
    summary="Give an API key a new secret",
)
async def rotate_api_key(request: Request, key_id: KeyId, rotation: RotationIn) -> Response:
    """Make a new secret and show it, only this once. The present one stays valid for a while."""
    secret, now = new_secret(), utc_now()
    overlap = timedelta(hours=rotation.overlap_hours)
    return await _change(
        request,
        key_id,
        lambda key: key.rotated(secret, now, overlap),
        key=format_key(key_id, secret),
    )


@door.operation(
    "POST",
    "/correction-links/rotation",
    scope=Scope.ADMIN,
    status_code=204,
    summary="Make all correction links invalid",
    response_class=Response,
)
async def rotate_links(request: Request) -> Response:
    """Replace the key that signs correction links, in case a copy of the database got out.

    Links in notes that were written before stop working within seconds; new notes get new ones.
    """
    rooms, actor = house(request), key_of(request).id
    await rooms.database.write(partial(replace_key, name=LINK_KEY, actor=actor))
    return Response(status_code=204)


@door.operation(
    "DELETE",
    "/api-keys/{key_id}",
    scope=Scope.ADMIN,
    status_code=204,
    problems=(404, 409, 422),
    summary="Revoke an API key",
    response_class=Response,
)
async def revoke_api_key(request: Request, key_id: KeyId) -> Response:
    """Revoke a key, at once here and within a second on every replica.

    The last admin key that never expires cannot be revoked.
    """
    now = utc_now()
    await house(request).configuration.change(
        lambda connection: store.revoke_api_key(connection, key_id, now)
    )
    return Response(status_code=204)


async def _change(
    request: Request, key_id: str, change: Callable[[ApiKey], ApiKey], **shown: str
) -> Response:
    now = utc_now()
    changed = await house(request).configuration.change(
        lambda connection: store.change_api_key(connection, key_id, change, now)
    )
    return answer({**key_json(changed, changed.last_used_at, now), **shown})


def _require_teams(request: Request, entry: ApiKeyEntry) -> None:
    known = house(request).configuration.current.teams.by_id
    unknown = [team for team in entry.teams if team not in known]
    if unknown:
        raise Invalid(f"There is no team '{unknown[0]}'.", hint="GET /v1/teams lists them.")
