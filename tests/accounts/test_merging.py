"""Two accounts turn out to be one, and then two again."""

import httpx2 as httpx
import pytest

from inquiry_router.house import House

pytestmark = pytest.mark.anyio

OLD = {
    "name": "Hydro Bud",
    "external_id": "OLD",
    "tax_id": "5260001246",
    "phones": ["+48601111111"],
    "contacts": [{"name": "Anna", "emails": ["anna@hydro-bud.example"]}],
    "roles": {"owner": "Ewa Lis", "deputy": "Ola Maj"},
}
NEW = {
    "name": "Hydro-Bud sp. z o.o.",
    "external_id": "NEW",
    "tier": "gold",
    "emails": ["biuro@hydro-bud.example"],
    "roles": {"owner": "Bartek Wilk"},
}


async def both(client: httpx.AsyncClient) -> None:
    for body in (OLD, NEW):
        assert (await client.post("/v1/accounts", json=body)).status_code == 201


def shown(account: dict) -> dict:
    left_out = ("changed_at", "created_at")
    return {name: value for name, value in account.items() if name not in left_out}


async def test_merge_is_undone_as_it_was(house: House, client: httpx.AsyncClient) -> None:
    await both(client)
    before = [shown((await client.get(f"/v1/accounts/{one}")).json()) for one in ("OLD", "NEW")]
    merged = await client.post("/v1/accounts/OLD/merge", json={"into": "NEW"})
    assert merged.status_code == 200, merged.text
    whole = (await client.get("/v1/accounts/OLD")).json()
    assert whole["external_id"] == "NEW"
    assert (whole["tax_id"], whole["tier"]) == ("5260001246", "gold")
    assert whole["roles"] == {"owner": "Bartek Wilk", "deputy": "Ola Maj"}
    assert (whole["phones"], whole["contacts"][0]["name"]) == (["+48601111111"], "Anna")
    assert len((await client.get("/v1/accounts")).json()["items"]) == 1
    match = await client.post("/v1/accounts/match", json={"text": "NIP 526-000-12-46"})
    assert match.json()["account"]["id"] == whole["id"]

    path = f"/v1/accounts/merges/{merged.json()['id']}/undo"
    assert (await client.post(path)).status_code == 200
    after = [shown((await client.get(f"/v1/accounts/{one}")).json()) for one in ("OLD", "NEW")]
    assert after == before
    assert (await client.post(path)).status_code == 409
    listed = (await client.get("/v1/accounts/NEW/merges")).json()["items"]
    assert [one["undone_at"] is None for one in listed] == [False]


async def test_what_people_changed_since_stays(house: House, client: httpx.AsyncClient) -> None:
    await both(client)
    merged = (await client.post("/v1/accounts/OLD/merge", json={"into": "NEW"})).json()
    read = await client.get("/v1/accounts/NEW")
    body = read.json() | {"tax_id": "7740001454", "notes": "nowe"}
    put = await client.put(
        "/v1/accounts/NEW", json=body, headers={"If-Match": read.headers["ETag"]}
    )
    assert put.status_code == 200, put.text
    await client.post(f"/v1/accounts/merges/{merged['id']}/undo")
    new, old = [(await client.get(f"/v1/accounts/{one}")).json() for one in ("NEW", "OLD")]
    assert (new["tax_id"], new["notes"], old["tax_id"]) == ("7740001454", "nowe", "5260001246")
    # Anna's address is back, although the people of the account were written anew.
    assert old["emails"] + [one for who in old["contacts"] for one in who["emails"]] == [
        "anna@hydro-bud.example"
    ]
    assert new["emails"] == ["biuro@hydro-bud.example"]


async def test_import_of_a_merged_account_adds_to_the_other(
    house: House, client: httpx.AsyncClient
) -> None:
    await both(client)
    await client.post("/v1/accounts/OLD/merge", json={"into": "NEW"})
    file = "Kod;Nazwa;Telefon;Opiekun\nOLD;Hydro Bud;602 222 222;Ewa Lis\nNEW;;603 333 333;\n"
    headers = {"Content-Type": "text/csv"}
    sent = await client.post("/v1/accounts/import", content=file.encode(), headers=headers)
    assert sent.status_code == 200, sent.text
    whole = (await client.get("/v1/accounts/NEW")).json()
    assert whole["phones"] == ["+48601111111", "+48602222222", "+48603333333"]
    assert (whole["name"], whole["roles"]["owner"]) == ("Hydro-Bud sp. z o.o.", "Bartek Wilk")


async def test_earlier_inquiries_follow_the_merge(house: House, client: httpx.AsyncClient) -> None:
    await both(client)
    broken = {"channel": "email", "text": "Pompa CX-40 cieknie i nie pompuje."}
    first = await client.post(
        "/v1/inquiries", json=broken | {"contact": {"email": "anna@hydro-bud.example"}}
    )
    await client.post("/v1/accounts/OLD/merge", json={"into": "NEW"})
    other = {"text": "Proszę o fakturę", "contact": {"email": "biuro@hydro-bud.example"}}
    second = (await client.post("/v1/inquiries", json=broken | other)).json()
    assert second["account"]["open_matters"] == 1
    assert second["account"]["last_complaint"]["reference"] == first.json()["reference"]


@pytest.mark.parametrize(
    ("account", "into", "status"), [("NEW", "NEW", 409), ("NEW", "X", 404), ("X", "NEW", 404)]
)
async def test_impossible_merge_is_refused(
    house: House, client: httpx.AsyncClient, account: str, into: str, status: int
) -> None:
    await both(client)
    answer = await client.post(f"/v1/accounts/{account}/merge", json={"into": into})
    assert answer.status_code == status
