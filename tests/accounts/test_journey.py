"""Anna's company is an account: her mail finds it, and a rule asks for it."""

from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.house import House

pytestmark = pytest.mark.anyio

HYDRO_BUD = {
    "name": "Hydro-Bud sp. z o.o.",
    "tax_id": "526-000-12-46",
    "external_id": "K-1024",
    "tier": "gold",
    "emails": ["Biuro@Hydro-Bud.example"],
    "contacts": [
        {"name": "Anna Kowalska", "emails": ["anna@hydro-bud.example"], "phones": ["601 234 567"]}
    ],
    "roles": {"owner": "Bartek Wilk", "service_carer": "Celina Maj"},
}
DEFECT = {"channel": "email", "text": "Pompa CX-40 cieknie i nie pompuje, proszę o naprawę."}
ANNA = {"contact": {"email": "anna@hydro-bud.example"}}


async def test_mail_from_an_account_is_recognised_and_a_rule_acts_on_it(
    house: House, client: httpx.AsyncClient
) -> None:
    made = await client.post("/v1/accounts", json=HYDRO_BUD)
    assert made.status_code == 201, made.text
    policy = await client.get("/v1/policy")
    body = policy.json()
    then = {"team": "triage", "priority": "urgent", "respond_within_minutes": 60}
    body["rules"].insert(
        0, {"id": "gold", "when": {"tier": ["Gold"], "owner": ["bartek  wilk"]}, "then": then}
    )
    headers = {"If-Match": policy.headers["ETag"]}
    put = await client.put("/v1/policy", json=body, headers=headers)
    assert put.status_code == 200, put.text

    answer = (await client.post("/v1/inquiries", json=DEFECT | ANNA)).json()
    account = answer["account"]
    assert (account["id"], account["external_id"]) == (made.json()["id"], "K-1024")
    assert account["roles"] == {"owner": "Bartek Wilk", "service_carer": "Celina Maj"}
    assert (account["sign"], account["tier"]) == ("the address", "gold")
    assert answer["maybe_accounts"] == []
    assert answer["decision"]["rule"] == "gold"
    assert "tier is gold" in answer["decision"]["reasons"][1]
    read = (await client.get(f"/v1/inquiries/{answer['reference']}")).json()
    assert read["account"] == account

    # A stranger is nobody, and a colleague of hers perhaps from there.
    stranger = {"contact": {"email": "jan@example.com"}}
    assert (await client.post("/v1/inquiries", json=DEFECT | stranger)).json()["account"] is None
    colleague = {"contact": {"email": "jan@hydro-bud.example"}}
    perhaps = (await client.post("/v1/inquiries", json=DEFECT | colleague)).json()
    assert perhaps["account"] is None
    assert [one["sign"] for one in perhaps["maybe_accounts"]] == ["the mail domain"]
    assert perhaps["decision"]["rule"] != "gold"


async def test_next_inquiry_tells_what_was_before(house: House, client: httpx.AsyncClient) -> None:
    await client.post("/v1/accounts", json=HYDRO_BUD)
    first = (await client.post("/v1/inquiries", json=DEFECT | ANNA)).json()
    assert (first["account"]["open_matters"], first["account"]["last_complaint"]) == (0, None)
    other = {
        "channel": "email",
        "text": "Proszę o korektę faktury FV/2026/77, zły adres. NIP 526-000-12-46.",
        "contact": {"email": "ksiegowosc@biuro-x.example"},
    }
    second = (await client.post("/v1/inquiries", json=other)).json()
    account = second["account"]
    assert account["sign"] == "the tax id in the text"
    assert account["open_matters"] == 1
    assert account["last_complaint"]["reference"] == first["reference"]
    assert account["last_complaint"]["is_open"] is True
    # A correction decides with the same account.
    said = {"who": "Celina", "category": "defect"}
    path = f"/v1/inquiries/{second['reference']}/correction"
    assert (await client.post(path, json=said)).json()["account"] == account


async def test_later_message_tells_the_account_and_a_sure_one_stays(
    house: House, client: httpx.AsyncClient
) -> None:
    hydro_bud = (await client.post("/v1/accounts", json=HYDRO_BUD)).json()
    agro = {"name": "Agro", "tax_id": "774-000-14-54"}
    await client.post("/v1/accounts", json=agro)
    first = (await client.post("/v1/inquiries", json=DEFECT)).json()
    assert first["account"] is None
    path = f"/v1/inquiries/{first['reference']}"

    async def tell(text: str) -> dict[str, Any]:
        said = await client.post(f"{path}/messages", json={"channel": "chat", "text": text})
        assert said.status_code == 201, said.text
        return (await client.get(path)).json()

    assert (await tell("Jutro nas nie ma, proszę dzwonić w środę."))["account"] is None
    told = await tell("Nasz NIP to 526-000-12-46.")
    assert told["account"]["id"] == hydro_bud["id"]
    why = "the message tells which customer it is: Hydro-Bud sp. z o.o."
    assert why in told["timeline"][-1]["details"]["change"]["reasons"]
    kept = await tell("Pompę kupił dla nas Agro, NIP 774-000-14-54.")
    assert kept["account"] == told["account"]
    listed = await client.get("/v1/inquiries", params={"account": hydro_bud["id"]})
    assert [one["id"] for one in listed.json()["items"]] == [first["id"]]
