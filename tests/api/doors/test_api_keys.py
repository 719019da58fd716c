"""Keys over HTTP: their roles, what they are bound to, and their life."""

import asyncio
from datetime import timedelta

import httpx2 as httpx
import pytest

from inquiry_router.configuration.api_key_store import list_last_uses
from inquiry_router.house import House
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.clock import utc_now
from tests.conftest import Role, client_of, running_house

pytestmark = pytest.mark.anyio

FORM = {"id": "website", "name": "Form", "roles": ["source"], "sources": ["website"]}
TEXT = {"channel": "form", "text": "Pompa cieknie, proszę o naprawę."}


async def make(client: httpx.AsyncClient, **changes: object) -> dict:
    answer = await client.post("/v1/api-keys", json=FORM | changes)
    assert answer.status_code == 201, answer.text
    made: dict = answer.json()
    return made


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def status_of(client: httpx.AsyncClient, key: str) -> int:
    return (await client.get("/v1/me", headers=bearer(key))).status_code


async def test_key_tells_what_it_may_do(client: httpx.AsyncClient) -> None:
    key = (await make(client))["key"]
    me = (await client.get("/v1/me", headers=bearer(key))).json()
    assert me == {
        "id": "website",
        "name": "Form",
        "roles": ["source"],
        "scopes": ["intake", "self"],
        "teams": [],
        "owner": None,
        "sources": ["website"],
    }


async def test_source_names_only_the_sources_it_is_made_for(client: httpx.AsyncClient) -> None:
    """Attack 5: it could have named any helpdesk's ticket, which would then have been moved."""
    key = bearer((await make(client))["key"])
    ours = TEXT | {"source": {"system": "website", "id": "7"}}
    assert (await client.post("/v1/inquiries", json=ours, headers=key)).status_code == 201
    assert (await client.post("/v1/inquiries", json=TEXT, headers=key)).status_code == 201
    theirs = TEXT | {"source": {"system": "zammad", "id": "48213"}}
    refused = await client.post("/v1/inquiries", json=theirs, headers=key)
    assert refused.status_code == 403
    assert "made for 'website', not for the source 'zammad'" in refused.json()["detail"]
    assert "PUT /v1/api-keys/website" in refused.json()["hint"]
    assert (await client.get("/v1/inquiries/counts")).json()["total"] == 2


async def test_two_sources_cannot_refuse_each_others_inquiries(client: httpx.AsyncClient) -> None:
    """Attack 5: all clients shared one namespace of `source.id`."""
    one = bearer((await make(client))["key"])
    other = bearer((await make(client, id="shop", sources=["shop"]))["key"])
    for key, system in ((one, "website"), (other, "shop")):
        body = TEXT | {"text": f"Pompa {system} cieknie.", "source": {"system": system, "id": "1"}}
        assert (await client.post("/v1/inquiries", json=body, headers=key)).status_code == 201
        twice = await client.post("/v1/inquiries", json=body, headers=key)
        assert (twice.status_code, twice.headers["idempotent-replayed"]) == (200, "true")
    foreign = TEXT | {"source": {"system": "website", "id": "2"}}
    assert (await client.post("/v1/inquiries", json=foreign, headers=other)).status_code == 403


async def test_source_cannot_ask_about_callers(client: httpx.AsyncClient) -> None:
    """Attack 5: the answer tells if a number has an open matter."""
    key = bearer((await make(client))["key"])
    asked = await client.post("/v1/phone/decide", json={"call_id": "1"}, headers=key)
    assert (asked.status_code, asked.json()["required_scope"]) == (403, "phone")
    line = bearer((await make(client, id="line", roles=["phone"], sources=[]))["key"])
    asked = await client.post("/v1/phone/decide", json={"call_id": "1"}, headers=line)
    assert asked.status_code == 200


async def test_old_scopes_are_accepted_and_mean_what_they_meant(client: httpx.AsyncClient) -> None:
    body = {"id": "erp", "name": "ERP", "scopes": ["intake", "read"]}
    made = (await client.post("/v1/api-keys", json=body)).json()
    assert (made["roles"], made["sources"]) == (["source", "phone", "reader"], ["*"])
    body = TEXT | {"source": {"system": "zammad", "id": "1"}}
    sent = await client.post("/v1/inquiries", json=body, headers=bearer(made["key"]))
    assert sent.status_code == 201


async def test_rotation_overlaps_and_then_ends(client: httpx.AsyncClient) -> None:
    old = (await make(client))["key"]
    answer = await client.post("/v1/api-keys/website/rotation", json={"overlap_hours": 1})
    new = answer.json()["key"]
    assert answer.json()["previous_until"] is not None
    assert [await status_of(client, key) for key in (old, new)] == [200, 200]
    newest = (await client.post("/v1/api-keys/website/rotation", json={"overlap_hours": 0})).json()[
        "key"
    ]
    assert [await status_of(client, key) for key in (old, new, newest)] == [401, 401, 200]


async def test_expired_key_is_refused(client: httpx.AsyncClient) -> None:
    begun = utc_now()
    soon = format_time(begun + timedelta(seconds=0.3))
    key = (await make(client, expires_at=soon))["key"]
    while await status_of(client, key) == 200:
        assert utc_now() < begun + timedelta(seconds=2)
    listed = (await client.get("/v1/api-keys")).json()["items"]
    (shown,) = [one for one in listed if one["id"] == "website"]
    assert (shown["state"], shown["expires_at"]) == ("expired", soon)
    late = format_time(utc_now())
    refused = await client.post("/v1/api-keys", json=FORM | {"id": "x1", "expires_at": late})
    assert refused.status_code == 422


async def test_last_use_is_noted(house: House, client: httpx.AsyncClient) -> None:
    key = (await make(client))["key"]
    before = utc_now()
    assert (await house.database.read(list_last_uses))["website"] is None
    await status_of(client, key)
    await house.key_uses.store()
    used = (await house.database.read(list_last_uses))["website"]
    assert used is not None and before <= used <= utc_now()
    listed = {one["id"]: one for one in (await client.get("/v1/api-keys")).json()["items"]}
    assert listed["website"]["last_used_at"] == format_time(used)
    assert listed["agent"]["last_used_at"] is None


async def test_changed_key_acts_by_its_new_roles_at_once(client: httpx.AsyncClient) -> None:
    key = bearer((await make(client))["key"])
    entry = {"name": "Desk", "roles": ["agent"], "teams": ["customer_service"]}
    changed = await client.put("/v1/api-keys/website", json=entry)
    assert (changed.status_code, changed.json()["sources"]) == (200, [])
    assert (await client.get("/v1/inquiries", headers=key)).status_code == 200
    assert (await client.post("/v1/inquiries", json=TEXT, headers=key)).status_code == 403


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"roles": []}, "roles is empty"),
        ({"roles": ["boss"]}, "must be 'admin'"),
        ({"scopes": ["write"]}, "no scope 'write'"),
        ({"roles": ["agent"], "sources": [], "teams": ["nobody"]}, "no team 'nobody'"),
        ({"roles": ["admin"], "sources": [], "teams": ["sales"]}, "cannot be bound"),
        ({"roles": ["agent"]}, "not the role 'source'"),
    ],
)
async def test_impossible_keys_are_refused(
    client: httpx.AsyncClient, change: dict, words: str
) -> None:
    refused = await client.post("/v1/api-keys", json=FORM | change)
    assert refused.status_code == 422
    assert words in refused.text


async def test_an_admin_who_never_expires_must_stay(client: httpx.AsyncClient) -> None:
    later = format_time(utc_now() + timedelta(days=1))
    admin = {"name": "Admin", "roles": ["admin"]}
    assert (
        await client.put("/v1/api-keys/admin", json=admin | {"expires_at": later})
    ).status_code == 409
    assert (
        await client.put("/v1/api-keys/admin", json={"name": "A", "roles": ["agent"]})
    ).status_code == 409
    await make(client, id="second", sources=[], **admin)
    assert (
        await client.put("/v1/api-keys/admin", json=admin | {"expires_at": later})
    ).status_code == 200
    assert (await client.delete("/v1/api-keys/second")).status_code == 409


async def test_revoked_key_cannot_be_changed_or_rotated(client: httpx.AsyncClient) -> None:
    await make(client)
    await client.delete("/v1/api-keys/website")
    entry = {"name": "Form", "roles": ["source"]}
    assert (await client.put("/v1/api-keys/website", json=entry)).status_code == 409
    assert (await client.post("/v1/api-keys/website/rotation", json={})).status_code == 409
    assert (await client.post("/v1/api-keys/nobody/rotation", json={})).status_code == 404


async def test_another_replica_refuses_a_revoked_key_within_a_second(
    house: House, client: httpx.AsyncClient
) -> None:
    if house.database.dialect == "sqlite":
        pytest.skip("SQLite has one serving process")
    key = (await make(client))["key"]
    async with running_house(house.settings) as other, client_of(other, None) as there:
        assert await status_of(there, key) == 200
        await client.delete("/v1/api-keys/website")
        revoked = utc_now()
        while await status_of(there, key) == 200:
            assert utc_now() < revoked + timedelta(seconds=20), "the machine may be busy"
            await asyncio.sleep(0.01)  # nothing else here leaves the loop to the replica


async def test_only_admins_see_keys(house: House) -> None:
    for role in set(Role) - {Role.ADMIN}:
        async with client_of(house, role) as client:
            assert (await client.get("/v1/api-keys")).status_code == 403
