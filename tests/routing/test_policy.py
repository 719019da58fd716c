"""The policy: validation and its messages."""

import pytest
from pydantic import ValidationError

from inquiry_router.configuration.documents import TEAMS
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.routing.policy import Policy

OUTCOME = {"team": "sales", "priority": "normal"}


def rule(**more) -> dict:
    return {"id": "r", "when": {"category": ["defect"]}, "then": OUTCOME, **more}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"rules": [rule(), rule()], "default": OUTCOME}, "same id"),
        ({"rules": [rule(when={}), rule(id="s")], "default": OUTCOME}, "applies to everything"),
        ({"rules": [rule(unless={})], "default": OUTCOME}, "never apply"),
        ({"rules": [rule(id="default")], "default": OUTCOME}, "default"),
        ({"rules": [rule(when={"categroy": ["defect"]})], "default": OUTCOME}, "categroy"),
        ({"rules": [rule(when={"category": []})], "default": OUTCOME}, "at least 1"),
        (
            {"rules": [rule(then={"team": "sales", "priority": "soon"})], "default": OUTCOME},
            "urgent",
        ),
        (
            {"rules": [rule(then={**OUTCOME, "respond_within_minutes": True})], "default": OUTCOME},
            "integer",
        ),
        (
            {"rules": [rule(then={**OUTCOME, "respond_within_minutes": 0})], "default": OUTCOME},
            "greater",
        ),
        ({"rules": [rule(when={"min_confidence": 1.5})], "default": OUTCOME}, "less than"),
        ({"rules": []}, "default"),
        ({"rules": [rule(when={"words": ["a" * 81]})], "default": OUTCOME}, "at most 80"),
        ({"rules": [rule(id=f"r{n}") for n in range(201)], "default": OUTCOME}, "200"),
    ],
)
def test_invalid_policy_is_refused(document: dict, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Policy.model_validate(document)


def problems_of(document: dict) -> list[str]:
    policy = Policy.model_validate({"default": OUTCOME, **document})
    intents = ("haul", "missing_item")
    return policy.problems(default_file().documents[TEAMS], (*CATEGORY_IDS, "rental"), intents)


def test_all_unknown_names_are_listed() -> None:
    document = {
        "rules": [
            rule(
                when={"category": ["nothing"], "intent": ["dusk"], "open_teams": ["night"]},
                unless={"closed_teams": ["day"], "intent": ["dawn"]},
                then={"team": "gone", "priority": "low"},
            )
        ],
        "default": {"team": "away", "priority": "low"},
    }
    problems = problems_of(document)
    assert len(problems) == 7
    for name in ("nothing", "dusk", "night", "dawn", "day", "gone", "away"):
        assert f"'{name}'" in " ".join(problems)
