"""One deadline over a whole request, whatever its handler does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2 as httpx
import pytest
from sqlalchemy import Connection, text
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from inquiry_router.api.web.deadline import RequestDeadline, allow_long_work
from inquiry_router.database.session import Database

pytestmark = pytest.mark.anyio

SHORT_S = 0.05
ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}
Handle = Callable[[Request], Awaitable[Response]]


def client_of(handle: Handle) -> httpx.AsyncClient:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (await handle(Request(scope, receive)))(scope, receive, send)

    transport = httpx.ASGITransport(RequestDeadline(app, SHORT_S))
    return httpx.AsyncClient(transport=transport, base_url="http://router.test")


async def wait_for_ever(request: Request) -> Response:
    await asyncio.Event().wait()
    raise AssertionError


async def test_slow_act_ends_with_a_sentence_and_a_time_to_try_again() -> None:
    async with client_of(wait_for_ever) as client:
        answer = await client.post("/v1/x", content=b"{}")
    assert answer.status_code == 503 and answer.headers["retry-after"] == "5"
    assert answer.json()["code"] == "out_of_time"
    assert "nothing is stored twice" in answer.json()["hint"]


async def test_slow_reading_says_that_nothing_was_changed() -> None:
    async with client_of(wait_for_ever) as client:
        answer = await client.get("/v1/x")
    assert answer.status_code == 503 and answer.json()["code"] == "read_out_of_time"


async def test_statement_is_interrupted_and_its_connection_is_free(database: Database) -> None:
    def endless(connection: Connection) -> None:
        connection.execute(text(ENDLESS[database.dialect]))

    async def read(request: Request) -> Response:
        await database.read(endless)
        raise AssertionError

    async with client_of(read) as client:
        answers = await asyncio.gather(*(client.get("/v1/x") for _ in range(12)))
    assert [answer.status_code for answer in answers] == [503] * 12
    assert await database.read(lambda connection: connection.scalar(text("SELECT 1"))) == 1


async def test_time_of_a_body_does_not_count() -> None:
    async def echo(request: Request) -> Response:
        return Response(await request.body())

    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(3):
            await asyncio.sleep(SHORT_S)
            yield b"x"

    async with client_of(echo) as client:
        assert (await client.post("/v1/x", content=slowly())).content == b"xxx"


async def test_long_work_gets_longer() -> None:
    async def learn(request: Request) -> Response:
        allow_long_work(request)
        await asyncio.sleep(SHORT_S * 2)
        return Response(b"learnt")

    async with client_of(learn) as client:
        assert (await client.post("/v1/models")).content == b"learnt"


async def test_answer_that_stalls_is_cut_off() -> None:
    sent: list[Message] = []

    async def stall(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await asyncio.Event().wait()

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    await RequestDeadline(stall, SHORT_S)({"type": "http", "method": "GET"}, receive, send)
    assert sent == [{"type": "http.response.start", "status": 200}]


async def test_time_limit_of_the_handler_itself_is_its_own_matter() -> None:
    async def fail(request: Request) -> Response:
        raise TimeoutError("of a connection")

    async with client_of(fail) as client:
        with pytest.raises(TimeoutError, match="of a connection"):
            await client.get("/v1/x")
