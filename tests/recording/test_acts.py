"""Acts of people: what the API and the helpdesk tell of them is recorded once and told on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from inquiry_router.delivery.tables import deliveries
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.process.clock import utc_now
from inquiry_router.providers.kit.source import TicketState
from tests.recording.stories import LEAK, Story, chat_message

pytestmark = pytest.mark.anyio

DESK: dict[str, Any] = {
    "url": "https://chat.example.com",
    "account": 1,
    "api_token": "key",
    "source": "desk",
    "groups": {"customer_service": "1", "sales": "2", "triage": "3"},
}


@pytest.fixture
async def ticket(story: Story, hook: str) -> dict[str, Any]:
    """An inquiry of ticket 4711, whose helpdesk has its decision."""
    entry = {"id": "chat", "name": "Chatwoot", "kind": "chatwoot", "settings": DESK}
    made = await story.client.post("/v1/destinations", json=entry)
    assert made.status_code == 201, made.text
    told = (await story.client.post(hook, json=chat_message(1, LEAK))).json()
    await deliver(story)
    return await story.see(told["reference"])


async def deliver(story: Story) -> None:
    """Let every delivery have arrived."""
    done = update(deliveries).values(state="delivered")
    await story.house.database.write(lambda c: c.execute(done) and None)


async def report(story: Story, minutes: float = 1, **told: Any) -> str | None:
    """Let the helpdesk report a state of ticket 4711."""
    at = utc_now() + timedelta(minutes=minutes)
    state = TicketState(told.pop("ticket", "4711"), at=at, **{"who": "Ewa", **told})
    source = story.house.configuration.current.source("desk")
    assert source is not None
    return await story.house.acts.apply_state(source, state, utc_now())


async def columns(story: Story, inquiry_id: str) -> Any:
    query = select(inquiries).where(inquiries.c.id == inquiry_id)
    return await story.house.database.read(lambda c: c.execute(query).one())


async def acts_of(story: Story, inquiry_id: str) -> list[str]:
    known = ("answered", "awaited", "resolved", "reopened", "moved", "assigned")
    return [kind for kind in await story.kinds(inquiry_id) if kind in known]


# By the API


async def test_answer_resolution_and_reopening_are_in_the_timeline(story: Story) -> None:
    first = await story.open()
    for act in ("answer", "resolution", "reopening"):
        await story.act(first["id"], act, note="gotowe")
    assert await acts_of(story, first["id"]) == ["answered", "resolved", "reopened"]
    entry = next(
        one for one in (await story.see(first["id"]))["timeline"] if one["kind"] == "resolved"
    )
    assert (entry["details"]["who"], entry["details"]["note"]) == ("Celina", "gotowe")
    assert (await columns(story, first["id"])).resolved_at is None
    assert await story.told(first["id"]) == [
        "inquiry.routed",
        "inquiry.resolved",
        "inquiry.reopened",
    ]


@pytest.mark.parametrize(("act", "kind"), [("resolution", "resolved"), ("reopening", "reopened")])
async def test_second_time_changes_nothing(story: Story, act: str, kind: str) -> None:
    first = await story.open()
    if act == "reopening":
        await story.act(first["id"], "resolution")
    once = await story.act(first["id"], act)
    told = await story.told(first["id"])
    assert await story.act(first["id"], act) == once
    assert (await acts_of(story, first["id"])).count(kind) == 1
    assert await story.told(first["id"]) == told


async def test_first_answer_is_remembered(story: Story) -> None:
    first = await story.open()
    await story.act(first["id"], "answer")
    answered_at = (await columns(story, first["id"])).answered_at
    await story.act(first["id"], "answer")
    assert (await columns(story, first["id"])).answered_at == answered_at is not None


async def test_resolved_inquiry_is_answered_only_after_its_reopening(story: Story) -> None:
    first = await story.open()
    await story.act(first["id"], "resolution")
    refused = await story.act(first["id"], "answer", 409)
    assert "reopening" in refused["hint"]


async def test_reopening_promises_anew(story: Story) -> None:
    first = await story.open()
    past = utc_now() - timedelta(days=20)
    statement = update(inquiries).values(asked_at=past)
    await story.house.database.write(lambda c: c.execute(statement) and None)
    await story.act(first["id"], "resolution")
    again = await story.act(first["id"], "reopening")
    assert again["decision"]["team"] == first["decision"]["team"]
    row = await columns(story, first["id"])
    assert row.asked_at > past + timedelta(days=19)
    assert row.due_at > row.asked_at


# By the helpdesk


async def test_answer_and_closing_at_once_are_both_recorded(
    story: Story, ticket: dict[str, Any]
) -> None:
    assert await report(story, answered=True, status="closed") == ticket["reference"]
    assert await acts_of(story, ticket["id"]) == ["answered", "resolved"]
    row = await columns(story, ticket["id"])
    assert (row.status, row.answered_at is not None, row.resolved_at is not None) == (
        "resolved",
        True,
        True,
    )


async def test_helpdesk_that_reported_it_is_not_told_and_others_are(
    story: Story, ticket: dict[str, Any]
) -> None:
    await report(story, status="closed")
    query = select(deliveries.c.destination_id).where(deliveries.c.event == "inquiry.resolved")
    told = await story.house.database.read(lambda c: list(c.scalars(query)))
    assert told == ["console"]


async def test_repeated_and_older_states_change_nothing(
    story: Story, ticket: dict[str, Any]
) -> None:
    moment = utc_now() + timedelta(minutes=1)
    source = story.house.configuration.current.source("desk")
    assert source is not None
    state = TicketState("4711", moment, status="pending", answered=True, groups=("1",))
    for _ in range(3):
        await story.house.acts.apply_state(source, state, utc_now())
    before = await story.kinds(ticket["id"])
    assert await acts_of(story, ticket["id"]) == ["answered"]
    older = replace(state, at=moment - timedelta(seconds=1), status="closed", owner="Jan")
    await story.house.acts.apply_state(source, older, utc_now())
    assert await story.kinds(ticket["id"]) == before
    row = await columns(story, ticket["id"])
    assert (row.status, row.state_at) == ("waiting_for_customer", moment)


async def test_answer_that_is_told_again_does_not_hide_the_customers_reply(
    story: Story, hook: str, ticket: dict[str, Any]
) -> None:
    moment = utc_now()
    source = story.house.configuration.current.source("desk")
    assert source is not None
    state = TicketState("4711", moment, answered=True)
    await story.house.acts.apply_state(source, state, utc_now())
    await story.client.post(hook, json=chat_message(2, "Adres: Lipowa 7"))
    await story.house.acts.apply_state(source, state, utc_now())
    assert (await story.see(ticket["id"]))["status"] == "waiting_for_us"


async def test_move_in_the_helpdesk_stands_against_the_router(
    story: Story, hook: str, ticket: dict[str, Any]
) -> None:
    await report(story, groups=("2", "Sprzedaż"))
    moved = await story.see(ticket["id"])
    assert moved["decision"]["team"] == "sales"
    assert "Ewa moved it to sales in the helpdesk" in moved["decision"]["reasons"]
    assert (await columns(story, ticket["id"])).placed_by == "Ewa"
    await story.client.post(hook, json=chat_message(2, "pralka nie wiruje, błąd E18"))
    assert (await story.see(ticket["id"]))["decision"]["team"] == "sales"
    assert await acts_of(story, ticket["id"]) == ["moved"]


async def test_group_of_no_team_is_no_move(story: Story, ticket: dict[str, Any]) -> None:
    await report(story, groups=("9", "Magazyn"))
    assert (await story.see(ticket["id"]))["decision"]["team"] == "customer_service"
    assert await acts_of(story, ticket["id"]) == []


async def test_group_before_the_decision_arrived_is_no_move(
    story: Story, ticket: dict[str, Any]
) -> None:
    waiting = update(deliveries).values(state="pending")
    await story.house.database.write(lambda c: c.execute(waiting) and None)
    await report(story, groups=("3", "Users"))
    assert (await story.see(ticket["id"]))["decision"]["team"] == "customer_service"
    await deliver(story)
    await report(story, 2, groups=("3", "Users"), owner="Jan")
    assert await acts_of(story, ticket["id"]) == ["assigned"]


async def test_correction_that_waits_is_not_undone_by_the_old_group(
    story: Story, ticket: dict[str, Any]
) -> None:
    corrected = {"who": "Celina", "category": "new_purchase"}
    await story.post(f"/{ticket['id']}/correction", corrected)
    await report(story, groups=("1", "Serwis"))
    assert (await story.see(ticket["id"]))["decision"]["team"] == "sales"


async def test_owner_is_taken_over_however_long_the_name_is(
    story: Story, ticket: dict[str, Any]
) -> None:
    name = "Maria Magdalena " * 10
    for minutes in (1, 2):
        await report(story, minutes, owner=name)
    assert await acts_of(story, ticket["id"]) == ["assigned"]
    shown = await story.see(ticket["id"])
    assert shown["decision"]["assignee"] == name[:64]
    assert (await columns(story, ticket["id"])).placed_by == "Ewa"


async def test_resolution_here_is_not_undone_by_an_open_ticket(
    story: Story, ticket: dict[str, Any]
) -> None:
    await report(story, status="open", groups=("1",))
    await story.act(ticket["id"], "resolution")
    await report(story, 2, status="open", groups=("1",))
    assert (await story.see(ticket["id"]))["status"] == "resolved"
    await report(story, 3, status="closed")
    await report(story, 4, status="open")
    assert (await story.see(ticket["id"]))["status"] == "waiting_for_us"
    assert await acts_of(story, ticket["id"]) == ["resolved", "reopened"]


async def test_ticket_is_closed_reopened_and_closed_again(
    story: Story, ticket: dict[str, Any]
) -> None:
    for minutes, status in enumerate(("closed", "open", "closed"), 1):
        await report(story, minutes, status=status)
    assert await acts_of(story, ticket["id"]) == ["resolved", "reopened", "resolved"]
    assert await story.told(ticket["id"]) == [
        *["inquiry.routed"] * 2,
        "inquiry.resolved",
        "inquiry.reopened",
        "inquiry.resolved",
    ]


async def test_message_reopens_and_the_next_closing_counts(
    story: Story, hook: str, ticket: dict[str, Any]
) -> None:
    """The helpdesk opens the ticket for the message and tells nothing of it."""
    closed = utc_now() - timedelta(seconds=5)
    source = story.house.configuration.current.source("desk")
    assert source is not None
    state = TicketState("4711", closed, status="closed")
    await story.house.acts.apply_state(source, state, utc_now())
    body = chat_message(2, "Niestety znowu cieknie")
    del body["created_at"]
    await story.client.post(hook, json=body)
    await story.house.acts.apply_state(source, state, utc_now())
    assert (await story.see(ticket["id"]))["status"] == "waiting_for_us"
    await report(story, 1, status="closed")
    assert (await story.see(ticket["id"]))["status"] == "resolved"


async def test_second_ticket_of_a_matter_does_not_end_it(
    story: Story, hook: str, ticket: dict[str, Any]
) -> None:
    body = chat_message(9, f"Dotyczy sprawy {ticket['reference']}", conversation=4712)
    joined = (await story.client.post(hook, json=body)).json()
    assert joined["reference"] == ticket["reference"]
    before = await columns(story, ticket["id"])
    reference = await report(
        story, 5, ticket="4712", status="closed", groups=("2",), owner="Jan", answered=True
    )
    assert reference == ticket["reference"]
    shown = await story.see(ticket["id"])
    assert (shown["status"], shown["decision"]["team"]) == (
        "waiting_for_customer",
        "customer_service",
    )
    assert await acts_of(story, ticket["id"]) == ["answered"]
    # Its times say nothing of the first ticket: a state of that one from before still counts.
    assert (await columns(story, ticket["id"])).state_at == before.state_at
    await report(story, 4, status="closed")
    assert (await story.see(ticket["id"]))["status"] == "resolved"


async def test_merged_ticket_is_a_second_one(
    story: Story, hook: str, ticket: dict[str, Any]
) -> None:
    body = chat_message(9, "Faktura FV/2026/118 ma zły NIP", conversation=4712)
    other = (await story.client.post(hook, json=body)).json()
    assert other["reference"] != ticket["reference"]
    await story.act(other["reference"], "merge", into=ticket["reference"])
    assert await report(story, ticket="4712", status="closed") == ticket["reference"]
    assert (await story.see(ticket["id"]))["status"] != "resolved"
    await report(story, status="closed")
    assert (await story.see(ticket["id"]))["status"] == "resolved"


async def test_ticket_that_is_none_of_ours_is_ignored(story: Story, ticket: dict[str, Any]) -> None:
    assert await report(story, ticket="9999", status="closed") is None
    assert await acts_of(story, ticket["id"]) == []
