"""Short ways to tell a story of one matter, by the API and by the webhooks of a helpdesk."""

from typing import Any

import httpx2 as httpx
from sqlalchemy import Table, func, select

from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House

JAN = {"name": "Jan Kowalski", "email": "jan@klient.example"}
LEAK = "Pompa kupiona w marcu cieknie i zalewa piwnicę, proszę o serwis"
PRICE = "A po ile macie nowe pompy?"


class Story:
    """A client with verbs. `house` is the one that it talks to."""

    def __init__(self, client: httpx.AsyncClient, house: House) -> None:
        self.client = client
        self.house = house

    async def open(self, text: str = LEAK, **more: Any) -> dict[str, Any]:
        """Take in a new inquiry."""
        body = {"channel": "email", "text": text, "contact": JAN, **more}
        return await self.post("", body, 201)

    async def add(
        self, inquiry: str, text: str, key: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """Add a later message."""
        headers = {"Idempotency-Key": key} if key else {}
        body = {"channel": "chat", "text": text, **more}
        path = f"/v1/inquiries/{inquiry}/messages"
        return (await self.client.post(path, json=body, headers=headers)).json()

    async def post(self, path: str, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
        """Post to a path below the inquiries; check the status."""
        answered = await self.client.post(f"/v1/inquiries{path}", json=body)
        assert answered.status_code == status, answered.text
        return answered.json()

    async def act(self, inquiry: str, act: str, status: int = 200, **more: Any) -> dict[str, Any]:
        """Say what a person did."""
        return await self.post(f"/{inquiry}/{act}", {"who": "Celina", **more}, status)

    async def see(self, inquiry: str) -> dict[str, Any]:
        """Read an inquiry."""
        answered = await self.client.get(f"/v1/inquiries/{inquiry}")
        assert answered.status_code == 200, answered.text
        return answered.json()

    async def texts(self, inquiry: str) -> list[str]:
        """Everything that was said in an inquiry, the opening first."""
        return [one["text"] for one in (await self.see(inquiry))["messages"]]

    async def find(self, words: str) -> list[str]:
        """The references that a search finds."""
        found = await self.client.get("/v1/inquiries", params={"q": words})
        return [one["reference"] for one in found.json()["items"]]

    async def kinds(self, inquiry_id: str) -> list[str]:
        """The kinds of the timeline's entries."""
        return [one["kind"] for one in (await self.see(inquiry_id))["timeline"]]

    async def told(self, inquiry_id: str) -> list[str]:
        """The events that destinations are told of an inquiry, by its id."""
        query = select(deliveries.c.event).where(deliveries.c.inquiry_id == inquiry_id)
        query = query.order_by(deliveries.c.id)
        return await self.house.database.read(lambda c: list(c.scalars(query)))

    async def count(self, table: Table) -> int:
        """The number of rows of a table."""
        query = select(func.count()).select_from(table)
        return await self.house.database.read(lambda c: c.execute(query).scalar_one())


def chat_message(number: int, text: str, conversation: int = 4711) -> dict[str, Any]:
    """A customer's message as Chatwoot tells of it."""
    sender = {"id": 55, "name": "Jan Kowalski", "email": "jan@klient.example"}
    return {
        "event": "message_created",
        "id": number,
        "content": text,
        "message_type": "incoming",
        "private": False,
        "created_at": f"2026-11-19T10:{number % 60:02}:00Z",
        "sender": sender,
        "conversation": {
            "id": conversation,
            "channel": "Channel::WebWidget",
            "meta": {"sender": {**sender, "type": "contact"}},
            "labels": [],
            "messages": [],
        },
    }
