"""Who recommended us, and whom we were recommended to: pl, en, de. Only people with a name are found.

A pattern is tried only on a text that has one of its stems, so that others cost nothing.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from inquiry_router.entities.mention import Mention
from inquiry_router.entities.names import is_name, nominative
from inquiry_router.entities.recommending_patterns import RECOMMENDED, RECOMMENDING
from inquiry_router.inquiry.model import EntityKind

# Who recommended whom is said at once; what comes later is signatures and quoted mail.
_MAX_READ: Final = 4000


class _Way(NamedTuple):
    """One way of saying it; `cue` is what must stand near the name."""

    kind: EntityKind
    stems: tuple[str, ...]
    pattern: re.Pattern[str]
    cue: re.Pattern[str] | None


_WAYS: Final = (
    *(
        _Way(EntityKind.PERSON_RECOMMENDING, stems, pattern, None)
        for stems, pattern in RECOMMENDING
    ),
    *(
        _Way(EntityKind.PERSON_RECOMMENDED, stems, pattern, cue)
        for stems, pattern, cue in RECOMMENDED
    ),
)
PEOPLE_STEMS: Final = frozenset(stem for way in _WAYS for stem in way.stems)
_PLACES_BY_STEM: Final = {
    stem: tuple(place for place, way in enumerate(_WAYS) if stem in way.stems)
    for stem in PEOPLE_STEMS
}


def find_people(text: str, lower: str, standing: frozenset[str]) -> list[Mention]:
    """People who recommended us or were recommended to us.

    `lower` is the text in lower case, `standing` are the stems in it.
    """
    text, lower = text[:_MAX_READ], lower[:_MAX_READ]
    ways = sorted({place for stem in standing if stem in lower for place in _PLACES_BY_STEM[stem]})
    found = [mention for place in ways for mention in _said(_WAYS[place], text)]
    return _distinct(found) if found else found


def _said(way: _Way, text: str) -> Iterator[Mention]:
    for match in way.pattern.finditer(text):
        begin, end = match.span("name")
        if is_name(match["name"]) and (
            way.cue is None or way.cue.search(text, max(0, begin - 80), end + 160)
        ):
            yield Mention(way.kind, begin, end, nominative(match["name"]))


def _distinct(mentions: Iterable[Mention]) -> list[Mention]:
    """Of those that overlap one: who recommended before who was recommended, the longer name before the shorter."""
    kept: list[Mention] = []
    for mention in sorted(
        mentions,
        key=lambda mention: (
            mention.kind != EntityKind.PERSON_RECOMMENDING,
            mention.begin,
            -mention.end,
        ),
    ):
        if all(mention.end <= other.begin or other.end <= mention.begin for other in kept):
            kept.append(mention)
    return kept
