"""Phone numbers in E.164 format (ITU-T), read from what people write into a field."""

import re
from typing import Final, NamedTuple

import phonenumbers

DEFAULT_REGION: Final = "PL"
# The library's own limit.
_MAX_CHARS: Final = 250
# A field with more numbers is a text.
_MAX_NUMBERS: Final = 4
# Between two numbers: "22 123 45 67, kom. 601 234 567", "22 123 45 67/68". A word may stand before
# the second one, but not the word for an extension.
_SEPARATOR: Final = re.compile(
    r"\s*(?:[,;|\n]|\s/\s|/(?=\s*\+)|/(?=\s*\d{1,3}\s*\Z)"
    r"|\b(?:lub|oraz|albo|i|or|and|und|oder|bzw|nebo|або|та)\b)\.?\s*"
    r"(?=(?:[^\W\d_]{2,12}[.:]?\s*)?[+(]*\d)(?!wew|ext|int|durchwahl|dw|nst|nebenstelle)",
    re.IGNORECASE,
)
_EXTENSION: Final = re.compile(
    r"[\s,;/.-]*\(?(?:\b(?:wew(?:n(?:ętrzny|etrzny)?)?|w|nr wew|ext(?:ension|n)?|x|int(?:ern)?"
    r"|poste|durchwahl|dw|nst|nebenstelle|linka|klapka|доб|внутр)|(?<=\d)\s*[#x])[.:]?\s*"
    r"(?P<digits>\d{1,7})\)?\s*\Z",
    re.IGNORECASE,
)
_RUN: Final = re.compile(r"[+(]{0,2}\d[\d\s()./–-]*\d")
# "+48 (0) 22 123 45 67": the zero is dialled in the country only.
_OPTIONAL_ZERO: Final = re.compile(r"\(\s*0\s*\)")
# Poland had a trunk zero until 2009, and many still write it: "0-22 123 45 67", "+48 022...".
_TRUNK_ZERO: Final = re.compile(r"\A(?P<country>(?:\+|00)48[\s()./-]*)?\(?0[\s()./-]*(?=[1-9])")
_POLAND, _POLISH_DIGITS = "+48", 9


class PhoneNumber(NamedTuple):
    """A number in E.164, and the extension behind it."""

    number: str
    extension: str | None = None


def read_phone_number(written: str) -> PhoneNumber | None:
    """Read the first number of a field with its extension; None if there is none.

    A number without a country code is read as Polish.
    """
    for part in _SEPARATOR.split(written[:_MAX_CHARS], maxsplit=_MAX_NUMBERS):
        found = _EXTENSION.search(part)
        number = _parse(part[: found.start()] if found else part)
        if number is not None:
            return PhoneNumber(number, found["digits"] if found else None)
    return None


def to_e164(written: str) -> str | None:
    """Return the first number of a field as +48123456789, or None if none can be dialled."""
    found = read_phone_number(written)
    return found.number if found is not None else None


def is_in_use(number: str) -> bool:
    """True if a number in E.164 is of a range that its country has given out."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def _parse(written: str) -> str | None:
    run = _RUN.search(_OPTIONAL_ZERO.sub(" ", written))
    if run is None:
        return None
    try:
        parsed = phonenumbers.parse(_without_trunk_zero(run[0]), DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    is_short = number.startswith(_POLAND) and len(number) != len(_POLAND) + _POLISH_DIGITS
    return None if is_short else number


def _without_trunk_zero(run: str) -> str:
    digits = "".join(filter(str.isdigit, run))
    if len(digits) == 2 * _POLISH_DIGITS and "+" not in run and not digits.startswith("00"):
        return digits[:_POLISH_DIGITS]  # two numbers with a blank between them
    zero = _TRUNK_ZERO.match(run)
    if zero is None or sum(map(str.isdigit, run[zero.end() :])) != _POLISH_DIGITS:
        return run
    return f"{zero['country'] or ''}{run[zero.end() :]}"
