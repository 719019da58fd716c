"""Diaries and tallies, as people keep them in Excel."""

import pytest

from inquiry_router.relief.call_reading import BadFile
from inquiry_router.relief.costs import add_up
from inquiry_router.relief.diary import ReadDiary, read_diary
from inquiry_router.relief.share import read_share, share_of

HEAD = "Data;Handlowiec;Kanał;Kategoria;Serwisowe;Handlowe;Minuty\r\n"


def read(*rows: str) -> ReadDiary:
    return read_diary([HEAD, *(f"{row}\r\n" for row in rows)], "Europe/Warsaw")


def test_strokes_and_minutes() -> None:
    found = read(
        "02.03.2026;Jan Nowak;telefon;reklamacja;3;1;24",
        "03.03.2026;Jan Nowak;mail;faktura;2;;",
        "03.03.2026;Ewa Lis;;;;;",
        "03.03.2026;Ewa Lis;telefon;new_purchase;1;;9",
    )
    spent = add_up(found.counted.cells.values())
    assert spent.measured_s == 24 * 60
    assert spent.matters == {("email", "order_support", ""): 2, ("phone", "", ""): 1}
    assert (found.service, found.others) == (6, 2)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("32.03.2026;Jan;;;1;;", (2, "day", "'32.03.2026' is no day, such as 2026-03-02")),
        ("02.03.2026;;;;1;;", (2, "person", "a name is missing")),
        ("02.03.2026;Jan;;;many;;", (2, "service", "'many' is no number, such as 12")),
    ],
)
def test_problem_has_its_line_and_column(row: str, problem: tuple[int, str, str]) -> None:
    with pytest.raises(BadFile) as caught:
        read(row)
    assert [tuple(one) for one in caught.value.problems] == [problem]


def test_unknown_words_are_answered_with_the_known_ones() -> None:
    with pytest.raises(BadFile) as caught:
        read("02.03.2026;Jan;gołąb;;1;;")
    assert "'gołąb' is not known; write one of email, phone" in caught.value.problems[0].message


def test_share_has_an_interval_and_needs_enough() -> None:
    assert share_of(10, 10, "x") is None
    found = share_of(150, 50, "tally")
    assert found is not None
    assert found.low < 0.75 == found.likely < found.high
    assert found.high - found.low < 0.11
    everything = share_of(40, 0, "tally")
    assert everything is not None and everything.high == 1


@pytest.mark.parametrize("written", ["0.5", "a,b,c", "0.7,0.5,0.4", "40,50,60"])
def test_share_is_checked(written: str) -> None:
    with pytest.raises(ValueError, match="write low, likely and high|write 55 percent"):
        read_share(written)
