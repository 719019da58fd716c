"""Reading a body within its limits, and answering."""

from collections.abc import Iterable
from typing import Any

import pytest
from starlette.requests import Request

from inquiry_router.api.web.routing import MAX_BODY_BYTES, answer, limited_body
from inquiry_router.inquiry.errors import BadJson, BodyTooLarge

pytestmark = pytest.mark.anyio


def request_of(messages: Iterable[dict[str, Any]], *headers: tuple[bytes, bytes]) -> Request:
    waiting = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(waiting)

    return Request({"type": "http", "headers": list(headers)}, receive)


def part(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_chunked_body_is_joined() -> None:
    parts = (
        part(b'{"a"', more=True),
        {"type": "http.request", "more_body": True},
        part(b":1}", more=False),
    )
    assert await limited_body(request_of(parts)) == b'{"a":1}'


async def test_disconnect_is_a_client_error() -> None:
    with pytest.raises(BadJson, match="ended before"):
        await limited_body(request_of([part(b"{", more=True), {"type": "http.disconnect"}]))


async def test_oversized_body_is_refused_early() -> None:
    endless = (part(b"x" * 65_536, more=True) for _ in range(100))
    with pytest.raises(BodyTooLarge):
        await limited_body(request_of(endless))
    assert next(endless)["more_body"]
    with pytest.raises(BodyTooLarge):
        await limited_body(request_of([], (b"content-length", b"%d" % (MAX_BODY_BYTES + 1))))


def test_answer_is_json_in_utf_8() -> None:
    assert answer({"ż": 1}).body.decode() == '{"ż":1}'
