"""The rules that were tried, and why each failed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from inquiry_router.configuration.documents import TEAMS
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.account import KnownAccount, Recognised
from inquiry_router.inquiry.model import (
    Channel,
    Classification,
    Contact,
    Draft,
    Entity,
    EntityKind,
    Origin,
)
from inquiry_router.inquiry.names import built_in_name
from inquiry_router.inquiry.reasons import say
from inquiry_router.routing.conditions import Conditions
from inquiry_router.routing.decide import Rulebook, decide, make_case
from inquiry_router.routing.policy import Policy
from inquiry_router.routing.trying import _NOT_SHOWN, ACTUAL, TriedRule, try_rules
from inquiry_router.text.folding import read_words

# A Thursday, 11:00 in Warsaw.
NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
TEAMS_HERE = default_file().documents[TEAMS]
ANNA = Draft(
    Channel.EMAIL,
    "Proszę o ofertę, czuć gaz.",
    contact=Contact("Anna", "anna@agro.example", "+48601234567", "Hydro-Bud"),
    origin=Origin("zammad", "1"),
    account=Recognised(KnownAccount("id-1", "Hydro-Bud", "", "K-1", "gold")),
)
FOUND = Classification("new_purchase", 0.62, "pl", "model", "test")
GAS = Entity(EntityKind.DANGER, "czuć gaz", "gas", 17, 25)


def tried(
    *rules: dict[str, Any],
    found: Classification = FOUND,
    draft: Draft = ANNA,
    entities: tuple[Entity, ...] = (),
) -> list[TriedRule]:
    then = {"team": "sales", "priority": "normal"}
    policy = Policy.model_validate(
        {
            "rules": [{"id": f"r{n}", "then": then, **rule} for n, rule in enumerate(rules)],
            "default": {"team": "triage", "priority": "low"},
        }
    )
    rulebook = Rulebook(policy, 1, TEAMS_HERE)
    words = read_words(draft.subject, draft.text)
    seen = try_rules(make_case(draft, found, entities, rulebook, NOW, words))
    applied = next((one.rule for one in seen if one.applied), "default")
    assert decide(draft, found, entities, rulebook, NOW).rule == applied
    return seen


def why(when: dict[str, Any], **more: Any) -> list[str]:
    (first,) = tried({"when": when}, **more)
    return [str(one) for one in first.failed]


def test_every_condition_names_the_value_that_it_looks_at() -> None:
    assert {*ACTUAL, *_NOT_SHOWN} == set(Conditions.model_fields)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"category": ["defect"]}, "category is defect, but here: new_purchase"),
        ({"intent": ["tender"]}, "intent is tender, but there is no such thing here"),
        ({"min_confidence": 0.8}, "min_confidence is 0.8, but here: 0.62"),
        ({"channel": ["phone"]}, "channel is phone, but here: email"),
        ({"source": ["desk"]}, "source is desk, but here: zammad"),
        ({"words": ["awaria"]}, "words is awaria, but there is no such thing here"),
        ({"attachment": True}, "attachment is there, but there is no such thing here"),
        ({"weekday": ["sat"]}, "weekday is sat, but here: thu"),
        ({"time": ["22:00-06:00"]}, "time is 22:00-06:00, but here: 11:00"),
        ({"tier": ["silver"]}, "tier is silver, but here: gold"),
        ({"owner": ["jan"]}, "owner is jan, but there is no such thing here"),
        ({"email_domain": ["x.example"]}, "email_domain is x.example, but here: agro.example"),
        ({"phone_prefix": ["+49"]}, "phone_prefix is +49, but here: +48601234567"),
        ({"mailbox": ["a@b.example"]}, "mailbox is a@b.example, but there is no such thing here"),
        ({"entity": ["tax_id"]}, "entity is tax_id, but there is no such thing here"),
    ],
)
def test_failed_condition_is_named_with_the_value(when: dict[str, Any], said: str) -> None:
    assert why(when) == [said]


def test_entities_that_are_there_and_doubt_are_named() -> None:
    assert why({"entity": ["tax_id"]}, entities=(GAS,)) == ["entity is tax_id, but here: danger"]
    unsure = Classification("defect", 0.3, "pl", "model", "test", unsure=True)
    assert why({"category": ["defect"]}, found=unsure) == [
        "category is defect, but the classifier is unsure"
    ]


def test_all_failed_conditions_are_named_and_rules_up_to_the_one_that_applied() -> None:
    first, second, third = tried(
        {"when": {"category": ["defect"], "channel": ["phone", "email"], "tier": ["silver"]}},
        {"when": {"channel": ["email"]}, "unless": {"words": ["czuć gaz"], "channel": ["email"]}},
        {"when": {"known_customer": True}},
        {"when": {}},
    )
    assert [len(one.failed) for one in (first, second, third)] == [2, 2, 0]
    assert list(second.failed) == ["except: channel is email", "except: words is czuć gaz"]
    assert (third.rule, third.applied) == ("r2", True)


def test_failure_is_said_in_polish_and_german() -> None:
    (first,) = tried({"when": {"category": ["defect"], "weekday": ["sat", "sun"]}})
    polish = [say(one.code, one.facts, "pl", built_in_name) for one in first.failed]
    assert polish == [
        "kategoria: reklamacja, a tu: zakup",
        "dzień tygodnia: sobota lub niedziela, a tu: czwartek",
    ]
    german = say(first.failed[0].code, first.failed[0].facts, "de", built_in_name)
    assert german == "Kategorie: Reklamation, hier aber: Kaufanfrage"
