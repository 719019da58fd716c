"""Requests that are to be sent, and the replies to them, as plain values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlencode

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
class TokenGrant:
    """The right to get access tokens. Without a refresh token the application logs in by itself."""

    url: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    scope: str | None = None

    def request(self) -> OutgoingRequest:
        """Ask for an access token."""
        fields: Mapping[str, str | None] = {
            "grant_type": "refresh_token" if self.refresh_token else "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
            "scope": self.scope,
        }
        body = urlencode({name: value for name, value in fields.items() if value})
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
        }
        return OutgoingRequest(self.url, headers, body.encode())


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mails from us.

    `our_name` is the domain that we greet it with. `in_own_network`: its address may be private.
    With a `grant` the login needs a `token`, which is fetched first.
    """

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    our_name: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    in_own_network: bool = False
    grant: TokenGrant | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

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
