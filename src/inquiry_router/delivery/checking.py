"""Try a destination: check its credentials without changing anything, or send a test event."""

import asyncio
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from pydantic_core import to_json

from inquiry_router.delivery.sender import print_line
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.client import Clients, Failed
from inquiry_router.outside.error_text import describe
from inquiry_router.outside.exchange import Client, Unsuccessful, exchange, single
from inquiry_router.outside.messages import MailServer, OutgoingMail, OutgoingRequest, Reply
from inquiry_router.outside.smtp import MailRefused, greet, send_mail
from inquiry_router.outside.tokens import AccessTokens
from inquiry_router.providers import ONLY_MESSAGES, PROVIDERS, Handover, PrintedLine
from inquiry_router.providers.kit.provider import Group, Refused

TIME_LIMIT_S: Final = 10.0
# The type of a test event. It is about no inquiry.
TEST: Final = "destination.test"
NOT_TRIED: Final = (
    "not tried: nothing can be asked of it without sending it an event; "
    "POST /v1/destinations/{id}/test sends a test event"
)
_CREDENTIALS: Final = {
    401: "the credentials are wrong",
    403: "the user of these credentials may not do that",
}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The groups of the helpdesk, or the problem as a sentence for the admin.

    `tried` is false if nothing can be asked of a destination of this kind.
    """

    groups: tuple[Group, ...] = ()
    problem: str | None = None
    tried: bool = True


@dataclass(frozen=True, slots=True)
class SentTest:
    """The answer to the test event with this id, or the problem as a sentence for the admin."""

    id: str
    status: int | None = None
    problem: str | None = None


class Checker:
    """Makes checks, each with a client of its own because checks are rare."""

    def __init__(
        self,
        *,
        reach: Reach,
        open_client: Callable[[], Client] | None = None,
        write_line: Callable[[str], None] = print_line,
    ) -> None:
        self._reach = reach
        self._open_client = open_client or partial(Clients, reach=reach)
        self._write_line = write_line

    async def check(self, kind: str, stored: dict[str, Any]) -> CheckResult:
        """Check a destination of this kind with its stored settings."""
        client = self._open_client()
        try:
            async with asyncio.timeout(TIME_LIMIT_S):
                return await self._check(client, kind, stored)
        except TimeoutError:
            return CheckResult(problem=_no_answer())
        finally:
            await client.aclose()

    async def _check(self, client: Client, kind: str, stored: dict[str, Any]) -> CheckResult:
        provider = PROVIDERS[kind]
        try:
            settings = provider.settings_model.from_stored(stored, reach=self._reach)
            requests = provider.check(settings)
            if requests is None:
                return CheckResult(tried=False)
            if isinstance(requests, MailServer):
                await greet(await AccessTokens().prepare(client, requests), self._reach)
                return CheckResult()
            return CheckResult((await exchange(client, requests)).value)
        except Unsuccessful as error:
            answer = error.answer
            text = describe(answer.status, answer.body, compressed=answer.compressed)
            reason = _CREDENTIALS.get(answer.status, "the helpdesk refused")
            return CheckResult(problem=f"{reason}; it answered {text}")
        except (Failed, Refused, ValueError) as error:
            return CheckResult(problem=str(error))

    async def test(
        self, kind: str, stored: dict[str, Any], event_id: str, at: datetime
    ) -> SentTest | None:
        """Send a destination a test event, once; None for helpdesks, which would make it a ticket.

        It is signed like a delivery and never repeated.
        """
        provider = PROVIDERS[kind]
        try:
            settings = provider.settings_model.from_stored(stored, reach=self._reach)
            outgoing = provider.hand_over(settings, _test_event(event_id, at), at)
        except ValueError as error:
            return SentTest(event_id, problem=str(error))
        if isinstance(outgoing, PrintedLine):
            self._write_line(outgoing.text)
            return SentTest(event_id)
        if isinstance(outgoing, OutgoingMail):
            return await self._send_mail(outgoing, event_id)
        if isinstance(outgoing, OutgoingRequest):
            return await self._send(single(outgoing), event_id)
        return await self._send(outgoing, event_id) if kind in ONLY_MESSAGES else None

    async def _send_mail(self, mail: OutgoingMail, event_id: str) -> SentTest:
        client = self._open_client()
        try:
            async with asyncio.timeout(TIME_LIMIT_S):
                mail = replace(mail, server=await AccessTokens().prepare(client, mail.server))
                return SentTest(event_id, await send_mail(mail, self._reach))
        except TimeoutError:
            return SentTest(event_id, problem=_no_answer())
        except MailRefused as error:
            return SentTest(event_id, error.code, str(error))
        except Failed as error:
            return SentTest(event_id, problem=str(error))
        finally:
            await client.aclose()

    async def _send(
        self, requests: Generator[OutgoingRequest, Reply, Any], event_id: str
    ) -> SentTest:
        client = self._open_client()
        try:
            async with asyncio.timeout(TIME_LIMIT_S):
                return SentTest(event_id, (await exchange(client, requests)).status)
        except TimeoutError:
            return SentTest(event_id, problem=_no_answer())
        except Unsuccessful as error:
            answer = error.answer
            text = describe(answer.status, answer.body, compressed=answer.compressed)
            return SentTest(event_id, answer.status, f"it answered {text}")
        except (Failed, Refused, ValueError) as error:
            return SentTest(event_id, problem=str(error))
        finally:
            await client.aclose()


def _test_event(event_id: str, at: datetime) -> Handover:
    data = {"id": event_id, "text": "This is a test event of inquiry-router, about no inquiry."}
    payload = {"type": TEST, "timestamp": format_time(at), "data": data}
    return Handover(event_id, TEST, to_json(payload).decode())


def _no_answer() -> str:
    return (
        f"No complete answer came within {TIME_LIMIT_S:g} s: is the address right, and reachable?"
    )
