"""The difference between snapshots: only what changed, and no secrets, words or long texts."""

from inquiry_router.audit.changes import MAX_CHARS, find_changes


def test_only_what_differs_is_told() -> None:
    before = {"team": "sales", "priority": "high", "due_at": None}
    after = {"team": "triage", "priority": "high", "due_at": "2026"}
    assert find_changes(before, after) == {"team": ["sales", "triage"], "due_at": [None, "2026"]}
    assert find_changes(before, before) == {}


def test_entries_of_a_list_are_compared_by_their_ids() -> None:
    before = {"rules": [{"id": "a", "team": "x"}, {"id": "b", "team": "y"}]}
    after = {"rules": [{"id": "b", "team": "z"}, {"id": "a", "team": "x"}]}
    assert find_changes(before, after) == {
        "rules.b.team": ["y", "z"],
        "rules.order": [["a", "b"], ["b", "a"]],
    }
    gone = find_changes(before, {"rules": [{"id": "a", "team": "x"}]})
    assert gone == {"rules.b": [{"id": "b", "team": "y"}, None]}


def test_secrets_are_marked_wherever_they_are() -> None:
    before = {"zammad": {"settings": {"token": "old-1", "url": "u"}}}
    after = {"zammad": {"settings": {"token": "new-2", "url": "u"}}}
    changed = find_changes(before, after, ["token"])
    assert changed == {"zammad.settings.token": ["(hidden)", "(hidden)"]}
    made = find_changes({}, after, ["token"])
    assert made == {"zammad": [None, {"settings": {"token": "(hidden)", "url": "u"}}]}
    first = find_changes({"a": {"token": None}}, {"a": {"token": "x"}}, ["token"])
    assert first == {"a.token": [None, "(hidden)"]}


def test_examples_are_never_told() -> None:
    """They may be words of customers."""
    before = {"categories": [{"id": "rental", "examples": ["Chcę wynająć pompę"]}]}
    after = {"categories": [{"id": "rental", "examples": ["Ile kosztuje wynajem?"]}]}
    assert find_changes(before, after) == {"categories.rental.examples": ["(hidden)", "(hidden)"]}
    made = find_changes({"categories": []}, after)
    assert "wynajem" not in str(made) and "rental" in str(made)


def test_long_texts_are_cut() -> None:
    changed = find_changes({"note": "a"}, {"note": "b" * 1000})
    assert changed["note"][1] == "b" * MAX_CHARS + "…"


def test_another_kind_of_value_is_told_whole() -> None:
    assert find_changes({"teams": ["a"]}, {"teams": ["a", "b"]}) == {
        "teams": [["a"], ["a", "b"]],
    }
    assert find_changes({"x": {"a": 1}}, {"x": [1]}) == {"x": [{"a": 1}, [1]]}
