"""The SQL of staff: load everybody, add, replace, remove, say who is away."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from inquiry_router.accounts.model import person_key
from inquiry_router.inquiry.errors import Conflict, Invalid, NotFound, PreconditionFailed
from inquiry_router.process.ids import new_id
from inquiry_router.routing.fields import DAYS
from inquiry_router.routing.spans import read_spans
from inquiry_router.routing.working_hours import WorkingHours
from inquiry_router.staff.checks import circle_of_absences
from inquiry_router.staff.leaving import refuse_name_of_leaver, take_back
from inquiry_router.staff.model import Absence, Member, MemberKind, Roster
from inquiry_router.staff.tables import staff, staff_revision

_NO_SUCH_HINT = "GET /v1/staff lists everybody; give the id, the name or the e-mail address."
_CIRCLE_HINT = "Name another substitute in one of these absences, or move it."


@dataclass(frozen=True, slots=True)
class AbsenceData:
    """Planned days off, with the substitute's id or name."""

    first: date
    last: date
    substitute: str | None


@dataclass(frozen=True, slots=True)
class MemberData:
    """Everything that people say about a member. Substitutes are ids, names or addresses."""

    name: str
    kind: MemberKind
    email: str | None
    phone: str | None
    helpdesk_user: str | None
    language: str
    teams: tuple[str, ...]
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    capacity: int | None
    limit_an_hour: int | None
    timezone: str
    holidays: str | None
    hours: dict[str, list[str]] | None
    substitute: str | None
    buffer_days: int
    absences: tuple[AbsenceData, ...]


@dataclass(frozen=True, slots=True)
class StoredMember:
    """A member as they are stored; `hours` and `holidays` as they were written."""

    member: Member
    hours: dict[str, list[str]] | None
    holidays: str | None
    version: int
    created_at: datetime
    changed_at: datetime


def load_revision(connection: Connection) -> int:
    """Read the number of changes so far."""
    return connection.execute(select(staff_revision.c.revision)).scalar() or 0


def load_roster(connection: Connection) -> Roster:
    """Read everybody."""
    revision = load_revision(connection)
    return Roster(tuple(one.member for one in list_members(connection)), revision)


def list_members(connection: Connection) -> list[StoredMember]:
    """List everybody, in the order in which they were entered."""
    return [_stored(row) for row in connection.execute(select(staff).order_by(staff.c.id))]


def find_member(connection: Connection, named: str) -> StoredMember:
    """Find a member by id, name or e-mail address. Raises `NotFound`."""
    return _stored(_find(connection, named))


def add_member(
    connection: Connection, data: MemberData, now: datetime, *, comes_back: bool = False
) -> str:
    """Add a member. Returns their id; whoever comes back gets the one that they had.

    Raises `Conflict` for a name, address or circle.
    """
    count_up(connection)
    member_id = (take_back(connection, data.name) if comes_back else None) or new_id()
    _require_free(connection, data, member_id)
    values = {**_values(connection, data, member_id), "version": 1, "created_at": now}
    connection.execute(insert(staff).values(id=member_id, **values, changed_at=now))
    _refuse_circles(connection)
    return member_id


def replace_member(
    connection: Connection, member_id: str, data: MemberData, expected: int, now: datetime
) -> None:
    """Replace everything of a member but their presence.

    Raises `PreconditionFailed` unless `expected` is the version, `Conflict` as `add_member` does.
    """
    count_up(connection)
    _require_free(connection, data, member_id)
    this = (staff.c.id == member_id) & (staff.c.version == expected)
    values = {**_values(connection, data, member_id), "version": expected + 1, "changed_at": now}
    if connection.execute(update(staff).where(this).values(**values)).rowcount == 0:
        raise PreconditionFailed()
    _refuse_circles(connection)


def set_presence(
    connection: Connection,
    member_id: str,
    away_since: datetime | None,
    away_until: datetime | None,
    now: datetime,
) -> None:
    """Say that a member is away from now on, or here again."""
    count_up(connection)
    values = {"away_since": away_since, "away_until": away_until, "changed_at": now}
    connection.execute(update(staff).where(staff.c.id == member_id).values(**values))


def remove_member(connection: Connection, member_id: str, expected: int) -> None:
    """Remove a member. Raises `Conflict` while they stand in for somebody."""
    count_up(connection)
    roster = load_roster(connection)
    for other in roster.members:
        named = {other.substitute, *(one.substitute for one in other.absences)}
        if member_id in named:
            raise Conflict(
                f"They are the substitute of {other.name}.",
                hint=f"Name another substitute: PUT /v1/staff/{other.id}.",
            )
    this = (staff.c.id == member_id) & (staff.c.version == expected)
    if connection.execute(delete(staff).where(this)).rowcount == 0:
        raise PreconditionFailed()


def count_up(connection: Connection) -> None:
    """Increment the revision first, so that changes of staff follow each other."""
    revision = staff_revision.c.revision
    if connection.execute(update(staff_revision).values(revision=revision + 1)).rowcount == 0:
        connection.execute(insert(staff_revision).values(id=1, revision=1))


def _find(connection: Connection, named: str) -> Row[Any]:
    by_name = staff.c.name_key == person_key(named)
    wanted = or_(staff.c.id == named, by_name, staff.c.email == named.strip().lower())
    row = connection.execute(select(staff).where(wanted)).first()
    if row is None:
        raise NotFound("There is nobody of that name or id among the staff.", hint=_NO_SUCH_HINT)
    return row


def _require_free(connection: Connection, data: MemberData, member_id: str) -> None:
    refuse_name_of_leaver(connection, data.name)
    same = staff.c.name_key == person_key(data.name)
    if data.email is not None:
        same = or_(same, staff.c.email == data.email)
    row = connection.execute(select(staff).where(same, staff.c.id != member_id)).first()
    if row is None:
        return
    what = "name" if row.name_key == person_key(data.name) else "e-mail address"
    raise Conflict(
        f"{row.name} ({row.id}) has this {what} already.",
        hint="Accounts name people by name, and links go to addresses, so each has their own: "
        f"change that member, PUT /v1/staff/{row.id}, or write the name with something more.",
    )


def _values(connection: Connection, data: MemberData, member_id: str) -> dict[str, Any]:
    absences = [
        {
            "first": one.first.isoformat(),
            "last": one.last.isoformat(),
            "substitute": _substitute(connection, one.substitute, data, member_id),
        }
        for one in sorted(data.absences, key=lambda absence: absence.first)
    ]
    return {
        "name": data.name,
        "name_key": person_key(data.name),
        "kind": data.kind,
        "email": data.email,
        "phone": data.phone,
        "helpdesk_user": data.helpdesk_user,
        "language": data.language,
        "teams": list(data.teams),
        "languages": list(data.languages),
        "skills": list(data.skills),
        "capacity": data.capacity,
        "limit_an_hour": data.limit_an_hour,
        "timezone": data.timezone,
        "holidays": data.holidays,
        "hours": data.hours,
        "substitute_id": _substitute(connection, data.substitute, data, member_id),
        "buffer_days": data.buffer_days,
        "absences": absences,
    }


def _substitute(
    connection: Connection, named: str | None, data: MemberData, member_id: str
) -> str | None:
    """The id of a substitute. Raises `Invalid` for nobody, or the member's own self."""
    if named is None:
        return None
    if person_key(named) == person_key(data.name) or named in (member_id, data.email):
        raise Invalid(
            f"{data.name} cannot be their own substitute.",
            hint="Name somebody else, or leave the substitute out.",
        )
    try:
        found: str = _find(connection, named).id
    except NotFound:
        raise Invalid(
            "The substitute is nobody of the staff.",
            hint="Enter them first (POST /v1/staff), or take a name from GET /v1/staff.",
        ) from None
    return found


def _refuse_circles(connection: Connection) -> None:
    found = circle_of_absences(load_roster(connection).members)
    if found is not None:
        raise Conflict(f"{found}.", hint=_CIRCLE_HINT)


def _stored(row: Row[Any]) -> StoredMember:
    hours = None
    if row.hours is not None:
        week = tuple(read_spans(row.hours.get(day, [])) for day in DAYS)
        hours = WorkingHours(row.timezone, week, row.holidays)
    absences = tuple(
        Absence(
            date.fromisoformat(one["first"]), date.fromisoformat(one["last"]), one["substitute"]
        )
        for one in row.absences
    )
    member = Member(
        id=row.id,
        name=row.name,
        kind=row.kind,
        email=row.email,
        phone=row.phone,
        helpdesk_user=row.helpdesk_user,
        language=row.language,
        teams=tuple(row.teams),
        languages=tuple(row.languages),
        skills=tuple(row.skills),
        capacity=row.capacity,
        limit_an_hour=row.limit_an_hour,
        timezone=row.timezone,
        hours=hours,
        substitute=row.substitute_id,
        buffer_days=row.buffer_days,
        absences=absences,
        away_since=row.away_since,
        away_until=row.away_until,
    )
    return StoredMember(
        member, row.hours, row.holidays, row.version, row.created_at, row.changed_at
    )
