"""A company that is simulated for weeks: people, absences, inquiries, and the watchdog's looks.

Everything happens on quarters of an hour, so that a second reading of the law, slot by slot and
without the code that is tested, is exact.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from inquiry_router.promises.clocks import earliest_due
from inquiry_router.promises.looking import Look, Setting, look_at
from inquiry_router.promises.model import Asking, PromiseClock, Told, Watched
from inquiry_router.promises.staffing import Staffing
from inquiry_router.routing.promise_rules import PromiseFacts, PromiseRules
from inquiry_router.routing.teams import Teams
from inquiry_router.routing.working_hours import WorkingHours, add_working_minutes, is_open
from inquiry_router.staff.model import Absence, Member, Roster
from tests.promises.samples import DAY, MONDAY

SLOT = timedelta(minutes=15)
WEEKS = 4
# Over Christmas and New Year: 11 days that are off or between days off.
BEGIN = MONDAY + 21 * DAY
END = BEGIN + WEEKS * 7 * DAY
# A promise may run out after the end.
HORIZON = END + 30 * DAY
PATTERNS = (
    None,
    WorkingHours("Europe/Warsaw", (((360, 840),),) * 3 + ((),) * 4, "PL"),
    WorkingHours("Europe/Warsaw", (((1320, 1800),),) * 5 + ((),) * 2),
    WorkingHours("Europe/Warsaw", ((),) * 5 + (((600, 900),),) * 2),
)
RULES = PromiseRules.model_validate(
    {
        "rows": [
            {"priority": ["urgent"], "next_answer_minutes": 60, "resolution_minutes": 480},
            {"team": ["customer_service"], "next_answer_minutes": 480},
        ]
    }
)


@dataclass
class Matter:
    """An inquiry of the simulation, with the alarms that are raised and everything told."""

    watched: Watched
    next_at: datetime | None
    told: list[tuple[tuple[str, datetime], Told]] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    due_at: datetime | None = None

    @property
    def asking(self) -> Asking:
        return self.watched.askings[-1]


class World:
    """Weeks of a company, from one seed."""

    def __init__(self, seed: int, teams: Teams) -> None:
        self.random = Random(seed)
        self.teams = teams
        self.rules = RULES
        self.roster = Roster(self._people())
        self.matters: list[Matter] = []
        self.looks = 0
        self._slots: dict[tuple[Member | None, str, int], bool] = {}

    def run(self) -> None:
        """Live through the weeks; after each moment at which something happened, keep the law."""
        now = BEGIN
        while now < END:
            for _ in range(self.random.choice((0, 0, 1, 2))):
                self._happen(now)
            self._watch(now)
            self.check(now)
            now += SLOT * self.random.choice((1, 2, 7, 40, 90))

    def check(self, now: datetime) -> None:
        """The law, read a second time."""
        for matter in self.matters:
            assert self._is_lawful(matter, now), (now, matter)

    def _people(self) -> tuple[Member, ...]:
        count = self.random.choice((0, 1, 2, 4))
        return tuple(self._person(number) for number in range(count))

    def _person(self, number: int) -> Member:
        teams = self.random.choice(
            (("customer_service",), ("sales",), ("customer_service", "sales"))
        )
        pattern = self.random.choice(PATTERNS)
        absences = tuple(self._absence() for _ in range(self.random.choice((0, 1, 2))))
        name = f"Osoba {number}"
        return Member(f"m{number}", name, teams=teams, hours=pattern, absences=absences)

    def _absence(self) -> Absence:
        first = (BEGIN + self.random.randrange(WEEKS * 7) * DAY).date()
        return Absence(first, first + timedelta(days=self.random.randrange(12)))

    def _happen(self, now: datetime) -> None:
        what = self.random.choice(
            (
                "arrive",
                "arrive",
                "answer",
                "message",
                "resolve",
                "assign",
                "leave",
                "people",
                "await",
            )
        )
        if what == "arrive":
            self._arrive(now)
        elif what == "leave":
            self._change_one(lambda one: replace(one, away_since=now, away_until=self._until(now)))
        elif what == "people":
            added = (self._absence(),)
            self._change_one(lambda one: replace(one, absences=(*one.absences, *added)))
        elif open_ones := [one for one in self.matters if one.watched.is_open]:
            self._act(self.random.choice(open_ones), what, now)

    def _until(self, now: datetime) -> datetime | None:
        return self.random.choice((None, now + 30 * SLOT, now + 5 * DAY))

    def _change_one(self, change) -> None:
        """Change one of the people: then all open inquiries are looked at again."""
        if not self.roster.members:
            return
        place = self.random.randrange(len(self.roster.members))
        members = list(self.roster.members)
        members[place] = change(members[place])
        self.roster = Roster(tuple(members), self.roster.revision + 1)
        for matter in self.matters:
            self._touch(matter)

    def _arrive(self, now: datetime) -> None:
        team = self.random.choice(("customer_service", "sales", "triage"))
        priority = self.random.choice(("normal", "urgent"))
        minutes = self.random.choice((None, 60, 240, 960))
        hours = self.teams.by_id[team].working_hours
        due_at = add_working_minutes(hours, now, minutes) if minutes else None
        if priority == "urgent" and minutes:
            due_at = now + timedelta(minutes=minutes)  # as callers in danger are promised
        facts = PromiseFacts(team, "defect", None, priority, None, self.random.random() < 0.3)
        number = str(len(self.matters))
        watched = Watched(number, number, facts, None, True, (Asking(now, due_at),))
        self.matters.append(Matter(watched, now))

    def _act(self, matter: Matter, what: str, now: datetime) -> None:
        asking = matter.asking
        if what == "assign":
            names = [one.name for one in self.roster.members] or ["somebody"]
            matter.watched = replace(matter.watched, owner=self.random.choice(names))
        elif what == "answer":
            asking = replace(asking, answers=(*asking.answers, now)).paused(now)
        elif what == "await":
            asking = asking.paused(now)
        elif what == "message" and asking.is_paused:
            messages = (*asking.messages, now) if asking.answers else asking.messages
            asking = replace(asking.resumed(now), messages=messages)
        elif what == "resolve":
            asking = replace(asking, ended_at=now)
            matter.watched = replace(matter.watched, is_open=False)
        askings = (*matter.watched.askings[:-1], asking)
        matter.watched = replace(matter.watched, askings=askings)
        matter.next_at = now

    def _touch(self, matter: Matter) -> None:
        if matter.next_at is not None:
            matter.next_at = BEGIN

    def _watch(self, now: datetime) -> None:
        """Look at everything whose time has come, each as often as it asked for since."""
        for matter in self.matters:
            while matter.next_at is not None and matter.next_at <= now:
                self._look(matter, max(matter.next_at, self._last(matter, now)))

    def _last(self, matter: Matter, now: datetime) -> datetime:
        """Looks at a change happen now; others happened when their time came."""
        return now if matter.next_at == BEGIN else BEGIN

    def _look(self, matter: Matter, at: datetime) -> None:
        self.looks += 1
        setting = Setting(self.rules, self.teams, Staffing(self.teams, self.roster))
        look: Look = look_at(matter.watched, setting, at)
        assert look.next_at is None or look.next_at > at
        matter.told += [(step.clock.key, step.step) for step in look.steps]
        state = look.limbo.state if look.limbo is not None else None
        if state is not None and state not in matter.alarms:
            matter.alarms.append(state)
        raised = frozenset({state} if state is not None else ())
        matter.watched = replace(matter.watched, clocks=look.clocks, alarms=raised)
        matter.next_at, matter.due_at = look.next_at, look.due_at

    def _is_lawful(self, matter: Matter, now: datetime) -> bool:
        watched = matter.watched
        if not watched.is_open or watched.alarms:
            return True
        due_at = earliest_due(watched.clocks) or HORIZON
        first, last = (now - BEGIN) // SLOT, (due_at - BEGIN) // SLOT
        team = self.teams.by_id[watched.facts.team]
        named = [one for one in self.roster.members if one.name == watched.owner]
        people = named or self.roster.of_team(team.id)
        return any(
            self._works(one, team.id, slot)
            for one in people or (None,)
            for slot in range(first, last)
        )

    def _works(self, member: Member | None, team_id: str, slot: int) -> bool:
        """True if somebody works in a slot; for nobody, if the team does."""
        key = (member, team_id, slot)
        if key not in self._slots:
            team, at = self.teams.by_id[team_id], BEGIN + slot * SLOT
            self._slots[key] = (
                is_open(team.working_hours, at) if member is None else member.is_working(team, at)
            )
        return self._slots[key]


def clock_keys(clocks: tuple[PromiseClock, ...]) -> list[tuple[str, datetime]]:
    return [one.key for one in clocks]
