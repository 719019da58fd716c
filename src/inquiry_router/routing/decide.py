"""The decision: team, priority and due time of an inquiry. A pure function of values."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.model import (
    UNAVAILABLE,
    UNREAD,
    Channel,
    Classification,
    Decision,
    Draft,
    Entity,
    EntityKind,
    Flag,
    Priority,
    Receipt,
)
from inquiry_router.inquiry.reasons import Reason, reason
from inquiry_router.routing.checks import Case, hold
from inquiry_router.routing.conditions import entity_key
from inquiry_router.routing.own_intents import OwnIntents
from inquiry_router.routing.policy import Outcome, Policy, Rule
from inquiry_router.routing.promise_rules import PromiseFacts, PromiseRules
from inquiry_router.routing.teams import Team, Teams
from inquiry_router.routing.working_hours import add_working_minutes
from inquiry_router.text.folding import Words, phrase_pattern, quote_phrase, read_words

DEFAULT_RULE = "default"
_MAX_QUOTED: Final = 3
_PRIORITIES = tuple(Priority)
# The steps by which a kind of entity raises the priority. Only the first that is found counts.
_RAISING: Final = {
    EntityKind.DANGER: len(_PRIORITIES),
    EntityKind.THREAT: 1,
    EntityKind.REPETITION: 1,
    EntityKind.URGENCY: 1,
}


class Rulebook(NamedTuple):
    """The policy in force, its version, the teams and intents that it names, and the promises."""

    policy: Policy
    version: int
    teams: Teams
    intents: OwnIntents = OwnIntents()
    promises: PromiseRules = PromiseRules()


def decide(
    draft: Draft,
    classification: Classification,
    entities: tuple[Entity, ...],
    rulebook: Rulebook,
    now: datetime,
    chosen_team: str | None = None,
    words: Words | None = None,
    *,
    chosen_by: str = "chosen_by_person",
    undecided: bool = False,
) -> Decision:
    """Decide on team, priority and due time, with the reasons.

    The first rule that applies decides. Danger, urgency, repetition and threats raise its priority.
    The sales guard stands above every policy: what is uncertain, or `other`, never reaches sales,
    and the model's own threshold is the least that counts as certain there.
    `chosen_team` was chosen instead of the rule's team, and exists; `chosen_by` is the code of
    the reason. `words` are those of the draft, if they have been read already. `undecided`: the
    text says nothing yet, so that the next message decides.
    """
    policy, version, teams, intents, promises = rulebook
    words = words or read_words(draft.subject, draft.text)
    case = make_case(draft, classification, entities, rulebook, now, words, undecided=undecided)
    unsure = case.unsure
    rule = _first_match(policy, case)
    outcome = rule.then if rule else policy.default
    reasons: list[Reason] = [
        _describe_classification(classification, intents, unsure),
        _describe_rule(rule, case, words),
    ]
    flags = _flags(draft, classification, unsure, undecided)
    reasons += [reason("undecided")] if undecided else []
    reasons += [reason(chosen_by, team=chosen_team)] if chosen_team is not None else []
    wanted = teams.by_id.get(chosen_team or outcome.team, teams.triage)
    uncertain = (unsure or classification.unsure) and chosen_team is None
    team = _guard_sales(wanted, teams, classification.category, uncertain=uncertain)
    if team is not wanted:
        flags.append(Flag.SALES_GUARD)
        by_model = uncertain and not unsure
        reasons.append(reason("sales_guard", team=team.id, wanted=wanted.id, by_model=by_model))
    is_other = classification.category == OTHER and classification.method != UNAVAILABLE
    priority, why = _priority(outcome, policy, entities, is_other=is_other)
    if classification.maybe_sale and team.kind == "triage":
        flags.append(Flag.MAYBE_SALE)
        priority, why = _heed_sale(priority, why)
    at_any_hour = is_due_at_any_hour(draft, entities)
    facts = promise_facts(draft, classification.category, classification.intent, team.id, priority)
    by_row = promises.minutes("first_answer_minutes", facts)
    minutes = outcome.respond_within_minutes if by_row is None else by_row
    due_at, promise = _due(minutes, team, now, at_any_hour=at_any_hour)
    return Decision(
        team=team.id,
        priority=priority,
        rule=rule.id if rule else DEFAULT_RULE,
        policy_version=version,
        reasons=(*reasons, *why, *promise),
        due_at=due_at,
        flags=tuple(flags),
        promised_minutes=by_row,
    )


def make_case(
    draft: Draft,
    classification: Classification,
    entities: tuple[Entity, ...],
    rulebook: Rulebook,
    now: datetime,
    words: Words,
    *,
    undecided: bool = False,
) -> Case:
    """Put together everything that the rules look at."""
    policy = rulebook.policy
    unsure = undecided or is_unsure(classification, policy)
    found = policy.words.find_in(words)
    return Case(draft, entities, found, classification, unsure, policy, rulebook.teams, now)


def promise_facts(
    draft: Draft, category: str, intent: str | None, team: str, priority: str
) -> PromiseFacts:
    """The facts of an inquiry that promises ask for."""
    account = draft.account.sure
    consumer = account is None and not draft.contact.company
    tier = account.tier if account is not None else None
    return PromiseFacts(team, category, intent, priority, tier, consumer)


def put_off(rulebook: Rulebook) -> Decision:
    """The decision on an opening that waits for the classifier: nobody is told, nothing promised.

    It stands with triage, because what is unknown belongs to nobody else.
    """
    return Decision(
        team=rulebook.teams.triage.id,
        priority=Priority.NORMAL,
        rule=DEFAULT_RULE,
        policy_version=rulebook.version,
        reasons=(reason("put_off"),),
        flags=(Flag.UNCLASSIFIED,),
    )


def _guard_sales(team: Team, teams: Teams, category: str, *, uncertain: bool) -> Team:
    """The team itself, or triage if the inquiry must not reach it."""
    return teams.triage if team.kind == "sales" and (uncertain or category == OTHER) else team


def _priority(
    outcome: Outcome, policy: Policy, entities: tuple[Entity, ...], *, is_other: bool
) -> tuple[Priority, list[Reason]]:
    """The priority with what the text says, and the reason if it is raised.

    Danger makes an inquiry urgent. Urgency, a request made again or a threat raises it by one step,
    all three together too; of these, only danger raises `other`.
    """
    priority = outcome.priority
    if not policy.heed_urgency:
        return priority, []
    for kind, steps in _RAISING.items():
        if is_other and kind is not EntityKind.DANGER:
            break
        words = next((entity.text for entity in entities if entity.kind is kind), None)
        if words is not None:
            higher = _PRIORITIES[min(_PRIORITIES.index(priority) + steps, len(_PRIORITIES) - 1)]
            if higher == priority:
                return priority, []
            return higher, [reason("raises", words=[words], priority=higher.value)]
    return priority, []


def _heed_sale(priority: Priority, why: list[Reason]) -> tuple[Priority, list[Reason]]:
    """Let what may be a sale wait for people in triage, but never at the end of the list."""
    higher = max(priority, Priority.NORMAL, key=_PRIORITIES.index)
    raised = {"priority": higher.value} if higher != priority else {}
    return higher, [*why, reason("maybe_sale", **raised)]


def _due(
    minutes: int | None, team: Team, now: datetime, *, at_any_hour: bool
) -> tuple[datetime | None, list[Reason]]:
    """The due time of a promise, and the reason; None where nothing is promised."""
    if minutes is None:
        return None, []
    if at_any_hour:
        return now + timedelta(minutes=minutes), [reason("due_at_any_hour", minutes=minutes)]
    due_at = add_working_minutes(team.working_hours, now, minutes)
    return due_at, [reason("due", minutes=minutes, team=team.id)]


def keep_raised(
    decision: Decision,
    before: Receipt,
    draft: Draft,
    rulebook: Rulebook,
    asked_at: datetime,
) -> Decision:
    """Keep the priority if a later message raised it above what the opening asks for."""
    opening = decide(draft, before.classification, before.entities, rulebook, asked_at)
    rank, kept = _PRIORITIES.index, before.decision.priority
    if rank(kept) <= max(rank(opening.priority), rank(decision.priority)):
        return decision
    why = reason("raised_before", priority=kept.value)
    return replace(decision, priority=kept, reasons=(*decision.reasons, why))


def promise_anew(decision: Decision, rulebook: Rulebook, now: datetime) -> datetime | None:
    """The due time of the same promise, counted from now; None where nothing is promised."""
    minutes = promised_minutes(rulebook.policy, decision)
    team = rulebook.teams.by_id.get(decision.team, rulebook.teams.triage)
    return None if minutes is None else add_working_minutes(team.working_hours, now, minutes)


def is_due_at_any_hour(draft: Draft, entities: Iterable[Entity]) -> bool:
    """True for callers in danger: they reach people on duty, so working hours do not count."""
    is_danger = any(entity.kind is EntityKind.DANGER for entity in entities)
    return is_danger and draft.channel is Channel.PHONE


def promised_minutes(policy: Policy, decision: Decision) -> int | None:
    """The first answer that a decision promises, in working minutes; None if it promises none."""
    if decision.promised_minutes is not None:
        return decision.promised_minutes
    return outcome_of(policy, decision.rule).respond_within_minutes


def outcome_of(policy: Policy, rule_id: str) -> Outcome:
    """The outcome of a rule; the default for a rule that is gone."""
    return next((rule.then for rule in policy.rules if rule.id == rule_id), policy.default)


def is_unsure(classification: Classification, policy: Policy) -> bool:
    """True if the classification is too weak to act on.

    The policy's threshold decides; without one, the model's own. The sales guard heeds the model's
    own too, whatever the policy says.
    """
    if classification.method in (UNAVAILABLE, UNREAD):
        return True
    if policy.unsure_below is not None:
        return classification.confidence < policy.unsure_below
    return classification.unsure


def _first_match(policy: Policy, case: Case) -> Rule | None:
    for rule in policy.rules:
        if hold(rule.when, case) and (rule.unless is None or not hold(rule.unless, case)):
            return rule
    return None


def _describe_classification(
    classification: Classification, intents: OwnIntents, unsure: bool
) -> Reason:
    if classification.method == UNAVAILABLE:
        return reason("unavailable")
    if classification.method == UNREAD:
        return reason("unread")

    def name_of(kind: str, named: str, language: str) -> str:
        return intents.name(named, language) if kind == "intent" else named

    intent = classification.intent
    facts = {
        **({"intent": intent} if intent is not None else {}),
        "category": classification.category,
        "confidence": classification.confidence,
        "evidence": [one.text for one in classification.evidence[:_MAX_QUOTED]],
        "unsure": unsure,
    }
    return reason("looks_like_intent" if intent is not None else "looks_like", name_of, **facts)


def _describe_rule(rule: Rule | None, case: Case, words: Words) -> Reason:
    """The rule that applies, with the words of the text that it asks for."""
    if rule is None:
        return reason("no_rule")
    if not rule.facts:
        return reason("rule_for_all", rule=rule.id)
    quoted = dict.fromkeys([*_found_entities(rule, case), *_found_words(rule, case, words)])
    found = list(quoted)[:_MAX_QUOTED]
    return reason("rule", rule=rule.id, conditions=rule.facts, found=found)


def _found_entities(rule: Rule, case: Case) -> list[str]:
    wanted = rule.when.entity or ()
    return [
        " ".join(one.text.split())
        for one in case.entities
        if one.kind in wanted
        or (one.value is not None and entity_key(one.kind, one.value) in wanted)
    ]


def _found_words(rule: Rule, case: Case, words: Words) -> list[str]:
    """The words of the rule, as the customer wrote them."""
    phrases = [phrase for phrase in rule.when.words or () if phrase in case.found][:_MAX_QUOTED]
    draft = case.draft
    return [
        quote_phrase(draft.subject, draft.text, words, phrase_pattern(phrase)) or phrase
        for phrase in phrases
    ]


def _flags(
    draft: Draft, classification: Classification, unsure: bool, undecided: bool
) -> list[Flag]:
    shortened = [Flag.SHORTENED] if draft.provenance.shortened else []
    return [*_doubts(classification, unsure, undecided), *shortened]


def _doubts(classification: Classification, unsure: bool, undecided: bool) -> list[Flag]:
    if classification.method == UNAVAILABLE:
        return [Flag.UNCLASSIFIED]
    if classification.method == UNREAD:
        return [Flag.UNREAD]
    if undecided:
        return [Flag.UNSURE, Flag.UNDECIDED]
    return [Flag.UNSURE] if unsure else []
