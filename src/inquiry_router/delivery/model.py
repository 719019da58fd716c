"""The values of this stage. Frozen; payloads and settings stay out of `repr`, and so out of every log."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from inquiry_router.delivery.schedule import AttemptOutcome


class DeliveryState(StrEnum):
    """Where a delivery stands: pending -> delivered | dead | discarded; a retry makes it pending again."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class ClaimedDestination:
    """Where deliveries go. `failures` are consecutive ones; until `open_until` it is left alone."""

    id: str
    kind: str
    settings: dict[str, Any] = field(repr=False)
    failures: int
    open_until: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that was claimed and is to be sent.

    `attempts` were made since it last became pending; `repeated` says that any was made ever.
    """

    id: str
    inquiry_id: str
    event: str
    payload: str = field(repr=False)
    attempts: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """Deliveries of one destination, oldest due first, that nobody else sends until the lease is over.

    `owner` is unique to this claim, so a late finisher cannot be mistaken for whoever claimed the row after it. `at` is
    the database's clock. `probe` says that the destination was left alone and this one is to find out if it is back.
    """

    destination: ClaimedDestination
    deliveries: tuple[Due, ...]
    owner: str
    at: datetime
    probe: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one attempt, ready to be written down. `due_at` is the next attempt's, for a retry.

    `disable` is the reason for sending nothing more to the destination, if there is one.
    """

    delivery_id: str
    destination_id: str
    owner: str
    probe: bool
    outcome: AttemptOutcome
    at: datetime
    duration_ms: int
    status_code: int | None = None
    error: str | None = None
    due_at: datetime | None = None
    disable: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a destination stands after results were written down. `usable`: enabled and not left alone."""

    failures: int
    usable: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """What became of results: the deliveries that were still ours, and how their destinations stand now."""

    kept: frozenset[str]
    standings: dict[str, Standing]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One handing-over as people see it in a list. `attempts` are those since it last became pending."""

    id: str
    inquiry_id: str
    destination_id: str
    event: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime
    last_error: str | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a delivery. `number` counts all of them from 1, also those before a retry by hand."""

    number: int
    at: datetime
    duration_ms: int
    outcome: AttemptOutcome
    status_code: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A delivery with its payload (JSON text) and every attempt, the first one first."""

    delivery: Delivery
    payload: str = field(repr=False)
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """For metrics. `paused`: enabled destinations that fail and are left alone but for a probe now and then.

    `oldest_due_s`: how long the oldest delivery to the others has been due, in seconds; 0 when none is.
    """

    pending: int
    dead: int
    oldest_due_s: float
    paused: int
