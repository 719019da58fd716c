"""Drop attachments from JSON while it streams in, so that a mail of 50 MB is never in memory. Pure.

Nothing is parsed. The JSON is copied, and the string values under one key become empty. So valid
JSON stays valid, broken JSON stays broken, and the parser afterwards reports the place.
"""

import json
import re
from typing import Final

_SPACE: Final = b" \t\r\n"
# A string up to its closing quotation mark. Possessive, so that it never backtracks.
_STRING: Final = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
# A character of a key can be written as an escape of six characters: \u0043.
_MAX_ESCAPE_CHARS: Final = 6


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
    r"""Copy JSON chunk by chunk, and empty every string value under a key.

    Chunks may end anywhere, and the key may be escaped (`"Cont\u0065nt"`). Other values under the
    key stay. Raises `TooLarge` as soon as more than `limit` bytes would be kept.
    """

    def __init__(self, drop_key: str, limit: int) -> None:
        self._key = drop_key
        self._max_name_bytes = _MAX_ESCAPE_CHARS * len(drop_key)
        self._limit = limit
        self._kept = 0
        self._in_string = False
        self._dropping = False
        # A backslash at the end of a chunk; the character after it is in the next chunk.
        self._escape = b""
        # The string that is being read, as long as it may be the key.
        self._name: bytes | None = None
        # The bytes since the key, as long as a value may follow.
        self._since_key: bytes | None = None

    def feed(self, chunk: bytes) -> bytes:
        """Return the next bytes without the values to drop. Raises `TooLarge`."""
        data, self._escape = self._escape + chunk, b""
        kept: list[bytes] = []
        at = 0
        while at < len(data):
            read = self._read_string if self._in_string else self._read_structure
            at = read(data, at, kept)
        return b"".join(kept)

    def finish(self) -> bytes:
        """Return the rest: a lone backslash, if the JSON ends within a string."""
        left = b"" if self._dropping else self._escape
        self._escape = b""
        return left

    def _read_structure(self, data: bytes, at: int, kept: list[bytes]) -> int:
        quote = data.find(b'"', at)
        end = len(data) if quote < 0 else quote
        self._follow(data, at, end)
        if quote >= 0:
            self._in_string = True
            self._dropping = self._since_key == b":"
            self._since_key = None
            self._name = None if self._dropping else b""
            end += 1
        self._keep(data[at:end], kept)
        return end

    def _follow(self, data: bytes, at: int, end: int) -> None:
        """Note if anything but a colon has come since the key."""
        if self._since_key is not None:
            so_far = self._since_key + data[at:end].strip(_SPACE)
            self._since_key = so_far if so_far in (b"", b":") else None

    def _read_string(self, data: bytes, at: int, kept: list[bytes]) -> int:
        matched = _STRING.match(data, at)
        stop = matched.end() if matched else at
        closed = data[stop : stop + 1] == b'"'
        if not closed:
            self._escape = data[stop:]
        if not self._dropping:
            self._keep(data[at:stop], kept)
            self._read_name(data, at, stop)
        if not closed:
            return len(data)
        self._keep(b'"', kept)
        self._in_string = False
        self._since_key = b"" if not self._dropping and self._is_key() else None
        self._dropping = False
        return stop + 1

    def _read_name(self, data: bytes, at: int, stop: int) -> None:
        if self._name is not None:
            long = len(self._name) + stop - at > self._max_name_bytes
            self._name = None if long else self._name + data[at:stop]

    def _is_key(self) -> bool:
        if self._name is None:
            return False
        try:
            return bool(json.loads(b'"' + self._name + b'"') == self._key)
        except ValueError:
            return False

    def _keep(self, piece: bytes, kept: list[bytes]) -> None:
        self._kept += len(piece)
        if self._kept > self._limit:
            raise TooLarge.without_attachments(self._limit)
        kept.append(piece)
