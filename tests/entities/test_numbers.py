"""Order, invoice, complaint and serial numbers, and text that resembles them."""

import pytest

from tests.entities.found import found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "faktura FV/2025/10/123 jest zła",
            [("invoice_number", "FV/2025/10/123", "FV/2025/10/123")],
        ),
        ("Gdzie jest ZAM-1234?", [("order_number", "ZAM-1234", "ZAM-1234")]),
        ("RMA 55/2025, co dalej", [("complaint_number", "55/2025", "55/2025")]),
        ("faktura nr 402", [("invoice_number", "402", "402")]),
        ("order no. 5521 is late", [("order_number", "5521", "5521")]),
        ("zur Rechnung 118/24", [("invoice_number", "118/24", "118/24")]),
        (
            "zamówienia 20418 i 20481",
            [("order_number", "20418", "20418"), ("order_number", "20481", "20481")],
        ),
        ("faktura na 1840 zł", []),
        ("zadzwonię po 14", []),
    ],
)
def test_numbers_are_found_with_their_values(
    text: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert found(text) == expected
