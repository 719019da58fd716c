"""Every page with every role, without a person, and in every language."""

import re

import pytest

from inquiry_router.access.roles import Role, Scope
from inquiry_router.api.web.routing import SCOPE_FIELD
from inquiry_router.house import House
from inquiry_router.pages.doors import PAGE_DOORS
from inquiry_router.pages.navigation import MENU
from inquiry_router.pages.routing import PageRoute
from inquiry_router.pages.texts import LANGUAGES
from tests.api.web.test_access import PAGES
from tests.conftest import client_of
from tests.pages.browser import browser_of
from tests.pages.test_inquiry import receive
from tests.pages.test_ways import WEBHOOK, ZAMMAD

pytestmark = pytest.mark.anyio

ROUTES = sorted(
    (method, route.path, route.openapi_extra[SCOPE_FIELD])
    for door in PAGE_DOORS
    for route in door.routes
    if isinstance(route, PageRoute)
    for method in route.methods
)
# What each role may open and send. Written out, so that no change goes unnoticed.
_SELF = r"POST /out"
_DESK = (
    rf"{_SELF}|GET /(inquiries.*|triage|callbacks|staff|referrals.*)|"
    r"POST /(triage|callbacks|staff)/.*|"
    r"POST /referrals/(hints/.*|.*/step)|"
    r"POST /inquiries/.*/(correct|act)|POST /quality/.*/confirm"
)
_ARRANGE = r"POST /inquiries/.*/(split|merge|unmerge|link|unlink/.*)"
_READ = (
    r"GET /(policy|policy/(changes|replays)/.*|quality|doors|deliveries|report)|"
    r"POST /policy/trial"
)
MAY = {
    Role.ADMIN: r".*",
    Role.MANAGER: f"{_DESK}|{_ARRANGE}|{_READ}|POST /referrals/.*",
    Role.AGENT: f"{_DESK}|{_ARRANGE}",
    Role.SALESPERSON: _DESK,
    Role.SOURCE: _SELF,
    Role.PHONE: _SELF,
    Role.READER: rf"{_SELF}|GET /(inquiries.*|callbacks|staff|referrals.*)|{_READ}",
    Role.MONITOR: _SELF,
}


def path_of(template: str) -> str:
    named = {"source_id": "zammad", "destination_id": "erp", "version": "1"}
    return re.sub(r"\{(\w+)\}", lambda found: named.get(found[1], "latest"), template)


@pytest.mark.parametrize(
    ("method", "path", "scope"), ROUTES, ids=[f"{m} {p}" for m, p, _ in ROUTES]
)
async def test_page_requires_its_scope(
    method: str, path: str, scope: str, sqlite_house: House
) -> None:
    assert scope in set(Scope)
    for role in Role:
        async with browser_of(sqlite_house, role) as browser:
            await browser.open("/in")
            open_or_send = browser.open if method == "GET" else browser.send
            page = await open_or_send(path_of(path))
        may = re.fullmatch(MAY[role], f"{method} {path}") is not None
        assert (page.status_code != 403) == may, (role, page.status_code)
        assert page.status_code < 500, page.text
        if not may:
            assert "This page is not for you" in page.text


@pytest.mark.parametrize(
    ("method", "path", "scope"), ROUTES, ids=[f"{m} {p}" for m, p, _ in ROUTES]
)
async def test_stranger_is_led_to_signing_in_and_foreign_forms_are_refused(
    method: str, path: str, scope: str, unchanged_house: House
) -> None:
    async with browser_of(unchanged_house, None) as stranger:
        await stranger.open("/in")
        sent = await stranger.client.request(method, path_of(path))
        assert (sent.status_code, sent.headers["location"][:3]) == (303, "/in")
    if method == "POST":
        async with browser_of(unchanged_house) as browser:
            await browser.open("/in")
            refused = await browser.client.post(path_of(path), data={"form_token": "0" * 40})
            assert refused.status_code == 403 and "out of date" in refused.text


def test_every_page_without_a_scope_is_on_the_list() -> None:
    for door in PAGE_DOORS:
        for route in door.routes:
            assert isinstance(route, PageRoute) or route.path in PAGES, route.path


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_is_there_in_every_language_and_works_without_scripts(
    language: str, sqlite_house: House
) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        await client.post("/v1/sources", json=ZAMMAD)
        await client.post("/v1/destinations", json=WEBHOOK)
        await receive(client, subject="Serwis")
        referral = {"recommender": {"name": "Anna"}, "prospect": {"name": "Dawid"}}
        await client.post("/v1/referrals", json=referral)
        for method, path, _ in ROUTES:
            if method != "GET":
                continue
            if "replay_id" in path:  # a draft must be tried before; `test_policy.py` does it
                continue
            page = await browser.open(f"{path_of(path)}?lang={language}")
            assert page.status_code == 200, path
            assert f'<html lang="{language}">' in page.text
            prose = re.sub(r"<(code|textarea)[^>]*>.*?</\1>", "", page.text, flags=re.DOTALL)
            assert not re.search(r"{[{%]|\{\w+\}", prose), path  # nothing was left unfilled
            forms = re.findall(r"<form[^>]*>", page.text)
            assert all("action=" in form for form in forms), path
            posted = [form for form in forms if 'method="post"' in form]
            assert page.text.count('name="form_token"') == len(posted), path
            labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', page.text))
            for field in re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', page.text):
                assert field in labelled, (path, field)


async def test_menu_shows_what_a_role_may_open(sqlite_house: House) -> None:
    for role in (Role.ADMIN, Role.AGENT, Role.SALESPERSON, Role.READER):
        async with browser_of(sqlite_house, role) as browser:
            page = await browser.open("/inquiries")
            shown = set(re.findall(r'<a href="(/[a-z]+)"', page.text.split("</nav>")[0]))
            may = {entry.path for entry in MENU if re.fullmatch(MAY[role], f"GET {entry.path}")}
            assert shown == may, role
            for path in shown:
                opened = await browser.open(path)
                assert f'<a href="{path}" aria-current="page">' in opened.text
