"""References and keys, spoken and pressed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.inquiry.reference import ALPHABET, new_reference
from inquiry_router.phone.dictation import (
    LETTERS,
    keyed_inquiry,
    spell,
    spoken_key,
    spoken_references,
)
from inquiry_router.phone.model import OpenInquiry


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("mój numer to ka siedem em a cztery iks e igrek", "pl"),
        ("K 7 M A myślnik 4 X E Y", "pl"),
        ("K7MA-4XEY", "pl"),
        ("k7ma 4xey, dziękuję", "pl"),
        ("Karol siedem Maria Adam, cztery iks Ewa igrek", "pl"),
        ("kilo seven mike alpha four xray echo yankee", "en"),
        ("kay 7 em a 4 ex e why", "en"),
        ("Kaufmann sieben Martha Anton vier Xanthippe Emil Ypsilon", "de"),
    ],
)
def test_dictated_reference_is_found(words: str, language: str) -> None:
    assert "K7MA-4XEY" in spoken_references(words, language)


def test_wrong_character_gives_no_reference() -> None:
    assert spoken_references("ka siedem em a cztery iks e ka", "pl") == ()
    assert spoken_references("dzień dobry, pompa cieknie od wtorku", "pl") == ()


@given(st.randoms(use_true_random=False), st.sampled_from(["pl", "en", "de"]))
def test_every_reference_can_be_dictated(random: object, language: str) -> None:
    reference = new_reference()
    digits = {
        "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
        "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    }
    named = digits.get(language, "zero one two three four five six seven eight nine").split()
    words = [
        named[int(c)] if c.isdigit() else LETTERS[language][c].split()[-1]
        for c in reference
        if c != "-"
    ]
    assert reference in spoken_references(" ".join(words), language)


@pytest.mark.parametrize(
    ("words", "language", "key"),
    [
        ("jeden", "pl", "1"),
        ("Trzy!", "pl", "3"),
        ("zero", "pl", "0"),
        ("2", "pl", "2"),
        ("two", "en", "2"),
        ("null", "de", "0"),
        ("jeden dwa", "pl", None),
        ("kot", "pl", None),
        ("22", "pl", None),
        ("", "pl", None),
        ("jeden", "fr", None),
    ],
)
def test_spoken_key_is_read(words: str, language: str, key: str | None) -> None:
    assert spoken_key(words, language) == key


def test_keyed_reference_must_be_the_callers_own() -> None:
    case = OpenInquiry("K7MA-4XEY", "customer_service", "defect")
    assert keyed_inquiry("57624939", (case,)) is case
    assert keyed_inquiry("57624939#", (case,)) is case
    assert keyed_inquiry("57624939", ()) is None
    assert keyed_inquiry("57624938", (case,)) is None
    assert keyed_inquiry("", (case,)) is None


def test_reference_is_spelled() -> None:
    assert spell("K7MA-4XEY") == "K 7 M A, 4 X E Y"


def test_every_letter_has_a_name() -> None:
    for letters in LETTERS.values():
        assert {character for character in ALPHABET if character.isalpha()} <= set(letters)
