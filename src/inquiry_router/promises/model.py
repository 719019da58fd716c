"""The values of promises: what happened to an inquiry, its clocks, and an alarm. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntFlag, StrEnum
from typing import Final

from inquiry_router.routing.promise_rules import PromiseFacts

FIRST_ANSWER: Final = "first_answer"
NEXT_ANSWER: Final = "next_answer"
RESOLUTION: Final = "resolution"
# Before the id of a deadline that a law sets.
LAW: Final = "law:"

Span = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """An entry of a timeline, as far as promises need it."""

    at: datetime
    kind: str
    details: dict[str, object]


@dataclass(frozen=True, slots=True)
class Asking:
    """The time from an opening or reopening to the resolution.

    `answer_due` is the first answer as it was decided. `messages` are those of the customer that
    came after an answer. In `pauses` we wait for the customer; the last one may have no end.
    `is_dropped`: it ended because the inquiry became part of another one.
    """

    began_at: datetime
    answer_due: datetime | None = None
    answers: tuple[datetime, ...] = ()
    messages: tuple[datetime, ...] = ()
    pauses: tuple[Span, ...] = ()
    ended_at: datetime | None = None
    is_dropped: bool = False

    @property
    def is_paused(self) -> bool:
        """True while we wait for the customer."""
        return bool(self.pauses) and self.pauses[-1][1] is None

    def paused(self, at: datetime) -> "Asking":
        """The same with the beginning of a pause, unless one goes on."""
        return self if self.is_paused else replace(self, pauses=(*self.pauses, (at, None)))

    def resumed(self, at: datetime) -> "Asking":
        """The same with the end of its pause, if there is one."""
        if not self.is_paused:
            return self
        begin, _ = self.pauses[-1]
        return replace(self, pauses=(*self.pauses[:-1], (begin, max(begin, at))))


class Ending(StrEnum):
    """The end of a clock."""

    KEPT = "kept"
    BROKEN = "broken"
    DROPPED = "dropped"  # the inquiry became part of another one, or nothing is promised any more


class Told(IntFlag):
    """The steps of a clock that people were told of."""

    NOTHING = 0
    REMINDER = 1
    FIRST_ESCALATION = 2
    SECOND_ESCALATION = 4


@dataclass(frozen=True, slots=True)
class PromiseClock:
    """One promise to one customer.

    `minutes` of working time were promised; None for a first answer, whose due time the decision
    says, and for a law. `due_at` is None while it is paused; `left` is the working time that it has
    then. `counted_from` is its beginning, or the end of its last pause.
    """

    kind: str
    began_at: datetime
    facts: PromiseFacts
    minutes: int | None = None
    due_at: datetime | None = None
    left: timedelta | None = None
    ended_at: datetime | None = None
    outcome: Ending | None = None
    told: Told = Told.NOTHING
    counted_from: datetime | None = None

    @property
    def key(self) -> tuple[str, datetime]:
        """The identity of the clock within its inquiry."""
        return self.kind, self.began_at

    @property
    def runs(self) -> bool:
        """True while the promise is to be kept and time goes by."""
        return self.ended_at is None and self.due_at is not None

    @property
    def by_law(self) -> bool:
        """True for a deadline that a law sets."""
        return self.kind.startswith(LAW)


class Breach(StrEnum):
    """The way in which an open inquiry is in limbo."""

    OVERDUE = "overdue"  # a promise has run out
    OWNER_AWAY = "owner_away"  # its owner has no working time before it is due
    NOBODY = "nobody"  # nobody of its team works before it is due
    NO_TEAM = "no_team"  # it stands with a team that does not exist any more


@dataclass(frozen=True, slots=True)
class Limbo:
    """An open inquiry that has nobody in time. An alarm is raised once for each `state`."""

    breach: Breach
    team: str
    owner: str | None
    due_at: datetime | None

    @property
    def state(self) -> str:
        """The state that an alarm is raised for."""
        who = self.owner if self.breach is Breach.OWNER_AWAY else self.team
        due = self.due_at.isoformat() if self.due_at is not None else "-"
        return f"{self.breach}:{who if self.breach is not Breach.OVERDUE else '-'}:{due}"


@dataclass(frozen=True, slots=True)
class Watched:
    """An inquiry as the watchdog sees it.

    `owner` is the name of whoever has it, `member_id` their id if we know them. `is_heard`: its
    helpdesk reports answers, or people do by API; of the others nobody knows if they were answered.
    `clocks` are those that are stored; `alarms` are the states for which an alarm is raised now.
    """

    id: str
    reference: str
    facts: PromiseFacts
    owner: str | None
    is_open: bool
    askings: tuple[Asking, ...]
    clocks: tuple[PromiseClock, ...] = ()
    alarms: frozenset[str] = frozenset()
    is_heard: bool = True
    member_id: str | None = None

    @property
    def owner_sign(self) -> str | None:
        """The sign by which the roster knows whoever has it."""
        return self.member_id or self.owner
