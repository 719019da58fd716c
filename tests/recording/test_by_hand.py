"""Merging, splitting and linking by hand, and back: messages, search, timelines, and news."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from inquiry_router.access.roles import Role
from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.inquiries.tables import inquiries, links, messages
from inquiry_router.inquiry.errors import Conflict
from inquiry_router.process.clock import utc_now
from inquiry_router.process.settings import Settings
from tests.conftest import client_of, running_house
from tests.recording.stories import JAN, LEAK, PRICE, Story, chat_message

pytestmark = pytest.mark.anyio

INVOICE = "Faktura FV/2026/118 ma zły NIP, proszę o korektę"
EWA = {"name": "Ewa Wilk", "email": "ewa@inna.example"}


async def two(story: Story, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return await story.open(), await story.open(INVOICE, **more)


async def merge(story: Story, one: dict[str, Any], into: dict[str, Any]) -> dict[str, Any]:
    return await story.act(one["id"], "merge", into=into["reference"])


async def undo_merge(story: Story, one: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/inquiries/{one['id']}/merge"
    undone = await story.client.delete(path, params={"who": "Celina"})
    assert undone.status_code == 200, undone.text
    found: dict[str, Any] = undone.json()
    return found


async def payload_of(story: Story, event: str, inquiry_id: str) -> dict[str, Any]:
    query = select(deliveries.c.id).where(
        deliveries.c.event == event, deliveries.c.inquiry_id == inquiry_id
    )
    delivery_id = await story.house.database.read(lambda c: c.execute(query).scalar_one())
    answered = await story.client.get(f"/v1/deliveries/{delivery_id}")
    data: dict[str, Any] = answered.json()["payload"]["data"]
    return data


# Merge


async def test_merged_inquiry_gives_its_messages_and_its_reference_leads_on(story: Story) -> None:
    first, second = await two(story)
    await story.add(second["id"], "Nr klienta 77")
    merged = await merge(story, second, first)
    assert merged["reference"] == first["reference"]
    for name in (first["id"], second["id"], second["reference"]):
        assert (await story.see(name))["reference"] == first["reference"]
    assert await story.texts(first["id"]) == [LEAK, INVOICE, "Nr klienta 77"]
    for words in ("korekt", "nr klienta 77", "zalewa"):
        assert await story.find(words) == [first["reference"]]
    counted = (await story.client.get("/v1/inquiries")).json()["items"]
    assert [one["reference"] for one in counted] == [first["reference"]]


async def test_merge_is_in_both_timelines_and_told_to_both_sides(story: Story) -> None:
    first, second = await two(story)
    await merge(story, second, first)
    entry = next(
        one for one in (await story.see(first["id"]))["timeline"] if one["kind"] == "merged"
    )
    assert entry["details"]["from"] == second["reference"]
    assert entry["details"]["who"] == "Celina"
    assert "inquiry.merged" in await story.told(first["id"])
    assert "inquiry.merged" in await story.told(second["id"])
    for one in (first, second):
        data = await payload_of(story, "inquiry.merged", one["id"])
        told = {name: data["merge"][name] for name in ("into", "from", "who")}
        assert told == {
            "into": first["reference"],
            "from": second["reference"],
            "who": "Celina",
        }
        assert data["reference"] == one["reference"]


async def test_later_message_to_a_merged_reference_reaches_the_survivor(story: Story) -> None:
    first, second = await two(story)
    await merge(story, second, first)
    added = await story.add(second["reference"], "Adres: Lipowa 7")
    assert added["reference"] == first["reference"]
    quoted = await story.open(
        "Adres się zmienił, Lipowa 9", subject=f"Re: sprawa {second['reference']}"
    )
    assert quoted["reference"] == first["reference"]
    assert len(await story.texts(first["id"])) == 4


async def test_message_of_a_merged_ticket_reaches_the_survivor(story: Story, hook: str) -> None:
    first = await story.open()
    chat = (await story.client.post(hook, json=chat_message(1, INVOICE))).json()
    second = await story.see(chat["reference"])
    await merge(story, second, first)
    later = (await story.client.post(hook, json=chat_message(2, "Nr klienta 77"))).json()
    assert later["reference"] == first["reference"]


async def test_survivor_has_the_higher_priority_and_is_open_if_either_was(story: Story) -> None:
    first, second = await story.open(INVOICE), await story.open()
    await story.act(first["id"], "resolution")
    merged = await merge(story, second, first)
    assert (merged["decision"]["priority"], merged["status"]) == ("urgent", "waiting_for_us")
    assert merged["decision"]["team"] == first["decision"]["team"]
    assert (await story.see(first["id"]))["decision"] == merged["decision"]


async def test_resolved_inquiry_is_merged_into_a_resolved_one(story: Story) -> None:
    first, second = await two(story)
    for one in (first, second):
        await story.act(one["id"], "resolution")
    assert (await merge(story, second, first))["status"] == "resolved"


async def test_link_between_the_two_goes_when_they_are_merged(story: Story) -> None:
    first = await story.open()
    price = await story.add(first["id"], PRICE)
    await merge(story, price, first)
    assert (await story.see(first["id"]))["links"] == []
    assert await story.texts(first["id"]) == [LEAK, PRICE]


async def test_links_of_a_merged_inquiry_go_along_and_back(story: Story) -> None:
    first, second = await two(story)
    price = await story.add(second["id"], PRICE)
    assert price["reference"] != second["reference"]
    await merge(story, second, first)
    shown = (await story.see(first["id"]))["links"]
    assert [(one["reference"], one["kind"]) for one in shown] == [(price["reference"], "split")]
    more = await story.add(first["id"], "Interesuje mnie zakup dwóch pomp, ile kosztują?")
    assert more["reference"] == price["reference"]  # not a third inquiry
    await undo_merge(story, second)
    assert (await story.see(first["id"]))["links"] == []
    assert [one["reference"] for one in (await story.see(second["id"]))["links"]] == [
        price["reference"]
    ]


# Merges that are refused


@pytest.mark.parametrize("name", ["id", "reference"])
async def test_inquiry_is_not_merged_with_itself(story: Story, name: str) -> None:
    first = await story.open()
    refused = await story.act(first["id"], "merge", 409, into=first[name])
    assert refused["detail"] == "Both are the same inquiry."


async def test_inquiries_are_not_merged_in_a_circle(story: Story) -> None:
    first, second = await two(story)
    third = await story.open("Zamówienie 4500111: kiedy dostawa?")
    await merge(story, second, first)
    await merge(story, first, third)
    for one, other in ((third, first), (third, second), (second, third), (first, second)):
        refused = await story.act(one["id"], "merge", 409, into=other["id"])
        assert refused["detail"] == "Both are the same inquiry."
    assert (await story.see(second["id"]))["reference"] == third["reference"]
    assert len(await story.texts(third["id"])) == 3


async def test_inquiries_of_two_customers_are_not_merged(story: Story) -> None:
    first, second = await two(story, contact=EWA)
    refused = await story.act(second["id"], "merge", 409, into=first["id"])
    assert "are of two customers" in refused["detail"]
    assert await story.texts(second["id"]) == [INVOICE]


@pytest.mark.parametrize(
    "contact",
    [
        {},
        {"email": "jan@klient.example"},
        {"name": "Jan Kowalski", "phone": "+48601234567"},
        {"name": "Anna Nowak", "email": "anna@klient.example"},
    ],
    ids=["nobody", "the same address", "the same name", "a colleague"],
)
async def test_inquiries_that_may_be_of_one_customer_are_merged(
    story: Story, contact: dict[str, str]
) -> None:
    first, second = await two(story, contact=contact)
    assert (await merge(story, second, first))["reference"] == first["reference"]


async def test_unknown_inquiry_is_not_merged(story: Story) -> None:
    first = await story.open()
    await story.act(first["id"], "merge", 404, into="K7MA-4XEH")
    await story.act("K7MA-4XEH", "merge", 404, into=first["id"])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_people_who_merge_the_same_two_both_ways_make_no_circle(
    settings: Settings,
) -> None:
    async with (
        running_house(settings) as one,
        running_house(settings) as other,
        client_of(one) as client,
    ):
        story = Story(client, one)
        for number in range(5):
            contact = {"email": f"klient{number}@poczta.example"}
            first = await story.open(contact=contact)
            second = await story.open(INVOICE, contact=contact)
            now = utc_now()
            done = await asyncio.gather(
                one.by_hand.merge(first["id"], second["id"], "Ewa", "key", now),
                other.by_hand.merge(second["id"], first["id"], "Jan", "key", now),
                return_exceptions=True,
            )
            assert sorted(type(each).__name__ for each in done) == ["Conflict", "Receipt"]
            assert len(await story.texts(first["id"])) == 2
            assert (await story.see(first["id"]))["id"] == (await story.see(second["id"]))["id"]


# Merge, and back


async def test_repeat_of_a_message_gets_its_answer_after_a_merge_too(story: Story) -> None:
    first, second = await two(story)
    added = await story.add(second["id"], "Nr klienta 77", key="m-1")
    await merge(story, second, first)
    again = await story.add(second["id"], "Nr klienta 77", key="m-1")
    assert (again["reference"], again["joined"]) == (first["reference"], added["joined"])
    assert len(await story.texts(first["id"])) == 3


async def test_undone_merge_gives_everything_back(story: Story) -> None:
    first, second = await two(story)
    before = await story.see(second["id"])
    await story.add(second["id"], "Nr klienta 77")
    await merge(story, second, first)
    undone = await undo_merge(story, second)
    assert (undone["reference"], undone["decision"]) == (second["reference"], before["decision"])
    assert await story.texts(first["id"]) == [LEAK]
    assert await story.texts(second["id"]) == [INVOICE, "Nr klienta 77"]
    assert await story.find("korekt") == await story.find("klienta 77") == [second["reference"]]
    for one in (first, second):
        assert (await story.kinds(one["id"]))[-1] == "unmerged"
        assert (await story.told(one["id"]))[-1] == "inquiry.unmerged"
        data = await payload_of(story, "inquiry.unmerged", one["id"])
        assert data["reference"] == one["reference"]
        assert data["merge"] == {
            "who": "Celina",
            "from": second["reference"],
            "into": first["reference"],
        }


async def test_words_that_came_after_a_merge_stay_where_they_came(story: Story) -> None:
    first, second = await two(story)
    await merge(story, second, first)
    await story.add(second["reference"], "Adres: Lipowa 7")
    await undo_merge(story, second)
    assert await story.texts(first["id"]) == [LEAK, "Adres: Lipowa 7"]
    assert await story.texts(second["id"]) == [INVOICE]


async def test_chain_of_merges_is_undone_in_any_order(story: Story) -> None:
    first, second = await two(story)
    third = await story.open("Zamówienie 4500111: kiedy dostawa?")
    await merge(story, second, first)
    await merge(story, first, third)
    await undo_merge(story, second)
    assert await story.texts(second["id"]) == [INVOICE]
    assert (await story.see(first["id"]))["reference"] == third["reference"]
    await undo_merge(story, first)
    assert await story.texts(first["id"]) == [LEAK]
    assert len(await story.texts(third["id"])) == 1


async def test_merge_again_after_it_was_undone(story: Story) -> None:
    first, second = await two(story)
    for _ in range(2):
        await merge(story, second, first)
        assert len(await story.texts(first["id"])) == 2
        await undo_merge(story, second)
    assert await story.texts(second["id"]) == [INVOICE]


async def test_what_is_not_merged_cannot_be_undone(story: Story) -> None:
    first = await story.open()
    path = f"/v1/inquiries/{first['id']}/merge"
    assert (await story.client.delete(path, params={"who": "Celina"})).status_code == 409


# Split


async def test_split_off_message_is_an_inquiry_of_its_own(story: Story) -> None:
    first = await story.open()
    await story.add(first["id"], "Adres: Lipowa 7")
    added = await story.add(first["id"], INVOICE, channel="email")
    split = await story.act(first["id"], "split", message=added["joined"]["message"])
    assert split["id"] == added["joined"]["message"]
    assert split["reference"] != first["reference"]
    assert await story.texts(first["id"]) == [LEAK, "Adres: Lipowa 7"]
    assert await story.texts(split["id"]) == [INVOICE]
    assert await story.find("korekt") == [split["reference"]]
    whole, other = await story.see(first["id"]), await story.see(split["id"])
    assert [(one["reference"], one["kind"]) for one in whole["links"]] == [
        (split["reference"], "split")
    ]
    assert [one["reference"] for one in other["links"]] == [first["reference"]]
    assert other["contact"]["email"] == JAN["email"]
    assert "split" in [one["kind"] for one in whole["timeline"]]
    assert await story.told(split["id"]) == ["inquiry.routed", "inquiry.linked"]
    assert (await story.told(first["id"]))[-1] == "inquiry.linked"


async def test_repeat_of_a_message_that_a_person_split_off_stores_nothing(story: Story) -> None:
    first = await story.open()
    added = await story.add(first["id"], INVOICE, key="m-1", channel="email")
    split = await story.act(first["id"], "split", message=added["joined"]["message"])
    again = await story.add(first["id"], INVOICE, key="m-1", channel="email")
    assert again["reference"] == split["reference"]
    assert await story.count(messages) == 2


async def test_split_is_undone_by_merging(story: Story) -> None:
    first = await story.open()
    added = await story.add(first["id"], INVOICE, channel="email")
    split = await story.act(first["id"], "split", message=added["joined"]["message"])
    await merge(story, split, first)
    assert await story.texts(first["id"]) == [LEAK, INVOICE]
    assert (await story.see(first["id"]))["links"] == []
    assert await story.find("korekt") == [first["reference"]]


async def test_later_mail_in_the_thread_of_a_split_off_message_joins_it(story: Story) -> None:
    first = await story.open(mail={"id": "<1@klient.example>"})
    reply = {"id": "<2@klient.example>", "replies_to": ["<1@klient.example>"]}
    photo = "W załączniku zdjęcie pompy"
    added = await story.open(photo, mail=reply)
    assert added["reference"] == first["reference"]
    split = await story.act(first["id"], "split", message=added["joined"]["message"])
    third = {"id": "<3@klient.example>", "replies_to": ["<2@klient.example>"]}
    later = await story.open("Nr klienta 77", mail=third)
    assert later["reference"] == split["reference"]
    copy = await story.open(photo, mail=reply)
    assert copy["reference"] == split["reference"]
    assert copy["joined"]["reasons"] == ["it is a copy of a mail that came before"]


async def test_opening_is_not_split_off(story: Story) -> None:
    first = await story.open()
    refused = await story.act(first["id"], "split", 409, message=first["id"])
    assert refused["detail"] == "The opening cannot be split off."


async def test_opening_of_a_merged_inquiry_is_not_split_off(story: Story) -> None:
    first, second = await two(story)
    await merge(story, second, first)
    refused = await story.act(first["id"], "split", 409, message=second["id"])
    assert "merged" in refused["detail"] and "Undo" in refused["hint"]
    assert await story.texts(first["id"]) == [LEAK, INVOICE]


async def test_message_of_another_inquiry_is_not_split_off(story: Story) -> None:
    first, second = await two(story)
    await story.act(first["id"], "split", 404, message=second["id"])


# Link


async def test_link_by_hand_is_told_to_both_and_undone(story: Story) -> None:
    first, second = await two(story, contact=EWA)
    await story.act(first["id"], "links", to=second["reference"], why="ten sam budynek")
    for one, other in ((first, second), (second, first)):
        assert await story.told(one["id"]) == ["inquiry.routed", "inquiry.linked"]
        link = (await payload_of(story, "inquiry.linked", one["id"]))["link"]
        assert (link["reference"], link["kind"]) == (other["reference"], "by_hand")
        assert link["why"] == "Celina: ten sam budynek"
        assert (await story.kinds(one["id"]))[-1] == "linked"
    again = await story.act(second["id"], "links", to=first["reference"])
    assert again["reference"] == second["reference"]
    assert await story.count(links) == 1
    path = f"/v1/inquiries/{second['id']}/links/{first['reference']}"
    assert (await story.client.delete(path, params={"who": "Celina"})).status_code == 200
    assert (await story.client.delete(path, params={"who": "Celina"})).status_code == 409
    for one in (first, second):
        assert (await story.see(one["id"]))["links"] == []
        assert (await story.kinds(one["id"]))[-1] == "unlinked"
    for one, other in ((first, second), (second, first)):
        assert (await story.told(one["id"]))[2:] == ["inquiry.unlinked"]
        link = (await payload_of(story, "inquiry.unlinked", one["id"]))["link"]
        assert (link["reference"], link["who"]) == (other["reference"], "Celina")
    assert await story.texts(first["id"]) == [LEAK]


async def test_inquiry_is_not_linked_with_itself(story: Story) -> None:
    first, second = await two(story)
    await merge(story, second, first)
    for name in (first["id"], second["id"]):
        await story.act(first["id"], "links", 409, to=name)


async def test_link_to_a_merged_inquiry_is_one_to_its_survivor(story: Story) -> None:
    first, second = await two(story)
    third = await story.open("Zamówienie 4500111: kiedy dostawa?")
    await merge(story, second, first)
    await story.act(third["id"], "links", to=second["reference"])
    shown = (await story.see(third["id"]))["links"]
    assert [one["reference"] for one in shown] == [first["reference"]]


# Access


async def test_agents_may_and_others_may_not(house: House, story: Story) -> None:
    first, second = await two(story)
    body = {"who": "Celina", "into": first["id"]}
    path = f"/v1/inquiries/{second['id']}/merge"
    for role in (Role.SOURCE, Role.READER):
        async with client_of(house, role) as client:
            assert (await client.post(path, json=body)).status_code == 403
    async with client_of(house, Role.AGENT) as client:
        assert (await client.post(path, json=body)).status_code == 200


async def test_merge_of_a_missing_row_stores_nothing(house: House, story: Story) -> None:
    first = await story.open()
    with pytest.raises(Conflict):
        await house.by_hand.merge(first["id"], "latest", "Celina", "key", utc_now())
    assert await story.count(inquiries) == 1
