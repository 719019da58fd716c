"""Two processes share turns; a mistake in choosing, or the database, loses no words."""

import asyncio
from collections import Counter
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import text

from inquiry_router.assignment import desk
from inquiry_router.house import House
from tests.assignment.test_assigning import DEFECT, decided, different, enter, receive, set_assign
from tests.conftest import client_of, running_house

pytestmark = pytest.mark.anyio


async def test_two_processes_share_fairly_and_know_who_left(settings: Any) -> None:
    if settings.database_url.startswith("sqlite"):
        pytest.skip("one process writes to SQLite")
    async with running_house(settings) as one, running_house(settings) as other:
        async with client_of(one) as client:
            for name in ("Osoba A", "Osoba B", "Osoba C"):
                await enter(client, name)
            leaving = await enter(client, "Osoba D")
            await set_assign(client, "customer_service", {"to": "in_turn"})
            await other.configuration.load()
            await other.staff.load()
            body = (await client.get(f"/v1/staff/{leaving}")).json()
            body["absences"] = [{"first": "2026-11-19", "last": "2026-11-20"}]
            tag = {"If-Match": '"1"'}
            put = await client.put(f"/v1/staff/{leaving}", json=body, headers=tag)
            assert put.status_code == 200
        # The other process has not followed the change yet.
        assert other.staff.roster.revision < one.staff.roster.revision
        receipts = await asyncio.gather(
            *(receive((one, other)[n % 2], different(DEFECT, n), f"k{n}") for n in range(64))
        )
    shares = Counter(one.decision.assignee for one in decided(receipts))
    assert set(shares) == {"Osoba A", "Osoba B", "Osoba C"}
    assert max(shares.values()) - min(shares.values()) <= 1


def break_in_code(self: Any, *_: Any) -> Any:
    raise ZeroDivisionError


def break_in_database(self: Any, *_: Any) -> Any:
    return self.connection.execute(text("SELECT no_such_column FROM staff"))


@pytest.mark.parametrize("broken", [break_in_code, break_in_database])
async def test_words_are_kept_when_nobody_can_be_chosen(
    house: House, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, broken: Any
) -> None:
    await enter(client, "Osoba A")
    await set_assign(client, "customer_service", {"to": "in_turn"})
    monkeypatch.setattr(desk.AssignmentDesk, "place", broken)
    receipt = await receive(house, DEFECT, "k1")
    assert receipt.decision.assignee is None
    assert receipt.decision.team == "customer_service"
    shown = await client.get(f"/v1/inquiries/{receipt.reference}")
    assert shown.status_code == 200
    assert (await receive(house, DEFECT, "k1")).replayed
