"""Links that say "perhaps": two matters with something in common. They join nothing."""

from typing import Final

from inquiry_router.matters.comparison import Compared
from inquiry_router.matters.people import Kinship

_NAMES: Final = {"tax_id": "tax number", "product_code": "product", "common": "number"}


def why_perhaps(one: Compared) -> str | None:
    """Return the reason why a message has perhaps to do with an inquiry, in words."""
    if one.candidate.reference in one.message.references:
        return f"the reference {one.candidate.reference} is quoted, but perhaps by somebody else"
    if one.is_resolved or not one.is_recent:
        return None
    return _by_value(one) or _by_topic(one)


def _by_value(one: Compared) -> str | None:
    if one.numbers and one.kinship >= Kinship.COMPANY:
        return f"somebody of the same company or name, and the number {one.numbers[0]}"
    shared = one.shares(*_NAMES)
    if not shared or one.kinship is not Kinship.PERSON:
        return None
    kind, _, value = shared[0].partition(":")
    return f"the same person and the {_NAMES[kind]} {value}"


def _by_topic(one: Compared) -> str | None:
    if one.kinship in (Kinship.NONE, Kinship.MENTION, Kinship.NAME):
        return None
    if not one.is_within(one.follow_up) or not one.is_about_it:
        return None
    if one.contradicts or one.is_another_one:
        return None
    if one.kinship is Kinship.PERSON:
        return "the same person and topic"
    if one.kinship is Kinship.COMPANY and one.message.cues.any_before:
        return "the same company and topic, and told of before"
    return None
