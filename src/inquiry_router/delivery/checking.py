"""Trying a destination's credentials without changing anything there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.client import Clients, Failed
from inquiry_router.outside.error_text import describe
from inquiry_router.outside.exchange import Client, Unsuccessful, exchange
from inquiry_router.providers import PROVIDERS
from inquiry_router.providers.kit.provider import Group, Refused

TIME_LIMIT_S: Final = 10.0
_CREDENTIALS: Final = {
    401: "the credentials are wrong",
    403: "the user of these credentials may not do that",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of it: the groups of the helpdesk, or a sentence for the admin."""

    groups: tuple[Group, ...] = ()
    problem: str | None = None


class Checker:
    """Makes checks, each with a client of its own: they are rare."""

    def __init__(self, *, reach: Reach, open_client: Callable[[], Client] | None = None) -> None:
        self._reach = reach
        self._open_client = open_client or partial(Clients, reach=reach)

    async def check(self, kind: str, stored: dict[str, Any]) -> Checked:
        """Try what is stored of a destination of this kind."""
        client = self._open_client()
        try:
            async with asyncio.timeout(TIME_LIMIT_S):
                return await self._check(client, kind, stored)
        except TimeoutError:
            return Checked(
                problem=f"No complete answer came within {TIME_LIMIT_S:g} s: is the address right, and reachable?"
            )
        finally:
            await client.aclose()

    async def _check(self, client: Client, kind: str, stored: dict[str, Any]) -> Checked:
        provider = PROVIDERS[kind]
        try:
            settings = provider.settings_model.from_stored(stored, reach=self._reach)
            asking = provider.check(settings)
            return Checked((await exchange(client, asking)).value if asking is not None else ())
        except Unsuccessful as error:
            answer = error.answer
            said = describe(answer.status, answer.body, compressed=answer.compressed)
            return Checked(
                problem=f"{_CREDENTIALS.get(answer.status, 'the helpdesk refused')}; it answered {said}"
            )
        except (Failed, Refused, ValueError) as error:
            return Checked(problem=str(error))
