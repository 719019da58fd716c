"""The frame of all pages: headers, languages, errors, files, the way in."""

import re

import pytest

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from inquiry_router.pages.session import FORM_FIELD
from tests.conftest import client_of
from tests.pages.browser import browser_of

pytestmark = pytest.mark.anyio

HTML = {"accept": "text/html"}


async def test_page_loads_nothing_from_elsewhere_and_allows_no_inline_script_or_style(
    sqlite_house: House,
) -> None:
    async with browser_of(sqlite_house, None) as browser:
        page = await browser.open("/in")
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'")
        assert "unsafe" not in policy
        assert not re.search(r"(src|href|action)=\"(https?:)?//", page.text)
        for path in re.findall(r'(?:src|href)="(/look/[^"]+)"', page.text):
            found = await browser.client.get(path)
            assert found.status_code == 200
            assert "immutable" in found.headers["cache-control"]
        assert (await browser.client.get("/look/kit.py")).status_code == 404


async def test_page_links_to_the_other_languages_and_remembers_the_choice(
    sqlite_house: House,
) -> None:
    async with browser_of(sqlite_house, None, "fr") as browser:
        page = await browser.open("/in?next=/x")
        assert '<html lang="pl">' in page.text and "Logowanie" in page.text
        assert 'href="?next=%2Fx&amp;lang=de"' in page.text
        chosen = await browser.open("/in?lang=de")
        assert '<html lang="de">' in chosen.text
        assert '<html lang="de">' in (await browser.open("/in")).text


async def test_front_page_leads_people_to_pages_and_programs_to_the_docs(
    sqlite_house: House,
) -> None:
    async with client_of(sqlite_house) as client:
        assert (await client.get("/")).headers["location"] == "/docs"
    async with browser_of(sqlite_house, None) as stranger:
        assert (await stranger.client.get("/")).headers["location"] == "/in"


async def test_front_page_is_the_first_one_that_a_role_may_open(sqlite_house: House) -> None:
    for role, path in ((Role.AGENT, "/inquiries"), (Role.SOURCE, "/docs")):
        async with browser_of(sqlite_house, role) as browser:
            home = await browser.client.get("/")
            assert (home.status_code, home.headers["location"]) == (303, path)


async def test_stranger_signs_in_and_comes_back_to_the_page(sqlite_house: House) -> None:
    async with browser_of(sqlite_house, None) as browser:
        asked = await browser.client.get("/inquiries?team=sales&q=pompa")
        assert asked.status_code == 303
        form = await browser.follow(asked)
        there = re.search(r'name="next" value="([^"]+)"', form.text)
        assert there is not None and there[1] == "/inquiries?team=sales&amp;q=pompa"


async def test_browser_that_comes_from_a_helpdesk_asks_again(sqlite_house: House) -> None:
    """Its cookie is kept back at first (SameSite=strict)."""
    async with browser_of(sqlite_house, None) as browser:
        page = await browser.open("/inquiries?q=x", **{"sec-fetch-site": "cross-site"})
        assert page.status_code == 200
        assert '<meta http-equiv="refresh" content="0;url=?q=x">' in page.text
        again = await browser.client.get(
            "/inquiries?q=x", headers={"sec-fetch-site": "same-origin"}
        )
        assert again.headers["location"].startswith("/in?next=")


async def test_form_without_its_token_changes_nothing(sqlite_house: House) -> None:
    async with browser_of(sqlite_house) as browser, browser_of(sqlite_house) as other:
        await browser.open("/inquiries")
        await other.open("/inquiries")
        sign_out = [
            {},
            {FORM_FIELD: ""},
            {FORM_FIELD: "0" * 40},
            {FORM_FIELD: other.token},
        ]
        for fields in sign_out:
            refused = await browser.client.post("/out", data=fields)
            assert refused.status_code == 403, fields
            assert "out of date" in refused.text
        ours = {FORM_FIELD: browser.token}
        elsewhere = {"sec-fetch-site": "cross-site"}
        assert (await browser.client.post("/out", data=ours, headers=elsewhere)).status_code == 303
        assert (await browser.open("/inquiries")).status_code == 200
        done = await browser.client.post("/out", data=ours)
        assert done.headers["location"] == "/in"
        assert (await browser.client.get("/inquiries")).status_code == 303


async def test_form_that_another_site_sends_is_refused_even_with_a_token(
    sqlite_house: House,
) -> None:
    async with browser_of(sqlite_house, None) as browser:
        await browser.open("/in")
        for site in ("cross-site", "same-site"):
            sent = await browser.client.post(
                "/in",
                data={FORM_FIELD: browser.token, "key": "x"},
                headers={"sec-fetch-site": site},
            )
            assert sent.status_code == 403


async def test_mistake_of_ours_is_a_page_too(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("inquiry_router.pages.inquiries.find_inquiries", fail)
    async with browser_of(sqlite_house) as browser:
        page = await browser.open("/inquiries")
        assert page.status_code == 500
        assert "That did not work" in page.text and "ZeroDivision" not in page.text


async def test_role_without_pages_is_told_so(sqlite_house: House) -> None:
    async with browser_of(sqlite_house, Role.MONITOR) as browser:
        page = await browser.open("/inquiries")
        assert page.status_code == 403
        assert "not for you" in page.text


async def test_wrong_cookie_leads_to_signing_in(sqlite_house: House) -> None:
    async with browser_of(sqlite_house, key="irk_admin_wrong") as browser:
        assert (await browser.client.get("/inquiries")).status_code == 303
        assert (await browser.client.get("/", headers=HTML)).headers["location"] == "/in"


async def test_pages_of_keys_in_headers_need_no_cookie(sqlite_house: House) -> None:
    """A proxy that signs people in at an identity provider sends their token so."""
    async with client_of(sqlite_house, Role.AGENT) as client:
        assert (await client.get("/inquiries")).status_code == 200
