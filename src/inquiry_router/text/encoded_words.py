"""Writing out the encoded words of mail headers and file names (RFC 2047), such as =?iso-8859-2?Q?zdj=EAcie.jpg?=."""

from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import Final

# The library takes quadratic time, and lines of RFC 5322 have 998 characters at most.
# What follows stays as it is.
_MAX_READ: Final = 2_000


def decode_words(text: str) -> str:
    """The text with its encoded words as what they mean; as it is where they cannot be read."""
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text[:_MAX_READ]))) + text[_MAX_READ:]
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return text
