"""The choices of somebody who sends a mailbox. Pure."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from inquiry_router.relief.inputs import NumberRange
from inquiry_router.relief.mail_counting import MailboxOwner

_DOMAIN: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class MailboxOrder:
    """The name of a mailbox, the salesperson, the company's mail domains, and the time zone."""

    name: str
    person: str
    domains: tuple[str, ...]
    zone: str
    share: NumberRange | None = None

    @property
    def owner(self) -> MailboxOwner:
        """The salesperson whose mailbox it is."""
        return MailboxOwner(self.person, self.domains)

    def as_json(self) -> dict[str, Any]:
        """Render it for the database."""
        share = self.share.model_dump(mode="json") if self.share else None
        return {**asdict(self), "domains": list(self.domains), "share": share}


def order_of(known: Mapping[str, Any]) -> MailboxOrder:
    """Read an order back."""
    share = known["share"]
    return MailboxOrder(
        known["name"],
        known["person"],
        tuple(known["domains"]),
        known["zone"],
        NumberRange.model_validate(share) if share else None,
    )


def read_domains(written: str) -> tuple[str, ...]:
    """Read `pompex.example, pompex.pl`. Raises `ValueError` with the cure."""
    found = tuple(one.strip().lower().lstrip("@") for one in written.split(",") if one.strip())
    wrong = next((one for one in found if not _DOMAIN.fullmatch(one)), None)
    if wrong is not None:
        raise ValueError(f"'{wrong[:60]}' is no mail domain such as pompex.example")
    if not found:
        raise ValueError(
            "a mailbox needs own_domains: the company's mail domains, such as pompex.example, so "
            "that mails of colleagues can be told from those of customers"
        )
    return found
