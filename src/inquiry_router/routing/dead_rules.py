"""Find rules that can never apply, and say why. Only what is surely dead is named. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from inquiry_router.inquiry.model import DANGERS, EntityKind
from inquiry_router.routing.conditions import Conditions, listed
from inquiry_router.routing.policy import Policy, Rule
from inquiry_router.routing.reasoning import Facts, Knowledge
from inquiry_router.routing.teams import Teams
from inquiry_router.text.folding import fold_words

# A condition of one rule and the exceptions to it, as far as they may hold.
_Clause = tuple[Conditions, Conditions | None]

_E164_PREFIX: Final = re.compile(r"\+[1-9][0-9]{0,14}")
_DOMAIN: Final = re.compile(r"[^\s@*/:,;<>]+")
_ADDRESS: Final = re.compile(r"[^\s@*,;<>]+@[^\s@*/:,;<>]+")
# How many conditions are tried value by value.
_MAX_DEPTH: Final = 2


def find_dead_rules(policy: Policy, teams: Teams, intents: Mapping[str, str]) -> list[str]:
    """A sentence for each rule that can never apply, and for each value that can never match.

    `intents` maps each intent to its category.
    """
    facts = Facts.of(policy, teams, intents)
    found = []
    for place, rule in enumerate(policy.rules):
        inside = [one for given in rule.conditions for one in _inside(given, facts)]
        if inside:
            found += [f"rule '{rule.id}': {one}" for one in inside]
        elif why := _why_never(rule, policy.rules[:place], facts):
            found.append(f"rule '{rule.id}' {why}")
    return found


def _inside(conditions: Conditions, facts: Facts) -> list[str]:
    """The values that never match, and the conditions that never hold together."""
    contradiction = _contradiction(conditions, facts)
    return [*_dead_values(conditions), *([contradiction] if contradiction else [])]


def _dead_values(conditions: Conditions) -> Iterator[str]:
    for name, why_dead in _VALUES.items():
        for value in getattr(conditions, name) or ():
            if reason := why_dead(value):
                yield f"'{name} is {value}' never holds: {reason}"


def _why_not_prefix(written: str) -> str | None:
    if _E164_PREFIX.fullmatch(written):
        return None
    return "numbers are stored as +48221234567, so write a plus and the country first"


def _why_not_domain(written: str) -> str | None:
    if "@" in written:
        return "this is an address; write it in 'email', or only its domain here"
    return None if _DOMAIN.fullmatch(written) else "a domain looks like agro.example"


def _why_not_address(written: str) -> str | None:
    if _ADDRESS.fullmatch(written):
        return None
    return "an address looks like anna@agro.example; for all of a domain there is 'email_domain'"


def _why_not_words(written: str) -> str | None:
    bare = written.rstrip("*").strip()
    if not fold_words(bare).strip():
        return "there is no letter or digit in it"
    if "*" in bare or written.endswith("**"):
        return (
            f"a * stands at the end only, for any ending: write '{bare.replace('*', '').strip()}*'"
        )
    return None


def _why_not_entity(written: str) -> str | None:
    kind, _, value = written.partition(":")
    if kind == EntityKind.DANGER and value and value not in DANGERS:
        return f"a danger is one of {', '.join(DANGERS)}"
    return None


_VALUES: Final[dict[str, Callable[[str], str | None]]] = {
    "phone_prefix": _why_not_prefix,
    "email_domain": _why_not_domain,
    "email": _why_not_address,
    "mailbox": _why_not_address,
    "entity": _why_not_entity,
    "words": _why_not_words,
    "company": _why_not_words,
}


def _contradiction(conditions: Conditions, facts: Facts) -> str | None:
    """A sentence if the conditions never hold together. It names as few of them as possible."""
    if not Knowledge(facts, conditions).impossible:
        return None
    named = conditions.named
    for size in range(1, len(named) + 1):
        for names in combinations(named, size):
            some = Conditions.model_construct(**{name: named[name] for name in names})
            if Knowledge(facts, some).impossible:
                return _describe(some, names, facts)
    raise AssertionError("all of them together are impossible")


def _describe(some: Conditions, names: Sequence[str], facts: Facts) -> str:
    last, *others = [f"'{name} is {listed(some.named[name])}'" for name in reversed(names)]
    together = f" together with {' and '.join(others)}" if others else ""
    return f"{last} never holds{together}{_because(some, names, facts)}"


def _because(some: Conditions, names: Sequence[str], facts: Facts) -> str:
    if set(names) == {"category", "intent"}:
        belonging = sorted({facts.intents[one] for one in some.intent or ()})
        return f", because it belongs to {listed(belonging)}"
    if "max_confidence" in names and "min_confidence" not in names:
        return f", because below {facts.policy.unsure_below} (unsure_below) no category is sure"
    if {"open_teams", "closed_teams"} & set(names):
        return ": see the hours of the teams"
    return ""


def _why_never(rule: Rule, before: Sequence[Rule], facts: Facts) -> str | None:
    """The reason why the rule never applies after these other ones, if it never does."""
    own: list[_Clause] = [] if rule.unless is None else [(rule.unless, None)]
    known = Knowledge(facts, rule.when)
    if _is_ruled_out(known, own, rule.unless):
        return "never applies: its 'unless' holds whenever its 'when' does"
    near = [one for one in before if not known.excludes(one.when)]
    if not _is_ruled_out(known, [*own, *map(_clause, near)], rule.unless):
        return None
    for one in near:
        if _is_ruled_out(known, [*own, _clause(one)], rule.unless):
            return f"is never reached: rule '{one.id}' before it applies whenever this one would"
    for one in list(near):
        others = [other for other in near if other is not one]
        if _is_ruled_out(known, [*own, *map(_clause, others)], rule.unless):
            near = others
    names = " and ".join(f"'{one.id}'" for one in near)
    return f"is never reached: one of the rules {names} before it applies whenever this one would"


def _clause(rule: Rule) -> _Clause:
    return rule.when, rule.unless


def _is_ruled_out(
    known: Knowledge, clauses: Sequence[_Clause], own: Conditions | None, depth: int = _MAX_DEPTH
) -> bool:
    """True if nothing is left of an inquiry when each clause has taken its part.

    A clause takes each inquiry for which its first conditions hold and its second ones do not.
    `own` are conditions that do not hold either.
    """
    known, left = known.copy(), list(clauses)
    before = None
    while before != len(left):
        before, rest = len(left), []
        for clause in left:
            if known.impossible:
                return True
            if not _take(known, clause, own):
                rest.append(clause)
        left = rest
    if known.impossible:
        return True
    if not depth:
        return False
    named = dict.fromkeys(name for when, _ in left for name in when.named)
    name = next((one for one in named if known.choices(one)), None)
    return name is not None and all(
        _is_ruled_out(_limited(known, name, value), left, own, depth - 1)
        for value in known.choices(name)
    )


def _take(known: Knowledge, clause: _Clause, own: Conditions | None) -> bool:
    """Learn what an inquiry must be like that the clause leaves. Returns False if too much may be.

    A clause that takes nothing, or of which all has been learnt, need not be looked at again.
    """
    when, unless = clause
    if known.excludes(when):
        return True
    doubtful = [
        (name, value) for name, value in when.named.items() if not known.implies(name, value)
    ]
    if unless is not None and _cannot_hold(known, unless, own):
        unless = None
    if not doubtful:
        if unless is None:
            known.impossible = True
        else:
            known.add(unless)
        return True
    if len(doubtful) == 1 and unless is None:
        known.deny(*doubtful[0])
        return True
    return False


def _cannot_hold(known: Knowledge, conditions: Conditions, own: Conditions | None) -> bool:
    together = known.copy()
    together.add(conditions)
    return together.impossible or (own is not None and together.implies_all(own))


def _limited(known: Knowledge, name: str, value: str) -> Knowledge:
    one = known.copy()
    one.limit(name, [value])
    return one
