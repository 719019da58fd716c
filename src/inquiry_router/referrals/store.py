"""The SQL of referrals: add, read, list, change."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, insert, or_, select, update

from inquiry_router.accounts.model import person_key
from inquiry_router.accounts.tables import account_roles
from inquiry_router.database.group_commit import TableRows
from inquiry_router.inquiry.account import OWNER
from inquiry_router.inquiry.errors import NotFound
from inquiry_router.inquiry.referral import CreditShare, Speaker, party_json, read_party
from inquiry_router.process.ids import is_id, new_id
from inquiry_router.referrals.model import Consent, FlagRecord, ReferralEntry, StoredReferral
from inquiry_router.referrals.signs import signs_of
from inquiry_router.referrals.stages import ReferralState
from inquiry_router.referrals.tables import (
    referral_credits,
    referral_flags,
    referral_signs,
    referral_timeline,
    referrals,
)

NO_SUCH: Final = "GET /v1/referrals lists them."
NEWEST: Final = "latest"
_PLAIN: Final = (
    "consent_at",
    "consent_note",
    "informed_at",
    "objected_at",
    "handled_by",
    "given_at",
    "warned_at",
    "amount_minor",
    "currency",
    "won_at",
)


@dataclass(frozen=True, slots=True)
class ReferralFilters:
    """The filters of a list of referrals.

    `person` has credit, handles it, or is the recommender's salesperson. `only` is
    a condition for whoever may not see all.
    """

    state: str | None = None
    candidate: bool | None = None
    person: str | None = None
    account_id: str | None = None
    inquiry_id: str | None = None
    flagged: bool | None = None
    only: ColumnElement[bool] | None = None


def add_rows(connection: Connection, rows: Iterable[TableRows]) -> None:
    """Store the rows of a new referral."""
    for table, values in rows:
        if values:
            connection.execute(insert(table), list(values))


def has_referral(connection: Connection, inquiry_id: str) -> bool:
    """True if an inquiry has made a referral already."""
    query = select(exists().where(referrals.c.inquiry_id == inquiry_id))
    return bool(connection.execute(query).scalar_one())


def find_referral_row(connection: Connection, named: str, *, lock: bool = False) -> Row[Any]:
    """Find a referral by id, or the newest one by `latest`. Raises `NotFound`."""
    query = select(referrals)
    if named == NEWEST:
        query = query.order_by(referrals.c.id.desc()).limit(1)
    elif is_id(named):
        query = query.where(referrals.c.id == named)
    else:
        raise NotFound(f"There is no referral '{named[:64]}'.", hint=NO_SUCH)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("There is no such referral.", hint=NO_SUCH)
    return row


def read_referral(connection: Connection, named: str, *, lock: bool = False) -> StoredReferral:
    """Read a referral with its credit and doubts. Raises `NotFound`."""
    return read_referrals(connection, [find_referral_row(connection, named, lock=lock)])[0]


def read_referrals(connection: Connection, rows: Sequence[Row[Any]]) -> list[StoredReferral]:
    """Read everything that hangs on these rows, in their order."""
    ids = [row.id for row in rows]
    credited: dict[str, list[CreditShare]] = defaultdict(list)
    query = select(referral_credits).where(referral_credits.c.referral_id.in_(ids))
    for one in connection.execute(query.order_by(referral_credits.c.person_key)):
        credited[one.referral_id].append(CreditShare(one.person, one.share, one.why))
    flags: dict[str, list[FlagRecord]] = defaultdict(list)
    doubts = select(referral_flags).where(referral_flags.c.referral_id.in_(ids))
    for one in connection.execute(doubts.order_by(referral_flags.c.id)):
        names = FlagRecord.__slots__
        flags[one.referral_id].append(FlagRecord(**{name: getattr(one, name) for name in names}))
    return [_stored(row, tuple(credited[row.id]), tuple(flags[row.id])) for row in rows]


def _stored(
    row: Row[Any], credited: tuple[CreditShare, ...], flags: tuple[FlagRecord, ...]
) -> StoredReferral:
    return StoredReferral(
        id=row.id,
        inquiry_id=row.inquiry_id,
        state=ReferralState(row.state),
        candidate=row.candidate,
        origin=row.origin,
        speaker=Speaker(row.speaker),
        language=row.language,
        recommender=read_party(row.recommender),
        prospect=read_party(row.prospect),
        need=row.need,
        reasons=tuple(row.reasons),
        received_at=row.received_at,
        changed_at=row.changed_at,
        expires_at=row.expires_at,
        version=row.version,
        consent=Consent(row.consent) if row.consent is not None else None,
        credits=credited,
        flags=flags,
        **{name: getattr(row, name) for name in _PLAIN},
    )


def list_referrals(
    connection: Connection, filters: ReferralFilters, after: str | None, limit: int
) -> list[StoredReferral]:
    """List referrals, the newest first; those after the one with this id."""
    query = select(referrals).where(*_conditions(filters))
    if after is not None:
        query = query.where(referrals.c.id < after)
    rows = connection.execute(query.order_by(referrals.c.id.desc()).limit(limit)).all()
    return read_referrals(connection, rows)


def _conditions(filters: ReferralFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.state is not None:
        found.append(referrals.c.state == filters.state)
    if filters.candidate is not None:
        found.append(referrals.c.candidate.is_(filters.candidate))
    if filters.inquiry_id is not None:
        found.append(referrals.c.inquiry_id == filters.inquiry_id)
    if filters.account_id is not None:
        account = filters.account_id
        found.append(
            or_(
                referrals.c.recommender_account_id == account,
                referrals.c.prospect_account_id == account,
            )
        )
    if filters.person is not None:
        found.append(is_of_person(person_key(filters.person)))
    if filters.only is not None:
        found.append(filters.only)
    if filters.flagged is not None:
        doubt = exists().where(
            referral_flags.c.referral_id == referrals.c.id, referral_flags.c.verdict.is_(None)
        )
        found.append(doubt if filters.flagged else ~doubt)
    return found


def is_of_person(key: str) -> ColumnElement[bool]:
    """Referrals that one of our people has to do with."""
    credited = select(referral_credits.c.referral_id).where(referral_credits.c.person_key == key)
    owned = select(account_roles.c.account_id).where(
        account_roles.c.person_key == key, account_roles.c.role == OWNER
    )
    return or_(
        referrals.c.id.in_(credited),
        referrals.c.handled_by_key == key,
        referrals.c.recommender_account_id.in_(owned),
    )


def is_among(connection: Connection, referral_id: str, only: ColumnElement[bool]) -> bool:
    """True if a referral fulfils a condition."""
    query = select(exists().where(referrals.c.id == referral_id, only))
    return bool(connection.execute(query).scalar_one())


def change(
    connection: Connection, before: StoredReferral, now: datetime, **values: Any
) -> StoredReferral:
    """Change columns of a referral that the caller has locked. Returns it as it is now."""
    statement = update(referrals).where(referrals.c.id == before.id)
    connection.execute(statement.values(**values, changed_at=now, version=before.version + 1))
    return read_referral(connection, before.id)


def set_party(
    connection: Connection, before: StoredReferral, now: datetime, **parties: Any
) -> StoredReferral:
    """Replace the recommender or the prospect, with everything that follows from them."""
    values: dict[str, Any] = {}
    for side, party in parties.items():
        values[side] = party_json(party)
        values[f"{side}_account_id"] = party.account_id
    after = change(connection, before, now, **values)
    if "prospect" in parties:
        theirs = referral_signs.c.referral_id == before.id
        connection.execute(delete(referral_signs).where(theirs))
        signs = [{"sign": one, "referral_id": before.id} for one in signs_of(after.prospect)]
        if signs:
            connection.execute(insert(referral_signs), signs)
    return after


def set_credits(connection: Connection, referral_id: str, credited: Iterable[CreditShare]) -> None:
    """Replace the credit of a referral."""
    theirs = referral_credits.c.referral_id == referral_id
    connection.execute(delete(referral_credits).where(theirs))
    rows = [
        {
            "referral_id": referral_id,
            "person_key": person_key(one.person),
            "person": one.person,
            "share": one.share,
            "why": one.why,
        }
        for one in credited
    ]
    if rows:
        connection.execute(insert(referral_credits), rows)


def add_entry(
    connection: Connection,
    referral_id: str,
    at: datetime,
    kind: str,
    actor: str,
    details: dict[str, Any] | None = None,
) -> None:
    """Add an entry to the timeline of a referral."""
    values = {
        "id": new_id(),
        "referral_id": referral_id,
        "at": at,
        "kind": kind,
        "actor": actor,
        "details": details or {},
    }
    connection.execute(insert(referral_timeline).values(values))


def read_timeline(connection: Connection, referral_id: str) -> list[ReferralEntry]:
    """Read the timeline of a referral, the oldest entry first."""
    query = select(referral_timeline).where(referral_timeline.c.referral_id == referral_id)
    rows = connection.execute(query.order_by(referral_timeline.c.id))
    return [ReferralEntry(row.at, row.kind, row.actor, row.details) for row in rows]


def find_open_by_sign(connection: Connection, signs: Sequence[str], now: datetime) -> list[str]:
    """Find open, protected referrals of a prospect who has one of these signs, newest first."""
    if not signs:
        return []
    open_states = ("received", "consent_known", "contacted", "qualified")
    query = (
        select(referrals.c.id)
        .join(referral_signs, referral_signs.c.referral_id == referrals.c.id)
        .where(referral_signs.c.sign.in_(signs), referrals.c.state.in_(open_states))
        .where(referrals.c.expires_at > now, referrals.c.candidate.is_(False))
        .distinct()
        .order_by(referrals.c.id.desc())
    )
    return list(connection.scalars(query))
