"""Names: titles, initials, Polish endings, umlauts, desks."""

import pytest

from inquiry_router.matters.names import (
    Names,
    compare_names,
    is_surname_among,
    name_words,
    same_surname,
)


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("Marek Cieślak", "M. Cieślak", Names.SAME),
        ("Marek Cieślak", "cieślak marek", Names.SAME),
        ("Michalik", "Michalikowa", Names.SAME),
        ("Mazurek", "Mazurkowa", Names.SAME),
        ("Götz Köhler", "Goetz Koehler", Names.SAME),
        ("pani Wróbel", "Łukasz Wróbel", Names.SAME),
        ("Borek", "inż. Monika Borek", Names.SAME),
        ("Monika", "Monika Drzazga", Names.GIVEN),
        ("Zoe Hale", "Zoe Haley", Names.RENAMED),
        ("Martyna Kulesza", "Martyna Walczak", Names.RENAMED),
        ("Kinga Walczak", "Danuta Walczak", Names.FAMILY),
        ("Ken Ashby", "Les Ashby", Names.FAMILY),
        ("Tom Hargreave", "Priya Nair", Names.OTHER),
        ("Kos", "Kosa", Names.OTHER),
        ("Reception", "Anna Nowak", Names.UNKNOWN),
        ("gość 8812", "gość 8813", Names.UNKNOWN),
        (None, "Anna Nowak", Names.UNKNOWN),
    ],
)
def test_names_are_compared(one: str | None, other: str | None, relation: Names) -> None:
    assert compare_names(name_words(one), name_words(other)) is relation
    assert compare_names(name_words(other), name_words(one)) is relation


def test_the_name_of_a_company_names_nobody() -> None:
    assert name_words("Lecznice Kłos", "Lecznice Kłos") == ()
    assert name_words("p. Nowak", "Młyn Nowak") == ("nowak",)


def test_a_surname_stands_in_a_text_in_any_case() -> None:
    words = {"w", "imieniu", "huberta", "sikory"}
    assert is_surname_among(("hubert", "sikora"), words)
    assert not is_surname_among(("hubert", "sikorski"), words)
    assert not is_surname_among((), words)


@pytest.mark.parametrize(("one", "other"), [("sikora", "sikory"), ("kowalski", "kowalska")])
def test_the_endings_of_a_surname_vary(one: str, other: str) -> None:
    assert same_surname(one, other)


@pytest.mark.parametrize(("one", "other"), [("hale", "haley"), ("nowak", "nowacki")])
def test_other_surnames_are_others(one: str, other: str) -> None:
    assert not same_surname(one, other)
