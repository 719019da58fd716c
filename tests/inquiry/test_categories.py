"""Every table about categories says the same as `inquiry/categories.py`."""

import pytest

from inquiry_router.configuration.documents import POLICY, TEAMS
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.categories import (
    CATEGORIES,
    CATEGORY_IDS,
    NEVER_SALES,
    SALES_IDS,
    SERVICE_IDS,
    Category,
)
from inquiry_router.phone.conversation import KEY_CATEGORIES
from inquiry_router.routing.policy import Rule

SHIPPED = default_file().documents
RULES = {rule.id: rule for rule in SHIPPED[POLICY].rules}


def rules_about(category: str) -> list[Rule]:
    return [rule for rule in RULES.values() if category in (rule.when.category or ())]


@pytest.mark.parametrize("category", CATEGORIES, ids=CATEGORY_IDS)
def test_category_has_names_and_a_line_on_the_correction_page(category: Category) -> None:
    assert {"pl", "en", "de"} <= category.names.keys()
    assert category.choice.keys() == {"pl", "en", "de"}


@pytest.mark.parametrize("category", CATEGORIES, ids=CATEGORY_IDS)
def test_shipped_policy_sends_a_category_to_a_team_of_its_side(category: Category) -> None:
    (rule,) = rules_about(category.id)
    assert SHIPPED[TEAMS].by_id[rule.then.team].kind == category.side


def test_shipped_danger_rule_takes_nothing_from_sales() -> None:
    unless = RULES["danger"].unless
    assert unless is not None and unless.category is not None
    assert set(unless.category) == {*SALES_IDS}


def test_sides_divide_the_categories() -> None:
    assert {*SERVICE_IDS, *SALES_IDS, "other"} == set(CATEGORY_IDS)
    assert {*SERVICE_IDS, "other"} == NEVER_SALES


def test_phone_menu_names_built_in_categories_of_service_and_sales() -> None:
    assert set(KEY_CATEGORIES.values()) <= {*SERVICE_IDS, *SALES_IDS}
