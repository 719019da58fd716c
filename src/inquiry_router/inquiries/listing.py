"""The list of inquiries: filters, pages, search."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, tuple_

from inquiry_router.inquiries.store import NEWEST_FIRST
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.text.folding import fold

MAX_SEARCHED_INQUIRIES = 20_000  # by `q`, for one page
_place = tuple_(inquiries.c.received_at, inquiries.c.id)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list of inquiries; None lets everything through."""

    category: str | None = None
    team: str | None = None
    status: str | None = None
    channel: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first, and the position after which the next page begins; None at the end."""

    rows: list[Row[Any]]
    next: tuple[datetime, str] | None


def list_inquiries(
    connection: Connection, filters: Filters, after: tuple[datetime, str] | None, limit: int
) -> Page:
    """List one page of inquiries, newest first.

    With `q`, a page looks through at most `MAX_SEARCHED_INQUIRIES`; it may hold fewer than `limit`
    and still have a next page.
    """
    query = _filtered(select(inquiries), filters)
    if after is not None:
        query = query.where(_place < tuple_(*after))
    end = None
    if filters.q is not None:
        end = _end_of_search(connection, query)
        if end is not None:
            query = query.where(_place >= tuple_(*end))
        query = query.where(inquiries.c.search.contains(fold(filters.q), autoescape=True))
    rows = list(connection.execute(query.order_by(*NEWEST_FIRST).limit(limit + 1)))
    return Page(rows[:limit], _position(rows[limit - 1]) if len(rows) > limit else end)


def _end_of_search(connection: Connection, query: Select[Any]) -> tuple[datetime, str] | None:
    """The position of the last inquiry that a search looks through, or None if it reaches all."""
    positions: Select[Any] = query.with_only_columns(inquiries.c.received_at, inquiries.c.id)
    last = positions.order_by(*NEWEST_FIRST).offset(MAX_SEARCHED_INQUIRIES - 1).limit(1)
    row = connection.execute(last).first()
    return None if row is None else _position(row)


def _filtered(query: Select[Any], filters: Filters) -> Select[Any]:
    for column in ("category", "team", "status", "channel"):
        value = getattr(filters, column)
        if value is not None:
            query = query.where(inquiries.c[column] == value)
    if filters.since is not None:
        query = query.where(inquiries.c.received_at >= filters.since)
    if filters.until is not None:
        query = query.where(inquiries.c.received_at < filters.until)
    return query


def _position(row: Row[Any]) -> tuple[datetime, str]:
    return row.received_at, row.id
