"""Spoken numbers are written in digits, as callers group them."""

import pytest

from inquiry_router.text.folding import read_words
from inquiry_router.text.spoken_numbers import may_speak_numbers, with_digits


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("zamówienie siedem siedem jeden zero cztery proszę", "zamówienie 77104 proszę"),
        ("numer sześćdziesiąt pięćset pięćdziesiąt jeden", "numer 60551"),
        ("kwit sto osiemnaście łamane na jedenaście", "kwit 118/11"),
        ("er trzysta czterdzieści dwa", "er 342"),
        ("sześćdziesiąt jeden zero osiem", "6108"),
        ("dwa tysiące dwadzieścia sześć kreska sto", "2026-100"),
        ("cztery tysiące pięćset", "4500"),
        ("lieferung zweiundzwanzig null vier acht die", "lieferung 22048 die"),
        ("nummer vierfünf nullnull zwei drei", "nummer 450023"),
        ("zweihundertfünfundvierzig", "245"),
        ("order one hundred and five double four", "order 10544"),
        ("it is three four two", "it is 342"),
        ("twenty two oh four eight", "22048"),
        ("objednávka dvacet dva nula čtyři", "objednávka 2204"),
        ("замовлення двадцять два тридцять п'ять", "замовлення 2235"),
    ],
)
def test_spoken_numbers_are_written_in_digits(spoken: str, written: str) -> None:
    assert may_speak_numbers(read_words(None, spoken))
    assert with_digits(spoken) == written


@pytest.mark.parametrize(
    "words",
    [
        "dwa worki i trzy palety",
        "one of the two pumps",
        "ich habe acht. null problemo",
        "jeden telefon, dwie sprawy",
        "ten jeden raz",  # "ten" is a Polish word and an English number
        "77104",
        "",
    ],
)
def test_counts_and_other_words_stay(words: str) -> None:
    assert with_digits(words) == words


def test_few_number_words_are_not_looked_at() -> None:
    assert not may_speak_numbers(read_words(None, "dwie pompy i jeden filtr"))
    assert may_speak_numbers(read_words(None, "dwieście"))
