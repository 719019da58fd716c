"""The page of triage: unsure inquiries one after the other, a decision and the next."""

import re

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from inquiry_router.pages.triage import choose
from tests.conftest import client_of
from tests.pages.browser import browser_of
from tests.pages.test_inquiry import bound_browser, look

pytestmark = pytest.mark.anyio

UNCLEAR = ("a jak z tym będzie?", "no i co teraz z tym zrobimy?", "to jak w końcu?")


async def receive_unsure(client: httpx.AsyncClient, count: int = 2) -> list[str]:
    """Take in inquiries of which the model is unsure; return their references."""
    references = []
    for number, text in enumerate(UNCLEAR[:count]):
        body = {"channel": "chat", "text": text, "contact": {"email": f"a{number}@b.example"}}
        made = (await client.post("/v1/inquiries", json=body)).json()
        assert made["decision"]["flags"], text
        references.append(made["reference"])
    return references


def shown_on(page: httpx.Response) -> str:
    found = re.search(r'<span class="tag number">([0-9A-Z-]{9})</span>', page.text)
    assert found is not None
    return found[1]


async def test_one_decision_leads_to_the_next_inquiry(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house, Role.AGENT) as browser:
        references = await receive_unsure(client)
        page = await browser.open("/triage")
        assert "2 inquiries wait" in page.text
        first = shown_on(page)
        (path,) = re.findall(r'action="(/triage/[^"]+)"', page.text)
        page = await browser.follow(await browser.send(path, category="order_support"))
        assert f'href="/inquiries/{first}"' in page.text and "1 inquiry waits" in page.text
        second = shown_on(page)
        assert {first, second} == set(references)
        decided = await look(client, first)
        assert decided["decision"]["team"] == "customer_service"
        assert decided["classification"]["method"] == "person"
        again = await browser.follow(await browser.send(path, category="new_purchase"))
        assert "Somebody has decided it already" in again.text
        assert (await look(client, first))["classification"]["category"] == "order_support"


async def test_skipped_inquiry_comes_again_at_the_end(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        await receive_unsure(client, 3)
        seen, path = [], "/triage"
        for _ in range(4):
            page = await browser.open(path)
            seen.append(shown_on(page))
            path = f"/triage?after={seen[-1]}"
            assert path in page.text
        assert len(set(seen[:3])) == 3 and seen[3] == seen[0]


async def test_nothing_to_decide_and_no_category(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        assert "Everything is decided" in (await browser.open("/triage")).text
        (reference,) = await receive_unsure(client, 1)
        await browser.open("/triage")
        page = await browser.follow(await browser.send(f"/triage/{reference}", category="x"))
        assert "Choose a category" in page.text
        assert (await look(client, reference))["decision"]["flags"]


async def test_bound_person_decides_only_what_is_theirs(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        key = await bound_browser(sqlite_house, client)
        (reference,) = await receive_unsure(client, 1)
        async with browser_of(sqlite_house, key=key) as browser:
            assert "Everything is decided" in (await browser.open("/triage")).text
            refused = await browser.send(f"/triage/{reference}", category="defect")
            assert refused.status_code == 403
        assert (await look(client, reference))["decision"]["flags"]


def item(reference: str, priority: str, due_at: str | None) -> dict:
    return {
        "reference": reference,
        "priority": priority,
        "due_at": due_at,
        "received_at": "2026-11-19T10:00:00Z",
    }


def test_most_urgent_comes_first() -> None:
    items = [item("a", "normal", "1"), item("b", "urgent", None), item("c", "urgent", "2")]
    order, after = [], None
    for _ in items:
        chosen = choose(items, after)
        assert chosen is not None
        after = chosen["reference"]
        order.append(after)
    assert order == ["c", "b", "a"]
    assert choose(items, "gone") == items[2]
    assert choose([], "a") is None
