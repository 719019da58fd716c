"""Evaluate decisions: send labelled inquiries through the live path and compare with the labels."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from inquiry_router.classification.calibration import calibration_error
from inquiry_router.entities.finding import find_entities
from inquiry_router.evaluation.labelled import LabelledInquiry
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.model import Channel, Classification, Decision, Draft
from inquiry_router.intake.cleaning import clean
from inquiry_router.intake.question import question_of
from inquiry_router.routing.decide import Rulebook, decide, is_unsure
from inquiry_router.routing.policy import Policy
from inquiry_router.routing.teams import Teams


@dataclass(frozen=True, slots=True)
class JudgedInquiry:
    """One inquiry and its decision.

    `plain_team` is the policy's team for its likeliest category, certain or not.
    """

    item: LabelledInquiry
    classification: Classification
    decision: Decision
    abstained: bool
    plain_team: str

    @property
    def right(self) -> bool:
        """True if the likeliest category is the label or acceptable."""
        return self.classification.category in self.item.acceptable

    @property
    def intent_right(self) -> bool:
        """True if the named intent is the labelled one."""
        return self.classification.intent == self.item.intent

    def as_line(self) -> dict[str, object]:
        """Return the entry for `--predictions`."""
        return {
            "id": self.item.id,
            "category": self.classification.category,
            "confidence": self.classification.confidence,
            "intent": self.classification.intent,
            "team": self.decision.team,
            "abstained": self.abstained,
            "secondary": self.classification.secondary,
        }


def judge(
    items: Sequence[LabelledInquiry],
    classify: Callable[[Draft], Classification],
    policy: Policy,
    teams: Teams,
    now: datetime,
) -> list[JudgedInquiry]:
    """Send each inquiry through the live path."""
    judged = []
    for item in items:
        draft = clean(item.draft)
        question = question_of(draft)
        classification = classify(question)
        entities = find_entities(question.subject, question.text)
        decision = decide(draft, classification, entities, Rulebook(policy, 0, teams), now)
        plain = team_of(classification.category, policy, teams, now)
        judged.append(
            JudgedInquiry(item, classification, decision, is_unsure(classification, policy), plain)
        )
    return judged


def team_of(category: str, policy: Policy, teams: Teams, now: datetime) -> str:
    """Return the policy's team for a category that is certain."""
    sure = Classification(category, 1.0, "pl", "person", "none")
    return decide(Draft(Channel.EMAIL, ""), sure, (), Rulebook(policy, 0, teams), now).team


def compute_figures(
    judged: Sequence[JudgedInquiry], policy: Policy, teams: Teams, now: datetime
) -> dict[str, Any]:
    """Compute all figures. Shares are 0 to 1.

    `team_accuracy` compares the policy's team for the likeliest category with its team for the
    label. `service_to_sales_rate` is the share of the inquiries of other teams that the live
    decision sent to sales. `lost_lead_rate` is the share of the inquiries of sales that were
    decided with confidence for another team. `ece` is the expected calibration error over ten bins
    of equal width. A model with other labels than the product's has no figures about teams. Figures
    about intents count the inquiries that are labelled with one; an intent that is not named is not
    right.
    """
    team_figures = {}
    if all(entry.item.acceptable <= set(CATEGORY_IDS) for entry in judged):
        team_figures = _team_figures(judged, policy, teams, now)
    decided = [entry for entry in judged if not entry.abstained]
    return {
        "n": len(judged),
        "accuracy": _share(entry.right for entry in judged),
        "macro_f1": _macro_f1(judged),
        **team_figures,
        "coverage": _share(not entry.abstained for entry in judged),
        "accuracy_when_decided": _share(entry.right for entry in decided),
        "ece": _calibration_error(judged),
        **_intent_figures(judged),
        "by_label": _groups(judged, lambda entry: entry.item.label),
        "by_language": _groups(judged, lambda entry: entry.item.lang),
        "by_channel": _groups(judged, lambda entry: str(entry.item.draft.channel)),
        "confusion": _confusion(judged),
    }


def _team_figures(
    judged: Sequence[JudgedInquiry], policy: Policy, teams: Teams, now: datetime
) -> dict[str, Any]:
    wanted = {category: team_of(category, policy, teams, now) for category in CATEGORY_IDS}
    sales = {team.id for team in teams.teams if team.kind == "sales"}
    service = [entry for entry in judged if wanted[entry.item.label] not in sales]
    leads = [entry for entry in judged if wanted[entry.item.label] in sales]

    def rightly_placed(entry: JudgedInquiry) -> bool:
        return entry.plain_team in {wanted[category] for category in entry.item.acceptable}

    return {
        "team_accuracy": _share(rightly_placed(entry) for entry in judged),
        "service_to_sales_rate": _share(
            entry.decision.team in sales and not _is_acceptable_sale(entry, wanted, sales)
            for entry in service
        ),
        "lost_lead_rate": _share(
            not entry.abstained and entry.decision.team not in sales and not entry.right
            for entry in leads
        ),
    }


def _intent_figures(judged: Sequence[JudgedInquiry]) -> dict[str, Any]:
    labelled = [entry for entry in judged if entry.item.intent is not None]
    if not labelled:
        return {}
    named = [entry for entry in labelled if entry.classification.intent is not None]
    grouped: dict[str, list[JudgedInquiry]] = defaultdict(list)
    for entry in labelled:
        grouped[str(entry.item.intent)].append(entry)
    return {
        "intent_accuracy": _share(entry.intent_right for entry in labelled),
        "intent_coverage": _share(entry.classification.intent is not None for entry in labelled),
        "intent_accuracy_when_named": _share(entry.intent_right for entry in named),
        "by_intent": {
            name: {
                "n": len(entries),
                "accuracy": _share(entry.intent_right for entry in entries),
                "coverage": _share(entry.classification.intent is not None for entry in entries),
            }
            for name, entries in sorted(grouped.items())
        },
    }


def _is_acceptable_sale(entry: JudgedInquiry, wanted: dict[str, str], sales: set[str]) -> bool:
    return entry.right and wanted[entry.classification.category] in sales


def _share(hits: Iterable[bool]) -> float | None:
    found = list(hits)
    return round(sum(found) / len(found), 4) if found else None


def _groups(
    judged: Sequence[JudgedInquiry], key: Callable[[JudgedInquiry], str]
) -> dict[str, dict[str, Any]]:
    grouped: dict[str, list[JudgedInquiry]] = defaultdict(list)
    for entry in judged:
        grouped[key(entry)].append(entry)
    return {
        name: {
            "n": len(entries),
            "accuracy": _share(entry.right for entry in entries),
            "coverage": _share(not entry.abstained for entry in entries),
        }
        for name, entries in sorted(grouped.items())
    }


def _macro_f1(judged: Sequence[JudgedInquiry]) -> float:
    """Return the mean F1 of the labels that occur. An acceptable answer counts as the label."""
    scores = []
    for label in sorted({entry.item.label for entry in judged}):
        hits = sum(entry.right for entry in judged if entry.item.label == label)
        missed = sum(not entry.right for entry in judged if entry.item.label == label)
        wrong = sum(not entry.right and entry.classification.category == label for entry in judged)
        scores.append(2 * hits / (2 * hits + missed + wrong) if hits else 0.0)
    return round(sum(scores) / len(scores), 4)


def _calibration_error(judged: Sequence[JudgedInquiry]) -> float:
    confidence = np.array([entry.classification.confidence for entry in judged], dtype=np.float32)
    return round(calibration_error(confidence, np.array([entry.right for entry in judged])), 4)


def _confusion(judged: Sequence[JudgedInquiry]) -> dict[str, dict[str, int]]:
    """Count inquiries by label, then by predicted category, the product's categories first."""
    counts = Counter((entry.item.label, entry.classification.category) for entry in judged)
    names = sorted({name for pair in counts for name in pair} - set(CATEGORY_IDS))
    order = (*CATEGORY_IDS, *names)
    rows = {
        label: {category: counts[label, category] for category in order if counts[label, category]}
        for label in order
    }
    return {label: row for label, row in rows.items() if row}
