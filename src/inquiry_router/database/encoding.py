"""Values as the drivers take them, for statements that are written past SQLAlchemy."""

from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import JSON, Column, Dialect, String

from inquiry_router.database.tables import Utc, aware
from inquiry_router.inquiry.times import utc_text
from inquiry_router.inquiry.written import WrittenJson


def write_json(value: Any) -> str:
    """A JSON column's value as text; engines are given this instead of the slower serialiser of the standard library."""
    return _json_bytes(value).decode()


def _json_bytes(value: Any) -> bytes:
    return value if isinstance(value, WrittenJson) else to_json(value)


def column_encoder(column: Column[Any], dialect: Dialect) -> Any:
    """The function that makes a value of this column fit for a statement of ours, or None when it fits as it is.

    SQLite is given values, PostgreSQL everything as text.
    """
    if isinstance(column.type, Utc):
        return _sqlite_time if dialect.name == "sqlite" else _postgres_time
    if isinstance(column.type, JSON):
        return _sqlite_json if dialect.name == "sqlite" else _postgres_json
    if dialect.name == "sqlite" or isinstance(column.type, String):
        return None
    return _text


def column_placeholder(column: Column[Any]) -> str:
    """Where a value of this column goes in a statement for SQLite."""
    return "CAST(? AS TEXT)" if isinstance(column.type, JSON) else "?"


def _sqlite_json(value: Any) -> bytes | None:
    """JSON for SQLite, which can be handed text as bytes: what is written once is neither decoded nor encoded again."""
    return None if value is None else bytes(_json_bytes(value))  # of a class of ours the driver would want to know more


def _sqlite_time(moment: datetime | None) -> str | None:
    """A time as SQLAlchemy keeps it in SQLite, in a fifth of its time."""
    return None if (moment := aware(moment)) is None else utc_text(moment)


def _postgres_json(value: Any) -> str | None:
    return None if value is None else write_json(value)


def _postgres_time(moment: datetime | None) -> str | None:
    return None if (moment := aware(moment)) is None else f"{utc_text(moment)}+00"


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
