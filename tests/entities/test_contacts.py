"""E-mail addresses, phone and tax numbers, and text that resembles them."""

import pytest

from tests.entities.found import found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NIP 725-000-11-22", [("tax_id", "725-000-11-22", "7250001122")]),
        ("VAT PL7250001122", [("tax_id", "PL7250001122", "7250001122")]),
        ("NIP 725-000-11-23", []),
        ("NIP 000-000-00-00", []),
        ("tel. 601 234 567", [("phone", "601 234 567", "+48601234567")]),
        ("call +44 20 7946 0018", [("phone", "+44 20 7946 0018", "+442079460018")]),
        ("konto PL61 1090 1014 0000 0712 1981 2874", []),
        ("KRS 0000111222, REGON 123456785", []),
        (
            "Pisz: Anna.Kot@Firma.example.",
            [("email", "Anna.Kot@Firma.example", "anna.kot@firma.example")],
        ),
        ("faktury@, @handle", []),
        ("https://shop.example/p/2024-05-12?x=601234567", []),
    ],
)
def test_contacts_are_found_with_their_values(
    text: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert found(text) == expected
