"""Find all entities in an inquiry. Pure, and fast enough to run for each inquiry.

Most inquiries contain few entities or none. So the stems of all word patterns are looked up at once
before any pattern runs, and finders that need a digit or an "@" run only if there is one.
"""

from typing import Final

from inquiry_router.entities.contacts import (
    find_accounts,
    find_emails,
    find_phones,
    find_tax_ids,
    find_web_pages,
)
from inquiry_router.entities.danger import DANGER_STEMS, find_danger
from inquiry_router.entities.dates import find_dates
from inquiry_router.entities.insistence import (
    REPETITION_STEMS,
    THREAT_STEMS,
    find_repetition,
    find_threat,
)
from inquiry_router.entities.mention import Mention, blank_out
from inquiry_router.entities.numbers import find_numbers
from inquiry_router.entities.product_codes import find_product_codes
from inquiry_router.entities.quantities import find_quantities
from inquiry_router.entities.recommending import PEOPLE_STEMS, find_people
from inquiry_router.entities.surroundings import find_digit_runs
from inquiry_router.entities.urgency import URGENCY_STEMS, find_urgency
from inquiry_router.entities.word_search import find_stems, fold_stem
from inquiry_router.inquiry.model import Entity, Field
from inquiry_router.text.folding import Words, read_words
from inquiry_router.text.phrases import Phrases

MAX_ENTITIES: Final = 40
# Bounds the time. Facts come early; text beyond this is quoted mail or a pasted log.
_MAX_CHARS: Final = 12_000
# Each with the least number of digits that it needs. Text read by one is hidden from the next.
_FINDERS_BY_DIGITS: Final = (
    (15, find_accounts),
    (10, find_tax_ids),
    (1, find_numbers),
    (1, find_dates),
    (7, find_phones),
    (1, find_product_codes),
    (1, find_quantities),
)
_FINDERS_BY_WORDS: Final = (
    (URGENCY_STEMS, find_urgency),
    (REPETITION_STEMS, find_repetition),
    (THREAT_STEMS, find_threat),
    (PEOPLE_STEMS, find_people),
)
STEMS: Final = Phrases(
    {
        stem: fold_stem(stem)
        for stems in (DANGER_STEMS, *(stems for stems, _ in _FINDERS_BY_WORDS))
        for stem in stems
    }
)


def find_entities(subject: str | None, text: str, words: Words | None = None) -> tuple[Entity, ...]:
    """Find the entities in a cleaned subject and text, in order of place, at most 40.

    Those of the subject come first. `words` are those of the subject and the text, if they have
    been read already.
    """
    stems = STEMS.find_in(words or read_words(subject, text[:_MAX_CHARS]))
    found = [
        *(_find_in_field("subject", subject, stems) if subject else ()),
        *_find_in_field("text", text, stems),
    ]
    return tuple(found[:MAX_ENTITIES])


def _find_in_field(field: Field, whole: str, stems: frozenset[str]) -> list[Entity]:
    text = whole[:_MAX_CHARS]
    mentions = _find_by_words(text, stems) + _find_literals(text) if stems else _find_literals(text)
    if not mentions:
        return []
    mentions.sort(key=lambda mention: mention.begin)
    return [
        Entity(kind, text[begin:end], value, begin, end, field)
        for kind, begin, end, value in mentions
        if kind is not None
    ]


def _find_by_words(text: str, stems: frozenset[str]) -> list[Mention]:
    """Find entities by their words. `stems` are those that the inquiry can contain."""
    lower = text.lower()
    # "İ" becomes two characters. Rather miss a word in capitals than shift every place.
    if len(lower) != len(text):
        lower = text
    danger = stems & DANGER_STEMS
    found = find_danger(text, danger) if danger else []
    occurring = find_stems(lower, stems - danger)
    return found + [
        mention
        for stems, find in _FINDERS_BY_WORDS
        if (own := occurring & stems)
        for mention in find(text, lower, own)
    ]


def _find_literals(text: str) -> list[Mention]:
    found: list[Mention] = []
    if "@" in text:
        found = find_emails(text)
        text = blank_out(text, found)
    if "://" in text:
        text = blank_out(text, find_web_pages(text))
    runs = find_digit_runs(text)
    if not runs:
        return found
    digits = sum([end - begin for begin, end in runs])
    for min_digits, find in _FINDERS_BY_DIGITS:
        if digits >= min_digits and (more := find(text, runs)):
            found += more
            text = blank_out(text, more)
    return found
