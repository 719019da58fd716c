"""Later messages: stored once, whole, in the inquiry that they belong to, and told."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, update

from inquiry_router.database.group_commit import intake_keys
from inquiry_router.delivery.tables import deliveries
from inquiry_router.inquiries.tables import inquiries, messages
from inquiry_router.process.settings import Settings
from tests.conftest import client_of, running_house
from tests.recording.stories import JAN, LEAK, PRICE, Story, chat_message

pytestmark = pytest.mark.anyio

GREETING = "Dzień dobry, mam pytanie"
WASHER = "pralka którą u was kupiłem nie wiruje i wyskakuje błąd E18"


async def events_of(story: Story, event: str) -> list[tuple[str, dict[str, Any]]]:
    """The payloads of an event, with the id of the inquiry, in the order of recording."""
    query = select(deliveries.c.id, deliveries.c.inquiry_id).where(deliveries.c.event == event)
    rows = await story.house.database.read(
        lambda c: c.execute(query.order_by(deliveries.c.id)).all()
    )
    found = []
    for row in rows:
        answered = await story.client.get(f"/v1/deliveries/{row.id}")
        found.append((row.inquiry_id, answered.json()["payload"]["data"]))
    return found


# Repeats


async def test_repeat_gets_the_first_answer_and_stores_nothing(story: Story) -> None:
    first = await story.open()
    path = f"/v1/inquiries/{first['id']}/messages"
    body, headers = {"channel": "chat", "text": "Adres: Lipowa 7"}, {"Idempotency-Key": "m-1"}
    told = await story.client.post(path, json=body, headers=headers)
    before = await story.kinds(first["id"]), await story.told(first["id"])
    again = await story.client.post(path, json=body, headers=headers)
    assert (told.status_code, again.status_code) == (201, 200)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["joined"] == told.json()["joined"]
    assert again.json()["reference"] == told.json()["reference"]
    assert await story.texts(first["id"]) == [LEAK, "Adres: Lipowa 7"]
    assert (await story.kinds(first["id"]), await story.told(first["id"])) == before


async def test_key_with_other_words_is_refused(story: Story) -> None:
    first = await story.open()
    await story.add(first["id"], "Adres: Lipowa 7", key="m-1")
    refused = await story.add(first["id"], "Adres: Lipowa 8", key="m-1")
    assert refused["code"] == "key_reused"
    assert await story.texts(first["id"]) == [LEAK, "Adres: Lipowa 7"]


async def test_key_of_the_opening_is_not_a_new_message(story: Story) -> None:
    body = {"channel": "email", "text": LEAK, "contact": JAN}
    headers = {"Idempotency-Key": "m-1"}
    opened = await story.client.post("/v1/inquiries", json=body, headers=headers)
    refused = await story.add(opened.json()["id"], "Adres: Lipowa 7", key="m-1")
    assert refused["code"] == "key_reused"
    assert await story.texts(opened.json()["id"]) == [LEAK]


async def test_repeat_of_a_message_that_was_split_off_gets_its_inquiry(story: Story) -> None:
    first = await story.open()
    price = await story.add(first["id"], PRICE, key="m-1")
    again = await story.add(first["id"], PRICE, key="m-1")
    assert again["reference"] == price["reference"] != first["reference"]
    assert await story.count(inquiries) == 2


async def test_webhook_that_comes_again_stores_nothing(story: Story, hook: str) -> None:
    for body in (chat_message(1, LEAK), chat_message(2, "Adres: Lipowa 7")):
        for expected in ("accepted" if body["id"] == 1 else "joined", "duplicate"):
            told = (await story.client.post(hook, json=body)).json()
            assert told["status"] == expected
    assert await story.texts(told["reference"]) == [LEAK, "Adres: Lipowa 7"]


# At the same moment


async def test_messages_of_one_ticket_at_the_same_moment_are_one_inquiry(
    story: Story, hook: str
) -> None:
    said = [GREETING, WASHER, "kupiona w maju", "mam paragon"]
    bodies = [chat_message(number, text) for number, text in enumerate(said)]
    told = await asyncio.gather(*(story.client.post(hook, json=body) for body in bodies * 2))
    assert [one.status_code for one in told] == [200] * 8
    assert len({one.json()["reference"] for one in told}) == 1
    statuses = sorted(one.json()["status"] for one in told)
    assert statuses == ["accepted", *["duplicate"] * 4, *["joined"] * 3]
    assert sorted(await story.texts(told[0].json()["reference"])) == sorted(said)
    assert await story.count(inquiries) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_processes_make_one_inquiry_of_one_ticket(settings: Settings) -> None:
    """No lock of ours spans two processes: the database's own keys and locks decide."""
    async with (
        running_house(settings) as one,
        running_house(settings) as other,
        client_of(one) as first,
        client_of(other) as second,
    ):
        made = await first.post("/v1/sources", json={"name": "Chat", "kind": "chatwoot"})
        await other.configuration.load()
        hook = made.json()["url"].removeprefix("http://router.test")
        tickets, said = range(6), [GREETING, WASHER, "kupiona w maju", "mam paragon"]
        bodies = [
            chat_message(ticket * 100 + number, text, conversation=ticket)
            for ticket in tickets
            for number, text in enumerate(said)
        ]
        # Each process gets every message, beginning with another one.
        told = await asyncio.gather(
            *(first.post(hook, json=body) for body in bodies),
            *(second.post(hook, json=body) for body in reversed(bodies)),
        )
        assert [one.status_code for one in told] == [200] * len(told)
        story = Story(first, one)
        assert await story.count(inquiries) == len(tickets)
        assert await story.count(messages) == len(bodies)
        for reference in {one.json()["reference"] for one in told}:
            assert sorted(await story.texts(reference)) == sorted(said)
            kinds = await story.kinds(reference)
            assert kinds.count("message") == len(said) - 1
        events = [one for one in told if one.json()["status"] != "duplicate"]
        assert len(events) == len(bodies)


async def test_two_raisings_at_once_are_both_told(story: Story) -> None:
    first = await story.open("Zmywarka nie odpompowuje wody, proszę o naprawę.")
    said = ["teraz iskrzy i dymi się z tyłu!", "adres Lipowa 7", "piszę to trzeci raz"]
    await asyncio.gather(*(story.add(first["id"], text) for text in said))
    whole = await story.see(first["id"])
    assert whole["decision"]["priority"] == "urgent"
    assert len(whole["messages"]) == 4
    assert (await story.told(first["id"])).count("inquiry.message") == 3


# Content and search


async def test_message_is_kept_as_it_was_said_and_can_be_found(story: Story) -> None:
    first = await story.open()
    ewa = {"name": "Ewa Wilk", "email": "ewa@klient.example"}
    sent = {
        "channel": "phone",
        "subject": "Żuraw",
        "contact": ewa,
        "received_at": "2026-11-20T09:30:00+01:00",
    }
    await story.add(first["id"], "Ósme piętro,  klatka Ł", **sent)
    message = (await story.see(first["id"]))["messages"][1]
    assert message["text"] == "Ósme piętro,  klatka Ł"
    assert (message["channel"], message["subject"]) == ("phone", "Żuraw")
    assert message["received_at"] == "2026-11-20T08:30:00.000Z"
    for words in ("osme pietro", "zuraw", "klatka ł"):
        assert await story.find(words) == [first["reference"]]
    assert await story.find("dziewiąte piętro") == []


async def test_unknown_inquiry_stores_nothing(story: Story) -> None:
    refused = await story.add("K7MA-4XEH", "Adres: Lipowa 7")
    assert refused["status"] == 404
    assert (await story.count(messages), await story.count(intake_keys)) == (0, 0)


# What was said before is no news


def reply_to(first: dict[str, Any], text: str, number: int, subject: str) -> dict[str, Any]:
    """The parts of a mail that answers the first one."""
    replies_to = ["<1@klient.example>"]
    mail = {"id": f"<{number}@klient.example>", "replies_to": replies_to}
    return {"text": text, "subject": subject, "mail": mail}


async def test_quote_and_subject_of_a_reply_raise_nothing_and_are_kept(story: Story) -> None:
    opening, subject = "Nie mogę znaleźć faktury, pilne!", "Pilne: faktura"
    first = await story.open(opening, subject=subject, mail={"id": "<1@klient.example>"})
    text = f"Proszę jak niżej\n\nW dniu 19.11.2026 o 10:00 Jan Kowalski pisze:\n> {opening}"
    answered = await story.open(**reply_to(first, text, 2, f"Re: {subject}"))
    assert (answered["reference"], answered["joined"]["change"]) == (first["reference"], "kept")
    assert answered["decision"]["priority"] == first["decision"]["priority"]
    message = (await story.see(first["id"]))["messages"][1]
    assert (message["text"], message["subject"]) == (text, f"Re: {subject}")
    own = text.replace("Proszę", "Naprawdę pilne, proszę")
    hurry = await story.open(**reply_to(first, own, 3, f"Re: {subject}"))
    assert hurry["joined"]["change"] == "raised"


async def test_quoted_offer_makes_no_matter_for_sales(story: Story) -> None:
    first = await story.open(mail={"id": "<1@klient.example>"}, subject="Pompa")
    quote = "> Chcę kupić 40 nowych pomp, proszę o ofertę i cennik."
    text = f"Proszę jak niżej\n\nW dniu 19.11.2026 o 10:00 Serwis pisze:\n{quote}"
    answered = await story.open(**reply_to(first, text, 2, "Re: Pompa"))
    assert (answered["reference"], answered["joined"]["change"]) == (first["reference"], "kept")


async def test_danger_in_the_quoted_words_of_others_is_news(story: Story) -> None:
    opening = "Zmywarka nie odpompowuje wody, proszę o naprawę."
    first = await story.open(opening, mail={"id": "<1@klient.example>"}, subject="Zmywarka")
    head = "Proszę jak niżej\n\nW dniu 19.11.2026 o 10:00 Ewa Kowalska pisze:"
    old = await story.open(**reply_to(first, f"{head}\n> {opening}", 2, "Re: Zmywarka"))
    assert old["joined"]["change"] == "kept"
    sparks = f"{head}\n> U mnie iskrzy i dymi się z tyłu!"
    new = await story.open(**reply_to(first, sparks, 3, "Re: Zmywarka"))
    assert (new["joined"]["change"], new["decision"]["priority"]) == ("raised", "urgent")


async def test_copy_of_a_reply_is_a_copy(story: Story) -> None:
    """A mail to two addresses of the company comes twice."""
    first = await story.open(mail={"id": "<1@klient.example>"}, subject="Pompa")
    said = reply_to(first, "Adres: Lipowa 7", 2, "Re: Pompa")
    await story.open(**said)
    copy = await story.open(**said)
    assert copy["joined"]["reasons"] == ["it is a copy of a mail that came before"]


# Told to destinations


async def test_kept_message_is_told_with_its_words(story: Story) -> None:
    first = await story.open()
    added = await story.add(first["id"], "Adres: Lipowa 7")
    assert await story.told(first["id"]) == ["inquiry.routed", "inquiry.message"]
    ((inquiry_id, data),) = await events_of(story, "inquiry.message")
    assert inquiry_id == first["id"]
    assert data["message"]["text"] == "Adres: Lipowa 7"
    assert data["message"]["id"] == added["joined"]["message"]
    assert data["change"]["kind"] == "kept"
    assert data["change"]["priority_before"] is None
    assert data["text"] == LEAK
    assert data["decision"]["team"] == first["decision"]["team"]


async def test_raised_priority_is_told_with_the_one_before(story: Story) -> None:
    first = await story.open("Zmywarka nie odpompowuje wody, proszę o naprawę.")
    await story.add(first["id"], "teraz iskrzy i dymi się z tyłu!")
    ((_, data),) = await events_of(story, "inquiry.message")
    assert data["change"]["kind"] == "raised"
    assert (data["change"]["priority_before"], data["decision"]["priority"]) == ("high", "urgent")


async def test_split_is_told_to_both_sides_and_moves_nothing(story: Story) -> None:
    first = await story.open()
    price = await story.add(first["id"], PRICE)
    assert await story.told(first["id"]) == ["inquiry.routed", "inquiry.linked"]
    assert await story.told(price["id"]) == ["inquiry.routed", "inquiry.linked"]
    links = {one: data["link"] for one, data in await events_of(story, "inquiry.linked")}
    assert links[first["id"]]["reference"] == price["reference"]
    assert (links[first["id"]]["team"], links[first["id"]]["kind"]) == ("sales", "split")
    assert links[price["id"]]["reference"] == first["reference"]
    whole, split = await story.see(first["id"]), await story.see(price["id"])
    assert whole["decision"] == first["decision"]
    assert [one["text"] for one in split["messages"]] == [PRICE]
    assert split["contact"] == whole["contact"]
    assert split["source"] is None


async def test_split_off_message_of_a_chat_does_not_take_the_ticket_along(
    story: Story, hook: str
) -> None:
    first = (await story.client.post(hook, json=chat_message(1, LEAK))).json()
    price = (await story.client.post(hook, json=chat_message(2, PRICE))).json()
    assert price["reference"] != first["reference"]
    later = (await story.client.post(hook, json=chat_message(3, "Adres: Lipowa 7"))).json()
    assert later["reference"] == first["reference"]
    assert (await story.see(price["reference"]))["source"] is None
    more = chat_message(4, "Interesuje mnie zakup dwóch pomp, ile kosztują?")
    again = (await story.client.post(hook, json=more)).json()
    assert again["reference"] == price["reference"]
    assert len(await story.texts(price["reference"])) == 2
    catalogue = chat_message(5, "Proszę jeszcze o katalog zbiorników")
    last = (await story.client.post(hook, json=catalogue)).json()
    assert last["reference"] == first["reference"]


async def test_where_policy_says_note_another_matter_stays_in_the_inquiry(story: Story) -> None:
    now = await story.client.get("/v1/matters/rules")
    changed = await story.client.put(
        "/v1/matters/rules", json={"split": "note"}, headers={"If-Match": now.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    first = await story.open()
    price = await story.add(first["id"], PRICE)
    assert price["reference"] == first["reference"]
    assert price["joined"]["change"] == "split"
    assert await story.count(inquiries) == 1
    ((_, data),) = await events_of(story, "inquiry.message")
    assert data["change"]["kind"] == "split"


async def test_message_of_a_shadowed_inquiry_is_told_to_nobody(story: Story) -> None:
    entry = {"name": "Chat", "kind": "chatwoot", "shadow": True}
    made = await story.client.post("/v1/sources", json=entry)
    hook = made.json()["url"].removeprefix("http://router.test")
    for number, text in enumerate((LEAK, "teraz iskrzy!", PRICE)):
        assert (await story.client.post(hook, json=chat_message(number, text))).status_code == 200
    assert await story.count(messages) == 3
    assert await story.count(deliveries) == 0


# A chat that has just begun


@pytest.mark.parametrize(
    ("was_handed_over", "team"), [(False, "customer_service"), (True, "sales")]
)
async def test_fresh_chat_is_decided_anew_until_it_was_handed_over(
    story: Story, hook: str, was_handed_over: bool, team: str
) -> None:
    begun, more = chat_message(1, "Chcę kupić pompę"), chat_message(2, LEAK)
    for body in (begun, more):
        del body["created_at"]  # now
    first = (await story.client.post(hook, json=begun)).json()
    assert (await story.see(first["reference"]))["decision"]["team"] == "sales"
    attempts = update(deliveries).values(attempts=1 if was_handed_over else 0)
    await story.house.database.write(lambda c: c.execute(attempts) and None)
    await story.client.post(hook, json=more)
    assert (await story.see(first["reference"]))["decision"]["team"] == team


async def test_second_words_of_a_split_off_chat_do_not_move_it(story: Story, hook: str) -> None:
    """What was said in the first inquiry decides nothing in the linked one."""
    said = [WASHER, PRICE, "Interesuje mnie zakup dwóch pomp, ile kosztują?"]
    bodies = [chat_message(number, text) for number, text in enumerate(said)]
    for body in bodies:
        del body["created_at"]
    told = [(await story.client.post(hook, json=body)).json() for body in bodies]
    assert told[0]["reference"] != told[1]["reference"] == told[2]["reference"]
    assert (await story.see(told[2]["reference"]))["decision"]["team"] == "sales"
    assert (await story.see(told[0]["reference"]))["decision"]["team"] == "customer_service"


# People win


async def test_message_of_what_a_person_placed_moves_nothing(story: Story) -> None:
    first = await story.open(GREETING, channel="chat")
    await story.post(f"/{first['id']}/correction", {"who": "Celina", "category": "new_purchase"})
    await story.add(first["id"], WASHER)
    assert (await story.see(first["id"]))["decision"]["team"] == "sales"


async def test_answered_greeting_is_not_decided_by_the_router(story: Story) -> None:
    first = await story.open(GREETING, channel="chat")
    await story.act(first["id"], "answer")
    later = await story.add(first["id"], WASHER)
    assert (later["status"], later["decision"]["team"]) == ("waiting_for_us", "triage")
