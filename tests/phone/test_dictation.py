"""References and keys, spoken and pressed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.inquiry.reference import ALPHABET, new_reference
from inquiry_router.phone.dictation import (
    LETTERS,
    cut_answer,
    is_answer,
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


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("tak", "pl"),
        ("Nie.", "pl"),
        ("tak, o tę samą", "pl"),
        ("nie to inna sprawa", "pl"),
        ("tak zgadza się", "pl"),
        ("jeden", "pl"),
        ("yes it's the same one", "en"),
        ("No, thank you!", "en"),
        ("ja genau darum geht es", "de"),
        ("nein, eine andere", "de"),
    ],
)
def test_answer_says_nothing_more(words: str, language: str) -> None:
    assert is_answer(words, language)
    assert cut_answer(words, language) == ""


@pytest.mark.parametrize(
    ("words", "language", "more"),
    [
        ("nie, chodzi o lodówkę", "pl", "chodzi o lodówkę"),
        ("Nie, nie. Lodówka nie chłodzi", "pl", "Lodówka nie chłodzi"),
        ("tak pompa dalej cieknie", "pl", "pompa dalej cieknie"),
        ("nie chłodzi lodówka", "pl", "nie chłodzi lodówka"),
        ("nowa pompa cieknie", "pl", "nowa pompa cieknie"),
        ("o lodówkę", "pl", "o lodówkę"),
        ("proszę pana", "pl", "proszę pana"),
        ("no, it's the fridge", "en", "it's the fridge"),
        ("no power in the house", "en", "no power in the house"),
        ("yes the pump is still leaking", "en", "the pump is still leaking"),
        ("nein der Kühlschrank ist kaputt", "de", "der Kühlschrank ist kaputt"),
    ],
)
def test_words_beside_an_answer_are_kept(words: str, language: str, more: str) -> None:
    assert cut_answer(words, language) == more


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
