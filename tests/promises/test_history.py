"""The askings that a timeline tells: answers, messages, pauses, reopenings, merges."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.inquiry.model import Status
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.promises.history import read_askings
from inquiry_router.promises.model import Asking, HistoryEntry
from tests.promises.samples import HOUR, MONDAY, entry, message, routed

DUE = MONDAY + 4 * HOUR
OWN = "K7MA-4XEH"
WAITS, OWED, DONE = Status.WAITING_FOR_CUSTOMER, Status.WAITING_FOR_US, Status.RESOLVED


def read(*entries: HistoryEntry, status: Status, is_merged: bool = False) -> tuple[Asking, ...]:
    return read_askings(entries, OWN, status, is_merged=is_merged)


def test_answer_begins_a_pause_and_a_message_ends_it() -> None:
    (asking,) = read(
        routed(),
        entry("answered", MONDAY + HOUR),
        message(MONDAY + 3 * HOUR, OWED),
        status=OWED,
    )
    assert asking.answers == (MONDAY + HOUR,)
    assert asking.messages == (MONDAY + 3 * HOUR,)
    assert asking.pauses == ((MONDAY + HOUR, MONDAY + 3 * HOUR),)
    assert asking.answer_due == DUE


def test_thanks_end_no_pause_and_ask_for_nothing() -> None:
    """Such a message leaves the inquiry waiting for the customer."""
    (asking,) = read(
        routed(), entry("answered", MONDAY + HOUR), message(MONDAY + 2 * HOUR, WAITS), status=WAITS
    )
    assert (asking.messages, asking.is_paused) == ((), True)


def test_message_before_the_first_answer_starts_nothing() -> None:
    (asking,) = read(routed(), message(MONDAY + HOUR, Status.ROUTED), status=Status.ROUTED)
    assert (asking.messages, asking.pauses) == ((), ())


def test_resolution_ends_an_asking_and_a_message_begins_another() -> None:
    later = MONDAY + 24 * HOUR
    first, second = read(
        routed(),
        entry("answered", MONDAY + HOUR),
        entry("resolved", MONDAY + 2 * HOUR),
        message(later, OWED, "reopened"),
        routed(later, later + 4 * HOUR),
        status=OWED,
    )
    assert first.ended_at == MONDAY + 2 * HOUR
    assert (second.began_at, second.answer_due) == (later, later + 4 * HOUR)
    assert (second.answers, second.ended_at) == ((), None)


def test_waiting_without_an_answer_is_a_pause_too() -> None:
    (asking,) = read(
        routed(),
        entry("awaited", MONDAY + HOUR, status="pending"),
        entry("awaited", MONDAY + 2 * HOUR, status="open"),
        status=OWED,
    )
    assert asking.pauses == ((MONDAY + HOUR, MONDAY + 2 * HOUR),)
    assert asking.messages == ()


def test_vendors_time_of_an_answer_counts_if_it_is_possible() -> None:
    at = MONDAY + 3 * HOUR
    for told, counted in (
        (MONDAY + HOUR, MONDAY + HOUR),
        (MONDAY - HOUR, at),
        (at + HOUR, at),
    ):
        (asking,) = read(
            routed(), HistoryEntry(at, "answered", {"at": format_time(told)}), status=WAITS
        )
        assert asking.answers == (counted,)


def test_decision_after_the_first_answer_changes_no_kept_promise() -> None:
    (asking,) = read(
        routed(), entry("answered", MONDAY + HOUR), routed(MONDAY + 2 * HOUR, None), status=WAITS
    )
    assert asking.answer_due == DUE


def test_merged_inquiry_is_dropped_and_comes_back_when_that_is_undone() -> None:
    merged = entry("merged", MONDAY + HOUR, **{"from": OWN, "into": "AAAA-AAAA"})
    (asking,) = read(routed(), merged, status=Status.ROUTED, is_merged=True)
    assert (asking.ended_at, asking.is_dropped) == (MONDAY + HOUR, True)
    undone = entry("unmerged", MONDAY + 2 * HOUR, **{"from": OWN})
    (asking,) = read(routed(), merged, undone, status=Status.ROUTED)
    assert (asking.ended_at, asking.is_dropped) == (None, False)


def test_question_that_a_merge_brings_is_owed() -> None:
    merged = entry("merged", MONDAY + 3 * HOUR, **{"from": "AAAA-AAAA", "into": OWN})
    (asking,) = read(routed(), entry("answered", MONDAY + HOUR), merged, status=OWED)
    assert asking.messages == (MONDAY + 3 * HOUR,)
    assert not asking.is_paused


def test_message_that_was_split_off_asks_nothing_here() -> None:
    away = entry(
        "message", MONDAY + 2 * HOUR, change={"kind": "split"}, reference="AAAA-AAAA", status=None
    )
    (asking,) = read(routed(), entry("answered", MONDAY + HOUR), away, status=WAITS)
    assert asking.messages == ()


KINDS = ("answered", "awaited", "resolved", "reopened", "message", "routed", "merged", "unmerged")


@given(
    kinds=st.lists(st.sampled_from(KINDS), max_size=12),
    status=st.sampled_from(list(Status)),
    is_merged=st.booleans(),
)
def test_any_timeline_is_read_and_agrees_with_the_present_state(
    kinds: list[str], status: Status, is_merged: bool
) -> None:
    entries = [
        message(MONDAY + number * HOUR, OWED)
        if kind == "message"
        else entry(kind, MONDAY + number * HOUR, **{"from": OWN})
        for number, kind in enumerate(kinds, 1)
    ]
    *_, last = read(routed(), *entries, status=status, is_merged=is_merged)
    assert (last.ended_at is not None) is (is_merged or status is DONE)
    if last.ended_at is None:
        assert last.is_paused is (status is WAITS) or not last.pauses
    for begin, end in last.pauses:
        assert end is None or end - begin >= timedelta()
