"""Folded text and phrase patterns."""

import pytest

from inquiry_router.text.folding import fold, fold_words, phrase_pattern


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Żółw", "zolw"),
        ("ŁÓDŹ", "lodz"),
        ("Straße", "strasse"),
        ("Čeština", "cestina"),
        ("Київ", "киів"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("Z pompy dymi się!", "dymi się", True),
        ("z pompy dymi sie", "Dymi Się", True),
        ("czujnik dymu", "dymi", False),
        ("iskrzyło wczoraj", "iskrz*", True),
        ("niskrzy", "iskrz*", False),
        ("wybuchła pompa", "wybuchł*", True),
        ("a b", "b", True),
        ("", "b", False),
    ],
)
def test_phrase_pattern_matches_folded_words(text: str, phrase: str, found: bool) -> None:
    assert (phrase_pattern(phrase) in fold_words(text)) is found
