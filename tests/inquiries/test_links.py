"""Links between inquiries: once a pair, in both directions, and gone with either."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from inquiry_router.database.session import Database
from inquiry_router.inquiries import store
from inquiry_router.inquiries.links import (
    add_link,
    find_split_from,
    find_split_off,
    list_links,
    remove_link,
)
from inquiry_router.inquiries.tables import inquiries, links
from inquiry_router.inquiry.matter import LinkKind
from inquiry_router.inquiry.model import Receipt
from tests.conftest import NOW
from tests.inquiries.said import opened

pytestmark = pytest.mark.anyio


async def link(
    database: Database,
    one: Receipt,
    other: Receipt,
    kind: LinkKind = LinkKind.PERHAPS,
    minutes: int = 0,
) -> bool:
    at = NOW + timedelta(minutes=minutes)
    return await database.write(lambda c: add_link(c, one.id, other.id, kind, "why", at))


async def test_link_is_listed_on_both_sides(database: Database) -> None:
    first, second = await opened(database), await opened(database)
    assert await link(database, first, second)
    expected = {
        "kind": "perhaps",
        "why": "why",
        "at": NOW,
        "status": "routed",
        "team": "customer_service",
    }
    for one, other in ((first, second), (second, first)):
        listed = await database.read(lambda c, one=one: list_links(c, one.id))
        assert listed == [{**expected, "inquiry": other.id, "reference": other.reference}]


async def test_two_inquiries_are_linked_once_whichever_is_named_first(database: Database) -> None:
    first, second = await opened(database), await opened(database)
    assert await link(database, first, second)
    assert not await link(database, first, second, LinkKind.BY_HAND)
    assert not await link(database, second, first, LinkKind.BY_HAND)
    listed = await database.read(lambda c: list_links(c, first.id))
    assert [one["kind"] for one in listed] == ["perhaps"]


async def test_links_are_listed_oldest_first(database: Database) -> None:
    first, second, third = [await opened(database) for _ in range(3)]
    await link(database, first, third, minutes=1)
    await link(database, first, second, minutes=2)
    listed = await database.read(lambda c: list_links(c, first.id))
    assert [one["inquiry"] for one in listed] == [third.id, second.id]


@pytest.mark.parametrize("backwards", [False, True])
async def test_link_is_removed_from_either_side(database: Database, backwards: bool) -> None:
    first, second, third = [await opened(database) for _ in range(3)]
    await link(database, first, second)
    await link(database, first, third)
    pair = (second.id, first.id) if backwards else (first.id, second.id)
    assert await database.write(lambda c: remove_link(c, *pair))
    assert not await database.write(lambda c: remove_link(c, *pair))
    listed = await database.read(lambda c: list_links(c, first.id))
    assert [one["inquiry"] for one in listed] == [third.id]


@pytest.mark.parametrize("deleted", [0, 1])
async def test_link_goes_with_either_inquiry(database: Database, deleted: int) -> None:
    pair = await opened(database), await opened(database)
    await link(database, *pair)
    gone = delete(inquiries).where(inquiries.c.id == pair[deleted].id)
    await database.write(lambda c: c.execute(gone) and None)
    count = select(func.count()).select_from(links)
    assert await database.read(lambda c: c.execute(count).scalar_one()) == 0


async def test_only_open_inquiries_that_were_split_off_are_found(database: Database) -> None:
    first, older, newer, perhaps, resolved, merged = [await opened(database) for _ in range(6)]
    for one in (older, newer, resolved, merged):
        await link(database, first, one, LinkKind.SPLIT)
    await link(database, first, perhaps, LinkKind.PERHAPS)
    await database.write(lambda c: store.set_columns(c, resolved.id, status="resolved"))
    await database.write(lambda c: store.set_columns(c, merged.id, merged_into=first.id))
    found = await database.read(lambda c: [row.id for row in find_split_off(c, first.id)])
    assert found == [newer.id, older.id]
    assert await database.read(lambda c: find_split_off(c, newer.id)) == []
    for one, origin in ((newer, first), (perhaps, None), (first, None)):
        row = await database.read(lambda c, one=one: find_split_from(c, one.id))
        assert (row.id if row else None) == (origin.id if origin else None)
