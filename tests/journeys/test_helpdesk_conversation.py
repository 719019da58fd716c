"""A conversation of Chatwoot from the first word to the last: one inquiry, moved once.

The server that stands for Chatwoot remembers every request to its API.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from tests.conftest import client_of, running_house, settings_for
from tests.faulty_server import FaultyServer, answer, faulty_server
from tests.journeys.test_chat_by_webhook import HELLO, LEAK, message

pytestmark = pytest.mark.anyio

FLOOD = "Pompa kupiona w marcu cieknie i zalewa piwnicę, proszę o serwis"
THANKS = "Dziękuję, czekam na serwisanta"
EIGHT = [
    FLOOD,
    "kupiona w maju",
    "mam paragon",
    "adres Lipowa 7 m 3",
    "najlepiej po 16",
    "jestem pod tym numerem",
    THANKS,
    "dziękuję",
]
CONVERSATION = "/api/v1/accounts/1/conversations/4712"
GROUPS = {"customer_service": "1", "sales": "2", "triage": "3"}
# The answers of Chatwoot's API, by the end of the path.
ANSWERS: dict[str, Any] = {
    "assignments": {},
    "toggle_priority": {},
    "labels": {"payload": ["vip"]},
    "messages": {"payload": []},
    "toggle_status": {},
}


@dataclass
class Desk:
    """A house, and the helpdesk whose conversations it routes."""

    house: House
    client: httpx.AsyncClient
    chatwoot: FaultyServer
    hook: str

    async def tell(self, body: dict[str, Any]) -> dict[str, Any]:
        """Send a webhook as Chatwoot does."""
        async with client_of(self.house, None) as vendor:
            told = await vendor.post(self.hook, json=body)
        assert told.status_code == 200, told.text
        answered: dict[str, Any] = told.json()
        return answered

    async def say(self, *said: str, first: int = 1) -> str:
        """Let the customer say something, message by message; return the reference."""
        told = [
            await self.tell(message(number, text, f"2025-11-24T16:{number:02}:00Z"))
            for number, text in enumerate(said, first)
        ]
        (reference,) = {one["reference"] for one in told}
        return str(reference)

    async def settle(self) -> None:
        """Wait until nothing is left to deliver."""
        for _ in range(200):
            self.house.wake()
            page = await self.client.get("/v1/deliveries", params={"state": "pending"})
            if not page.json()["items"]:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(page.text)

    def asked(self, name: str, method: str = "POST") -> list[Any]:
        """The bodies of the requests to one end of the conversation's address."""
        found = self.chatwoot.at(f"{CONVERSATION}/{name}")
        return [json.loads(one.body or b"null") for one in found if one.method == method]

    async def see(self, reference: str) -> dict[str, Any]:
        shown: dict[str, Any] = (await self.client.get(f"/v1/inquiries/{reference}")).json()
        return shown


@asynccontextmanager
async def open_desk(database_url: str, *, dispatch: bool = True) -> AsyncIterator[Desk]:
    settings = settings_for(
        database_url, dispatch=dispatch, allow_loopback_destinations_for_development=True
    )
    async with (
        faulty_server() as chatwoot,
        running_house(settings) as house,
        client_of(house) as admin,
    ):
        for name, value in ANSWERS.items():
            chatwoot.behave(f"{CONVERSATION}/{name}", answer(200, body=json.dumps(value).encode()))
        source = {"id": "desk", "name": "Chatwoot", "kind": "chatwoot"}
        made = await admin.post("/v1/sources", json=source)
        entry = {
            "id": "chatwoot",
            "name": "Chatwoot",
            "kind": "chatwoot",
            "settings": {
                "url": chatwoot.url(""),
                "account": 1,
                "api_token": "key",
                "source": "desk",
                "groups": GROUPS,
            },
        }
        added = await admin.post("/v1/destinations", json=entry)
        assert added.status_code == 201, added.text
        hook = made.json()["url"].removeprefix("http://router.test")
        yield Desk(house, admin, chatwoot, hook)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with open_desk(database_url) as opened:
        yield opened


async def test_thanks_after_a_defect_leave_the_ticket_as_it_is(desk: Desk) -> None:
    reference = await desk.say(FLOOD)
    await desk.settle()
    assert desk.asked("assignments") == [{"team_id": 1}]
    assert desk.asked("toggle_priority") == [{"priority": "urgent"}]
    (labels,) = desk.asked("labels")
    assert "vip" in labels["labels"]
    (note,) = desk.asked("messages")
    assert note["private"] is True and reference in note["content"]
    before = len(desk.chatwoot.requests)

    assert await desk.say(THANKS, first=2) == reference
    await desk.settle()
    assert desk.chatwoot.requests[before:] == []
    shown = await desk.see(reference)
    assert [one["text"] for one in shown["messages"]] == [FLOOD, THANKS]
    assert (shown["decision"]["team"], shown["decision"]["priority"]) == (
        "customer_service",
        "urgent",
    )


async def test_eight_messages_are_one_inquiry_and_one_move(desk: Desk) -> None:
    reference = await desk.say(EIGHT[0])
    await desk.settle()
    assert await desk.say(*EIGHT[1:], first=2) == reference
    await desk.settle()
    assert desk.asked("assignments") == [{"team_id": 1}]
    assert len(desk.asked("toggle_priority")) == len(desk.asked("labels")) == 1
    assert len(desk.asked("messages")) == 1
    listed = (await desk.client.get("/v1/inquiries")).json()["items"]
    assert [one["reference"] for one in listed] == [reference]
    shown = await desk.see(reference)
    assert [one["text"] for one in shown["messages"]] == EIGHT
    acknowledged = [one for one in shown["timeline"] if one["kind"] == "routed"]
    assert len(acknowledged) == 1


async def test_greeting_is_moved_from_triage_when_it_is_decided(desk: Desk) -> None:
    reference = await desk.say(HELLO)
    await desk.settle()
    assert desk.asked("assignments") == [{"team_id": 3}]
    assert await desk.say(LEAK, "mam paragon", first=2) == reference
    await desk.settle()
    assert desk.asked("assignments") == [{"team_id": 3}, {"team_id": 1}]
    assert await desk.say("adres Lipowa 7", THANKS, first=4) == reference
    await desk.settle()
    assert len(desk.asked("assignments")) == 2
    assert (await desk.see(reference))["status"] == "routed"


async def test_two_messages_of_one_second_are_one_move(database_url: str) -> None:
    async with open_desk(database_url, dispatch=False) as desk:
        bodies = [
            message(3, HELLO, "2025-11-24T16:00:00.100Z"),
            message(4, LEAK, "2025-11-24T16:00:00.900Z"),
        ]
        told = await asyncio.gather(*(desk.tell(body) for body in bodies))
        assert len({one["reference"] for one in told}) == 1
        await desk.house.worker.start()
        try:
            await desk.settle()
        finally:
            await desk.house.worker.stop()
        assert desk.asked("assignments") == [{"team_id": 1}]
        shown = await desk.see(told[0]["reference"])
        assert sorted(one["text"] for one in shown["messages"]) == sorted([HELLO, LEAK])
        assert shown["decision"]["team"] == "customer_service"


async def test_our_own_writes_that_come_back_change_nothing(desk: Desk) -> None:
    reference = await desk.say(FLOOD)
    await desk.settle()
    (note,) = desk.asked("messages")
    before = await desk.see(reference)
    conversation = message(1, FLOOD, "2025-11-24T16:01:00Z")["conversation"]
    meta = {**conversation["meta"], "team": {"id": 1, "name": "serwis"}}
    moved = {**conversation, "meta": meta, "status": "open", "labels": ["vip"]}
    await desk.tell({**moved, "event": "conversation_updated", "timestamp": 1764000100})
    told = await desk.tell(
        {
            **message(2, note["content"], "2025-11-24T16:02:00Z", meta=meta),
            "message_type": "outgoing",
            "private": True,
            "sender": {"id": 9, "type": "user", "name": "Router"},
        }
    )
    assert told["status"] == "ignored"
    after = await desk.see(reference)
    assert (after["timeline"], after["status"]) == (before["timeline"], before["status"])
    assert [one["text"] for one in after["messages"]] == [FLOOD]


async def test_ticket_that_an_agent_moved_stays_there(desk: Desk) -> None:
    """The next message raises the priority, and the group is the person's choice."""
    reference = await desk.say("Zmywarka nie odpompowuje wody, proszę o naprawę.")
    await desk.settle()
    conversation = message(1, LEAK, "2025-11-24T16:01:00Z")["conversation"]
    moved = {**conversation, "meta": {**conversation["meta"], "team": {"id": 2, "name": "handel"}}}
    await desk.tell({**moved, "event": "conversation_updated", "timestamp": 1764000100})
    assert (await desk.see(reference))["decision"]["team"] == "sales"
    await desk.say("teraz iskrzy i dymi się z tyłu!", first=2)
    await desk.settle()
    shown = await desk.see(reference)
    assert (shown["decision"]["team"], shown["decision"]["priority"]) == ("sales", "urgent")
    assert [one["team_id"] for one in desk.asked("assignments")] == [1, 2]
    assert desk.asked("toggle_priority")[-1] == {"priority": "urgent"}
