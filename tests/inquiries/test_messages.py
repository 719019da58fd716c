"""Messages: kept as sent, moved between inquiries, and found by `q` where they are now."""

import pytest
from sqlalchemy import Table, delete, func, select

from inquiry_router.database.group_commit import intake_keys
from inquiry_router.database.session import Database
from inquiry_router.inquiries import store
from inquiry_router.inquiries.messages import (
    find_message,
    list_messages,
    move_messages,
    remove_message,
    renew_search,
    signs_of_message,
)
from inquiry_router.inquiries.rows import read_message
from inquiry_router.inquiries.tables import inquiries, messages, signs, timeline
from inquiry_router.inquiry.errors import NotFound
from inquiry_router.inquiry.model import (
    Attachment,
    Channel,
    Contact,
    Draft,
    MailThread,
    Origin,
    Provenance,
)
from tests.conftest import NOW
from tests.inquiries.said import added, opened
from tests.inquiries.test_store import UNKNOWN

pytestmark = pytest.mark.anyio


async def search_of(database: Database, inquiry_id: str) -> str:
    query = select(inquiries.c.search).where(inquiries.c.id == inquiry_id)
    return await database.read(lambda c: c.execute(query).scalar_one())


async def count(database: Database, table: Table) -> int:
    query = select(func.count()).select_from(table)
    return await database.read(lambda c: c.execute(query).scalar_one())


async def test_message_is_read_back_as_it_was_sent(database: Database) -> None:
    first = await opened(database)
    message_id = await added(
        database,
        first,
        "Zdjęcia w załączniku\n",
        subject="Re: Pompa",
        contact=Contact("Ewa Wilk", "ewa@hydro-bud.example", None, "Hydro-Bud"),
        origin=Origin("chatwoot", "4712", "https://chat.example.com/4712"),
        provenance=Provenance(attachments=(Attachment("a.jpg", "image/jpeg", 7),)),
        thread=MailThread("2@klient.example"),
    )
    row = await database.read(lambda c: find_message(c, first.id, message_id))
    assert read_message(row) == Draft(
        Channel.EMAIL,
        "Zdjęcia w załączniku\n",
        subject="Re: Pompa",
        language="pl",
        contact=Contact("Ewa Wilk", "ewa@hydro-bud.example", None, "Hydro-Bud"),
        origin=Origin("chatwoot", "4712", "https://chat.example.com/4712"),
        received_at=NOW,
        provenance=Provenance(attachments=(Attachment("a.jpg", "image/jpeg", 7),)),
        thread=MailThread("2@klient.example"),
    )
    assert (row.category, row.confidence) == ("defect", 0.9)


async def test_opening_comes_first_and_is_the_inquirys_own(database: Database) -> None:
    first, other = await opened(database), await opened(database)
    ids = [await added(database, first, text) for text in ("jeden", "dwa")]
    listed = await database.read(lambda c: list_messages(c, first.id))
    assert [one.id for one in listed] == [first.id, *ids]
    assert [one.id for one in await database.read(lambda c: list_messages(c, other.id))] == [
        other.id
    ]


@pytest.mark.parametrize("message_id", ["other's", UNKNOWN, "nonsense"])
async def test_message_of_another_inquiry_is_not_found(database: Database, message_id: str) -> None:
    first, other = await opened(database), await opened(database)
    wanted = other.id if message_id == "other's" else message_id
    with pytest.raises(NotFound):
        await database.read(lambda c: find_message(c, first.id, wanted))


async def test_moved_messages_are_found_where_they_are(database: Database) -> None:
    first, other = await opened(database), await opened(database)
    moved = await added(database, first, "Żółta uszczelka", "ticket:chat:5")
    await database.write(lambda c: move_messages(c, [moved], other.id))
    for one in (first, other):
        await database.write(lambda c, one=one: renew_search(c, one.id))
    listed = await database.read(lambda c: list_messages(c, other.id))
    assert [one.id for one in listed] == [other.id, moved]
    assert "zolta uszczelka" in await search_of(database, other.id)
    assert "uszczelka" not in await search_of(database, first.id)
    assert await database.read(lambda c: signs_of_message(c, moved)) == ("ticket:chat:5",)


async def test_renewed_search_is_what_was_searched_before(database: Database) -> None:
    first = await opened(database)
    await added(database, first, "Żółta uszczelka", subject="Część")
    before = await search_of(database, first.id)
    await database.write(lambda c: renew_search(c, first.id))
    assert (await search_of(database, first.id)).split() == before.split()
    assert "hydro-bud" in before and first.reference.lower() in before


async def test_only_the_beginning_of_a_long_message_is_searched(database: Database) -> None:
    first = await opened(database)
    await added(database, first, "a" * 4000 + " uszczelka")
    assert "uszczelka" not in await search_of(database, first.id)


async def test_removed_message_takes_its_signs_along(database: Database) -> None:
    first = await opened(database)
    gone = await added(database, first, "tekst", "mail:2@klient.example")
    await database.write(lambda c: remove_message(c, gone))
    assert await database.read(lambda c: signs_of_message(c, gone)) == ()
    assert await database.read(lambda c: signs_of_message(c, first.id)) != ()


async def test_deleted_inquiry_leaves_nothing_of_it(database: Database) -> None:
    """The right to be forgotten: one row is deleted, and everything of it goes along."""
    first, other = await opened(database), await opened(database)
    await added(database, first, "tekst", "mail:2@klient.example")
    tables = (messages, signs, timeline, intake_keys)
    await database.write(lambda c: c.execute(delete(inquiries).where(inquiries.c.id == other.id)))
    assert [await count(database, table) for table in tables] != [0, 0, 0, 0]
    await database.write(lambda c: c.execute(delete(inquiries).where(inquiries.c.id == first.id)))
    assert [await count(database, table) for table in tables] == [0, 0, 0, 0]


async def test_reference_of_what_was_merged_into_a_deleted_inquiry_is_not_found(
    database: Database,
) -> None:
    first, other = await opened(database), await opened(database)
    await database.write(lambda c: move_messages(c, [other.id], first.id))
    await database.write(lambda c: store.set_columns(c, other.id, merged_into=first.id))
    await database.write(lambda c: c.execute(delete(inquiries).where(inquiries.c.id == first.id)))
    assert await count(database, messages) == 0
    with pytest.raises(NotFound):
        await database.read(lambda c: store.find_inquiry(c, other.reference))


async def test_message_tells_if_it_opened_an_inquiry(database: Database) -> None:
    first = await opened(database)
    later = await added(database, first, "tekst")
    opens = [
        await database.read(lambda c, one=one: store.is_inquiry(c, one))
        for one in (first.id, later)
    ]
    assert opens == [True, False]
