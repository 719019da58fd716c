"""Phone numbers in E.164 format (ITU-T)."""

from typing import Final

import phonenumbers

DEFAULT_REGION: Final = "PL"
# The library's own limit.
_MAX_CHARS: Final = 250


def to_e164(written: str) -> str | None:
    """Return the number as +48123456789, or None if it cannot be dialled.

    A number without a country code is read as Polish.
    """
    try:
        parsed = phonenumbers.parse(written[:_MAX_CHARS], DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
