"""Decide again: the effect of a later message on its inquiry. Pure.

A later message never moves a decided inquiry and never lowers its priority. It decides one that
nobody could decide yet, raises the priority, reopens, or is another matter of its own.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.matter import Candidate, Progress
from inquiry_router.inquiry.model import (
    UNSURE_FLAGS,
    Channel,
    Contact,
    Decision,
    Draft,
    Entity,
    EntityKind,
    Flag,
    Priority,
    Receipt,
    Status,
    Understanding,
)
from inquiry_router.inquiry.reasons import Reason, reason
from inquiry_router.matters.nothing_new import is_thanks
from inquiry_router.matters.settings import MatterRules
from inquiry_router.routing.decide import Rulebook, is_unsure, outcome_of, promise_anew

_PRIORITIES: Final = tuple(Priority)
_NEVER_FOR_SALES: Final = (EntityKind.DANGER, EntityKind.THREAT, EntityKind.REPETITION)
# Log-odds of going on with something below which a purchase is one of its own: of 222 messages of
# strangers that go on with a complaint 5 are below it, of 27 purchases in an old thread 16.
_READS_NEW: Final = -0.5
_RAISING: Final = (EntityKind.URGENCY, EntityKind.REPETITION, EntityKind.THREAT)


class Change(StrEnum):
    """The effect of a later message on its inquiry."""

    KEPT = "kept"
    RAISED = "raised"  # the priority
    DECIDED = "decided"  # for the first time, or anew
    REOPENED = "reopened"
    SPLIT = "split"  # it became a linked inquiry of its own


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An inquiry when a later message comes. `handed_over`: a destination has its decision."""

    receipt: Receipt
    progress: Progress
    handed_over: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The effect of a message, the inquiry after it, and the reasons in words."""

    change: Change
    receipt: Receipt
    reasons: tuple[str, ...] = ()


def may_decide_anew(
    progress: Progress,
    rulebook: Rulebook,
    rules: MatterRules,
    now: datetime,
    *,
    handed_over: bool = False,
) -> bool:
    """True while later messages decide the inquiry.

    That is while nobody could decide it and no person has touched it; and in a chat for the first
    seconds, until the decision was handed over.
    """
    if progress.touched or progress.status is Status.RESOLVED:
        return False
    if progress.team == rulebook.teams.triage.id or progress.status is Status.NEW:
        return True
    settles = timedelta(seconds=rules.chat_settles_within_seconds)
    is_fresh = now - progress.received_at <= settles
    return progress.channel is Channel.CHAT and is_fresh and not handed_over


def decide_again(
    inquiry: Inquiry,
    said: Understanding,
    whole: Understanding | None,
    rulebook: Rulebook,
    rules: MatterRules,
    now: datetime,
    *,
    is_late: bool = False,
) -> Verdict:
    """Decide on the effect of a message.

    `said` is the message understood alone. `whole` is everything that was said, understood
    together; it is needed only where `may_decide_anew` holds. `is_late`: the message came before,
    without its classification; its hurry has raised the priority already.
    """
    before = inquiry.receipt
    says_nothing_new = _why_nothing_new(said)
    if says_nothing_new is not None:
        return Verdict(Change.KEPT, before, (says_nothing_new,))
    if whole is not None and may_decide_anew(
        inquiry.progress, rulebook, rules, now, handed_over=inquiry.handed_over
    ):
        anew = _decide_anew(before, whole)
        if anew is not None:
            return anew
    other = _why_other_matter(before.decision, said, rulebook, rules)
    if other and rules.split == "inquiry":
        return Verdict(Change.SPLIT, before, other)
    decision, reasons = _raise(before.decision, said, rulebook, is_late=is_late)
    if before.status is Status.RESOLVED:
        return _reopen(before, decision, rulebook, now, (*reasons, *other))
    after = replace(before, decision=decision, status=status_after_message(before.status))
    change = Change.RAISED if reasons else Change.SPLIT if other else Change.KEPT
    return Verdict(change, after, (*reasons, *other) or (reason("stays", team=decision.team),))


def _why_nothing_new(said: Understanding) -> Reason | None:
    if said.draft.provenance.automatic is not None:
        return reason("automatic")
    return reason("thanks") if is_thanks(said.news or said.draft) else None


def _why_other_matter(
    decision: Decision, said: Understanding, rulebook: Rulebook, rules: MatterRules
) -> tuple[str, ...]:
    if not is_other_matter(decision, said, rulebook, rules):
        return ()
    return (reason("other_matter", category=said.classification.category),)


def is_other_matter(
    decision: Decision, said: Understanding, rulebook: Rulebook, rules: MatterRules
) -> bool:
    """True if a message alone would surely go to the other kind of team: service or sales.

    What goes on with a repair stays with it ("how long will it take, what does it cost?"): the
    model, which sees one message, takes that for a purchase. Where a person chose the team, the one
    that the rule had chosen counts too: more words about the same are no other matter.
    """
    classification = said.classification
    if classification.category == OTHER or is_unsure(classification, rulebook.policy):
        return False
    if classification.confidence < rules.split_from_confidence:
        return False
    chosen = outcome_of(rulebook.policy, decision.rule).team
    there, here, by_rule = (
        _kind(team, rulebook) for team in (said.decision.team, decision.team, chosen)
    )
    if there == "sales" and not _is_purchase_of_its_own(said):
        return False
    return {there, here} == {"service", "sales"} and there != by_rule


def _is_purchase_of_its_own(said: Understanding) -> bool:
    """True unless the message goes on with something; a danger or threat is never left to sales."""
    if _first(said.entities, *_NEVER_FOR_SALES) is not None:
        return False
    goes_on = said.classification.goes_on
    return goes_on is not None and goes_on < _READS_NEW


def is_other_side(there: str, here: str, rulebook: Rulebook) -> bool:
    """True if one team is of service and the other one of sales."""
    return {_kind(there, rulebook), _kind(here, rulebook)} == {"service", "sales"}


def _kind(team_id: str, rulebook: Rulebook) -> str | None:
    team = rulebook.teams.by_id.get(team_id)
    return team.kind if team else None


def _raise(
    before: Decision, said: Understanding, rulebook: Rulebook, *, is_late: bool
) -> tuple[Decision, tuple[str, ...]]:
    """Raise the priority by the danger and the hurry of a message; return the reasons too.

    What would be urgent alone is answered as soon as it would be alone.
    """
    priority, why = _raised_priority(before.priority, said, rulebook, is_late=is_late)
    if priority == before.priority:
        return before, ()
    code, facts = why
    change = {"before": before.priority.value, "priority": priority.value}
    raised = reason(code, **facts, **change)
    due_at = before.due_at
    if said.decision.priority is Priority.URGENT:
        due_at = _earlier(due_at, said.decision.due_at)
    reasons = (*before.reasons, raised)
    return replace(before, priority=priority, due_at=due_at, reasons=reasons), (raised,)


def _raised_priority(
    before: Priority, said: Understanding, rulebook: Rulebook, *, is_late: bool
) -> tuple[Priority, tuple[str, dict[str, Any]]]:
    """The priority, and code and facts of the reason."""
    if (danger := _first(said.entities, EntityKind.DANGER)) is not None:
        return Priority.URGENT, ("raises_from", {"words": [danger]})
    if outcome_of(rulebook.policy, said.decision.rule).priority is Priority.URGENT:
        return Priority.URGENT, ("rule_raises_from", {"rule": said.decision.rule})
    if not is_late and (hurry := _first(said.entities, *_RAISING)) is not None:
        place = min(_PRIORITIES.index(before) + 1, len(_PRIORITIES) - 1)
        return _PRIORITIES[place], ("raises_from", {"words": [hurry]})
    return before, ("", {})


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two promises; None where there is none."""
    return min((moment for moment in (one, other) if moment is not None), default=None)


def status_after_message(status: Status) -> Status:
    """Return the status after the customer said more."""
    return Status.WAITING_FOR_US if status is Status.WAITING_FOR_CUSTOMER else status


def said_so_far(matter: Candidate, newest: Draft) -> Draft:
    """Join everything that was said into one draft, to be understood together."""
    texts = [said.text for said in reversed(matter.messages)]
    opening = matter.messages[-1]
    contact = opening.author if newest.contact == Contact() else newest.contact
    text = "\n".join([*texts, newest.text])
    return replace(newest, subject=opening.subject, text=text, contact=contact)


def _decide_anew(before: Receipt, whole: Understanding) -> Verdict | None:
    """The decision on everything that was said; None if that decides nothing new."""
    decision = whole.decision
    is_sure, was_sure = (UNSURE_FLAGS.isdisjoint(one.flags) for one in (decision, before.decision))
    if Flag.UNDECIDED in decision.flags or (was_sure and not is_sure):
        return None
    is_same = whole.classification.category == before.classification.category
    is_known = decision.team == before.decision.team and (is_same or not is_sure)
    if is_known and before.status is not Status.NEW:
        return None
    priority = max(before.decision.priority, decision.priority, key=_PRIORITIES.index)
    # The customer was told of the earlier promise.
    due_at = _earlier(before.decision.due_at, decision.due_at)
    after = replace(
        before,
        classification=whole.classification,
        decision=replace(decision, priority=priority, due_at=due_at),
        entities=whole.entities,
        status=Status.ROUTED,
    )
    return Verdict(Change.DECIDED, after, (reason("decided_by_all", team=decision.team),))


def _reopen(
    before: Receipt,
    decision: Decision,
    rulebook: Rulebook,
    now: datetime,
    reasons: tuple[str, ...],
) -> Verdict:
    decision = replace(decision, due_at=promise_anew(decision, rulebook, now))
    after = replace(before, decision=decision, status=Status.WAITING_FOR_US)
    why = reason("wrote_again", team=decision.team)
    return Verdict(Change.REOPENED, after, (why, *reasons))


def _first(entities: tuple[Entity, ...], *kinds: EntityKind) -> str | None:
    return next((entity.text for entity in entities if entity.kind in kinds), None)
