"""Read a request's body as it streams in: a small one whole, a mail without its attachments."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from inquiry_router.api.web.bodies.forms import FormReader, read_urlencoded
from inquiry_router.api.web.bodies.slimming import JsonSlimmer, TooLarge
from inquiry_router.documents.shelf import AttachedDocument, Shelf
from inquiry_router.inquiry.model import Attachment
from inquiry_router.providers.kit.mime import MimeReader
from inquiry_router.providers.kit.seals import Seal
from inquiry_router.providers.kit.source import BODY, RawMail
from inquiry_router.text.data_uris import FORM, JSON, DataUriDropper, Spelling

# The most that is kept in memory of one request, without attachments.
MAX_KEPT_BYTES: Final = 1024 * 1024
# A large mail may take longer to arrive than a small webhook. Slower senders are cut off.
MIN_BYTES_A_SECOND: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Body:
    """A body without files: its bytes, the fields of a form, and the names of files.

    Of a multipart form and of a raw mail no bytes are kept.
    """

    content: bytes = field(default=b"", repr=False)
    form: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    attachments: tuple[Attachment, ...] = ()
    mail: RawMail | None = None
    documents: tuple[AttachedDocument, ...] = field(default=(), repr=False)


class _BodyReader(Protocol):
    def feed(self, chunk: bytes) -> None:
        """Read the next bytes."""

    def finish(self) -> Body:
        """Return the body."""


async def read_body(
    chunks: AsyncIterator[bytes],
    content_type: str,
    limit: int,
    seconds: float,
    seals: Iterable[Seal] = (),
    mail_in: str | None = None,
    shelf: Shelf | None = None,
) -> Body:
    """Read a body of at most `limit` bytes, dropping the files in it.

    `seals` read all of it. `mail_in` is the field of a form that holds a raw mail, or `BODY`, as in
    `SourceKind`. `shelf` holds the documents in it. Raises `TooLarge`, `BadForm`, and
    `TimeoutError` after `seconds`, which every byte that comes extends a little.
    """
    reader = _reader_for(content_type, mail_in, shelf)
    seals = tuple(seals)
    begun, received = asyncio.get_running_loop().time(), 0
    async with asyncio.timeout(seconds) as patience:
        async for chunk in chunks:
            received += len(chunk)
            if received > limit:
                raise TooLarge(f"The body is larger than {limit // 1024} kB.")
            patience.reschedule(begun + seconds + received / MIN_BYTES_A_SECOND)
            for seal in seals:
                seal.feed(chunk)
            reader.feed(chunk)
    return reader.finish()


def _reader_for(content_type: str, mail_in: str | None, shelf: Shelf | None) -> _BodyReader:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _MultipartReader(FormReader(content_type, MAX_KEPT_BYTES, mail_in, shelf))
    if mail_in == BODY:
        return _MailReader(shelf)
    return _UrlFormReader() if kind == "application/x-www-form-urlencoded" else _JsonReader(shelf)


class _MultipartReader:
    def __init__(self, form: FormReader) -> None:
        self._form = form

    def feed(self, chunk: bytes) -> None:
        self._form.feed(chunk)

    def finish(self) -> Body:
        read = self._form.finish()
        return Body(b"", read.fields, read.attachments, read.mail, read.documents)


class _MailReader:
    def __init__(self, shelf: Shelf | None) -> None:
        self._mail = MimeReader(shelf)

    def feed(self, chunk: bytes) -> None:
        self._mail.feed(chunk)

    def finish(self) -> Body:
        return Body(mail=self._mail.finish())


class _Kept:
    """The bytes that are kept, without the files that are written into their texts."""

    def __init__(self, spelling: Spelling) -> None:
        self._dropper = DataUriDropper(spelling)
        self._kept = bytearray()

    def add(self, data: bytes) -> None:
        self._keep(self._dropper.feed(data))

    def finish(self) -> bytes:
        self._keep(self._dropper.finish())
        return bytes(self._kept)

    def _keep(self, data: bytes) -> None:
        self._kept += data
        if len(self._kept) > MAX_KEPT_BYTES:
            raise TooLarge.without_attachments(MAX_KEPT_BYTES)


class _UrlFormReader:
    def __init__(self) -> None:
        self._kept = _Kept(FORM)

    def feed(self, chunk: bytes) -> None:
        self._kept.add(chunk)

    def finish(self) -> Body:
        content = self._kept.finish()
        return Body(content, read_urlencoded(content).fields)


class _JsonReader:
    """Reads JSON, and whatever else comes, for the vendor's module to refuse."""

    def __init__(self, shelf: Shelf | None) -> None:
        self._kept = _Kept(JSON)
        self._slimmer = JsonSlimmer(shelf)

    def feed(self, chunk: bytes) -> None:
        self._kept.add(self._slimmer.feed(chunk))

    def finish(self) -> Body:
        self._kept.add(self._slimmer.finish())
        return Body(self._kept.finish(), documents=tuple(self._slimmer.documents))
