"""When to try again, when to give up, when to leave a destination alone: free functions of values.

The schedule is the one that Standard Webhooks recommends: ten attempts over 75 hours and 35 minutes.
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
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(minutes=10)


class AttemptOutcome(StrEnum):
    """What came of one attempt."""

    DELIVERED = "delivered"
    RETRY = "retry"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer means. `due_at` is set for a retry; `disable` says that the destination wants no more calls."""

    outcome: AttemptOutcome
    due_at: datetime | None = None
    disable: bool = False


class Gate(StrEnum):
    """May a destination be called: as usual, not at all, or once to see whether it is back."""

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
    """What to do after attempt number `attempt` (from 1) was answered with `status`; None when no answer came.

    Only 2xx is success: redirects are never followed. 410 asks for no more calls. Everything else is tried again, never
    before the schedule nor before `retry_after` (the header as sent), until the schedule is used up.
    `hopeless` says that the receiver will never take it, so that people should look at it now instead of in three days.
    `jitter`, 0 to 1, is the place within +-20 % of the scheduled pause.
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
    """The scheduled pause before attempt number `attempt` (1 to 10), spread by `jitter` (0 to 1) over 80 % to 120 %."""
    return SCHEDULE[attempt - 1] * (1 - JITTER + 2 * JITTER * jitter)


def read_retry_after(value: str | None, now: datetime) -> timedelta:
    """How long a Retry-After header asks us to wait, at most 24 hours; zero when it is missing, past or unreadable."""
    if value is None:
        return timedelta(0)
    value = value.strip()
    if value.isascii() and value.isdigit():
        # Ten digits are 300 years: whatever is longer need not be read to know that it is more than a day.
        return (
            MAX_RETRY_AFTER
            if len(value) > 10
            else min(timedelta(seconds=int(value)), MAX_RETRY_AFTER)
        )
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return timedelta(0)
    if moment.tzinfo is None:  # HTTP dates are in GMT, also in the old forms that do not say so
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta(0)), MAX_RETRY_AFTER)


def pause_after(failures: int) -> timedelta | None:
    """How long a destination is left alone after so many failures in a row: 30 s after five, doubling to 10 min."""
    if failures < FAILURES_BEFORE_PAUSE:
        return None
    doublings = min(failures - FAILURES_BEFORE_PAUSE, 10)
    pause: timedelta = FIRST_PAUSE * 2**doublings
    return min(pause, LONGEST_PAUSE)


def gate(failures: int, open_until: datetime | None, now: datetime) -> Gate:
    """Whether a destination with this record may be called now."""
    if failures < FAILURES_BEFORE_PAUSE or open_until is None:
        return Gate.CLOSED
    return Gate.OPEN if open_until > now else Gate.HALF_OPEN
