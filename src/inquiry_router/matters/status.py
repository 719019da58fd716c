"""Tell from the state of a ticket what people have done with it. Pure.

A helpdesk reports snapshots, not changes. A part that it has reported before, or that is as we know
it, is no news: so our own writes that come back change nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inquiry_router.inquiry.model import Status
from inquiry_router.inquiry.rendering import Json, format_time
from inquiry_router.providers.kit.source import TicketState


class Act(StrEnum):
    """An act of a person on an inquiry."""

    ANSWERED = "answered"
    AWAITED = "awaited"  # set to wait for the customer, or back to wait for us
    RESOLVED = "resolved"
    REOPENED = "reopened"
    MOVED = "moved"
    ASSIGNED = "assigned"


@dataclass(frozen=True, slots=True)
class KnownState:
    """An inquiry as we know it.

    `seen` is the state that was reported last, as JSON; `asked_at` the time of the opening, or of
    the reopening. `is_told`: the helpdesk has our newest decision.
    """

    status: Status
    team: str
    assignee: str | None
    asked_at: datetime
    state_at: datetime | None = None
    seen: Json | None = None
    is_told: bool = True


def read_acts(known: KnownState, state: TicketState, team: str | None) -> tuple[Act, ...]:
    """List the acts that a state reports. `team` is ours for its group, if there is one."""
    if known.state_at is not None and state.at is not None and state.at < known.state_at:
        return ()
    seen = known.seen or {}
    acts = []
    if team is not None and team != known.team and _is_moved(known, state, seen):
        acts.append(Act.MOVED)
    if state.owner and state.owner not in (known.assignee, seen.get("owner")):
        acts.append(Act.ASSIGNED)
    return (*acts, *_read_progress(known, state, seen))


def _is_moved(known: KnownState, state: TicketState, seen: Json) -> bool:
    """True if a person chose the group: it is no news, and no group that we have not left yet."""
    groups = seen.get("groups")
    return known.is_told if groups is None else list(state.groups) != groups


def _read_progress(known: KnownState, state: TicketState, seen: Json) -> tuple[Act, ...]:
    """List the acts that bring the matter on. An answer may come with the closing."""
    answered = (Act.ANSWERED,) if state.answered and _is_new_answer(state, seen) else ()
    if state.status == "closed":
        return (*answered, Act.RESOLVED) if _is_new_closing(known, state, seen) else ()
    if known.status is Status.RESOLVED:
        if state.status is None or seen.get("status") != "closed":
            return ()
        awaited = (Act.AWAITED,) if state.status == "pending" else ()
        return (Act.REOPENED, *(answered or awaited))
    if state.answered:
        return answered
    return (Act.AWAITED,) if _is_new_waiting(known, state, seen) else ()


def _is_new_answer(state: TicketState, seen: Json) -> bool:
    """True if no answer of this time, or of a later one, is known."""
    before = seen.get("answers", {}).get(state.external_id)
    answered_at = format_time(state.at)
    return before is None or answered_at is None or answered_at > before


def _is_new_closing(known: KnownState, state: TicketState, seen: Json) -> bool:
    """True if the ticket was closed, or closed again after the matter was reopened."""
    if known.status is Status.RESOLVED:
        return False
    if seen.get("status") != "closed":
        return True
    return state.at is not None and state.at > max(known.state_at or state.at, known.asked_at)


def _is_new_waiting(known: KnownState, state: TicketState, seen: Json) -> bool:
    """True if the ticket begins or ends to wait for the customer."""
    is_waiting = known.status is Status.WAITING_FOR_CUSTOMER
    if state.status == "pending":
        return seen.get("status") != "pending" and not is_waiting
    return state.status == "open" and seen.get("status") == "pending" and is_waiting


def seen_json(state: TicketState, seen: Json | None) -> Json:
    """Render a state, with what only the states before it told."""
    known = seen or {}
    told: Json = {
        "status": state.status,
        "groups": list(state.groups) or None,
        "owner": state.owner,
    }
    if state.answered and state.at is not None:
        told["answers"] = {
            **known.get("answers", {}),
            state.external_id: format_time(state.at),
        }
    return {**known, **{name: value for name, value in told.items() if value is not None}}


def status_after(act: Act, status: Status, state_status: str | None = None) -> Status:
    """Return the status of an inquiry after an act."""
    if act is Act.RESOLVED:
        return Status.RESOLVED
    if act is Act.ANSWERED or (act is Act.AWAITED and state_status == "pending"):
        return Status.WAITING_FOR_CUSTOMER
    if act in (Act.REOPENED, Act.AWAITED):
        return Status.WAITING_FOR_US
    # Moved or taken: a person has decided it.
    return Status.ROUTED if status is Status.NEW else status
