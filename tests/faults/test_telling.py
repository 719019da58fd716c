"""Kill the service at each step of telling: the customer is told, and a repeat is the same mail."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from inquiry_router.delivery.tables import deliveries
from inquiry_router.telling.tables import notices
from tests.conftest import client_of, running_house, settings_for
from tests.faults.process import victim
from tests.outside.mail_server import MailBoxes, mail_server
from tests.telling.test_teller import add_mail

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
BODY = {
    "channel": "email",
    "subject": "Pompa",
    "text": "Pompa od wczoraj cieknie, proszę o serwis.",
    "contact": {"email": "anna@klient.example"},
}
SETTING = {"allow_loopback_destinations_for_development": True}


async def set_up(database_url: str, boxes: MailBoxes) -> None:
    """Acknowledge by mail, to the server of the test."""
    async with (
        running_house(settings_for(database_url, **SETTING)) as house,
        client_of(house) as client,
    ):
        by_mail = {"by": "mail", "channel": "mail"}
        await add_mail(client, boxes.port, acknowledgement=by_mail)


async def tell_the_rest(database_url: str) -> None:
    """Start a service after the lease of the dead one, until nothing waits."""
    settings = settings_for(database_url, dispatch=True, tell=True, **SETTING)
    async with running_house(settings) as house:
        over = update(deliveries).values(lease_until=datetime(2001, 1, 1, tzinfo=UTC))
        await house.database.write(lambda c: c.execute(over) and None)
        states = select(deliveries.c.state).union_all(select(notices.c.state))
        async with asyncio.timeout(20):
            while {"pending", "waiting"} & set(
                await house.database.read(lambda c: list(c.scalars(states)))
            ):
                house.wake()
                await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "step", ["telling.committed", "delivery.claimed", "delivery.answered", "delivery.marked"]
)
async def test_killed_service_tells_once_or_repeats_the_same_mail(
    database_url: str, step: str
) -> None:
    async with mail_server() as boxes:
        await set_up(database_url, boxes)
        settings = {**SETTING, "dispatch": "true", "tell": "true"}
        async with victim(database_url, step, **settings) as dying:
            made = await dying.client.post("/v1/inquiries", json=BODY)
            assert made.status_code == 201
            await dying.dead()
        assert len(boxes.got) == (0 if step in ("telling.committed", "delivery.claimed") else 1)
        await tell_the_rest(database_url)
        assert 1 <= len(boxes.got) <= 2
        assert len({(one.content, *one.rcpt_tos) for one in boxes.got}) == 1
        assert len({str(mail["message-id"]) for mail in boxes.mails}) == 1
        if step in ("telling.committed", "delivery.claimed"):
            assert len(boxes.got) == 1
