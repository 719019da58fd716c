"""Candidates: the inquiries with a sign or a reference in common, however many there are."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from inquiry_router.database.session import Database
from inquiry_router.inquiries import store
from inquiry_router.inquiries.candidates import find_candidates, read_candidates
from inquiry_router.inquiry.matter import Candidate
from inquiry_router.inquiry.model import Contact, MailThread, Origin, Status
from tests.conftest import NOW
from tests.inquiries.said import add, added, opened
from tests.inquiries.test_store import DRAFT, UNKNOWN

pytestmark = pytest.mark.anyio
TICKET = "ticket:zammad:48213"
PHONE = "phone:+48601234567"
STRANGER = replace(DRAFT, contact=Contact("Ewa", "ewa@inna.example"), origin=Origin("zammad", "1"))


async def look_for(
    database: Database,
    *signs: str,
    references: tuple[str, ...] = (),
    since: datetime | None = None,
) -> list[str]:
    found = await database.look_up(lambda c: find_candidates(c, signs, references, since))
    return sorted(one.inquiry_id for one in found)


async def test_inquiries_with_the_sign_are_found_and_no_others(database: Database) -> None:
    first, second = await opened(database), await opened(database)
    stranger = await opened(database, STRANGER)
    assert await look_for(database, TICKET) == [first.id, second.id]
    assert await look_for(database, "ticket:zammad:1") == [stranger.id]
    assert await look_for(database, "ticket:zammad:4821", "phone:+48") == []
    assert await look_for(database) == []
    assert await look_for(database, PHONE, TICKET, "mail:x") == [first.id, second.id]


async def test_sign_of_a_later_message_finds_its_inquiry(database: Database) -> None:
    first = await opened(database)
    await added(database, first, "Zdjęcia", "mail:2@klient.example", "ticket:chat:5")
    assert await look_for(database, "ticket:chat:5") == [first.id]
    assert await look_for(database, "mail:2@klient.example") == [first.id]


async def test_company_finds_only_its_newest_inquiries(database: Database) -> None:
    every = [await opened(database) for _ in range(9)]
    for one in every:
        await added(database, one, "Zdjęcia", "company:klient")
    assert await look_for(database, "company:klient", since=NOW) == [one.id for one in every[1:]]


async def test_two_words_in_common_find_an_inquiry_and_one_does_not(database: Database) -> None:
    first, second = await opened(database), await opened(database)
    await added(database, first, "Piec", "word:piec", "word:kwiat", "word:szkol")
    await added(database, second, "Okno", "word:piec", "word:lipow")
    words = ("word:kwiat", "word:piec")
    assert await look_for(database, *words) == [first.id]
    assert await look_for(database, *words, TICKET, since=NOW) == [first.id, second.id]
    assert await look_for(database, *words, since=NOW + timedelta(days=1)) == []
    assert await look_for(database, "word:piec") == []


async def test_reference_finds_an_inquiry_and_after_a_merge_the_other(database: Database) -> None:
    first, second = await opened(database), await opened(database)
    assert await look_for(database, references=(second.reference,)) == [second.id]
    await database.write(lambda c: store.set_columns(c, second.id, merged_into=first.id))
    assert await look_for(database, references=(second.reference,)) == [first.id]


async def test_reference_leads_through_all_merges_and_is_the_one_to_compare(
    database: Database,
) -> None:
    first, second, third = [await opened(database) for _ in range(3)]
    for one, other in ((first, second), (second, third)):
        await database.write(
            lambda c, one=one, other=other: store.set_columns(c, one.id, merged_into=other.id)
        )
    found = await database.look_up(lambda c: find_candidates(c, (), (first.reference,)))
    assert [(one.inquiry_id, one.reference) for one in found] == [(third.id, first.reference)]
    found = await database.look_up(lambda c: find_candidates(c, (TICKET,), ()))
    assert [(one.inquiry_id, one.reference) for one in found] == [(third.id, third.reference)]


async def test_merged_inquiry_is_no_candidate(database: Database) -> None:
    first, second = await opened(database), await opened(database)
    await database.write(lambda c: store.set_columns(c, second.id, merged_into=first.id))
    assert await look_for(database, TICKET) == [first.id]


async def test_silent_inquiry_is_found_by_ticket_and_mail_only(database: Database) -> None:
    """Any message of it breaks the silence, also one without the sign."""
    since, long_ago = NOW - timedelta(days=60), -100 * 24 * 60
    silent = await opened(database, minutes=long_ago)
    await added(database, silent, "Zdjęcia", "mail:2@klient.example", at=NOW - timedelta(days=61))
    talking = await opened(database, replace(DRAFT, origin=Origin("zammad", "2")), long_ago)
    assert await look_for(database, PHONE, since=since) == []
    await added(database, talking, "Nadal czekam", at=NOW - timedelta(days=59))
    assert await look_for(database, PHONE, since=since) == [talking.id]
    assert await look_for(database, PHONE) == [silent.id, talking.id]
    assert await look_for(database, TICKET, since=since) == [silent.id]
    assert await look_for(database, "mail:2@klient.example", since=since) == [silent.id]
    found = await look_for(database, PHONE, TICKET, "number:1", since=since)
    assert found == [silent.id, talking.id]


async def read_one(database: Database, inquiry_id: str) -> Candidate:
    (found,) = await database.look_up(lambda c: read_candidates(c, [inquiry_id]))
    return found


async def test_candidate_has_everything_that_joining_compares(database: Database) -> None:
    first = await opened(database)
    ewa = Contact("Ewa")
    thread = MailThread("2@klient.example")
    await added(
        database, first, "Zdjęcia", "mail:2@klient.example", contact=ewa, thread=thread, subject="F"
    )
    resolved_at = NOW + timedelta(days=1)
    await database.write(
        lambda c: store.set_columns(
            c, first.id, status="resolved", resolved_at=resolved_at, placed_by="Celina"
        )
    )
    found = await read_one(database, first.id)
    assert (found.reference, found.resolved_at) == (first.reference, resolved_at)
    assert (found.progress.team, found.progress.status) == ("customer_service", Status.RESOLVED)
    assert (found.progress.touched, found.progress.received_at) == (True, NOW)
    assert {TICKET, PHONE, "mail:2@klient.example"} <= found.signs
    newest, opening = found.messages
    assert (newest.text, newest.author, newest.mail_id) == ("Zdjęcia", ewa, "2@klient.example")
    assert (opening.text, opening.subject, opening.author) == (
        DRAFT.text,
        DRAFT.subject,
        DRAFT.contact,
    )
    assert found.last_at == newest.at == NOW


async def test_answered_inquiry_was_touched_and_an_untouched_was_not(database: Database) -> None:
    first, second = await opened(database), await opened(database)
    await database.write(lambda c: store.set_columns(c, second.id, answered_at=NOW))
    touched = [(await read_one(database, one.id)).progress.touched for one in (first, second)]
    assert touched == [False, True]


async def test_long_text_is_compared_by_its_beginning(database: Database) -> None:
    first = await opened(database)
    await added(database, first, "ą" * 5000)
    assert len((await read_one(database, first.id)).messages[0].text) == 4000


async def test_quiet_inquiry_is_found_beside_busy_ones(database: Database) -> None:
    """Its ticket is the strongest sign there is; 300 newer messages of others must not hide it."""
    quiet = await opened(database)
    busy = await opened(database, replace(DRAFT, origin=Origin("zammad", "2")))

    def talk(connection: Connection) -> None:
        for number in range(300):
            add(connection, busy, f"wiadomość {number}")

    await database.write(talk)
    assert await look_for(database, TICKET, PHONE) == [quiet.id, busy.id]
    found = await database.look_up(lambda c: find_candidates(c, (TICKET, PHONE), ()))
    by_id = {one.inquiry_id: one for one in found}
    assert [one.text for one in by_id[quiet.id].messages] == [DRAFT.text]
    assert by_id[busy.id].messages[0].text == "wiadomość 299"
    assert len(by_id[busy.id].messages) == 200


async def test_of_a_switchboard_only_the_newest_inquiries_are_candidates(
    database: Database,
) -> None:
    all_of_them = [await opened(database, minutes=number) for number in range(25)]
    found = await look_for(database, PHONE)
    assert found == sorted(one.id for one in all_of_them[5:])


async def test_unknown_inquiry_is_no_candidate(database: Database) -> None:
    assert await database.look_up(lambda c: read_candidates(c, [UNKNOWN])) == []
