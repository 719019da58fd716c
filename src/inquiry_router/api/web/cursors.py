"""Cursors of pages: a time and an id, written so that nobody is tempted to build one."""

import base64
import binascii
import re
from datetime import UTC, datetime

from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.rendering import read_time


def format_cursor(position: tuple[datetime, str] | None) -> str | None:
    """Write a position; None where there is no further page."""
    if position is None:
        return None
    moment, row_id = position
    written = f"{moment.astimezone(UTC).isoformat()} {row_id}"
    return base64.urlsafe_b64encode(written.encode()).decode()


def parse_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """Read what `format_cursor` wrote. Raises `Invalid`."""
    if cursor is None:
        return None
    try:
        written = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode("ascii")
        moment, row_id = written.split(" ")
        position = read_time(moment)
        if (
            position is None
            or position.tzinfo is None
            or not re.fullmatch(r"[0-9a-f-]{36}", row_id)
        ):
            raise ValueError
    except (ValueError, binascii.Error, OverflowError):
        raise Invalid(
            "The cursor was not made by this service.", hint="Send next_cursor as it was answered."
        ) from None
    return position, row_id
