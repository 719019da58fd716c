"""Streamed bodies: large mails without attachments, in little memory, with limits."""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator, Iterable
from urllib.parse import quote_plus

import pytest

from inquiry_router.api.web.bodies.forms import BadForm
from inquiry_router.api.web.bodies.reading import read_body
from inquiry_router.api.web.bodies.slimming import TooLarge
from inquiry_router.inquiry.model import Attachment
from inquiry_router.providers.kit.seals import hex_of, hmac_seal
from inquiry_router.providers.kit.signatures import hmac_hex
from inquiry_router.providers.kit.source import BODY

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


async def test_large_json_mail_loses_its_attachments() -> None:
    pieces = [
        b'{"Subject":"x","Attachments":[{"Name":"a.pdf","Content":"',
        *[CHUNK] * 640,
        b'","ContentLength":9}]}',
    ]
    tracemalloc.start()
    body = await read_body(stream(pieces), "application/json", MAIL, 10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024
    assert json.loads(body.content)["Attachments"] == [
        {"Name": "a.pdf", "Content": "QUJD" * 15 + "...1", "ContentLength": 9}
    ]


@pytest.mark.parametrize("content_type", ["application/json", BOUNDARY, "text/plain"])
async def test_seals_read_every_byte(content_type: str) -> None:
    pieces = [
        b"--b\r\nContent-Disposition: form-data; name=a; filename=a.jpg\r\n\r\n",
        *[CHUNK] * 20,
        b"\r\n--b--\r\n",
    ]
    seal = hmac_seal(
        "key", hmac_hex("key", b"12:" + b"".join(pieces) + b"!"), hex_of, before=b"12:", after=b"!"
    )
    other = hmac_seal("key", "00", hex_of)
    await read_body(stream(pieces), content_type, MAIL, 10, [seal, other], BODY)
    assert seal.fits() and not other.fits()
    seal.feed(b" ")
    assert not seal.fits()


WORDS = "Pompa cieknie. Zdjęcie poniżej."
# Written by programs in so many ways: on one line, in lines, with escaped slashes and plus signs.
PICTURES = [CHUNK, b"AB+/" * 16384, (b"QUJD" * 19 + b"\r\n") * 900]


def html(picture: bytes) -> str:
    src = f'<img src="data:image/png;base64,{picture.decode()}" alt="pompa">'
    return f"<p>{WORDS}</p>{src}<p>Pozdrawiam, Anna</p>"


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("escape", ["", "slashes", "all"])
@pytest.mark.parametrize("size", [61, 4093, 1 << 16])
async def test_pictures_in_html_are_dropped_from_json(
    picture: bytes, escape: str, size: int
) -> None:
    data = json.dumps({"html": html(picture * (1 if size < 100 else 30)), "id": "7"})
    if escape:
        data = data.replace("/", "\\/")
    if escape == "all":
        data = data.replace("+", "\\u002B").replace("<", "\\u003C").replace('\\"', "\\u0022")
    sent = data.encode()
    pieces = (sent[at : at + size] for at in range(0, len(sent), size))
    body = await read_body(stream(pieces), "application/json", MAIL, 10)
    read = json.loads(body.content)
    assert read["id"] == "7"
    assert read["html"].startswith(f'<p>{WORDS}</p><img src="data:image/png;base64,')
    assert read["html"].endswith('" alt="pompa"><p>Pozdrawiam, Anna</p>')
    assert len(read["html"]) < 300


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("size", [1021, 1 << 16])
async def test_pictures_in_html_are_dropped_from_forms(picture: bytes, size: int) -> None:
    written = html(picture * 20)
    multipart = b"".join(
        form(b'Content-Disposition: form-data; name="html"\r\n\r\n' + written.encode())
    )
    for content_type, sent in (
        (BOUNDARY, multipart),
        ("application/x-www-form-urlencoded", f"id=7&html={quote_plus(written)}".encode()),
    ):
        pieces = (sent[at : at + size] for at in range(0, len(sent), size))
        body = await read_body(stream(pieces), content_type, MAIL, 10)
        read = body.form["html"].decode()
        assert read.startswith(f'<p>{WORDS}</p><img src="data:image/png;base64,')
        assert read.endswith('" alt="pompa"><p>Pozdrawiam, Anna</p>')
        assert len(read) < 300


async def test_slow_sender_is_cut_off_and_a_steady_one_is_not() -> None:
    async def drip(pause: float) -> AsyncIterator[bytes]:
        yield b'{"a": "'
        for _ in range(4):
            await asyncio.sleep(pause)
            yield b"x y " * 16384
        yield b'"}'

    with pytest.raises(TimeoutError):
        await read_body(drip(1.5), "application/json", MAIL, 1)
    await read_body(drip(0.3), "application/json", MAIL, 1)


async def test_small_body_is_kept_whole() -> None:
    chunks = stream([b'{"Content":', b'"stays"}'])
    body = await read_body(chunks, "application/json", MAIL, 10)
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
            stream([b'{"TextBody":"', *[b"pompa " * 10000] * 20, b'"}']),
            "application/json",
            MAIL,
            10,
        )


async def test_truncated_form_is_refused() -> None:
    with pytest.raises(BadForm):
        await read_body(stream([b"nonsense"]), BOUNDARY, MAIL, 10)
