"""Read from the timeline of an inquiry when it was asked, answered, paused and resolved. Pure.

The timeline is the truth: clocks are made from it again after every change, so that an act which
was recorded is never missed, and one that comes twice changes nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from inquiry_router.inquiry.model import Status
from inquiry_router.inquiry.rendering import read_time
from inquiry_router.promises.model import Asking, HistoryEntry

# The kinds of entries that promises need.
KINDS: Final = (
    *("routed", "waiting", "message", "classified", "answered", "awaited", "resolved", "reopened"),
    *("merged", "unmerged"),
)


def read_askings(
    entries: Iterable[HistoryEntry], reference: str, status: Status, *, is_merged: bool
) -> tuple[Asking, ...]:
    """Read the askings of an inquiry, the first one first.

    `status` and `is_merged` are its present state, which the last asking is made to agree with:
    older versions recorded less than the timeline needs.
    """
    askings: list[Asking] = []
    last_at: datetime | None = None
    for entry in entries:
        last_at = entry.at
        if not askings:
            askings.append(Asking(entry.at))
        _apply(askings, entry, reference)
    if askings and last_at is not None:
        askings[-1] = _agree(askings[-1], last_at, status, is_merged=is_merged)
    return tuple(askings)


def _apply(askings: list[Asking], entry: HistoryEntry, reference: str) -> None:
    asking, at, details = askings[-1], entry.at, entry.details
    match entry.kind:
        case "routed" | "waiting":
            askings[-1] = _decided(asking, details)
        case "answered":
            answered = _reported(details, at, asking.began_at)
            asking = replace(asking, answers=(*asking.answers, answered))
            askings[-1] = asking.paused(answered)
        case "awaited":
            to_customer = details.get("status", "open" if asking.is_paused else "pending")
            askings[-1] = asking.paused(at) if to_customer == "pending" else asking.resumed(at)
        case "resolved":
            askings[-1] = replace(asking, ended_at=_reported(details, at, asking.began_at))
        case "reopened":
            askings.append(Asking(at, asking.answer_due))
        case "message" | "classified":
            _hear(askings, entry)
        case "merged" if details.get("from") == reference:
            askings[-1] = replace(asking, ended_at=at, is_dropped=True)
        case "unmerged" if details.get("from") == reference and asking.is_dropped:
            askings[-1] = replace(asking, ended_at=None, is_dropped=False)


def _hear(askings: list[Asking], entry: HistoryEntry) -> None:
    """A message reopens, or ends a pause; thanks and copies change nothing."""
    asking, change = askings[-1], entry.details.get("change")
    kind = change.get("kind") if isinstance(change, dict) else None
    if kind == "reopened":
        askings.append(Asking(entry.at, asking.answer_due))
        return
    status = entry.details.get("status")
    left = kind == "split" and "reference" in entry.details
    if left or status not in (None, Status.WAITING_FOR_US) or not asking.is_paused:
        return
    askings[-1] = _asked_again(asking, entry.at)


def _asked_again(asking: Asking, at: datetime) -> Asking:
    if not asking.answers:
        return asking.resumed(at)
    return replace(asking.resumed(at), messages=(*asking.messages, at))


def _decided(asking: Asking, details: dict[str, object]) -> Asking:
    """A decision before the first answer says when that is due."""
    decision = details.get("decision")
    if asking.answers or not isinstance(decision, dict):
        return asking
    return replace(asking, answer_due=read_time(decision.get("due_at")))


def _reported(details: dict[str, object], at: datetime, not_before: datetime) -> datetime:
    """The vendor's time of an act, if it lies between the asking and its record."""
    written = details.get("at")
    told = read_time(written) if isinstance(written, str) else None
    return told if told is not None and not_before <= told <= at else at


def _agree(asking: Asking, last_at: datetime, status: Status, *, is_merged: bool) -> Asking:
    """The last asking as the present state of the inquiry has it."""
    if is_merged:
        ended_at = asking.ended_at or last_at
        return replace(asking, ended_at=ended_at, is_dropped=True)
    if status is Status.RESOLVED:
        return replace(asking, ended_at=asking.ended_at or last_at, is_dropped=False)
    asking = replace(asking, ended_at=None, is_dropped=False)
    if status is Status.WAITING_FOR_CUSTOMER:
        return asking.paused(last_at)
    return _asked_again(asking, last_at) if asking.is_paused else asking
