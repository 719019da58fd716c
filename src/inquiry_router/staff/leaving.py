"""People who left: their names stay theirs while referrals, rewards or accounts bear them."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from inquiry_router.accounts.model import person_key
from inquiry_router.inquiry.errors import Conflict
from inquiry_router.staff.model import Member
from inquiry_router.staff.tables import staff_left


def keep_name(connection: Connection, member: Member, now: datetime) -> None:
    """Keep the name of somebody who leaves from those who come."""
    key = person_key(member.name)
    values = {"name_key": key, "name": member.name, "member_id": member.id, "left_at": now}
    connection.execute(insert(staff_left).values(values))


def take_back(connection: Connection, name: str) -> str | None:
    """Give the name back to somebody who returns. Returns the id that they had, if one is known."""
    theirs = staff_left.c.name_key == person_key(name)
    member_id: str | None = connection.execute(
        select(staff_left.c.member_id).where(theirs)
    ).scalar()
    connection.execute(delete(staff_left).where(theirs))
    return member_id


def refuse_name_of_leaver(connection: Connection, name: str) -> None:
    """Refuse a name that belongs to somebody who left. Raises `Conflict`."""
    query = select(staff_left).where(staff_left.c.name_key == person_key(name))
    row = connection.execute(query).first()
    if row is not None:
        raise Conflict(
            f"{row.name} left on {row.left_at:%Y-%m-%d}; accounts, referrals or rewards bear this "
            "name, and would pass to whoever gets it.",
            hint="For somebody else, write the name with something more. If they come back, send "
            '"comes_back": true to POST /v1/staff.',
        )
