"""Find everything of a person: their inquiries, those that they share, and who else is meant."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from inquiry_router.calls.tables import calls
from inquiry_router.database.session import Database
from inquiry_router.inquiries.store import find_as_it_is
from inquiry_router.inquiries.tables import inquiries, messages
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.privacy.data_map import BY_NAME, DATA_MAP
from inquiry_router.privacy.groups import group_of
from inquiry_router.privacy.mapped_table import MappedTable
from inquiry_router.privacy.person import Person
from inquiry_router.privacy.referral_traces import (
    TracedReferral,
    list_of_inquiries,
    trace_referrals,
)
from inquiry_router.privacy.walking import find_rows, texts_of
from inquiry_router.referrals.tables import referrals
from inquiry_router.text.folding import fold

MAX_CANDIDATES: Final = 100


@dataclass(frozen=True)
class SharedInquiry:
    """An inquiry in which others spoke too.

    `ids` are its own and those of inquiries merged into it. `person` has the names by which they
    signed here, too.
    """

    ids: tuple[str, ...]
    message_ids: tuple[str, ...]
    person: Person


@dataclass
class FoundPerson:
    """Everything of a person. `own` are the ids of inquiries in which nobody else spoke."""

    person: Person
    own: list[str] = field(default_factory=list)
    shared: list[SharedInquiry] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    referrals: list[TracedReferral] = field(default_factory=list)
    # Rows of others that mention the person, by the name of the table.
    mentions: dict[str, list[Row[Any]]] = field(default_factory=dict)
    # Inquiries that have the name, and none of the addresses and numbers.
    candidates: list[Row[Any]] = field(default_factory=list)
    # Other contacts by which the person is known in their own messages.
    also: list[dict[str, Any]] = field(default_factory=list)

    @property
    def inquiry_ids(self) -> list[str]:
        """The ids of all inquiries in which the person spoke."""
        return [*self.own, *(one for shared in self.shared for one in shared.ids)]

    @property
    def as_known(self) -> Person:
        """The person with the full names by which they signed."""
        signed = (one.get("name") or "" for one in self.also)
        full = dict.fromkeys(name for name in signed if len(name.split()) > 1)
        return replace(self.person, names=tuple(dict.fromkeys((*self.person.names, *full))))


async def find_person(
    database: Database, person: Person, confirmed: Sequence[str] = ()
) -> FoundPerson:
    """Find a person. `confirmed` are inquiries, by id or reference, that name nobody else.

    Raises `NotFound` and `Invalid` if one of them does not exist or does not have the name.
    """
    found = FoundPerson(person)
    confirmed_ids = await database.read(partial(_confirm, confirmed=confirmed, person=person))
    searched = [entry for entry in DATA_MAP if entry.mention != "leave"]
    hits = {entry.table.name: await find_rows(database, entry, person) for entry in searched}
    spoken = [row.inquiry_id for row in hits["messages"] if person.is_contact(row.author)]
    opened = [row.id for row in hits["inquiries"] if _opened(row, person)]
    found.calls = [row.id for row in hits["calls"] if row.caller in person.phones]
    touched = {*spoken, *opened, *confirmed_ids}
    for group in await _groups(database, touched):
        rows = await database.scan(partial(_messages_of, inquiry_ids=group))
        by_name = not confirmed_ids.isdisjoint(group)
        own = [row for row in rows if _is_own(row, person, by_name=by_name)]
        found.also += [row.author for row in own]
        if not own or any(_is_another(row, own) for row in rows):
            names = {row.author["name"] for row in own if row.author.get("name")}
            known = replace(person, names=(*person.names, *sorted(names)))
            found.shared.append(SharedInquiry(group, tuple(row.id for row in own), known))
        else:
            found.own += group
    await _find_referrals(database, hits["referrals"], found)
    for entry in searched:
        await _find_mentions(database, entry, hits[entry.table.name], found)
    found.candidates = await database.scan(partial(_list_candidates, found=found))
    return found


async def _find_referrals(database: Database, hits: list[Row[Any]], found: FoundPerson) -> None:
    rows = {row.id: row for row in hits}
    for some in in_parts(found.own):
        made = await database.scan(partial(list_of_inquiries, inquiry_ids=some))
        rows |= {row.id: row for row in made}
    found.referrals = trace_referrals(list(rows.values()), found.as_known, set(found.own))


def _opened(row: Row[Any], person: Person) -> bool:
    return person.is_contact({"email": row.contact_email, "phone": row.contact_phone})


def _is_own(row: Row[Any], person: Person, *, by_name: bool) -> bool:
    return person.is_contact(row.author) or (by_name and person.has_name(row.author))


def _is_another(row: Row[Any], own: Collection[Row[Any]]) -> bool:
    """True if somebody else wrote a message: they gave an address or number of their own."""
    return row not in own and bool(row.author.get("email") or row.author.get("phone"))


async def _find_mentions(
    database: Database, entry: MappedTable, rows: list[Row[Any]], found: FoundPerson
) -> None:
    """Keep the rows that are not the person's own."""
    if not rows:
        return
    gone = await database.scan(
        partial(_keys_of, table_name=entry.table.name, inquiry_ids=found.own)
    )
    key = [column.name for column in entry.table.primary_key.columns]
    kept = [row for row in rows if tuple(row._mapping[name] for name in key) not in gone]
    kept = [row for row in kept if not _is_the_persons(row, entry, found)]
    if kept:
        found.mentions[entry.table.name] = kept


def _is_the_persons(row: Row[Any], entry: MappedTable, found: FoundPerson) -> bool:
    if entry.table is calls:
        return row.id in found.calls
    if entry.table is referrals:
        return any(row.id == one.id for one in found.referrals)
    return entry.table is messages and any(row.id in one.message_ids for one in found.shared)


def _keys_of(
    connection: Connection, table_name: str, inquiry_ids: Sequence[str]
) -> set[tuple[Any, ...]]:
    entry = BY_NAME[table_name]
    if not entry.hangs_on:
        return set()
    query = select(*entry.table.primary_key.columns)
    return {
        tuple(row)
        for some in in_parts(inquiry_ids)
        for row in connection.execute(query.where(entry.rows_of(some)))
    }


def in_parts(ids: Sequence[str], size: int = 200) -> Iterable[list[str]]:
    """Cut a list of ids into parts that one statement can take."""
    return (list(ids[begin : begin + size]) for begin in range(0, len(ids), size))


async def _groups(database: Database, touched: Collection[str]) -> list[tuple[str, ...]]:
    """Return each inquiry with all that were merged into it, the survivor first."""
    groups = {}
    for inquiry_id in sorted(touched):
        group = await database.read(partial(group_of, inquiry_id=inquiry_id))
        if group:
            groups[group[0]] = group
    return list(groups.values())


def _messages_of(connection: Connection, inquiry_ids: Sequence[str]) -> list[Row[Any]]:
    query = select(messages.c.id, messages.c.inquiry_id, messages.c.author)
    return list(connection.execute(query.where(messages.c.inquiry_id.in_(inquiry_ids))))


def _confirm(connection: Connection, confirmed: Sequence[str], person: Person) -> set[str]:
    """Return the ids of confirmed inquiries. Raises `NotFound` and `Invalid`."""
    ids = set()
    for given in confirmed:
        row = find_as_it_is(connection, given)
        contact = {"name": row.contact_name}
        said = connection.execute(select(messages).where(messages.c.inquiry_id == row.id)).all()
        texts = [text for one in said for text in texts_of(one, BY_NAME["messages"])]
        named_there = any(person.has_name(one) for one in (contact, *(row.author for row in said)))
        if not named_there and not any(person.is_mentioned(one, by_name=True) for one in texts):
            raise Invalid(
                f"The inquiry {row.reference} has none of the names.",
                hint="The preview lists the candidates: confirm only what it names.",
            )
        ids.add(row.id)
    return ids


def _list_candidates(connection: Connection, found: FoundPerson) -> list[Row[Any]]:
    """List inquiries that have the name in their contact or words, the newest first."""
    if not found.person.names:
        return []
    query = select(inquiries).where(or_(*map(_has_words, found.person.names)))
    query = query.where(inquiries.c.id.not_in(found.inquiry_ids[:500]))
    newest = query.order_by(inquiries.c.received_at.desc()).limit(MAX_CANDIDATES)
    return list(connection.execute(newest))


def _has_words(name: str) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = inquiries.c.search.contains(
        fold(name.rsplit(maxsplit=1)[-1]), autoescape=True
    )
    for word in name.split()[:-1]:
        condition &= inquiries.c.search.contains(fold(word), autoescape=True)
    return condition
