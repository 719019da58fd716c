"""Dates, and text that resembles them."""

import pytest

from tests.entities.found import found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Faktura z 12.05.2024", [("date", "12.05.2024", "2024-05-12")]),
        ("3 września, July 15", [("date", "3 września", None), ("date", "July 15", None)]),
        ("am 9. Dezember 2024", [("date", "9. Dezember 2024", "2024-12-09")]),
        ("05/06/2024", [("date", "05/06/2024", None)]),
        ("31.02.2024, jutro, brama 2.10, cena 12.04", []),
    ],
)
def test_dates_are_found_with_their_values(
    text: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert found(text) == expected
