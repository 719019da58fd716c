"""The customer hears: once, by mail or in the helpdesk, and their answer joins the inquiry."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import func, select, update

from inquiry_router.configuration.destination_names import find_double_replies
from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.process.settings import Settings
from inquiry_router.telling.settings import TellingSettings
from inquiry_router.telling.tables import notices
from tests.conftest import client_of, running_house
from tests.delivery.doubles import delivering
from tests.outside.mail_server import MailBoxes, mail_server, plain_text
from tests.telling.test_teller import NOW, At, add_mail, count, received, teller_of

pytestmark = pytest.mark.anyio
BY_MAIL = {"by": "mail", "channel": "mail"}
MAIL = {
    "channel": "email",
    "subject": "Pompa",
    "text": "Dzień dobry, pompa kupiona w marcu od wczoraj cieknie, proszę o serwis.",
    "contact": {"name": "Anna Lis", "email": "anna@klient.example"},
}


@pytest.fixture
async def boxes() -> AsyncIterator[MailBoxes]:
    async with mail_server() as made:
        yield made


@pytest.fixture
async def house(settings: Settings, boxes: MailBoxes) -> AsyncIterator[House]:
    loopback = {"allow_loopback_destinations_for_development": True}
    async with running_house(settings.model_copy(update=loopback)) as made:
        async with client_of(made) as client:
            await add_mail(client, boxes.port, acknowledgement=BY_MAIL, public_name="ACME")
        yield made


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(house) as made:
        yield made


async def send(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    answered = await client.post("/v1/inquiries", json={**MAIL, **more})
    assert answered.status_code == 201, answered.text
    made: dict[str, Any] = answered.json()
    return made


async def test_customer_gets_one_mail_with_reference_team_and_promise(
    house: House, client: httpx.AsyncClient, boxes: MailBoxes
) -> None:
    made = await send(client)
    teller = teller_of(house, At())
    assert [await teller.tell(), await teller.tell()] == [1, 0]
    await received(house, boxes, 1)
    (mail,) = boxes.mails
    assert mail["to"] == "Anna Lis <anna@klient.example>"
    assert mail["subject"] == f"Re: Pompa [{made['reference']}]"
    assert mail["auto-submitted"] == "auto-replied"
    said = plain_text(mail).replace("\r\n", "\n")
    for sentence in made["acknowledgement"]["text"].split(". "):
        assert sentence.strip(".") in said
    assert said.rstrip().endswith("ACME")


async def test_answer_to_the_acknowledgement_joins_the_inquiry(
    house: House, client: httpx.AsyncClient, boxes: MailBoxes
) -> None:
    made = await send(client)
    await teller_of(house, At()).tell()
    await received(house, boxes, 1)
    our_id = str(boxes.mails[0]["message-id"]).strip("<>")
    later = {**MAIL, "subject": "Telefon", "text": "Proszę jeszcze o telefon."}
    thread = {"id": "second@klient.example", "replies_to": [our_id]}
    joined = (await client.post("/v1/inquiries", json={**later, "mail": thread})).json()
    assert joined["reference"] == made["reference"]
    assert joined["joined"]["certainty"] > 0.9
    await teller_of(house, At()).tell()
    assert await count(house, notices) == 1  # a later message is not acknowledged again


@pytest.mark.parametrize(
    "more",
    [
        {"text": "Jestem poza biurem do 30 listopada.", "subject": "Automatyczna odpowiedź"},
        {"contact": {"name": "Anna Lis"}},
        {"contact": {"email": "router@acme.example.com"}},
    ],
)
async def test_machines_and_addresses_of_ours_get_nothing(
    house: House, client: httpx.AsyncClient, more: dict[str, Any]
) -> None:
    await send(client, **more)
    assert await teller_of(house, At()).tell() == 0


async def test_loop_of_two_machines_ends(house: House, client: httpx.AsyncClient) -> None:
    teller = teller_of(house, At())
    for number in range(8):
        await send(client, text=f"{MAIL['text']} Urządzenie nr {number} w hali {number}.")
        await teller.tell()
    assert await count(house, notices) >= 6
    sent = select(func.count()).where(deliveries.c.event == "notice")
    assert await house.database.read(lambda c: c.execute(sent).scalar_one()) == 5
    reason = select(notices.c.reason).where(notices.c.state == "nobody").limit(1)
    assert "two machines" in str(await house.database.read(lambda c: c.execute(reason).scalar()))


async def test_nobody_hears_unless_the_admin_says_so(
    house: House, client: httpx.AsyncClient
) -> None:
    await client.put("/v1/telling/settings", json={}, headers={"if-match": "*"})
    await send(client)
    assert await count(house, notices) == 0


async def test_reply_in_the_helpdesk_comes_after_the_decision(
    house: House, client: httpx.AsyncClient
) -> None:
    source = {"id": "zammad-1", "name": "Zammad", "kind": "zammad"}
    assert (await client.post("/v1/sources", json=source)).status_code == 201
    settings = {"url": "https://acme.zammad.com", "token": "key", "source": "zammad-1"}
    desk = {"id": "desk", "name": "Zammad", "kind": "zammad", "settings": settings}
    assert (await client.post("/v1/destinations", json=desk)).status_code == 201
    by = {"acknowledgement": {"by": "helpdesk"}}
    put = await client.put("/v1/telling/settings", json=by, headers={"if-match": "*"})
    assert put.status_code == 200
    made = await send(client, source={"system": "zammad-1", "id": "77"})
    assert await teller_of(house, At()).tell() == 1
    query = select(deliveries).order_by(deliveries.c.id)
    rows = await house.database.read(lambda c: c.execute(query).all())
    assert [row.event for row in rows] == ["inquiry.routed", "inquiry.acknowledged"]
    assert rows[0].thread == rows[1].thread == "zammad-1:77"
    assert f'"subject":"Re: Pompa [{made["reference"]}]"' in rows[1].payload


async def test_check_warns_of_a_second_answer(house: House, client: httpx.AsyncClient) -> None:
    source = {"id": "zammad-1", "name": "Zammad", "kind": "zammad"}
    await client.post("/v1/sources", json=source)
    settings = {"url": "https://acme.zammad.com", "token": "key", "source": "zammad-1"}
    desk = {"id": "desk", "name": "Zammad", "kind": "zammad", "settings": settings}
    await client.post("/v1/destinations", json=desk)
    current = house.configuration.current
    (made,) = (one for one in current.destinations if one.id == "desk")
    said = find_double_replies(made, current.telling)
    assert len(said) == 1 and "auto reply (on new tickets)" in said[0]
    assert find_double_replies(made, TellingSettings()) == []


async def test_repeat_after_a_kill_is_the_same_mail(
    house: House, client: httpx.AsyncClient, boxes: MailBoxes
) -> None:
    """A process that died between sending and marking: the lease runs out, and it is sent again."""
    await send(client)
    await teller_of(house, At()).tell()
    await received(house, boxes, 1)
    lost = {"state": "pending", "finished_at": None, "lease_owner": "dead", "lease_until": NOW}
    await house.database.write(lambda c: c.execute(update(deliveries).values(lost)) and None)
    async with delivering(house.database) as dispatcher:
        for _ in range(400):
            dispatcher.wake()
            if len(boxes.got) > 1:
                break
            await asyncio.sleep(0.01)
    first, second = boxes.got
    assert first.content == second.content
    assert boxes.mails[0]["message-id"] == boxes.mails[1]["message-id"]


async def test_preview_shows_the_text_and_if_it_is_sent(
    house: House, client: httpx.AsyncClient
) -> None:
    made = await send(client)
    path = "/v1/telling/acknowledgement/preview"
    usual = (await client.post(path, json={"inquiry": made["reference"]})).json()
    assert usual["told"] is True and made["reference"] in usual["text"]
    german = (await client.post(path, json={"language": "de"})).json()
    assert "Ihre Vorgangsnummer" in german["text"]
    own = {"text": {"text": "Witaj {name}! {promise}", "sender_name": "Sklep"}}
    tried = (await client.post(path, json=own)).json()
    assert tried["text"].startswith("Witaj Anna Lis! Odpowiemy")
    assert tried["sender_name"] == "Sklep"
    await client.put("/v1/telling/settings", json={}, headers={"if-match": "*"})
    assert (await client.post(path, json={})).json()["told"] is False
