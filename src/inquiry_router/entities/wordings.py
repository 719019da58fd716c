"""Words that count only beside others: "trzeci raz" beside "piszę", "do sądu" beside "oddam".

A wording has an anchor, which is rare in texts and looked up fast, and patterns for the words right
before or right after it. The patterns are written in lines, which are joined without their line
breaks and indentation; a space in a line stands for any white space.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from inquiry_router.entities.mention import Mention
from inquiry_router.entities.word_search import find_phrases
from inquiry_router.inquiry.model import EntityKind
from inquiry_router.text.patterns import compiled

# Bounds the time, and how far the words beside an anchor reach.
_WINDOW: Final = 72
_LINE_BREAK: Final = re.compile(r"\n *")


class Wording(NamedTuple):
    """An anchor, which begins with a word that contains one of `stems`, and the words beside it.

    It holds if `before` ends or `after` begins at the anchor; without both it always holds. The
    patterns do not heed case.
    """

    stems: frozenset[str]
    anchor: str
    before: str | None
    after: str | None
    value: str | None


class Harmless(NamedTuple):
    """Words before or after an anchor with which no wording holds."""

    before: str
    after: str


def wording(
    stems: Iterable[str],
    anchor: str,
    *,
    before: str | None = None,
    after: str | None = None,
    value: str | None = None,
) -> Wording:
    """Return a wording with this pattern of an anchor."""
    return Wording(frozenset(stems), anywhere(anchor), before, after, value)


def before(lines: str) -> str:
    """Return a pattern for words right before an anchor."""
    return anywhere(rf"(?<!\w)(?:{lines})\s*\Z")


def after(lines: str) -> str:
    """Return a pattern for words right after an anchor."""
    return anywhere(rf"\s*(?:{lines})(?!\w)")


def anywhere(lines: str) -> str:
    """Return a pattern for words at any place."""
    return joined(lines).replace(" ", r"\s+")


def joined(lines: str) -> str:
    """Return a part of a pattern in one line."""
    return _LINE_BREAK.sub("", lines)


def find_wordings(
    kind: EntityKind,
    wordings: Iterable[Wording],
    harmless: Harmless,
    text: str,
    lower: str,
    stems: frozenset[str],
) -> list[Mention]:
    """Find the wordings that hold, in order of place and without overlaps.

    `lower` is the text in lower case, `stems` are those of the wordings that occur in it.
    """
    found = sorted(
        (begin, end, wording.value or "")
        for wording in wordings
        if (own := stems & wording.stems)
        for begin, end in _find_wording(wording, harmless, text, lower, own)
    )
    mentions: list[Mention] = []
    for begin, end, value in found:
        if not mentions or begin >= mentions[-1].end:
            mentions.append(Mention(kind, begin, end, value or None))
    return mentions


def _find_wording(
    wording: Wording, harmless: Harmless, text: str, lower: str, stems: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """Yield the places of a wording that holds, from the first word to the last."""
    for match in find_phrases(text, lower, stems, _compiled(wording.anchor)):
        begin, end = match.span()
        left, right = text[max(0, begin - _WINDOW) : begin], text[end : end + _WINDOW]
        if _compiled(harmless.before).search(left) or _compiled(harmless.after).match(right):
            continue
        if wording.before is None and wording.after is None:
            yield begin, end
        elif wording.before and (near := _compiled(wording.before).search(left)):
            yield begin - len(left) + near.start(), end
        elif wording.after and (near := _compiled(wording.after).match(right)):
            yield begin, end + near.end()


def _compiled(pattern: str) -> re.Pattern[str]:
    return compiled(pattern, re.IGNORECASE)
