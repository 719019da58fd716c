"""Who rings: the many ways in which platforms write a caller's number, read into one. Pure."""

import re
from typing import Final
from urllib.parse import unquote

import phonenumbers
from phonenumbers import PhoneNumberType

from inquiry_router.intake.cleaning import clean_line, clean_phone
from inquiry_router.phone.model import Caller

_LONGEST: Final = 300
_WITHHELD_WORDS: Final = ("anonymous", "restricted", "unknown", "unavailable", "blocked", "private", "withheld", "asserted")
_KEYPAD: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
# Twilio writes such a word as the number that one would key for it, for example +266696687.
_WITHHELD: Final = frozenset(_WITHHELD_WORDS) | {word.translate(_KEYPAD) for word in _WITHHELD_WORDS}
_ADDRESS: Final = re.compile(r"\s*(?P<name>[^<]*)<(?P<address>[^>]*)>")
_SCHEME: Final = re.compile(r"(?i)(?:sips?|tel):")
_CONTEXT: Final = re.compile(r"(?i);phone-context=(\+\d{1,4})(?![\w.])")
_E164: Final = re.compile(r"\+[1-9]\d{6,14}")
_MOBILE: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def read_caller(written: str | None) -> Caller:
    """The caller out of `+48...`, a number without plus, a national one, `tel:`, or a SIP URI with name and parameters.

    A number that was withheld, an internal extension and nonsense give a caller without a number.
    """
    line = clean_line((written or "")[:_LONGEST]) or ""
    address = _ADDRESS.match(line)
    name = clean_line(address["name"].strip().strip('"').replace('\\"', '"')) if address else None
    number = read_number(address["address"] if address else line)
    if name is not None and (_is_withheld(name) or (number is not None and read_number(name) == number)):
        name = None
    return Caller(number, name, number is not None and _is_mobile(number))


def read_number(written: str | None) -> str | None:
    """The number in E.164 out of any of the same forms, or None."""
    line = (written or "").strip()[:_LONGEST]
    context = _CONTEXT.search(line)
    user = unquote(_SCHEME.sub("", line, count=1)).partition(";")[0].partition("@")[0].strip()
    if not user or _is_withheld(user):
        return None
    if context and not user.startswith("+"):
        user = context[1] + user.lstrip("0")
    number = _with_country(user) or clean_phone(user)
    return number if number is not None and _E164.fullmatch(number) else None


def _with_country(user: str) -> str | None:
    """A number that names its country but lacks the plus, as Vonage and Plivo write it; None when it cannot be one.

    Nine digits and fewer are a national number: Poland's have nine.
    """
    if not (user.isascii() and user.isdigit()) or len(user) <= 9 or user.startswith("0"):
        return None
    number = f"+{user}"
    try:
        return number if phonenumbers.is_valid_number(phonenumbers.parse(number)) else None
    except phonenumbers.NumberParseException:
        return None


def _is_withheld(text: str) -> bool:
    return text.strip("+").strip().casefold() in _WITHHELD


def _is_mobile(number: str) -> bool:
    return phonenumbers.number_type(phonenumbers.parse(number)) in _MOBILE
