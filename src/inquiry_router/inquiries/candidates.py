"""Find the inquiries that a message may be part of, by the signs they have in common."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, select, union_all

from inquiry_router.inquiries.rows import read_progress
from inquiry_router.inquiries.tables import inquiries, messages, signs
from inquiry_router.inquiry.matter import Candidate, SaidBefore
from inquiry_router.inquiry.model import Contact

# Of one sign: a switchboard has thousands of inquiries, and a sender is waiting.
_MAX_OF_A_SIGN: Final = 20
_MAX_MESSAGES: Final = 200
_MAX_COMPARED_CHARS: Final = 4_000


def find_candidates(
    connection: Connection, looked_for: Collection[str], references: Collection[str]
) -> list[Candidate]:
    """Find the newest inquiries with one of these signs or references. Merged ones are left out."""
    found = _with_signs(connection, tuple(looked_for)) if looked_for else set()
    if references:
        found |= _with_references(connection, references)
    return read_candidates(connection, found) if found else []


def read_candidates(connection: Connection, inquiry_ids: Collection[str]) -> list[Candidate]:
    """Read inquiries as candidates, with their newest messages and all signs of those."""
    said: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(_newest_messages(inquiry_ids)):
        said[row.inquiry_id].append(row)
    if left := set(inquiry_ids) - said.keys():  # behind the many messages of others
        for row in connection.execute(_newest_of_each(left)):
            said[row.inquiry_id].append(row)
    known: dict[str, set[str]] = defaultdict(set)
    query = (
        select(signs.c.sign, messages.c.inquiry_id)
        .join(messages, messages.c.id == signs.c.message_id)
        .where(messages.c.inquiry_id.in_(said))
    )
    for sign, inquiry_id in connection.execute(query):
        known[inquiry_id].add(sign)
    query = select(inquiries).where(inquiries.c.id.in_(said), inquiries.c.merged_into.is_(None))
    return [_candidate(row, said[row.id], known[row.id]) for row in connection.execute(query)]


def _with_signs(connection: Connection, looked_for: Sequence[str]) -> set[str]:
    newest = [
        select(signs.c.message_id)
        .where(signs.c.sign == sign)
        .order_by(signs.c.message_id.desc())
        .limit(_MAX_OF_A_SIGN)
        .subquery()
        for sign in looked_for
    ]
    every = union_all(*(select(one.c.message_id) for one in newest)).subquery()
    query = select(messages.c.inquiry_id).join(every, every.c.message_id == messages.c.id)
    return set(connection.scalars(query))


def _with_references(connection: Connection, references: Collection[str]) -> set[str]:
    survivor = func.coalesce(inquiries.c.merged_into, inquiries.c.id)
    return set(connection.scalars(select(survivor).where(inquiries.c.reference.in_(references))))


def _newest_messages(inquiry_ids: Collection[str]) -> Select[Any]:
    query = _messages().where(messages.c.inquiry_id.in_(inquiry_ids))
    return query.order_by(messages.c.id.desc()).limit(_MAX_MESSAGES)


def _newest_of_each(inquiry_ids: Collection[str]) -> Select[Any]:
    newest = select(func.max(messages.c.id)).where(messages.c.inquiry_id.in_(inquiry_ids))
    return _messages().where(messages.c.id.in_(newest.group_by(messages.c.inquiry_id)))


def _messages() -> Select[Any]:
    text = func.substr(messages.c.text, 1, _MAX_COMPARED_CHARS).label("text")
    columns = (messages.c[name] for name in ("inquiry_id", "received_at", "subject", "mail_id"))
    return select(*columns, messages.c.author, text)


def _candidate(row: Any, said: Sequence[Row[Any]], known: Collection[str]) -> Candidate:
    return Candidate(
        inquiry_id=row.id,
        reference=row.reference,
        progress=read_progress(row),
        resolved_at=row.resolved_at,
        signs=frozenset(known),
        messages=tuple(
            SaidBefore(one.received_at, one.subject, one.text, Contact(**one.author), one.mail_id)
            for one in said
        ),
    )
