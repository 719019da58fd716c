"""The pages of doors: lights, steps that are seen to work, and a test."""

import pytest

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from tests.conftest import client_of
from tests.pages.browser import browser_of

pytestmark = pytest.mark.anyio

WEBHOOK = {
    "id": "erp",
    "name": "ERP",
    "kind": "webhook",
    "settings": {"url": "https://hooks.example.com"},
}
ZAMMAD = {
    "id": "zammad",
    "name": "Zammad of the office",
    "kind": "zammad",
    "settings": {},
    "secret": "0123456789abcdef0123456789abcdef",
}


async def test_doors_have_lights_and_steps_in_the_language_of_the_reader(
    sqlite_house: House,
) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        for path, body in (("sources", ZAMMAD), ("destinations", WEBHOOK)):
            assert (await client.post(f"/v1/{path}", json=body)).status_code == 201
        for language, words in {
            "pl": ("Nic jeszcze nie przyszło", "Wyślij wiadomość testową", "Wpisz swoje zespoły"),
            "en": ("Nothing has come yet", "Send a test", "Set your teams"),
            "de": ("Noch nichts gekommen", "Testnachricht senden", "Tragen Sie Ihre Teams"),
        }.items():
            page = await browser.open(f"/doors?lang={language}")
            for word in (*words, "Zammad of the office", "ERP"):
                assert word in page.text, (language, word)
        assert WEBHOOK["settings"]["url"] not in page.text


async def test_steps_at_the_vendor_are_ticked_off_as_they_are_seen(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        await client.post("/v1/sources", json=ZAMMAD)
        page = await browser.open("/doors/sources/zammad")
        assert "/v1/hooks/zammad" in page.text
        assert page.text.count("✓") == 0
        sqlite_house.traffic.note("zammad", "accepted", page_now())
        page = await browser.open("/doors/sources/zammad")
        assert page.text.count("✓") == 2
        assert (await browser.open("/doors/sources/nobody")).status_code == 404
    async with browser_of(sqlite_house, Role.MANAGER) as manager:
        assert (await manager.open("/doors/sources/zammad")).status_code == 403


def page_now():
    from inquiry_router.process.clock import utc_now

    return utc_now()


async def test_test_event_is_sent_once_and_its_result_is_shown(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        await client.post("/v1/destinations", json=WEBHOOK)
        await browser.open("/doors")
        sent = await browser.send("/doors/destinations/console/test")
        assert "The test has arrived: console." in sent.text
        failed = await browser.send("/doors/destinations/erp/test")
        assert "The test has not arrived: erp." in failed.text
        assert (await browser.send("/doors/destinations/nobody/test")).status_code == 404
