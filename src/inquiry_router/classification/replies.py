"""A short reply below the subject of an older mail, which is not what its words are about. Pure.

"Kocioł cieknie" under "Re: Oferta" is a fault: the subject is that of our own offer. So the words
are read a second time without it. Beside "Tak." the subject is all there is.
"""

from dataclasses import replace
from typing import Final

from inquiry_router.inquiry.categories import DEFECT, ORDER_SUPPORT, OTHER
from inquiry_router.inquiry.model import Classification, Draft
from inquiry_router.text.subject_prefixes import is_reply

# Longer texts outweigh a subject by themselves.
MAX_WORDS: Final = 30


def may_be_stale(draft: Draft) -> bool:
    """True for a short reply: its subject may be about something else."""
    if not (draft.subject and is_reply(draft.subject)):
        return False
    return 0 < len(draft.text.split()) <= MAX_WORDS


def heed_words(read: Classification, alone: Classification) -> Classification:
    """Return the reading of a reply, given that of its words alone.

    Words that surely say something by themselves decide. What rests on the subject is in doubt
    where the words look like a fault. A danger in either reading stays.
    """
    if not alone.unsure and alone.category != OTHER:
        return alone if alone.signals.danger else replace(alone, signals=read.signals)
    if alone.category == DEFECT and read.category not in (DEFECT, ORDER_SUPPORT):
        return replace(read, unsure=True, intent=None, intent_confidence=None)
    return read
