"""Find, export and erase the part of a person in referrals. The other party stays."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, or_, select, update

from inquiry_router.privacy.mapped_table import MappedTable
from inquiry_router.privacy.person import ERASED, Person, without_quotations
from inquiry_router.privacy.referral_map import REFERRAL_TABLES
from inquiry_router.referrals.tables import (
    hints,
    referral_feedback,
    referral_flags,
    referral_signs,
    referral_timeline,
    referrals,
)

_PARTIES: Final = ("recommender", "prospect")
_FACTS: Final = ("name", "phone", "email")


@dataclass(frozen=True)
class TracedReferral:
    """A referral of the person: as which parties, and if the words in it are theirs.

    `person` has the names by which the referral calls them, too.
    """

    id: str
    parties: tuple[str, ...]
    spoke: bool
    person: Person


def trace_referrals(
    rows: Sequence[Row[Any]], person: Person, own_inquiries: Collection[str]
) -> list[TracedReferral]:
    """Return the referrals among rows in which the person is a party, or wrote."""
    found = []
    for row in rows:
        wrote = row.inquiry_id in own_inquiries
        parties = [one for one in _PARTIES if _is_theirs(row._mapping[one], person)]
        if wrote and row.speaker in _PARTIES:
            parties.append(row.speaker)
        if parties or wrote:
            facts = [(row._mapping[one].get("name") or {}) for one in parties]
            names = [one[key] for one in facts for key in ("value", "words") if one.get(key)]
            known = replace(person, names=tuple(dict.fromkeys((*person.names, *names))))
            spoke = wrote or row.speaker in parties
            found.append(TracedReferral(row.id, tuple(dict.fromkeys(parties)), spoke, known))
    return found


def _is_theirs(party: dict[str, Any], person: Person) -> bool:
    contact = {name: (party.get(name) or {}).get("value") for name in _FACTS}
    return person.is_contact(contact) or person.has_name(contact)


def list_of_inquiries(connection: Connection, inquiry_ids: list[str]) -> list[Row[Any]]:
    """List the referrals that inquiries made."""
    query = select(referrals).where(referrals.c.inquiry_id.in_(inquiry_ids))
    return list(connection.execute(query))


def export_referrals(
    connection: Connection, traced: Sequence[TracedReferral]
) -> dict[str, list[dict[str, Any]]]:
    """Read the person's referrals and what hangs on them, without the data of the other party.

    What became of a prospect is theirs alone: the recommender gets the doubts only.
    """
    exported: dict[str, list[dict[str, Any]]] = {}
    for one in traced:
        row = connection.execute(select(referrals).where(referrals.c.id == one.id)).first()
        if row is None:
            continue
        hidden = {name for name in _PARTIES if name not in one.parties}
        other = _other_person([row._mapping[name] for name in hidden], one.person)
        hidden |= set() if one.spoke else {"need", "reasons"}
        found = {key: row._mapping[key] for key in row._mapping if key not in hidden}
        exported.setdefault("referrals", []).append(other.mask(found, by_name=True))
        of_prospect = (referral_timeline, referral_feedback)
        for table in (referral_flags, *(of_prospect if "prospect" in one.parties else ())):
            rows = connection.execute(select(table).where(_hangs(table, one))).all()
            masked = [other.mask(dict(row._mapping), by_name=True) for row in rows]
            exported.setdefault(table.name, []).extend(masked)
    return exported


def _other_person(parties: Sequence[dict[str, Any]], person: Person) -> Person:
    """The contacts of parties, as those of one person; what a person shares with them is theirs."""
    values: dict[str, list[str]] = {
        name: [one[name]["value"] for one in parties if (one.get(name) or {}).get("value")]
        for name in _FACTS
    }
    emails = frozenset(one.casefold() for one in values["email"])
    names = tuple(one for one in values["name"] if one not in person.names)
    return Person(emails - person.emails, frozenset(values["phone"]) - person.phones, names)


def erase_in_referrals(connection: Connection, traced: Sequence[TracedReferral]) -> None:
    """Erase a person from referrals and from everything that hangs on them."""
    for one in traced:
        row = connection.execute(select(referrals).where(referrals.c.id == one.id)).first()
        if row is None:
            continue
        values: dict[str, Any] = {
            name: one.person.mask(_emptied(row._mapping[name], name in one.parties), by_name=True)
            for name in _PARTIES
        }
        values["need"] = None
        values["consent_note"] = ERASED if row.consent_note else None
        values["reasons"] = one.person.mask(row.reasons, by_name=True)
        connection.execute(update(referrals).where(referrals.c.id == one.id).values(values))
        _erase_what_hangs_on(connection, one)


def _emptied(party: dict[str, Any], is_theirs: bool) -> dict[str, Any]:
    return {**party, **dict.fromkeys(_FACTS)} if is_theirs else party


def _erase_what_hangs_on(connection: Connection, one: TracedReferral) -> None:
    if "prospect" in one.parties:
        personal = or_(*(referral_signs.c.sign.startswith(f"{kind}:") for kind in _FACTS[1:]))
        connection.execute(delete(referral_signs).where(_hangs(referral_signs, one), personal))
        noted = referral_feedback.c.note.is_not(None)
        statement = update(referral_feedback).where(_hangs(referral_feedback, one), noted)
        connection.execute(statement.values(note=ERASED))
    _mask_all(connection, _entry(referral_flags), one)
    _mask_all(connection, _entry(referral_timeline), one)


def _mask_all(connection: Connection, entry: MappedTable, one: TracedReferral) -> None:
    table = entry.table
    for row in connection.execute(select(table).where(_hangs(table, one))).all():
        values = {
            name: one.person.mask(without_quotations(row._mapping[name]), by_name=True)
            for name in entry.personal
        }
        connection.execute(update(table).where(table.c.id == row.id).values(values))


def _hangs(table: Any, one: TracedReferral) -> Any:
    return table.c.referral_id == one.id


def _entry(table: Any) -> MappedTable:
    return next(entry for entry in REFERRAL_TABLES if entry.table is table)


def forget_praise(connection: Connection, inquiry_ids: list[str]) -> None:
    """Empty the words of customers in hints, with the inquiries that had them."""
    theirs = hints.c.inquiry_id.in_(inquiry_ids) & hints.c.words.is_not(None)
    connection.execute(update(hints).where(theirs).values(words=None))
