"""Accounts by API: create, read, change, search, remove; bad input gets a sentence."""

from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from tests.conftest import client_of

pytestmark = pytest.mark.anyio

AGRO = {
    "name": "Agro-Max",
    "external_id": "AGRO",
    "tax_id": "PL 774-000-14-54",
    "emails": ["BIURO@agro.example"],
    "phones": ["24 365 00 00"],
    "contacts": [{"name": "Ania", "phones": ["602 333 444"]}],
    "roles": {"owner": "Ewa Lis"},
}


async def made(client: httpx.AsyncClient, **more: Any) -> httpx.Response:
    answer = await client.post("/v1/accounts", json=AGRO | more)
    assert answer.status_code == 201, answer.text
    return answer


async def test_account_is_read_edited_and_sent_back(
    house: House, client: httpx.AsyncClient
) -> None:
    first = (await made(client)).json()
    assert (first["tax_id"], first["emails"]) == ("7740001454", ["biuro@agro.example"])
    read = await client.get("/v1/accounts/AGRO")
    assert read.json() == first
    body = first | {"tier": "gold", "phones": [], "domains": ["agro.example"]}
    tag = {"If-Match": read.headers["ETag"]}
    changed = await client.put(f"/v1/accounts/{first['id']}", json=body, headers=tag)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["tier"], changed.json()["phones"]) == ("gold", [])
    assert changed.json()["contacts"] == first["contacts"]
    again = await client.put(f"/v1/accounts/{first['id']}", json=body, headers=tag)
    assert again.status_code == 412
    other = body | {"id": "x"}
    tag = {"If-Match": changed.headers["ETag"]}
    assert (await client.put("/v1/accounts/AGRO", json=other, headers=tag)).status_code == 422
    assert (await client.delete("/v1/accounts/AGRO", headers=tag)).status_code == 204
    assert (await client.get("/v1/accounts/AGRO")).status_code == 404
    # The numbers are free again.
    await made(client)


@pytest.mark.parametrize(
    "q", ["agro max", "AGRO", "7740001454", "biuro@agro.example", "602333444", "+48 24 365 00 00"]
)
async def test_search_finds_it_by(house: House, client: httpx.AsyncClient, q: str) -> None:
    await made(client)
    other = {"name": "Żółw", "emails": ["a@zolw.example"]}
    assert (await client.post("/v1/accounts", json=other)).status_code == 201
    found = (await client.get("/v1/accounts", params={"q": q})).json()["items"]
    assert [one["name"] for one in found] == ["Agro-Max"]
    found = (await client.get("/v1/accounts", params={"q": "zolw"})).json()["items"]
    assert [one["name"] for one in found] == ["Żółw"]


async def test_list_has_pages_and_filters(house: House, client: httpx.AsyncClient) -> None:
    for n in range(3):
        body = {"name": f"F{n}", "roles": {"owner": "Ewa Lis" if n else "Ola"}}
        await client.post("/v1/accounts", json=body)
    page = (await client.get("/v1/accounts", params={"limit": "2"})).json()
    assert [one["name"] for one in page["items"]] == ["F2", "F1"]
    rest = await client.get("/v1/accounts", params={"cursor": page["next_cursor"]})
    assert [one["name"] for one in rest.json()["items"]] == ["F0"]
    hers = await client.get("/v1/accounts", params={"person": "ewa lis"})
    assert [one["name"] for one in hers.json()["items"]] == ["F2", "F1"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"tax_id": "774-000-14-55"}, "check digit is wrong"),
        ({"tax_id": "12"}, "4 characters"),
        ({"emails": ["biuro"]}, "is no e-mail address"),
        ({"phones": ["abc"]}, "is no phone number"),
        ({"domains": ["gmail.com"]}, "belongs to everybody"),
        ({"domains": ["com.pl"]}, "belongs to everybody"),
        ({"roles": {"Owner": "x"}}, "small letters"),
        ({"fax": "1"}, "fax"),
    ],
)
async def test_bad_input_gets_a_sentence(
    house: House, client: httpx.AsyncClient, wrong: dict[str, Any], sentence: str
) -> None:
    answer = await client.post("/v1/accounts", json=AGRO | wrong)
    assert answer.status_code == 422
    assert sentence in answer.text


async def test_taken_values_are_refused_with_their_account(
    house: House, client: httpx.AsyncClient
) -> None:
    await made(client)
    for body, taken in (
        ({"name": "X", "external_id": "AGRO"}, "The external id 'AGRO' is that of"),
        ({"name": "X", "phones": ["602 333 444"]}, "belongs to the account 'Agro-Max'"),
        ({"name": "X", "phones": ["601"] * 1 + ["601 1"]}, None),
    ):
        answer = await client.post("/v1/accounts", json=body)
        if taken is None:
            assert answer.status_code == 422
        else:
            assert (answer.status_code, taken in answer.json()["detail"]) == (409, True)


async def test_roles_of_keys(house: House, client: httpx.AsyncClient) -> None:
    await made(client)
    for role, reads, writes in (
        (Role.MANAGER, 200, 201),
        (Role.AGENT, 200, 403),
        (Role.READER, 200, 403),
        (Role.SALESPERSON, 403, 403),
        (Role.SOURCE, 403, 403),
    ):
        async with client_of(house, role) as someone:
            assert (await someone.get("/v1/accounts/AGRO")).status_code == reads, role
            new = await someone.post("/v1/accounts", json={"name": role.value})
            assert new.status_code == writes, role


async def test_salesperson_sees_accounts_where_they_have_a_role(
    house: House, client: httpx.AsyncClient
) -> None:
    await made(client)
    await client.post("/v1/accounts", json={"name": "Fremd", "external_id": "F"})
    body = {"id": "ewa", "name": "Ewa", "roles": ["salesperson"], "owner": "Ewa Lis"}
    key = (await client.post("/v1/api-keys", json=body)).json()["key"]
    async with client_of(house, None) as ewa:
        ewa.headers["authorization"] = f"Bearer {key}"
        listed = (await ewa.get("/v1/accounts")).json()["items"]
        assert [one["name"] for one in listed] == ["Agro-Max"]
        assert (await ewa.get("/v1/accounts/AGRO")).status_code == 200
        refused = await ewa.get("/v1/accounts/F")
        assert (refused.status_code, "no role" in refused.json()["detail"]) == (403, True)


async def test_provisional_account_gives_its_number_and_owner_to_the_real_one(
    house: House, client: httpx.AsyncClient
) -> None:
    from inquiry_router.accounts.tables import accounts

    old = {"name": "601", "phones": ["+48602333444"], "roles": {"owner": "Ola", "deputy": "Jan"}}
    assert (await client.post("/v1/accounts", json=old)).status_code == 201
    await house.database.write(lambda db: db.execute(accounts.update().values(provisional=True)))
    real = (await made(client)).json()
    assert real["roles"] == {"owner": "Ewa Lis", "deputy": "Jan"}
    listed = (await client.get("/v1/accounts")).json()["items"]
    assert [one["name"] for one in listed] == ["Agro-Max"]
