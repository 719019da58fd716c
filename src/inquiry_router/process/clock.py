"""The one place where the service looks at the clock. Everything that decides is handed `now`."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """This moment, aware and in UTC."""
    return datetime.now(UTC)
