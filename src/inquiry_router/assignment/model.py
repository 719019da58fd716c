"""The values of assignment: an inquiry that wants somebody, loads, and turns. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from inquiry_router.inquiry.model import Channel
from inquiry_router.routing.assigning import Assign
from inquiry_router.routing.teams import Team

# The work of an inquiry, in units of capacity.
CALL_WEIGHT: Final = 3
MAIL_WEIGHT: Final = 1
_SPOKEN: Final = frozenset({Channel.PHONE})


class State(StrEnum):
    """The state of an assignment."""

    QUEUED = "queued"  # with its team, until somebody is free
    OFFERED = "offered"  # to a person who has not taken it yet
    HELD = "held"  # a person has it
    POOL = "pool"  # everybody passed it on: with the whole team


@dataclass(frozen=True, slots=True)
class Asked:
    """An inquiry that wants somebody.

    `is_sure`: neither category nor team is in doubt. `skills` are the skills of the roster that
    fit it. `people` are our people for its sure account, by role; `last` is the id of the member
    who had this customer's last inquiry. Those in `passed` were asked already.
    """

    inquiry_id: str
    team: Team
    assign: Assign
    channel: Channel
    language: str
    is_sure: bool = True
    skills: frozenset[str] = frozenset()
    people: Mapping[str, str] = field(default_factory=dict)
    last: str | None = None
    passed: frozenset[str] = frozenset()

    @property
    def is_call(self) -> bool:
        """True for a call, which weighs more and interrupts mail."""
        return self.channel in _SPOKEN

    @property
    def weight(self) -> int:
        """The work of it."""
        return CALL_WEIGHT if self.is_call else MAIL_WEIGHT

    @property
    def is_for_sales(self) -> bool:
        """True if a team of sales has it."""
        return self.team.kind == "sales"


@dataclass(frozen=True, slots=True)
class Load:
    """The open work of a member: of all kinds, of calls, and the new ones of the last hour.

    `matters` is the number of the open inquiries.
    """

    weight: int = 0
    calls: int = 0
    last_hour: int = 0
    matters: int = 0

    def plus(self, asked: Asked) -> "Load":
        """The load with one more inquiry."""
        calls = self.calls + (asked.weight if asked.is_call else 0)
        return Load(self.weight + asked.weight, calls, self.last_hour + 1, self.matters + 1)


@dataclass(slots=True)
class Turns:
    """The turns of the members of a team.

    A turn is a number that grows with each inquiry. Who was away does not catch up: nobody begins
    below the newest turn. A credit is a turn that was given back, and goes first.
    """

    latest: int = 0
    next: dict[str, int] = field(default_factory=dict)
    credits: dict[str, int] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def place(self, member_id: str) -> tuple[bool, int]:
        """The place of a member in the line: who has a credit first, then the lowest turn."""
        turn = max(self.next.get(member_id, 0), self.latest)
        return (not self.credits.get(member_id, 0), turn)

    def take(self, member_id: str) -> None:
        """Count a turn of a member."""
        self.changed.add(member_id)
        if self.credits.get(member_id, 0):
            self.credits[member_id] -= 1
            return
        turn = max(self.next.get(member_id, 0), self.latest)
        self.next[member_id] = turn + 1
        self.latest = turn

    def give_back(self, member_id: str) -> None:
        """Give a turn back to somebody who did not get the inquiry in the end."""
        self.changed.add(member_id)
        self.credits[member_id] = self.credits.get(member_id, 0) + 1


@dataclass(frozen=True, slots=True)
class Chosen:
    """The member who gets an inquiry, and why, as facts. `in_turn`: it counts as a turn.

    `login` is theirs in the helpdesk.
    """

    member_id: str
    name: str
    why: Mapping[str, Any]
    in_turn: bool
    login: str | None = None
