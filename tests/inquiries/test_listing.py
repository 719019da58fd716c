"""The list of inquiries: filters, pages and search, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inquiry_router.database.session import Database
from inquiry_router.inquiries import listing
from inquiry_router.inquiries.listing import Filters
from tests.conftest import NOW
from tests.inquiries.test_store import DRAFT, receipt_of, stored

pytestmark = pytest.mark.anyio


async def listed(database: Database, filters: Filters, limit: int) -> list[list[str]]:
    """The ids on every page."""
    pages, after = [], None
    while True:
        page = await database.read(
            lambda c, after=after: listing.list_inquiries(c, filters, after, limit)
        )
        pages.append([row.id for row in page.rows])
        if page.next is None:
            return pages
        after = page.next


@pytest.mark.parametrize("limit", [1, 2, 5, 6])
async def test_pages_hold_every_inquiry_once_newest_first(database: Database, limit: int) -> None:
    ids = [(await stored(database, receipt_of(minutes=number // 2))).id for number in range(5)]
    pages = await listed(database, Filters(), limit)
    newest_first = sorted(ids, key=lambda one: (ids.index(one) // 2, one), reverse=True)
    assert [one for page in pages for one in page] == newest_first


async def test_filters_narrow_the_list(database: Database) -> None:
    defect = (await stored(database, receipt_of())).id
    purchase = (await stored(database, receipt_of(minutes=5, category="new_purchase"))).id
    later = NOW + timedelta(minutes=1)
    for filters, ids in (
        (Filters(category="defect"), [defect]),
        (Filters(team="customer_service"), [purchase, defect]),
        (Filters(team="sales"), []),
        (Filters(channel="phone"), []),
        (Filters(since=later), [purchase]),
        (Filters(until=later), [defect]),
        (Filters(q="ZAZOLC gesla", category="defect"), [defect]),
        (Filters(q="hydro-bud"), [purchase, defect]),
        (Filters(q="100%"), []),
    ):
        assert await listed(database, filters, 10) == [ids], filters


@pytest.mark.parametrize("count", [2, 3, 7])
async def test_search_goes_on_after_its_limit(
    database: Database, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(listing, "MAX_SEARCHED_INQUIRIES", 3)
    oldest = await stored(database, receipt_of(), replace(DRAFT, text="brama"))
    for minute in range(1, count):
        await stored(database, receipt_of(minutes=minute))
    pages = await listed(database, Filters(q="brama"), 10)
    assert [one for page in pages for one in page] == [oldest.id]
    assert len(pages) == 1 + count // 3
