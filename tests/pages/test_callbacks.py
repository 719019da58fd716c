"""The page of callbacks: who waits, who calls, and if they were reached."""

from datetime import timedelta

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.calls.callback_store import add_callback, list_callbacks
from inquiry_router.calls.model import Callback, CallbackKind
from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from tests.conftest import client_of
from tests.pages.browser import browser_of
from tests.pages.test_inquiry import bound_browser, look, receive

pytestmark = pytest.mark.anyio


async def wait_for_call(
    house: House, client: httpx.AsyncClient, kind: CallbackKind, text: str, number: str
) -> Callback:
    """Take in an inquiry of somebody who waits for a call."""
    reference = await receive(client, text, contact={"phone": number})
    inquiry_id = (await look(client, reference))["id"]
    now = utc_now()
    await house.database.write(
        lambda c: add_callback(
            c, inquiry_id, inquiry_id, kind, number, now - timedelta(hours=1), now
        )
    )
    found = await waiting(house)
    return next(one for one in found if one.inquiry_id == inquiry_id)


async def waiting(house: House, state: str = "pending") -> list[Callback]:
    return await house.database.read(lambda c: list_callbacks(c, state, None, None, 50))


async def test_customer_is_taken_rung_and_done(sqlite_house: House) -> None:
    async with (
        client_of(sqlite_house) as client,
        browser_of(sqlite_house, Role.AGENT) as agent,
        browser_of(sqlite_house) as admin,
    ):
        one = await wait_for_call(
            sqlite_house, client, CallbackKind.MISSED, "Pompa cieknie.", "+48601234567"
        )
        page = await agent.open("/callbacks")
        assert 'href="tel:+48601234567"' in page.text and "late" in page.text
        assert one.reference in page.text
        assert one.reference in (await agent.open("/callbacks?kind=missed")).text
        assert one.reference not in (await agent.open("/callbacks?kind=voicemail")).text
        taken = await agent.follow(await agent.send(f"/callbacks/{one.id}/owner"))
        assert "agent of the tests" in taken.text
        await admin.open("/callbacks")
        late = await admin.follow(await admin.send(f"/callbacks/{one.id}/owner"))
        assert "Somebody was faster" in late.text
        over = {"instead_of": "agent of the tests"}
        await admin.send(f"/callbacks/{one.id}/owner", **over)
        await admin.send(f"/callbacks/{one.id}/attempts", reached="no")
        (again,) = await waiting(sqlite_house)
        assert (again.owner, again.attempts) == ("admin of the tests", 1)
        await admin.send(f"/callbacks/{one.id}/attempts", reached="yes")
        assert await waiting(sqlite_house) == []
        done = await admin.follow(await admin.send(f"/callbacks/{one.id}/attempts", reached="no"))
        assert "done already" in done.text
        assert one.reference in (await admin.open("/callbacks?state=done")).text


async def test_bound_person_calls_only_their_customers(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        key = await bound_browser(sqlite_house, client)
        theirs = await wait_for_call(
            sqlite_house, client, CallbackKind.CALLBACK, "Pompa cieknie.", "+48601234567"
        )
        other = await wait_for_call(
            sqlite_house,
            client,
            CallbackKind.VOICEMAIL,
            "Proszę o ofertę na 40 okien PCV.",
            "+48602345678",
        )
        assert other.team == "sales"
        async with browser_of(sqlite_house, key=key) as browser:
            page = await browser.open("/callbacks")
            assert theirs.reference in page.text and other.reference not in page.text
            for path in ("owner", "attempts"):
                refused = await browser.send(f"/callbacks/{other.id}/{path}", reached="yes")
                assert refused.status_code == 403
        assert len(await waiting(sqlite_house)) == 2
