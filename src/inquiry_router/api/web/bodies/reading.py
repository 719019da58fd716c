"""Reading a request's body as it streams in: all of a small one, of a mail only what is not the bytes of an attachment."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from inquiry_router.api.web.bodies.forms import FormReader, read_urlencoded
from inquiry_router.api.web.bodies.slimming import JsonSlimmer, TooLarge
from inquiry_router.inquiry.model import Attachment

# What is kept in memory of one request, however much of it is attachments.
KEPT: Final = 1024 * 1024
# A large mail may take longer to arrive than a small webhook: so many bytes a second are expected at the least.
SLOWEST: Final = 256 * 1024
# Where Postmark puts the bytes of an attachment.
_DROPPED: Final = "Content"


@dataclass(frozen=True, slots=True)
class Body:
    """What is kept of a body: its bytes, the fields of a form, and what came along as files.

    Of a multipart form no bytes are kept. `digest` is the SHA-256 over the prefix that was asked for and all that came, for
    signatures over bytes that are not kept.
    """

    content: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    form: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    attachments: tuple[Attachment, ...] = ()


class _Reader(Protocol):
    def feed(self, chunk: bytes) -> None:
        """Read the next bytes."""

    def finish(self, digest: bytes) -> Body:
        """What is kept of them."""


async def read_body(
    chunks: AsyncIterator[bytes],
    content_type: str,
    limit: int,
    seconds: float,
    digest_prefix: bytes = b"",
) -> Body:
    """Read a body of at most `limit` bytes; of a larger one than 1 MB only a mail's words are kept.

    Raises `TooLarge`, `TimeoutError` after `seconds` and what a slow line needs besides, and `BadForm`.
    """
    digest = hashlib.sha256(digest_prefix)
    reader = _reader_for(content_type, limit)
    came = 0
    async with asyncio.timeout(seconds + limit / SLOWEST):
        async for chunk in chunks:
            came += len(chunk)
            if came > limit:
                raise TooLarge(f"The body is larger than {limit // 1024} kB.")
            digest.update(chunk)
            reader.feed(chunk)
    return reader.finish(digest.digest())


def _reader_for(content_type: str, limit: int) -> _Reader:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _Multipart(FormReader(content_type, KEPT))
    return _Whole(
        JsonSlimmer(_DROPPED, KEPT) if limit > KEPT else None,
        is_form=kind == "application/x-www-form-urlencoded",
    )


class _Multipart:
    def __init__(self, form: FormReader) -> None:
        self._form = form

    def feed(self, chunk: bytes) -> None:
        self._form.feed(chunk)

    def finish(self, digest: bytes) -> Body:
        read = self._form.finish()
        return Body(b"", digest, read.fields, read.attachments)


class _Whole:
    def __init__(self, slimmer: JsonSlimmer | None, *, is_form: bool) -> None:
        self._slimmer = None if is_form else slimmer
        self._is_form = is_form
        self._kept = bytearray()

    def feed(self, chunk: bytes) -> None:
        self._kept += self._slimmer.feed(chunk) if self._slimmer is not None else chunk
        if len(self._kept) > KEPT:
            raise TooLarge(
                f"Without attachments it is still larger than {KEPT // 1024} kB: send a shorter text."
            )

    def finish(self, digest: bytes) -> Body:
        if self._slimmer is not None:
            self._kept += self._slimmer.finish()
        content = bytes(self._kept)
        return Body(content, digest, read_urlencoded(content).fields if self._is_form else {})
