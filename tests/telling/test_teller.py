"""From a notice to a mail: once, in quiet hours later, in one message where there are many."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import Connection, func, select

from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.process.settings import Settings
from inquiry_router.telling import store
from inquiry_router.telling.model import Colleague, Colleagues, Notice, Receiver
from inquiry_router.telling.planning import Office
from inquiry_router.telling.service import Teller
from inquiry_router.telling.tables import notices, tellings
from tests.conftest import client_of, running_house
from tests.delivery.doubles import delivering
from tests.outside.mail_server import MailBoxes, mail_server, plain_text

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
PEOPLE = Colleagues.of([Colleague("jan", "Jan Nowak", "salesperson", "jan@acme.example.com")])
JAN = Receiver("jan")


@pytest.fixture
async def boxes() -> AsyncIterator[MailBoxes]:
    async with mail_server() as made:
        yield made


@pytest.fixture
async def house(settings: Settings, boxes: MailBoxes) -> AsyncIterator[House]:
    """A house that mails by the server of the test."""
    loopback = {"allow_loopback_destinations_for_development": True}
    async with running_house(settings.model_copy(update=loopback)) as made:
        async with client_of(made) as client:
            await add_mail(client, boxes.port)
        yield made


async def add_mail(client: httpx.AsyncClient, port: int, **more: Any) -> None:
    """Add the channel `mail`, and make it the one of everybody."""
    server = {"host": "127.0.0.1", "port": port, "security": "none"}
    settings = {**server, "from_address": "router@acme.example.com", "from_name": "ACME"}
    channel = {"id": "mail", "name": "Mail", "kind": "smtp", "settings": settings}
    assert (await client.post("/v1/destinations", json=channel)).status_code == 201
    put = await client.put(
        "/v1/telling/settings", json={"channels": ["mail"], **more}, headers={"if-match": '"0"'}
    )
    assert put.status_code == 200, put.text
    assert (
        await client.delete("/v1/destinations/console", headers={"if-match": "*"})
    ).status_code == 204


class At:
    """A clock that a test sets."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def teller_of(house: House, clock: At, people: Colleagues = PEOPLE) -> Teller:
    def office() -> Office:
        return replace(house.office(), colleagues=people)

    return Teller(
        house.database, office, house.wordbook, lambda: None, clock, house.teller._handlers
    )


async def add(house: House, *asked: Notice, now: datetime = NOW) -> list[bool]:
    def work(connection: Connection) -> list[bool]:
        return [store.add_notice(connection, one, now) for one in asked]

    return await house.database.write(work)


async def count(house: House, table: Any) -> int:
    query = select(func.count()).select_from(table)
    return await house.database.read(lambda c: int(c.execute(query).scalar_one()))


async def received(house: House, boxes: MailBoxes, number: int) -> None:
    """Deliver until so many mails have come."""
    async with delivering(house.database) as dispatcher:
        dispatcher.wake()
        for _ in range(400):
            if len(boxes.got) >= number and not await waiting(house):
                return
            await pause()
    raise AssertionError(f"{len(boxes.got)} mails came")


async def waiting(house: House) -> int:
    query = select(func.count()).where(deliveries.c.state == "pending")
    return await house.database.read(lambda c: int(c.execute(query).scalar_one()))


async def pause() -> None:
    await asyncio.sleep(0.01)


async def test_notice_becomes_one_mail(house: House, boxes: MailBoxes) -> None:
    facts = {"customer": "Hurtownia", "due_at": "2026-11-19T12:00:00Z", "reference": "K7MA-4XEH"}
    notice = Notice("reminder", "reminder:1", JAN, facts)
    assert await add(house, notice, notice) == [True, False]
    teller = teller_of(house, At())
    assert [await teller.tell(), await teller.tell()] == [1, 0]
    await received(house, boxes, 1)
    (mail,) = boxes.mails
    assert mail["to"] == "Jan Nowak <jan@acme.example.com>"
    assert mail["from"] == "ACME <router@acme.example.com>"
    assert mail["subject"] == "Termin czw. 19.11, 13:00: Hurtownia (K7MA-4XEH)"
    assert mail["auto-submitted"] == "auto-generated"
    assert "Klient: Hurtownia" in plain_text(mail)
    async with client_of(house) as client:
        (told,) = (await client.get("/v1/telling/notices")).json()["items"]
        assert (told["state"], told["ways"][0]["state"]) == ("planned", "sent")
        delivery = (await client.get(f"/v1/deliveries/{told['ways'][0]['delivery_id']}")).json()
        assert (delivery["state"], delivery["inquiry_id"]) == ("delivered", None)
        assert mail["message-id"] == f"<{delivery['id']}@acme.example.com>"


async def test_quiet_night_ends_with_one_message(house: House, boxes: MailBoxes) -> None:
    clock = At(datetime(2026, 11, 19, 21, 0, tzinfo=UTC))
    teller = teller_of(house, clock)
    for number in range(3):
        asked = Notice("reminder", f"r:{number}", JAN, {"customer": f"Nr {number}", "who": "Ewa"})
        await add(house, asked, now=clock.now)
        await add(house, Notice("alarm", f"alarm:{number}", JAN, {"reason": "brak"}), now=clock.now)
        assert await teller.tell() == 1  # the alarm
    clock.now += timedelta(hours=11)
    assert await teller.tell() == 1
    await received(house, boxes, 4)
    (bundled,) = (one for one in boxes.mails if one["subject"] == "3 wiadomości z systemu")
    for number in range(3):
        assert f"{number + 1}. Termin: Nr {number}" in plain_text(bundled)


async def test_flood_becomes_one_message_at_the_end_of_the_hour(house: House) -> None:
    clock = At(NOW + timedelta(minutes=10))
    teller = teller_of(house, clock)
    for number in range(25):
        await add(house, Notice("reminder", f"r:{number}", JAN, {"reference": f"{number}"}))
        await teller.tell()
    assert await count(house, deliveries) == 10
    clock.now = NOW + timedelta(hours=1)
    assert await teller.tell() == 1
    assert await count(house, deliveries) == 11


async def test_notice_about_an_inquiry_says_its_facts_and_goes_with_it(house: House) -> None:
    async with client_of(house) as client:
        body = {"channel": "email", "text": "Pompa cieknie, to reklamacja.", "subject": "Pompa"}
        body["contact"] = {"name": "Anna Lis", "email": "anna@klient.example"}
        made = (await client.post("/v1/inquiries", json=body)).json()
        await add(house, Notice("reminder", "r:1", JAN, {}, made["id"]))
        assert await teller_of(house, At()).tell() == 1
        (sent,) = (await client.get("/v1/deliveries")).json()["items"]
        payload = (await client.get(f"/v1/deliveries/{sent['id']}")).json()["payload"]
        assert made["reference"] in payload["data"]["text"]
        assert "Klient: Anna Lis" in payload["data"]["text"]
        person = {"emails": ["anna@klient.example"]}
        erased = await client.post("/v1/privacy/erasures", json=person)
        assert erased.is_success, erased.text
    assert [await count(house, one) for one in (notices, tellings, deliveries)] == [0, 0, 0]


async def test_nobody_to_tell_is_said_with_the_cure(house: House) -> None:
    await add(house, Notice("alarm", "a:1", Receiver(group="night")))
    assert await teller_of(house, At()).tell() == 0
    async with client_of(house) as client:
        told = (await client.get("/v1/telling/notices", params={"state": "nobody"})).json()["items"]
    assert [one["reason"] for one in told] == [
        "the group 'night' has nobody: name its members in the settings of telling"
    ]


async def test_settings_name_a_channel_that_exists(house: House) -> None:
    async with client_of(house) as client:
        put = await client.put(
            "/v1/telling/settings", json={"channels": ["fax"]}, headers={"if-match": '"1"'}
        )
        assert put.status_code == 422
        assert "there is no channel 'fax'; the channels are mail" in put.text
        person = {"name": "Jan Nowak", "kind": "salesperson"}
        jan = (await client.post("/v1/staff", json=person)).json()["id"]
        path, own = f"/v1/telling/preferences/{jan}", {"channels": ["fax"]}
        assert (await client.put(path, json=own)).status_code == 422
        own = {"channels": ["mail"], "language": "de", "digest": True}
        assert (await client.put(f"{path}x", json=own)).status_code == 404
        assert (await client.put(path, json=own)).status_code == 200
        shown = (await client.get(path)).json()
        assert (shown["channels"], shown["language"], shown["digest"]) == (["mail"], "de", True)


async def test_channel_gets_no_decisions(house: House) -> None:
    async with client_of(house) as client:
        body = {"channel": "email", "text": "Pompa cieknie, to reklamacja."}
        assert (await client.post("/v1/inquiries", json=body)).status_code == 201
        assert (await client.get("/v1/deliveries")).json()["items"] == []


async def test_check_logs_in_and_the_test_is_a_mail(house: House, boxes: MailBoxes) -> None:
    async with client_of(house) as client:
        checked = (await client.post("/v1/destinations/mail/check")).json()
        assert (checked["ok"], checked["problem"]) == (True, None)
        tried = (await client.post("/v1/destinations/mail/test")).json()
        assert (tried["ok"], tried["status"]) == (True, 250)
    (mail,) = boxes.mails
    assert mail["to"] == "router@acme.example.com"


async def test_odd_notice_holds_up_no_other(house: House) -> None:
    teller = teller_of(house, At())

    def odd(*_: Any) -> int:
        raise RuntimeError("odd")

    teller._handlers = {**teller._handlers, "odd": odd}
    await add(house, Notice("odd", "odd:1", JAN), Notice("reminder", "r:1", JAN, {"who": "Ewa"}))
    assert [await teller.tell(), await teller.tell()] == [1, 0]
    states = select(notices.c.kind, notices.c.state)
    found = await house.database.read(lambda c: {row.kind: row.state for row in c.execute(states)})
    assert found == {"odd": "failed", "reminder": "planned"}
