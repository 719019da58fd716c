"""Customers who insist: they ask for the third time, or threaten with a court or a bad review.

Precision before recall, as for danger. The patterns are in `repetition_patterns` and
`threat_patterns`; `wordings` tells how they are applied.
"""

from typing import Final

from inquiry_router.entities.mention import Mention
from inquiry_router.entities.repetition_patterns import NO_REPETITION, REPETITIONS
from inquiry_router.entities.threat_patterns import NO_THREAT, THREATS
from inquiry_router.entities.wordings import Wording, find_wordings
from inquiry_router.inquiry.model import EntityKind


def _stems(wordings: tuple[Wording, ...]) -> frozenset[str]:
    return frozenset(stem for wording in wordings for stem in wording.stems)


REPETITION_STEMS: Final = _stems(REPETITIONS)
THREAT_STEMS: Final = _stems(THREATS)


def find_repetition(text: str, lower: str, stems: frozenset[str]) -> list[Mention]:
    """Find words of a customer who asks again because nobody helped. They have no value.

    `lower` is the text in lower case, `stems` are those of `REPETITION_STEMS` that occur in it.
    """
    return find_wordings(EntityKind.REPETITION, REPETITIONS, NO_REPETITION, text, lower, stems)


def find_threat(text: str, lower: str, stems: frozenset[str]) -> list[Mention]:
    """Find threats. The value is "court", "authority", "police", "publicity" or "withdrawal".

    `lower` is the text in lower case, `stems` are those of `THREAT_STEMS` that occur in it.
    """
    return find_wordings(EntityKind.THREAT, THREATS, NO_THREAT, text, lower, stems)
