"""The page of deliveries that were given up."""

import httpx2 as httpx
import pytest
from sqlalchemy import update

from inquiry_router.access.roles import Role
from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from tests.conftest import client_of
from tests.pages.browser import browser_of
from tests.pages.test_inquiry import receive

pytestmark = pytest.mark.anyio


async def give_up(house: House, client: httpx.AsyncClient) -> list[str]:
    """Take in two inquiries whose deliveries are dead; return the ids of these."""
    for number in range(2):
        contact = {"email": f"a{number}@b.example"}
        await receive(client, f"Pompa numer {number} cieknie.", contact=contact)
    dead = {"state": "dead", "attempts": 12, "last_error": "status 503 <b>"}
    await house.database.write(lambda c: c.execute(update(deliveries).values(**dead)))
    items = (await client.get("/v1/deliveries", params={"state": "dead"})).json()["items"]
    return [one["id"] for one in items]


async def states(client: httpx.AsyncClient) -> list[str]:
    return [one["state"] for one in (await client.get("/v1/deliveries")).json()["items"]]


async def test_nothing_failed(sqlite_house: House) -> None:
    async with browser_of(sqlite_house, Role.MANAGER) as browser:
        assert "Everything has arrived." in (await browser.open("/deliveries")).text


async def test_one_is_sent_again_and_one_is_given_up(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        first, second = await give_up(sqlite_house, client)
        page = await browser.open("/deliveries")
        assert "status 503 &lt;b&gt;" in page.text and first in page.text
        done = await browser.follow(await browser.send(f"/deliveries/{first}/retry"))
        assert "It is sent again." in done.text and first not in done.text
        await browser.follow(await browser.send(f"/deliveries/{second}/discard"))
        assert await states(client) == ["pending", "discarded"]
        for path in ("nothing/retry", "nothing/discard"):
            assert (await browser.send(f"/deliveries/{path}")).status_code == 404


async def test_all_are_sent_again(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        await give_up(sqlite_house, client)
        await browser.open("/deliveries")
        await browser.send("/deliveries/retry", destination="elsewhere")
        assert await states(client) == ["dead", "dead"]
        await browser.send("/deliveries/retry")
        assert await states(client) == ["pending", "pending"]


async def test_only_admins_send_again(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        (first, _) = await give_up(sqlite_house, client)
        async with browser_of(sqlite_house, Role.MANAGER) as browser:
            page = await browser.open("/deliveries")
            assert "/retry" not in page.text
            assert (await browser.send(f"/deliveries/{first}/retry")).status_code == 403
        assert await states(client) == ["dead", "dead"]
