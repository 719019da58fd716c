"""A message whose matter is looked for."""

from dataclasses import dataclass, field
from datetime import datetime

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.matters.cues import NO_CUES, Cues
from inquiry_router.matters.numbers import SpecificNumber


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message whose matter is looked for.

    `signs` are its own; `replies_to` those of the mails it replies to. `references` are those it
    quotes; `misquoted` look like one but have a wrong check character. `text` is the customer's
    part, `cut` the quotes and the signature. `named` are the signs of surnames that it may mention.
    `at` is the time it was received. `goes_on` is how much it reads like going on with something,
    as log-odds; None if no model has read it.
    """

    at: datetime
    subject: str | None
    text: str = field(repr=False)
    contact: Contact
    signs: tuple[str, ...]
    replies_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    misquoted: tuple[str, ...] = ()
    channel: Channel = Channel.API
    cut: str = field(default="", repr=False)
    numbers: tuple[SpecificNumber, ...] = ()
    named: tuple[str, ...] = ()
    cues: Cues = NO_CUES
    goes_on: float | None = None

    @property
    def looked_for(self) -> tuple[str, ...]:
        """The signs by which inquiries are looked for."""
        vague = [f"number:{value}" for one in self.numbers if one.is_vague for value in one.values]
        return tuple(dict.fromkeys((*self.signs, *vague, *self.named, *self.replies_to)))
