"""Phrases found by the index are those found one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.text.folding import fold_words, phrase_pattern, read_words
from inquiry_router.text.phrases import Phrases

_PHRASES = (
    "dymi się",
    "iskrz*",
    "zw*",
    "na wczoraj",
    "a b",
    "od",
    "od*",
    "Straße",
    "дим*",
    "smell of gas",
    "!!",
    "!*",
    "3dom",
)
_INDEX = Phrases({phrase: phrase_pattern(phrase) for phrase in _PHRASES})
_PIECES = (
    "dymi",
    "się",
    "sie",
    "iskrzy",
    "niskrzy",
    "zwrot",
    "na",
    "wczoraj",
    "a",
    "b",
    "od",
    "oddać",
    "STRASSE",
    "дим",
    "3dom",
)


@given(
    st.lists(
        st.tuples(st.sampled_from(_PIECES), st.sampled_from([" ", "-", "_", "", ", ", "\n", "'"]))
    )
)
def test_index_finds_the_same_as_separate_searches(pieces: list[tuple[str, str]]) -> None:
    text = "".join(map("".join, pieces))
    alone = {phrase for phrase in _PHRASES if phrase_pattern(phrase) in fold_words(text)}
    assert _INDEX.find_in(read_words(None, text)) == alone


@pytest.mark.parametrize(
    ("subject", "text"), [("Na", "wczoraj"), ("na wczoraj", ""), (None, "NA  WCZORAJ!")]
)
def test_phrases_span_subject_and_text(subject: str | None, text: str) -> None:
    words = read_words(subject, text)
    assert words.spaced == " na wczoraj "
    assert set(words.beginnings) == {"", "na", "wczo"}
    assert _INDEX.find_in(words) == {"na wczoraj", "!*"}


def test_empty_index_finds_nothing() -> None:
    assert Phrases({}).find_in(read_words(None, "dymi się")) == frozenset()
