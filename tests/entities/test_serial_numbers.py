"""Serial numbers of devices, and numbers beside similar words."""

import pytest

from tests.entities.found import found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("nr seryjny 2231-A8", "2231-A8"),
        ("Numer seryjny: ab-12345/c.", "AB-12345/C"),
        ("nr seryjny urządzenia: 7781-X", "7781-X"),
        ("S/N: 8842190", "8842190"),
        ("(s/n ab123456)", "AB123456"),
        ("sn 77K4471", "77K4471"),
        ("S/N FS-12345", "FS-12345"),
        ("prasa 50t, nr ser. 50-2207, kupiona", "50-2207"),
        ("numer fabryczny 004471", "004471"),
        ("nr fabr. 118-0442", "118-0442"),
        ("Seriennummer: 4471-22", "4471-22"),
        ("Serien-Nr.: 20418", "20418"),
        ("the serial number is 2231-A8", "2231-A8"),
        ("Serial LD-60-2217 is leaking", "LD-60-2217"),
        ("serial no. 91004", "91004"),
        ("výrobní číslo 447120", "447120"),
        ("výrobné číslo: 88-1234", "88-1234"),
        ("серійний номер 884219", "884219"),
        ("заводський номер № 33214", "33214"),
        ("numéro de série 5521-B", "5521-B"),
        ("IMEI: 356938035643809", "356938035643809"),
        ("IMEI 35-693803-564380-9", "35-693803-564380-9"),
        ("VIN: WVWZZZ1JZXW000001", "WVWZZZ1JZXW000001"),
        ("numer nadwozia wvwzzz1jzxw000001", "WVWZZZ1JZXW000001"),
    ],
)
def test_serial_number_is_found_with_its_value(text: str, value: str) -> None:
    assert [(kind, read) for kind, _, read in found(text)] == [("serial_number", value)]


@pytest.mark.parametrize(
    "text",
    [
        "ul. Fabryczna 3312",
        "przy ul. Fabrycznej nr 7120",
        "protokół fabryczny nr 229/24",
        "produkcja seryjna 2000 sztuk",
        "serial 2019, sezon drugi",
        "a serial RS485 converter",
        "kabel SN 15/0,4 kV",
        "kabel SN 3x120",
        "ser 1200 g",
        "nr seryjny zaczyna się na 44",
        "nr seryjny w załączniku, zamówienie 20418",
        "VIN 12345",
        "vin 2019, trois caisses",
        "IMEI 12345",
        "Seriennummer steht unten, Auftrag 4471",
    ],
)
def test_other_numbers_are_not_serial_numbers(text: str) -> None:
    assert "serial_number" not in [kind for kind, _, _ in found(text)]


def test_serial_number_stands_beside_an_order_number() -> None:
    assert found("zamówienie 20418, nr seryjny 20481; numery seryjne 3381 i 3386") == [
        ("order_number", "20418", "20418"),
        ("serial_number", "20481", "20481"),
        ("serial_number", "3381", "3381"),
        ("serial_number", "3386", "3386"),
    ]
