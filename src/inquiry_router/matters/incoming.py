"""A message whose matter is looked for."""

from dataclasses import dataclass, field
from datetime import datetime

from inquiry_router.inquiry.model import Contact
from inquiry_router.matters.cues import NO_CUES, Cues
from inquiry_router.matters.numbers import SpecificNumber


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message whose matter is looked for.

    `signs` are its own; `replies_to` those of the mails it replies to; `references` those quoted.
    `text` is the customer's part, `cut` the quotes and the signature. `at` is the time it was
    received.
    """

    at: datetime
    subject: str | None
    text: str = field(repr=False)
    contact: Contact
    signs: tuple[str, ...]
    replies_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    cut: str = field(default="", repr=False)
    numbers: tuple[SpecificNumber, ...] = ()
    cues: Cues = NO_CUES

    @property
    def looked_for(self) -> tuple[str, ...]:
        """The signs by which inquiries are looked for.

        A name has many inquiries: it is looked for only where the message goes on with something.
        """
        own = [sign for sign in self.signs if self.cues.goes_on or not sign.startswith("name:")]
        vague = [f"number:{value}" for one in self.numbers if one.is_vague for value in one.values]
        return (*own, *vague, *self.replies_to)
