"""The schedule of retries and the circuit breaker."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.delivery.schedule import (
    MAX_ATTEMPTS,
    SCHEDULE,
    AttemptOutcome,
    Gate,
    find_gate,
    judge,
    pause_after,
    pause_before,
    read_retry_after,
)

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
S, M, H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def test_schedule_is_the_one_of_standard_webhooks() -> None:
    assert SCHEDULE == (0 * S, 5 * S, 5 * M, 30 * M, 2 * H, 5 * H, 10 * H, 14 * H, 20 * H, 24 * H)
    assert sum(SCHEDULE, timedelta()) == 75 * H + 35 * M + 5 * S


@pytest.mark.parametrize("attempt", range(1, MAX_ATTEMPTS + 1))
def test_jitter_spreads_a_pause_by_a_fifth(attempt: int) -> None:
    pause = SCHEDULE[attempt - 1]
    assert [pause_before(attempt, jitter) for jitter in (0, 0.5, 1)] == [
        0.8 * pause,
        pause,
        1.2 * pause,
    ]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_only_2xx_is_delivered(status: int) -> None:
    assert judge(status, None, attempt=1, now=NOW, jitter=0.5).outcome is AttemptOutcome.DELIVERED


@pytest.mark.parametrize(
    "status",
    [
        None,
        100,
        199,
        300,
        301,
        302,
        304,
        307,
        308,
        400,
        401,
        404,
        409,
        422,
        429,
        500,
        502,
        503,
        504,
        599,
    ],
)
def test_everything_else_is_retried_on_schedule(status: int | None) -> None:
    for attempt in range(1, MAX_ATTEMPTS):
        verdict = judge(status, None, attempt=attempt, now=NOW, jitter=0.5)
        assert (verdict.outcome, verdict.due_at, verdict.disable) == (
            AttemptOutcome.RETRY,
            NOW + SCHEDULE[attempt],
            False,
        )


@pytest.mark.parametrize("attempt", [10, 11, 500])
def test_delivery_is_dead_after_the_tenth_attempt(attempt: int) -> None:
    verdict = judge(503, "60", attempt=attempt, now=NOW, jitter=0.5)
    assert (verdict.outcome, verdict.due_at) == (AttemptOutcome.DEAD, None)
    assert (
        judge(200, None, attempt=attempt, now=NOW, jitter=0.5).outcome is AttemptOutcome.DELIVERED
    )


def test_410_disables_the_destination() -> None:
    verdict = judge(410, "60", attempt=1, now=NOW, jitter=0.5)
    assert (verdict.outcome, verdict.disable) == (AttemptOutcome.DEAD, True)


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        (None, 0 * S),
        ("", 0 * S),
        ("0", 0 * S),
        ("120", 120 * S),
        (" 120 ", 120 * S),
        ("86400", 24 * H),
        ("86401", 24 * H),
        ("99999999999999999999", 24 * H),
        ("9" * 5000, 24 * H),
        ("-5", 0 * S),
        ("1.5", 0 * S),
        ("١٢", 0 * S),
        ("soon", 0 * S),
        ("Fri, 20 Nov 2026 08:31:00 GMT", 60 * S),
        ("Fri, 20 Nov 2026 08:31:00", 60 * S),
        ("Friday, 20-Nov-26 08:31:00 GMT", 60 * S),
        ("Fri Nov 20 08:31:00 2026", 60 * S),
        ("Fri, 20 Nov 2026 09:31:00 +0100", 60 * S),
        ("Fri, 20 Nov 2026 08:29:00 GMT", 0 * S),
        ("Thu, 20 Nov 2098 08:31:00 GMT", 24 * H),
        ("Fri, 99 Nov 2026 08:31:00 GMT", 0 * S),
        ("Fri, 20 Nov 99999 08:31:00 GMT", 0 * S),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str | None, pause: timedelta) -> None:
    assert read_retry_after(header, NOW) == pause


@pytest.mark.parametrize(
    ("attempt", "header", "pause"),
    [
        (1, "120", 120 * S),  # longer than the schedule: the receiver asked for it
        (1, "1", 5 * S),  # shorter: the schedule still protects the receiver
        (9, "60", 24 * H),
        (4, "86400", 24 * H),
        (4, "864000", 24 * H),
    ],
)
def test_retry_after_lengthens_a_pause_and_never_shortens_it(
    attempt: int, header: str, pause: timedelta
) -> None:
    assert judge(503, header, attempt=attempt, now=NOW, jitter=0.5).due_at == NOW + pause


@given(
    st.one_of(st.none(), st.integers(0, 999)),
    st.one_of(st.none(), st.text()),
    st.integers(1, 20),
    st.floats(0, 1),
)
def test_any_answer_is_judged(
    status: int | None, header: str | None, attempt: int, jitter: float
) -> None:
    verdict = judge(status, header, attempt=attempt, now=NOW, jitter=jitter)
    assert (verdict.due_at is None) == (verdict.outcome is not AttemptOutcome.RETRY)
    if verdict.due_at is not None:
        assert 4 * S <= verdict.due_at - NOW <= 1.2 * 24 * H


@pytest.mark.parametrize(
    ("failures", "pause"),
    [
        (0, None),
        (4, None),
        (5, 30 * S),
        (6, 60 * S),
        (7, 120 * S),
        (8, 240 * S),
        (9, 480 * S),
        (10, 600 * S),
        (9999, 600 * S),
    ],
)
def test_pauses_begin_after_five_failures_and_grow_to_ten_minutes(
    failures: int, pause: timedelta | None
) -> None:
    assert pause_after(failures) == pause


@pytest.mark.parametrize(
    ("failures", "open_until", "expected"),
    [
        (0, None, Gate.CLOSED),
        (4, None, Gate.CLOSED),
        (5, NOW + S, Gate.OPEN),
        (5, NOW, Gate.HALF_OPEN),
        (5, NOW - S, Gate.HALF_OPEN),
        (0, NOW + S, Gate.CLOSED),
    ],
)
def test_gate_allows_one_probe_after_the_pause(
    failures: int, open_until: datetime | None, expected: Gate
) -> None:
    assert find_gate(failures, open_until, NOW) is expected
