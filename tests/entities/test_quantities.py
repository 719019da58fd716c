"""Quantities, and text that resembles them."""

import pytest

from tests.entities.found import found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order 300 chairs, zamówienie 500 szt", [("quantity", "500 szt", "500 szt")]),
        (
            "20 szt. i 3 000 par",
            [("quantity", "20 szt", "20 szt"), ("quantity", "3 000 par", "3000 par")],
        ),
        ("250 kusov za hodinu", []),
    ],
)
def test_quantities_are_found_with_their_values(
    text: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert found(text) == expected
