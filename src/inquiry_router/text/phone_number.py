"""Phone numbers as people write them, read into E.164 (ITU-T), as Polish ones where they name no country."""

from typing import Final

import phonenumbers

DEFAULT_REGION: Final = "PL"
# The library reads no more.
_MAX_READ: Final = 250


def to_e164(written: str) -> str | None:
    """The number as +48123456789; None when nobody could be rung on it."""
    try:
        parsed = phonenumbers.parse(written[:_MAX_READ], DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
