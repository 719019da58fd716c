"""People by their tokens: the provider's keys are fetched, kept, and fetched again when needed."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import structlog

from inquiry_router.access.actor import Actor
from inquiry_router.inquiry.errors import ReadUnavailable, Unauthorised
from inquiry_router.outside.client import Failed
from inquiry_router.outside.exchange import Client
from inquiry_router.people.tokens import Expected, UnknownKey, WrongToken, read_person

log = structlog.get_logger()

# Providers announce new keys for longer than that before they sign with them.
_KEEP_S: Final = 3600.0
# Tokens with made-up key ids must not make us ask the provider each time.
_ASK_AGAIN_S: Final = 30.0
_ANSWER_S: Final = 5.0
_JSON: Final = {"accept": "application/json"}
_HINT: Final = "Sign in at the identity provider again. GET /v1/me shows what you may do."


class PeopleService:
    """Reads people from tokens of one identity provider."""

    def __init__(
        self, expected: Expected, keys_url: str | None, client: Callable[[], Client]
    ) -> None:
        """Without `keys_url` the provider's discovery document is asked for it."""
        self._expected = expected
        self._keys_url = keys_url
        self._client = client
        self._keys: Sequence[Mapping[str, Any]] = ()
        self._fetched_at: float | None = None
        self._asked_at: float | None = None
        self._lock = asyncio.Lock()

    async def person_of(self, token: str, now: datetime) -> Actor:
        """Return the person whose token it is.

        Raises `Unauthorised`, and `ReadUnavailable` if the provider's keys have never been read.
        """
        if self._age_of(self._fetched_at) > _KEEP_S:
            await self._fetch()
        try:
            try:
                return read_person(token, self._keys, self._expected, now)
            except UnknownKey:
                await self._fetch()
                return read_person(token, self._keys, self._expected, now)
        except WrongToken as error:
            if self._fetched_at is None:
                raise ReadUnavailable("The identity provider cannot be reached.") from None
            raise Unauthorised(str(error), hint=_HINT) from None

    def _age_of(self, moment: float | None) -> float:
        return float("inf") if moment is None else time.monotonic() - moment

    async def _fetch(self) -> None:
        """Fetch the keys, but not more often than twice a minute. Old ones stay if that fails."""
        async with self._lock:
            if self._age_of(self._asked_at) < _ASK_AGAIN_S:
                return
            self._asked_at = time.monotonic()
            try:
                url = self._keys_url or await self._discover()
                keys = (await self._get(url)).get("keys")
            except (Failed, TimeoutError, ValueError) as error:
                log.warning("people.keys_not_read", reason=str(error) or type(error).__name__)
                return
            if isinstance(keys, list):
                self._keys = [key for key in keys if isinstance(key, dict)]
                self._fetched_at = time.monotonic()

    async def _discover(self) -> str:
        issuer = self._expected.issuer
        document = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        url = document.get("jwks_uri")
        if document.get("issuer") != issuer or not isinstance(url, str):
            raise ValueError("the discovery document is not the one of this issuer")
        return url

    async def _get(self, url: str) -> dict[str, Any]:
        async with asyncio.timeout(_ANSWER_S):
            answer = await self._client().send("GET", url, _JSON, b"")
        if answer.status != 200:
            raise ValueError(f"the answer was {answer.status}")
        found = json.loads(answer.body)
        if not isinstance(found, dict):
            raise ValueError("the answer is no JSON object")
        return found
