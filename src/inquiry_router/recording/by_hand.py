"""Merge, split and link inquiries by hand, and undo it. The timelines keep both."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import Any, Final

from sqlalchemy import Connection, Row

from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.delivery.outbox import record_deliveries
from inquiry_router.inquiries import links, messages, store
from inquiry_router.inquiries.rows import read_draft, read_message
from inquiry_router.inquiry.errors import Conflict
from inquiry_router.inquiry.matter import LinkKind
from inquiry_router.inquiry.model import (
    Contact,
    Draft,
    Event,
    Priority,
    Receipt,
    Status,
)
from inquiry_router.inquiry.rendering import Json
from inquiry_router.matters.people import Kinship, Writer, kinship, writer_of
from inquiry_router.recording.hearing import Understand
from inquiry_router.recording.linking import link_inquiries
from inquiry_router.recording.showing import show
from inquiry_router.recording.splitting import split_off

_PRIORITIES: Final = tuple(Priority)
_OWED: Final = (Status.NEW, Status.ROUTED, Status.WAITING_FOR_US)


class ByHand:
    """Changes by hand of what belongs together.

    `understand` decides on a message that is split off. `on_commit` is called when there is
    something to deliver.
    """

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        understand: Understand,
        on_commit: Callable[[], None],
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._understand = understand
        self._on_commit = on_commit

    async def merge(self, inquiry: str, into: str, who: str, actor: str, now: datetime) -> Receipt:
        """Make an inquiry part of another one, which its reference leads to from then on.

        Raises `NotFound`, and `Conflict` for an inquiry and itself, or of two customers.
        """
        configuration = self._configuration.current

        def work(connection: Connection) -> Receipt:
            merged, survivor = (
                show(connection, row, configuration, now)
                for row in _find_two(connection, inquiry, into)
            )
            _require_one_customer(connection, merged, survivor)
            return _merge(connection, merged, survivor, who, configuration, actor, now)

        return await self._write(work)

    async def undo_merge(self, inquiry: str, who: str, actor: str, now: datetime) -> Receipt:
        """Make a merged inquiry one of its own again. Raises `NotFound` and `Conflict`."""
        configuration = self._configuration.current

        def work(connection: Connection) -> Receipt:
            merged = store.find_as_it_is(connection, inquiry, for_update=True)
            if merged.merged_into is None:
                raise Conflict("The inquiry is not merged.", hint="There is nothing to undo.")
            return _undo_merge(connection, merged, who, configuration, actor, now)

        return await self._write(work)

    async def split(
        self, inquiry: str, message_id: str, who: str, actor: str, now: datetime
    ) -> Receipt:
        """Make a message an inquiry of its own, linked to the first one.

        Merging it back undoes it. Raises `NotFound`, and `Conflict` for an opening.
        """
        configuration = self._configuration.current

        def read(connection: Connection) -> Draft:
            row = store.find_inquiry(connection, inquiry)
            found = messages.find_message(connection, row.id, message_id)
            opening = read_draft(row)
            draft = replace(read_message(found), origin=None)
            if draft.contact == Contact():
                draft = replace(draft, contact=opening.contact)
            return draft

        draft = await self._database.read(read)
        said = await self._understand(draft, configuration.rulebook, now)

        def work(connection: Connection) -> Receipt:
            row = store.find_inquiry(connection, inquiry, for_update=True)
            messages.find_message(connection, row.id, message_id)
            if message_id == row.id:
                raise Conflict(
                    "The opening cannot be split off.", hint="Split off the later messages."
                )
            if store.is_inquiry(connection, message_id):
                raise Conflict(
                    "The message is the opening of an inquiry that was merged into this one.",
                    hint="Undo the merge instead.",
                )
            return split_off(connection, row, message_id, said, who, configuration, actor, now)

        return await self._write(work)

    async def link(
        self, inquiry: str, other: str, who: str, why: str | None, actor: str, now: datetime
    ) -> Receipt:
        """Link two inquiries. Raises `NotFound`, and `Conflict` for an inquiry and itself."""
        configuration = self._configuration.current

        def work(connection: Connection) -> Receipt:
            one, another = _find_two(connection, inquiry, other)
            earlier, later = sorted((one.id, another.id))
            reason = f"{who}: {why}" if why else f"linked by {who}"
            link_inquiries(
                connection, earlier, later, LinkKind.BY_HAND, reason, configuration, actor, now
            )
            return store.read_receipt(connection, one)

        return await self._write(work)

    async def unlink(
        self, inquiry: str, other: str, who: str, actor: str, now: datetime
    ) -> Receipt:
        """Remove the link between two inquiries. Raises `NotFound` and `Conflict`."""
        configuration = self._configuration.current

        def work(connection: Connection) -> Receipt:
            one, another = _find_two(connection, inquiry, other)
            if not links.remove_link(connection, one.id, another.id):
                raise Conflict("The two are not linked.", hint="There is nothing to undo.")
            entries = [
                store.timeline_entry(
                    row.id, now, "unlinked", actor, {"who": who, "reference": far.reference}
                )
                for row, far in ((one, another), (another, one))
            ]
            store.add_entries(connection, entries)
            for row, far in ((one, another), (another, one)):
                told = {"inquiry": far.id, "reference": far.reference, "team": far.team, "who": who}
                _tell(connection, Event.UNLINKED, row, configuration, now, link=told)
            return store.read_receipt(connection, one)

        return await self._write(work)

    async def _write(self, work: Callable[[Connection], Receipt]) -> Receipt:
        receipt = await self._database.write(work)
        self._on_commit()
        return receipt


def _find_two(connection: Connection, one: str, other: str) -> tuple[Row[Any], Row[Any]]:
    """Find two inquiries and lock them, in the order of their ids. Raises `Conflict` for one."""
    ids = {store.find_inquiry(connection, each).id: each for each in (one, other)}
    _require_two(ids)
    rows = {each: store.find_inquiry(connection, each, for_update=True) for each in sorted(ids)}
    _require_two({row.id for row in rows.values()})  # others may have merged them meanwhile
    first, second = ids
    return rows[first], rows[second]


def _require_two(ids: Collection[str]) -> None:
    if len(ids) == 1:
        raise Conflict(
            "Both are the same inquiry.",
            hint="A merged inquiry's reference leads to the one that it is part of.",
        )


def _require_one_customer(connection: Connection, merged: Row[Any], survivor: Row[Any]) -> None:
    """Raise `Conflict` if nobody in one inquiry can be of the customer of the other."""
    people = [
        [writer for one in messages.list_messages(connection, row.id) if (writer := _writer(one))]
        for row in (merged, survivor)
    ]
    pairs = list(product(*people))
    if pairs and all(kinship(*pair) is Kinship.NONE for pair in pairs):
        raise Conflict(
            f"{merged.reference} and {survivor.reference} are of two customers.",
            hint="Link them instead: nobody should read another customer's words.",
        )


def _writer(message: Row[Any]) -> Writer | None:
    """The writer of a message; None if nobody is named."""
    contact = Contact(**message.author)
    return None if contact == Contact() else writer_of(contact, frozenset(), message.text)


def _merge(
    connection: Connection,
    merged: Row[Any],
    survivor: Row[Any],
    who: str,
    configuration: Configuration,
    actor: str,
    now: datetime,
) -> Receipt:
    moved = [one.id for one in messages.list_messages(connection, merged.id)]
    messages.move_messages(connection, moved, survivor.id)
    links.remove_link(connection, merged.id, survivor.id)
    linked = links.copy_links(connection, merged.id, survivor.id)
    messages.renew_search(connection, survivor.id)
    details: Json = {
        "who": who,
        "from": merged.reference,
        "into": survivor.reference,
        "messages": moved,
        "links": linked,
    }
    after = _with_the_open_one(connection, merged, survivor)
    entries = [
        store.timeline_entry(row.id, now, "merged", actor, details) for row in (merged, survivor)
    ]
    entries.append(store.routed_entry(after, now, actor))
    store.record_change(connection, after, entries)
    store.set_columns(connection, merged.id, merged_into=survivor.id)
    for one in (survivor.id, merged.id):
        row = store.find_as_it_is(connection, one)
        _tell(connection, Event.MERGED, row, configuration, now, merge=details)
    return after


def _tell(
    connection: Connection,
    event: Event,
    row: Row[Any],
    configuration: Configuration,
    now: datetime,
    **details: Json,
) -> None:
    """Tell the destinations of an inquiry."""
    receipt, draft = store.read_receipt(connection, row), read_draft(row)
    told = configuration.destinations_for(event, receipt, draft)
    record_deliveries(connection, event, receipt, draft, told, now, **details)


def _with_the_open_one(connection: Connection, merged: Row[Any], survivor: Row[Any]) -> Receipt:
    """The survivor, open if either was, with the higher priority of the two."""
    after = store.read_receipt(connection, survivor)
    priority = max(after.decision.priority, Priority(merged.priority), key=_PRIORITIES.index)
    after = replace(after, decision=replace(after.decision, priority=priority))
    if after.status is Status.RESOLVED and merged.status != Status.RESOLVED:
        store.set_columns(connection, survivor.id, resolved_at=None)
        return replace(after, status=Status.WAITING_FOR_US)
    # Otherwise nobody would answer what was asked in the one that is merged.
    if after.status is Status.WAITING_FOR_CUSTOMER and merged.status in _OWED:
        return replace(after, status=Status.WAITING_FOR_US)
    return after


def _undo_merge(
    connection: Connection,
    merged: Row[Any],
    who: str,
    configuration: Configuration,
    actor: str,
    now: datetime,
) -> Receipt:
    survivor = store.find_inquiry(connection, merged.merged_into, for_update=True)
    merges = [
        entry["details"]
        for entry in store.list_timeline(connection, merged.id)
        if entry["kind"] == "merged" and entry["details"]["from"] == merged.reference
    ]
    there = {one.id for one in messages.list_messages(connection, survivor.id)}
    back = [one for one in merges[-1]["messages"] if one in there]
    messages.move_messages(connection, back, merged.id)
    for other in merges[-1].get("links", ()):
        links.remove_link(connection, survivor.id, other)
    store.set_columns(connection, merged.id, merged_into=None)
    for row in (merged, survivor):
        messages.renew_search(connection, row.id)
    details: Json = {"who": who, "from": merged.reference, "into": survivor.reference}
    store.add_entries(
        connection,
        [
            store.timeline_entry(row.id, now, "unmerged", actor, details)
            for row in (merged, survivor)
        ],
    )
    alone = store.find_as_it_is(connection, merged.id)
    for row in (alone, survivor):
        _tell(connection, Event.UNMERGED, row, configuration, now, merge=details)
    return store.read_receipt(connection, alone)
