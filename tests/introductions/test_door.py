"""The salesperson's own door: forwarded mails, texts, "not mine"; the customer meets the team."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import select

from inquiry_router.house import House
from inquiry_router.introductions.tables import introductions
from inquiry_router.process.clock import utc_now
from inquiry_router.process.settings import Settings
from inquiry_router.relief.tables import bypasses
from inquiry_router.telling.model import Notice, Receiver
from inquiry_router.telling.store import add_notice
from tests.conftest import client_of, running_house
from tests.outside.mail_server import MailBoxes, mail_server, plain_text
from tests.telling.test_teller import add_mail, received

pytestmark = pytest.mark.anyio
INTRODUCING = {
    "enabled": True,
    "channel": "mail",
    "phone": "22 123 45 67",
    "email": "bok@acme.example.com",
}
FORWARD = (
    "Zobaczcie proszę.\n\n"
    "---------- Wiadomość przekazana ----------\n"
    "Od: Anna Lis <anna@klient.example>\n"
    "Data: pt., 20 lis 2026 o 09:12\n"
    "Temat: pompa\n"
    "Do: Jan Nowak <jan@acme.example.com>\n\n"
    "Dzień dobry, pompa kupiona w marcu od wczoraj cieknie, proszę o serwis.\n"
)
PUBLIC = "https://router.acme.example.com"


@pytest.fixture
async def boxes() -> AsyncIterator[MailBoxes]:
    async with mail_server() as made:
        yield made


@pytest.fixture
async def house(settings: Settings, boxes: MailBoxes) -> AsyncIterator[House]:
    changed = {"allow_loopback_destinations_for_development": True, "public_url": PUBLIC}
    async with running_house(settings.model_copy(update=changed)) as made:
        async with client_of(made) as client:
            await add_mail(
                client,
                boxes.port,
                introductions=INTRODUCING,
                acknowledgement={"by": "mail", "channel": "mail"},
                public_name="ACME",
                quiet_hours=None,
            )
            await add_people(client)
        yield made


async def add_people(client: httpx.AsyncClient) -> None:
    people = [
        {"name": "Jan Nowak", "kind": "salesperson", "email": "jan@acme.example.com"},
        {
            "name": "Ewa Lis",
            "kind": "agent",
            "email": "ewa@acme.example.com",
            "teams": ["customer_service"],
        },
    ]
    for person in people:
        made = await client.post("/v1/staff", json=person)
        assert made.status_code == 201, made.text


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(house) as made:
        yield made


async def hand_over(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    body = {"who": "jan nowak", "subject": "Fwd: pompa", "text": FORWARD, **more}
    answered = await client.post("/v1/handovers", json=body)
    assert answered.status_code == 201, answered.text
    made: dict[str, Any] = answered.json()
    return made


async def rows(house: House, table: Any) -> list[Any]:
    return await house.database.read(lambda c: list(c.execute(select(table)).all()))


async def test_forwarded_text_is_the_customers_inquiry_and_everybody_hears(
    house: House, client: httpx.AsyncClient, boxes: MailBoxes
) -> None:
    made = await hand_over(client)
    shown = (await client.get(f"/v1/inquiries/{made['id']}")).json()
    assert shown["contact"]["email"] == "anna@klient.example"
    await house.teller.tell()
    await received(house, boxes, 2)
    to_customer, to_jan = sorted(boxes.mails, key=lambda mail: str(mail["to"]))
    assert to_jan["to"] == "Jan Nowak <jan@acme.example.com>"
    assert to_jan["subject"] == f"Sprawa {made['reference']} została przejęta"
    assert "W Twoim imieniu przedstawiliśmy klientowi: Ewa Lis." in plain_text(to_jan)
    assert to_customer["to"] == "Anna Lis <anna@klient.example>"
    assert to_customer["from"] == '"Jan Nowak (ACME)" <router@acme.example.com>'
    said = plain_text(to_customer)
    for part in (made["reference"], "Ewa Lis", "22 123 45 67", "pon.–pt. 8:00–16:00", "Jan Nowak"):
        assert part in said, part
    (bypass,) = await rows(house, bypasses)
    assert (bypass.person, bypass.how, bypass.category) == ("Jan Nowak", "api", "defect")
    (introduced,) = await rows(house, introductions)
    assert (introduced.customer, introduced.names) == ("anna@klient.example", "Ewa Lis")
    listed = (await client.get("/v1/introductions", params={"person": "JAN NOWAK"})).json()
    assert [one["customer"] for one in listed["items"]] == ["anna@klient.example"]


async def test_customer_is_introduced_once_a_year_and_then_acknowledged_no_more(
    house: House, client: httpx.AsyncClient
) -> None:
    await hand_over(client)
    await hand_over(client, text=FORWARD.replace("pompa kupiona", "druga pompa, kupiona"))
    await house.teller.tell()
    assert len(await rows(house, introductions)) == 1
    assert len(await rows(house, bypasses)) == 2


async def test_sales_matter_is_answered_but_no_bypass(
    house: House, client: httpx.AsyncClient, boxes: MailBoxes
) -> None:
    text = "Klient prosi o ofertę na 40 okien do nowego hotelu, chce zamówić jeszcze w tym roku."
    await hand_over(client, subject=None, text=text, contact={"email": "hotel@klient.example"})
    await house.teller.tell()
    await received(house, boxes, 1)
    assert boxes.mails[0]["to"] == "Jan Nowak <jan@acme.example.com>"
    assert await rows(house, bypasses) == await rows(house, introductions) == []


async def test_introductions_are_opt_in(house: House, client: httpx.AsyncClient) -> None:
    off = {"channels": ["mail"]}
    await client.put("/v1/telling/settings", json=off, headers={"if-match": "*"})
    await hand_over(client)
    await house.teller.tell()
    assert await rows(house, introductions) == []
    assert len(await rows(house, bypasses)) == 1


async def test_not_mine_moves_a_sales_inquiry_and_counts_once(
    house: House, client: httpx.AsyncClient
) -> None:
    body = {
        "channel": "email",
        "text": "Proszę o ofertę na 40 okien do nowego hotelu.",
        "contact": {"email": "hotel@klient.example"},
    }
    made = (await client.post("/v1/inquiries", json=body)).json()
    assert made["decision"]["team"] == "sales"
    for _ in range(2):
        answered = await client.post(
            f"/v1/inquiries/{made['id']}/not-mine", json={"who": "jan@acme.example.com"}
        )
        assert answered.status_code == 200, answered.text
        assert answered.json()["decision"]["team"] == "triage"
    await house.teller.tell()
    (bypass,) = await rows(house, bypasses)
    assert (bypass.how, bypass.inquiry_id) == ("not_mine", made["id"])


async def test_link_passes_an_inquiry_on_without_a_login(
    house: House, client: httpx.AsyncClient
) -> None:
    body = {"channel": "email", "text": "Proszę o ofertę na 40 okien do nowego hotelu."}
    made = (await client.post("/v1/inquiries", json=body)).json()
    make = await house.correction_links.maker(utc_now(), "n")
    assert make is not None
    path = make(made["id"], "Jan Nowak").removeprefix(PUBLIC)
    async with client_of(house, None) as anybody:
        looked = await anybody.get(path)
        assert looked.status_code == 200 and "40 okien" in looked.text
        assert (await client.get(f"/v1/inquiries/{made['id']}")).json()["decision"][
            "team"
        ] == "sales"
        pressed = await anybody.post(path)
        assert pressed.status_code == 200 and made["reference"] in pressed.text
        assert (await anybody.post(path[:-3] + "abc")).status_code == 404
    after = (await client.get(f"/v1/inquiries/{made['id']}")).json()
    assert after["decision"]["team"] == "triage"


async def test_offer_has_the_link(house: House, client: httpx.AsyncClient) -> None:
    body = {"channel": "email", "text": "Proszę o ofertę na 40 okien do nowego hotelu."}
    made = (await client.post("/v1/inquiries", json=body)).json()
    (jan,) = [one for one in house.staff.roster.members if one.name == "Jan Nowak"]
    notice = Notice("offer", "offer:1", Receiver(jan.id), {}, made["id"])
    await house.database.write(lambda c: add_notice(c, notice, utc_now()))
    await house.teller.tell()
    sent = (await client.get("/v1/deliveries", params={"destination_id": "mail"})).json()["items"]
    payload = (await client.get(f"/v1/deliveries/{sent[0]['id']}")).json()["payload"]
    assert f"{PUBLIC}/n/" in payload["data"]["text"]


async def test_person_chooses_their_own_channel_and_nobody_elses(
    house: House, client: httpx.AsyncClient
) -> None:
    ids = {one.name: one.id for one in house.staff.roster.members}
    key = {"id": "jan", "name": "Jan", "roles": ["salesperson"], "owner": "Jan Nowak"}
    made = await client.post("/v1/api-keys", json={**key, "teams": ["sales"]})
    assert made.status_code == 201, made.text
    own = {"channels": ["mail"], "quiet_from": "17:00", "quiet_to": "09:00"}
    async with client_of(house, None) as jan:
        jan.headers["Authorization"] = f"Bearer {made.json()['key']}"
        path = "/v1/telling/preferences"
        assert (await jan.put(f"{path}/{ids['Jan Nowak']}", json=own)).status_code == 200
        assert (await jan.put(f"{path}/{ids['Ewa Lis']}", json=own)).status_code == 403
        handed = await jan.post("/v1/handovers", json={"text": "Klientowi cieknie pompa."})
        assert handed.status_code == 201, handed.text


async def test_mail_that_a_salesperson_forwards_is_taken_over(
    house: House, client: httpx.AsyncClient, boxes: MailBoxes
) -> None:
    source = {
        "id": "bok",
        "name": "BOK",
        "kind": "mail",
        "settings": {"own_domains": ["acme.example.com"]},
    }
    made = await client.post("/v1/sources", json=source)
    assert made.status_code == 201, made.text
    path = str(made.json()["url"]).removeprefix(PUBLIC)
    mail = (
        "From: Jan Nowak <jan@acme.example.com>\r\nTo: bok@acme.example.com\r\n"
        "Subject: Fwd: pompa\r\nMessage-ID: <f1@acme.example.com>\r\n"
        'Content-Type: text/plain; charset="utf-8"\r\n\r\n' + FORWARD.replace("\n", "\r\n")
    )
    async with client_of(house, None) as sender:
        taken = await sender.post(
            path, content=mail.encode(), headers={"content-type": "message/rfc822"}
        )
    assert taken.is_success, taken.text
    await house.teller.tell()
    await received(house, boxes, 2)
    assert {str(one["to"]) for one in boxes.mails} == {
        "Anna Lis <anna@klient.example>",
        "Jan Nowak <jan@acme.example.com>",
    }
    (bypass,) = await rows(house, bypasses)
    assert (bypass.person, bypass.how, bypass.channel) == ("Jan Nowak", "forward", "email")


async def test_nobody_else_may_use_the_door(client: httpx.AsyncClient) -> None:
    for who in ("Ewa Lis", "Nikt Nieznany", None):
        body = {"text": "Pompa cieknie.", **({"who": who} if who else {})}
        answered = await client.post("/v1/handovers", json=body)
        assert answered.status_code == 422
        assert "There is no salesperson" in answered.json()["detail"]
