"""Chats of Chatwoot: each message is kept, however quickly it follows, and told once."""

from typing import Any

import httpx2 as httpx
import pytest

pytestmark = pytest.mark.anyio

SENDER = {"id": 55, "name": "Jan Kowalski", "email": "jan@klient.example.org"}
HELLO, LEAK = "Dzień dobry", "Pompa kupiona w marcu cieknie, proszę o serwis"


def message(number: int, text: str, at: str, **conversation: Any) -> dict[str, Any]:
    there = {
        "id": 4712,
        "channel": "Channel::WebWidget",
        "created_at": 1764000000,
        "meta": {"sender": {**SENDER, "type": "contact"}},
        "labels": [],
        "messages": [],
        **conversation,
    }
    return {
        "event": "message_created",
        "id": number,
        "content": text,
        "message_type": "incoming",
        "private": False,
        "created_at": at,
        "sender": SENDER,
        "conversation": there,
    }


@pytest.fixture
async def hook(client: httpx.AsyncClient) -> str:
    """The address of a source, below the host."""
    made = await client.post("/v1/sources", json={"name": "Chatwoot", "kind": "chatwoot"})
    url: str = made.json()["url"]
    return url.removeprefix("http://router.test")


async def test_two_messages_of_one_second_are_both_kept(
    client: httpx.AsyncClient, hook: str
) -> None:
    first = message(3, HELLO, "2025-11-24T16:00:00.100Z")
    second = message(4, LEAK, "2025-11-24T16:00:00.900Z")
    told = [(await client.post(hook, json=body)).json() for body in (first, second, second)]
    assert [one["status"] for one in told] == ["accepted", "joined", "duplicate"]
    whole = (await client.get(f"/v1/inquiries/{told[0]['reference']}")).json()
    assert [one["text"] for one in whole["messages"]] == [HELLO, LEAK]
    assert (whole["status"], whole["decision"]["team"]) == ("routed", "customer_service")


@pytest.mark.parametrize("begins", [True, False], ids=["begun first", "message first"])
async def test_message_that_two_events_tell_is_one(
    client: httpx.AsyncClient, hook: str, begins: bool
) -> None:
    said = message(3, LEAK, "2025-11-24T16:00:00Z")
    opening = {"id": 3, "content": LEAK, "message_type": 0, "created_at": 1764000000}
    begun = {**said["conversation"], "event": "conversation_created", "messages": [opening]}
    bodies = (begun, said) if begins else (said, begun)
    told = [(await client.post(hook, json=body)).json() for body in bodies]
    assert [one["status"] for one in told] == ["accepted", "duplicate"]
    whole = (await client.get(f"/v1/inquiries/{told[0]['reference']}")).json()
    assert [one["text"] for one in whole["messages"]] == [LEAK]


async def test_automatic_reply_is_known(client: httpx.AsyncClient, hook: str) -> None:
    mail = {"auto_reply": True, "mail_subject": "Re: Oferta"}
    text = "Dziękuję za kontakt. Wracam 1 grudnia."
    channel = "Channel::Email"
    body = message(
        6, text, "2025-11-24T16:00:00Z", channel=channel, additional_attributes=mail, id=4714
    )
    told = (await client.post(hook, json=body)).json()
    whole = (await client.get(f"/v1/inquiries/{told['reference']}")).json()
    assert whole["passage"]["automatic"] == "auto_reply"
    assert whole["acknowledgement"] is None
