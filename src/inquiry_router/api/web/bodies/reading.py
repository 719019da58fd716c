"""Read a request's body as it streams in: a small one whole, a mail without its attachments."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from inquiry_router.api.web.bodies.forms import FormReader, read_urlencoded
from inquiry_router.api.web.bodies.slimming import JsonSlimmer, TooLarge
from inquiry_router.inquiry.model import Attachment
from inquiry_router.providers.kit.mime import MimeReader
from inquiry_router.providers.kit.source import BODY, RawMail

# The most that is kept in memory of one request, without attachments.
MAX_KEPT_BYTES: Final = 1024 * 1024
# A large mail may take longer to arrive than a small webhook. Slower senders are cut off.
MIN_BYTES_A_SECOND: Final = 256 * 1024
# Postmark puts the bytes of an attachment under this key.
_DROPPED_KEY: Final = "Content"


@dataclass(frozen=True, slots=True)
class Body:
    """A body without attachments: its bytes, the fields of a form, and the names of files.

    Of a multipart form and of a raw mail no bytes are kept. `digest` is the SHA-256 of the
    requested prefix and the whole body, for signatures over bytes that are not kept.
    """

    content: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    form: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    attachments: tuple[Attachment, ...] = ()
    mail: RawMail | None = None


class _BodyReader(Protocol):
    def feed(self, chunk: bytes) -> None:
        """Read the next bytes."""

    def finish(self, digest: bytes) -> Body:
        """Return the body."""


async def read_body(
    chunks: AsyncIterator[bytes],
    content_type: str,
    limit: int,
    seconds: float,
    digest_prefix: bytes = b"",
    mail_in: str | None = None,
) -> Body:
    """Read a body of at most `limit` bytes, dropping attachments from mails.

    `mail_in` is the field of a form that holds a raw mail, or `BODY`, as in `SourceKind`.
    Raises `TooLarge`, `BadForm`, and `TimeoutError` after `seconds`, which large bodies extend.
    """
    digest = hashlib.sha256(digest_prefix)
    reader = _reader_for(content_type, limit, mail_in)
    received = 0
    async with asyncio.timeout(seconds + limit / MIN_BYTES_A_SECOND):
        async for chunk in chunks:
            received += len(chunk)
            if received > limit:
                raise TooLarge(f"The body is larger than {limit // 1024} kB.")
            digest.update(chunk)
            reader.feed(chunk)
    return reader.finish(digest.digest())


def _reader_for(content_type: str, limit: int, mail_in: str | None) -> _BodyReader:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _MultipartReader(FormReader(content_type, MAX_KEPT_BYTES, mail_in))
    if mail_in == BODY:
        return _MailReader()
    return _WholeReader(
        JsonSlimmer(_DROPPED_KEY, MAX_KEPT_BYTES) if limit > MAX_KEPT_BYTES else None,
        is_form=kind == "application/x-www-form-urlencoded",
    )


class _MultipartReader:
    def __init__(self, form: FormReader) -> None:
        self._form = form

    def feed(self, chunk: bytes) -> None:
        self._form.feed(chunk)

    def finish(self, digest: bytes) -> Body:
        read = self._form.finish()
        return Body(b"", digest, read.fields, read.attachments, read.mail)


class _MailReader:
    def __init__(self) -> None:
        self._mail = MimeReader()

    def feed(self, chunk: bytes) -> None:
        self._mail.feed(chunk)

    def finish(self, digest: bytes) -> Body:
        return Body(b"", digest, mail=self._mail.finish())


class _WholeReader:
    def __init__(self, slimmer: JsonSlimmer | None, *, is_form: bool) -> None:
        self._slimmer = None if is_form else slimmer
        self._is_form = is_form
        self._kept = bytearray()

    def feed(self, chunk: bytes) -> None:
        self._kept += self._slimmer.feed(chunk) if self._slimmer is not None else chunk
        if len(self._kept) > MAX_KEPT_BYTES:
            raise TooLarge.without_attachments(MAX_KEPT_BYTES)

    def finish(self, digest: bytes) -> Body:
        if self._slimmer is not None:
            self._kept += self._slimmer.finish()
        content = bytes(self._kept)
        return Body(content, digest, read_urlencoded(content).fields if self._is_form else {})
