"""Streamed bodies: large mails without attachments, in little memory, with limits."""

import hashlib
import json
import tracemalloc
from collections.abc import AsyncIterator, Iterable

import pytest

from inquiry_router.api.web.bodies.forms import BadForm
from inquiry_router.api.web.bodies.reading import MAX_KEPT_BYTES, read_body
from inquiry_router.api.web.bodies.slimming import TooLarge
from inquiry_router.inquiry.model import Attachment

pytestmark = pytest.mark.anyio

MAIL = 50 * 1024 * 1024
CHUNK = b"QUJD" * 16384
BOUNDARY = "multipart/form-data; boundary=b"


async def stream(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def form(*parts: bytes) -> list[bytes]:
    return [piece for part in parts for piece in (b"--b\r\n", part, b"\r\n")] + [b"--b--\r\n"]


async def test_large_form_needs_little_memory() -> None:
    head = (
        b'Content-Disposition: form-data; name="attachment1"; filename="zdjecie.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n"
    )
    field = b'Content-Disposition: form-data; name="text"\r\n\r\n' + "cieknie".encode("iso-8859-2")
    pieces = [*form(field)[:-1], b"--b\r\n", head, *[CHUNK] * 640, b"\r\n--b--\r\n"]
    tracemalloc.start()
    body = await read_body(stream(pieces), BOUNDARY, MAIL, 10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024
    assert body.form == {"text": b"cieknie"}
    assert body.attachments == (Attachment("zdjecie.jpg", "image/jpeg", 640 * len(CHUNK)),)
    assert body.digest == hashlib.sha256(b"".join(pieces)).digest()


async def test_large_json_mail_loses_its_attachments() -> None:
    pieces = [
        b'{"Subject":"x","Attachments":[{"Name":"a.pdf","Content":"',
        *[CHUNK] * 640,
        b'","ContentLength":9}]}',
    ]
    tracemalloc.start()
    body = await read_body(stream(pieces), "application/json", MAIL, 10, b"prefix")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024
    assert json.loads(body.content)["Attachments"] == [
        {"Name": "a.pdf", "Content": "", "ContentLength": 9}
    ]
    assert body.digest == hashlib.sha256(b"prefix" + b"".join(pieces)).digest()


async def test_small_body_is_kept_whole() -> None:
    chunks = stream([b'{"Content":', b'"stays"}'])
    body = await read_body(chunks, "application/json", MAX_KEPT_BYTES, 10)
    assert body.content == b'{"Content":"stays"}'


async def test_urlencoded_form_keeps_its_bytes() -> None:
    body = await read_body(stream([b"a=%B1&b=&a=2"]), "application/x-www-form-urlencoded", MAIL, 10)
    assert body.form == {"a": b"\xb1", "b": b""}


@pytest.mark.parametrize(
    "content_type", ["application/json", BOUNDARY, "application/x-www-form-urlencoded"]
)
async def test_oversized_body_is_refused_early(content_type: str) -> None:
    taken = []

    def endless() -> Iterable[bytes]:
        while True:
            taken.append(1)
            yield (
                b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n"
                if len(taken) == 1
                else CHUNK
            )

    with pytest.raises(TooLarge):
        await read_body(stream(endless()), content_type, MAIL, 10)
    assert len(taken) < 850


async def test_text_is_limited_too() -> None:
    with pytest.raises(TooLarge):
        await read_body(
            stream([b'{"TextBody":"', *[CHUNK] * 20, b'"}']), "application/json", MAIL, 10
        )


async def test_truncated_form_is_refused() -> None:
    with pytest.raises(BadForm):
        await read_body(stream([b"nonsense"]), BOUNDARY, MAIL, 10)
