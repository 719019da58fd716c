"""The rules of later messages: as far back as any of them looks."""

from datetime import timedelta

from inquiry_router.matters.settings import MatterRules


def test_longest_window_is_that_of_the_rule_that_looks_furthest_back() -> None:
    assert MatterRules().longest_window == timedelta(days=60)
    assert MatterRules(join_within_days=90).longest_window == timedelta(days=90)
    assert MatterRules(follow_up_within_days=100).longest_window == timedelta(days=100)
    assert MatterRules(same_words_within_hours=24 * 120).longest_window == timedelta(days=120)
    assert MatterRules(join_within_days=0).longest_window == timedelta(days=30)
