"""Access tokens by OAuth2 (RFC 6749): by a refresh token, or by an application's own secret."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from inquiry_router.outside.client import Failed
from inquiry_router.outside.exchange import Client, Unsuccessful, exchange, single
from inquiry_router.outside.messages import MailServer, Reply, TokenGrant
from inquiry_router.process.clock import utc_now

# Where the server does not say how long a token is valid.
_VALID_FOR: Final = timedelta(minutes=10)
# A token is renewed before it ends, not when it has ended.
_MARGIN: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token. `refresh` is a new refresh token, which replaces the one before."""

    token: str = field(repr=False)
    renew_at: datetime
    refresh: str | None = field(default=None, repr=False)


class AccessTokens:
    """The access tokens of this process, each renewed before it ends."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now
        self._tokens: dict[TokenGrant, AccessToken] = {}

    async def get(self, client: Client, grant: TokenGrant) -> str:
        """Return a valid token. Raises `Failed`."""
        now, known = self._now(), self._tokens.get(grant)
        if known is None or now >= known.renew_at:
            known = self._tokens[grant] = await fetch_token(client, grant, now)
        return known.token

    async def prepare(self, client: Client, server: MailServer) -> MailServer:
        """The mail server with a token to log in by, if it needs one. Raises `Failed`."""
        if server.grant is None:
            return server
        return replace(server, token=await self.get(client, server.grant))

    def forget(self, server: MailServer) -> None:
        """Forget a token that was refused."""
        if server.grant is not None:
            self._tokens.pop(server.grant, None)


async def fetch_token(client: Client, grant: TokenGrant, now: datetime) -> AccessToken:
    """Ask for an access token. Raises `Failed`."""
    try:
        reply = (await exchange(client, single(grant.request()))).value
    except Unsuccessful as error:
        raise Failed(
            f"the token was not renewed, token_url answered {error.answer.status}: set a "
            "new refresh_token or client_secret",
            configuration=True,
        ) from None
    token = read_token(reply, now)
    if token is None:
        raise Failed("token_url gave no access_token", configuration=True)
    return token


def read_token(reply: Reply, now: datetime) -> AccessToken | None:
    """Read the answer to a request for a token; None if there is none in it."""
    said = reply.json()
    token, seconds = _text(said, "access_token"), _value(said, "expires_in")
    if token is None:
        return None
    is_number = type(seconds) is int and 0 < seconds < 10**7
    valid = timedelta(seconds=seconds) if is_number else _VALID_FOR
    renew_at = now + max(valid - _MARGIN, valid / 2)
    return AccessToken(token, renew_at, _text(said, "refresh_token"))


def _value(said: Any, name: str) -> Any:
    return said.get(name) if isinstance(said, dict) else None


def _text(said: Any, name: str) -> str | None:
    found = _value(said, name)
    return found if isinstance(found, str) and found else None
