"""What is kept of a destination's answer for people to read: its status and a little harmless text."""

from http import HTTPStatus
from typing import Final

MAX_EXCERPT: Final = 200


def describe(status: int, body: bytes, *, compressed: bool = False) -> str:
    """One line about an answer that was no success, such as `503: upstream is down`.

    `compressed` says that the body is in an encoding that was not asked for; it is never decoded, so it is left out.
    """
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return (
            f"{status}: redirects are not followed; set the destination's url to the final address"
        )
    text = "" if compressed else excerpt(body)
    return f"{status}: {text}" if text else str(status)


def excerpt(body: bytes) -> str:
    """The first 200 printable characters on one line: no control characters, nothing that turns text around."""
    # Four times as many bytes: that is how long a character can be in UTF-8, and more for what is thrown away.
    words = body[: 8 * MAX_EXCERPT].decode("utf-8", errors="replace").split()
    printable = "".join(
        character if character.isprintable() else "" for character in " ".join(words)
    )
    return printable[:MAX_EXCERPT].strip()
