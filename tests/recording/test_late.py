"""Messages that the classifier had no time for: decided when their turn comes, never skipped."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from inquiry_router.delivery.tables import deliveries
from inquiry_router.inquiries.tables import inquiries, messages, waiting
from inquiry_router.process.clock import utc_now
from inquiry_router.process.settings import Settings
from inquiry_router.recording import late
from tests.conftest import client_of, running_house
from tests.recording.stories import JAN, PRICE, Story
from tests.recording.test_later import events_of
from tests.switched_model import SwitchedModel, service_of

pytestmark = pytest.mark.anyio

PUMP = "Pompa kupiona w marcu nie pompuje i cieknie spod uszczelki, proszę o naprawę gwarancyjną."
ORDER = "Chcemy kupić trzy nowe pompy CX-20, proszę o wycenę."
GREETING = "Dzień dobry, mam pytanie"


@pytest.fixture
def model() -> SwitchedModel:
    return SwitchedModel()


@pytest.fixture
async def story(settings: Settings, model: SwitchedModel) -> AsyncIterator[Story]:
    async with running_house(settings, service_of(model)) as house, client_of(house) as client:
        yield Story(client, house)


async def decide(story: Story) -> None:
    """Decide everything that waits, as the background does."""
    await let_due(story)
    await story.house.late.decide_all()


async def let_due(story: Story) -> None:
    """Let the pauses and leases of messages that wait run out."""
    past = update(waiting).values(due_at=utc_now() - timedelta(days=1))
    await story.house.database.write(lambda c: c.execute(past) and None)


async def age(story: Story, **time: float) -> None:
    """Let messages have waited so long."""
    since = utc_now() - timedelta(**time)
    await story.house.database.write(
        lambda c: c.execute(update(waiting).values(since=since)) and None
    )


async def rows(story: Story) -> list[Any]:
    return await story.house.database.read(
        lambda c: c.execute(select(waiting).order_by(waiting.c.message_id)).all()
    )


# An opening


async def test_opening_waits_and_nobody_is_told(story: Story) -> None:
    told = await story.post("", {"channel": "email", "text": ORDER, "contact": JAN}, 202)
    assert (told["status"], told["decision"]["team"], told["decision"]["due_at"]) == (
        "new",
        "triage",
        None,
    )
    assert told["acknowledgement"]["text"] == (
        f"Dziękujemy za wiadomość. Numer sprawy: {told['reference']}."
    )
    assert await story.told(told["id"]) == []
    assert await story.kinds(told["id"]) == ["waiting"]
    listed = (await story.client.get("/v1/inquiries", params={"status": "new"})).json()["items"]
    assert [one["reference"] for one in listed] == [told["reference"]]
    overdue = await story.client.get("/v1/inquiries", params={"overdue": "true"})
    assert overdue.json()["items"] == []
    assert "not answered yet" in told["decision"]["reasons"][0]


async def test_opening_is_decided_when_its_turn_comes(story: Story, model: SwitchedModel) -> None:
    told = await open_late(story, ORDER)
    model.answers = True
    await decide(story)
    seen = await story.see(told["id"])
    assert (seen["status"], seen["decision"]["team"], seen["decision"]["flags"]) == (
        "routed",
        "sales",
        [],
    )
    assert "the classifier was busy" in seen["decision"]["reasons"][0]
    assert "„Dział sprzedaży”" in seen["acknowledgement"]["text"]
    assert seen["messages"][0]["category"] == "new_purchase"
    assert await story.kinds(told["id"]) == ["waiting", "routed"]
    assert await story.told(told["id"]) == ["inquiry.routed"]
    [(_, payload)] = await events_of(story, "inquiry.routed")
    assert (payload["decision"]["team"], payload["status"]) == ("sales", "routed")
    assert await rows(story) == []


async def open_late(story: Story, text: str, **more: Any) -> dict[str, Any]:
    body = {"channel": "email", "text": text, "contact": JAN, **more}
    return await story.post("", body, 202)


async def test_decision_is_the_one_that_it_would_have_been_in_time(
    story: Story, model: SwitchedModel
) -> None:
    told = await open_late(story, PUMP)
    model.answers = True
    await decide(story)
    seen = await story.see(told["id"])
    other = {"name": "Ewa Nowak", "email": "ewa@inna.example"}
    in_time = await story.open(PUMP, contact=other)
    for member in ("team", "priority", "rule", "flags"):
        assert seen["decision"][member] == in_time["decision"][member]
    late_, now = seen["classification"], in_time["classification"]
    assert {**late_, "model": ""} == {**now, "model": ""}
    assert seen["decision"]["due_at"][:16] == in_time["decision"]["due_at"][:16]


async def test_language_is_that_of_the_text(story: Story, model: SwitchedModel) -> None:
    told = await open_late(story, "The pump that we bought in March leaks, please repair it.")
    model.answers = True
    await decide(story)
    seen = await story.see(told["id"])
    assert seen["classification"]["language"] == "en"
    assert seen["acknowledgement"]["text"].startswith("Thank you")
    language = await story.house.database.read(lambda c: c.scalar(select(inquiries.c.language)))
    assert language == "en"


async def test_declared_language_stays(story: Story, model: SwitchedModel) -> None:
    told = await open_late(story, "OK 123", language="de")
    model.answers = True
    await decide(story)
    assert (await story.see(told["id"]))["classification"]["language"] == "de"


async def test_greeting_is_undecided_later_too(story: Story, model: SwitchedModel) -> None:
    told = await open_late(story, GREETING)
    model.answers = True
    await decide(story)
    seen = await story.see(told["id"])
    assert (seen["status"], "undecided" in seen["decision"]["flags"]) == ("new", True)
    assert await story.told(told["id"]) == ["inquiry.routed"]
    assert await rows(story) == []


async def test_urgent_without_classifier_does_not_wait_for_it(
    story: Story, model: SwitchedModel
) -> None:
    told = await story.post("", {"channel": "email", "text": "Pompa iskrzy, czuć gaz!"}, 201)
    assert (told["status"], told["decision"]["priority"]) == ("routed", "urgent")
    assert told["decision"]["flags"] == ["unclassified"]
    assert await story.told(told["id"]) == ["inquiry.routed"]
    model.answers = True
    await decide(story)
    seen = await story.see(told["id"])
    assert (seen["classification"]["category"], seen["decision"]["flags"]) == ("defect", [])
    assert seen["decision"]["priority"] == "urgent"


async def test_repeat_gets_the_first_answer(story: Story, model: SwitchedModel) -> None:
    body, headers = {"channel": "email", "text": ORDER}, {"Idempotency-Key": "k-1"}
    first = await story.client.post("/v1/inquiries", json=body, headers=headers)
    model.answers = True
    await decide(story)
    again = await story.client.post("/v1/inquiries", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()


async def test_automatic_mail_does_not_wait(story: Story) -> None:
    text = "Jestem na urlopie do 5 grudnia. Odpowiem po powrocie."
    subject = "Automatyczna odpowiedź: Wycena"
    told = await story.post("", {"channel": "email", "text": text, "subject": subject}, 201)
    assert (told["classification"]["method"], await rows(story)) == ("automatic", [])


# After a minute, or three failures


async def test_people_see_it_after_a_minute(story: Story, model: SwitchedModel) -> None:
    told = await open_late(story, ORDER)
    assert await story.house.late.show_overdue() == 0
    await age(story, seconds=61)
    assert await story.house.late.show_overdue() == 1
    seen = await story.see(told["id"])
    assert (seen["status"], seen["decision"]["team"]) == ("routed", "triage")
    assert (seen["decision"]["flags"], seen["decision"]["due_at"] is not None) == (
        ["unclassified"],
        True,
    )
    assert await story.told(told["id"]) == ["inquiry.routed"]
    assert await story.house.late.show_overdue() == 0
    model.answers = True
    await decide(story)
    seen = await story.see(told["id"])
    assert (seen["decision"]["team"], seen["decision"]["flags"]) == ("sales", [])
    assert "nobody has touched it" in seen["decision"]["reasons"][0]
    assert await story.told(told["id"]) == ["inquiry.routed", "inquiry.routed"]
    assert [data["decision"]["team"] for _, data in await events_of(story, "inquiry.routed")] == [
        "triage",
        "sales",
    ]
    states = await story.house.database.read(
        lambda c: list(c.scalars(select(deliveries.c.state).order_by(deliveries.c.id)))
    )
    assert states == ["superseded", "pending"]


async def test_people_see_it_after_three_failures(story: Story, model: SwitchedModel) -> None:
    told = await open_late(story, ORDER)
    for failures in (1, 2, 3):
        assert (await story.see(told["id"]))["status"] == "new"
        await decide(story)
        [row] = await rows(story)
        assert row.attempts == failures
    assert (await story.see(told["id"]))["status"] == "routed"
    asked = len(model.asked)
    await story.house.late.decide_all()  # a text that fails is not tried again at once
    assert len(model.asked) == asked
    model.answers = True
    await decide(story)
    assert (await story.see(told["id"]))["decision"]["team"] == "sales"


async def test_text_that_fails_delays_no_other(story: Story, model: SwitchedModel) -> None:
    poison = await open_late(story, "Poison 17 " + PUMP)
    other = await open_late(story, ORDER, contact={"email": "ewa@inna.example"})
    model.answers, model.broken = True, "Poison"
    await decide(story)
    assert (await story.see(poison["id"]))["status"] == "new"
    assert (await story.see(other["id"]))["decision"]["team"] == "sales"


async def test_late_answer_after_a_week_is_left_to_people(
    story: Story, model: SwitchedModel
) -> None:
    told = await open_late(story, ORDER)
    await age(story, days=8)
    await story.house.late.show_overdue()
    await story.house.late.show_overdue()
    model.answers = True
    await decide(story)
    assert (await story.see(told["id"]))["decision"]["flags"] == ["unclassified"]


async def test_missing_model_is_like_a_late_one(settings: Settings, model: SwitchedModel) -> None:
    async with running_house(settings, service_of(None)) as house, client_of(house) as client:
        story = Story(client, house)
        told = await open_late(story, ORDER)
        await decide(story)
        assert [row.attempts for row in await rows(story)] == [0]
        await age(story, seconds=61)
        await house.late.show_overdue()
        assert (await story.see(told["id"]))["decision"]["flags"] == ["unclassified"]
    model.answers = True
    async with running_house(settings, service_of(model)) as house, client_of(house) as client:
        story = Story(client, house)
        await decide(story)
        assert (await story.see(told["id"]))["decision"]["team"] == "sales"


# People were quicker


@pytest.mark.parametrize("act", ["correction", "answer", "resolution", "reopening"])
async def test_person_who_was_quicker_wins(story: Story, model: SwitchedModel, act: str) -> None:
    told = await open_late(story, ORDER)
    if act == "reopening":
        await story.act(told["id"], "resolution")
    more = {"category": "order_support"} if act == "correction" else {}
    after = await story.act(told["id"], act, **more)
    events = await story.told(told["id"])
    assert events[0] == "inquiry.routed"  # destinations know it before anything else happens
    model.answers = True
    await decide(story)
    seen = await story.see(told["id"])
    for member in ("team", "assignee", "priority", "due_at"):
        assert seen["decision"][member] == after["decision"][member]
    assert seen["status"] == after["status"]
    assert await story.told(told["id"]) == events
    assert seen["decision"]["flags"] == []
    wanted = "order_support" if act == "correction" else "new_purchase"
    assert seen["classification"]["category"] == wanted
    assert seen["messages"][0]["category"] == "new_purchase"
    assert await rows(story) == []


async def test_taken_ticket_stays(story: Story, model: SwitchedModel) -> None:
    made = await story.client.post(
        "/v1/sources", json={"id": "zammad-1", "name": "Zammad", "kind": "zammad"}
    )
    assert made.status_code == 201, made.text
    told = await open_late(story, ORDER, source={"system": "zammad-1", "id": "17"})
    from inquiry_router.providers.kit.source import TicketState

    source = story.house.configuration.current.source("zammad-1")
    state = TicketState("17", utc_now(), owner="Celina", status="open")
    await story.house.acts.apply_state(source, state, utc_now())
    model.answers = True
    await decide(story)
    seen = await story.see(told["id"])
    assert (seen["decision"]["team"], seen["decision"]["assignee"]) == ("triage", "Celina")
    assert "people had it before" in seen["decision"]["reasons"][-1]
    assert seen["classification"]["category"] == "new_purchase"


async def test_state_without_an_act_is_no_touch(story: Story, model: SwitchedModel) -> None:
    await story.client.post(
        "/v1/sources", json={"id": "zammad-1", "name": "Zammad", "kind": "zammad"}
    )
    told = await open_late(story, ORDER, source={"system": "zammad-1", "id": "17"})
    from inquiry_router.providers.kit.source import TicketState

    source = story.house.configuration.current.source("zammad-1")
    state = TicketState("17", utc_now(), groups=("Users",), status="open")
    await story.house.acts.apply_state(source, state, utc_now())
    assert (await story.see(told["id"]))["status"] == "new"
    model.answers = True
    await decide(story)
    assert (await story.see(told["id"]))["decision"]["team"] == "sales"


async def test_merged_one_stays_where_it_is(story: Story, model: SwitchedModel) -> None:
    model.answers = True
    first = await story.open(PUMP)
    model.answers = False
    told = await open_late(story, ORDER)
    merged = await story.act(told["id"], "merge", into=first["reference"])
    model.answers = True
    await decide(story)
    seen = await story.see(told["id"])
    assert (seen["reference"], seen["decision"]["team"]) == (
        first["reference"],
        merged["decision"]["team"],
    )
    assert {one["category"] for one in seen["messages"]} == {"defect", "new_purchase"}


# Later messages


async def test_later_message_joins_at_once(story: Story, model: SwitchedModel) -> None:
    model.answers = True
    first = await story.open(PUMP)
    model.answers = False
    path = f"/v1/inquiries/{first['id']}/messages"
    body, headers = {"channel": "chat", "text": "Adres: Lipowa 7"}, {"Idempotency-Key": "m-1"}
    told = await story.client.post(path, json=body, headers=headers)
    again = await story.client.post(path, json=body, headers=headers)
    assert (told.status_code, again.status_code) == (202, 200)
    assert again.json()["joined"] == told.json()["joined"]
    assert told.json()["joined"]["waits"] is True
    assert await story.texts(first["id"]) == [PUMP, "Adres: Lipowa 7"]
    assert await story.told(first["id"]) == ["inquiry.routed", "inquiry.message"]
    model.answers = True
    await decide(story)
    seen = await story.see(first["id"])
    assert seen["decision"] == first["decision"]
    assert seen["messages"][1]["confidence"] > 0
    assert await story.told(first["id"]) == ["inquiry.routed", "inquiry.message"]
    assert await rows(story) == []


async def test_hurry_of_a_later_message_counts_at_once_and_once(
    story: Story, model: SwitchedModel
) -> None:
    model.answers = True
    first = await story.open(ORDER.replace("kupić", "zamówić katalog na"))
    model.answers = False
    told = await story.add(first["id"], "To pilne, proszę o odpowiedź")
    raised = told["decision"]["priority"]
    assert (told["joined"]["change"], told["joined"]["waits"]) == ("raised", True)
    model.answers = True
    await decide(story)
    assert (await story.see(first["id"]))["decision"]["priority"] == raised


async def test_later_message_is_split_off_late(story: Story, model: SwitchedModel) -> None:
    model.answers = True
    first = await story.open(PUMP)
    model.answers = False
    told = await story.add(first["id"], PRICE)
    assert told["id"] == first["id"]
    model.answers = True
    await decide(story)
    assert await story.texts(first["id"]) == [PUMP]
    seen = await story.see(told["joined"]["message"])
    assert (seen["decision"]["team"], seen["text"]) == ("sales", PRICE)
    assert [one["kind"] for one in seen["links"]] == ["split"]
    assert await rows(story) == []


async def test_message_is_not_split_off_when_people_have_answered(
    story: Story, model: SwitchedModel
) -> None:
    model.answers = True
    first = await story.open(PUMP)
    model.answers = False
    await story.add(first["id"], PRICE)
    await story.act(first["id"], "answer")
    model.answers = True
    await decide(story)
    assert await story.texts(first["id"]) == [PUMP, PRICE]


async def test_later_message_decides_a_greeting_late(story: Story, model: SwitchedModel) -> None:
    model.answers = True
    first = await story.open(GREETING)
    model.answers = False
    told = await story.add(first["id"], PUMP)
    assert (told["status"], told["decision"]["team"]) == ("new", "triage")
    model.answers = True
    await decide(story)
    seen = await story.see(first["id"])
    assert (seen["status"], seen["decision"]["team"]) == ("routed", "customer_service")
    assert (await story.kinds(first["id"]))[-2:] == ["classified", "routed"]
    assert (await story.told(first["id"]))[-1] == "inquiry.message"


async def test_later_message_lets_people_see_what_waits(story: Story, model: SwitchedModel) -> None:
    first = await open_late(story, GREETING)
    await story.add(first["id"], PUMP)
    assert await story.kinds(first["id"]) == ["waiting", "routed", "message"]
    assert await story.told(first["id"]) == ["inquiry.routed", "inquiry.message"]
    seen = await story.see(first["id"])
    assert (seen["decision"]["team"], seen["decision"]["flags"]) == ("triage", ["unclassified"])
    model.answers = True
    await decide(story)
    seen = await story.see(first["id"])
    assert (seen["decision"]["team"], seen["decision"]["flags"]) == ("customer_service", [])
    assert await rows(story) == []


async def test_messages_of_an_inquiry_are_decided_in_their_order(
    story: Story, model: SwitchedModel
) -> None:
    first = await open_late(story, PUMP)
    await story.add(first["id"], PRICE)
    model.answers = True
    await let_due(story)
    assert await story.house.late.decide_due() == 1
    assert (await story.see(first["id"]))["decision"]["team"] == "customer_service"
    await decide(story)
    assert await story.texts(first["id"]) == [PUMP]


async def test_later_message_is_understood_while_the_opening_waits(
    story: Story, model: SwitchedModel
) -> None:
    """The whole decides the inquiry; the late answer to the opening changes nothing more."""
    first = await open_late(story, GREETING)
    model.answers = True
    told = await story.add(first["id"], PUMP)
    assert (told["joined"]["change"], told["decision"]["team"]) == ("decided", "customer_service")
    before = await story.told(first["id"])
    await decide(story)
    seen = await story.see(first["id"])
    assert (seen["decision"], await story.told(first["id"])) == (told["decision"], before)


async def test_priority_that_a_later_message_raised_stays(
    story: Story, model: SwitchedModel
) -> None:
    first = await open_late(story, "Proszę o katalog pomp na adres Lipowa 7")
    told = await story.add(first["id"], "teraz iskrzy i dymi się z tyłu!")
    assert told["decision"]["priority"] == "urgent"
    model.answers = True
    await decide(story)
    seen = await story.see(first["id"])
    assert seen["decision"]["priority"] == "urgent"
    assert seen["decision"]["due_at"] <= told["decision"]["due_at"]


# Previews, splitting, several processes


async def test_preview_is_refused(story: Story) -> None:
    refused = await story.client.post("/v1/classify", json={"channel": "email", "text": ORDER})
    assert (refused.status_code, refused.json()["code"]) == (503, "not_classified")
    assert int(refused.headers["retry-after"]) > 0


async def test_message_split_off_by_hand_is_seen_at_once(
    story: Story, model: SwitchedModel
) -> None:
    model.answers = True
    first = await story.open(PUMP)
    message = (await story.add(first["id"], "Mam jeszcze jedno"))["joined"]["message"]
    model.answers = False
    apart = await story.act(first["id"], "split", message=message)
    assert (apart["status"], apart["decision"]["flags"]) == ("routed", ["unclassified"])
    model.answers = True
    await decide(story)
    assert "unclassified" not in (await story.see(apart["id"]))["decision"]["flags"]


async def test_two_processes_decide_it_once(story: Story, model: SwitchedModel) -> None:
    told = await open_late(story, ORDER)
    model.answers = True
    claimed = await story.house.database.write(lambda c: late.waiting.claim_due(c, 5))
    assert await story.house.late.decide_due() == 0
    decider = story.house.late
    await asyncio.gather(*(decider._decide(claimed[0]) for _ in range(3)))
    assert await story.kinds(told["id"]) == ["waiting", "routed"]
    assert await story.told(told["id"]) == ["inquiry.routed"]


async def test_background_decides_by_itself(story: Story, model: SwitchedModel) -> None:
    told = await open_late(story, ORDER)
    model.answers = True
    background = asyncio.create_task(story.house.late.run())
    try:
        async with asyncio.timeout(10):
            while (await story.see(told["id"]))["status"] == "new":
                await asyncio.sleep(0.02)
    finally:
        background.cancel()
    assert (await story.see(told["id"]))["decision"]["team"] == "sales"


async def test_deleted_message_waits_no_longer(story: Story) -> None:
    await open_late(story, ORDER)
    await story.house.database.write(lambda c: c.execute(messages.delete()) and None)
    assert await rows(story) == []
