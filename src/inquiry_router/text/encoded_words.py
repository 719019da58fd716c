"""Decode the encoded words of mail headers and file names (RFC 2047).

An example: `=?iso-8859-2?Q?zdj=EAcie.jpg?=`.
"""

from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import Final

# The library takes quadratic time. Lines of RFC 5322 have 998 characters at most; the text behind
# the limit is not decoded.
_MAX_CHARS: Final = 2_000


def decode_words(text: str) -> str:
    """Decode the encoded words in a text. Return the text unchanged if they cannot be decoded."""
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text[:_MAX_CHARS]))) + text[_MAX_CHARS:]
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return text
