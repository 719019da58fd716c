"""The difference of two policies, as sentences for people. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from inquiry_router.inquiry.condition_words import short_value
from inquiry_router.inquiry.reasons import Reason, reason
from inquiry_router.routing.policy import Outcome, Policy, Rule

_SETTINGS: Final = ("unsure_below", "heed_urgency", "timezone")


def diff_policies(before: Policy, after: Policy) -> list[Reason]:
    """Say every change from one policy to the other, in the order of the later one's rules."""
    old = {rule.id: rule for rule in before.rules}
    new = {rule.id: rule for rule in after.rules}
    found = [reason("rule_gone", rule=one) for one in old if one not in new]
    for rule in after.rules:
        found += _diff_rules(old[rule.id], rule) if rule.id in old else [_new(rule)]
    found += _moves([one for one in old if one in new], [one for one in new if one in old])
    found += _diff_outcomes("default", before.default, after.default)
    for setting in _SETTINGS:
        was, now = getattr(before, setting), getattr(after, setting)
        if was != now:
            facts = {"setting": setting, "before_value": _plain(was), "value": _plain(now)}
            found.append(reason("policy_setting", **facts))
    return found


def _new(rule: Rule) -> Reason:
    then = rule.then
    return reason(
        "new_rule",
        rule=rule.id,
        conditions=rule.facts,
        team=then.team,
        priority=then.priority.value,
    )


def _diff_rules(before: Rule, after: Rule) -> Iterator[Reason]:
    was, now = _conditions(before), _conditions(after)
    for key in (*was, *(one for one in now if one not in was)):
        if was.get(key) == now.get(key):
            continue
        facts = {
            "conditions_before": _shown(key, was.get(key)),
            "conditions": _shown(key, now.get(key, was.get(key))),
        }
        code = "rule_condition"
        if key not in was or key not in now:
            del facts["conditions_before"]
            code = "rule_condition_new" if key in now else "rule_condition_gone"
        yield reason(code, rule=after.id, **facts)
    yield from _diff_outcomes("rule", before.then, after.then, rule=after.id)


def _diff_outcomes(what: str, before: Outcome, after: Outcome, **facts: Any) -> Iterator[Reason]:
    if before.team != after.team:
        yield reason(f"{what}_team", wanted=before.team, team=after.team, **facts)
    if before.priority != after.priority:
        was, now = before.priority.value, after.priority.value
        yield reason(f"{what}_priority", before=was, priority=now, **facts)
    was_within, within = before.respond_within_minutes, after.respond_within_minutes
    if was_within != within:
        spans = {"before_value": _minutes(was_within), "value": _minutes(within)}
        yield reason(f"{what}_promise", **spans, **facts)


def _moves(before: Sequence[str], after: Sequence[str]) -> list[Reason]:
    """The rules that changed places, as few as explain the new order: the others keep theirs."""
    kept = _longest_common(before, after)
    return [
        reason("rule_moved", rule=one, before_place=before.index(one) + 1, place=place)
        for place, one in enumerate(after, start=1)
        if one not in kept
    ]


def _longest_common(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """The longest increasing run of places: rules that stand in the same order in both."""
    places = {one: place for place, one in enumerate(before)}
    best: list[tuple[str, ...]] = []
    for one in after:
        earlier = [run for run in best if places[run[-1]] < places[one]]
        best.append((*_longest(earlier), one))
    return frozenset(_longest(best))


def _length(run: tuple[str, ...]) -> int:
    return len(run)


def _longest(runs: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return max(runs, key=_length, default=())


def _conditions(rule: Rule) -> dict[tuple[str, bool], Any]:
    unless = rule.unless.named if rule.unless is not None else {}
    return {(name, False): value for name, value in rule.when.named.items()} | {
        (name, True): value for name, value in unless.items()
    }


def _shown(key: tuple[str, bool], value: Any) -> list[list[Any]]:
    return [[key[0], short_value(value), key[1]]]


def _minutes(minutes: int | None) -> str:
    return "-" if minutes is None else f"{minutes} min"


def _plain(value: Any) -> str:
    return "-" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
