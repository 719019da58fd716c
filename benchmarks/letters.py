"""Large mails and webhooks: the time and the memory that reading them takes, without the rest."""

import asyncio
import base64
import quopri
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

from benchmarks.table import Line, at_most
from inquiry_router.api.web.bodies.reading import Body, read_body
from inquiry_router.documents.shelf import Shelf
from inquiry_router.intake.mail.bodies import read_body as read_texts
from inquiry_router.providers.kit.seals import hex_of, hmac_seal
from inquiry_router.providers.kit.source import BODY

SMALL: Final = 200_000
LARGE: Final = 25_000_000
_CHUNK: Final = 64 * 1024
_ROUNDS: Final = 5
_WORDS: Final = "<p>Dzień dobry, pompa CX-20 kupiona w marcu cieknie, proszę o naprawę.</p>\r\n"
_HEAD: Final = "From: Anna <anna@a.example>\r\nSubject: Pompa\r\nMessage-ID: <1@a.example>\r\n"


def letters() -> Iterator[Line]:
    """The worst of the kinds of mails and webhooks, in both sizes."""
    for size, wanted_ms, wanted_mb in ((SMALL, 50, 30), (LARGE, 1500, 30)):
        measured = [_measured(make(size), kind) for kind, make in _KINDS]
        name = f"reading a mail or webhook of {size / 1e6:g} MB"
        yield at_most(f"{name}, ms of CPU", "reader", max(ms for ms, _ in measured), wanted_ms)
        yield at_most(f"{name}, MB", "reader", max(mb for _, mb in measured), wanted_mb)


def _measured(data: bytes, content_type: str) -> tuple[float, float]:
    """The least CPU of some rounds, in ms, and the most memory, in MB."""
    times = []
    for _ in range(_ROUNDS):
        begun = time.process_time()
        asyncio.run(_read(data, content_type))
        times.append(time.process_time() - begun)
    tracemalloc.start()
    asyncio.run(_read(data, content_type))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return min(times) * 1000, peak / 1e6


async def _read(data: bytes, content_type: str) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(data), _CHUNK):
            yield data[at : at + _CHUNK]

    seal = hmac_seal("key", "signature", hex_of)
    mail_in = BODY if content_type == "message/rfc822" else None
    body = await read_body(chunks(), content_type, 2 * LARGE, 60, [seal], mail_in, Shelf())
    seal.fits()
    read_texts(*_texts(body))


def _texts(body: Body) -> tuple[str, str]:
    if body.mail is not None:
        return body.mail.text, body.mail.html or ""
    return "", (body.form.get("html") or body.content).decode("utf-8", "replace")


def _picture(size: int) -> bytes:
    shown = b'<img src="data:image/png;base64,%b">' % base64.b64encode(b"x" * (size * 3 // 4))
    return _WORDS.encode() + shown + _WORDS.encode()


def _html_mail(encoding: str, html: bytes) -> bytes:
    head = f"{_HEAD}Content-Type: text/html; charset=utf-8\r\n"
    return f"{head}Content-Transfer-Encoding: {encoding}\r\n\r\n".encode() + html


def _with_file(size: int) -> bytes:
    head = (
        f"{_HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html"
        f"\r\n\r\n{_WORDS}--b\r\nContent-Type: application/pdf; name=a.pdf\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + base64.encodebytes(b"x" * (size * 3 // 4)) + b"--b--\r\n"


def _form(size: int) -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="html"\r\n\r\n'
    return head + _picture(size) + b"\r\n--b--\r\n"


def _json(size: int) -> bytes:
    return b'{"html":"%b"}' % _picture(size).replace(b'"', b'\\"').replace(b"\r\n", b"\\r\\n")


_MAIL: Final = "message/rfc822"
_KINDS: Final[tuple[tuple[str, Callable[[int], bytes]], ...]] = (
    (_MAIL, lambda size: _html_mail("8bit", _WORDS.encode() * (size // len(_WORDS.encode())))),
    (_MAIL, lambda size: _html_mail("8bit", _picture(size))),
    (_MAIL, lambda size: _html_mail("base64", base64.encodebytes(_picture(size * 3 // 4)))),
    (_MAIL, lambda size: _html_mail("quoted-printable", quopri.encodestring(_picture(size)))),
    (_MAIL, _with_file),
    ("multipart/form-data; boundary=b", _form),
    ("application/json", _json),
)
