"""Callers, in the notations of all platforms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.phone.caller import read_caller, read_number
from inquiry_router.phone.model import Caller

WARSAW = "+48220000101"
MOBILE = "+48601234567"


@pytest.mark.parametrize(
    "written",
    [
        "+48220000101",
        "48220000101",
        "0048220000101",
        "220000101",
        "22 000 01 01",
        "+48 (22) 000-01-01",
        "tel:+48220000101",
        "tel:+48-22-000-01-01",
        "tel:220000101;phone-context=+48",
        "sip:+48220000101@sbc.example.com",
        "sip:48220000101@sbc.example.com:5060;transport=tls",
        "SIPS:%2B48220000101@sbc.example.com",
        "<sip:+48220000101;isub=1@sbc.example.com;user=phone>;tag=8f3",
    ],
)
def test_number_is_read_in_many_notations(written: str) -> None:
    assert read_caller(written) == Caller(WARSAW)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('"Anna Nowak" <sip:+48601234567@sbc.example.com>', "Anna Nowak"),
        ("Anna Nowak <sip:601234567@sbc.example.com>;tag=1", "Anna Nowak"),
        ('"Żółć \\"Hydro\\" & Syn" <tel:+48601234567>', 'Żółć "Hydro" & Syn'),
        ('"+48601234567" <sip:+48601234567@sbc.example.com>', None),
        ('"" <sip:+48601234567@sbc.example.com>', None),
        ("Unknown <sip:+48601234567@sbc.example.com>", None),
    ],
)
def test_display_name_is_read(written: str, name: str | None) -> None:
    assert read_caller(written) == Caller(MOBILE, name, can_get_texts=True)


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        " ",
        "anonymous",
        "Anonymous",
        "Restricted",
        "unknown",
        "+266696687",
        "+7378742833",
        '"Anonymous" <sip:anonymous@anonymous.invalid>',
        "sip:anonymous@anonymous.invalid",
        "sip:@",
        "<>",
        "201",
        "sip:201@pbx.example.com",
        "recepcja",
        "+",
        "+48",
        "9" * 400,
        "+99912345678",
        "sip:+873932127687417@sbc.example.com",
        "\x00\ud800",
    ],
)
def test_withheld_internal_and_invalid_numbers_are_none(written: str | None) -> None:
    assert read_caller(written).number is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("4930123456", "+4930123456"),
        ("420212345678", "+420212345678"),
        ("447400123456", "+447400123456"),
    ],
)
def test_foreign_number_without_plus_keeps_its_country(written: str, number: str) -> None:
    assert read_number(written) == number


def test_only_mobile_numbers_can_get_texts() -> None:
    assert read_caller(MOBILE).can_get_texts
    assert not read_caller(WARSAW).can_get_texts


@pytest.mark.parametrize(
    "number", ["+48700123456", "+979123456789", "+881612345678", "+88213123456", "+19005551234"]
)
def test_expensive_numbers_are_never_called_back(number: str) -> None:
    assert read_caller(number).number == number and not read_caller(number).can_be_rung_back


@given(st.text(max_size=400) | st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_any_text_is_accepted(written: str) -> None:
    number = read_caller(written).number
    assert number is None or (
        number.startswith("+") and number[1:].isascii() and number[1:].isdigit()
    )
