"""Rules of the company's own categories stand after the admin's, and the policy with them works its words out anew."""

from inquiry_router.routing.own_categories import LEAST_EXAMPLES, OwnCategories, OwnCategory
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
EXAMPLES = [f"Kiedy przyjedzie monter numer {number}?" for number in range(LEAST_EXAMPLES)]
MONTAGE = OwnCategory(
    id="montage",
    names={"en": "Montage"},
    description="When a fitter comes.",
    team="service",
    priority="normal",
    examples=EXAMPLES,
)
OWN = OwnCategories(categories=(MONTAGE,))


def test_they_stand_last_and_take_nothing_over_that_the_policy_has_worked_out() -> None:
    before = POLICY.words
    added = OWN.added_to(POLICY)
    assert [rule.id for rule in added.rules] == ["gates", "own-montage"]
    assert (added.default, added.heed_urgency) == (POLICY.default, POLICY.heed_urgency)
    assert POLICY.words is before
    assert added.words is not before


def test_without_any_the_policy_is_itself() -> None:
    assert OwnCategories().added_to(POLICY) is POLICY
