"""Notices: what somebody is to be told, and their receivers. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

# Groups that always exist. A team is `team:` and its id.
ALARMS: Final = "alarms"
MANAGERS: Final = "managers"
CUSTOMER: Final = "customer"
TEAM: Final = "team:"


@dataclass(frozen=True, slots=True)
class Receiver:
    """One of our people by id, or a group: `alarms`, `managers`, `team:sales`, or one by name."""

    member_id: str | None = None
    group: str | None = None

    def __post_init__(self) -> None:
        """Refuse a receiver that is nobody, or both."""
        if (self.member_id is None) == (self.group is None):
            raise ValueError("name either a member or a group")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that somebody is to be told, once for each `key`.

    `facts` fill in the text of its `kind`.
    """

    kind: str
    key: str
    to: Receiver
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    inquiry_id: str | None = None


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """A notice with its id and the time at which it was added."""

    id: str
    notice: Notice
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Colleague:
    """One of our people, as far as telling them is concerned."""

    id: str
    name: str
    kind: Literal["agent", "salesperson", "manager"] = "agent"
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    teams: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Outlet:
    """A destination by which people are told, of the kind `smtp`, `sms`, `teams` and so on."""

    id: str
    kind: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Preference:
    """Everything that one person chose about how they are told. None: as the company set it."""

    channels: tuple[str, ...] | None = None
    language: str | None = None
    quiet_from: str | None = None
    quiet_to: str | None = None
    digest: bool | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """One notice on its way to one address by one channel, not before `due_at`.

    `address` is empty where the channel itself is the address.
    """

    notice: StoredNotice
    channel: str
    address: str
    name: str
    language: str
    due_at: datetime
    member_id: str | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Our people and what they prefer, at one moment."""

    by_id: Mapping[str, Colleague] = field(default_factory=dict)
    preferences: Mapping[str, Preference] = field(default_factory=dict)

    @classmethod
    def of(
        cls, people: Iterable[Colleague], preferences: Mapping[str, Preference] | None = None
    ) -> "Colleagues":
        """Collect people by id."""
        return cls({one.id: one for one in people}, preferences or {})

    def find(self, email: str | None, name: str | None) -> Colleague | None:
        """Find somebody by their address, else by their name, whatever its case and spacing."""
        for one in self.by_id.values():
            if email and one.email and one.email.lower() == email.lower():
                return one
        wanted = " ".join((name or "").split()).casefold()
        named = (one for one in self.by_id.values() if one.name.casefold() == wanted)
        return next(named, None) if wanted else None

    def of_group(self, group: str) -> list[Colleague]:
        """List the members of a group that needs no settings: managers, or a team."""
        if group.startswith(TEAM):
            team = group.removeprefix(TEAM)
            return [one for one in self.by_id.values() if team in one.teams]
        if group in (MANAGERS, ALARMS):
            return [one for one in self.by_id.values() if one.kind == "manager"]
        return []
