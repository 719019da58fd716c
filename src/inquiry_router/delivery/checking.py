"""Check the credentials of a destination without changing anything there."""

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
class CheckResult:
    """The groups of the helpdesk, or the problem as a sentence for the admin."""

    groups: tuple[Group, ...] = ()
    problem: str | None = None


class Checker:
    """Makes checks, each with a client of its own because checks are rare."""

    def __init__(self, *, reach: Reach, open_client: Callable[[], Client] | None = None) -> None:
        self._reach = reach
        self._open_client = open_client or partial(Clients, reach=reach)

    async def check(self, kind: str, stored: dict[str, Any]) -> CheckResult:
        """Check a destination of this kind with its stored settings."""
        client = self._open_client()
        try:
            async with asyncio.timeout(TIME_LIMIT_S):
                return await self._check(client, kind, stored)
        except TimeoutError:
            return CheckResult(
                problem=f"No complete answer came within {TIME_LIMIT_S:g} s: is the address right, "
                "and reachable?"
            )
        finally:
            await client.aclose()

    async def _check(self, client: Client, kind: str, stored: dict[str, Any]) -> CheckResult:
        provider = PROVIDERS[kind]
        try:
            settings = provider.settings_model.from_stored(stored, reach=self._reach)
            requests = provider.check(settings)
            if requests is None:
                return CheckResult()
            return CheckResult((await exchange(client, requests)).value)
        except Unsuccessful as error:
            answer = error.answer
            text = describe(answer.status, answer.body, compressed=answer.compressed)
            reason = _CREDENTIALS.get(answer.status, "the helpdesk refused")
            return CheckResult(problem=f"{reason}; it answered {text}")
        except (Failed, Refused, ValueError) as error:
            return CheckResult(problem=str(error))
