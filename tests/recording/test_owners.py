"""The owner whom a helpdesk reports is a member of staff; taking a ticket accepts an offer."""

from typing import Any

import pytest

from inquiry_router.routing.fields import DAYS
from tests.assignment.test_assigning import enter, set_assign
from tests.recording.stories import LEAK, Story, chat_message
from tests.recording.test_acts import DESK, acts_of, deliver, report

pytestmark = pytest.mark.anyio
ALWAYS = {day: ["00:00-24:00"] for day in DAYS}


async def opened(story: Story, hook: str, assign: dict[str, Any]) -> dict[str, Any]:
    """An inquiry of ticket 4711 that Celina was given, or offered."""
    entry = {"id": "chat", "name": "Chatwoot", "kind": "chatwoot", "settings": DESK}
    assert (await story.client.post("/v1/destinations", json=entry)).status_code == 201
    more = {"hours": ALWAYS, "holidays": None}
    await enter(story.client, "Celina Maj", helpdesk_user="17", **more)
    await set_assign(story.client, "customer_service", assign)
    told = (await story.client.post(hook, json=chat_message(1, LEAK))).json()
    await deliver(story)
    found = await story.see(told["reference"])
    assert found["decision"]["assignee"] == "Celina Maj"
    return found


async def test_echo_of_our_own_owner_is_no_act(story: Story, hook: str) -> None:
    inquiry = await opened(story, hook, {"to": "in_turn"})
    await report(story, owner="17")
    assert await acts_of(story, inquiry["id"]) == []
    assert (await story.see(inquiry["id"]))["decision"]["assignee"] == "Celina Maj"


async def test_taking_the_ticket_accepts_the_offer(story: Story, hook: str) -> None:
    assign = {"to": "in_turn", "accept_within_minutes": 30}
    inquiry = await opened(story, hook, assign)
    assert inquiry["decision"]["is_offer"] is True
    await report(story, owner="17")
    decision = (await story.see(inquiry["id"]))["decision"]
    assert decision["assignee"] == "Celina Maj"
    assert "is_offer" not in decision
    assert await acts_of(story, inquiry["id"]) == ["assigned"]


async def test_colleague_who_takes_it_has_it_by_their_name_with_us(story: Story, hook: str) -> None:
    inquiry = await opened(story, hook, {"to": "in_turn"})
    ola = await enter(story.client, "Ola Lis", email="ola@firma.example", teams=[])
    await report(story, owner="OLA@firma.example")
    decision = (await story.see(inquiry["id"]))["decision"]
    assert (decision["assignee"], decision["assignee_id"]) == ("Ola Lis", ola)
    await report(story, 2, owner="Ktoś Spoza")
    decision = (await story.see(inquiry["id"]))["decision"]
    assert (decision["assignee"], decision["assignee_id"]) == ("Ktoś Spoza", None)
