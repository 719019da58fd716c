"""Shares and groups of lengths."""

from inquiry_router.classification.baseline import length_group, shares


def test_shares_are_sorted_by_name() -> None:
    assert shares(["b", "a", "a", "a"]) == {"a": 0.75, "b": 0.25}


def test_length_groups_include_their_upper_bound() -> None:
    assert [length_group("x " * words) for words in (1, 8, 9, 60, 61, 500)] == [
        "up to 8 words",
        "up to 8 words",
        "9 to 25",
        "26 to 60",
        "61 to 120",
        "more",
    ]
