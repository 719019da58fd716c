"""Conclusions from conditions."""

from typing import Any

import pytest

from inquiry_router.configuration.documents import TEAMS
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.routing.conditions import Conditions
from inquiry_router.routing.policy import Policy
from inquiry_router.routing.reasoning import Facts, Knowledge

THEN = {"team": "triage", "priority": "normal"}
INTENTS = {"haul": "rental", "missing_item": "defect"}


def known_of(*conditions: dict[str, Any], **more: Any) -> Knowledge:
    """Everything that follows if all these conditions hold."""
    read = [Conditions.model_validate(one) for one in conditions]
    rules = [{"id": f"r{n}", "when": one, "then": THEN} for n, one in enumerate(conditions)]
    # The phrases of a policy are known; one of each is enough here.
    rules.append({"id": "phrases", "when": {"words": ["pomp*", "pompa"]}, "then": THEN})
    policy = Policy.model_validate({"rules": rules, "default": THEN, **more})
    return Knowledge(Facts.of(policy, default_file().documents[TEAMS], INTENTS), *read)


@pytest.mark.parametrize(
    ("holding", "name", "value", "follows"),
    [
        ({"intent": ["missing_item"]}, "category", ["defect"], True),
        ({"intent": ["missing_item"]}, "category", ["other"], False),
        ({"intent": ["unheard"]}, "category", ["defect"], False),
        ({"category": ["defect"]}, "min_confidence", 0.6, True),
        ({"channel": ["email"]}, "min_confidence", 0.6, False),
        ({"email": ["a@x.pl"]}, "email_domain", ["x.pl"], True),
        ({"email": ["a@x.pl", "a@y.pl"]}, "email_domain", ["x.pl"], False),
        ({"words": ["pompa"]}, "words", ["pomp*"], True),
        ({"words": ["pomp*"]}, "words", ["pompa"], False),
        ({"weekday": ["sun"]}, "closed_teams", ["sales"], True),
        ({"weekday": ["mon"]}, "closed_teams", ["sales"], False),
    ],
)
def test_one_condition_follows_from_another(
    holding: dict[str, Any], name: str, value: Any, follows: bool
) -> None:
    assert known_of(holding, unsure_below=0.6).implies(name, value) is follows


def test_what_is_denied_is_taken_away() -> None:
    known = known_of({"category": ["defect", "other"], "min_confidence": 0.5})
    known.deny("category", ["other"])
    assert known.implies("category", ["defect"])
    known.deny("min_confidence", 0.7)
    assert known.implies("max_confidence", 0.7)
    assert not known.implies("max_confidence", 0.69)
    known.deny("attachment", True)
    assert known.excludes(Conditions(attachment=True))
    assert not known.impossible
    known.deny("category", ["defect"])
    assert known.impossible


def test_knowledge_of_a_copy_is_its_own() -> None:
    known = known_of({"category": ["defect", "other"], "words": ["pompa"]})
    copy = known.copy()
    copy.limit("category", ["other"])
    copy.deny("words", ["pomp*"])
    assert copy.impossible
    assert known.choices("category") == {"defect", "other"}
    assert known.implies("words", ["pompa"])
