"""Signing in with a key, once, and the cookies of a session."""

import re

import pytest

from inquiry_router.access.roles import Role
from inquiry_router.api.web.access import COOKIE
from inquiry_router.house import House
from inquiry_router.pages.session import FORM_COOKIE
from inquiry_router.process.wrong_keys import MAX_WRONG_KEYS_A_MINUTE
from tests.conftest import KEYS, client_of
from tests.pages.browser import browser_of

pytestmark = pytest.mark.anyio
KEY = KEYS[Role.AGENT]


async def test_key_is_given_once_and_leads_to_the_page_that_was_asked_for(
    sqlite_house: House,
) -> None:
    async with browser_of(sqlite_house, None) as browser:
        await browser.open("/in?next=/triage")
        done = await browser.send("/in", key=f"  {KEY}\n", next="/triage")
        assert (done.status_code, done.headers["location"]) == (303, "/triage")
        cookie = next(one for one in done.headers.get_list("set-cookie") if COOKIE in one)
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Max-Age" not in cookie
        assert (await browser.client.get("/triage")).status_code == 200
        await browser.open("/in")
        stays = await browser.send("/in", key=KEY, stay="yes")
        assert "Max-Age" in stays.headers["set-cookie"]
        assert stays.headers["location"] == "/"


async def test_cookies_of_https_are_secure(sqlite_house: House) -> None:
    settings = sqlite_house.settings.model_copy(update={"public_url": "https://router.example.com"})
    sqlite_house.settings = settings
    async with browser_of(sqlite_house, None) as browser:
        page = await browser.open("/in")
        assert "; Secure" in page.headers["set-cookie"]


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb", "\t//evil", ""],
)
async def test_nobody_is_led_to_another_site(sqlite_house: House, elsewhere: str) -> None:
    async with browser_of(sqlite_house, None) as browser:
        page = await browser.client.get("/in", params={"next": elsewhere})
        assert 'name="next"' not in page.text
        await browser.open("/in")
        done = await browser.send("/in", key=KEY, next=elsewhere)
        assert (done.status_code, done.headers["location"]) == (303, "/")


@pytest.mark.parametrize("key", ["", "irk_agent_wrong", "Bearer x", "ż" * 9000, "irk_nobody_x"])
async def test_wrong_key_says_what_to_do(sqlite_house: House, key: str) -> None:
    async with browser_of(sqlite_house, None) as browser:
        await browser.open("/in")
        refused = await browser.send("/in", key=key, next="/triage")
        assert refused.status_code == 401
        assert "This key is wrong" in refused.text and 'value="/triage"' in refused.text
        assert COOKIE not in browser.client.cookies


async def test_guesses_are_limited(sqlite_house: House) -> None:
    async with browser_of(sqlite_house, None) as browser:
        await browser.open("/in")
        statuses = [
            (await browser.send("/in", key="irk_admin_x")).status_code
            for _ in range(MAX_WRONG_KEYS_A_MINUTE + 1)
        ]
        assert statuses == [401] * MAX_WRONG_KEYS_A_MINUTE + [429]


async def test_browser_without_cookies_is_told(sqlite_house: House) -> None:
    async with client_of(sqlite_house, None) as client:
        refused = await client.post("/in?lang=en", data={"key": KEY, "form_token": "x"})
        assert refused.status_code == 403 and "accepts no cookies" in refused.text
        assert COOKIE not in refused.headers.get("set-cookie", "")


async def test_signing_out_takes_the_key_and_all_open_forms_away(sqlite_house: House) -> None:
    async with browser_of(sqlite_house, Role.AGENT) as browser:
        page = await browser.open("/inquiries")
        assert FORM_COOKIE in browser.client.cookies
        assert re.search(r'action="/out"', page.text)
        done = await browser.send("/out")
        removed = " ".join(done.headers.get_list("set-cookie"))
        assert f'{COOKIE}=""' in removed and f'{FORM_COOKIE}=""' in removed
        assert COOKIE not in browser.client.cookies


async def test_revoked_key_signs_out_at_once(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house, Role.AGENT) as browser:
        assert (await browser.client.get("/inquiries")).status_code == 200
        await client.delete("/v1/api-keys/agent")
        assert (await browser.client.get("/inquiries")).status_code == 303
