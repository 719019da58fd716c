"""Single changes that would lead to another decision. Each is decided, not guessed. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from inquiry_router.inquiry.account import NOBODY
from inquiry_router.inquiry.model import (
    UNAVAILABLE,
    UNREAD,
    Channel,
    Classification,
    Decision,
    Draft,
    Entity,
    EntityKind,
)
from inquiry_router.inquiry.reasons import Reason, reason
from inquiry_router.routing.decide import Rulebook, decide
from inquiry_router.text.folding import read_words

_RAISING: Final = (
    EntityKind.DANGER,
    EntityKind.THREAT,
    EntityKind.REPETITION,
    EntityKind.URGENCY,
)
# Confidences are shown with two digits, so thresholds are crossed by whole hundredths.
_STEP: Final = 0.01
# A category that is tried is taken for sure.
_SURE: Final = 1.0
MAX_SHOWN: Final = 12
_NOT_BY_MODEL: Final = (UNAVAILABLE, UNREAD, "person")


@dataclass(frozen=True, slots=True)
class DecidedCase:
    """An inquiry as it was decided. `sure_from` is the model's own threshold, if it is known."""

    draft: Draft
    classification: Classification
    entities: tuple[Entity, ...]
    now: datetime
    sure_from: float | None = None


def what_if(situation: DecidedCase, rulebook: Rulebook) -> list[Reason]:
    """Say the single changes that would lead to another team, priority or rule."""
    words = read_words(situation.draft.subject, situation.draft.text)

    def decided(changed: DecidedCase) -> Decision:
        return decide(
            changed.draft,
            changed.classification,
            changed.entities,
            rulebook,
            changed.now,
            words=words,
        )

    found = [
        *_by_confidence(situation, rulebook, decided),
        *_by_single_change(situation, rulebook, decided),
    ]
    return found[:MAX_SHOWN]


def _by_confidence(
    situation: DecidedCase, rulebook: Rulebook, decided: Callable[[DecidedCase], Decision]
) -> Iterator[Reason]:
    """The confidences at which the decision changes, nearest first: above, then below."""
    classification = situation.classification
    if classification.method in _NOT_BY_MODEL:
        return
    here = round(classification.confidence, 2)
    steps = [number * _STEP for number in range(101)]
    outcomes = [_outcome(decided(_with_confidence(situation, step))) for step in steps]
    if not any(one != two for one, two in pairwise(outcomes)):
        return
    present = _outcome(decided(situation))
    yield reason("stayed", confidence=here, outcome=present)
    place = round(here / _STEP)
    for above in range(place + 1, len(steps)):
        if outcomes[above] != outcomes[above - 1] and outcomes[above] != present:
            yield reason("from_confidence", least=round(steps[above], 2), outcome=outcomes[above])
    for below in range(place - 1, -1, -1):
        if outcomes[below] != outcomes[below + 1] and outcomes[below] != present:
            most = round(steps[below + 1], 2)
            yield reason("below_confidence", most=most, outcome=outcomes[below])


def _with_confidence(situation: DecidedCase, confidence: float) -> DecidedCase:
    classification = situation.classification
    unsure = classification.unsure
    if situation.sure_from is not None:
        unsure = confidence < situation.sure_from
    changed = replace(classification, confidence=confidence, unsure=unsure)
    return replace(situation, classification=changed)


def _by_single_change(
    situation: DecidedCase, rulebook: Rulebook, decided: Callable[[DecidedCase], Decision]
) -> Iterator[Reason]:
    present = _outcome(decided(situation))
    for code, facts, changed in _changes(situation, rulebook):
        outcome = _outcome(decided(changed))
        if outcome != present:
            yield reason(code, **facts, outcome=outcome)


def _changes(
    situation: DecidedCase, rulebook: Rulebook
) -> Iterator[tuple[str, dict[str, Any], DecidedCase]]:
    """Single changes: the words that raise, another category, another channel, no account."""
    for kind in _RAISING:
        texts = [one.text for one in situation.entities if one.kind is kind]
        if texts:
            others = tuple(one for one in situation.entities if one.kind is not kind)
            changed = replace(situation, entities=others)
            yield "without_entity", {"words": list(dict.fromkeys(texts))[:3]}, changed
    draft, classification = situation.draft, situation.classification
    for ranked in classification.ranking:
        if ranked.category != classification.category:
            sure = replace(
                classification,
                category=ranked.category,
                confidence=_SURE,
                unsure=False,
                intent=None,
                maybe_sale=False,
            )
            yield (
                "if_category",
                {"category": ranked.category},
                replace(situation, classification=sure),
            )
    asked = {
        name for rule in rulebook.policy.rules for one in rule.conditions for name in one.named
    }
    if "channel" in asked:
        for channel in Channel:
            if channel is not draft.channel:
                other = replace(situation, draft=replace(draft, channel=channel))
                yield "if_channel", {"channel": channel.value}, other
    if draft.account.sure is not None:
        stranger = replace(situation, draft=replace(draft, account=NOBODY))
        yield "if_unknown", {}, stranger


def _outcome(decision: Decision) -> dict[str, str]:
    return {
        "team": decision.team,
        "priority": decision.priority.value,
        "rule": decision.rule,
    }
