"""Stems are found in folded words, and occur only at the beginning of a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.entities.finding import STEMS, find_entities
from inquiry_router.entities.insistence import REPETITION_STEMS, THREAT_STEMS
from inquiry_router.entities.recommending import PEOPLE_STEMS
from inquiry_router.entities.urgency import URGENCY_STEMS
from inquiry_router.entities.word_search import find_stems
from inquiry_router.text.folding import read_words

_ALL = sorted(URGENCY_STEMS | PEOPLE_STEMS | REPETITION_STEMS | THREAT_STEMS)
_GLUE = st.text(st.sampled_from(" \n_-'’.,7aąZŻßæİıдйΣ😀\u00a0"), max_size=4)


@given(_GLUE, st.sampled_from(_ALL), _GLUE, st.sampled_from(_ALL), _GLUE, st.booleans())
def test_folded_words_contain_every_stem_of_the_text(
    before: str, one: str, between: str, other: str, after: str, upper: bool
) -> None:
    text = f"{before}{one}{between}{other}{after}"
    text = text.upper() if upper else text
    lower = text.lower() if len(text.lower()) == len(text) else text
    assert find_stems(lower, _ALL) <= STEMS.find_in(read_words(None, text))


@pytest.mark.parametrize("stem", _ALL)
def test_stem_is_found_in_a_sentence(stem: str) -> None:
    assert stem in find_stems(
        f"to {stem}. i", STEMS.find_in(read_words(None, f"To {stem.upper()}. I"))
    )


@pytest.mark.parametrize(
    ("text", "stem", "occurs"),
    [
        ("pompa dymi", "dymi", True),
        ("pompa dymiła", "dymi", True),
        ("zadymi", "dymi", False),
        ("3dymi", "dymi", False),
        ("foto_dymi", "dymi", False),
        ("foto-dymi", "dymi", True),
        ("dym leci", "dym ", True),
        ("zadym leci", "dym ", False),
        ("pełna już", "na już", True),
        ("dymí zadymi", "dymi", False),
    ],
)
def test_stem_occurs_only_at_the_beginning_of_a_word(text: str, stem: str, occurs: bool) -> None:
    assert (stem in find_stems(text, [stem])) is occurs


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (None, "pilne, iskrzy w rozdzielni"),
        ("Pilne", "polecił mi Jan Kowalski, tel. 601 234 567"),
        ("Faktura FV/1/2025", "iskrzy"),
    ],
)
def test_words_read_before_do_not_change_the_result(subject: str | None, text: str) -> None:
    entities = find_entities(subject, text)
    assert entities
    assert find_entities(subject, text, read_words(subject, text)) == entities
