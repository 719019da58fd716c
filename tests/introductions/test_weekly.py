"""The weekly digest: the customers' matters, their outcomes, the hours given back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import pytest
from sqlalchemy import select, update

from inquiry_router.house import House
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.introductions.weekly import WeeklyDigests, is_due
from inquiry_router.process.settings import Settings
from inquiry_router.telling.settings import TellingSettings
from inquiry_router.telling.tables import notices
from tests.conftest import client_of, running_house
from tests.introductions.test_door import add_people
from tests.outside.mail_server import MailBoxes, mail_server, plain_text
from tests.telling.test_teller import add_mail, received

pytestmark = pytest.mark.anyio
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
DEFECT = "Dzień dobry, pompa kupiona w marcu od wczoraj cieknie, proszę o serwis."
PURCHASE = "Proszę o ofertę na 40 okien do nowego hotelu, termin do końca roku."


@pytest.fixture
async def boxes() -> AsyncIterator[MailBoxes]:
    async with mail_server() as made:
        yield made


@pytest.fixture
async def house(settings: Settings, boxes: MailBoxes) -> AsyncIterator[House]:
    loopback = {"allow_loopback_destinations_for_development": True}
    async with running_house(settings.model_copy(update=loopback)) as made:
        async with client_of(made) as client:
            await add_mail(client, boxes.port, weekly_digest=True, quiet_hours=None)
            await add_people(client)
            account = {
                "name": "Hurtownia Nowak",
                "contact_points": [{"kind": "email", "value": "anna@klient.example"}],
                "roles": {"owner": "Jan Nowak"},
            }
            await add_account(client, account)
        yield made


async def add_account(client: httpx.AsyncClient, account: dict[str, object]) -> None:
    body = {
        "name": account["name"],
        "contacts": [{"name": "Anna Lis", "emails": ["anna@klient.example"]}],
        "roles": account["roles"],
    }
    made = await client.post("/v1/accounts", json=body)
    assert made.status_code == 201, made.text


def weekly_of(house: House, now: datetime = MONDAY) -> WeeklyDigests:
    return WeeklyDigests(
        house.database, house.configuration, house.office, house.wordbook, lambda: None, lambda: now
    )


async def write(house: House, text: str, email: str = "anna@klient.example") -> str:
    async with client_of(house) as client:
        body = {"channel": "email", "text": text, "contact": {"email": email}}
        made = await client.post("/v1/inquiries", json=body)
        assert made.status_code == 201, made.text
        at = update(inquiries).where(inquiries.c.id == made.json()["id"])
        received_at = MONDAY - timedelta(days=2)
        await house.database.write(lambda c: c.execute(at.values(received_at=received_at)) and None)
        reference: str = made.json()["reference"]
        return reference


async def test_salesperson_reads_what_became_of_their_customers(
    house: House, boxes: MailBoxes
) -> None:
    defect, purchase = await write(house, DEFECT), await write(house, PURCHASE)
    await write(house, DEFECT, "obcy@inny.example")  # of nobody's account
    async with client_of(house) as client:
        done = await client.post(f"/v1/inquiries/{defect}/resolution", json={"who": "Ewa"})
        assert done.status_code == 200
    weekly = weekly_of(house)
    assert [await weekly.tell(), await weekly.tell()] == [1, 0]
    assert await weekly_of(house, MONDAY + timedelta(days=1)).tell() == 0
    await house.teller.tell()
    await received(house, boxes, 1)
    (mail,) = boxes.mails
    assert mail["to"] == "Jan Nowak <jan@acme.example.com>"
    assert mail["subject"] == "Sprawy Twoich klientów w tym tygodniu: 2"
    said = plain_text(mail)
    assert f"Hurtownia Nowak: reklamacja, załatwiona ({defect})" in said
    assert f"Hurtownia Nowak: zakup, czeka na odpowiedź ({purchase})" in said
    assert "Liczba spraw: 2, załatwionych: 1, w toku: 1." in said
    assert "Bez Twojego udziału: 1." in said
    assert "Odzyskany czas:" in said


async def test_week_without_matters_is_silent(house: House) -> None:
    assert await weekly_of(house).tell() == 0
    assert await house.database.read(lambda c: c.execute(select(notices)).all()) == []


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 23, 6, 29, tzinfo=UTC), False),  # 7:29 in Warsaw
        (datetime(2026, 11, 23, 6, 30, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), False),  # Monday in Warsaw, but at night
        (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), False),
    ],
)
def test_digest_is_due_on_its_day(now: datetime, due: bool) -> None:
    assert is_due(TellingSettings(weekly_digest=True), now) is due
    assert not is_due(TellingSettings(), now)
