"""The decision itself: who has an inquiry, how urgent it is and by when. A pure function of values."""

from datetime import datetime

from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.folding import words_of
from inquiry_router.inquiry.model import Classification, Contact, Decision, Draft, Entity, EntityKind, Flag, Priority
from inquiry_router.routing.policy import Conditions, Outcome, Policy, Rule, Teams
from inquiry_router.routing.working_hours import add_working_minutes, is_open

DEFAULT_RULE = "default"
UNAVAILABLE = "unavailable"
_PRIORITIES = tuple(Priority)


def decide(
    draft: Draft,
    classification: Classification,
    entities: tuple[Entity, ...],
    policy: Policy,
    policy_version: int,
    teams: Teams,
    now: datetime,
    chosen_team: str | None = None,
) -> Decision:
    """Apply the policy, raise the priority where people are in danger or in a hurry, then apply the law of the house.

    The law stands above any policy: what the classifier is unsure of, and `other`, never reaches a sales team.
    `chosen_team` is a person's word: it replaces the rule's team (the caller has checked that it exists).
    """
    unsure = is_unsure(classification, policy)
    rule, outcome = _first_match(draft, classification, unsure, policy, teams, now)
    reasons = [_about(classification, unsure), _because(rule)]
    flags = _flags(classification, unsure)
    if chosen_team is not None:
        reasons.append(f"a person chose the team {chosen_team}")
        unsure = False
    team = teams.by_id.get(chosen_team or outcome.team, teams.triage)
    if team.kind == "sales" and (unsure or classification.category == OTHER):
        reasons.append(f"sent to {teams.triage.id} instead of {team.id}: what is uncertain or 'other' never reaches sales")
        flags.append(Flag.LAW)
        team = teams.triage
    priority = outcome.priority
    if policy.heed_urgency:
        priority, why = raised(priority, classification.category, entities)
        reasons += why
    due_at = None
    if outcome.respond_within_minutes is not None:
        due_at = add_working_minutes(team.working_hours, now, outcome.respond_within_minutes)
        reasons.append(f"answer due within {outcome.respond_within_minutes} working minutes of {team.id}")
    return Decision(
        team=team.id,
        priority=priority,
        rule=rule.id if rule else DEFAULT_RULE,
        policy_version=policy_version,
        reasons=tuple(reasons),
        due_at=due_at,
        flags=tuple(flags),
    )


def raised(priority: Priority, category: str, entities: tuple[Entity, ...]) -> tuple[Priority, list[str]]:
    """The priority with what the words say: danger makes it urgent, a hurry one step more; and why. Not for `other`."""
    if category == OTHER:
        return priority, []
    for kind, steps in ((EntityKind.DANGER, len(_PRIORITIES)), (EntityKind.URGENCY, 1)):
        word = next((entity.text for entity in entities if entity.kind is kind), None)
        if word is not None:
            higher = _PRIORITIES[min(_PRIORITIES.index(priority) + steps, len(_PRIORITIES) - 1)]
            return higher, [f"'{word}' raises the priority to {higher}"] if higher is not priority else []
    return priority, []


def promised_minutes(policy: Policy, rule_id: str) -> int | None:
    """The promise of a rule of this policy, in working minutes; None when it promises nothing."""
    outcome = next((rule.then for rule in policy.rules if rule.id == rule_id), policy.default)
    return outcome.respond_within_minutes


def is_unsure(classification: Classification, policy: Policy) -> bool:
    """Whether the classification is too weak to be acted on: by the policy's threshold, else by the model's own."""
    if classification.method == UNAVAILABLE:
        return True
    if policy.unsure_below is not None:
        return classification.confidence < policy.unsure_below
    return classification.unsure


def _first_match(
    draft: Draft, classification: Classification, unsure: bool, policy: Policy, teams: Teams, now: datetime
) -> tuple[Rule | None, Outcome]:
    words = words_of(f"{draft.subject or ''} {draft.text}")
    for rule in policy.rules:
        applies = _hold(rule.when, draft, words, classification, unsure, teams, now)
        if applies and rule.unless is not None:
            applies = not _hold(rule.unless, draft, words, classification, unsure, teams, now)
        if applies:
            return rule, rule.then
    return None, policy.default


def _hold(
    when: Conditions, draft: Draft, words: str, classification: Classification, unsure: bool, teams: Teams, now: datetime
) -> bool:
    """Whether every condition that is given holds; the cheap ones come first."""
    return (
        _hold_of_classification(when, classification, unsure)
        and (when.channel is None or draft.channel in when.channel)
        and _hold_of_contact(when, draft.contact)
        and (when.words is None or _mention_any(words, when.word_patterns))
        and (when.open_teams is None or any(_open(teams, team, now) for team in when.open_teams))
        and (when.closed_teams is None or any(not _open(teams, team, now) for team in when.closed_teams))
    )


def _hold_of_classification(when: Conditions, classification: Classification, unsure: bool) -> bool:
    return (
        (when.category is None or (not unsure and classification.category in when.category))
        and (when.secondary is None or classification.secondary in when.secondary)
        and (when.min_confidence is None or classification.confidence >= when.min_confidence)
        and (when.max_confidence is None or classification.confidence <= when.max_confidence)
        and (when.language is None or classification.language in when.language)
    )


def _hold_of_contact(when: Conditions, contact: Contact) -> bool:
    return (
        (when.email_domain is None or _in_domain(contact.email, when.email_domain))
        and (when.phone_prefix is None or (contact.phone or "").startswith(tuple(when.phone_prefix)))
        and (when.company is None or _mention_any(words_of(contact.company or ""), when.company_patterns))
    )


def _in_domain(email: str | None, domains: list[str]) -> bool:
    host = (email or "").rpartition("@")[2]
    return any(host == domain.lower() or host.endswith("." + domain.lower()) for domain in domains)


def _mention_any(words: str, patterns: tuple[str, ...]) -> bool:
    return any(map(words.__contains__, patterns))


def _open(teams: Teams, team: str, now: datetime) -> bool:
    return team in teams.by_id and is_open(teams.by_id[team].working_hours, now)


def _about(classification: Classification, unsure: bool) -> str:
    if classification.method == UNAVAILABLE:
        return "the classifier did not answer, so people decide"
    words = ", ".join(f"'{evidence.text}'" for evidence in classification.evidence[:3])
    spoken = f" because of {words}" if words else ""
    doubt = ", which is too uncertain to act on" if unsure else ""
    return f"looks like {classification.category} with confidence {classification.confidence:.2f}{spoken}{doubt}"


def _because(rule: Rule | None) -> str:
    if rule is None:
        return "no rule applies, so the policy's default decides"
    return f"rule '{rule.id}' applies: {rule.told}" if rule.told else f"rule '{rule.id}' applies to everything"


def _flags(classification: Classification, unsure: bool) -> list[Flag]:
    if classification.method == UNAVAILABLE:
        return [Flag.UNCLASSIFIED]
    return [Flag.UNSURE] if unsure else []
