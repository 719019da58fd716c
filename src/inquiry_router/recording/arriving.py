"""A message that was read and understood, with everything that recording it needs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from inquiry_router.configuration.model import Configuration
from inquiry_router.inquiry.matter import Joining
from inquiry_router.inquiry.model import Draft, Sending, Understanding


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """An answer to something that we asked about an inquiry: it is clear, so nothing is decided.

    `record` stores it in the transaction of its message. `why` says it in words.
    """

    inquiry_id: str
    why: str
    record: Callable[[Connection], None]


# Finds the question of ours that the customer's words are a plain answer to.
FindAnswer = Callable[[Draft, datetime], Awaitable[PlainAnswer | None]]


def sent_at(draft: Draft, now: datetime) -> datetime:
    """The time at which the customer sent a message: never in the future, for clocks go wrong."""
    return min(draft.received_at or now, now)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message to be recorded.

    `id` becomes the id of the message, and of the inquiry that it opens. `said` is the message
    understood alone; `whole` is everything that was said in its inquiry, understood together, where
    that may decide anew. Later messages are recognised by its `signs`. `claims` are keys that only
    one new inquiry may have. `waits`: the classifier did not answer in time, and will be asked
    again.
    """

    id: str
    said: Understanding
    joining: Joining
    sending: Sending
    signs: tuple[str, ...]
    claims: tuple[str, ...]
    configuration: Configuration
    now: datetime
    whole: Understanding | None = None
    waits: bool = False
    answer: PlainAnswer | None = None

    @property
    def received_at(self) -> datetime:
        """The time at which the customer sent it."""
        return sent_at(self.said.draft, self.now)
