"""Exchanges of several requests: a generator asks for each request and is given each reply."""

import asyncio
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from inquiry_router.outside.client import Answer, Failed
from inquiry_router.outside.messages import OutgoingRequest, Reply

T = TypeVar("T")

# A helpdesk that takes longer for one answer hangs.
ANSWER_S: Final = 15.0


class Client(Protocol):
    """The part of an HTTP client that is used here; `outside.client.Clients` is the real one."""

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a request and read the answer. Raises `Failed`."""

    async def aclose(self) -> None:
        """Close every connection."""


@dataclass(frozen=True, slots=True)
class ExchangeResult(Generic[T]):
    """The generator's return value, and the status of the last answer (None without a request)."""

    value: T
    status: int | None


class Unsuccessful(Exception):
    """The status of an answer was neither 2xx nor one of the `expected` ones."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"the answer was {answer.status}")
        self.answer = answer


async def exchange(
    client: Client, requests: Generator[OutgoingRequest, Reply, T], answer_s: float = ANSWER_S
) -> ExchangeResult[T]:
    """Send every request that the generator yields, and give it each reply.

    `answer_s` limits each answer; the caller limits the exchange as a whole.
    Raises `Unsuccessful`, `Failed`, and any error of the generator, such as `Refused`.
    """
    status = None
    try:
        request = next(requests)
        while True:
            answer = await _send(client, request, answer_s)
            status = answer.status
            if not (200 <= status < 300 or status in request.expected):
                raise Unsuccessful(answer)
            request = requests.send(Reply(answer.status, answer.headers, answer.body))
    except StopIteration as end:
        return ExchangeResult(end.value, status)
    finally:
        requests.close()


async def _send(client: Client, request: OutgoingRequest, seconds: float) -> Answer:
    try:
        async with asyncio.timeout(seconds):
            return await client.send(request.method, request.url, request.headers, request.body)
    except TimeoutError:
        raise Failed(f"no complete answer came within {seconds:g} s") from None


def single(request: OutgoingRequest) -> Generator[OutgoingRequest, Reply, Reply]:
    """Ask for one request, and return its reply."""
    return (yield request)
