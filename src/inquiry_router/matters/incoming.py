"""A message whose matter is looked for."""

from dataclasses import dataclass, field
from datetime import datetime

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.matters.cues import NO_CUES, Cues
from inquiry_router.matters.numbers import SpecificNumber
from inquiry_router.matters.subjects import is_reply


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message whose matter is looked for.

    `signs` are its own; `replies_to` those of the mails it replies to. `references` are those it
    quotes; `misquoted` look like one but have a wrong check character. `text` is the customer's
    part, `cut` the quotes and the signature. `at` is the time it was received.
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
    cues: Cues = NO_CUES

    @property
    def looked_for(self) -> tuple[str, ...]:
        """The signs by which inquiries are looked for.

        A name or a company has many inquiries. They are looked for only where the message goes on
        with something, or quotes.
        """
        kinds = []
        if not self.cues.told_before:
            kinds.append("name:")
        if not (self.cut and (self.cues.any_before or is_reply(self.subject))):
            kinds.append("domain:")
        own = [sign for sign in self.signs if not sign.startswith(tuple(kinds))]
        vague = [f"number:{value}" for one in self.numbers if one.is_vague for value in one.values]
        return (*own, *vague, *self.replies_to)

    @property
    def is_anonymous(self) -> bool:
        """True if nothing tells who wrote it, as on the phone from a number not known yet."""
        contact = self.contact
        return contact.name is None and contact.company is None and contact.email is None
