"""Tell from the state of a ticket what people have done with it. Pure.

A helpdesk reports snapshots, not changes. A part that it has reported before, or that is as we know
it, is no news: so our own writes that come back change nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inquiry_router.inquiry.model import Status
from inquiry_router.inquiry.rendering import Json
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
    """An inquiry as we know it. `seen` is the state that was reported last, as JSON."""

    status: Status
    team: str
    assignee: str | None
    state_at: datetime | None
    seen: Json | None


def read_acts(known: KnownState, state: TicketState, team: str | None) -> tuple[Act, ...]:
    """List the acts that a state reports. `team` is ours for its group, if there is one."""
    if known.state_at is not None and state.at is not None and state.at < known.state_at:
        return ()
    seen = known.seen or {}
    acts = []
    if team is not None and team != known.team and list(state.groups) != seen.get("groups"):
        acts.append(Act.MOVED)
    if state.owner and state.owner not in (known.assignee, seen.get("owner")):
        acts.append(Act.ASSIGNED)
    if state.status == "closed":
        if known.status is not Status.RESOLVED:
            acts.append(Act.RESOLVED)
        return tuple(acts)
    if known.status is Status.RESOLVED:
        if state.status is not None and seen.get("status") == "closed":
            acts.append(Act.REOPENED)
    elif state.answered:
        acts.append(Act.ANSWERED)
    elif state.status is not None and _is_news(known, state, seen):
        acts.append(Act.AWAITED)
    return tuple(acts)


def _is_news(known: KnownState, state: TicketState, seen: Json) -> bool:
    """True if the ticket begins or ends to wait for the customer."""
    if state.status == "pending":
        return known.status is not Status.WAITING_FOR_CUSTOMER
    return seen.get("status") == "pending" and known.status is Status.WAITING_FOR_CUSTOMER


def seen_json(state: TicketState, seen: Json | None) -> Json:
    """Render a state, with what only the state before it told."""
    told = {
        "status": state.status,
        "groups": list(state.groups) or None,
        "owner": state.owner,
    }
    return {**(seen or {}), **{name: value for name, value in told.items() if value is not None}}


def status_after(act: Act, status: Status, state_status: str | None = None) -> Status:
    """Return the status of an inquiry after an act."""
    if act is Act.RESOLVED:
        return Status.RESOLVED
    if act is Act.ANSWERED or (act is Act.AWAITED and state_status == "pending"):
        return Status.WAITING_FOR_CUSTOMER
    if act in (Act.REOPENED, Act.AWAITED):
        return Status.WAITING_FOR_US
    return status
