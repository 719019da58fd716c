"""The metadata and column types that every table shares.

Each room defines its tables in its own `tables.py`; `inquiry_router.schema` imports all of them.
The tables are the same on SQLite and PostgreSQL, and `migrations/` builds exactly them. Times are
UTC. Ids are UUIDv7 as text, so that `ORDER BY id` is the order of arrival.
"""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, MetaData, String, TypeDecorator

# The newest migration.
SCHEMA = "0032"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware datetime. SQLite, which keeps no time zone, stores it as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert a value for the database. Raises `ValueError` for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime must not be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert a value from the database."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


Id = String(36)
