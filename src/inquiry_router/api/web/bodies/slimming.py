"""Drop files from JSON while it streams in, so that a mail of 50 MB is never in memory. Pure.

Nothing is parsed. The JSON is copied, and of strings that are files in base64 only the beginning.
So valid JSON stays valid, broken JSON stays broken, and the parser afterwards reports the place.
"""

import re
from typing import Final

from inquiry_router.documents.shelf import MAX_DOCUMENTS, AttachedDocument, DocumentKind, Shelf
from inquiry_router.providers.kit.transfer import decoder_of

# A string up to its closing quotation mark. Possessive, so that it never backtracks.
_STRING: Final = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
# So much of a string is looked at. No words of people go on for so long without a blank.
HEAD_BYTES: Final = 4096
# The first bytes of a PDF and of a DOCX, which is a ZIP file, in base64.
_DOCUMENTS: Final[tuple[tuple[bytes, DocumentKind], ...]] = ((b"JVBERi", "pdf"), (b"UEsDB", "docx"))
# So much of a file stays, for people who look for what became of it.
_SHOWN: Final = re.compile(rb"[A-Za-z0-9+/=:;,_-]{0,60}")
_NAMED_TYPE: Final = re.compile(rb'data:[^,"]{0,120},')
# The last escape may be cut.
_BASE64: Final = re.compile(
    rb"(?:[A-Za-z0-9+/=_-]++|\\/|\\u00(?:2[bBfF]|3[dD]))*+(?:\\(?:u(?:0(?:0[23]?)?)?)?)?"
)
_LINE_BREAK: Final = re.compile(rb"(?:\\[rn])++")
# Base64 in lines has them of 57 to 76 characters. A list of numbers has shorter ones.
_MIN_LINE: Final = 57


class TooLarge(ValueError):
    """More than allowed would have to be kept. The text is a sentence for the sender."""

    @classmethod
    def without_attachments(cls, limit: int) -> "TooLarge":
        """Make the error for a body that exceeds `limit` bytes without its attachments too."""
        return cls(
            f"Without the attachments it is still larger than {limit // 1024} kB: "
            "send a shorter text."
        )


class JsonSlimmer:
    """Copy JSON chunk by chunk, without the strings that are files. Chunks may end anywhere.

    `shelf` holds the documents among them, each called as the string that stands for it.
    """

    def __init__(self, shelf: Shelf | None = None) -> None:
        self.documents: list[AttachedDocument] = []
        self._shelf = shelf
        self._files = 0
        self._document: AttachedDocument | None = None
        self._decoder = decoder_of("base64")
        self._step = self._read_structure
        # The beginning of a string, or a backslash at the end of a chunk.
        self._rest = b""

    def feed(self, chunk: bytes) -> bytes:
        """Return the next bytes without files."""
        data, self._rest = self._rest + chunk, b""
        kept: list[bytes] = []
        at = 0
        while at < len(data):
            at = self._step(data, at, kept)
        return b"".join(kept)

    def finish(self) -> bytes:
        """Return the rest, if the JSON ends within a string."""
        left = b"" if self._step == self._read_file else self._rest
        self._rest = b""
        return left

    def _read_structure(self, data: bytes, at: int, kept: list[bytes]) -> int:
        quote = data.find(b'"', at)
        end = len(data) if quote < 0 else quote + 1
        kept.append(data[at:end])
        if quote >= 0:
            self._step = self._read_head
        return end

    def _read_head(self, data: bytes, at: int, kept: list[bytes]) -> int:
        """Wait for the beginning of a string, and decide what it is."""
        end = _end_of_string(data, at)
        if end - at < HEAD_BYTES and data[end : end + 1] != b'"':
            self._rest = data[at:]
            return len(data)
        self._step = self._read_text
        if end - at >= HEAD_BYTES and _is_file(data[at : at + HEAD_BYTES]):
            self._step = self._read_file
            named = _NAMED_TYPE.match(data, at)
            kept.append(self._begin_file(data, at, named.end() if named else at))
            return named.end() if named else at
        return at

    def _read_text(self, data: bytes, at: int, kept: list[bytes]) -> int:
        end = _end_of_string(data, at)
        kept.append(data[at:end])
        return self._end_string(data, end, kept)

    def _read_file(self, data: bytes, at: int, kept: list[bytes]) -> int:
        end = _end_of_string(data, at)
        if self._document is not None:
            self._hold(self._document, data[at:end], is_last=data[end : end + 1] == b'"')
        return self._end_string(data, end, kept)

    def _begin_file(self, data: bytes, at: int, begin: int) -> bytes:
        """Return what stands for a file. Its name and type may stand before its bytes."""
        self._files += 1
        shown = _SHOWN.match(data, at)
        name = b"%b...%d" % (shown[0] if shown else b"", self._files)
        kind = next((kind for start, kind in _DOCUMENTS if data.startswith(start, begin)), None)
        self._decoder, self._document = decoder_of("base64"), None
        if kind is not None and self._shelf is not None and len(self.documents) < MAX_DOCUMENTS:
            self._document = AttachedDocument(name.decode(), kind, self._shelf)
            self.documents.append(self._document)
        return name

    def _hold(self, document: AttachedDocument, data: bytes, *, is_last: bool) -> None:
        """Hold the next bytes, unless they are spelt in an odd way."""
        if b"\\u" in data:
            document.drop()
        for escape, byte in ((rb"\/", b"/"), (rb"\n", b""), (rb"\r", b"")):
            data = data.replace(escape, byte)
        document.add(self._decoder.feed(data))
        if is_last:
            document.add(self._decoder.finish())

    def _end_string(self, data: bytes, end: int, kept: list[bytes]) -> int:
        if data[end : end + 1] != b'"':
            self._rest = data[end:]
            return len(data)
        kept.append(b'"')
        self._step = self._read_structure
        return end + 1


def _end_of_string(data: bytes, at: int) -> int:
    matched = _STRING.match(data, at)
    return matched.end() if matched else at


def _is_file(head: bytes) -> bool:
    """True if a string that begins like this is a file in base64, perhaps in lines."""
    named = _NAMED_TYPE.match(head)
    *lines, last = _LINE_BREAK.split(head[named.end() :] if named else head)
    return all(len(line) >= _MIN_LINE for line in lines) and all(
        _BASE64.fullmatch(line) for line in (*lines, last)
    )
