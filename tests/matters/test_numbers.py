"""Specific numbers: those that name one order, complaint or device, and those that do not."""

import pytest

from inquiry_router.entities.finding import find_entities
from inquiry_router.matters.numbers import MAX_NUMBERS, find_specific_numbers, shape_of, value_of


def _found(text: str, subject: str | None = None) -> dict[str, str]:
    entities = find_entities(subject, text)
    return {one.value: one.kind for one in find_specific_numbers(subject, text, entities)}


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("Zamówienie 77104", "77104", "order_number"),
        ("zam. nr 45 00 111", "4500111", "order_number"),
        ("Bestellung 4500 231 877 über 4 Stück", "4500231877", "order_number"),
        ("WZ 41207, hala", "41207", "order_number"),
        ("Lieferschein L-55187", "55187", "order_number"),
        ("reklamacja R/0921/11", "092111", "complaint_number"),
        ("mam reklamację er 342 na bramę", "342", "complaint_number"),
        ("mam reklamację er trzysta czterdzieści dwa", "342", "complaint_number"),
        ("kwit numer sto osiemnaście łamane na jedenaście", "11811", "complaint_number"),
        ("hull HX-4-7781", "47781", "serial_number"),
        ("Seriennr. 0917-4482", "09174482", "serial_number"),
        ("nr fabr. 20261-0884", "202610884", "serial_number"),
        ("FV/2026/11/0431", "2026110431", "invoice_number"),
        ("ZS/1190", "1190", "order_number"),
        ("Zam. 778/T", "778T", "order_number"),
        ("ZO.271.14", "27114", "other_number"),
        ("замовлення 2231", "2231", "order_number"),
        ("to 77104", "77104", "other_number"),
        ("umowa 204/S/25", "204S25", "common"),
        ("partia 0926-B", "0926B", "common"),
        ("Objekt 4017: Rolltor", "4017", "common"),
        ("Account 44190", "44190", "common"),
        ("any news on C-5521?", "5521", "vague"),
        ("9904, Vierkant 9 statt 8", "9904", "vague"),
    ],
)
def test_numbers_are_found(text: str, value: str, kind: str) -> None:
    assert _found(text)[value] == kind


@pytest.mark.parametrize(
    "text",
    [
        "dostawa 12.10.2026 o 12:30",
        "cena 4711 zł albo 4 118,04",
        "zamówiłem 250 rurek i 1500 szt. śrub",
        "tel. 42 719 33 00, kom. 698 220 417",
        "NIP 7322180055, KRS 0000123456, BDO 000012345",
        "konto 11 2222 3333 4444 5555 6666 7777",
        "płyta 600x1200, RAL 7016, DN50, R10",
        "95-060 Brzeziny, ul. Szkolna 12",
        "im Jahr 2026, 10115 Berlin",
        "USt-ID DE301144556",
        "pompa 25-60, silnik 4 kW, 900 obr",
        "w sprawie K7MA-4XEY",
        "wyślijcie na +48422109080",
    ],
)
def test_other_numbers_are_left_out(text: str) -> None:
    assert _found(text) == {}


def test_the_long_part_of_a_number_counts_too() -> None:
    (number,) = find_specific_numbers(None, "Auftrag 2026-3318")
    assert number.values == ("20263318", "3318")
    (number,) = find_specific_numbers(None, "Seriennr. 0917-4482")
    assert number.values == ("09174482",)


def test_a_label_makes_a_vague_number_sure() -> None:
    assert _found("C-5521. To numer reklamacji C-5521.", "C-5521") == {"5521": "complaint_number"}


def test_values_and_shapes() -> None:
    assert value_of("FV/2026/11/0431") == "2026110431"
    assert shape_of("204S25") == "999A99"


def test_there_are_at_most_twenty() -> None:
    text = " ".join(f"zam. {number}" for number in range(50_000, 50_055))
    assert len(find_specific_numbers(None, text)) == MAX_NUMBERS
