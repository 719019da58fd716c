"""Leaving the bytes of attachments out of JSON while it streams in, so that a mail of 50 MB is never held in memory. Pure.

Nothing is parsed: the JSON is copied as it is, and only the string values under one key lose what is in them. So it stays valid
when it was, and broken when it was not, and whoever parses it afterwards says where.
"""

import json
import re
from typing import Final

_SPACE: Final = b" \t\r\n"
# All of a string up to its closing quotation mark. Possessive, so that no input makes it go back and try again.
_STRING: Final = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
# A character of a key can be written as an escape of six: \u0043.
_LONGEST_ESCAPE: Final = 6


class TooLarge(ValueError):
    """What would have to be kept is larger than allowed. The text is a sentence for the sender."""


class JsonSlimmer:
    r"""Copies JSON through, chunk by chunk, and empties every string value under a key.

    Works over any chunk boundaries and however the key is written (`"Cont\u0065nt"`); other values under the key stay. Raises
    `TooLarge` as soon as more than `limit` bytes would be kept.
    """

    def __init__(self, drop_key: str, limit: int) -> None:
        self._key = drop_key
        self._longest_name = _LONGEST_ESCAPE * len(drop_key)
        self._limit = limit
        self._kept = 0
        self._in_string = False
        self._dropping = False
        self._escape = b""  # a backslash at the end of a chunk, whose character is in the next one
        self._name: bytes | None = (
            None  # the string that is being read, as long as it may be the key
        )
        self._since_key: bytes | None = (
            None  # what stood between the key and here, as long as that may lead to a value
        )

    def feed(self, chunk: bytes) -> bytes:
        """What is kept of the next bytes. Raises `TooLarge`."""
        data, self._escape = self._escape + chunk, b""
        kept: list[bytes] = []
        at = 0
        while at < len(data):
            at = (
                self._string(data, at, kept) if self._in_string else self._structure(data, at, kept)
            )
        return b"".join(kept)

    def finish(self) -> bytes:
        """What is left to be kept at the end: a lone backslash, in JSON that ends within a string."""
        left = b"" if self._dropping else self._escape
        self._escape = b""
        return left

    def _structure(self, data: bytes, at: int, kept: list[bytes]) -> int:
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
        """Note whether nothing but a colon has come since the key."""
        if self._since_key is not None:
            so_far = self._since_key + data[at:end].strip(_SPACE)
            self._since_key = so_far if so_far in (b"", b":") else None

    def _string(self, data: bytes, at: int, kept: list[bytes]) -> int:
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
            long = len(self._name) + stop - at > self._longest_name
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
            raise TooLarge(
                f"Without the attachments it is still larger than {self._limit // 1024} kB: send a shorter text."
            )
        kept.append(piece)
