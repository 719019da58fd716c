"""Times for callbacks: in a team's working hours, on the quarter of an hour. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from inquiry_router.phone.prompts import Clock
from inquiry_router.routing.working_hours import WorkingHours, add_working_minutes, is_open

_QUARTER = timedelta(minutes=15)


def callback_slots(
    hours: WorkingHours, now: datetime, first_after: int, every: int, count: int
) -> tuple[datetime, ...]:
    """Return up to `count` times in UTC.

    The first is after `first_after` working minutes, the others `every` working minutes apart.
    """
    slots: list[datetime] = []
    at, wait = now, first_after
    for _ in range(count):
        moment = _after(hours, at, wait)
        if moment is None:
            break
        slots.append(moment)
        at, wait = moment, every
    return tuple(slots)


def _after(hours: WorkingHours, at: datetime, minutes: int) -> datetime | None:
    due = add_working_minutes(hours, at, minutes)
    if due is None:
        return None
    rounded = _quarter(due)
    if is_open(hours, rounded):
        return rounded
    opened = add_working_minutes(hours, rounded, 1)
    if opened is None:
        return None
    opening = _quarter(opened - timedelta(minutes=1))
    return opening if is_open(hours, opening) else None


def _quarter(at: datetime) -> datetime:
    """This moment, or the next full quarter of an hour."""
    since = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at + (_QUARTER - since) if since else at


def say_time(at: datetime, now: datetime, timezone: str, clock: Clock) -> str:
    """Say a time in words: `jutro o ósmej trzydzieści`.

    A day within a week is said by its weekday, a later one by its date.
    """
    zone = ZoneInfo(timezone)
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    distance = (local.date() - today).days
    if distance in (0, 1):
        day = (clock.today, clock.tomorrow)[distance]
    elif distance < 7:
        day = clock.weekdays[local.weekday()]
    else:
        day = f"{local.day} {clock.months[local.month - 1]}"
    minutes = clock.minutes.get(local.minute, f" {local.minute:02}")
    if local.hour == 0 and local.minute in clock.past_midnight:
        return clock.past_midnight[local.minute].replace("{day}", day)
    hour = clock.hours[local.hour]
    return clock.at.replace("{day}", day).replace("{hour}", hour.replace("{minutes}", minutes))
