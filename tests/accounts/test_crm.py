"""The CRM is asked about customers whom no account matches, and never keeps anybody waiting."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.accounts import store
from inquiry_router.accounts.asking import (
    CrmRecord,
    CrmSettings,
    Questioned,
    questions,
    read_record,
)
from inquiry_router.accounts.crm import MAX_FAILURES, REST_S, Crm
from inquiry_router.accounts.crm_store import keep_record, read_lookup
from inquiry_router.accounts.model import AccountData, read_email_point
from inquiry_router.database.session import Database
from inquiry_router.house import House
from inquiry_router.outside.addresses import PUBLIC, Reach
from inquiry_router.outside.client import Clients
from inquiry_router.outside.messages import Reply
from tests.conftest import NOW, client_of
from tests.faulty_server import FaultyServer, after, answer, faulty_server

pytestmark = pytest.mark.anyio

SETTINGS = {
    "by_email": "https://crm.example.com/find?email={value}",
    "by_phone": "https://crm.example.com/find/{value}",
    "secret": "Bearer s3cret",
    "record": "data.0",
    "fields": {
        "name": "company.name",
        "external_id": "id",
        "tax_id": "nip",
        "tier": "tier",
        "language": "lang",
        "owner": "sales",
    },
}
HYDRO = {
    "data": [
        {
            "company": {"name": " Hydro-Bud\n sp. z o.o. "},
            "id": 1024,
            "nip": "526-000-12-46",
            "tier": True,
            "lang": "PL-pl",
            "sales": "Bartek Wilk",
        }
    ]
}
DEFECT = {"channel": "email", "text": "Pompa CX-40 cieknie i nie pompuje, proszę o naprawę."}
ANNA = {"contact": {"email": "anna@hydro-bud.example"}}


def settings_of(**more: Any) -> CrmSettings:
    return CrmSettings.from_stored({**SETTINGS, **more}, reach=PUBLIC)


def reply(body: Any, status: int = 200) -> Reply:
    return Reply(status, {}, json.dumps(body).encode())


def test_question_by_each_value_and_the_answer() -> None:
    asked = list(questions(settings_of(), Questioned("a+b@x.example", "+48601234567", "1")))
    urls = ["https://crm.example.com/find?email=a%2Bb%40x.example"]
    urls.append("https://crm.example.com/find/%2B48601234567")
    assert [request.url for _, request in asked] == urls
    assert asked[0][1].headers["Authorization"] == "Bearer s3cret"
    assert read_record(settings_of(), reply(HYDRO)) == CrmRecord(
        "Hydro-Bud sp. z o.o.", "1024", "5260001246", None, "pl", None, "Bartek Wilk"
    )
    for nobody in (reply({"data": []}), reply({}), reply("x", 404)):
        assert read_record(settings_of(), nobody) is None
    for unreadable in (Reply(200, {}, b"<html>"), reply({"data": [{"id": 7}]})):
        with pytest.raises(ValueError, match="the CRM's answer"):
            read_record(settings_of(), unreadable)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"by_email": None, "by_phone": None}, "one at least"),
        ({"by_email": "https://crm.example.com/"}, "has no place"),
        ({"by_email": "https://{value}.example.com/"}, "the host has no places"),
        ({"by_email": "https://169.254.169.254/{value}"}, "by_email"),
        ({"by_email": "http://127.0.0.1/{value}"}, "by_email|own machine"),
        ({"fields": {"tier": "x"}}, "say where `name` stands"),
        ({"fields": {"name": "x", "shoe": "y"}}, "fields"),
        ({"wait_ms": 5000}, "wait_ms"),
    ],
)
def test_settings_are_checked(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        settings_of(**wrong)


async def test_record_becomes_an_account_or_joins_the_one_it_is(database: Database) -> None:
    record = CrmRecord("Hydro-Bud", "1024", "5260001246", owner="Bartek Wilk")
    known = AccountData("Agro", external_id="77", points=(read_email_point("a@agro.example"),))

    def work(connection: Any) -> list[Any]:
        agro = store.add_account(connection, known, NOW)
        made = keep_record(connection, record, Questioned("anna@hydro-bud.example"), NOW)
        same = keep_record(connection, record, Questioned(phone="+48601234567"), NOW)
        taken = keep_record(connection, record, Questioned("a@agro.example"), NOW)
        joined = keep_record(connection, CrmRecord("Agro", "77"), Questioned("b@agro.example"), NOW)
        found = store.read_account(connection, made or "")
        return [agro == joined, made == same, taken, len(found.data.points), found.data.roles]

    answers = await database.write(work)
    assert answers == [True, True, None, 2, {"owner": "Bartek Wilk"}]


@pytest.fixture
async def client_of_sqlite(sqlite_house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(sqlite_house) as made:
        yield made


@pytest.fixture
async def crm() -> AsyncIterator[FaultyServer]:
    async with faulty_server() as running:
        yield running


async def set_crm(
    house: House, client: httpx.AsyncClient, server: FaultyServer, **more: Any
) -> None:
    """Let the house ask this server."""
    reach = Reach(loopback=True)
    house.reach = house.crm._reach = reach
    house.fetcher._open_client = lambda: Clients(reach=reach)
    body = {**SETTINGS, "by_email": server.url("/find?email={value}"), "by_phone": None, **more}
    headers = {"If-Match": "*"}
    put = await client.put("/v1/account-lookup", json={"settings": body}, headers=headers)
    assert put.status_code == 200, put.text
    assert put.json()["settings"]["secret"] == "*" * 10


async def test_unknown_customer_gets_the_account_that_the_crm_tells(
    sqlite_house: House,
    client_of_sqlite: httpx.AsyncClient,
    crm: FaultyServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = client_of_sqlite
    found = answer(200, {}, json.dumps(HYDRO).encode())
    crm.behave("/find", found)
    await set_crm(sqlite_house, client, crm, wait_ms=1000)
    trial = await client.post("/v1/account-lookup/trial", json={"email": "anna@hydro-bud.example"})
    assert trial.json()["found"]["external_id"] == "1024"
    assert (await client.get("/v1/accounts")).json()["items"] == []
    # A preview asks nothing of the CRM, and stores nothing.
    await client.post("/v1/classify", json=DEFECT | ANNA)
    assert len(crm.requests) == 1

    first = (await client.post("/v1/inquiries", json=DEFECT | ANNA)).json()
    assert (first["account"]["external_id"], first["account"]["sign"]) == ("1024", "the address")
    assert first["account"]["roles"] == {"owner": "Bartek Wilk"}
    again = (await client.post("/v1/inquiries", json=DEFECT | ANNA)).json()
    assert again["account"]["id"] == first["account"]["id"]
    assert len(crm.requests) == 2
    # Nor does a preview read how the CRM is asked.
    with monkeypatch.context() as without:
        without.setattr("inquiry_router.accounts.service.read_lookup", None)
        preview = (await client.post("/v1/classify", json=DEFECT | ANNA)).json()
    assert preview["account"]["id"] == first["account"]["id"]

    crm.behave("/find", answer(200, {}, b'{"data": []}'))
    stranger = {"contact": {"email": "jan@example.com"}}
    for _ in range(2):
        nobody = (await client.post("/v1/inquiries", json=DEFECT | stranger)).json()
        assert nobody["account"] is None
    assert len(crm.requests) == 3  # it was remembered


async def test_late_answer_is_added_to_the_inquiry(
    sqlite_house: House, client_of_sqlite: httpx.AsyncClient, crm: FaultyServer
) -> None:
    client = client_of_sqlite
    crm.behave("/find", after(0.05, answer(200, {}, json.dumps(HYDRO).encode())))
    await set_crm(sqlite_house, client, crm, wait_ms=0)
    first = (await client.post("/v1/inquiries", json=DEFECT | ANNA)).json()
    assert first["account"] is None
    await sqlite_house.crm.settle()
    read = (await client.get(f"/v1/inquiries/{first['id']}")).json()
    assert read["account"]["external_id"] == "1024"


async def test_broken_crm_costs_nobody_their_inquiry_and_is_left_alone(
    sqlite_house: House, client_of_sqlite: httpx.AsyncClient, crm: FaultyServer
) -> None:
    client, at = client_of_sqlite, 0.0
    crm.behave("/find", answer(500))
    await set_crm(sqlite_house, client, crm)
    asking = Crm(
        sqlite_house.database,
        lambda: sqlite_house.fetcher.client,
        Reach(loopback=True),
        clock=lambda: at,
    )
    now = datetime(2026, 11, 28, tzinfo=UTC)
    settings = await sqlite_house.database.read(read_lookup)
    for number in range(MAX_FAILURES + 3):
        assert not await asking.ask(settings, Questioned(f"a{number}@x.example"), now, wait=True)
        await asking.settle()
    assert len(crm.requests) == MAX_FAILURES
    at = REST_S + 1
    crm.behave("/find", answer(200, {}, json.dumps(HYDRO).encode()))
    assert not await asking.ask(
        settings, Questioned("a@x.example"), now, wait=False
    )  # callers never wait
    await asking.settle()
    assert await asking.ask(settings, Questioned("a@x.example"), now, wait=True)
    inquiry = await client.post("/v1/inquiries", json=DEFECT | ANNA)
    assert inquiry.status_code == 201
