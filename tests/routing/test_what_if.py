"""Single changes that would lead to another decision: each is true."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.configuration.documents import POLICY, TEAMS
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.account import KnownAccount, Recognised
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.model import (
    Channel,
    Classification,
    Decision,
    Draft,
    Entity,
    EntityKind,
    Ranked,
)
from inquiry_router.inquiry.names import built_in_name
from inquiry_router.inquiry.reasons import Reason, say
from inquiry_router.routing.decide import Rulebook, decide
from inquiry_router.routing.policy import Policy
from inquiry_router.routing.what_if import DecidedCase, what_if

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
SHIPPED = default_file().documents
RULEBOOK = Rulebook(SHIPPED[POLICY], 1, SHIPPED[TEAMS])
SURE_FROM = 0.8
URGENT = Entity(EntityKind.URGENCY, "bardzo pilne", None, 0, 12)


def situation(category: str, confidence: float, **more: Any) -> DecidedCase:
    ranking = tuple(Ranked(one, 0.1) for one in CATEGORY_IDS)
    unsure = confidence < SURE_FROM
    found = Classification(
        category, confidence, "pl", "model", "test", ranking=ranking, unsure=unsure
    )
    draft = Draft(Channel.EMAIL, "Bardzo pilne: proszę o ofertę.")
    return replace(DecidedCase(draft, found, (), NOW, SURE_FROM), **more)


def decided(one: DecidedCase, rulebook: Rulebook = RULEBOOK) -> Decision:
    return decide(one.draft, one.classification, one.entities, rulebook, one.now)


def by_code(found: list[Reason]) -> dict[str, list[Reason]]:
    return {one.code: [same for same in found if same.code == one.code] for one in found}


def test_it_says_from_which_confidence_it_goes_to_sales() -> None:
    unsure = situation("new_purchase", 0.62)
    assert decided(unsure).team == "triage"
    found = by_code(what_if(unsure, RULEBOOK))
    assert found["stayed"][0].startswith("with confidence 0.62 it is: team triage")
    (above,) = found["from_confidence"]
    assert above.facts["least"] == SURE_FROM
    assert above.startswith("from confidence 0.80 it would be: team sales")
    polish = say(above.code, above.facts, "pl", built_in_name)
    assert polish.startswith("od pewności 0,80 byłoby: zespół „sales”, priorytet ")
    said = partial(say, above.code, above.facts, "pl")
    named = said(lambda kind, one, language: "handel" if kind == "team" else one)
    assert named.startswith("od pewności 0,80 byłoby: zespół „handel” (sales), priorytet ")


def test_it_says_below_which_confidence_it_would_be_unsure() -> None:
    found = by_code(what_if(situation("defect", 0.95), RULEBOOK))
    (below,) = found["below_confidence"]
    assert (below.facts["most"], below.facts["outcome"]["team"]) == (SURE_FROM, "triage")


def test_words_that_raise_and_other_categories_are_tried() -> None:
    urgent = situation("defect", 0.95, entities=(URGENT,))
    found = by_code(what_if(urgent, RULEBOOK))
    (without,) = found["without_entity"]
    assert without.facts["words"] == ["bardzo pilne"]
    categories = {one.facts["category"]: one.facts["outcome"] for one in found["if_category"]}
    assert categories["new_purchase"]["team"] == "sales"
    assert "defect" not in categories


def test_channels_and_accounts_are_tried_where_rules_ask_for_them() -> None:
    policy = Policy.model_validate(
        {
            "rules": [
                {
                    "id": "phone",
                    "when": {"channel": ["phone"]},
                    "then": {"team": "customer_service", "priority": "high"},
                },
                {
                    "id": "known",
                    "when": {"known_customer": True},
                    "then": {"team": "customer_service", "priority": "low"},
                },
            ],
            "default": {"team": "triage", "priority": "low"},
        }
    )
    rulebook = Rulebook(policy, 1, SHIPPED[TEAMS])
    account = Recognised(KnownAccount("id-1", "Hydro-Bud", ""))
    known = situation("defect", 0.95)
    known = replace(known, draft=replace(known.draft, account=account))
    found = by_code(what_if(known, rulebook))
    assert [one.facts["channel"] for one in found["if_channel"]] == ["phone"]
    assert found["if_unknown"][0].facts["outcome"]["rule"] == "default"
    assert "confidence" not in " ".join(found)


def test_what_no_model_decided_has_no_confidence_to_change() -> None:
    person = situation("defect", 1.0)
    person = replace(person, classification=replace(person.classification, method="person"))
    assert not {"stayed", "below_confidence"} & by_code(what_if(person, RULEBOOK)).keys()


@given(st.sampled_from(CATEGORY_IDS), st.integers(0, 100))
def test_every_confidence_that_is_named_decides_as_it_says(category: str, hundredths: int) -> None:
    here = situation(category, hundredths / 100)
    for one in what_if(here, RULEBOOK):
        facts = one.facts
        if one.code == "from_confidence":
            tried = situation(category, facts["least"])
        elif one.code == "below_confidence":
            tried = situation(category, round(facts["most"] - 0.01, 2))
        elif one.code == "if_category":
            tried = situation(facts["category"], 1.0)
        else:
            continue
        decision = decided(tried)
        assert facts["outcome"] == {
            "team": decision.team,
            "priority": decision.priority.value,
            "rule": decision.rule,
        }
