"""Limits by key and by source, with their headers; unproven requests count apart."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from shutil import copy

import pytest

from inquiry_router.configuration.api_key_store import change_api_key
from inquiry_router.house import House
from inquiry_router.process.wrong_keys import MAX_WRONG_KEYS_A_MINUTE
from tests.conftest import NOW, Role, client_of, running_house, settings_for

pytestmark = pytest.mark.anyio

LIMIT = 5
TICKET = {"text": "Pompa cieknie.", "id": "1"}


@pytest.fixture
async def limited(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[House]:
    path = tmp_path / "inquiries.db"
    copy(sqlite_template, path)
    settings = settings_for(
        f"sqlite:///{path}",
        phone_dir=tmp_path / "phone",
        requests_a_minute=LIMIT,
        source_requests_a_minute=LIMIT,
        reading_seconds_a_minute=1,
    )
    async with running_house(settings) as house:
        yield house


async def test_key_is_told_in_advance_and_then_refused(limited: House) -> None:
    async with client_of(limited, Role.AGENT) as agent, client_of(limited, Role.READER) as other:
        answers = [await agent.get("/v1/me") for _ in range(LIMIT + 1)]
        assert [one.status_code for one in answers] == [200] * LIMIT + [429]
        assert answers[0].headers["ratelimit-policy"] == f'"key";q={LIMIT};w=60'
        assert answers[0].headers["ratelimit"].startswith(f'"key";r={LIMIT - 1};t=')
        refused = answers[-1]
        assert refused.json()["code"] == "request_limit"
        assert "An admin raises the limit" in refused.json()["hint"]
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.headers["ratelimit"].startswith('"key";r=0;t=')
        assert (await other.get("/v1/me")).status_code == 200


async def test_key_may_have_a_limit_of_its_own(limited: House) -> None:
    await limited.configuration.change(
        lambda connection: change_api_key(
            connection, "agent", lambda key: replace(key, requests_a_minute=2 * LIMIT), NOW
        )
    )
    async with client_of(limited, Role.AGENT) as agent:
        statuses = [(await agent.get("/v1/me")).status_code for _ in range(2 * LIMIT + 1)]
    assert statuses == [200] * 2 * LIMIT + [429]


async def test_source_is_limited_apart_from_those_who_only_pretend(limited: House) -> None:
    async with client_of(limited) as admin, client_of(limited, None) as vendor:
        source = {"id": "crm", "name": "CRM", "kind": "console"}
        made = (await admin.post("/v1/sources", json=source)).json()
        forged = [
            await vendor.post("/v1/hooks/crm?token=wrong", json=TICKET)
            for _ in range(MAX_WRONG_KEYS_A_MINUTE + 2)
        ]
        statuses = [one.status_code for one in forged]
        assert statuses == [401] * MAX_WRONG_KEYS_A_MINUTE + [429] * 2
        url = made["url"].partition("/v1/")[2]
        genuine = [
            await vendor.post(f"/v1/{url}", json=TICKET | {"id": str(number)})
            for number in range(LIMIT + 1)
        ]
    assert [one.status_code // 100 for one in genuine[:-1]] == [2] * LIMIT
    refused = genuine[-1]
    assert refused.status_code not in (200, 401) and refused.json()["code"] == "event_limit"
    assert 1 <= int(refused.headers["retry-after"]) <= 60


async def test_who_reads_for_too_long_waits_and_others_do_not(limited: House) -> None:
    async with client_of(limited, Role.READER) as reader, client_of(limited, Role.AGENT) as agent:
        limited.limits.spend_reading("reader", 60.0, asyncio.get_running_loop().time())
        refused = await reader.get("/v1/inquiries")
        assert (refused.status_code, refused.json()["code"]) == (429, "reading_limit")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        body = {"channel": "email", "text": "Pompa cieknie."}
        assert (await reader.post("/v1/classify", json=body)).status_code == 200
        assert (await agent.get("/v1/inquiries")).status_code == 200


async def test_time_of_reading_is_taken_from_the_budget(limited: House) -> None:
    """Requests at the same moment cannot all hide behind each other."""
    async with client_of(limited, Role.READER) as reader:
        original = limited.database.scan

        async def slow(work: object) -> object:
            await asyncio.sleep(0.6)
            return await original(work)

        limited.database.scan = slow
        first = await asyncio.gather(*(reader.get("/v1/inquiries") for _ in range(3)))
        assert [one.status_code for one in first] == [200] * 3
        assert (await reader.get("/v1/inquiries")).status_code == 429
