"""The schedule of retries, and the circuit breaker of a destination. Pure.

The schedule is the one that Standard Webhooks recommends: ten attempts in 75 hours and 35 minutes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Final

# The pause before the first attempt, the second, ...
SCHEDULE: Final = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MAX_ATTEMPTS: Final = len(SCHEDULE)
JITTER: Final = 0.2
MAX_RETRY_AFTER: Final = timedelta(hours=24)

FAILURES_BEFORE_PAUSE: Final = 5
MIN_PAUSE: Final = timedelta(seconds=30)
MAX_PAUSE: Final = timedelta(minutes=10)


class AttemptOutcome(StrEnum):
    """The outcome of one attempt. Skipped: there was nothing to do at the destination."""

    DELIVERED = "delivered"
    SKIPPED = "skipped"
    RETRY = "retry"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The judgement of an answer. `due_at` is set for a retry; `disable` stops all calls."""

    outcome: AttemptOutcome
    due_at: datetime | None = None
    disable: bool = False


class Gate(StrEnum):
    """The breaker's state: call as usual, do not call, or send one probe."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


def judge(
    status: int | None,
    retry_after: str | None,
    *,
    attempt: int,
    now: datetime,
    jitter: float,
    hopeless: bool = False,
) -> Judgement:
    """Judge the answer to attempt number `attempt` (from 1). `status` is None without an answer.

    Only 2xx is success; redirects are never followed. 410 asks for no more calls. Everything else
    is tried again until the schedule ends, never before `retry_after` (the header as sent) is over.
    `hopeless` says that the receiver will never accept it: people should look at it now, not in
    three days. `jitter`, from 0 to 1, is the place within +-20 % of the scheduled pause.
    """
    if status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Judgement(AttemptOutcome.DELIVERED)
    if hopeless:
        return Judgement(AttemptOutcome.DEAD)
    if status == HTTPStatus.GONE:
        return Judgement(AttemptOutcome.DEAD, disable=True)
    if attempt >= MAX_ATTEMPTS:
        return Judgement(AttemptOutcome.DEAD)
    pause = max(pause_before(attempt + 1, jitter), read_retry_after(retry_after, now))
    return Judgement(AttemptOutcome.RETRY, due_at=now + pause)


def pause_before(attempt: int, jitter: float) -> timedelta:
    """Return the pause before an attempt (1 to 10), spread by `jitter` (0 to 1) over +-20 %."""
    return SCHEDULE[attempt - 1] * (1 - JITTER + 2 * JITTER * jitter)


def read_retry_after(value: str | None, now: datetime) -> timedelta:
    """Read a Retry-After header: at most 24 hours; zero if it is missing, past or unreadable."""
    if value is None:
        return timedelta(0)
    value = value.strip()
    if value.isascii() and value.isdigit():
        if len(value) > 10:  # 300 years, and int() refuses very long numbers
            return MAX_RETRY_AFTER
        return min(timedelta(seconds=int(value)), MAX_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return timedelta(0)
    if moment.tzinfo is None:  # HTTP dates are in GMT, also in the old forms that do not say so
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta(0)), MAX_RETRY_AFTER)


def pause_after(failures: int) -> timedelta | None:
    """Return the pause after consecutive failures: 30 s after five, doubling to 10 minutes."""
    if failures < FAILURES_BEFORE_PAUSE:
        return None
    doublings = min(failures - FAILURES_BEFORE_PAUSE, 10)
    pause: timedelta = MIN_PAUSE * 2**doublings
    return min(pause, MAX_PAUSE)


def find_gate(failures: int, open_until: datetime | None, now: datetime) -> Gate:
    """Return the breaker's state of a destination with this record."""
    if failures < FAILURES_BEFORE_PAUSE or open_until is None:
        return Gate.CLOSED
    return Gate.OPEN if open_until > now else Gate.HALF_OPEN
