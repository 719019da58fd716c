"""One attempt: the request that a receiver gets, and the judgement of its answer. Loopback only."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from inquiry_router.delivery.lease import MARGIN_S, Lease
from inquiry_router.delivery.model import Claim, ClaimedDestination, Due, Result
from inquiry_router.delivery.schedule import SCHEDULE, AttemptOutcome
from inquiry_router.delivery.sender import Sender
from inquiry_router.outside.addresses import PUBLIC, Reach
from inquiry_router.outside.client import CONNECTIONS_PER_HOST
from inquiry_router.outside.messages import OutgoingMail
from inquiry_router.outside.smtp import TokenRefused
from inquiry_router.process.clock import utc_now
from inquiry_router.providers import PROVIDERS
from tests.delivery.doubles import sender_for_tests
from tests.delivery.rows import SECRET
from tests.faulty_server import (
    FaultyServer,
    after,
    answer,
    dribble,
    faulty_server,
    gzip_bomb,
    half_an_answer,
    hang,
    huge,
    reset,
)
from tests.outside.test_tokens import TokenServer

pytestmark = pytest.mark.anyio
PAYLOAD = '{"type":"inquiry.routed","data":{"reference":"K7MA-4XEH"}}'


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with faulty_server() as running:
        yield running


def webhook(url: str) -> dict[str, Any]:
    return {"kind": "webhook", "settings": {"url": url, "secret": SECRET}}


def lease_of(
    kind: str = "console", settings: Any = None, seconds: float = 60, **due: Any
) -> tuple[Lease, Due]:
    """A lease of one delivery."""
    values = {"id": "d1", "inquiry_id": "i1", "event": "inquiry.routed", "attempts": 0, **due}
    delivery = Due(payload=PAYLOAD, **values)
    destination = ClaimedDestination("erp", kind, settings or {}, 0, None)
    claim = Claim(destination, (delivery,), "owner", utc_now(), probe=False)
    return Lease(claim, time.monotonic(), seconds), delivery


async def attempt(sender: Sender, **more: Any) -> Result:
    """The result of one attempt."""
    result = await sender.send(*lease_of(**more))
    await sender.close()
    assert result is not None
    return result


async def test_request_is_signed_and_names_the_delivery(server: FaultyServer) -> None:
    result = await attempt(sender_for_tests(), **webhook(server.url("/in")))
    (sent,) = server.requests
    assert sent.body.decode() == PAYLOAD
    assert Webhook(SECRET).verify(sent.body, sent.headers) == json.loads(sent.body)
    assert sent.headers["webhook-id"] == "d1"
    assert (result.outcome, result.status_code, result.error) == ("delivered", 204, None)
    assert (result.delivery_id, result.destination_id, result.owner) == ("d1", "erp", "owner")


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (answer(500), "500"),
        (answer(503, body=b"upstream\nis down"), "503: upstream is down"),
        (answer(400, body=b"x" * 300), "400: " + "x" * 200),
        (
            answer(302, {"location": "/elsewhere"}),
            "302: redirects are not followed; set the destination's url to the final address",
        ),
        (gzip_bomb(500), "500"),
        (reset, "the connection broke before the answer was complete"),
        (half_an_answer, "the connection broke before the answer was complete"),
    ],
)
async def test_failure_is_retried_on_schedule(
    server: FaultyServer, behaviour: Any, error: str
) -> None:
    result = await attempt(sender_for_tests(), **webhook(server.behave("/in", behaviour)))
    assert (result.outcome, result.error) == (AttemptOutcome.RETRY, error)
    assert result.due_at is not None
    assert 0.8 * SCHEDULE[1] <= result.due_at - result.at < 2 * SCHEDULE[1]
    assert server.at("/elsewhere") == []


@pytest.mark.parametrize("behaviour", [hang, dribble])
async def test_time_limit_covers_the_whole_attempt(server: FaultyServer, behaviour: Any) -> None:
    started = time.monotonic()
    sender = sender_for_tests(time_limit_s=0.1)
    result = await attempt(sender, **webhook(server.behave("/in", behaviour)))
    assert time.monotonic() - started < 1
    assert (result.outcome, result.error) == ("retry", "no complete answer came within 0.1 s")


@pytest.mark.parametrize("behaviour", [huge, gzip_bomb()])
async def test_huge_answer_is_a_success(server: FaultyServer, behaviour: Any) -> None:
    result = await attempt(sender_for_tests(), **webhook(server.behave("/in", behaviour)))
    assert (result.outcome, result.status_code) == (AttemptOutcome.DELIVERED, 200)


async def test_retry_after_is_honoured(server: FaultyServer) -> None:
    busy = server.behave("/in", answer(429, {"retry-after": "3600"}))
    result = await attempt(sender_for_tests(), **webhook(busy))
    assert result.due_at is not None
    assert timedelta(hours=1) <= result.due_at - result.at < timedelta(hours=1.1)


async def test_410_disables_the_destination(server: FaultyServer) -> None:
    gone = server.behave("/in", answer(410, body=b"closed down"))
    result = await attempt(sender_for_tests(), **webhook(gone))
    assert result.outcome is AttemptOutcome.DEAD
    assert result.disable == "the receiver wants no more deliveries: 410: closed down"


async def test_final_status_of_a_provider_is_not_retried(
    server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PROVIDERS["webhook"], "final", frozenset({422}))
    result = await attempt(sender_for_tests(), **webhook(server.behave("/in", answer(422))))
    assert (result.outcome, result.disable) == (AttemptOutcome.DEAD, None)


async def test_last_attempt_of_the_schedule_is_dead(server: FaultyServer) -> None:
    failing = webhook(server.behave("/in", answer(500)))
    result = await attempt(sender_for_tests(), **failing, attempts=len(SCHEDULE) - 1)
    assert (result.outcome, result.due_at) == (AttemptOutcome.DEAD, None)


async def test_console_prints_one_line_a_delivery() -> None:
    lines: list[str] = []
    result = await attempt(sender_for_tests(write_line=lines.append))
    assert (result.outcome, result.status_code) == (AttemptOutcome.DELIVERED, None)
    assert len(lines) == 1
    assert "inquiry.routed  reference=K7MA-4XEH" in lines[0]


async def test_console_that_cannot_print_is_retried() -> None:
    def broken(line: str) -> None:
        raise BrokenPipeError(line)

    result = await attempt(sender_for_tests(write_line=broken))
    assert (result.outcome, result.error) == (
        "retry",
        "the router could not send it: BrokenPipeError",
    )


async def test_correction_link_is_made_for_the_inquiry_at_the_time_of_the_attempt(
    server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Links:
        async def link(self, inquiry_id: str, now: datetime) -> str:
            return f"https://router.example.com/c/{inquiry_id}?at={now.isoformat()}"

    seen: list[str | None] = []
    hand_over = PROVIDERS["webhook"].hand_over

    def note(settings: Any, handover: Any, at: Any) -> Any:
        seen.append(handover.correction_url)
        return hand_over(settings, handover, at)

    monkeypatch.setattr(PROVIDERS["webhook"], "hand_over", note)
    with_link = await attempt(sender_for_tests(links=Links()), **webhook(server.url()))
    await attempt(sender_for_tests(), **webhook(server.url()))
    link = f"https://router.example.com/c/i1?at={with_link.at.isoformat()}"
    assert seen == [link, None]


@pytest.mark.parametrize(
    ("kind", "settings", "error"),
    [
        ("fax", {}, "configuration: there is no kind of destination named fax"),
        ("webhook", {}, "configuration: url: is missing"),
        ("webhook", {"url": "https://hooks.example.com/"}, "configuration: secret: is missing"),
        ("webhook", {"url": "https://10.0.0.1/"}, "configuration: url: Use a public address"),
        (
            "webhook",
            {"url": "https://hooks.example.com/", "secret": "hush"},
            "configuration: secret: Write 'whsec_'",
        ),
    ],
)
async def test_unusable_destination_fails_with_an_explanation(
    kind: str, settings: Any, error: str
) -> None:
    result = await attempt(sender_for_tests(), kind=kind, settings=settings)
    assert result.outcome is AttemptOutcome.RETRY
    assert result.error is not None
    assert result.error.startswith(error)
    assert "hush" not in result.error


async def test_loopback_is_refused_outside_development(server: FaultyServer) -> None:
    result = await attempt(sender_for_tests(reach=PUBLIC), **webhook(server.url()))
    assert result.error is not None
    assert result.error.startswith("configuration: ")
    assert server.connections == 0


async def test_too_short_a_lease_sends_nothing(server: FaultyServer) -> None:
    sender = sender_for_tests(time_limit_s=1)
    short = lease_of(**webhook(server.url()), seconds=1 + MARGIN_S / 2)
    assert await sender.send(*short) is None
    assert server.connections == 0


async def test_one_host_gets_eight_requests_at_a_time(server: FaultyServer) -> None:
    sender = sender_for_tests()
    urls = [server.behave(f"/{name}", after(0.01, answer(200))) for name in ("one", "two")]
    sent = await asyncio.gather(
        *(sender.send(*lease_of(**webhook(url))) for url in urls for _ in range(20))
    )
    await sender.close()
    assert {result.outcome for result in sent if result} == {"delivered"}
    assert (server.peak, server.connections) == (CONNECTIONS_PER_HOST, CONNECTIONS_PER_HOST)


async def test_neither_logs_nor_errors_hold_secrets_or_payloads(
    server: FaultyServer, logs: Iterator[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(settings: Any, handover: Any, at: Any) -> Any:
        raise ZeroDivisionError(settings, handover)

    behaviours = [answer(500, body=b"no"), answer(410), reset, hang]
    results = []
    for number, behaviour in enumerate(behaviours):
        url = server.behave(f"/{number}", behaviour) + "?token=hush"
        results.append(await attempt(sender_for_tests(time_limit_s=0.05), **webhook(url)))
    monkeypatch.setattr(PROVIDERS["webhook"], "hand_over", broken)
    results.append(await attempt(sender_for_tests(), **webhook(server.url("/?token=hush"))))
    assert results[-1].error == "the router could not send it: ZeroDivisionError"
    (logged,) = logs
    assert logged["event"] == "delivery.broken"
    words = ("hush", "K7MA", SECRET, "127.0.0.1")
    assert not any(word in repr([results, logged]) for word in words)


def test_defaults_need_no_event_loop() -> None:
    assert isinstance(Sender(), Sender)


async def test_mail_is_sent_with_a_token_and_a_refused_one_is_fetched_again() -> None:
    tokens: list[str | None] = []

    async def take(mail: OutgoingMail, reach: Reach) -> int:
        tokens.append(mail.server.token)
        if len(tokens) == 2:
            raise TokenRefused("535 5.7.3 unsuccessful")
        return 250

    settings = {
        "host": "smtp.example.com",
        "from_address": "bok@acme.example.com",
        "user": "bok@acme.example.com",
        "token_url": "https://login.example.com/token",
        "client_id": "app",
        "refresh_token": "r3fresh",
    }
    sender = Sender(open_client=TokenServer, send_mail=take)
    results = []
    for _ in range(3):
        lease, due = lease_of("smtp", settings, event="destination.test")
        due = replace(due, payload='{"timestamp":"2026-11-28T10:00:00Z","data":{"text":"x"}}')
        results.append(await sender.send(lease, due))
    assert tokens == ["t1", "t1", "t2"]
    assert [one.error is None for one in results if one is not None] == [True, False, True]
