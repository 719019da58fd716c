"""Values of policies that are not in force. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from inquiry_router.routing.policy import Policy


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """The policy that is being written. `based_on` is the version in force when it was begun."""

    policy: Policy
    version: int
    based_on: int
    note: str | None
    at: datetime
    actor: str


class ReplayKind(StrEnum):
    """The inquiries that a policy is tried on."""

    REPLAY = "replay"  # those of a period
    SHADOW = "shadow"  # every new one, as long as the draft stands


class ReplayState(StrEnum):
    """The progress of a replay."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Replay:
    """A policy that is tried on inquiries, and what was found so far (`moves.Moves` as JSON).

    `compared_with` is the version of the policy that was in force at the start. `total` is counted
    when the work begins; a shadow has none.
    """

    id: str
    kind: ReplayKind
    state: ReplayState
    policy: Policy
    compared_with: int
    since: datetime
    until: datetime | None
    samples: int
    created_at: datetime
    actor: str
    total: int | None = None
    done: int = 0
    found: dict[str, Any] = field(default_factory=dict)
    after: tuple[datetime | None, str] | None = None
    finished_at: datetime | None = None
    error: str | None = None
