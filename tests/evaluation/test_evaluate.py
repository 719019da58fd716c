"""Figures of the evaluation against figures worked out by hand."""

import json

import pytest

from inquiry_router.configuration import documents
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.evaluation.evaluate import compute_figures, judge
from inquiry_router.evaluation.labelled import read_lines
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.model import Classification
from tests.conftest import NOW

SHIPPED = default_file().documents
POLICY, TEAMS = SHIPPED[documents.POLICY], SHIPPED[documents.TEAMS]


def line(
    label: str,
    says: str,
    confidence: float = 0.9,
    unsure: bool = False,
    named: str | None = None,
    **more: object,
) -> str:
    text = json.dumps(
        {"category": says, "confidence": confidence, "unsure": unsure, "intent": named}
    )
    return json.dumps(
        {"id": "x", "lang": "pl", "channel": "email", "text": text, "label": label, **more}
    )


def oracle(draft) -> Classification:
    said = json.loads(draft.text)
    return Classification(
        said["category"],
        said["confidence"],
        "pl",
        "model",
        "oracle",
        unsure=said["unsure"],
        intent=said["intent"],
    )


def judged(*lines: str):
    return judge(read_lines(lines, CATEGORY_IDS), oracle, POLICY, TEAMS, NOW)


def test_compute_figures() -> None:
    entries = judged(
        line("defect", "defect"),
        line("defect", "new_purchase"),  # service sent to sales
        line("defect", "new_purchase", unsure=True),  # saved: unsure
        line("new_purchase", "defect"),  # a lost lead
        line("new_purchase", "referral"),  # the wrong category, the right team
        line("referral", "defect", unsure=True),  # not lost: people see it
        line("other", "defect", acceptable=["defect"]),
        line("order_support", "defect"),
    )
    found = compute_figures(entries, POLICY, TEAMS, NOW)
    assert found["n"] == 8
    assert found["accuracy"] == 0.25
    assert found["team_accuracy"] == 0.5
    assert found["service_to_sales_rate"] == 0.2
    assert found["lost_lead_rate"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["coverage"] == 0.75
    assert found["accuracy_when_decided"] == pytest.approx(2 / 6, abs=1e-4)
    assert found["ece"] == pytest.approx(0.65, abs=1e-4)
    assert found["by_label"]["defect"] == {"n": 3, "accuracy": 0.3333, "coverage": 0.6667}
    assert found["confusion"]["defect"] == {"defect": 1, "new_purchase": 2}
    assert [entry.decision.team for entry in entries][2] == "triage"
    assert set(entries[0].as_line()) == {
        "id",
        "category",
        "confidence",
        "intent",
        "team",
        "abstained",
        "secondary",
    }


def test_intents_are_judged_where_they_are_labelled() -> None:
    entries = judged(
        line("defect", "defect", named="safety", intent="safety"),
        line("defect", "defect", named="safety", intent="missing_item"),
        line("defect", "defect", intent="missing_item"),
        line("defect", "new_purchase", named="tender", intent="missing_item"),
        line("defect", "defect", named="safety"),
    )
    found = compute_figures(entries, POLICY, TEAMS, NOW)
    assert found["intent_accuracy"] == 0.25
    assert found["intent_coverage"] == 0.75
    assert found["intent_accuracy_when_named"] == 0.3333
    assert found["by_intent"] == {
        "missing_item": {"n": 3, "accuracy": 0.0, "coverage": 0.6667},
        "safety": {"n": 1, "accuracy": 1.0, "coverage": 1.0},
    }
    unlabelled = compute_figures(entries[-1:], POLICY, TEAMS, NOW)
    assert not [name for name in unlabelled if "intent" in name]


def test_figures_of_right_decisions() -> None:
    found = compute_figures(
        judged(*(line(label, label, 1.0) for label in ("defect", "referral", "other"))),
        POLICY,
        TEAMS,
        NOW,
    )
    assert (found["accuracy"], found["macro_f1"], found["team_accuracy"], found["ece"]) == (
        1.0,
        1.0,
        1.0,
        0.0,
    )
    assert found["lost_lead_rate"] == 0.0


def test_model_with_other_labels_has_no_team_figures() -> None:
    entries = judge(
        read_lines([line("rental", "rental"), line("sale", "rental")], None),
        oracle,
        POLICY,
        TEAMS,
        NOW,
    )
    found = compute_figures(entries, POLICY, TEAMS, NOW)
    assert found["accuracy"] == 0.5
    assert "team_accuracy" not in found
    assert found["confusion"] == {"rental": {"rental": 1}, "sale": {"rental": 1}}
