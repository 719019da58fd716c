"""Words that count only beside others: "trzeci raz" beside "piszę", "do sądu" beside "oddam".

A claim has an anchor, which is rare in texts and looked up fast, and patterns for the words right
before or right after it. The patterns are written in lines, which are joined without their line
breaks and indentation; a space in a line stands for any white space.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from inquiry_router.entities.mention import Mention
from inquiry_router.entities.word_search import find_phrases
from inquiry_router.inquiry.model import EntityKind

# Bounds the time, and how far the words beside an anchor reach.
_WINDOW: Final = 72
_LINE_BREAK: Final = re.compile(r"\n *")


class Claim(NamedTuple):
    """An anchor, which begins with a word that contains one of `stems`, and the words beside it.

    It holds if `before` ends or `after` begins at the anchor; without both it always holds.
    """

    stems: frozenset[str]
    anchor: re.Pattern[str]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    value: str | None


class Harmless(NamedTuple):
    """Words before or after an anchor with which no claim holds."""

    before: re.Pattern[str]
    after: re.Pattern[str]


def claim(
    stems: Iterable[str],
    anchor: str,
    *,
    before: re.Pattern[str] | None = None,
    after: re.Pattern[str] | None = None,
    value: str | None = None,
) -> Claim:
    """Return a claim with this pattern of an anchor."""
    return Claim(frozenset(stems), anywhere(anchor), before, after, value)


def before(lines: str) -> re.Pattern[str]:
    """Return a pattern for words right before an anchor."""
    return anywhere(rf"(?<!\w)(?:{lines})\s*\Z")


def after(lines: str) -> re.Pattern[str]:
    """Return a pattern for words right after an anchor."""
    return anywhere(rf"\s*(?:{lines})(?!\w)")


def anywhere(lines: str) -> re.Pattern[str]:
    """Return a pattern for words at any place."""
    return re.compile(joined(lines).replace(" ", r"\s+"), re.IGNORECASE)


def joined(lines: str) -> str:
    """Return a part of a pattern in one line."""
    return _LINE_BREAK.sub("", lines)


def find_claims(
    kind: EntityKind,
    claims: Iterable[Claim],
    harmless: Harmless,
    text: str,
    lower: str,
    stems: frozenset[str],
) -> list[Mention]:
    """Find the claims that hold, in order of place and without overlaps.

    `lower` is the text in lower case, `stems` are those of the claims that occur in it.
    """
    found = sorted(
        (begin, end, claim.value or "")
        for claim in claims
        if (own := stems & claim.stems)
        for begin, end in _find_claim(claim, harmless, text, lower, own)
    )
    mentions: list[Mention] = []
    for begin, end, value in found:
        if not mentions or begin >= mentions[-1].end:
            mentions.append(Mention(kind, begin, end, value or None))
    return mentions


def _find_claim(
    claim: Claim, harmless: Harmless, text: str, lower: str, stems: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """Yield the places of a claim that holds, from the first word to the last."""
    for match in find_phrases(text, lower, stems, claim.anchor):
        begin, end = match.span()
        left, right = text[max(0, begin - _WINDOW) : begin], text[end : end + _WINDOW]
        if harmless.before.search(left) or harmless.after.match(right):
            continue
        if claim.before is None and claim.after is None:
            yield begin, end
        elif claim.before and (near := claim.before.search(left)):
            yield begin - len(left) + near.start(), end
        elif claim.after and (near := claim.after.match(right)):
            yield begin, end + near.end()
