"""Own categories: their rules in the policy."""

from inquiry_router.routing.own_categories import MIN_EXAMPLES, OwnCategories, OwnCategory
from inquiry_router.routing.policy import Policy

POLICY = Policy.model_validate(
    {
        "rules": [
            {
                "id": "gates",
                "when": {"words": ["brama"]},
                "then": {"team": "service", "priority": "high"},
            }
        ],
        "default": {"team": "triage", "priority": "normal"},
    }
)
EXAMPLES = [f"Kiedy przyjedzie monter numer {number}?" for number in range(MIN_EXAMPLES)]
MONTAGE = OwnCategory(
    id="montage",
    names={"en": "Montage"},
    description="Asks about the date of a fitting.",
    team="service",
    priority="normal",
    examples=EXAMPLES,
)
OWN = OwnCategories(categories=(MONTAGE,))


def test_own_rules_come_last_and_cached_words_are_not_copied() -> None:
    before = POLICY.words
    added = OWN.added_to(POLICY)
    assert [rule.id for rule in added.rules] == ["gates", "own-montage"]
    assert (added.default, added.heed_urgency) == (POLICY.default, POLICY.heed_urgency)
    assert POLICY.words is before
    assert added.words is not before


def test_policy_without_own_categories_is_unchanged() -> None:
    assert OwnCategories().added_to(POLICY) is POLICY
