"""The values of delivery. Payloads and settings are not in `repr`, and so in no log."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from inquiry_router.delivery.schedule import AttemptOutcome


class DeliveryState(StrEnum):
    """The state of a delivery: pending -> delivered | skipped | dead | discarded | superseded.

    A retry makes it pending again. A newer decision supersedes an older one that was not sent.
    Skipped: there was nothing to do at the destination.
    """

    PENDING = "pending"
    DELIVERED = "delivered"
    SKIPPED = "skipped"
    DEAD = "dead"
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class ClaimedDestination:
    """A destination as it was when deliveries were claimed.

    `failures` counts consecutive ones. Until `open_until` the destination is paused.
    """

    id: str
    kind: str
    settings: dict[str, Any] = field(repr=False)
    failures: int
    open_until: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed delivery that is to be sent.

    `attempts` counts those since it last became pending; `repeated` says that it, or an earlier
    decision of the inquiry, was ever tried. `first`: no decision of it was delivered before.
    `outdated`: a newer decision was recorded.
    """

    id: str
    inquiry_id: str | None
    event: str
    payload: str = field(repr=False)
    attempts: int
    repeated: bool = False
    first: bool = True
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """Deliveries of one destination, the oldest due first, for one lane until the lease is over.

    `owner` is unique to this claim, so a late result cannot be taken for one of a later claim.
    `at` is the database's clock. `probe` says that the destination was paused, and that this
    delivery finds out if it is back.
    """

    destination: ClaimedDestination
    deliveries: tuple[Due, ...]
    owner: str
    at: datetime
    probe: bool


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one attempt, ready to be stored.

    `due_at` is the time of the next attempt, for a retry. `disable` is the reason for disabling the
    destination, if there is one. `ticket` is the sign of the ticket that the inquiry got.
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
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing of a destination after results were stored. `usable`: enabled, not paused."""

    failures: int
    usable: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """The deliveries whose results were stored, and the standings of their destinations."""

    kept: frozenset[str]
    standings: dict[str, Standing]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery in a list. `attempts` counts those since it last became pending."""

    id: str
    inquiry_id: str | None
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
    """An attempt of a delivery. `number` counts from 1, also over retries by hand."""

    number: int
    at: datetime
    duration_ms: int
    outcome: AttemptOutcome
    status_code: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A delivery with its payload (JSON text) and its attempts, the first one first."""

    delivery: Delivery
    payload: str = field(repr=False)
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """Counts for metrics.

    `paused` counts enabled destinations that fail and get only probes. `oldest_due_s` is the time
    for which the oldest delivery to the others has been due; 0 when none is.
    """

    pending: int
    dead: int
    superseded: int
    oldest_due_s: float
    paused: int
