"""Likeness of texts: the same words, form letters, quotations, topics."""

import pytest

from inquiry_router.matters.likeness import (
    is_quoted,
    is_same_said,
    jaccard,
    stem,
    telling_words,
    topic_words,
)

NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Czy basen wytrzyma zimę?", "czy basen wytrzyma zime"),
        (
            "Odpaliłem raz i zgasła na amen. Paragon mam.",
            "Odpaliłem raz i zgasła na amen. Paragon mam!! halo jest tam kto",
        ),
        ("Please send the cover for rail 70 mm", "please send the cover for rail 70 mm thanks"),
        ("Kocioł ma wgniecioną obudowę z boku", "Kociol ma wgnieciona obudowe z boku"),
    ],
)
def test_the_same_is_said(one: str, other: str) -> None:
    assert is_same_said(one, other, NOBODY)
    assert is_same_said(other, one, NOBODY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Please book the annual test, Oakfield", "Please book the annual test, Elmfield"),
        (
            "Proszę o odblokowanie konta jnowicki w module Magazyn",
            "Proszę o odblokowanie konta kwrzos w module Magazyn",
        ),
        ("Zlew do lokalu 12 pęknięty", "Zlew do lokalu 21 pęknięty"),
        ("Proszę o katalog", "Proszę o katalog pomp i cennik zaworów"),
        ("", ""),
        ("Dzień dobry", "Dzień dobry"),
    ],
)
def test_form_letters_and_short_texts_are_not_the_same(one: str, other: str) -> None:
    assert not is_same_said(one, other, NOBODY)


def test_names_do_not_make_two_texts_alike_or_unlike() -> None:
    names = frozenset({"oakes", "neil", "fay"})
    assert is_same_said("Worktop came in oak. Neil Oakes", "Worktop came in oak. Fay", names)


def test_endings_do_not_matter() -> None:
    assert stem("pompa") == stem("pompę".replace("ę", "e")) == "pomp"
    assert telling_words("Pompy stoją") == telling_words("pompy stoja")


def test_topics_are_no_general_words_and_no_names() -> None:
    words = telling_words("Proszę o fakturę do zamówienia na pompę, Drzazga")
    assert topic_words(words, frozenset({"drzazga"})) == {"pomp"}


def test_a_quotation() -> None:
    said = telling_words("Wann kommen die 8 Pausenbänke für den Schulhof")
    assert is_quoted(said, telling_words("> Wann kommen die 8 Pausenbänke für den Schulhof?"))
    assert not is_quoted(said, telling_words("> Vielen Dank für Ihre Anfrage"))


def test_jaccard_of_nothing_is_nothing() -> None:
    assert jaccard(NOBODY, NOBODY) == 0.0
