"""Decode the encoded words of mail headers and file names (RFC 2047).

An example: `=?iso-8859-2?Q?zdj=EAcie.jpg?=`.
"""

from email.errors import HeaderParseError
from email.header import decode_header
from typing import Final

from inquiry_router.text.charsets import decoded

# The library takes quadratic time. Lines of RFC 5322 have 998 characters at most; the text behind
# the limit is not decoded.
_MAX_CHARS: Final = 2_000


def decode_words(text: str) -> str:
    """Decode the encoded words in a text. Return the text unchanged if they cannot be decoded."""
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text[:_MAX_CHARS])
    except (HeaderParseError, UnicodeError, ValueError):
        return text
    return "".join(_text_of(part, charset) for part, charset in parts) + text[_MAX_CHARS:]


def _text_of(part: str | bytes, charset: str | None) -> str:
    """Return a part of a header; the library escapes what stands between encoded words."""
    if isinstance(part, str):
        return part
    return decoded(part, charset) if charset else part.decode("raw-unicode-escape", "replace")
