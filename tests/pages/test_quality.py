"""The page of quality: figures, and the sample that is confirmed by one click."""

import re
from datetime import timedelta

import pytest

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from tests.conftest import client_of
from tests.pages.browser import browser_of
from tests.pages.test_inquiry import look, receive

pytestmark = pytest.mark.anyio


def last_week() -> str:
    now = utc_now()
    return (now - timedelta(days=now.weekday() + 4)).isoformat()


async def test_sample_is_confirmed_by_one_click(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        reference = await receive(client, received_at=last_week())
        page = await browser.open("/quality")
        assert "1 is left." in page.text
        (path,) = re.findall(r'action="(/quality/[^"]+/confirm)"', page.text)
        done = await browser.follow(await browser.send(path))
        assert "0 are left." in done.text and "/confirm" not in done.text
        (said,) = [
            one for one in (await look(client, reference))["timeline"] if one["kind"] == "corrected"
        ]
        assert said["details"]["category"] == "defect"
        assert 'class="chart"' in done.text and "100%" in done.text


async def test_readers_see_figures_and_confirm_nothing(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        reference = await receive(client, received_at=last_week())
        async with browser_of(sqlite_house, Role.READER) as browser:
            page = await browser.open("/quality?days=365")
            assert reference in page.text and "/confirm" not in page.text
            assert "at least 200" in page.text  # drift says nothing before
            refused = await browser.send(f"/quality/{reference}/confirm")
            assert refused.status_code == 403


async def test_page_is_in_three_languages_also_when_there_is_nothing(sqlite_house: House) -> None:
    async with browser_of(sqlite_house) as browser:
        for language, word in {
            "pl": "Losowa próbka",
            "en": "Random sample",
            "de": "Zufallsstichprobe",
        }.items():
            page = await browser.open(f"/quality?lang={language}")
            assert page.status_code == 200 and word in page.text
