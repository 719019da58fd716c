"""Draw conclusions from conditions: do some imply or exclude others? Sound, not complete. Pure."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any, Final, NamedTuple

from inquiry_router.inquiry.model import Channel
from inquiry_router.routing.conditions import Conditions
from inquiry_router.routing.policy import Policy
from inquiry_router.routing.teams import Teams
from inquiry_router.routing.week import ALWAYS, bits_of_days, bits_of_hours, bits_of_time
from inquiry_router.text.folding import phrase_pattern

# Of which an inquiry has one at most.
_SINGLE: Final = (
    "category",
    "intent",
    "secondary",
    "channel",
    "source",
    "called_number",
    "language",
    "email",
    "tier",
    "owner",
)
# Which only a known customer has.
_OF_ACCOUNTS: Final = frozenset({"account", "tier", "owner"})
# Of which it has one, which may be on the list in a wider form.
_NESTED: Final = ("email_domain", "phone_prefix")

# A domain has no more parts that matter.
_MAX_PARTS: Final = 32
# How many values of a condition are tried one by one.
_MAX_CHOICES: Final = 12


class Facts(NamedTuple):
    """Everything around a policy that bears on its conditions.

    `intents` maps each intent to its category. `contained` maps each phrase of the policy to those
    that occur wherever it does. `hours` maps each team to its hours, and to the minutes in which it
    works in some week and in every week.
    """

    policy: Policy
    intents: Mapping[str, str]
    contained: Mapping[str, frozenset[str]]
    hours: Mapping[str, tuple[object, int, int]]

    @classmethod
    def of(cls, policy: Policy, teams: Teams, intents: Mapping[str, str]) -> "Facts":
        """Collect the facts about a policy."""
        given = [one for rule in policy.rules for one in rule.conditions]
        phrases = {
            phrase: phrase_pattern(phrase)
            for one in given
            for phrase in (*(one.words or ()), *(one.company or ()))
        }
        written = defaultdict(set)
        for phrase, pattern in phrases.items():
            written[pattern].add(phrase)
        contained = {
            phrase: frozenset().union(*(written.get(part, ()) for part in _parts(pattern)))
            for phrase, pattern in phrases.items()
        }
        hours = {
            team.id: (team.working_hours, *bits_of_hours(team.working_hours, policy.timezone))
            for team in teams.teams
        }
        return cls(policy, intents, contained, hours)

    def wider(self, name: str, entry: str) -> Iterable[str]:
        """All entries of this condition that hold wherever this one does, itself among them."""
        match name:
            case "words" | "company":
                return self.contained[entry]
            case "entity":
                return entry, entry.partition(":")[0]
            case "email_domain":
                parts = entry.split(".")[-_MAX_PARTS:]
                return (entry, *(".".join(parts[place:]) for place in range(len(parts))))
            case "phone_prefix":
                return (entry[:length] for length in range(1, len(entry) + 1))
            case _:
                return (entry,)

    def hours_of(self, team: str) -> tuple[object, int, int]:
        """The hours of a team; unlike any other's if there is no such team."""
        return self.hours.get(team, (team, ALWAYS, 0))


def _parts(pattern: str) -> Iterator[str]:
    """All patterns that occur wherever this one does: each of them begins with a space."""
    yield pattern
    for begin, character in enumerate(pattern):
        if character == " ":
            for end in range(begin + 2, len(pattern) + 1):
                yield pattern[begin:end]


class Knowledge:
    """All that is known of an inquiry for which some conditions hold and others do not."""

    def __init__(self, facts: Facts, *holding: Conditions) -> None:
        self._facts = facts
        # The values that a condition leaves, by its name; missing if it leaves all.
        self._left: dict[str, frozenset[str]] = {"channel": frozenset(Channel)}
        self._denied: dict[str, frozenset[str]] = {}
        # Lists of which some entry holds.
        self._some: dict[str, tuple[tuple[str, ...], ...]] = {}
        self._least, self._most = 0.0, 1.0
        self._minutes = ALWAYS
        self._present: dict[str, bool] = {}
        self.impossible = False
        for conditions in holding:
            self.add(conditions)

    def copy(self) -> "Knowledge":
        """The same knowledge, to be extended."""
        other = Knowledge(self._facts)
        other.__dict__.update(self.__dict__)
        other._left, other._denied = dict(self._left), dict(self._denied)
        other._some, other._present = dict(self._some), dict(self._present)
        return other

    def add(self, conditions: Conditions) -> None:
        """Learn that all these conditions hold."""
        for name, value in conditions.named.items():
            self._learn(name, value)
        self._conclude()

    def limit(self, name: str, values: Iterable[str]) -> None:
        """Learn that a condition with these values holds."""
        self._learn(name, list(values))
        self._conclude()

    def deny(self, name: str, value: Any) -> None:
        """Learn that a condition does not hold."""
        match name:
            case "min_confidence":
                self._most = min(self._most, math.nextafter(value, -math.inf))
            case "max_confidence":
                self._least = max(self._least, math.nextafter(value, math.inf))
            case "weekday" | "time":
                self._minutes &= ~_bits(name, value)
            case "open_teams" | "closed_teams":
                other = "closed_teams" if name == "open_teams" else "open_teams"
                for team in value:
                    self._learn(other, [team])
            case "attachment" | "known_customer":
                self._set_present(name, there=False)
            case _:
                self._deny_entries(name, frozenset(value))
        self._conclude()

    def implies(self, name: str, value: Any) -> bool:
        """True if a condition surely holds."""
        return self.impossible or self._implies(name, value)

    def implies_all(self, conditions: Conditions) -> bool:
        """True if all these conditions surely hold."""
        return all(self.implies(name, value) for name, value in conditions.named.items())

    def excludes(self, conditions: Conditions) -> bool:
        """True if these conditions surely do not hold together."""
        together = self.copy()
        together.add(conditions)
        return together.impossible

    def choices(self, name: str) -> frozenset[str]:
        """The values that are left to a condition, if they are few; else none."""
        left = self._left.get(name, frozenset())
        return left if 1 < len(left) <= _MAX_CHOICES else frozenset()

    def _learn(self, name: str, value: Any) -> None:
        match name:
            case "min_confidence":
                self._least = max(self._least, value)
            case "max_confidence":
                self._most = min(self._most, value)
            case "weekday" | "time":
                self._minutes &= _bits(name, value)
            case "open_teams" | "closed_teams":
                self._minutes &= self._bits_of_teams(name, value, surely=False)
            case "attachment" | "known_customer":
                self._set_present(name, there=True)
        if name in _OF_ACCOUNTS:
            self._set_present("known_customer", there=True)
        if name in _SINGLE:
            self._left[name] = self._left.get(name, frozenset(value)) & frozenset(value)
        elif isinstance(value, list) and name not in ("weekday", "time"):
            self._some[name] = (*self._some.get(name, ()), tuple(value))

    def _set_present(self, name: str, *, there: bool) -> None:
        self.impossible |= self._present.get(name, there) is not there
        self._present[name] = there

    def _deny_entries(self, name: str, denied: frozenset[str]) -> None:
        if name in _SINGLE:
            self._denied[name] = self._denied.get(name, frozenset()) | denied
            return
        if name in self._some:
            self._some[name] = tuple(
                tuple(one for one in entries if not self._is_within(name, one, denied))
                for entries in self._some[name]
            )
        if name == "email_domain" and "email" in self._left:
            self._left["email"] = frozenset(
                one for one in self._left["email"] if not self._is_within(name, _host(one), denied)
            )

    def _conclude(self) -> None:
        """Draw the conclusions from one condition to another."""
        for name, denied in self._denied.items():
            if name in self._left:
                self._left[name] -= denied
        self._match_intents()
        self._match_addresses()
        self._tell_categories_apart()
        threshold = self._facts.policy.unsure_below
        if threshold is not None and self._left.keys() & {"category", "intent"}:
            self._least = max(self._least, threshold)
        self.impossible = (
            self.impossible
            or self._least > self._most
            or not self._minutes
            or not all(self._left.values())
            or not all(all(lists) for lists in self._some.values())
            or any(self._are_apart(name) for name in _NESTED)
            or self._hours_contradict()
        )

    def _match_intents(self) -> None:
        """An intent belongs to its category."""
        intents, known = self._left.get("intent"), self._facts.intents
        if intents is None or not intents <= known.keys():
            return
        own = frozenset(known[intent] for intent in intents)
        categories = self._left.get("category", own) & own
        self._left["category"] = categories
        self._left["intent"] = frozenset(one for one in intents if known[one] in categories)

    def _tell_categories_apart(self) -> None:
        """The second category is another one than the first."""
        for name, other in (("category", "secondary"), ("secondary", "category")):
            if len(self._left.get(name, ())) == 1 and other in self._left:
                self._left[other] -= self._left[name]

    def _match_addresses(self) -> None:
        """An address is in its domain."""
        if "email" in self._left:
            for domains in map(frozenset, self._some.get("email_domain", ())):
                self._left["email"] = frozenset(
                    one
                    for one in self._left["email"]
                    if self._is_within("email_domain", _host(one), domains)
                )

    def _are_apart(self, name: str) -> bool:
        """True if two lists of domains, or of prefixes, have nothing in common."""
        lists = self._some.get(name, ())
        return any(
            not self._is_any_within(name, first, second)
            and not self._is_any_within(name, second, first)
            for first, second in combinations(lists, 2)
        )

    def _is_any_within(self, name: str, some: Iterable[str], others: Iterable[str]) -> bool:
        wide = frozenset(others)
        return any(self._is_within(name, one, wide) for one in some)

    def _hours_contradict(self) -> bool:
        """True if all teams of a list that some works of have the hours of one that is closed."""
        hours = {
            name: [{self._facts.hours_of(team)[0] for team in teams} for teams in self._some[name]]
            for name in ("open_teams", "closed_teams")
            if name in self._some
        }
        if len(hours) < 2:
            return False
        surely = {
            name: {one for several in lists if len(several) == 1 for one in several}
            for name, lists in hours.items()
        }
        return any(one <= surely["closed_teams"] for one in hours["open_teams"]) or any(
            one <= surely["open_teams"] for one in hours["closed_teams"]
        )

    def _implies(self, name: str, value: Any) -> bool:
        match name:
            case "min_confidence":
                return bool(self._least >= value)
            case "max_confidence":
                return bool(self._most <= value)
            case "weekday" | "time":
                return not self._minutes & ~_bits(name, value)
            case "open_teams" | "closed_teams":
                return self._implies_hours(name, value)
            case "attachment" | "known_customer":
                return self._present.get(name) is True
            case _:
                return self._implies_entry(name, value)

    def _implies_entry(self, name: str, entries: list[str]) -> bool:
        if name in _SINGLE:
            return name in self._left and self._left[name] <= frozenset(entries)
        known, wide = self._some.get(name, ()), frozenset(entries)
        if name == "email_domain" and "email" in self._left:
            known = (*known, tuple(map(_host, self._left["email"])))
        return any(all(self._is_within(name, one, wide) for one in several) for several in known)

    def _implies_hours(self, name: str, teams: list[str]) -> bool:
        if not self._minutes & ~self._bits_of_teams(name, teams, surely=True):
            return True
        wanted = {self._facts.hours_of(team)[0] for team in teams}
        return any(
            {self._facts.hours_of(team)[0] for team in given} <= wanted
            for given in self._some.get(name, ())
        )

    def _bits_of_teams(self, name: str, teams: Iterable[str], *, surely: bool) -> int:
        """The minutes in which one of the teams works, or does not: in some or in every week."""
        found = 0
        for team in teams:
            _, some, every = self._facts.hours_of(team)
            if name == "open_teams":
                found |= every if surely else some
            else:
                found |= ALWAYS & ~(some if surely else every)
        return found

    def _is_within(self, name: str, entry: str, entries: frozenset[str]) -> bool:
        return not entries.isdisjoint(self._facts.wider(name, entry))


def _host(address: str) -> str:
    return address.rpartition("@")[2]


def _bits(name: str, value: Sequence[str]) -> int:
    return _bits_of(name, tuple(value))


@lru_cache(maxsize=1024)
def _bits_of(name: str, value: tuple[str, ...]) -> int:
    return bits_of_days(value) if name == "weekday" else bits_of_time(value)
