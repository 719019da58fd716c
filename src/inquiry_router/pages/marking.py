"""Mark the deciding words in what a customer wrote. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `marked` if it is one of the deciding words."""

    text: str
    marked: bool = False


def mark_words(text: str, words: Iterable[str]) -> list[Piece]:
    """Split a text into pieces, so that whole words on the list are marked."""
    wanted = sorted({word for word in words if word.strip()}, key=len, reverse=True)
    if not wanted:
        return [Piece(text)] if text else []
    pattern = r"(?<!\w)(?:" + "|".join(map(re.escape, wanted)) + r")(?!\w)"
    pieces, end = [], 0
    for found in re.finditer(pattern, text, re.IGNORECASE):
        pieces += [Piece(text[end : found.start()]), Piece(found[0], marked=True)]
        end = found.end()
    pieces.append(Piece(text[end:]))
    return [piece for piece in pieces if piece.text]


def without_parts(text: str, parts: Sequence[str]) -> str:
    """Take quotes and signatures out of a text; each stands in it once, from the end."""
    for part in reversed(parts):
        begin = text.rfind(part)
        if begin >= 0:
            text = text[:begin] + text[begin + len(part) :]
    return re.sub(r"\n{3,}", "\n\n", text).strip()
