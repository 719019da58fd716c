"""Links of our people: looking changes nothing, one press answers, no link opens another page."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.fields import DAYS
from tests.assignment.test_assigning import DEFECT, enter, receive, set_assign
from tests.assignment.test_offers import OFFER
from tests.conftest import client_of, running_house

pytestmark = pytest.mark.anyio
BASE = "https://router.example.com"


@pytest.fixture
async def house(settings: Any) -> AsyncIterator[House]:
    public = settings.model_copy(update={"public_url": BASE})
    async with running_house(public) as rooms:
        yield rooms


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(house, None) as made:
        yield made


async def offer(house: House, client: httpx.AsyncClient) -> tuple[str, str]:
    member = await enter(client, "Osoba A")
    always = {day: ["00:00-24:00"] for day in DAYS}  # declining uses the true clock
    await enter(client, "Osoba B", hours=always, holidays=None)
    await set_assign(client, "customer_service", OFFER)
    receipt = await receive(house, DEFECT, "k1")
    link = await house.staff_links.offer(receipt.id, member, utc_now())
    assert link is not None
    return receipt.id, link.removeprefix(BASE)


async def person(client: httpx.AsyncClient, inquiry_id: str) -> tuple[str | None, bool]:
    decision = (await client.get(f"/v1/inquiries/{inquiry_id}")).json()["decision"]
    return decision["assignee"], decision.get("is_offer", False)


async def test_looking_changes_nothing_and_accepting_is_final(
    house: House, client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    inquiry_id, path = await offer(house, client)
    for language, words in (("pl", "Biorę tę sprawę"), ("en", "I take it"), ("de", "übernehme")):
        page = await visitor.get(f"{path}?lang={language}")
        assert page.status_code == 200
        assert words in page.text
    assert await person(client, inquiry_id) == ("Osoba A", True)
    done = await visitor.post(path, data={"answer": "accept"})
    assert done.status_code == 200, done.text
    assert await person(client, inquiry_id) == ("Osoba A", False)
    assert "Biorę" not in (await visitor.get(path)).text
    late = await visitor.post(path, data={"answer": "decline"})
    assert late.status_code == 409
    assert await person(client, inquiry_id) == ("Osoba A", False)


async def test_declining_by_link_names_no_one_twice(
    house: House, client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    inquiry_id, path = await offer(house, client)
    done = await visitor.post(path, data={"answer": "decline", "why": "Mam dwa wyjazdy"})
    assert done.status_code == 200, done.text
    assert await person(client, inquiry_id) == ("Osoba B", True)
    timeline = (await client.get(f"/v1/inquiries/{inquiry_id}")).json()["timeline"]
    passed = next(one for one in timeline if one["kind"] == "passed_on")
    assert passed["details"]["said"] == "Mam dwa wyjazdy"
    assert (await visitor.post(path, data={"answer": "accept"})).status_code == 409


async def test_links_open_their_own_page_only(
    house: House, client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    _, path = await offer(house, client)
    token = path.rpartition("/")[2]
    assert (await visitor.get(f"/c/{token}")).status_code == 404
    assert (await visitor.get(f"/p/{token}")).status_code == 404
    assert (await visitor.get(f"/o/{token[:-4]}AAAA")).status_code == 404


async def test_presence_by_link(
    house: House, client: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    member = await enter(client, "Osoba A")
    made = await client.post(f"/v1/staff/{member}/presence-link")
    assert made.status_code == 200, made.text
    path = made.json()["url"].removeprefix(BASE)
    assert (await visitor.get(path)).status_code == 200
    assert (await client.get(f"/v1/staff/{member}")).json()["away"] is False
    assert (await visitor.post(path, data={"state": "away"})).status_code == 200
    assert (await client.get(f"/v1/staff/{member}")).json()["away"] is True
    assert (await visitor.post(path, data={"state": "here"})).status_code == 200
    assert (await client.get(f"/v1/staff/{member}")).json()["away"] is False
    old = await house.staff_links.presence(member, utc_now() - timedelta(hours=2))
    assert old is not None
    assert (await visitor.get(old.removeprefix(BASE))).status_code == 410


async def test_without_a_public_address_there_are_no_links(settings: Any) -> None:
    async with running_house(settings) as rooms, client_of(rooms) as client:
        member = await enter(client, "Osoba A")
        refused = await client.post(f"/v1/staff/{member}/presence-link")
        assert refused.status_code == 409
        assert "INQUIRY_ROUTER_PUBLIC_URL" in refused.json()["hint"]
