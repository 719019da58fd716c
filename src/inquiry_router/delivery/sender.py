"""One attempt of a delivery: build the request, send it, judge the answer."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from random import Random
from typing import Any, Protocol

import structlog

from inquiry_router.delivery.lease import Lease
from inquiry_router.delivery.model import ClaimedDestination, Due, Result
from inquiry_router.delivery.schedule import AttemptOutcome, Judgement, judge
from inquiry_router.inquiry.matter import ticket_sign
from inquiry_router.outside.addresses import PUBLIC, Reach, check_url
from inquiry_router.outside.client import CONNECTIONS_PER_HOST, Clients, Failed
from inquiry_router.outside.error_text import describe
from inquiry_router.outside.exchange import Client, Unsuccessful, exchange, single
from inquiry_router.outside.messages import MAIL_SCHEME, OutgoingMail, OutgoingRequest, Reply
from inquiry_router.outside.smtp import MailRefused, TokenRefused, send_mail
from inquiry_router.outside.tokens import AccessTokens
from inquiry_router.process.steps import step
from inquiry_router.providers import PROVIDERS, Handover, PrintedLine, Provider, ProviderSettings
from inquiry_router.providers.kit.helpdesk_settings import HelpdeskSettings
from inquiry_router.providers.kit.naming import CompanyTerms
from inquiry_router.providers.kit.provider import NothingToDo, Refused

log = structlog.get_logger()

SendMail = Callable[[OutgoingMail, Reach], Awaitable[int]]


class Links(Protocol):
    """Makes the links by which an agent corrects a decision."""

    async def link(self, inquiry_id: str, now: datetime) -> str | None:
        """Return the link for an inquiry; None if the service has no public address."""


@dataclass(frozen=True, slots=True)
class _Route:
    """The way to a destination. Routes with the same `host` share its limit of connections."""

    destination: ClaimedDestination
    provider: Provider[Any]
    settings: ProviderSettings
    host: str


@dataclass(frozen=True, slots=True)
class _Response:
    """The outcome of an attempt, before it is judged.

    `hopeless` says that the receiver will never accept this delivery, `skipped` that it is none
    for this destination. `ticket` is the sign of the ticket that the inquiry got there.
    """

    status: int | None = None
    retry_after: str | None = None
    error: str | None = None
    delivered: bool = False
    hopeless: bool = False
    skipped: bool = False
    ticket: str | None = None


def print_line(line: str) -> None:
    """Write a line to standard output and flush it."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Sender:
    """Makes attempts, in one event loop, and limits how many of them one host has at a time.

    `time_limit_s` is the limit of a whole attempt, from the name look-up to the last byte.
    `open_client` is called once, in the event loop. `random` gives the jitter of retries.
    Without `links` no delivery has a correction link.
    """

    def __init__(
        self,
        *,
        time_limit_s: float = 15.0,
        reach: Reach = PUBLIC,
        open_client: Callable[[], Client] | None = None,
        send_mail: SendMail = send_mail,
        write_line: Callable[[str], None] = print_line,
        random: Random | None = None,
        links: Links | None = None,
        terms: Callable[[], CompanyTerms] = CompanyTerms,
    ) -> None:
        self.time_limit_s = time_limit_s
        self._reach = reach
        self._open_client = open_client or partial(Clients, reach=reach)
        self._client: Client | None = None
        self._tokens = AccessTokens()
        self._send_mail = send_mail
        self._write_line = write_line
        self._random = random or Random()  # noqa: S311 - jitter is no secret
        self._links = links
        self._terms = terms
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._routes: dict[str, _Route] = {}

    async def send(self, lease: Lease, delivery: Due) -> Result | None:
        """Make one attempt.

        Return None, with nothing sent, if the rest of the lease became too short for an attempt
        while this one waited for its host.
        """
        try:
            route = self._route(lease.claim.destination)
        except Failed as error:
            return self._result(lease, delivery, lease.now(), 0.0, _Response(error=str(error)))
        async with self._slot(route.host):
            if not lease.allows_attempt(self.time_limit_s):
                return None
            at, started = lease.now(), time.monotonic()
            response = await self._attempt(route, await self._handover(delivery, at), at)
            step("delivery.answered")
        return self._result(lease, delivery, at, time.monotonic() - started, response)

    async def close(self) -> None:
        """Close the HTTP client; the next attempt would open a new one."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _route(self, destination: ClaimedDestination) -> _Route:
        """Find the way to a destination, once a claim. Raises `Failed` if there is none."""
        route = self._routes.get(destination.id)
        if route is None or route.destination is not destination:
            route = self._routes[destination.id] = _find_route(destination, self._reach)
        return route

    def _slot(self, host: str) -> asyncio.Semaphore:
        """The limit of requests that a host has at a time."""
        if host not in self._hosts:
            self._hosts[host] = asyncio.Semaphore(CONNECTIONS_PER_HOST)
        return self._hosts[host]

    async def _handover(self, delivery: Due, at: datetime) -> Handover:
        link = None
        if self._links is not None and delivery.inquiry_id is not None:
            link = await self._links.link(delivery.inquiry_id, at)
        return Handover(
            id=delivery.id,
            event=delivery.event,
            payload=delivery.payload,
            repeated=delivery.repeated,
            first=delivery.first,
            outdated=delivery.outdated,
            correction_url=link,
            terms=self._terms(),
        )

    async def _attempt(self, route: _Route, handover: Handover, at: datetime) -> _Response:
        try:
            async with asyncio.timeout(self.time_limit_s):
                return await self._hand_over(route, handover, at)
        except TimeoutError:
            return _Response(error=f"no complete answer came within {self.time_limit_s:g} s")
        except Failed as error:
            return _Response(error=str(error))
        except NothingToDo as reason:
            return _Response(error=str(reason), skipped=True)
        except Refused as error:
            return _Response(error=str(error), hopeless=True)
        except Exception as error:  # a broken delivery must not stop the ones behind it
            log.error("delivery.broken", delivery_id=handover.id, exc_info=error)
            return _Response(error=f"the router could not send it: {type(error).__name__}")

    async def _hand_over(self, route: _Route, handover: Handover, at: datetime) -> _Response:
        outgoing = route.provider.hand_over(route.settings, handover, at)
        step("delivery.sending")
        if isinstance(outgoing, OutgoingMail):
            return await self._mail(outgoing)
        if isinstance(outgoing, PrintedLine):
            self._write_line(outgoing.text)
            return _Response(delivered=True)
        requests: Generator[OutgoingRequest, Reply, Any] = (
            single(outgoing) if isinstance(outgoing, OutgoingRequest) else outgoing
        )
        try:
            result = await exchange(self._http(), requests, self.time_limit_s)
        except Unsuccessful as error:
            return _rejection(error, route.provider.final)
        return _Response(result.status, delivered=True, ticket=_sign(route.settings, result.value))

    def _http(self) -> Client:
        if self._client is None:
            self._client = self._open_client()
        return self._client

    async def _mail(self, mail: OutgoingMail) -> _Response:
        mail = replace(mail, server=await self._tokens.prepare(self._http(), mail.server))
        try:
            return _Response(await self._send_mail(mail, self._reach), delivered=True)
        except TokenRefused:
            self._tokens.forget(mail.server)
            raise
        except MailRefused as error:
            return _Response(error.code, error=str(error), hopeless=error.is_final)

    def _result(
        self, lease: Lease, delivery: Due, at: datetime, seconds: float, response: _Response
    ) -> Result:
        judgement = self._judge(response, delivery.attempts + 1, lease.now())
        reason = f"the receiver wants no more deliveries: {response.error}"
        return Result(
            delivery_id=delivery.id,
            destination_id=lease.claim.destination.id,
            owner=lease.claim.owner,
            probe=lease.claim.probe,
            outcome=judgement.outcome,
            at=at,
            duration_ms=round(1000 * seconds),
            status_code=response.status,
            error=response.error,
            due_at=judgement.due_at,
            disable=reason if judgement.disable else None,
            ticket=response.ticket,
        )

    def _judge(self, response: _Response, attempt: int, now: datetime) -> Judgement:
        if response.skipped:
            return Judgement(AttemptOutcome.SKIPPED)
        return judge(
            200 if response.delivered else response.status,
            response.retry_after,
            hopeless=response.hopeless,
            attempt=attempt,
            now=now,
            jitter=self._random.random(),
        )


def _sign(settings: ProviderSettings, ticket: object) -> str | None:
    """The sign of a created ticket, by which its messages and states are recognised."""
    source = settings.source if isinstance(settings, HelpdeskSettings) else None
    return ticket_sign(source, ticket) if source and isinstance(ticket, str) else None


def _find_route(destination: ClaimedDestination, reach: Reach) -> _Route:
    """Find the provider and read its settings. Raises `Failed` when they cannot be used."""
    provider = PROVIDERS.get(destination.kind)
    if provider is None:
        raise Failed(
            f"there is no kind of destination named {destination.kind}", configuration=True
        )
    try:
        settings = provider.settings_model.from_stored(destination.settings, reach=reach)
    except ValueError as error:
        raise Failed(str(error), configuration=True) from None
    url = provider.url(settings)
    host = f"nowhere:{destination.id}" if url is None else _origin_of(url, reach)
    return _Route(destination, provider, settings, host)


def _origin_of(url: str, reach: Reach) -> str:
    return url if url.startswith(MAIL_SCHEME) else check_url(url, reach).origin


def _rejection(error: Unsuccessful, final: frozenset[int]) -> _Response:
    answer = error.answer
    text = describe(answer.status, answer.body, compressed=answer.compressed)
    return _Response(answer.status, answer.retry_after, text, hopeless=answer.status in final)
