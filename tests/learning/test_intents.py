"""Own intents are taught beside those that always exist, and take almost nothing from them."""

from functools import cache

import numpy as np
import pytest

from inquiry_router.classification.examples import ExampleSet, load_examples
from inquiry_router.classification.head import Head
from inquiry_router.classification.intents import likeliest_intent
from inquiry_router.learning.intents import own_intents_in, propose_intents
from inquiry_router.learning.lessons import MAX_TAKEN
from inquiry_router.learning.proposal import propose_from_categories
from inquiry_router.learning.separation import Separation
from inquiry_router.routing.own_categories import OwnCategory
from inquiry_router.routing.own_intents import OwnIntent
from tests.conftest import shipped_model
from tests.intents_model import intents_head, model_with_intents

RENTAL = OwnCategory.model_validate(OwnCategory.model_config["json_schema_extra"]["examples"][0])
SERVICE_CONTRACT = OwnIntent.model_validate(
    OwnIntent.model_config["json_schema_extra"]["examples"][0]
)
LONG_HIRE = OwnIntent(
    id="long_hire",
    category="rental",
    names={"en": "a long hire"},
    description="Wants to rent for a year or more.",
    examples=[
        "Chcemy wynająć podnośnik na cały rok.",
        "Ile kosztuje wynajem długoterminowy, na 24 miesiące?",
        "Long term rental of a mini digger, for two years.",
        "Potrzebny agregat w najem na trzy lata, z serwisem.",
        "Wynajem na 12 miesięcy, proszę o warunki umowy.",
        "We would like to hire an office container for eighteen months.",
        "najem długoterminowy rusztowania od stycznia do grudnia",
        "A yearly rental of heaters: what are your terms?",
    ],
)


@cache
def shipped() -> ExampleSet:
    examples = load_examples(shipped_model().folder)
    assert examples is not None
    return examples


def proposed(*own: OwnIntent) -> tuple[Head, Separation | None]:
    """The head that knows these own intents, with the category of rentals."""
    model = model_with_intents()
    present = propose_from_categories(model, shipped(), model.head, [RENTAL])[0].head
    return propose_intents(model, shipped(), present, own, [RENTAL])


def likeliest(head: Head, text: str, category: str) -> str | None:
    found = likeliest_intent(head, shipped_model().encoder.encode(None, text).vector, category)
    return found and found[0]


def test_own_intent_is_known_and_the_others_stay() -> None:
    head, separation = proposed(SERVICE_CONTRACT)
    assert own_intents_in(head) == {"service_contract"}
    for text in SERVICE_CONTRACT.examples:
        assert likeliest(head, text, "new_purchase") == "service_contract"
    assert likeliest(head, "Please send us a quote for ten desks.", "new_purchase") == (
        "quote_request"
    )
    assert separation is not None
    assert separation.verdict in ("well", "fairly", "poorly")
    # Intents of other categories are exactly as before.
    before = intents_head()
    others = [label for label in before.labels if not label.startswith("new_purchase/")]
    kept, wanted = (one.widened(others) for one in (head, before))
    assert np.array_equal(kept.weights, wanted.weights)
    assert np.array_equal(kept.biases, wanted.biases)


def test_own_intent_takes_almost_nothing_from_the_shipped_test() -> None:
    """An own intent whose examples are like any purchase must not swallow the purchases."""
    greedy = SERVICE_CONTRACT.model_copy(
        update={
            "examples": [
                text
                for text, label, unseen in zip(
                    shipped().texts, shipped().labels, shipped().unseen, strict=True
                )
                if label == "new_purchase" and not unseen
            ][:30]
        }
    )
    head, separation = proposed(greedy)
    test = shipped().where(shipped().unseen)
    guarded = sum(label != "other" for label in test.labels)
    purchases = test.where(np.array([label == "new_purchase" for label in test.labels]))
    named = [likeliest_intent(head, vector, "new_purchase") for vector in purchases.vectors]
    taken = sum(found is not None and found[0] == "service_contract" for found in named)
    assert taken <= MAX_TAKEN * guarded
    assert separation is not None and separation.taken_from_others <= MAX_TAKEN


def test_own_category_with_an_own_intent_has_texts_without_any() -> None:
    head, separation = proposed(LONG_HIRE)
    assert likeliest(head, "Wynajem podnośnika na dwa lata, proszę o warunki.", "rental") == (
        "long_hire"
    )
    assert likeliest(head, "Potrzebuję na trzy dni zagęszczarki, pożyczyć.", "rental") is None
    assert {"rental/", "rental/long_hire"} < set(head.labels)
    assert separation is not None
    looks_like = {one.looks_like for one in separation.collisions}
    assert "rental/long_hire" not in looks_like


def test_separation_is_that_of_the_last_one_and_none_without_any() -> None:
    assert proposed() == (intents_head(), None)
    both, last = proposed(SERVICE_CONTRACT, LONG_HIRE)
    assert own_intents_in(both) == {"service_contract", "long_hire"}
    assert last == proposed(LONG_HIRE)[1]


def test_example_of_another_category_is_a_collision() -> None:
    """It would never get the intent, because the category is decided first."""
    lost = "Pompa cieknie, proszę o naprawę gwarancyjną."
    examples = [*SERVICE_CONTRACT.examples, lost]
    _, separation = proposed(SERVICE_CONTRACT.model_copy(update={"examples": examples}))
    assert separation is not None
    (collision,) = [one for one in separation.collisions if one.example == lost]
    assert (collision.looks_like, collision.resembles is not None) == ("defect", True)


@pytest.mark.parametrize("label", ["new_purchase/tender", "rental/", "defect/missing_item"])
def test_intents_that_always_exist_and_none_are_not_own(label: str) -> None:
    head = Head((label, "rental/haul"), np.zeros((2, 2)), np.zeros(2))
    assert own_intents_in(head) == {"haul"}
