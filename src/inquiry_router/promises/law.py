"""The law that nobody is in limbo. Pure.

Every open inquiry has at any moment an owner with working time left before it is due, a queue with
such a member, or a raised alarm.
"""

from datetime import datetime, timedelta
from typing import Final

from inquiry_router.promises.model import Breach, Limbo, Watched
from inquiry_router.promises.staffing import Staffing

# A due time further away than this is looked at again before it comes near.
FAR: Final = timedelta(days=7)


def find_limbo(
    watched: Watched, due_at: datetime | None, staffing: Staffing, now: datetime
) -> Limbo | None:
    """The limbo that an open inquiry is in; None if somebody has time for it before it is due.

    An inquiry of which nobody hears if it was answered is never overdue.
    """
    if not watched.is_open:
        return None
    team, owner = watched.facts.team, watched.owner_sign
    member = staffing.member(owner)
    name = member.id if member is not None else None
    if due_at is not None and due_at <= now:
        if watched.is_heard:
            return Limbo(Breach.OVERDUE, team, name, due_at)
        due_at = None
    next_work = staffing.next_work(owner, team, now)
    if next_work is not None and (due_at is None or next_work < due_at):
        return None
    if not staffing.has_team(team):
        return Limbo(Breach.NO_TEAM, team, None, due_at)
    breach = Breach.NOBODY if member is None else Breach.OWNER_AWAY
    return Limbo(breach, team, name, due_at)


def lawful_until(
    watched: Watched, due_at: datetime | None, staffing: Staffing, now: datetime
) -> datetime:
    """A moment until which an inquiry that is in no limbo now gets into none by mere time.

    That is the end of the last working time before it is due.
    """
    far = now + FAR
    if due_at is None or due_at <= now:
        return far
    if due_at > far:
        later = staffing.next_work(watched.owner_sign, watched.facts.team, far)
        if later is not None and later < due_at:
            return far
    return staffing.last_work(watched.owner_sign, watched.facts.team, now, due_at) or now
