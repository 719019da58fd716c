"""The page of the report."""

import pytest

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from tests.conftest import client_of
from tests.pages.browser import browser_of
from tests.pages.test_inquiry import receive

pytestmark = pytest.mark.anyio


async def test_report_has_a_sentence_a_chart_and_a_table(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        await receive(client)
        await receive(client, "Proszę o ofertę na 40 okien PCV.", contact={"email": "d@a.example"})
        async with browser_of(sqlite_house, Role.MANAGER) as browser:
            page = await browser.open("/report")
            assert page.status_code == 200
            assert "2 inquiries came in" in page.text
            assert 'class="chart"' in page.text
            assert "/v1/reports/flow?" in page.text and "format=csv" in page.text
            assert "the monitoring was not announced yet" in page.text
        looks = (await client.get("/v1/audit", params={"operation": "show_report"})).json()["items"]
        assert [one["actor"] for one in looks] == ["manager"]


async def test_period_is_chosen_and_wrong_days_are_told(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        await receive(client, received_at="2026-03-02T10:00:00Z")
        page = await browser.open("/report?since=2026-03-01&until=2026-03-31")
        assert "From March 1, 2026 to March 31, 2026" in page.text
        assert "1 inquiry came in" in page.text
        for query in ("since=2026-03-31&until=2026-03-01", "since=yesterday", "until=2026-13-01"):
            wrong = await browser.open(f"/report?{query}")
            assert wrong.status_code == 422 and "Mend the dates" in wrong.text


async def test_whoever_is_bound_to_a_team_sees_no_report(sqlite_house: House) -> None:
    async with browser_of(sqlite_house, Role.AGENT) as browser:
        assert (await browser.open("/report")).status_code == 403
