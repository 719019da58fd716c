"""Phone numbers are read as by the library."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.text.phone_number import to_e164

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


@given(st.text(alphabet="0123456789+- ()/.x", max_size=24))
def test_any_text_is_read_as_by_the_library(written: str) -> None:
    try:
        parsed = phonenumbers.parse(written, "PL")
    except phonenumbers.NumberParseException:
        assert to_e164(written) is None
        return
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    assert to_e164(written) == (number if phonenumbers.is_possible_number(parsed) else None)


@pytest.mark.parametrize("written", ["", "zadzwoń", "1" * 400, "+48"])
def test_text_that_cannot_be_dialled_is_no_number(written: str) -> None:
    assert to_e164(written) is None
