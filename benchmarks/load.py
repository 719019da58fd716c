"""The load: a small HTTP/1.1 client on raw sockets, in a process of its own.

`python -m benchmarks.load` reads a plan as JSON from standard input and writes its observations as
JSON to standard output.
"""

import asyncio
import contextlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import cycle
from typing import cast

from benchmarks import bodies

LOOPBACK = "127.0.0.1"
# Enough different bodies that no cache makes the figures better than they are.
BODIES = 5000
# Enough for one connection, which waits for each answer.
BODIES_OF_ONE = 1000
_LONGEST_S = 60.0
# Nobody of these numbers writes twice in a run.
_STRANGERS = range(10**6, 9 * 10**7)
# As many inquiries get the later messages of a plan.
_FOLLOWED = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """The requests: for `seconds`, or each of `storm_keys` keys once on all connections at once.

    `body` is a function of `bodies`. With `message` and `of_ticket`, later messages of twenty
    inquiries are sent, which are opened first. `people` are those who wrote before; 0 if nobody
    did. `once`: each connection sends one request only.
    """

    port: int
    path: str
    connections: int
    seconds: float = 2.0
    warm_up_s: float = 0.3
    key: str | None = None
    idempotency_keys: bool = False
    storm_keys: int = 0
    body: str = "inquiry"
    people: int = 0
    once: bool = False


@dataclass(slots=True)
class Seen:
    """The observations. Times are of answers after the warm-up; `answered` counts all answers."""

    answered: int = 0
    failed: int = 0
    rps: float = 0.0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    first_failure: str = ""
    statuses: dict[str, int] = field(default_factory=dict)


def run(plan: Plan) -> Seen:
    """Send the load from another process and wait for it."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        timeout=_LONGEST_S + 20,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the load generator failed: {done.stderr.strip()[-400:]}")
    return Seen(**json.loads(done.stdout))


class _Connection(asyncio.Protocol):
    """One keep-alive connection with one request at a time on it."""

    def __init__(
        self, requests: Callable[[], bytes | None], tally: Callable[[float, float, bytes], None]
    ) -> None:
        self._requests = requests
        self._tally = tally
        self._answer = b""
        self._sent_at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(
            "asyncio.Transport", transport
        )  # uvloop's is one, but does not say so
        self._next()

    def data_received(self, data: bytes) -> None:
        self._answer = self._answer + data if self._answer else data
        head = self._answer.find(b"\r\n\r\n")
        if head < 0 or len(self._answer) < head + 4 + _content_length(self._answer, head):
            return
        self._tally(self._sent_at, time.perf_counter(), self._answer)
        self._answer = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _next(self) -> None:
        request = self._requests()
        if request is None:
            if not self.done.done():
                self.done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


def _once(request: bytes) -> Iterator[bytes]:
    return iter((request,))


def _content_length(answer: bytes, head: int) -> int:
    begin = answer.lower().find(b"\r\ncontent-length:", 0, head)
    return int(answer[begin + 17 : answer.find(b"\r\n", begin + 17)]) if begin >= 0 else 0


class _Load:
    """The requests of one plan and the count of its answers."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._numbers = iter(range(sys.maxsize))
        self._salt = random.SystemRandom().randrange(16**8)
        self._begin = self._end = 0.0
        self._times: list[float] = []
        self._answers: list[bytes] | None = None
        self.seen = Seen()

    async def send(self) -> Seen:
        """Send everything."""
        plan = self._plan
        if plan.storm_keys:
            for number in range(plan.storm_keys):
                request = _request(
                    plan,
                    bodies.inquiry(number, f"storm-{self._salt:08x}"),
                    f"storm-{self._salt:08x}-{number}",
                )
                await self._on_all_connections(partial(_once, request))
            return self._result(1.0)
        whole = cycle(await self._whole())
        if plan.once:
            await self._on_all_connections(lambda: _once(next(whole)))
            return self._result(1.0)
        self._begin = time.perf_counter() + plan.warm_up_s
        self._end = self._begin + min(plan.seconds, _LONGEST_S)
        await self._on_all_connections(lambda: self._until_the_end(whole))
        return self._result(self._end - self._begin)

    async def _whole(self) -> list[bytes]:
        plan, people = self._plan, list(self._people())
        writers, others = people[:_FOLLOWED], people[_FOLLOWED:]
        if plan.body == "of_ticket":
            await self._open([bodies.of_ticket(one, one) for one in writers])
            later = (bodies.of_ticket(*pair) for pair in zip(cycle(writers), others))
            return [_request(plan, body, None) for body in later]
        if plan.body == "message":
            ids = await self._open([bodies.inquiry(one) for one in writers])
            paths = cycle(replace(plan, path=f"{plan.path}/{one}/messages") for one in ids)
            return [_request(next(paths), bodies.message(one), None) for one in others]
        body = getattr(bodies, plan.body)
        return [_request(plan, body(one), None) for one in people]

    def _people(self) -> Iterator[int]:
        chance, people = random.SystemRandom(), self._plan.people
        first = chance.randrange(people) if people else chance.choice(_STRANGERS)
        count = BODIES if self._plan.connections > 1 else BODIES_OF_ONE
        return (number % people if people else number for number in range(first, first + count))

    async def _open(self, openings: list[bytes]) -> list[str | None]:
        """Open inquiries, and return their ids, if they are told."""
        answers = self._answers = []
        requests = iter([_request(self._plan, one, None) for one in openings])
        await self._on_all_connections(lambda: requests)
        self._answers = None
        return [json.loads(one.partition(b"\r\n\r\n")[2]).get("id") for one in answers]

    def _until_the_end(self, requests: Iterator[bytes]) -> Iterator[bytes]:
        while time.perf_counter() < self._end:
            request = next(requests)
            if self._plan.idempotency_keys:
                key = (
                    f"\r\nIdempotency-Key: {self._salt:08x}-{next(self._numbers)}\r\n\r\n".encode()
                )
                request = request.replace(b"\r\n\r\n", key, 1)
            if self._plan.body == "call":
                number = next(self._numbers)
                request = request.replace(
                    bodies.CALL_ID.encode(), f"call-{self._salt:08x}-{number:012d}".encode(), 1
                )
                request = request.replace(
                    bodies.CALLER.encode(), f"+4860{(self._salt + number) % 10**7:07d}".encode(), 1
                )
            yield request

    async def _on_all_connections(self, requests: Callable[[], Iterator[bytes]]) -> None:
        loop = asyncio.get_running_loop()
        opened = []
        for _ in range(self._plan.connections):
            source = requests()
            _, connection = await loop.create_connection(
                partial(_Connection, partial(next, source, None), self._tally),
                LOOPBACK,
                self._plan.port,
            )
            opened.append(connection)
        async with asyncio.timeout(_LONGEST_S):
            await asyncio.gather(*(connection.done for connection in opened))

    def _tally(self, sent_at: float, answered_at: float, answer: bytes) -> None:
        if self._answers is not None:
            self._answers.append(answer)
        status = answer[9:12].decode()
        self.seen.answered += 1
        self.seen.statuses[status] = self.seen.statuses.get(status, 0) + 1
        if not status.startswith("2"):
            self.seen.failed += 1
            self.seen.first_failure = self.seen.first_failure or answer[-300:].decode(
                "utf-8", "replace"
            )
        if sent_at >= self._begin and answered_at <= (self._end or answered_at):
            self._times.append(answered_at - sent_at)

    def _result(self, seconds: float) -> Seen:
        times = sorted(self._times)
        self.seen.rps = len(times) / seconds
        if times:
            self.seen.p50_ms, self.seen.p99_ms = (
                1000 * times[int(len(times) * share)] for share in (0.5, 0.99)
            )
        return self.seen


def _request(plan: Plan, body: bytes, idempotency_key: str | None) -> bytes:
    lines = [
        f"POST {plan.path} HTTP/1.1",
        f"Host: {LOOPBACK}:{plan.port}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    if plan.key is not None:
        lines.append(f"Authorization: Bearer {plan.key}")
    if idempotency_key is not None:
        lines.append(f"Idempotency-Key: {idempotency_key}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _main() -> None:
    with contextlib.suppress(ImportError):
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    plan = Plan(**json.loads(sys.stdin.read()))
    print(json.dumps(asdict(asyncio.run(_Load(plan).send()))))


if __name__ == "__main__":
    _main()
