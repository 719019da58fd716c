"""Baselines over the API: stored whole or not at all, and silent about single people."""

from pathlib import Path

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from tests.conftest import client_of

pytestmark = pytest.mark.anyio
LOG = Path("docs/samples/ringostat.csv").read_bytes()
PEOPLE = "Jan Nowak=601000204, 204; Ewa Lis=601000205, 205; Marek Zych=601000206"
CSV = {"Content-Type": "text/csv"}


async def send(client: httpx.AsyncClient, content: bytes = LOG, **query: str) -> httpx.Response:
    given = {"salespeople": PEOPLE, "name": "March", **query}
    return await client.post("/v1/baselines", params=given, content=content, headers=CSV)


async def announce(client: httpx.AsyncClient) -> None:
    body = {"announced": True, "note": "Work rules, annex 4"}
    said = await client.put("/v1/relief/monitoring", json=body, headers={"If-Match": "*"})
    assert said.status_code == 200


async def test_call_log_becomes_hours_and_money(client: httpx.AsyncClient, house: House) -> None:
    made = await send(client)
    assert made.status_code == 201, made.text
    found = made.json()
    assert found["known"]["program"] == "Ringostat"
    hours = found["whole"]["hours"]
    assert 0 < hours["low"] < hours["expected"] < hours["high"]
    assert found["currency"] == "PLN" and "pay_hour" in found["assumptions"]
    assert found["by_person"] == [] and not found["announced"]
    again = await client.get(f"/v1/baselines/{found['id']}")
    assert again.json() == found
    assert (await send(client)).status_code == 201
    listed = (await client.get("/v1/baselines")).json()["items"]
    assert [one["name"] for one in listed] == ["March"]
    assert (await client.delete("/v1/baselines/latest")).status_code == 204
    assert (await client.get("/v1/baselines/latest")).status_code == 404


async def test_people_are_shown_to_managers_after_the_announcement(
    client: httpx.AsyncClient, house: House
) -> None:
    await announce(client)
    assert len((await send(client)).json()["by_person"]) == 3
    async with client_of(house, Role.MANAGER) as manager, client_of(house, Role.READER) as reader:
        seen = (await manager.get("/v1/baselines/latest")).json()
        assert {one["person"] for one in seen["by_person"]} >= {"Ewa Lis", "Jan Nowak"}
        assert (await reader.get("/v1/baselines/latest")).json()["by_person"] == []


async def test_accounts_are_known_by_their_numbers(client: httpx.AsyncClient) -> None:
    account = {"name": "Hydro-Bud", "phones": ["601000100", "601000101", "601000102"]}
    assert (await client.post("/v1/accounts", json=account)).status_code == 201
    found = (await send(client)).json()["by_account"]
    assert "Hydro-Bud" in [one["account"] for one in found]


async def test_bad_file_stores_nothing(client: httpx.AsyncClient) -> None:
    answer = await send(client, LOG.replace(b"2026-03-03", b"2026-33-03"))
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["errors"][0]["field"].startswith("line ")
    assert "does not exist" in problem["errors"][0]["message"]
    assert (await client.get("/v1/baselines")).json()["items"] == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"salespeople": "Jan"}, "write the name and the numbers"),
        ({"salespeople": ""}, "needs the salespeople's numbers"),
        ({"timezone": "Mars/Base"}, "no time zone"),
        ({"columns": "[1]"}, "no JSON object"),
        ({"service_share": "1,2"}, "write low, likely and high"),
    ],
)
async def test_wrong_choices_are_said(
    client: httpx.AsyncClient, query: dict[str, str], sentence: str
) -> None:
    answer = await send(client, **query)
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


async def test_other_kinds_are_refused(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/pdf"}
    answer = await client.post("/v1/baselines", content=b"%PDF-", headers=headers)
    assert answer.status_code == 415
    assert "application/mbox" in answer.json()["hint"]


async def test_counts_of_the_command_are_checked(client: httpx.AsyncClient) -> None:
    cell = {"month": "2026-03", "matters": 40, "channel": "email", "category": "defect"}
    body = {
        "kind": "mail",
        "name": "jan.mbox",
        "sha256": "a" * 64,
        "cells": [cell],
        "known": {"mails": 60},
        "service": 40,
        "others": 20,
    }
    made = await client.post("/v1/baselines", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["by_category"][0]["category"] == "defect"
    # Calls take the share that the mailbox measured.
    found = (await send(client)).json()
    assert found["service_share"]["likely"] == pytest.approx(0.6667)
    assert "service_share" not in found["assumptions"]
    wrong = await client.post("/v1/baselines", json=body | {"cells": [cell, cell]})
    assert wrong.status_code == 422


async def test_long_file_is_counted_in_a_process_of_its_own(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = (await send(client)).json()["whole"]
    monkeypatch.setattr("inquiry_router.api.doors.baselines.SHORT_BYTES", 0)
    assert (await send(client)).json()["whole"] == short
    assert (await send(client, b"kto;kiedy\n")).status_code == 422
