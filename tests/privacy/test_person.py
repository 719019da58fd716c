"""A person in texts: addresses, numbers and names in their usual spellings."""

import pytest

from inquiry_router.privacy.person import ERASED, Person, without_quotations

ANNA = Person.named(["Anna.Kos@Mlyn.example"], ["22 601 23 45"], ["Anna Łoś"])


@pytest.mark.parametrize(
    "text",
    [
        "anna.kos@mlyn.example",
        "<ANNA.KOS@MLYN.EXAMPLE>.",
        "https://x.example/?m=anna.kos%40mlyn.example",
        "+48226012345",
        "tel. 22 601 23 45, w. 12",
        "(22) 601-23-45",
        "022/6012345",
        "0048 22 601 23 45",
        "22\u00a0601\u00a023\u00a045",
    ],
)
def test_address_and_number_are_recognised(text: str) -> None:
    assert ANNA.is_mentioned(text)
    masked = ANNA.mask(text)
    assert len(masked) == len(text) and not ANNA.is_mentioned(masked)


@pytest.mark.parametrize(
    "text",
    [
        "joanna.kos@mlyn.example",
        "anna.kos@mlyn.example.com",
        "anna.kos@mlyn.examples",
        "nr 12260123456",
        "1226012345",
        "Anna Łoś",
    ],
)
def test_others_are_not(text: str) -> None:
    assert not ANNA.is_mentioned(text)
    assert ANNA.mask(text) == text


@pytest.mark.parametrize("text", ["Anna Łoś", "LOS, ANNA", "pani anna  los prosi", "Łoś Anna:"])
def test_name_is_recognised_in_both_orders_without_diacritics(text: str) -> None:
    assert ANNA.is_mentioned(text, by_name=True)
    masked = ANNA.mask(text, by_name=True)
    assert "*" in masked and "nna" not in masked.casefold()


@pytest.mark.parametrize("text", ["Joanna Łoś", "Anna Łośkiewicz", "Anna i Jan Łoś"])
def test_other_names_are_not(text: str) -> None:
    assert not ANNA.is_mentioned(text, by_name=True)


def test_contact_is_compared_whole() -> None:
    assert ANNA.is_contact({"email": "anna.kos@mlyn.example"})
    assert ANNA.is_contact({"email": None, "phone": "+48226012345"})
    assert not ANNA.is_contact({"name": "Anna Łoś", "email": "a@mlyn.example", "phone": None})
    assert ANNA.has_name({"name": "p. A. Łoś"}) and not ANNA.has_name({"name": "Ewa Łoś"})


def test_json_keeps_its_shape() -> None:
    told = {"a": ["anna.kos@mlyn.example", 5, None], "b": {"c": "tel. 22 601 23 45"}}
    assert ANNA.mask(told) == {"a": ["*" * 21, 5, None], "b": {"c": "tel. ************"}}


def test_quotations_are_taken_out_and_figures_stay() -> None:
    stored = {
        "classification": {"category": "defect", "evidence": [{"text": "cieknie", "weight": 2}]},
        "decision": {"team": "sales", "reasons": ["the word 'cieknie'"]},
        "entities": [{"kind": "phone", "text": "601"}],
        "data": {"text": "Pompa", "contact": {"email": "x@y.example", "name": None}},
    }
    assert without_quotations(stored) == {
        "classification": {"category": "defect", "evidence": []},
        "decision": {"team": "sales", "reasons": []},
        "entities": [],
        "data": {"text": ERASED, "contact": {"email": ERASED, "name": None}},
    }


@pytest.mark.parametrize(
    "values",
    [(["anna"], [], []), (["a b@c.example"], [], []), ([], ["12"], []), ([], [], ["Anna"])],
)
def test_values_that_cannot_be_looked_for_are_refused(values: tuple[list[str], ...]) -> None:
    with pytest.raises(ValueError):
        Person.named(*values)


def test_long_text_is_read_in_linear_time() -> None:
    for text in ("2" * 300_000, "22 " * 100_000, "a" * 300_000 + "@", "anna " * 60_000):
        assert ANNA.mask(text, by_name=True) == text
