"""Patterns that are compiled only when a text needs them."""

import re

from inquiry_router.entities.recommending_patterns import RECOMMENDED, RECOMMENDING
from inquiry_router.entities.repetition_patterns import NO_REPETITION, REPETITIONS
from inquiry_router.entities.threat_patterns import NO_THREAT, THREATS


def test_all_patterns_can_be_compiled() -> None:
    wordings = [(one.anchor, one.before, one.after) for one in (*REPETITIONS, *THREATS)]
    people = [patterns for _, *patterns in (*RECOMMENDING, *RECOMMENDED)]
    for pattern in (one for some in (*wordings, *people, NO_REPETITION, NO_THREAT) for one in some):
        if pattern is not None:
            re.compile(pattern)
