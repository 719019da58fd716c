"""Answers about promises and the law. Each field has a description and an example."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from inquiry_router.inquiry.rendering import format_time
from inquiry_router.promises.store import KeptCount
from inquiry_router.promises.violations import Lawfulness


class PromiseOut(BaseModel):
    """A promise to the customer, or the deadline of a law."""

    kind: str = Field(
        description="first_answer, next_answer, resolution, or law: and the id of a deadline.",
        examples=["first_answer"],
    )
    state: str = Field(
        description="running, paused (we wait for the customer), kept, broken, or dropped (the "
        "inquiry became part of another one, or nothing is promised any more).",
        examples=["running"],
    )
    began_at: datetime = Field(
        description="When the clock began.", examples=["2026-11-20T08:30:00.000Z"]
    )
    due_at: datetime | None = Field(
        description="When it runs out; null while it is paused.",
        examples=["2026-11-20T12:30:00.000Z"],
    )
    minutes: int | None = Field(
        description="The working minutes that a row promises; null where the decision or a law "
        "says when it is due.",
        examples=[None],
    )
    left_minutes: int | None = Field(
        description="Working minutes that are left while it is paused.", examples=[None]
    )
    ended_at: datetime | None = Field(
        description="When it was kept or broken for good.", examples=[None]
    )
    told: list[str] = Field(
        description="reminder, first_escalation, second_escalation: what people were told.",
        examples=[["reminder"]],
    )


class ViolationOut(BaseModel):
    """An open inquiry that breaks the law."""

    inquiry: str = Field(
        description="The inquiry's id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"]
    )
    reference: str = Field(description="Its reference.", examples=["K7MA-4XEH"])
    breach: str = Field(
        description="overdue, owner_away, nobody, no_team (the team is gone), or not_watched (a "
        "defect: no watchdog would look at it).",
        examples=["nobody"],
    )
    team: str = Field(description="The team that has it.", examples=["customer_service"])
    owner: str | None = Field(description="The person who has it.", examples=[None])
    due_at: datetime | None = Field(
        description="When the next promise runs out.", examples=["2026-11-20T12:30:00.000Z"]
    )


class InvariantsOut(BaseModel):
    """The state of the law that nobody is in limbo."""

    holds: bool = Field(description="True if no open inquiry breaks it.", examples=[True])
    law: str = Field(
        description="The law.",
        examples=["Every open inquiry has an owner with working time left before it is due"],
    )
    open: int = Field(description="Open inquiries.", examples=[412])
    alarms: int = Field(description="Alarms that are raised now.", examples=[3])
    violations: list[ViolationOut] = Field(description="At most 200, those due first.")
    more: bool = Field(description="True if there are more.", examples=[False])


class KeptOut(BaseModel):
    """Promises of one kind that a team kept and broke."""

    team: str = Field(description="The team.", examples=["customer_service"])
    kind: str = Field(description="The kind of promise.", examples=["first_answer"])
    kept: int = Field(description="Kept.", examples=[118])
    broken: int = Field(description="Broken, those that are still open too.", examples=[7])
    open_and_late: int = Field(description="Of the broken, those still open.", examples=[2])
    share: float | None = Field(
        description="The share that was kept; null if there were none.", examples=[0.944]
    )


class KeptList(BaseModel):
    """Promises kept and broken, by team and kind."""

    since: datetime = Field(description="From.", examples=["2026-11-01T00:00:00.000Z"])
    until: datetime = Field(description="Up to.", examples=["2026-12-01T00:00:00.000Z"])
    items: list[KeptOut]


LAW: str = (
    "Every open inquiry has at any moment an owner with working time left before it is due, a "
    "queue with such a member, or a raised alarm."
)


def invariants_json(found: Lawfulness) -> dict[str, Any]:
    """Render the state of the law."""
    return {
        "holds": not found.violations,
        "law": LAW,
        "open": found.open,
        "alarms": found.alarms,
        "violations": [
            {
                "inquiry": one.inquiry_id,
                "reference": one.reference,
                "breach": one.breach,
                "team": one.team,
                "owner": one.owner,
                "due_at": format_time(one.due_at),
            }
            for one in found.violations
        ],
        "more": found.is_cut,
    }


def kept_json(count: KeptCount) -> dict[str, Any]:
    """Render the promises of one kind and team."""
    whole = count.kept + count.broken
    return {
        "team": count.team,
        "kind": count.kind,
        "kept": count.kept,
        "broken": count.broken,
        "open_and_late": count.open_and_late,
        "share": round(count.kept / whole, 4) if whole else None,
    }
