"""What was found in one field, before it is an entity."""

from collections.abc import Iterable
from typing import NamedTuple

from inquiry_router.inquiry.model import EntityKind


class Mention(NamedTuple):
    """A fact before it is known in which field it stands. `kind` is None for what is to be taken for no fact at all."""

    kind: EntityKind | None
    begin: int
    end: int
    value: str | None


def blanked(text: str, mentions: Iterable[Mention]) -> str:
    """The text with what was found made unreadable, every other character in its place, so that nothing is found twice."""
    for mention in mentions:
        text = text[: mention.begin] + "\0" * (mention.end - mention.begin) + text[mention.end :]
    return text
