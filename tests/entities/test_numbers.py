"""Numbers, contacts, dates, quantities and codes, and text that resembles them."""

import pytest

from inquiry_router.entities.finding import find_entities


def _found(text: str) -> list[tuple[str, str, str | None]]:
    return [(entity.kind.value, entity.text, entity.value) for entity in find_entities(None, text)]


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
        ("order 300 chairs, zamówienie 500 szt", [("quantity", "500 szt", "500 szt")]),
        ("faktura na 1840 zł", []),
        ("zadzwonię po 14", []),
        ("Faktura z 12.05.2024", [("date", "12.05.2024", "2024-05-12")]),
        ("pompa PX-400 cieknie", [("product_code", "PX-400", "PX-400")]),
        ("model GR 150/2", [("product_code", "GR 150/2", "GR 150/2")]),
        ("śruby M8x40, IP65, 230V, kod E18, gresu 60x60, 00-950 Warszawa, RAL 7016", []),
        ("falownik F0004", []),
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
        (
            "20 szt. i 3 000 par",
            [("quantity", "20 szt", "20 szt"), ("quantity", "3 000 par", "3000 par")],
        ),
        ("250 kusov za hodinu", []),
        ("3 września, July 15", [("date", "3 września", None), ("date", "July 15", None)]),
        ("am 9. Dezember 2024", [("date", "9. Dezember 2024", "2024-12-09")]),
        ("05/06/2024", [("date", "05/06/2024", None)]),
        ("31.02.2024, jutro, brama 2.10, cena 12.04", []),
        ("https://shop.example/p/2024-05-12?x=601234567", []),
    ],
)  # fmt: skip
def test_numbers_are_found_with_their_values(
    text: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert _found(text) == expected
