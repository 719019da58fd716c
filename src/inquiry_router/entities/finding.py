"""Finding every fact in an inquiry. Pure, and quick enough to run for each one.

Most inquiries hold few facts or none. So words are looked for by their beginnings before any pattern runs, and everything that
needs a digit or an "@" is left out where there is none.
"""

from typing import Final

from inquiry_router.entities.contacts import find_accounts, find_emails, find_phones, find_tax_ids, find_web_pages
from inquiry_router.entities.danger import find_danger
from inquiry_router.entities.dates import find_dates
from inquiry_router.entities.mention import Mention, blanked
from inquiry_router.entities.numbers import find_numbers
from inquiry_router.entities.product_codes import find_product_codes
from inquiry_router.entities.quantities import find_quantities
from inquiry_router.entities.recommending import find_people
from inquiry_router.entities.surroundings import digit_runs
from inquiry_router.entities.urgency import find_urgency
from inquiry_router.entities.word_search import word_keys
from inquiry_router.inquiry.model import Entity, Field

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


def find_entities(subject: str | None, text: str) -> tuple[Entity, ...]:
    """The facts that a cleaned subject and text state: the subject's first, in order of place, 40 at most."""
    found = [*(_in_field("subject", subject) if subject else ()), *_in_field("text", text)]
    return tuple(found[:MAX_ENTITIES])


def _in_field(field: Field, whole: str) -> list[Entity]:
    text = whole[:_MAX_READ]
    lower = text.lower()
    if len(lower) != len(text):  # "İ" becomes two characters: then capitals hide a word rather than shift every place
        lower = text
    keys = word_keys(lower)
    mentions = [*find_danger(text, lower, keys), *find_urgency(text, lower, keys), *find_people(text, lower, keys)]
    mentions += _literals(text)
    mentions.sort(key=lambda mention: mention.begin)
    return [Entity(kind, text[begin:end], value, begin, end, field) for kind, begin, end, value in mentions if kind is not None]


def _literals(text: str) -> list[Mention]:
    found: list[Mention] = []
    if "@" in text:
        found = find_emails(text)
        text = blanked(text, found)
    if "://" in text:
        text = blanked(text, find_web_pages(text))
    runs = digit_runs(text)
    digits = sum(end - begin for begin, end in runs)
    for fewest, find in _BY_FEWEST_DIGITS:
        if digits >= fewest and (more := find(text, runs)):
            found += more
            text = blanked(text, more)
    return found
