"""Finding every fact in an inquiry. Pure, and quick enough to run for each one.

Most inquiries hold few facts or none. So the stems of all words that are looked for are asked for at once before any pattern
runs, and everything that needs a digit or an "@" is left out where there is none.
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
from inquiry_router.entities.mention import Mention, blanked
from inquiry_router.entities.numbers import find_numbers
from inquiry_router.entities.product_codes import find_product_codes
from inquiry_router.entities.quantities import find_quantities
from inquiry_router.entities.recommending import PEOPLE_STEMS, find_people
from inquiry_router.entities.surroundings import digit_runs
from inquiry_router.entities.urgency import URGENCY_STEMS, find_urgency
from inquiry_router.entities.word_search import folded, standing
from inquiry_router.inquiry.model import Entity, Field
from inquiry_router.text.folding import Words, read_words
from inquiry_router.text.phrases import Phrases

MAX_ENTITIES: Final = 40
# The facts stand at the beginning; what comes after 12,000 characters is quoted mail or a pasted log, and time must stay bounded.
_MAX_READ: Final = 12_000
# In this order: what was read as one kind is not read as a later one.
_BY_FEWEST_DIGITS: Final = (
    (15, find_accounts),
    (10, find_tax_ids),
    (1, find_numbers),
    (1, find_dates),
    (7, find_phones),
    (1, find_product_codes),
    (1, find_quantities),
)
_BY_WORDS: Final = (
    (DANGER_STEMS, find_danger),
    (URGENCY_STEMS, find_urgency),
    (PEOPLE_STEMS, find_people),
)
_STEMS: Final = Phrases({stem: folded(stem) for stems, _ in _BY_WORDS for stem in stems})


def find_entities(subject: str | None, text: str, words: Words | None = None) -> tuple[Entity, ...]:
    """The facts that a cleaned subject and text state: the subject's first, in order of place, 40 at most.

    `words` are those of the subject and the text, where they have been read already.
    """
    stems = _STEMS.find_in(words or read_words(subject, text[:_MAX_READ]))
    found = [
        *(_in_field("subject", subject, stems) if subject else ()),
        *_in_field("text", text, stems),
    ]
    return tuple(found[:MAX_ENTITIES])


def _in_field(field: Field, whole: str, stems: frozenset[str]) -> list[Entity]:
    text = whole[:_MAX_READ]
    mentions = _said(text, stems) + _literals(text) if stems else _literals(text)
    if not mentions:
        return []
    mentions.sort(key=lambda mention: mention.begin)
    return [
        Entity(kind, text[begin:end], value, begin, end, field)
        for kind, begin, end, value in mentions
        if kind is not None
    ]


def _said(text: str, stems: frozenset[str]) -> list[Mention]:
    """What is told by words, of which the inquiry has these stems."""
    lower = text.lower()
    if len(lower) != len(
        text
    ):  # "İ" becomes two characters: then capitals hide a word rather than shift every place
        lower = text
    here = standing(lower, stems)
    return [
        mention
        for stems, find in _BY_WORDS
        if (own := here & stems)
        for mention in find(text, lower, own)
    ]


def _literals(text: str) -> list[Mention]:
    found: list[Mention] = []
    if "@" in text:
        found = find_emails(text)
        text = blanked(text, found)
    if "://" in text:
        text = blanked(text, find_web_pages(text))
    runs = digit_runs(text)
    if not runs:
        return found
    digits = sum([end - begin for begin, end in runs])
    for fewest, find in _BY_FEWEST_DIGITS:
        if digits >= fewest and (more := find(text, runs)):
            found += more
            text = blanked(text, more)
    return found
