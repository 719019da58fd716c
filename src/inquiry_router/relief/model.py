"""The values of relief. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from inquiry_router.accounts.model import person_key

How = Literal["forward", "not_mine", "one_tap", "call_log", "api"]


@dataclass(frozen=True, slots=True)
class Bypass:
    """A service matter that reached a salesperson; or a call of theirs, which may be one.

    A call (`how` is `call_log`) has no category. `key` recognises a repeat. `minutes` is the
    measured time. `department` is that of the colleague who sent the matter; None if a customer
    did. `number` is the other end of a call.
    """

    at: datetime
    person: str
    how: How
    channel: str
    key: str | None = None
    inquiry_id: str | None = None
    account_id: str | None = None
    category: str | None = None
    intent: str | None = None
    minutes: float | None = None
    department: str | None = None
    outgoing: bool | None = None
    met: bool | None = None
    number: str | None = None

    @property
    def person_key(self) -> str:
        """The form in which the salesperson's name is compared."""
        return person_key(self.person)
