"""Facts found in one field, before they are entities."""

from collections.abc import Iterable
from typing import NamedTuple

from inquiry_router.inquiry.model import EntityKind


class Mention(NamedTuple):
    """A fact in a field that is not known here.

    `kind` is None for text that must not be read as any fact.
    """

    kind: EntityKind | None
    begin: int
    end: int
    value: str | None


def blank_out(text: str, mentions: Iterable[Mention]) -> str:
    """Return the text with these mentions overwritten, so that nothing is found in them again.

    All other characters keep their places.
    """
    for mention in mentions:
        text = text[: mention.begin] + "\0" * (mention.end - mention.begin) + text[mention.end :]
    return text
