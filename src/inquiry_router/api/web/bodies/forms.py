"""Forms, read as they stream in. Fields are kept; of files only name, type and size. Pure.

Mail providers send attachments in the form, up to 50 MB. Their bytes are counted and dropped.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote_to_bytes

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from inquiry_router.api.web.bodies.slimming import TooLarge
from inquiry_router.documents.shelf import AttachedDocument, Shelf
from inquiry_router.inquiry.model import Attachment
from inquiry_router.providers.kit.mime import MimeReader
from inquiry_router.providers.kit.source import RawMail
from inquiry_router.text.data_uris import DataUriDropper
from inquiry_router.text.encoded_words import decode_words

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_MAX_PARTS: Final = 1000
_MAX_HEADERS: Final = 16
_MAX_NAME_CHARS: Final = 255
_EXTENDED_NAME: Final = re.compile(
    rb"""filename\*\s*=\s*"?([\w.-]*)'[^']*'([^;"]*)""", re.IGNORECASE
)
_DEFAULT_TYPE: Final = "application/octet-stream"


class BadForm(ValueError):
    """A form that cannot be read. The text is a sentence for the sender."""


@dataclass(frozen=True, slots=True)
class Form:
    """The content of a form.

    `fields` holds bytes as sent, also blank ones. Of several fields with one name the first counts.
    """

    fields: dict[str, bytes]
    attachments: tuple[Attachment, ...] = ()
    mail: RawMail | None = None
    documents: tuple[AttachedDocument, ...] = ()


@dataclass(slots=True)
class _Part:
    """The part that is being read now."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: str = ""
    file: str | None = None
    size: int = 0
    data: list[bytes] = field(default_factory=list)
    dropper: DataUriDropper = field(default_factory=DataUriDropper)
    mail: MimeReader | None = None
    document: AttachedDocument | None = None

    @property
    def content_type(self) -> str:
        """The type of a file, without parameters."""
        kind = self.headers.get(b"content-type", b"").split(b";")[0].strip()
        return kind.decode("ascii", "replace").lower()[:_MAX_NAME_CHARS] or _DEFAULT_TYPE


class FormReader:
    """Read a multipart form chunk by chunk. The field `mail_in` is read as a raw mail.

    `shelf` holds its documents. Raises `BadForm`, and `TooLarge` when fields and names exceed
    `limit` bytes.
    """

    def __init__(
        self,
        content_type: str,
        limit: int,
        mail_in: str | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise BadForm(
                "Send the form as multipart/form-data with a boundary in its Content-Type."
            )
        self._limit = limit
        self._mail_in = mail_in
        self._mail: RawMail | None = None
        self._kept = 0
        self._parts = 0
        self._part = _Part()
        self._header: tuple[list[bytes], list[bytes]] = ([], [])
        self._fields: dict[str, bytes] = {}
        self._attachments: list[Attachment] = []
        self._shelf = shelf
        self._documents: list[AttachedDocument] = []
        self._ended = False
        try:
            self._parser = MultipartParser(
                boundary, self._callbacks(), max_header_count=_MAX_HEADERS
            )
        except FormParserError:
            raise BadForm(
                "The boundary of the form is too long: use one of at most 70 characters."
            ) from None

    def feed(self, chunk: bytes) -> None:
        """Read the next bytes."""
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise BadForm(
                "The form is not well-formed multipart/form-data: send it as the provider made it."
            ) from None

    def finish(self) -> Form:
        """Return the form. Raises `BadForm` when its end is missing."""
        if not self._ended:
            raise BadForm("The form ends before its closing boundary: send it whole.")
        return Form(self._fields, tuple(self._attachments), self._mail, tuple(self._documents))

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_begin": self._header_begins,
            "on_header_field": lambda data, start, end: self._header[0].append(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].append(data[start:end]),
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finished,
        }

    def _begin(self) -> None:
        self._part = _Part()
        self._parts += 1
        if self._parts > _MAX_PARTS:
            raise TooLarge(f"The form has more than {_MAX_PARTS} parts: send fewer attachments.")

    def _header_begins(self) -> None:
        self._header = ([], [])

    def _header_ends(self) -> None:
        name, value = (b"".join(pieces) for pieces in self._header)
        self._part.headers[name.lower()] = value

    def _headers_finished(self) -> None:
        disposition = self._part.headers.get(b"content-disposition", b"")
        _, options = parse_options_header(disposition.decode("latin-1"))
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        self._part.file = _file_name(disposition, options.get(b"filename"))
        if self._part.name == self._mail_in and self._mail is None:
            self._part.mail = MimeReader(self._shelf)
        elif self._part.file and self._shelf is not None:
            self._part.document = self._shelf.begin_file(
                self._part.file, self._part.content_type, len(self._documents)
            )
        self._keep(len(self._part.name) + len(self._part.file or ""))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._part.size += end - start
        if self._part.mail is not None:
            self._part.mail.feed(data[start:end])
        elif self._part.file is None:
            self._keep_data(self._part.dropper.feed(data[start:end]))
        elif self._part.document is not None:
            self._part.document.add(data[start:end])

    def _end(self) -> None:
        part = self._part
        if part.mail is not None:
            self._mail = part.mail.finish()
        elif part.file is None:
            self._keep_data(part.dropper.finish())
            self._fields.setdefault(part.name, b"".join(part.data))
        elif part.file or part.size:
            name = part.file or part.name
            self._attachments.append(Attachment(name, part.content_type, part.size))
            self._documents += [part.document] if part.document is not None else []

    def _finished(self) -> None:
        self._ended = True

    def _keep_data(self, data: bytes) -> None:
        self._keep(len(data))
        self._part.data.append(data)

    def _keep(self, size: int) -> None:
        self._kept += size
        if self._kept > self._limit:
            raise TooLarge.without_attachments(self._limit)


def read_urlencoded(body: bytes) -> Form:
    """Parse an urlencoded form. Raises `BadForm` when it has too many fields."""
    try:
        # Latin-1 maps each byte to one character, so that bytes of any charset pass unchanged.
        pairs = parse_qsl(
            body.decode("latin-1"),
            keep_blank_values=True,
            max_num_fields=_MAX_PARTS,
            encoding="latin-1",
            errors="strict",
        )
    except ValueError:
        raise BadForm(f"The form has more than {_MAX_PARTS} fields: send fewer.") from None
    fields: dict[str, bytes] = {}
    for name, value in pairs:
        fields.setdefault(
            name.encode("latin-1").decode("utf-8", "replace"), value.encode("latin-1")
        )
    return Form(fields)


def _file_name(disposition: bytes, plain: bytes | None) -> str | None:
    """Return the name of a file, or None for a part that is no file.

    Names come in the form of RFC 5987, in UTF-8, in windows-1250 or as words of RFC 2047.
    """
    extended = _EXTENDED_NAME.search(disposition)
    if extended is not None:
        charset = extended[1].decode("ascii") or "utf-8"
        return _clean_name(_decode(unquote_to_bytes(extended[2]), charset))
    return None if plain is None else _clean_name(decode_words(_decode(plain, "utf-8")))


def _decode(name: bytes, charset: str) -> str:
    for one in (charset, "utf-8", "windows-1250"):
        try:
            return name.decode(one)
        except (UnicodeDecodeError, LookupError):
            continue
    return name.decode("latin-1")


def _clean_name(name: str) -> str:
    """Remove folders and control characters, which some senders put into names."""
    last = re.split(r"[/\\]", name.replace("%22", '"'))[-1]
    return "".join(character for character in last if character.isprintable()).strip()[
        :_MAX_NAME_CHARS
    ]
