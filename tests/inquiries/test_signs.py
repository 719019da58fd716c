"""Signs of tickets: the inquiry that a ticket belongs to, and the tickets that are its own."""

from dataclasses import replace

import pytest

from inquiry_router.database.session import Database
from inquiry_router.inquiries.messages import move_messages, signs_of_message
from inquiry_router.inquiries.signs import add_sign, find_by_ticket, is_its_own
from inquiry_router.inquiry.model import Origin
from tests.inquiries.said import added, opened
from tests.inquiries.test_store import DRAFT

pytestmark = pytest.mark.anyio


async def find(database: Database, system: str, ticket: str) -> str | None:
    return await database.read(lambda c: find_by_ticket(c, system, ticket))


async def is_own(database: Database, inquiry_id: str, system: str, ticket: str) -> bool:
    return await database.read(lambda c: is_its_own(c, inquiry_id, system, ticket))


async def test_ticket_finds_the_newest_inquiry_that_it_belongs_to(database: Database) -> None:
    await opened(database)
    second = await opened(database)
    assert await find(database, "zammad", "48213") == second.id
    assert await find(database, "zammad", "4821") is None
    assert await find(database, "zendesk", "48213") is None


async def test_ticket_of_a_moved_message_finds_the_inquiry_that_has_it(database: Database) -> None:
    first, other = await opened(database), await opened(database, replace(DRAFT, origin=None))
    await database.write(lambda c: move_messages(c, [first.id], other.id))
    assert await find(database, "zammad", "48213") == other.id


async def test_ticket_of_a_later_message_is_not_the_inquirys_own(database: Database) -> None:
    first = await opened(database)
    await added(database, first, "to samo pocztą", "ticket:mailbox:9")
    assert await find(database, "mailbox", "9") == first.id
    assert await is_own(database, first.id, "zammad", "48213")
    assert not await is_own(database, first.id, "mailbox", "9")
    assert not await is_own(database, first.id, "mailbox", "48213")


async def test_without_a_ticket_of_its_own_any_ticket_of_it_is_taken(database: Database) -> None:
    first = await opened(database, replace(DRAFT, origin=None))
    await added(database, first, "a teraz pocztą", "ticket:mailbox:9")
    assert await is_own(database, first.id, "mailbox", "9")


async def test_ticket_that_was_made_for_an_inquiry_is_its_own(database: Database) -> None:
    first = await opened(database, replace(DRAFT, origin=Origin("phone", "call-1")))
    for _ in range(2):  # a repeated attempt
        await database.write(lambda c: add_sign(c, first.id, "ticket:zammad:7"))
    assert await is_own(database, first.id, "zammad", "7")
    found = await database.read(lambda c: signs_of_message(c, first.id))
    assert found.count("ticket:zammad:7") == 1
    assert await find(database, "zammad", "7") == first.id
