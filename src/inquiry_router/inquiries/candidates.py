"""Find the inquiries that a message may be part of, by the signs they have in common."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Executable,
    Row,
    Select,
    Subquery,
    bindparam,
    func,
    select,
    union_all,
)

from inquiry_router.inquiries.rows import read_progress
from inquiry_router.inquiries.tables import inquiries, messages, signs
from inquiry_router.inquiry.matter import MIN_WORDS, TICKET, WORD, Candidate, SaidBefore
from inquiry_router.inquiry.model import Contact

# Of one sign: a switchboard has thousands of inquiries, and a sender is waiting.
_MAX_OF_A_SIGN: Final = 20
# A company or a surname is worth less still: evidence decides on a few of their inquiries.
_MAX_OF_MANY: Final = 8
_OF_MANY: Final = ("name:", "company:", "domain:")
# Of a word, which many inquiries of one company may have.
_MAX_OF_A_WORD: Final = 40
_MAX_MESSAGES: Final = 200
_MAX_COMPARED_CHARS: Final = 4_000
# Signs that join however long ago.
_LASTING: Final = (TICKET, "mail:")

# Statements are made once: making them would take as long as asking.
_OF_THESE: Final = messages.c.inquiry_id.in_(bindparam("ids", expanding=True))
_SAID: Final[Select[Any]] = (
    select(
        *(inquiries.c[name] for name in ("id", "reference", "status", "channel", "team")),
        *(inquiries.c[name] for name in ("placed_by", "answered_at", "resolved_at")),
        inquiries.c.received_at,
        messages.c.received_at.label("said_at"),
        *(messages.c[name] for name in ("subject", "mail_id", "author")),
        func.substr(messages.c.text, 1, _MAX_COMPARED_CHARS).label("text"),
    )
    .join(inquiries, inquiries.c.id == messages.c.inquiry_id)
    .where(inquiries.c.merged_into.is_(None))
)
_NEWEST: Final = _SAID.where(_OF_THESE).order_by(messages.c.id.desc()).limit(_MAX_MESSAGES)
_NEWEST_OF_EACH: Final = _SAID.where(
    messages.c.id.in_(
        select(func.max(messages.c.id)).where(_OF_THESE).group_by(messages.c.inquiry_id)
    )
)
_SIGNS: Final[Select[Any]] = (
    select(messages.c.inquiry_id, signs.c.sign)
    .join(signs, signs.c.message_id == messages.c.id)
    .where(_OF_THESE)
)
_later: Final = messages.alias()
_LAST_SAID_AT: Final = (
    select(_later.c.received_at)
    .where(_later.c.inquiry_id == messages.c.inquiry_id)
    .order_by(_later.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_ANY: Final = (
    select(signs.c.sign).where(signs.c.sign.in_(bindparam("signs", expanding=True))).limit(1)
)
_REFERENCED: Final = select(inquiries.c.id, inquiries.c.merged_into, inquiries.c.reference).where(
    inquiries.c.reference.in_(bindparam("references", expanding=True))
)


def find_candidates(
    connection: Connection,
    looked_for: Collection[str],
    references: Collection[str],
    since: datetime | None = None,
) -> list[Candidate]:
    """Find the newest inquiries with one of these signs or references. Merged ones are left out.

    After `since` something was said in them, unless they have the ticket or the mail in common.
    """
    found = _with_signs(connection, looked_for, since) if looked_for else set()
    quoted = _with_references(connection, references) if references else {}
    found |= quoted.keys()
    return read_candidates(connection, found, quoted) if found else []


def read_candidates(
    connection: Connection,
    inquiry_ids: Collection[str],
    quoted: Mapping[str, str] = MappingProxyType({}),
    before: str | None = None,
) -> list[Candidate]:
    """Read inquiries as candidates, with their newest messages and all signs of those.

    `quoted` are the references that led to them. `before` is a message, of which only older ones
    are read.
    """
    said: dict[str, list[Row[Any]]] = defaultdict(list)
    newest = _NEWEST if before is None else _NEWEST.where(messages.c.id < before)
    for row in connection.execute(newest, {"ids": list(inquiry_ids)}).all():
        said[row.id].append(row)
    left = set(inquiry_ids) - said.keys() if before is None else set()
    if left:  # behind the many messages of others
        for row in connection.execute(_NEWEST_OF_EACH, {"ids": list(left)}).all():
            said[row.id].append(row)
    known: dict[str, set[str]] = defaultdict(set)
    for inquiry_id, sign in connection.execute(_SIGNS, {"ids": list(said)}).all():
        known[inquiry_id].add(sign)
    return [
        _candidate(rows, quoted.get(inquiry_id, rows[0].reference), known[inquiry_id])
        for inquiry_id, rows in said.items()
    ]


def _with_references(connection: Connection, references: Collection[str]) -> dict[str, str]:
    """Find the inquiries that references lead to, also through merges, each with the reference."""
    found = {}
    for row in connection.execute(_REFERENCED, {"references": list(references)}).all():
        survivor, further = row.id, row.merged_into
        while further is not None:
            survivor = further
            merged = select(inquiries.c.merged_into).where(inquiries.c.id == survivor)
            further = connection.execute(merged).scalar()
        found[survivor] = row.reference
    return found


def _with_signs(
    connection: Connection, looked_for: Collection[str], since: datetime | None
) -> set[str]:
    words = [one for one in looked_for if one.startswith(WORD)]
    found = _with_words(connection, words, since) if len(words) >= MIN_WORDS else set()
    looked_for = set(looked_for).difference(words)
    # Most customers are new: this tells so in a quarter of the time.
    if not looked_for or connection.scalar(_ANY, {"signs": list(looked_for)}) is None:
        return found
    lasting = [one for one in looked_for if since is None or one.startswith(_LASTING)]
    passing = sorted(looked_for.difference(lasting), key=_is_of_many)
    of_many = sum(map(_is_of_many, passing))
    values = {f"sign{number}": sign for number, sign in enumerate((*lasting, *passing))}
    query = _newest_with(len(lasting), len(passing) - of_many, of_many)
    return found.union(connection.scalars(query, {**values, "since": since}).all())


def _with_words(connection: Connection, words: Sequence[str], since: datetime | None) -> set[str]:
    """Find the newest inquiries with a message that has some of these words in common."""
    values = {f"sign{number}": word for number, word in enumerate(words)}
    query = _newest_with_words(len(words), is_limited=since is not None)
    return set(connection.scalars(query, {**values, "since": since}).all())


@lru_cache(maxsize=64)
def _newest_with_words(count: int, *, is_limited: bool) -> Executable:
    """Make the query for the newest inquiries with some of so many words."""
    every = _of_each([_MAX_OF_A_WORD] * count, range(count))
    shared = (
        select(every.c.message_id)
        .group_by(every.c.message_id)
        .having(func.count() >= MIN_WORDS)
        .order_by(every.c.message_id.desc())
        .limit(_MAX_OF_MANY)
        .subquery()
    )
    found = select(messages.c.inquiry_id).join(shared, shared.c.message_id == messages.c.id)
    if not is_limited:
        return found
    return found.where(bindparam("since", type_=messages.c.received_at.type) <= _LAST_SAID_AT)


def _is_of_many(sign: str) -> bool:
    return sign.startswith(_OF_MANY)


@lru_cache(maxsize=256)
def _newest_with(lasting: int, passing: int, of_many: int) -> Executable:
    """Make the query for the newest inquiries with each of so many signs."""
    parts = []
    limits = [_MAX_OF_A_SIGN] * (lasting + passing) + [_MAX_OF_MANY] * of_many
    if lasting:
        parts.append(_of_messages(range(lasting), limits))
    if passing or of_many:
        since = bindparam("since", type_=messages.c.received_at.type)
        others = _of_messages(range(lasting, len(limits)), limits)
        parts.append(others.where(since <= _LAST_SAID_AT))
    return parts[0] if len(parts) == 1 else union_all(*parts)


def _of_messages(numbers: Iterable[int], limits: Sequence[int]) -> Select[Any]:
    every = _of_each(limits, numbers)
    return select(messages.c.inquiry_id).join(every, every.c.message_id == messages.c.id)


def _of_each(limits: Sequence[int], numbers: Iterable[int]) -> Subquery:
    """Select the newest messages that have each of the signs with these numbers."""
    newest = [
        select(signs.c.message_id)
        .where(signs.c.sign == bindparam(f"sign{number}"))
        .order_by(signs.c.message_id.desc())
        .limit(limits[number])
        .subquery()
        for number in numbers
    ]
    return union_all(*(select(one.c.message_id) for one in newest)).subquery()


def _candidate(rows: Sequence[Any], reference: str, known: Collection[str]) -> Candidate:
    newest = rows[0]
    return Candidate(
        inquiry_id=newest.id,
        reference=reference,
        progress=read_progress(newest),
        resolved_at=newest.resolved_at,
        signs=frozenset(known),
        messages=tuple(
            SaidBefore(one.said_at, one.subject, one.text, Contact(**one.author), one.mail_id)
            for one in rows
        ),
    )
