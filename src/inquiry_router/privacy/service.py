"""Export and erase a person, and count before it is done."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, delete

from inquiry_router.calls.model import Call
from inquiry_router.calls.recordings import Recordings
from inquiry_router.calls.service import CallService
from inquiry_router.calls.spool import Spool
from inquiry_router.calls.tables import calls
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Conflict, Invalid, Unavailable
from inquiry_router.privacy import erasing, exporting, store
from inquiry_router.privacy.data_map import BY_NAME, WITH_INQUIRY
from inquiry_router.privacy.finding import FoundPerson, find_person, in_parts
from inquiry_router.privacy.person import Person
from inquiry_router.privacy.referral_traces import TracedReferral, erase_in_referrals
from inquiry_router.privacy.store import Erasure
from inquiry_router.privacy.walking import find_rows_with
from inquiry_router.process.ids import new_id
from inquiry_router.relief.mailbox_reader import MailboxReader

# Inquiries and rows of one transaction: intake waits for no longer than these take.
_BATCH: Final = 20
# The names in them are those of companies, or in many sentences of many people.
_NAMES_OF_OTHERS: Final = ("accounts", "account_merges", "documents", "monitors")
# Their rows say who recommended a customer, with the id of the referral.
_NAMING_RECOMMENDERS: Final = ("timeline", "deliveries")
_MAX_TRIES: Final = 20
_PAUSE_S: Final = 0.2
_SOMEBODY_ERASED: Final = (
    "A person in its mails was erased (POST /v1/privacy/erasures). Take those mails out of the "
    "mailbox, and send it again."
)


@dataclass(frozen=True)
class Preview:
    """Everything that an erasure would do, and what an admin should look at first."""

    found: FoundPerson
    counts: dict[str, int]
    elsewhere: list[dict[str, Any]]
    # Mailboxes that wait to be read, or are half read, with mails that speak of the person.
    mailboxes: list[str]


class PrivacyService:
    """Exports and erases people."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        calls: CallService,
        spool: Spool,
        recordings: Recordings,
        mailboxes: MailboxReader,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._calls = calls
        self._spool = spool
        self._recordings = recordings
        self._mailboxes = mailboxes

    async def preview(self, person: Person, confirmed: Sequence[str]) -> Preview:
        """Find a person and count what would go. Changes nothing."""
        found = await find_person(self._database, person, confirmed)
        return await self._preview(found)

    async def export(self, person: Person, confirmed: Sequence[str]) -> dict[str, Any]:
        """Return everything that is stored of a person."""
        found = await find_person(self._database, person, confirmed)
        tables = await exporting.read_tables(self._database, found)
        elsewhere = await self._database.scan(partial(store.list_elsewhere, found=found))
        names = await self._database.scan(partial(store.list_recordings, found=found))
        waiting = await asyncio.to_thread(self._spool.find_texts, person.is_mentioned)
        mails = await self._mailboxes.find_mails(person.is_mentioned)
        files = exporting.waiting_files(person, waiting.values(), mails)
        return exporting.export_json(found, tables, elsewhere, names, files)

    async def erase(
        self,
        person: Person,
        confirmed: Sequence[str],
        actor: str,
        now: datetime,
        *,
        key: str | None = None,
        note: str | None = None,
    ) -> Erasure:
        """Erase a person everywhere, and record that it was done.

        A repeat finishes one that was broken off; with the same `key` it gets the same record.
        Raises `Conflict` if only a name is given and nothing is confirmed, `Invalid` if the note
        names the person.
        """
        _check(person, confirmed, note)
        digest = hashlib.sha256(f"{actor}:{key}".encode()).hexdigest() if key is not None else None
        if digest is not None:
            known = await self._database.read(partial(store.find_erasure, key_sha256=digest))
            if known is not None and known.finished_at is not None:
                return replace(known, replayed=True)
        found = await find_person(self._database, person, confirmed)
        preview = await self._preview(found)
        names = await self._database.scan(partial(store.list_recordings, found=found))
        begin = partial(
            store.begin_erasure,
            erasure_id=new_id(),
            key_sha256=digest,
            actor=actor,
            given=person.kinds,
            recordings=names,
            note=note,
            now=now,
        )
        erasure_id = await self._database.write(begin)
        await self._erase_files(person, names)
        await self._mailboxes.give_up(preview.mailboxes, _SOMEBODY_ERASED)
        await self._erase_rows(found)
        counts = {name: count for name, count in preview.counts.items() if count}
        finish = partial(store.finish_erasure, erasure_id=erasure_id, counts=counts, now=now)
        done = await self._configuration.change(finish)
        await self._forget_deleted()
        return done

    async def list_erasures(self, limit: int) -> list[Erasure]:
        """List recorded erasures, the newest first."""
        return await self._database.scan(partial(store.list_erasures, limit=limit))

    async def list_counts(self) -> list[dict[str, Any]]:
        """List the counts that stay of deleted inquiries."""
        rows = await self._database.scan(erasing.sum_counts)
        return [dict(row._mapping) for row in rows]

    async def _preview(self, found: FoundPerson) -> Preview:
        counts = Counter({entry.table.name: 0 for entry in WITH_INQUIRY})
        for some in in_parts(found.own):
            counts.update(await self._database.scan(partial(erasing.count_rows, inquiry_ids=some)))
        counts["calls"] += len(found.calls)
        counts["referrals"] = len(found.referrals)
        counts["shared_inquiries"] = len(found.shared)
        counts["emptied_messages"] = sum(len(one.message_ids) for one in found.shared)
        counts["mentions"] = sum(map(len, found.mentions.values()))
        files = await asyncio.to_thread(self._spool.find_texts, found.person.is_mentioned)
        names = await self._database.scan(partial(store.list_recordings, found=found))
        counts["files"] = len(files) + await asyncio.to_thread(self._recordings.count, names)
        elsewhere = await self._database.scan(partial(store.list_elsewhere, found=found))
        mailboxes = list(await self._mailboxes.find_mails(found.person.is_mentioned))
        counts["mailboxes"] = len(mailboxes)
        return Preview(found, dict(counts), elsewhere, mailboxes)

    async def _erase_files(self, person: Person, recordings: Sequence[str]) -> None:
        """Delete files before the rows that name them, and what is in memory."""
        self._calls.forget(partial(_is_theirs, person=person))
        await asyncio.to_thread(self._recordings.delete, recordings)
        names = await asyncio.to_thread(self._spool.find_texts, person.is_mentioned)
        await asyncio.to_thread(self._spool.remove_files, list(names))

    async def _erase_rows(self, found: FoundPerson) -> None:
        for begin in range(0, len(found.referrals), _BATCH):
            traced = found.referrals[begin : begin + _BATCH]
            await self._database.write(partial(erase_in_referrals, traced=traced))
        for one in found.referrals:
            await self._erase_where_named(one)
        for some in in_parts(found.own, _BATCH):
            await self._database.write(
                partial(erasing.delete_inquiries, inquiry_ids=some, why=erasing.REQUEST)
            )
        for some in in_parts(found.calls, _BATCH):
            await self._database.write(partial(_delete_calls, ids=some))
        for shared in found.shared:
            await self._database.write(partial(erasing.empty_messages, shared=shared))
        for table_name, rows in found.mentions.items():
            for begin in range(0, len(rows), _BATCH):
                batch = rows[begin : begin + _BATCH]
                await self._database.write(
                    partial(_mask, table_name=table_name, rows=batch, person=found.as_known)
                )

    async def _erase_where_named(self, traced: TracedReferral) -> None:
        """Mask a recommender in the decisions on inquiries of those whom they recommended."""
        for table_name in _NAMING_RECOMMENDERS:
            rows = await find_rows_with(self._database, BY_NAME[table_name], traced.id)
            for begin in range(0, len(rows), _BATCH):
                batch = rows[begin : begin + _BATCH]
                await self._database.write(
                    partial(_mask, table_name=table_name, rows=batch, person=traced.person)
                )

    async def _forget_deleted(self) -> None:
        """Empty the database's log. Raises `Unavailable` if readers never let go of it."""
        for _ in range(_MAX_TRIES):
            if await self._database.forget_deleted():
                return
            await asyncio.sleep(_PAUSE_S)
        raise Unavailable(
            "The person is erased, but readers keep the write-ahead log.",
            hint="Send the same request again.",
        )


def _check(person: Person, confirmed: Sequence[str], note: str | None) -> None:
    if not person.emails and not person.phones and not confirmed:
        raise Conflict(
            "A name alone is nobody: many people may have it.",
            hint="POST /v1/privacy/erasures/preview lists the candidates; send the ids of the "
            "right ones in 'confirmed'.",
        )
    if note is not None and person.is_mentioned(note, by_name=True):
        raise Invalid(
            "The note names the person.", hint="Write the number of the request, such as GDPR-17."
        )


def _is_theirs(call: Call, person: Person) -> bool:
    return call.caller in person.phones


def _delete_calls(connection: Connection, ids: list[str]) -> None:
    connection.execute(delete(calls).where(calls.c.id.in_(ids)))


def _mask(connection: Connection, table_name: str, rows: Sequence[Any], person: Person) -> int:
    present = erasing.reread(connection, table_name, rows)
    # A row that has their number or address means them by the name, too.
    by_name = table_name not in _NAMES_OF_OTHERS
    return erasing.mask_rows(connection, BY_NAME[table_name], present, person, by_name=by_name)
