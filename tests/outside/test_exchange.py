"""Exchanges of several requests with a client whose answers are prepared."""

import asyncio
from collections.abc import Generator, Mapping
from typing import Any

import pytest

from inquiry_router.outside.client import Answer, Failed
from inquiry_router.outside.exchange import Unsuccessful, exchange, single
from inquiry_router.outside.messages import OutgoingRequest, Reply

pytestmark = pytest.mark.anyio
URL = "https://desk.example.com/tickets"


class Prepared:
    """A client that answers with these statuses in turn; None hangs."""

    def __init__(self, *statuses: int | None) -> None:
        self.statuses = list(statuses)
        self.sent: list[tuple[str, str]] = []

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.sent.append((method, url))
        status = self.statuses.pop(0)
        if status is None:
            await asyncio.Event().wait()
        assert status is not None
        return Answer(status, {"x": "1"}, b'{"id": 1}', compressed=False)

    async def aclose(self) -> None: ...


def request(method: str = "GET", **more: Any) -> OutgoingRequest:
    return OutgoingRequest(URL, {}, b"", method, **more)


async def test_each_reply_goes_back_to_the_generator() -> None:
    def find_then_create() -> Generator[OutgoingRequest, Reply, list[Any]]:
        found = yield request(expected=frozenset({404}))
        created = yield request("POST")
        return [found.status, created.status, created.headers, created.json()]

    client = Prepared(404, 201)
    result = await exchange(client, find_then_create())
    assert result.value == [404, 201, {"x": "1"}, {"id": 1}]
    assert result.status == 201
    assert client.sent == [("GET", URL), ("POST", URL)]


async def test_exchange_without_requests_has_no_status() -> None:
    def nothing() -> Generator[OutgoingRequest, Reply, str]:
        yield from ()
        return "done"

    result = await exchange(Prepared(), nothing())
    assert (result.value, result.status) == ("done", None)


async def test_unexpected_status_ends_the_exchange_and_the_generator() -> None:
    closed: list[bool] = []

    def asking() -> Generator[OutgoingRequest, Reply, None]:
        try:
            yield request(expected=frozenset({404}))
        finally:
            closed.append(True)

    with pytest.raises(Unsuccessful) as caught:
        await exchange(Prepared(403), asking())
    assert caught.value.answer.status == 403
    assert closed == [True]


async def test_error_of_the_generator_is_raised() -> None:
    def failing() -> Generator[OutgoingRequest, Reply, None]:
        yield request()
        raise KeyError("group")

    with pytest.raises(KeyError):
        await exchange(Prepared(200), failing())


async def test_each_answer_has_a_time_limit() -> None:
    with pytest.raises(Failed, match=r"no complete answer came within 0\.01 s"):
        await exchange(Prepared(None), single(request()), answer_s=0.01)


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 100_000])
def test_body_that_is_not_json_is_none(body: bytes) -> None:
    assert Reply(200, {}, body).json() is None
