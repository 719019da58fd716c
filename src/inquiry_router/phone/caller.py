"""The caller's number, read from the notations of all platforms. Pure."""

import re
from typing import Final
from urllib.parse import unquote

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

from inquiry_router.intake.cleaning import clean_line, clean_phone
from inquiry_router.phone.model import Caller

_MAX_CHARS: Final = 300
_WITHHELD_WORDS: Final = (
    "anonymous",
    "restricted",
    "unknown",
    "unavailable",
    "blocked",
    "private",
    "withheld",
    "asserted",
)
_KEYPAD: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
# Twilio writes such a word as its keys on a phone, for example +266696687.
_WITHHELD: Final = frozenset(_WITHHELD_WORDS) | {
    word.translate(_KEYPAD) for word in _WITHHELD_WORDS
}
_ADDRESS: Final = re.compile(r"\s*(?P<name>[^<]*)<(?P<address>[^>]*)>")
_SCHEME: Final = re.compile(r"(?i)(?:sips?|tel):")
_CONTEXT: Final = re.compile(r"(?i);phone-context=(\+\d{1,4})(?![\w.])")
_E164: Final = re.compile(r"\+[1-9]\d{6,14}")
_EXPENSIVE: Final = (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST)
_MOBILE: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def read_caller(written: str | None) -> Caller:
    """Read the caller from `+48...`, a number without plus, a national one, `tel:`, or a SIP URI.

    A withheld number, an internal extension and nonsense give a caller without a number.
    """
    line = clean_line((written or "")[:_MAX_CHARS]) or ""
    address = _ADDRESS.match(line)
    name = clean_line(address["name"].strip().strip('"').replace('\\"', '"')) if address else None
    number = read_number(address["address"] if address else line)
    if name is not None and (
        _is_withheld(name) or (number is not None and read_number(name) == number)
    ):
        name = None
    parsed = _parsed(number) if number is not None else None
    if parsed is None:
        return Caller(name=name)
    kind = phonenumbers.number_type(parsed)
    return Caller(
        number, name, can_get_texts=kind in _MOBILE, can_be_rung_back=_costs_as_usual(parsed, kind)
    )


def read_number(written: str | None) -> str | None:
    """Read a number from any of the same notations, as E.164; None if there is none."""
    line = (written or "").strip()[:_MAX_CHARS]
    context = _CONTEXT.search(line)
    user = unquote(_SCHEME.sub("", line, count=1)).partition(";")[0].partition("@")[0].strip()
    if not user or _is_withheld(user):
        return None
    if context and not user.startswith("+"):
        user = context[1] + user.lstrip("0")
    number = _with_country(user) or clean_phone(user)
    if number is None or not _E164.fullmatch(number) or _parsed(number) is None:
        return None
    return number


def _with_country(user: str) -> str | None:
    """Read a number with country code but without plus, as Vonage and Plivo write it.

    Returns None for nine digits and fewer: they are a national number, as in Poland.
    """
    if not (user.isascii() and user.isdigit()) or len(user) <= 9 or user.startswith("0"):
        return None
    number = f"+{user}"
    parsed = _parsed(number)
    return number if parsed is not None and phonenumbers.is_valid_number(parsed) else None


def _parsed(number: str) -> PhoneNumber | None:
    """Parse a number in E.164; None if no country has its code, as with forged numbers."""
    try:
        return phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None


def _is_withheld(text: str) -> bool:
    return text.strip("+").strip().casefold() in _WITHHELD


def _costs_as_usual(parsed: PhoneNumber, kind: int) -> bool:
    """True if calling the number is an ordinary call.

    False for premium numbers and satellite numbers. Anybody can claim any number and ask for a
    callback.
    """
    region = phonenumbers.region_code_for_number(parsed)
    return kind not in _EXPENSIVE and region != phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY
