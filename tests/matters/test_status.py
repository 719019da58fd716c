"""States of tickets: the acts of people that they report, and all that is no news."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inquiry_router.inquiry.model import Status
from inquiry_router.matters.status import Act, KnownState, read_acts, seen_json, status_after
from inquiry_router.providers.kit.source import TicketState

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
ROUTED = KnownState(Status.ROUTED, "customer_service", None, NOW - timedelta(hours=1))


def state(minutes: float = 0, **more: Any) -> TicketState:
    return TicketState("7", at=NOW + timedelta(minutes=minutes), **more)


def known(status: Status = Status.ROUTED, **more: Any) -> KnownState:
    return replace(ROUTED, status=status, **more)


def after(before: KnownState, reported: TicketState, team: str | None = None) -> KnownState:
    """The inquiry after a state was applied, as `recording.acts` does it."""
    status, assignee, placed = before.status, before.assignee, before.team
    for act in read_acts(before, reported, team):
        status = status_after(act, status, reported.status)
        assignee = reported.owner if act is Act.ASSIGNED else assignee
        placed = team or placed if act is Act.MOVED else placed
    newest = max(filter(None, (before.state_at, reported.at)), default=None)
    return replace(
        before,
        status=status,
        assignee=assignee,
        team=placed,
        state_at=newest,
        seen=seen_json(reported, before.seen),
    )


# Each act


@pytest.mark.parametrize(
    ("before", "reported", "acts", "status"),
    [
        (Status.ROUTED, {"answered": True}, [Act.ANSWERED], Status.WAITING_FOR_CUSTOMER),
        (
            Status.ROUTED,
            {"answered": True, "status": "pending"},
            [Act.ANSWERED],
            Status.WAITING_FOR_CUSTOMER,
        ),
        (Status.NEW, {"answered": True}, [Act.ANSWERED], Status.WAITING_FOR_CUSTOMER),
        (Status.WAITING_FOR_US, {"answered": True}, [Act.ANSWERED], Status.WAITING_FOR_CUSTOMER),
        (Status.ROUTED, {"status": "pending"}, [Act.AWAITED], Status.WAITING_FOR_CUSTOMER),
        (Status.ROUTED, {"status": "closed"}, [Act.RESOLVED], Status.RESOLVED),
        (Status.WAITING_FOR_US, {"status": "closed"}, [Act.RESOLVED], Status.RESOLVED),
        (
            Status.ROUTED,
            {"status": "closed", "answered": True},
            [Act.ANSWERED, Act.RESOLVED],
            Status.RESOLVED,
        ),
        (Status.ROUTED, {"owner": "Celina"}, [Act.ASSIGNED], Status.ROUTED),
        (Status.NEW, {"owner": "Celina"}, [Act.ASSIGNED], Status.ROUTED),
        (Status.ROUTED, {"status": "open"}, [], Status.ROUTED),
        (Status.ROUTED, {"owner": ""}, [], Status.ROUTED),
        (Status.ROUTED, {}, [], Status.ROUTED),
        (Status.RESOLVED, {"status": "closed"}, [], Status.RESOLVED),
        (Status.RESOLVED, {"status": "closed", "answered": True}, [], Status.RESOLVED),
        (Status.RESOLVED, {"answered": True}, [], Status.RESOLVED),
        (Status.WAITING_FOR_CUSTOMER, {"status": "pending"}, [], Status.WAITING_FOR_CUSTOMER),
        (Status.WAITING_FOR_CUSTOMER, {"status": "open"}, [], Status.WAITING_FOR_CUSTOMER),
    ],
)
def test_first_state_reports_acts(
    before: Status, reported: dict[str, Any], acts: list[Act], status: Status
) -> None:
    told = state(**reported)
    assert list(read_acts(known(before), told, None)) == acts
    assert after(known(before), told).status is status


def test_waiting_for_the_customer_ends_when_the_ticket_is_opened() -> None:
    waiting = after(known(), state(status="pending"))
    opened = state(1, status="open")
    assert read_acts(waiting, opened, None) == (Act.AWAITED,)
    assert after(waiting, opened).status is Status.WAITING_FOR_US


def test_several_acts_are_told_in_one_state() -> None:
    told = state(groups=("2", "Sprzedaż"), owner="Ewa", status="closed", answered=True)
    assert read_acts(known(), told, "sales") == (
        Act.MOVED,
        Act.ASSIGNED,
        Act.ANSWERED,
        Act.RESOLVED,
    )


# Groups


def test_group_of_another_team_is_a_move() -> None:
    moved = state(groups=("2", "Sprzedaż"))
    assert read_acts(known(), moved, "sales") == (Act.MOVED,)
    again = after(known(Status.NEW), moved, "sales")
    assert (again.team, again.status) == ("sales", Status.ROUTED)
    assert read_acts(again, replace(moved, at=NOW + timedelta(minutes=5)), "sales") == ()


def test_group_that_is_no_team_is_no_move() -> None:
    assert read_acts(known(), state(groups=("9", "Magazyn")), None) == ()


def test_our_own_move_that_comes_back_is_no_act() -> None:
    mine = state(groups=("1", "Serwis"), status="open")
    assert read_acts(known(), mine, "customer_service") == ()


def test_group_in_which_the_ticket_began_is_no_move() -> None:
    """Until the helpdesk has our decision, the ticket stands where the helpdesk put it."""
    waits = known(is_told=False)
    began = state(groups=("3", "Users"))
    assert read_acts(waits, began, "triage") == ()
    seen = after(waits, began, "triage")
    assert seen.team == "customer_service"
    later = replace(began, at=NOW + timedelta(minutes=1))
    assert read_acts(replace(seen, is_told=True), later, "triage") == ()
    moved = state(2, groups=("2", "Sprzedaż"))
    assert read_acts(replace(seen, is_told=False), moved, "sales") == (Act.MOVED,)


def test_decision_that_the_helpdesk_has_not_got_yet_is_not_undone() -> None:
    """A correction waits for a helpdesk that is down; it reports the group before it."""
    before = after(known(), state(groups=("1", "Serwis")), "customer_service")
    corrected = replace(before, team="sales", is_told=False)
    assert read_acts(corrected, state(1, groups=("1", "Serwis")), "customer_service") == ()


def test_move_to_our_group_and_back_are_two_moves() -> None:
    there = after(known(), state(groups=("2",)), "sales")
    back = state(1, groups=("1",))
    assert read_acts(there, back, "customer_service") == (Act.MOVED,)


# Owners


def test_owner_is_told_once_and_again_when_it_changes() -> None:
    owned = after(known(), state(owner="Celina"))
    assert owned.assignee == "Celina"
    assert read_acts(owned, state(1, owner="Celina"), None) == ()
    assert read_acts(owned, state(1, owner="Ewa"), None) == (Act.ASSIGNED,)


def test_owner_whom_we_wrote_is_no_news() -> None:
    assert read_acts(known(assignee="Celina"), state(owner="Celina"), None) == ()


# Older and repeated states


@pytest.mark.parametrize(
    "reported",
    [
        {"status": "closed"},
        {"answered": True},
        {"groups": ("2",), "owner": "Ewa", "status": "pending"},
    ],
)
def test_older_state_changes_nothing(reported: dict[str, Any]) -> None:
    newer = after(known(), state(status="open"))
    assert read_acts(newer, state(-0.001, **reported), "sales") == ()
    assert read_acts(newer, state(**reported), "sales") != ()  # of the same moment


@pytest.mark.parametrize(
    "reported",
    [
        {"status": "closed", "answered": True},
        {"status": "pending", "answered": True},
        {"status": "pending"},
        {"answered": True},
        {"owner": "Ewa", "groups": ("2",)},
    ],
)
@pytest.mark.parametrize("timed", [True, False])
def test_repeated_state_changes_nothing(reported: dict[str, Any], timed: bool) -> None:
    told = state(**reported) if timed else replace(state(**reported), at=None)
    once = after(known(), told, "sales")
    again = after(once, told, "sales")
    assert (again.status, again.team, again.assignee) == (once.status, once.team, once.assignee)


@pytest.mark.parametrize(
    ("reported", "before"),
    [
        ({"answered": True}, Status.WAITING_FOR_US),
        ({"answered": True, "status": "pending"}, Status.WAITING_FOR_US),
        ({"status": "pending"}, Status.WAITING_FOR_US),
        ({"status": "closed"}, Status.WAITING_FOR_US),
        ({"status": "closed", "answered": True}, Status.WAITING_FOR_US),
    ],
)
def test_repeat_after_the_customer_wrote_does_not_undo_it(
    reported: dict[str, Any], before: Status
) -> None:
    told = state(**reported)
    wrote = NOW + timedelta(minutes=3)
    then = replace(after(known(), told), status=before, asked_at=wrote)
    assert read_acts(then, told, None) == ()


def test_two_answers_are_two_acts() -> None:
    first = after(known(), state(answered=True))
    assert read_acts(first, state(1, answered=True), None) == (Act.ANSWERED,)


def test_answer_in_another_ticket_is_one_of_its_own() -> None:
    first = after(known(), state(answered=True))
    second = replace(state(answered=True), external_id="8")
    assert read_acts(first, second, None) == (Act.ANSWERED,)
    both = after(first, second)
    assert read_acts(both, state(answered=True), None) == ()
    assert read_acts(both, second, None) == ()


# Closing and reopening


def test_helpdesk_closes_reopens_and_closes_again() -> None:
    closed = after(known(), state(status="closed"))
    assert closed.status is Status.RESOLVED
    opened = state(1, status="open")
    assert read_acts(closed, opened, None) == (Act.REOPENED,)
    reopened = after(closed, opened)
    assert reopened.status is Status.WAITING_FOR_US
    assert read_acts(reopened, replace(opened, at=NOW + timedelta(minutes=2)), None) == ()
    assert after(reopened, state(3, status="closed")).status is Status.RESOLVED


@pytest.mark.parametrize(
    ("reported", "acts"),
    [
        ({"status": "pending"}, (Act.REOPENED, Act.AWAITED)),
        ({"status": "open", "answered": True}, (Act.REOPENED, Act.ANSWERED)),
    ],
)
def test_reopened_ticket_may_wait_for_the_customer_at_once(
    reported: dict[str, Any], acts: tuple[Act, ...]
) -> None:
    closed = after(known(), state(status="closed"))
    told = state(1, **reported)
    assert read_acts(closed, told, None) == acts
    assert after(closed, told).status is Status.WAITING_FOR_CUSTOMER


@pytest.mark.parametrize("seen_before", [None, "open", "pending"])
def test_resolution_here_is_not_undone_by_a_ticket_that_is_still_open(
    seen_before: str | None,
) -> None:
    before = known() if seen_before is None else after(known(), state(status=seen_before))
    resolved = replace(before, status=Status.RESOLVED)
    for status in ("open", "pending"):
        assert read_acts(resolved, state(1, status=status), None) == ()
    closed = after(resolved, state(2, status="closed"))
    assert closed.status is Status.RESOLVED
    assert read_acts(closed, state(3, status="open"), None) == (Act.REOPENED,)


def test_ticket_is_closed_again_after_the_matter_was_reopened_here() -> None:
    """No state tells that the ticket is open: the message of the customer opened it."""
    closed = after(known(), state(status="closed"))
    wrote = NOW + timedelta(minutes=3)
    reopened = replace(closed, status=Status.WAITING_FOR_US, asked_at=wrote)
    assert read_acts(reopened, state(2, status="closed"), None) == ()
    assert read_acts(reopened, state(4, status="closed"), None) == (Act.RESOLVED,)


# JSON


def test_seen_keeps_what_a_newer_state_leaves_out() -> None:
    first = seen_json(state(status="open", groups=("1", "Serwis"), owner="Celina"), None)
    assert first == {"status": "open", "groups": ["1", "Serwis"], "owner": "Celina"}
    assert seen_json(state(1, status="closed"), first) == {**first, "status": "closed"}
    assert seen_json(state(1, owner=""), first) == {**first, "owner": ""}
    answered = seen_json(state(answered=True), first)
    assert answered == {**first, "answers": {"7": "2026-11-19T10:00:00.000Z"}}
