"""Columns whose values are encrypted in the database, if there is a key (`process/secret_box`)."""

from typing import Any

from pydantic_core import from_json
from sqlalchemy import JSON, Connection, Dialect, Text, TypeDecorator, select, update

from inquiry_router.database.metadata import metadata
from inquiry_router.database.session import write_json
from inquiry_router.process.secret_box import box_of


class EncryptedText(TypeDecorator[str]):
    """A text that nobody can read in the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt a value for the database."""
        return box_of(dialect).lock(value) if value is not None else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt a value from the database."""
        return box_of(dialect).unlock(value) if value is not None else None


class EncryptedJson(TypeDecorator[Any]):
    """JSON that nobody can read in the database: there it is one text."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Encrypt a value for the database."""
        box = box_of(dialect)
        return box.lock(write_json(value)) if box.encrypts else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Decrypt a value from the database. An object was stored before there was a key."""
        return from_json(box_of(dialect).unlock(value)) if isinstance(value, str) else value


def encrypt_stored(connection: Connection) -> None:
    """Encrypt with the present key what was stored in the open, or with an older key."""
    if not box_of(connection.dialect).encrypts:
        return
    for table in metadata.sorted_tables:
        columns = [
            column
            for column in table.columns
            if isinstance(column.type, EncryptedText | EncryptedJson)
        ]
        for row in connection.execute(select(table)).all() if columns else ():
            this = [key == row._mapping[key.name] for key in table.primary_key.columns]
            values = {column.name: row._mapping[column.name] for column in columns}
            connection.execute(update(table).where(*this).values(values))
