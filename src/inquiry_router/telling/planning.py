"""Plan by which channel, at which address and when somebody hears of a notice. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import Final, Literal
from zoneinfo import ZoneInfo

from inquiry_router.routing.fields import DAYS
from inquiry_router.telling.model import (
    Colleague,
    Colleagues,
    Outlet,
    Preference,
    Receiver,
    StoredNotice,
    Telling,
)
from inquiry_router.telling.settings import (
    GroupMember,
    KindSettings,
    QuietHours,
    TellingSettings,
    read_clock,
)

# Kinds that cannot wait for the morning.
URGENT: Final = frozenset({"alarm", "escalation", "synthetic_failed", "offer_urgent"})
# Kinds that are bundled unless the admin says otherwise.
DIGESTED: Final = frozenset({"line_for_digest", "hint", "referral_step"})
How = Literal["at_once", "digest", "never"]
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that planning needs to know of the company at one moment."""

    settings: TellingSettings
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
    colleagues: Colleagues = field(default_factory=Colleagues)
    # By source: the destination that can answer the customer in the ticket.
    helpdesks: Mapping[str, str] = field(default_factory=dict)
    # By channel: the domain of the Message-IDs of its mails.
    domains: Mapping[str, str] = field(default_factory=dict)
    own_addresses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Target:
    """Somebody to be told: one of our people, or an address."""

    channels: Sequence[str]
    language: str
    member: Colleague | None = None
    address: str | None = None
    preference: Preference = field(default_factory=Preference)


# Counts what an address was told since a moment.
CountTold = Callable[[str, datetime], int]


def plan(stored: StoredNotice, office: Office, now: datetime, told: CountTold) -> list[Telling]:
    """Find everybody whom a notice is for, each with channel, address and time.

    Empty if nobody is to be told, or nobody can be: `explain_nobody` says why.
    """
    kind = stored.notice.kind
    how = way_of(kind, office.settings)
    if how == "never":
        return []
    targets = _targets(stored.notice.to, office)
    ways = (_way(stored, target, office, how, now, told) for target in targets)
    found: dict[tuple[str, str], Telling] = {}
    for way in ways:
        if way is not None:
            found.setdefault((way.channel, way.address), way)
    return list(found.values())


def explain_nobody(stored: StoredNotice, office: Office) -> str:
    """Say why a notice reaches nobody, with the cure."""
    settings, to = office.settings, stored.notice.to
    if way_of(stored.notice.kind, settings) == "never":
        return "the settings tell nobody of this kind"
    if not _targets(to, office):
        if to.member_id is not None:
            return f"there is no member of staff '{to.member_id}'"
        return f"the group '{to.group}' has nobody: name its members in the settings of telling"
    if not settings.channels:
        return "no channel is set: name one in `channels` of PUT /v1/telling/settings"
    return "no channel has an address of the receiver: give them an e-mail address or a number"


def way_of(kind: str, settings: TellingSettings) -> How:
    """The way in which notices of a kind are told."""
    chosen = settings.kinds.get(kind, KindSettings()).how
    return chosen or ("digest" if kind in DIGESTED else "at_once")


def is_urgent(kind: str, settings: TellingSettings) -> bool:
    """True if notices of a kind break quiet hours."""
    chosen = settings.kinds.get(kind, KindSettings()).urgent
    return kind in URGENT if chosen is None else chosen


def _targets(to: Receiver, office: Office) -> list[_Target]:
    settings, colleagues = office.settings, office.colleagues
    if to.member_id is not None:
        member = colleagues.by_id.get(to.member_id)
        return [] if member is None else [_member(member, office)]
    group = to.group or ""
    if group not in settings.groups:
        return [_member(one, office) for one in colleagues.of_group(group)]
    listed = (_listed(one, office) for one in settings.groups[group])
    return [one for one in listed if one is not None]


def _member(
    member: Colleague, office: Office, channel: str | None = None, language: str | None = None
) -> _Target:
    preference = office.colleagues.preferences.get(member.id, Preference())
    own = office.settings.channels if preference.channels is None else preference.channels
    spoken = language or preference.language or member.language or office.settings.language
    return _Target(own if channel is None else [channel], spoken, member, None, preference)


def _listed(entry: GroupMember, office: Office) -> _Target | None:
    if entry.member is not None:
        member = office.colleagues.by_id.get(entry.member)
        return None if member is None else _member(member, office, entry.channel, entry.language)
    channels = [entry.channel] if entry.channel is not None else []
    return _Target(channels, entry.language or office.settings.language, None, entry.address or "")


def _way(
    stored: StoredNotice,
    target: _Target,
    office: Office,
    how: How,
    now: datetime,
    told: CountTold,
) -> Telling | None:
    settings, kind = office.settings, stored.notice.kind
    wanted = settings.kinds.get(kind, KindSettings()).channels or target.channels
    if target.member is None:  # an address belongs to its own channel
        wanted = target.channels
    for channel in wanted:
        outlet = office.outlets.get(channel)
        address = None if outlet is None else address_for(outlet, target.member, target.address)
        if outlet is None or not outlet.enabled or address is None:
            continue
        language = target.language if target.language in ("pl", "en", "de") else "en"
        due = _due_at(kind, how, target, settings, now, partial(told, address))
        name, member_id = (target.member.name, target.member.id) if target.member else ("", None)
        return Telling(stored, channel, address, name, language, due, member_id)
    return None


def address_for(outlet: Outlet, member: Colleague | None, address: str | None) -> str | None:
    """The address of somebody in an outlet; empty if it needs none, None if they have none."""
    if outlet.kind == "smtp":
        found = address if member is None else member.email
        return found if found and "@" in found else None
    if outlet.kind == "sms":
        found = address if member is None else member.phone
        return found or None
    return ""


def _due_at(
    kind: str,
    how: How,
    target: _Target,
    settings: TellingSettings,
    now: datetime,
    told: Callable[[datetime], int],
) -> datetime:
    if is_urgent(kind, settings):
        return now
    if how == "digest" or target.preference.digest:
        return next_time(
            now, read_clock(settings.digest_at), settings.zone, _working_days(settings)
        )
    quiet = quiet_hours_of(target.preference, settings)
    due = end_of_quiet(now, quiet, settings.zone) if quiet is not None else now
    if due == now and told(now - _HOUR) >= settings.at_most_an_hour:
        due = now.replace(minute=0, second=0, microsecond=0) + _HOUR
    return due


def quiet_hours_of(preference: Preference, settings: TellingSettings) -> QuietHours | None:
    """The quiet hours of a person: their own, or those of the company."""
    company = settings.quiet_hours
    if preference.quiet_from is None or preference.quiet_to is None:
        return company
    days = company.days_off if company is not None else []
    return QuietHours(begin=preference.quiet_from, end=preference.quiet_to, days_off=days)


def end_of_quiet(now: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """Return the moment at which the quiet that reigns now ends; `now` if there is none."""
    begin, end = read_clock(quiet.begin), read_clock(quiet.end)
    local = now.astimezone(zone)
    for _ in range(16):
        if DAYS[local.weekday()] in quiet.days_off:
            local = _at(local + timedelta(days=1), end if begin > end else time(0))
        elif _is_within(local.time(), begin, end):
            over_midnight = begin > end and local.time() >= begin
            local = _at(local + timedelta(days=int(over_midnight)), end)
        else:
            break
    return now if local == now.astimezone(zone) else local.astimezone(now.tzinfo)


def next_time(now: datetime, at: time, zone: ZoneInfo, days: Sequence[str]) -> datetime:
    """Return the next moment with this time of day, on one of these days."""
    local = _at(now.astimezone(zone), at)
    while local <= now or (days and DAYS[local.weekday()] not in days):
        local = _at(local + timedelta(days=1), at)
    return local.astimezone(now.tzinfo)


def _working_days(settings: TellingSettings) -> list[str]:
    off = settings.quiet_hours.days_off if settings.quiet_hours is not None else []
    return [day for day in DAYS if day not in off]


def _is_within(moment: time, begin: time, end: time) -> bool:
    if begin == end:
        return False
    if begin < end:
        return begin <= moment < end
    return moment >= begin or moment < end


def _at(day: datetime, moment: time) -> datetime:
    return day.replace(hour=moment.hour, minute=moment.minute, second=0, microsecond=0)
