"""Product codes, and text that resembles them."""

import pytest

from tests.entities.found import found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pompa PX-400 cieknie", [("product_code", "PX-400", "PX-400")]),
        ("model GR 150/2", [("product_code", "GR 150/2", "GR 150/2")]),
        ("śruby M8x40, IP65, 230V, kod E18, gresu 60x60, 00-950 Warszawa, RAL 7016", []),
        ("falownik F0004", []),
    ],
)
def test_product_codes_are_found_with_their_values(
    text: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert found(text) == expected
