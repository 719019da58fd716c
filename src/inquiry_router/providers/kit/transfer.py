"""Undo the transfer encoding of a part of a mail piece by piece (RFC 2045, 6). Pure."""

import binascii
import quopri
from typing import Final, Protocol

_NO_BASE64: Final = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)


class Decoder(Protocol):
    """Undoes one encoding."""

    def feed(self, data: bytes) -> bytes:
        """Return what these bytes stand for, as far as it is certain yet."""

    def finish(self) -> bytes:
        """Return the rest."""


class _Base64:
    """Leaves out bytes that are no base64, and drops a cut end."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        clean = self._rest + data.translate(None, _NO_BASE64)
        whole = len(clean) // 4 * 4
        self._rest = clean[whole:]
        return binascii.a2b_base64(clean[:whole])

    def finish(self) -> bytes:
        left, self._rest = self._rest, b""
        return binascii.a2b_base64(left + b"=" * (4 - len(left))) if len(left) > 1 else b""


class _QuotedPrintable:
    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        data = self._rest + data
        # An equals sign stands for a byte with the next two, or hides a line break of two.
        cut = data.find(b"=", max(0, len(data) - 2))
        end = len(data) if cut < 0 else cut
        self._rest = data[end:]
        return quopri.decodestring(data[:end])

    def finish(self) -> bytes:
        left, self._rest = self._rest, b""
        return quopri.decodestring(left)


class _AsItIs:
    def feed(self, data: bytes) -> bytes:
        return data

    def finish(self) -> bytes:
        return b""


def decoder_of(encoding: str) -> Decoder:
    """Return a decoder for the encoding that a header names; an unknown one changes nothing."""
    if encoding == "base64":
        return _Base64()
    return _QuotedPrintable() if encoding == "quoted-printable" else _AsItIs()
