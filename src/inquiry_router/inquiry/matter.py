"""The values of joining: an inquiry as a candidate, and the answer to "is this message part of it?"

An inquiry is one matter of one customer. A message is one time that they spoke about it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from inquiry_router.inquiry.model import Channel, Contact, Status


class LinkKind(StrEnum):
    """The reason why two inquiries are linked without being one."""

    PERHAPS = "perhaps"  # perhaps the same matter; people decide
    SPLIT = "split"  # one message held two matters
    CONTINUES = "continues"  # the earlier one was resolved long ago
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """A message of a candidate, as far as joining needs it."""

    at: datetime
    subject: str | None
    text: str = field(repr=False)
    author: Contact = field(repr=False)
    mail_id: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of an inquiry. `touched`: a person has placed or answered it."""

    team: str
    status: Status
    channel: Channel
    received_at: datetime
    touched: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """An inquiry that a message may be part of. `messages` are the newest first.

    `reference` is its own, or that of an inquiry merged into it if the message quotes that one.
    """

    inquiry_id: str
    reference: str
    progress: Progress
    resolved_at: datetime | None
    signs: frozenset[str]
    messages: tuple[SaidBefore, ...]

    @property
    def last_at(self) -> datetime:
        """The time of the newest message."""
        return self.messages[0].at


@dataclass(frozen=True, slots=True)
class Hint:
    """A link to be made to another inquiry, and the reason in words."""

    inquiry_id: str
    kind: LinkKind
    why: str


@dataclass(frozen=True, slots=True)
class Joining:
    """The inquiry that a message is part of, or None for a new one.

    `sign` says in words by what it was recognised. `certainty` is from 0 to 1. `copy` says that the
    same mail came before, so it says nothing new. `hints` become links. `apart`: it came in the
    thread of the inquiry, but is a matter of its own.
    """

    matter: Candidate | None = None
    sign: str = ""
    certainty: float = 0.0
    copy: bool = False
    hints: tuple[Hint, ...] = ()
    apart: bool = False

    @property
    def hinted(self) -> tuple[str, ...]:
        """The ids of the inquiries that get a link."""
        return tuple(hint.inquiry_id for hint in self.hints)

    @property
    def continues(self) -> bool:
        """True if a new inquiry continues one that was resolved long ago."""
        return any(hint.kind is LinkKind.CONTINUES for hint in self.hints)


NEW_MATTER: Final = Joining()

TICKET: Final = "ticket:"
# A rare word. Two in common are worth comparing, one is not.
WORD: Final = "word:"
MIN_WORDS: Final = 2


def ticket_sign(system: str, ticket_id: str) -> str:
    """Write the sign of a ticket. It is also the key that only one new inquiry may claim."""
    return f"{TICKET}{system}:{ticket_id}"


def without_tickets(signs: Iterable[str]) -> tuple[str, ...]:
    """Leave out the signs of tickets: a ticket stays with the inquiry that it opened."""
    return tuple(sign for sign in signs if not sign.startswith(TICKET))
