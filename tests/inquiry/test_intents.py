"""The intents that always exist: the list, the labelling guide, and their names."""

import re
from collections import Counter
from pathlib import Path

from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.intents import INTENT_BY_ID, INTENTS, intents_of

GUIDE = Path("docs/labelling.md").read_text("utf-8")


def test_every_category_has_its_intents() -> None:
    counts = Counter(intent.category for intent in INTENTS)
    assert set(counts) == set(CATEGORY_IDS)
    assert sum(counts.values()) == len(INTENT_BY_ID) == 67
    assert [intent.id for intent in intents_of("referral")] == [
        "recommends_a_prospect",
        "was_recommended",
        "reward_status",
        "programme_question",
        "introduces_colleague",
    ]
    assert intents_of("rental") == ()


def test_labelling_guide_lists_the_same_intents() -> None:
    section = GUIDE.partition("## Intents")[2]
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| ([^|]+?) \|", section, re.MULTILINE)
    assert rows == [(one.category, one.id, one.description) for one in INTENTS]


def test_names_are_there_in_each_language_and_are_told_apart() -> None:
    for language in ("pl", "en", "de"):
        names = [intent.name(language) for intent in INTENTS]
        assert all(names) and len(set(names)) == len(names)
    assert INTENT_BY_ID["offer_acceptance"].name("fr") == "the acceptance of an offer"


def test_ids_can_be_used_in_policies() -> None:
    assert all(re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", intent.id) for intent in INTENTS)
