"""The board: asked, qualified, won; teams by default, a person only by their own wish. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from inquiry_router.inquiry.errors import Conflict, Forbidden

# Quality weighs more than number: nobody climbs by asking everybody.
ASKED: Final = 1
QUALIFIED: Final = 5
WON: Final = 15
UNRELIABLE: Final = -3
PUPIL: Final = 5
MAX_COUNTED_ASKS: Final = 20
# A manager goes first with so many asks of their own in the last weeks.
FIRST_ASKS: Final = 2
# So many customers won make somebody a mentor, if they like.
MENTOR_FROM: Final = 3


@dataclass(frozen=True, slots=True)
class Deeds:
    """Everything that one of our people did in a season. Shares of referrals count as shares."""

    key: str
    person: str
    asked: int = 0
    refused: int = 0
    qualified: float = 0
    won: float = 0
    unreliable: float = 0
    pupils: int = 0

    @property
    def score(self) -> float:
        """Their points."""
        asked = min(self.asked, MAX_COUNTED_ASKS)
        points = asked * ASKED + self.qualified * QUALIFIED + self.won * WON
        return round(points + self.unreliable * UNRELIABLE + self.pupils * PUPIL, 1)


@dataclass(frozen=True, slots=True)
class BoardPerson:
    """A choice of one of our people, and their place in the company."""

    key: str
    person: str
    teams: tuple[str, ...] = ()
    is_manager: bool = False
    by_name: bool = False
    is_mentor: bool = False
    mentor_key: str | None = None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One row of the board: a team, or a person who wants to be named."""

    name: str
    asked: int
    refused: int
    qualified: float
    won: float
    score: float
    is_manager: bool = False
    is_mentor: bool = False
    mentor_offered: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """The board of a season."""

    teams: tuple[BoardRow, ...] = ()
    people: tuple[BoardRow, ...] = ()
    unnamed: int = 0


def make_board(deeds: Iterable[Deeds], people: Mapping[str, BoardPerson]) -> Board:
    """Rank teams, and the people who chose to be named."""
    by_team: dict[str, list[Deeds]] = defaultdict(list)
    named, unnamed = [], 0
    for one in with_pupils(deeds, people):
        who = people.get(one.key)
        for team in who.teams if who is not None and who.teams else ("",):
            by_team[team].append(one)
        if who is not None and who.by_name:
            named.append(_row(one.person, [one], who))
        else:
            unnamed += 1
    teams = [_row(team, found, None) for team, found in by_team.items()]
    return Board(_ranked(teams), _ranked(named), unnamed)


def with_pupils(deeds: Iterable[Deeds], people: Mapping[str, BoardPerson]) -> list[Deeds]:
    """Add the first success of each pupil to their mentor."""
    found = list(deeds)
    successes: dict[str, int] = defaultdict(int)
    for one in found:
        who = people.get(one.key)
        if who is not None and who.mentor_key is not None and one.won > 0:
            successes[who.mentor_key] += 1
    known = {one.key for one in found}
    mentors = [
        Deeds(key, people[key].person) for key in successes if key not in known and key in people
    ]
    return [
        Deeds(
            *(one.key, one.person, one.asked, one.refused),
            *(one.qualified, one.won, one.unreliable, successes.get(one.key, 0)),
        )
        for one in (*found, *mentors)
    ]


def _row(name: str, found: Sequence[Deeds], who: BoardPerson | None) -> BoardRow:
    won = round(sum(one.won for one in found), 2)
    return BoardRow(
        name,
        sum(one.asked for one in found),
        sum(one.refused for one in found),
        round(sum(one.qualified for one in found), 2),
        won,
        round(sum(one.score for one in found), 1),
        who is not None and who.is_manager,
        who is not None and who.is_mentor,
        who is not None and not who.is_mentor and won >= MENTOR_FROM,
    )


def _ranked(rows: Iterable[BoardRow]) -> tuple[BoardRow, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.score, row.name)))


def check_season(begins_on: date, ends_on: date, *, is_manager: bool, own_asks: int) -> None:
    """Refuse a season whose manager has not gone first. Raises `Forbidden` and `Conflict`."""
    if not is_manager:
        raise Forbidden(
            "A season is opened by a manager.",
            hint="Enter the manager in PUT /v1/staff/{id} with the kind 'manager'.",
        )
    if ends_on <= begins_on:
        raise Conflict("The season ends before it begins.", hint="Swap the days.")
    if own_asks < FIRST_ASKS:
        raise Conflict(
            f"The manager has asked {own_asks} customers in the last 30 days; managers go first.",
            hint=f"Record {FIRST_ASKS} asks of your own: POST /v1/asks.",
        )


@dataclass(frozen=True, slots=True)
class Silence:
    """One of our people who does not ask, and what it would be worth. For their manager."""

    person: str
    customers: int
    asked: int
    worth_minor: int


def coach(
    customers: Mapping[str, tuple[str, int]], asked: Mapping[str, int], won_per_ask: float,
    average_minor: int,
) -> tuple[Silence, ...]:  # fmt: skip
    """List those who asked least of their customers, those with the most to win first."""
    found = []
    for key, (person, count) in customers.items():
        done = asked.get(key, 0)
        left = max(0, count - done)
        worth = int(left * won_per_ask * average_minor)
        found.append(Silence(person, count, done, worth))
    return tuple(sorted(found, key=lambda one: (one.asked, -one.worth_minor, one.person)))
