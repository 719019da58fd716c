"""The page of inquiries: search, filters, quick views, pages."""

import re

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from tests.conftest import client_of
from tests.pages.browser import browser_of
from tests.pages.test_inquiry import receive
from tests.pages.test_triage import receive_unsure

pytestmark = pytest.mark.anyio


def references_on(page: httpx.Response) -> list[str]:
    return re.findall(r'<a href="/inquiries/([0-9A-Z]{4}-[0-9A-Z]{4})">', page.text)


async def test_filters_and_search_narrow_the_list(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        pump = await receive(client)
        offer = await receive(
            client, "Proszę o ofertę na 40 okien PCV.", contact={"email": "d@a.example"}
        )
        (unsure,) = await receive_unsure(client, 1)
        await client.post(f"/v1/inquiries/{offer}/resolution", json={"who": "Celina"})
        assert references_on(await browser.open("/inquiries")) == [unsure, offer, pump]
        for query, found in {
            "q=OKIEN": [offer],
            "q=Kowalska": [pump],
            "team=sales": [offer],
            "category=defect": [pump],
            "unsure=true": [unsure],
            "open=true": [unsure, pump],
            "status=resolved": [offer],
            "channel=chat": [unsure],
            "overdue=true": [],
            "today=true&category=defect": [pump],
            f"q={unsure}": [unsure],
        }.items():
            page = await browser.open(f"/inquiries?{query}")
            assert (page.status_code, references_on(page)) == (200, found), query
        page = await browser.open("/inquiries?unsure=true&open=true")
        counts = re.findall(r"<strong>(\d+)</strong> <span>([a-z ]+)</span>", page.text)
        assert counts == [
            ("3", "came in today"),
            ("2", "open"),
            ("1", "to be decided"),
            ("0", "overdue"),
        ]
        assert page.text.count('aria-current="true"') == 2  # the quick view and the language


async def test_inquiries_of_an_account(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        for number in (1, 2):
            body = {
                "name": f"Hydro-Bud {number}",
                "external_id": f"K-{number}",
                "emails": [f"anna{number}@hydro.example"],
            }
            made = await client.post("/v1/accounts", json=body)
            assert made.status_code == 201, made.text
        first, second = [
            await receive(
                client,
                f"Pompa numer {number} cieknie.",
                contact={"email": f"anna{number}@hydro.example"},
            )
            for number in (1, 2)
        ]
        assert references_on(await browser.open("/inquiries?account=K-1")) == [first]
        listed = (await client.get("/v1/inquiries", params={"account": "K-2"})).json()["items"]
        assert [one["reference"] for one in listed] == [second]
        wrong = await browser.open("/inquiries?account=K-9")
        assert wrong.status_code == 422 and "This cannot be read: Account" in wrong.text
        assert (await client.get("/v1/inquiries", params={"account": "K-9"})).status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("channel=pigeon", "Channel"),
        ("unsure=perhaps", "only unsure ones"),
        ("q=x", "Search"),
        ("q=%21%21&cursor=nothing", "Search"),
        ("cursor=nothing", "cursor"),
        ("team=NOBODY", "Team"),
    ],
)
async def test_filter_that_cannot_be_read_is_named(
    sqlite_house: House, query: str, field: str
) -> None:
    async with browser_of(sqlite_house) as browser:
        page = await browser.open(f"/inquiries?{query}")
        assert page.status_code == 422
        assert f"This cannot be read: {field}" in page.text


async def test_unknown_parameters_of_mail_programs_are_ignored(sqlite_house: House) -> None:
    async with browser_of(sqlite_house) as browser:
        assert (await browser.open("/inquiries?utm_source=mail&q=")).status_code == 200


async def test_older_inquiries_are_on_the_next_page(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inquiry_router.pages.inquiries._ON_A_PAGE", 2)
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        sent = [
            await receive(client, f"Pompa numer {n} cieknie.", contact={"email": f"a{n}@b.example"})
            for n in range(3)
        ]
        page = await browser.open("/inquiries?category=defect")
        assert references_on(page) == sent[:0:-1]
        (older,) = re.findall(r'href="([^"]*cursor=[^"]*)"', page.text)
        assert "category=defect" in older
        assert references_on(await browser.open(older.replace("&amp;", "&"))) == sent[:1]
