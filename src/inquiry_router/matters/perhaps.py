"""Links that say "perhaps": two matters with something in common. They join nothing."""

from typing import Final

from inquiry_router.matters.comparison import Compared
from inquiry_router.matters.evidence import Weighed
from inquiry_router.matters.people import Kinship

_NAMES: Final = {"tax_id": "tax number", "product_code": "product", "common": "number"}
_LIKELY: Final = 0.3


def why_perhaps(one: Compared, weighed: Weighed | None) -> str | None:
    """Return the reason why a message has perhaps to do with an inquiry, in words."""
    if one.candidate.reference in one.message.references:
        return f"the reference {one.candidate.reference} is quoted, but perhaps by somebody else"
    if one.is_resolved or not one.is_recent:
        return None
    if (by_value := _by_value(one)) is not None:
        return by_value
    # Words that no model has read are little evidence, but for the same person.
    is_unread = one.message.goes_on is None and one.kinship is not Kinship.PERSON
    if weighed is None or is_unread:
        return None
    return weighed.sign if weighed.certainty >= _LIKELY else None


def _by_value(one: Compared) -> str | None:
    if one.numbers and one.kinship >= Kinship.COMPANY:
        return f"somebody of the same company or name, and the number {one.numbers[0]}"
    shared = one.shares(*_NAMES)
    if not shared or one.kinship is not Kinship.PERSON:
        return None
    kind, _, value = shared[0].partition(":")
    return f"the same person and the {_NAMES[kind]} {value}"
