"""Phone numbers as people write them, read into E.164 (ITU-T), as Polish ones where they name no country."""

import re
from functools import lru_cache
from typing import Final

import phonenumbers

DEFAULT_REGION: Final = "PL"
# The library reads no more. It bounds what the cache remembers, too.
_MAX_READ: Final = 250
# Nine digits are a Polish number however they are grouped. Reading them here takes a hundredth of the time of the library.
_POLISH: Final = re.compile(r"(?:(?:\+|00)48[ -]?)?([1-9]\d\d?[ -]?\d\d\d?[ -]?\d\d\d?(?:[ -]?\d\d)?)", re.ASCII)
_POLISH_DIGITS: Final = 9


def e164(written: str) -> str | None:
    """The number as +48123456789; None when nobody could be rung on it."""
    return _e164(written[:_MAX_READ])


@lru_cache(maxsize=4096)
def _e164(written: str) -> str | None:
    polish = _POLISH.fullmatch(written)
    if polish is not None:
        digits = polish[1].replace(" ", "").replace("-", "")
        if len(digits) == _POLISH_DIGITS:
            return f"+48{digits}"
    try:
        parsed = phonenumbers.parse(written, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
