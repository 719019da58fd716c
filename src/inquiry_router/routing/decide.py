"""The decision itself: who has an inquiry, how urgent it is and by when. A pure function of values."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.model import (
    Classification,
    Decision,
    Draft,
    Entity,
    EntityKind,
    Flag,
    Priority,
)
from inquiry_router.routing.policy import Conditions, Policy, Rule, Teams
from inquiry_router.routing.working_hours import add_working_minutes, is_open
from inquiry_router.text.folding import Words, read_words

DEFAULT_RULE = "default"
# Methods of classifications that nothing was understood by.
UNAVAILABLE = "unavailable"
UNREAD = "unread"
_PRIORITIES = tuple(Priority)


class Rulebook(NamedTuple):
    """The policy in force, its version, and the teams that it names."""

    policy: Policy
    version: int
    teams: Teams


def decide(
    draft: Draft,
    classification: Classification,
    entities: tuple[Entity, ...],
    rulebook: Rulebook,
    now: datetime,
    chosen_team: str | None = None,
    words: Words | None = None,
) -> Decision:
    """Apply the policy, raise the priority where people are in danger or in a hurry, then apply the law of the house.

    The law stands above any policy: what the classifier is unsure of, and `other`, never reaches a sales team.
    `chosen_team` is a person's word: it replaces the rule's team (the caller has checked that it exists).
    `words` are those of the draft, where they have been read already.
    """
    policy, version, teams = rulebook
    unsure = is_unsure(classification, policy)
    said = policy.words.find_in(words or read_words(draft.subject, draft.text))
    rule = _first_match(policy, _Case(draft, said, classification, unsure, policy, teams, now))
    outcome = rule.then if rule else policy.default
    reasons = [_about(classification, unsure), _because(rule)]
    flags = _flags(classification, unsure)
    if chosen_team is not None:
        reasons.append(f"a person chose the team {chosen_team}")
        unsure = False
    team = teams.by_id.get(chosen_team or outcome.team, teams.triage)
    if team.kind == "sales" and (unsure or classification.category == OTHER):
        reasons.append(
            f"sent to {teams.triage.id} instead of {team.id}: what is uncertain or 'other' never reaches sales"
        )
        flags.append(Flag.LAW)
        team = teams.triage
    priority = outcome.priority
    if policy.heed_urgency:
        priority, why = raised(priority, classification.category, entities)
        reasons += why
    due_at = None
    if outcome.respond_within_minutes is not None:
        due_at = add_working_minutes(team.working_hours, now, outcome.respond_within_minutes)
        reasons.append(
            f"answer due within {outcome.respond_within_minutes} working minutes of {team.id}"
        )
    return Decision(
        team=team.id,
        priority=priority,
        rule=rule.id if rule else DEFAULT_RULE,
        policy_version=version,
        reasons=tuple(reasons),
        due_at=due_at,
        flags=tuple(flags),
    )


def raised(
    priority: Priority, category: str, entities: tuple[Entity, ...]
) -> tuple[Priority, list[str]]:
    """The priority with what the words say: danger makes it urgent, a hurry one step more; and why. Not for `other`."""
    if category == OTHER or not entities:
        return priority, []
    for kind, steps in ((EntityKind.DANGER, len(_PRIORITIES)), (EntityKind.URGENCY, 1)):
        word = next((entity.text for entity in entities if entity.kind is kind), None)
        if word is not None:
            higher = _PRIORITIES[min(_PRIORITIES.index(priority) + steps, len(_PRIORITIES) - 1)]
            return higher, [
                f"'{word}' raises the priority to {higher}"
            ] if higher is not priority else []
    return priority, []


def promised_minutes(policy: Policy, rule_id: str) -> int | None:
    """The promise of a rule of this policy, in working minutes; None when it promises nothing."""
    outcome = next((rule.then for rule in policy.rules if rule.id == rule_id), policy.default)
    return outcome.respond_within_minutes


def is_unsure(classification: Classification, policy: Policy) -> bool:
    """Whether the classification is too weak to be acted on: by the policy's threshold, else by the model's own."""
    if classification.method in (UNAVAILABLE, UNREAD):
        return True
    if policy.unsure_below is not None:
        return classification.confidence < policy.unsure_below
    return classification.unsure


class _Case(NamedTuple):
    """All that conditions look at; `said` are those of the policy's words that the draft has."""

    draft: Draft
    said: frozenset[str]
    classification: Classification
    unsure: bool
    policy: Policy
    teams: Teams
    now: datetime


def _first_match(policy: Policy, case: _Case) -> Rule | None:
    for rule in policy.rules:
        if _hold(rule.when, case) and (rule.unless is None or not _hold(rule.unless, case)):
            return rule
    return None


def _hold(conditions: Conditions, case: _Case) -> bool:
    """Whether every condition that is given holds."""
    return all(_HOLDS[name](given, case) for name, given in conditions.named.items())


def _in_domain(email: str | None, domains: list[str]) -> bool:
    host = (email or "").rpartition("@")[2]
    return any(host == domain.lower() or host.endswith("." + domain.lower()) for domain in domains)


def _is_of(company: str | None, words: list[str], policy: Policy) -> bool:
    return not policy.companies.find_in(read_words(None, company or "")).isdisjoint(words)


def _open(teams: Teams, team: str, now: datetime) -> bool:
    return team in teams.by_id and is_open(teams.by_id[team].working_hours, now)


# Whether a condition holds, by its name: what the rule gives, and the case.
_HOLDS: Final[dict[str, Callable[[Any, _Case], bool]]] = {
    "category": lambda given, case: not case.unsure and case.classification.category in given,
    "secondary": lambda given, case: case.classification.secondary in given,
    "min_confidence": lambda given, case: case.classification.confidence >= given,
    "max_confidence": lambda given, case: case.classification.confidence <= given,
    "channel": lambda given, case: case.draft.channel in given,
    "language": lambda given, case: case.classification.language in given,
    "open_teams": lambda given, case: any(_open(case.teams, team, case.now) for team in given),
    "closed_teams": lambda given, case: any(
        not _open(case.teams, team, case.now) for team in given
    ),
    "words": lambda given, case: bool(case.said) and not case.said.isdisjoint(given),
    "email_domain": lambda given, case: _in_domain(case.draft.contact.email, given),
    "phone_prefix": lambda given, case: (case.draft.contact.phone or "").startswith(tuple(given)),
    "company": lambda given, case: _is_of(case.draft.contact.company, given, case.policy),
}


def _about(classification: Classification, unsure: bool) -> str:
    if classification.method == UNAVAILABLE:
        return "the classifier did not answer, so people decide"
    if classification.method == UNREAD:
        return "the text could not be read by the router, so people read it"
    words = ", ".join([f"'{evidence.text}'" for evidence in classification.evidence[:3]])
    spoken = f" because of {words}" if words else ""
    doubt = ", which is too uncertain to act on" if unsure else ""
    return f"looks like {classification.category} with confidence {classification.confidence:.2f}{spoken}{doubt}"


def _because(rule: Rule | None) -> str:
    if rule is None:
        return "no rule applies, so the policy's default decides"
    return (
        f"rule '{rule.id}' applies: {rule.told}"
        if rule.told
        else f"rule '{rule.id}' applies to everything"
    )


def _flags(classification: Classification, unsure: bool) -> list[Flag]:
    if classification.method == UNAVAILABLE:
        return [Flag.UNCLASSIFIED]
    if classification.method == UNREAD:
        return [Flag.UNREAD]
    return [Flag.UNSURE] if unsure else []
