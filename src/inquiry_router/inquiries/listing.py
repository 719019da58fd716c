"""The list of inquiries: filters, pages, search and counts.

Every filter but those by words and by contact is on the columns of the index `ix_inquiries_list`,
so that a rare inquiry is found by walking the index alone: among a million in 0.2 s.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    func,
    not_,
    or_,
    select,
    tuple_,
)

from inquiry_router.inquiries.rows import WHOLE
from inquiry_router.inquiries.store import NEWEST_FIRST
from inquiry_router.inquiries.tables import inquiries, messages, signs
from inquiry_router.inquiry.model import Status
from inquiry_router.text.folding import fold, fold_words

MAX_SEARCHED_INQUIRIES = 20_000  # by words, for one page or count
# The company has to act. Once it has answered, `due_at` is empty: the promise is kept.
IS_OWED: Final = inquiries.c.status.in_([Status.NEW, Status.ROUTED, Status.WAITING_FOR_US])
_EQUAL: Final = {
    "category": inquiries.c.category,
    "intent": inquiries.c.intent,
    "team": inquiries.c.team,
    "status": inquiries.c.status,
    "channel": inquiries.c.channel,
    "priority": inquiries.c.priority,
    "source": inquiries.c.source_system,
    "assignee_id": inquiries.c.assignee_id,
}
_PIECES: Final = re.compile(r'"([^"]+)"|([^\s"]+)')
_place = tuple_(inquiries.c.received_at, inquiries.c.id)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list of inquiries; None lets everything through.

    `overdue` is a moment, and lets the inquiries through whose promise had run out by then and is
    still owed; `not_overdue` lets the others through. `sign` is one that a message of the inquiry
    has, and `names` are words, or beginnings of words, in the name and company of the contact.
    `open` lets those through that are not resolved. `accounts` are ids of sure accounts.
    `only` is the condition for what the reader may see at all.
    """

    category: str | None = None
    intent: str | None = None
    team: str | None = None
    status: str | None = None
    channel: str | None = None
    priority: str | None = None
    source: str | None = None
    unsure: bool | None = None
    open: bool | None = None
    overdue: datetime | None = None
    not_overdue: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    sign: str | None = None
    names: str | None = None
    q: str | None = None
    accounts: tuple[str, ...] | None = None
    assignee_id: str | None = None
    only: ColumnElement[bool] | None = field(default=None, compare=False)

    @property
    def by_words(self) -> bool:
        """True if texts are searched, which is done a part at a time."""
        return self.q is not None or self.names is not None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first, and the position after which the next page begins; None at the end."""

    rows: list[Row[Any]]
    next: tuple[datetime, str] | None


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of inquiries of each status.

    `since` is the moment down to which a search by words has looked; None if all were counted.
    """

    by_status: dict[str, int]
    since: datetime | None


def list_inquiries(
    connection: Connection, filters: Filters, after: tuple[datetime, str] | None, limit: int
) -> Page:
    """List one page of inquiries, newest first. Those merged into another one are left out.

    By words, a page looks through at most `MAX_SEARCHED_INQUIRIES`; it may hold fewer than `limit`
    and still have a next page.
    """
    conditions = _conditions(filters)
    if after is not None:
        conditions.append(_place < tuple_(*after))
    end = _end_of_search(connection, filters, conditions)
    conditions += _search_conditions(filters, end)
    if filters.names is not None:
        found = _named(connection, filters.names, conditions)
        ids = [row.id for row in islice(found, limit + 1)]
        conditions = [inquiries.c.id.in_(ids)]
    query = WHOLE.where(*conditions).order_by(*NEWEST_FIRST).limit(limit + 1)
    rows = list(connection.execute(query))
    return Page(rows[:limit], _position(rows[limit - 1]) if len(rows) > limit else end)


def count_inquiries(connection: Connection, filters: Filters) -> Counts:
    """Count the inquiries of each status; by words, among the newest `MAX_SEARCHED_INQUIRIES`."""
    conditions = _conditions(filters)
    end = _end_of_search(connection, filters, conditions)
    conditions += _search_conditions(filters, end)
    if filters.names is not None:
        counted = Counter(row.status for row in _named(connection, filters.names, conditions))
    else:
        query = select(inquiries.c.status, func.count()).where(*conditions)
        rows = connection.execute(query.group_by(inquiries.c.status))
        counted = Counter({row[0]: row[1] for row in rows})
    by_status = {status.value: counted[status.value] for status in Status}
    return Counts(by_status, end[0] if end is not None else None)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions that need no look into texts."""
    given = {name: getattr(filters, name) for name in _EQUAL}
    found: list[ColumnElement[bool]] = [inquiries.c.merged_into.is_(None)]
    found += [_EQUAL[name] == value for name, value in given.items() if value is not None]
    if filters.only is not None:
        found.append(filters.only)
    if filters.unsure is not None:
        found.append(inquiries.c.unsure.is_(filters.unsure))
    if filters.open is not None:
        is_resolved = inquiries.c.status == Status.RESOLVED
        found.append(not_(is_resolved) if filters.open else is_resolved)
    if filters.accounts is not None:
        found.append(inquiries.c.account_id.in_(filters.accounts))
    if filters.overdue is not None:
        found += [inquiries.c.due_at < filters.overdue, IS_OWED]
    if filters.not_overdue is not None:
        kept = inquiries.c.due_at >= filters.not_overdue
        found.append(or_(inquiries.c.due_at.is_(None), kept, not_(IS_OWED)))
    if filters.since is not None:
        found.append(inquiries.c.received_at >= filters.since)
    if filters.until is not None:
        found.append(inquiries.c.received_at < filters.until)
    if filters.sign is not None:
        signed = select(messages.c.inquiry_id).join(signs, signs.c.message_id == messages.c.id)
        found.append(inquiries.c.id.in_(signed.where(signs.c.sign == filters.sign)))
    return found


def _search_conditions(
    filters: Filters, end: tuple[datetime, str] | None
) -> list[ColumnElement[bool]]:
    """Conditions on texts. The names of a contact are among the searched text, too."""
    words = _words_of(filters.q) if filters.q is not None else []
    words += fold_words(filters.names or "").split()
    found: list[ColumnElement[bool]] = []
    found += [inquiries.c.search.contains(word, autoescape=True) for word in words]
    if end is not None:
        found.append(_place >= tuple_(*end))
    return found


def _words_of(searched: str) -> list[str]:
    """The words that an inquiry must have, in any order; what stands in quotes is one."""
    text = fold(searched)
    pieces = (phrase or word.strip(",;.:!?()") for phrase, word in _PIECES.findall(text))
    return list(dict.fromkeys(filter(None, pieces))) or [text]


def _end_of_search(
    connection: Connection, filters: Filters, conditions: Iterable[ColumnElement[bool]]
) -> tuple[datetime, str] | None:
    """The position of the last inquiry that a search looks through, or None if it reaches all."""
    if not filters.by_words:
        return None
    columns: Select[Any] = select(inquiries.c.received_at, inquiries.c.id)
    positions = columns.where(*conditions)
    last = positions.order_by(*NEWEST_FIRST).offset(MAX_SEARCHED_INQUIRIES - 1).limit(1)
    row = connection.execute(last).first()
    return None if row is None else _position(row)


def _named(
    connection: Connection, names: str, conditions: Iterable[ColumnElement[bool]]
) -> Iterator[Row[Any]]:
    """The inquiries whose contact has each of these words in the name or company, newest first."""
    wanted = [f" {word}" for word in fold_words(names).split()]
    query: Select[Any] = select(
        inquiries.c.id,
        inquiries.c.status,
        inquiries.c.contact_name,
        inquiries.c.contact_company,
        inquiries.c.contact_email,
    )
    for row in connection.execute(query.where(*conditions).order_by(*NEWEST_FIRST)):
        who = (row.contact_name, row.contact_company, row.contact_email)
        has = fold_words(" ".join(filter(None, who)))
        if all(word in has for word in wanted):
            yield row


def _position(row: Row[Any]) -> tuple[datetime, str]:
    return row.received_at, row.id
