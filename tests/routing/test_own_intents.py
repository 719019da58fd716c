"""Own intents: what is refused, their categories and names."""

import pytest
from pydantic import ValidationError

from inquiry_router.routing.own_intents import OwnIntent, OwnIntents

EXAMPLE = OwnIntent.model_config["json_schema_extra"]["examples"][0]
OWN = OwnIntents.model_validate({"intents": [EXAMPLE]})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "tender"}, "always exist"),
        ({"id": "Service"}, "pattern"),
        ({"examples": EXAMPLE["examples"][:7]}, "at least 8"),
        ({"examples": ["a contract"] * 8}, "repeat themselves"),
        ({"names": {"pl": "umowa"}}, "English"),
        ({"team": "sales"}, "team"),
    ],
)
def test_invalid_intent_is_refused(change: dict, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        OwnIntent.model_validate({**EXAMPLE, **change})


def test_two_intents_have_different_ids() -> None:
    with pytest.raises(ValidationError, match="same id"):
        OwnIntents.model_validate({"intents": [EXAMPLE, {**EXAMPLE, "category": "defect"}]})


def test_every_intent_has_a_category_and_a_name() -> None:
    assert OWN.category_of["service_contract"] == "new_purchase"
    assert OWN.category_of["missing_item"] == "defect"
    assert len(OWN.category_of) == 68
    assert OWN.name("service_contract", "pl") == "pytanie o umowę serwisową"
    assert OWN.name("service_contract", "de") == "a question about a service contract"
    assert OWN.name("missing_item", "de") == "Fehlmenge"
    assert OWN.name("gone", "pl") == "gone"
