"""The mails by which osTicket tells its staff of a new ticket."""

import re
from dataclasses import dataclass
from typing import Final

from inquiry_router.inquiry.model import Contact

_ALERT: Final = re.compile(
    r"(?:^|\n)[^\n]{0,200}\bticket\s+#(?P<number>[\w-]{1,40})\s+created[ \t]*\n+"
    r"[ \t]*From:[ \t]*(?P<name>[^\n<>]{0,200}?)[ \t]*"
    r"<(?P<email>[^\s<>@]{1,200}@[^\s<>@]{1,200})>[ \t]*\n"
    r"(?:[ \t]*Department:[^\n]{0,200}(?:\n|$))?",
    re.IGNORECASE,
)
_ALERT_END: Final = re.compile(
    r"\n[ \t\-_=]*+\n?[ \t]*+To view or respond to the ticket\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class OsTicketAlert:
    """A new ticket, as an alert mail describes it."""

    number: str
    contact: Contact
    text: str


def read_alert(text: str) -> OsTicketAlert | None:
    """Read an alert in osTicket's English words; None for any other mail."""
    written = text.replace("\r\n", "\n")
    found = _ALERT.search(written)
    if found is None:
        return None
    message = written[found.end() :]
    end = _ALERT_END.search(message)
    contact = Contact(name=found["name"].strip('" ') or None, email=found["email"])
    return OsTicketAlert(
        found["number"], contact, (message[: end.start()] if end else message).strip()
    )
