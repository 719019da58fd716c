"""Access tokens: fetched once, renewed before they end, forgotten when they are refused."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from inquiry_router.outside.client import Answer, Failed
from inquiry_router.outside.messages import MailServer, TokenGrant
from inquiry_router.outside.tokens import AccessTokens

pytestmark = pytest.mark.anyio
GRANT = TokenGrant("https://login.example.com/token", "app", "s3cret", "r3fresh")


class TokenServer:
    """Gives a new token to each request."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.status = 200

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer as an identity provider does."""
        assert (method, url) == ("POST", GRANT.url)
        self.bodies.append(body)
        said = b'{"access_token": "t%d", "expires_in": 3600}' % len(self.bodies)
        return Answer(self.status, {}, said, compressed=False)

    async def aclose(self) -> None:
        """Do nothing."""


async def test_token_is_kept_until_it_nearly_ends_or_is_refused() -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    server, tokens = TokenServer(), AccessTokens(lambda: now)
    assert [await tokens.get(server, GRANT) for _ in range(2)] == ["t1", "t1"]
    assert b"grant_type=refresh_token" in server.bodies[0]
    now += timedelta(minutes=59)
    assert await tokens.get(server, GRANT) == "t2"
    mail = MailServer("smtp.example.com", 587, "starttls", "acme.example.com", "u", grant=GRANT)
    tokens.forget(mail)
    assert (await tokens.prepare(server, mail)).token == "t3"
    plain = MailServer("smtp.example.com", 587, "starttls", "acme.example.com")
    assert await tokens.prepare(server, plain) is plain
    tokens.forget(mail)
    server.status = 401
    with pytest.raises(Failed, match="token_url answered 401") as failed:
        await tokens.prepare(server, mail)
    assert failed.value.configuration
