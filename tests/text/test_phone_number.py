"""Phone numbers are read as by the library."""

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.text.phone_number import (
    PhoneNumber,
    is_in_use,
    read_phone_number,
    to_e164,
)

DIGITS = st.from_regex(r"[1-9][0-9]{8}", fullmatch=True)
PREFIXES = st.sampled_from(["", "+48", "+48 ", "+48-", "0048", "0048 "])
GROUPS = st.sampled_from([(9,), (3, 3, 3), (2, 3, 2, 2), (2, 7)])


@given(DIGITS, PREFIXES, GROUPS, st.sampled_from(" -"))
def test_polish_number_is_read_as_by_the_library(
    digits: str, prefix: str, groups: tuple[int, ...], part: str
) -> None:
    parts, left = [], digits
    for size in groups:
        parts.append(left[:size])
        left = left[size:]
    written = prefix + part.join(parts)
    parsed = phonenumbers.parse(written, "PL")
    assert to_e164(written) == phonenumbers.format_number(
        parsed, phonenumbers.PhoneNumberFormat.E164
    )


@given(st.from_regex(r"\+(?!48)[1-9][0-9]{6,14}", fullmatch=True))
def test_number_with_a_country_is_read_as_by_the_library(written: str) -> None:
    try:
        parsed = phonenumbers.parse(written)
    except phonenumbers.NumberParseException:
        assert to_e164(written) is None
        return
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    assert to_e164(written) == (number if phonenumbers.is_possible_number(parsed) else None)


@given(st.text(alphabet="0123456789+- ()/.xwe,;#ilub", max_size=40))
def test_any_text_gives_a_number_or_none(written: str) -> None:
    number = to_e164(written)
    assert number is None or re.fullmatch(r"\+[1-9]\d{4,16}", number)
    assert number is None or to_e164(number) == number


@pytest.mark.parametrize("written", ["", "zadzwoń", "1" * 400, "+48", "wew. 12", "12 nie mam"])
def test_text_that_cannot_be_dialled_is_no_number(written: str) -> None:
    assert to_e164(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "22 123 45 67",
        "022 123 45 67",
        "0-22 123 45 67",
        "(022) 123-45-67",
        "(0-22) 123 45 67",
        "(0) 22 123 45 67",
        "+48 (0) 22 123 45 67",
        "+48 022 123 45 67",
        "0048 22 123 45 67",
        "0048 (0)22 1234567",
        "tel. 022/123-45-67",
        "22 123 45 67 (sekretariat)",
        "22 123 45 67, 601 234 567",
        "22 123 45 67; kom. 601 234 567",
        "22 123 45 67 / 601 234 567",
        "22 123 45 67 lub 601 234 567",
        "221234567 601234567",
        "22 123 45 67/68",
    ],
)
def test_first_number_is_read_in_any_spelling(written: str) -> None:
    assert read_phone_number(written) == PhoneNumber("+48221234567")


@pytest.mark.parametrize(
    "written",
    [
        "22 123 45 67 wew. 12",
        "22 123 45 67 wew 12",
        "22 123 45 67 (wew. 12)",
        "22 123 45 67, wew. 12",
        "022 123 45 67 wewnętrzny 12",
        "22 123 45 67 w. 12",
        "+48 22 123 45 67 ext. 12",
        "+48221234567x12",
        "+48 22 123 45 67 #12",
        "22 123 45 67 Durchwahl 12",
        "22 123 45 67 wew. 12, 601 234 567",
    ],
)
def test_extension_is_kept_apart(written: str) -> None:
    assert read_phone_number(written) == PhoneNumber("+48221234567", "12")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+49 (0)30 123456", "+4930123456"),
        ("0049 30 123456", "+4930123456"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+420 601 234 567, 602 345 678", "+420601234567"),
        ("0 801 123 456", "+48801123456"),
    ],
)
def test_zero_is_dropped_where_it_is_not_dialled(written: str, number: str) -> None:
    assert to_e164(written) == number


def test_number_that_nobody_can_have_is_not_in_use() -> None:
    assert is_in_use("+48221234567")
    assert not is_in_use("+48021234567")
    assert not is_in_use("+999")
