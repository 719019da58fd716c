"""The list of inquiries: filters, pages, search and counts, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from inquiry_router.database.session import Database
from inquiry_router.inquiries import listing
from inquiry_router.inquiries.listing import Counts, Filters
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.model import Contact, Draft, Flag, Origin, Priority, Status
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
        (Filters(q="gesla, zazolc"), [purchase, defect]),
        (Filters(q='"gesla zazolc"'), []),
        (Filters(q="zazolc 100%"), []),
        (Filters(q="!!"), []),
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


LATER = NOW + timedelta(hours=1)
EARLIER = NOW - timedelta(hours=1)


async def kept(
    database: Database, status: Status = Status.ROUTED, draft: Draft = DRAFT, **decided: Any
) -> str:
    """Store an inquiry; return its id."""
    receipt = receipt_of()
    receipt = replace(receipt, status=status, decision=replace(receipt.decision, **decided))
    return (await stored(database, receipt, draft)).id


async def found(database: Database, **filters: Any) -> set[str]:
    """The ids that the list has, which are those that are counted."""
    chosen = Filters(**filters)
    page = await database.read(lambda c: listing.list_inquiries(c, chosen, None, 50))
    counts = await database.read(lambda c: listing.count_inquiries(c, chosen))
    assert sum(counts.by_status.values()) == len(page.rows)
    assert (page.next, counts.since) == (None, None)
    return {row.id for row in page.rows}


async def test_status_and_priority_narrow_the_list(database: Database) -> None:
    ids = {status: await kept(database, status) for status in Status}
    urgent = await kept(database, priority=Priority.URGENT)
    for status in Status:
        assert await found(database, status=status) - {urgent} == {ids[status]}
    assert await found(database, priority=Priority.URGENT) == {urgent}
    assert await found(database, priority=Priority.URGENT, status=Status.RESOLVED) == set()


@pytest.mark.parametrize("flag", [Flag.UNSURE, Flag.UNCLASSIFIED, Flag.UNREAD])
async def test_unsure_ones_are_listed(database: Database, flag: Flag) -> None:
    unsure = await kept(database, flags=(flag,))
    sure = await kept(database, flags=(Flag.SALES_GUARD,))
    assert await found(database, unsure=True) == {unsure}
    assert await found(database, unsure=False) == {sure}


async def test_overdue_ones_are_owed_and_promised_before_now(database: Database) -> None:
    overdue = {
        await kept(database, status, due_at=EARLIER)
        for status in (Status.NEW, Status.ROUTED, Status.WAITING_FOR_US)
    }
    others = {
        await kept(database, Status.RESOLVED, due_at=EARLIER),
        await kept(database, Status.WAITING_FOR_CUSTOMER, due_at=EARLIER),
        await kept(database, due_at=NOW),
        await kept(database, due_at=LATER),
        await kept(database, due_at=None),
    }
    assert await found(database, overdue=NOW) == overdue
    assert await found(database, not_overdue=NOW) == others
    assert await found(database, overdue=NOW, not_overdue=NOW) == set()


def test_columns_of_filters_are_in_the_index_that_is_walked() -> None:
    # At a million inquiries a look into the table for each would take seconds.
    index = next(one for one in inquiries.indexes if one.name == "ix_inquiries_list")
    walked = {"received_at", "id", "status", "unsure", "due_at", "merged_into", "source_system"}
    walked |= {"category", "intent", "team", "channel", "priority"}
    assert set(index.columns.keys()) == walked
    assert list(index.columns.keys())[:2] == ["received_at", "id"]


async def test_intent_narrows_the_list(database: Database) -> None:
    receipt = receipt_of()
    classification = replace(receipt.classification, intent="missing_item", intent_confidence=0.7)
    missing = await stored(database, replace(receipt, classification=classification))
    await kept(database)
    assert await found(database, intent="missing_item") == {missing.id}
    assert await found(database, intent="missing_item", category="other") == set()


async def test_source_is_an_id_or_a_system(database: Database) -> None:
    shop = await kept(database, draft=replace(DRAFT, origin=Origin("shop-7", "1")))
    await kept(database)
    await kept(database, draft=replace(DRAFT, origin=None))
    assert await found(database, source="shop-7") == {shop}
    assert await found(database, source="shop") == set()


async def test_sign_finds_every_inquiry_of_a_contact(database: Database) -> None:
    of_anna = await kept(database)
    await kept(database, draft=replace(DRAFT, contact=Contact(email="an@hydro-bud.example")))
    assert await found(database, sign="email:anna@hydro-bud.example") == {of_anna}
    assert await found(database, sign="phone:+48601234567") == {of_anna}
    assert await found(database, sign="phone:+48601234567", status=Status.RESOLVED) == set()


async def test_names_are_beginnings_of_words_of_the_contact(database: Database) -> None:
    anna = Contact("Anna Żółkiewska", "biuro@hydro.example", None, "Hydro-Bud Sp. z o.o.")
    of_anna = await kept(database, draft=replace(DRAFT, contact=anna))
    # The words are in the text, not in the name.
    await kept(database, draft=replace(DRAFT, text="Dzwoniła pani Anna Żółkiewska z Hydro-Bud."))
    for names in ("zolkiew", "ANNA żółkiewska", "hydro bud sp", "bud, anna", "biuro@"):
        assert of_anna in await found(database, names=names), names
    assert await found(database, names="żółkiewska") == {of_anna}
    assert await found(database, names="anna nowak") == set()
    assert await found(database, names="kiewska") == set()
    assert await found(database, names="hydro", q="ZAZOLC", status=Status.ROUTED) == {of_anna}


async def test_merged_one_is_left_out(database: Database) -> None:
    stays, merged = await kept(database), await kept(database)
    change = update(inquiries).where(inquiries.c.id == merged).values(merged_into=stays)
    await database.write(lambda c: c.execute(change))
    assert await found(database) == await found(database, names="anna") == {stays}


async def test_each_status_is_counted(database: Database) -> None:
    for status in (Status.NEW, Status.ROUTED, Status.ROUTED, Status.RESOLVED):
        await kept(database, status)
    counts = await database.read(lambda c: listing.count_inquiries(c, Filters()))
    by_status = {
        "new": 1,
        "routed": 2,
        "waiting_for_customer": 0,
        "waiting_for_us": 0,
        "resolved": 1,
    }
    assert counts == Counts(by_status, None)


@pytest.mark.parametrize("words", [{"q": "gesla"}, {"names": "anna"}])
async def test_count_by_words_says_how_far_it_looked(
    database: Database, monkeypatch: pytest.MonkeyPatch, words: dict[str, str]
) -> None:
    monkeypatch.setattr(listing, "MAX_SEARCHED_INQUIRIES", 3)
    for minute in range(5):
        await stored(database, receipt_of(minutes=minute))
    counts = await database.read(lambda c: listing.count_inquiries(c, Filters(**words)))
    assert (counts.by_status["routed"], counts.since) == (3, NOW + timedelta(minutes=2))
    pages = await listed(database, Filters(**words), 2)
    assert [len(page) for page in pages] == [2, 2, 1]
