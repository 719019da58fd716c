"""Describe an answer for people: its status and a little harmless text."""

from http import HTTPStatus
from typing import Final

MAX_EXCERPT_CHARS: Final = 200


def describe(status: int, body: bytes, *, compressed: bool = False) -> str:
    """Describe a failure in one line, such as `503: upstream is down`.

    The body is left out if it is `compressed`, because it is never decoded.
    """
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return (
            f"{status}: redirects are not followed; set the destination's url to the final address"
        )
    text = "" if compressed else excerpt(body)
    return f"{status}: {text}" if text else str(status)


def excerpt(body: bytes) -> str:
    """Return the first 200 printable characters on one line.

    Control characters, and those that change the direction of text, are left out.
    """
    # A character of UTF-8 has up to four bytes; the rest makes up for what is left out.
    words = body[: 8 * MAX_EXCERPT_CHARS].decode("utf-8", errors="replace").split()
    printable = "".join(
        character if character.isprintable() else "" for character in " ".join(words)
    )
    return printable[:MAX_EXCERPT_CHARS].strip()
