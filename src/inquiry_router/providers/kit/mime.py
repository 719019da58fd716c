"""Read a raw mail (RFC 5322, MIME) as it streams in, without ever holding its attachments. Pure.

Texts are kept, of files only name, type and size. Whatever the bytes are, something is read: a mail
that is badly made must not be lost.
"""

import re
from dataclasses import dataclass, field
from email.message import Message
from html import escape
from typing import Final

from inquiry_router.documents.shelf import AttachedDocument, Shelf
from inquiry_router.inquiry.model import Attachment
from inquiry_router.providers.kit.files import MAX_FILES, MIN_PHOTO_BYTES, attached
from inquiry_router.providers.kit.source import RawMail
from inquiry_router.providers.kit.transfer import Decoder, decoder_of
from inquiry_router.text.charsets import charset_in_html, decoded
from inquiry_router.text.data_uris import DataUriDropper

# Of plain texts, and of HTML, without pictures written into them; the rest is dropped. A text of
# this length is read by nobody.
MAX_TEXT_BYTES: Final = 1024 * 1024
MAX_HEADER_BYTES: Final = 256 * 1024
_MAX_PARTS: Final = 1000
_MAX_DEPTH: Final = 20
# Longer lines are no boundary; RFC 2046 allows 70 characters.
_MAX_BOUNDARY_LINE: Final = 1000
_MAX_VALUE_CHARS: Final = 4000
_FORWARDED: Final = ("from", "date", "subject", "to")
_FORWARD_LINE: Final = "---------- Forwarded message ----------"
_NAME: Final = re.compile(r"[!-9;-~]{1,200}")


@dataclass(slots=True)
class _MimePart:
    """The part that is being read. `inside` is the number of the mail in the mail, 0 for none."""

    inside: int = 0
    related: bool = False
    is_mail: bool = False
    is_text: bool = False
    is_html: bool = False
    is_file: bool = False
    name: str | None = None
    media_type: str = "text/plain"
    charset: str | None = None
    encoding: str = ""
    has_content_id: bool = False
    size: int = 0
    ignored: int = 0
    decoder: Decoder = field(default_factory=lambda: decoder_of(""))
    dropper: DataUriDropper = field(default_factory=DataUriDropper)
    document: AttachedDocument | None = None
    data: bytearray = field(default_factory=bytearray)

    @property
    def file_size(self) -> int:
        """The size of the file, without its transfer encoding."""
        is_base64 = self.encoding == "base64"
        return max(0, self.size - self.ignored) * 3 // 4 if is_base64 else self.size

    def read_text(self, data: bytes, *, is_last: bool = False) -> bytes:
        """Return the next bytes of the text, without the pictures that are written into it."""
        if not is_last:
            return self.dropper.feed(self.decoder.feed(data))
        return self.dropper.feed(self.decoder.finish()) + self.dropper.finish()

    def text(self) -> str:
        """The text with Unix newlines."""
        data = bytes(self.data)
        charset = self.charset or (charset_in_html(data) if self.is_html else None)
        return decoded(data, charset).replace("\r\n", "\n")


@dataclass(slots=True)
class _Enclosed:
    """A mail that came as a part of this one."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Multipart:
    """A multipart that is open: its boundary line, and what its parts inherit."""

    line: bytes
    inside: int
    related: bool


class MimeReader:
    """Reads a mail piece by piece; `finish` returns it. A shelf holds documents in it."""

    def __init__(self, shelf: Shelf | None = None) -> None:
        self._shelf = shelf
        self._documents: list[AttachedDocument] = []
        self._rest = b""
        self._at = 0
        self._header = bytearray()
        self._in_header = True
        self._at_line_start = True
        self._levels: list[_Multipart] = []
        self._parts = 0
        self._part = _MimePart(is_mail=True)
        # The mail itself, and the mails that came as parts of it.
        self._mails = [_Enclosed()]
        self._files: list[Attachment] = []
        self._is_shortened = False
        self._room = {"text/plain": MAX_TEXT_BYTES, "text/html": MAX_TEXT_BYTES}

    def feed(self, chunk: bytes) -> None:
        """Read the next bytes."""
        self._rest += chunk
        self._read(is_last=False)

    def finish(self) -> RawMail:
        """Return the mail."""
        self._read(is_last=True)
        if self._in_header:
            self._end_header()
        self._end_part()
        mail, *enclosed = self._mails
        if _is_report(mail.headers):
            enclosed = []
        texts = [_forwarded(one, one.texts) for one in enclosed if one.texts or not one.html]
        html = [_forwarded_html(one) for one in enclosed if one.html and not one.texts]
        return RawMail(
            headers=tuple(mail.headers),
            text="\n".join([*mail.texts, *texts]),
            html="\n".join([*mail.html, *html]) or None,
            attachments=tuple(self._files[:MAX_FILES]),
            documents=tuple(self._documents),
            shortened=self._is_shortened,
        )

    def _read(self, *, is_last: bool) -> None:
        while self._at < len(self._rest):
            before = self._at
            step = self._read_header if self._in_header else self._read_body
            step(is_last)
            if self._at == before:
                break
        self._rest, self._at = self._rest[self._at :], 0

    def _read_header(self, is_last: bool) -> None:
        line = self._next_line(MAX_HEADER_BYTES, is_last=is_last)
        if line is None:
            return
        if self._is_boundary(line):
            self._end_header()
            self._turn(line)
        elif not line.strip():
            self._end_header()
        elif len(self._header) + len(line) <= MAX_HEADER_BYTES:
            self._header += line

    def _read_body(self, is_last: bool) -> None:
        if self._at_line_start and b"--".startswith(self._rest[self._at : self._at + 2]):
            line = self._next_line(_MAX_BOUNDARY_LINE, is_last=is_last)
            if line is None:
                return
            if self._is_boundary(line):
                self._turn(line)
                return
            self._keep(line)
            self._at_line_start = line.endswith(b"\n")
            return
        found = self._rest.find(b"\n--", self._at)
        end = found + 1 if found >= 0 else len(self._rest)
        if found < 0 and not is_last and self._rest.endswith(b"\n-"):
            end -= 1  # it may be the beginning of a boundary
        self._keep(self._rest[self._at : end])
        self._at_line_start = self._rest[end - 1 : end] == b"\n"
        self._at = end

    def _next_line(self, limit: int, *, is_last: bool) -> bytes | None:
        """Take the next line, or `limit` bytes of a longer one; None until its end is here."""
        end = self._rest.find(b"\n", self._at, self._at + limit) + 1
        if end == 0:
            if len(self._rest) - self._at < limit and not is_last:
                return None
            end = min(len(self._rest), self._at + limit)
        line, self._at = self._rest[self._at : end], end
        return line

    def _keep(self, data: bytes) -> None:
        part = self._part
        part.size += len(data)
        if part.is_text or part.is_html:
            self._keep_text(part.read_text(data))
            return
        if part.document is not None:
            part.document.add(part.decoder.feed(data))
        if part.encoding == "base64":
            part.ignored += sum(map(data.count, (b"\n", b"\r", b"=", b" ")))

    def _keep_text(self, text: bytes) -> None:
        part = self._part
        kept = text[: self._room[part.media_type]]
        self._room[part.media_type] -= len(kept)
        part.data += kept
        self._is_shortened = self._is_shortened or len(kept) < len(text)

    def _is_boundary(self, line: bytes) -> bool:
        bare = line.rstrip()
        return any(bare in (level.line, level.line + b"--") for level in self._levels)

    def _turn(self, line: bytes) -> None:
        """End the part at a boundary line, and begin the next one of its level."""
        self._end_part()
        bare = line.rstrip()
        while self._levels:
            level = self._levels[-1]
            if bare == level.line:
                self._begin(_MimePart(level.inside, level.related))
                return
            self._levels.pop()
            if bare == level.line + b"--":
                # What follows the last part of a multipart is for old programs.
                self._part = _MimePart(level.inside)
                self._in_header, self._at_line_start = False, True
                return

    def _begin(self, part: _MimePart) -> None:
        self._part, self._header = part, bytearray()
        self._in_header = self._at_line_start = True

    def _end_header(self) -> None:
        """Decide what the part is by its headers."""
        headers = _headers_in(bytes(self._header))
        if self._part.is_mail:
            self._mails[self._part.inside].headers = headers
        self._in_header, self._at_line_start, self._header = False, True, bytearray()
        self._parts += 1
        if self._parts > _MAX_PARTS:
            return
        part, message = self._part, _message_of(headers)
        part.media_type = message.get_content_type()
        boundary = _boundary_of(message)
        if boundary and part.media_type.startswith("multipart/") and len(self._levels) < _MAX_DEPTH:
            related = part.media_type == "multipart/related"
            self._levels.append(_Multipart(b"--" + boundary, part.inside, related))
            return
        disposition = message.get_content_disposition()
        part.name = _name_of(message)
        part.encoding = (message.get("content-transfer-encoding") or "").strip().lower()
        if part.media_type == "message/rfc822" and part.encoding in ("", "7bit", "8bit", "binary"):
            self._begin_mail(part)
            return
        part.has_content_id = "content-id" in message
        part.charset = message.get_content_charset()
        is_file = disposition == "attachment" or self._is_named_file(part)
        part.is_text = part.media_type == "text/plain" and not is_file
        part.is_html = part.media_type == "text/html" and not is_file
        part.is_file = not (part.is_text or part.is_html)
        part.decoder = decoder_of(part.encoding)
        if part.is_file and self._shelf is not None:
            part.document = self._shelf.begin_file(part.name, part.media_type, len(self._documents))

    def _is_named_file(self, part: _MimePart) -> bool:
        """True for a part with a name, unless it is the first text: some programs name that too."""
        mail = self._mails[part.inside]
        first = {"text/plain": not mail.texts and not mail.html, "text/html": not mail.html}
        return part.name is not None and not first.get(part.media_type, False)

    def _begin_mail(self, part: _MimePart) -> None:
        """Read a mail that came as a part of this one: its headers follow."""
        if len(self._mails) > MAX_FILES:
            part.is_file = True
            return
        self._mails.append(_Enclosed())
        self._begin(_MimePart(len(self._mails) - 1, is_mail=True))

    def _end_part(self) -> None:
        if self._part.is_text or self._part.is_html:
            self._keep_text(self._part.read_text(b"", is_last=True))
        part, self._part = self._part, _MimePart()
        if part.is_text:
            self._mails[part.inside].texts.append(part.text())
        elif part.is_html:
            self._mails[part.inside].html.append(part.text())
        elif part.is_file and not _is_decoration(part):
            name = part.name or part.media_type.rpartition("/")[2]
            file = attached(name, part.media_type, part.file_size)
            self._files += [file] if file is not None else []
            if part.document is not None and file is not None:
                part.document.add(part.decoder.finish())
                part.document.name = file.name
                self._documents.append(part.document)


def read_mail(data: bytes) -> RawMail:
    """Read a whole mail."""
    reader = MimeReader()
    reader.feed(data)
    return reader.finish()


def _is_decoration(part: _MimePart) -> bool:
    """True for a small picture in the text, and for a signature, which is no file of people's."""
    if part.media_type in ("application/pgp-signature", "application/pkcs7-signature"):
        return True
    is_shown = part.related and part.has_content_id and part.media_type.startswith("image/")
    return is_shown and part.file_size < MIN_PHOTO_BYTES


def _is_report(headers: list[tuple[str, str]]) -> bool:
    """True for a bounce or receipt: the mail in it is our own."""
    return any(
        name.lower() == "content-type" and value.strip().lower().startswith("multipart/report")
        for name, value in headers
    )


def _header_lines(mail: _Enclosed) -> list[str]:
    known = {name.lower(): value for name, value in reversed(mail.headers)}
    return [f"{name.title()}: {known[name]}" for name in _FORWARDED if name in known]


def _forwarded(mail: _Enclosed, texts: list[str]) -> str:
    """A mail that came as an attachment, written as mail programs write a forwarded one."""
    return "\n".join(["", _FORWARD_LINE, *_header_lines(mail), "", *texts])


def _forwarded_html(mail: _Enclosed) -> str:
    lines = [escape(line) for line in (_FORWARD_LINE, *_header_lines(mail))]
    return "\n".join([f"<p>{'<br>'.join(lines)}</p>", *mail.html])


def _headers_in(block: bytes) -> list[tuple[str, str]]:
    """The headers, unfolded; a line without a colon is left out."""
    found: list[tuple[str, list[str]]] = []
    for line in decoded(block, None).splitlines():
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and found:
            found[-1][1].append(line.strip())
        elif colon and _NAME.fullmatch(name.rstrip()):
            found.append((name.rstrip(), [value.strip()]))
    return [(name, " ".join(pieces)) for name, pieces in found]


def _message_of(headers: list[tuple[str, str]]) -> "Message[str, str]":
    """The headers about the content, for the library's parser of parameters."""
    message: Message[str, str] = Message()
    for name, value in headers:
        if name.lower().startswith("content-") and name.lower() not in message:
            message[name] = value[:_MAX_VALUE_CHARS]
    return message


def _boundary_of(message: "Message[str, str]") -> bytes | None:
    try:
        boundary = message.get_boundary()
    except (ValueError, LookupError, UnicodeError):
        return None
    return boundary.encode("utf-8", "surrogateescape") if boundary else None


def _name_of(message: "Message[str, str]") -> str | None:
    try:
        return message.get_filename()
    except (ValueError, LookupError, UnicodeError, AssertionError):
        return None
