"""Carrying out what a provider asks for: one request after the other, each reply given back to it."""

import asyncio
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from inquiry_router.outside.client import Answer, Failed
from inquiry_router.providers import OutgoingRequest
from inquiry_router.providers.kit.provider import Reply

T = TypeVar("T")

# A helpdesk that takes longer for one answer hangs.
ANSWER_S: Final = 15.0


class Client(Protocol):
    """What is needed of an HTTP client; see `http.Clients`."""

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send and read the answer. Raises `Failed`."""

    async def aclose(self) -> None:
        """Close every connection."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What came of a conversation. `status` is that of the last answer, None when nothing was asked."""

    value: T
    status: int | None


class Unsuccessful(Exception):
    """A request was answered with a status that is neither a 2xx nor expected by who asked for it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"the answer was {answer.status}")
        self.answer = answer


async def converse(
    client: Client, asking: Generator[OutgoingRequest, Reply, T], answer_s: float = ANSWER_S
) -> Outcome[T]:
    """Send everything that is asked for, and return what the generator returns.

    Raises `Unsuccessful`, `Failed`, and whatever the generator itself raises, such as `Refused`. `answer_s` is the limit for each
    answer; how long all of them may take together is up to the caller.
    """
    status = None
    try:
        request = next(asking)
        while True:
            answer = await _answered(client, request, answer_s)
            status = answer.status
            if not (200 <= status < 300 or status in request.expected):
                raise Unsuccessful(answer)
            request = asking.send(Reply(answer.status, answer.headers, answer.body))
    except StopIteration as end:
        return Outcome(end.value, status)
    finally:
        asking.close()


async def _answered(client: Client, request: OutgoingRequest, seconds: float) -> Answer:
    try:
        async with asyncio.timeout(seconds):
            return await client.send(request.method, request.url, request.headers, request.body)
    except TimeoutError:
        raise Failed(f"no complete answer came within {seconds:g} s") from None


def single(request: OutgoingRequest) -> Generator[OutgoingRequest, Reply, Reply]:
    """One request and nothing more; returns its reply."""
    return (yield request)
