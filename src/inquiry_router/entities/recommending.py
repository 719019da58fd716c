"""People who recommended us, and people we were recommended to: pl, en, de.

Only people with a name are found. A pattern is tried only on a text that contains one of its stems.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from inquiry_router.entities.mention import Mention
from inquiry_router.entities.names import is_name, nominative
from inquiry_router.entities.recommending_patterns import RECOMMENDED, RECOMMENDING
from inquiry_router.inquiry.model import EntityKind
from inquiry_router.text.patterns import compiled

# Recommendations are mentioned early; signatures and quoted mail come later.
_MAX_CHARS: Final = 4000


class _PersonPattern(NamedTuple):
    """A pattern for one kind of person. `cue` must match near the name."""

    kind: EntityKind
    stems: tuple[str, ...]
    pattern: str
    cue: str | None


_PERSON_PATTERNS: Final = (
    *(
        _PersonPattern(EntityKind.PERSON_RECOMMENDING, stems, pattern, None)
        for stems, pattern in RECOMMENDING
    ),
    *(
        _PersonPattern(EntityKind.PERSON_RECOMMENDED, stems, pattern, cue)
        for stems, pattern, cue in RECOMMENDED
    ),
)
PEOPLE_STEMS: Final = frozenset(stem for person in _PERSON_PATTERNS for stem in person.stems)
_PLACES_BY_STEM: Final = {
    stem: tuple(place for place, person in enumerate(_PERSON_PATTERNS) if stem in person.stems)
    for stem in PEOPLE_STEMS
}


def find_people(text: str, lower: str, stems: frozenset[str]) -> list[Mention]:
    """Find people who recommended us or were recommended to us.

    `lower` is the text in lower case, `stems` are those of `PEOPLE_STEMS` that occur in it.
    """
    text, lower = text[:_MAX_CHARS], lower[:_MAX_CHARS]
    places = sorted({place for stem in stems if stem in lower for place in _PLACES_BY_STEM[stem]})
    found = [mention for place in places for mention in _find_with(_PERSON_PATTERNS[place], text)]
    return _without_overlaps(found) if found else found


def _find_with(person: _PersonPattern, text: str) -> Iterator[Mention]:
    cue = compiled(person.cue or "", re.IGNORECASE)
    for match in compiled(person.pattern).finditer(text):
        begin, end = match.span("name")
        if is_name(match["name"]) and cue.search(text, max(0, begin - 80), end + 160):
            yield Mention(person.kind, begin, end, nominative(match["name"]))


def _without_overlaps(mentions: Iterable[Mention]) -> list[Mention]:
    """Keep one of overlapping mentions: the recommending person first, then the longer name."""
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
