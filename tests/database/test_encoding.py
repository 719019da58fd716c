"""Values as they are kept: what is written past SQLAlchemy is what SQLAlchemy would write."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from inquiry_router.database.encoding import column_encoder
from inquiry_router.database.tables import Utc, inquiries

MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9, minutes=-30))]))


@given(MOMENTS.filter(lambda moment: 1 < moment.year < 9999))
def test_a_time_in_sqlite(moment: datetime) -> None:
    theirs = Utc().dialect_impl(dialect()).bind_processor(dialect())
    assert column_encoder(inquiries.c.received_at, dialect())(moment) == theirs(moment)


def test_a_naive_time_is_refused_and_none_is_none() -> None:
    encode = column_encoder(inquiries.c.due_at, dialect())
    assert encode(None) is None
    with pytest.raises(ValueError, match="naive"):
        encode(datetime(2026, 11, 20))


def test_the_hour_that_autumn_repeats_is_kept_twice() -> None:
    encode = column_encoder(inquiries.c.received_at, dialect())
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Warsaw"))
    assert [encode(first), encode(first.replace(fold=1))] == ["2026-10-25 00:30:00.000000", "2026-10-25 01:30:00.000000"]
