"""Requests that are to be sent, and the replies to them, as plain values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

MAIL_SCHEME: Final = "smtp://"


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A request that is ready to be sent.

    `expected` lists statuses outside 2xx that are not an error for the sender.
    """

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    method: str = "POST"
    expected: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply with a 2xx or an expected status.

    Header names are in lower case. The body is cut at 1 MB, or at 8 MB for a GET.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def json(self) -> Any:
        """Parse the body as JSON; None if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mails from us.

    `our_name` is the domain that we greet it with. `in_own_network`: its address may be private.
    """

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    our_name: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    in_own_network: bool = False

    @property
    def origin(self) -> str:
        """Its name among those of all receivers."""
        return f"{MAIL_SCHEME}{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail that is ready to be sent: the server, the envelope, and the content with headers."""

    server: MailServer
    sender: str
    recipient: str = field(repr=False)
    content: bytes = field(repr=False)
