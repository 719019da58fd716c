"""A read that does not end by itself."""

from sqlalchemy import Connection, text

_ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(600)",
}


def read_for_ever(connection: Connection) -> None:
    connection.execute(text(_ENDLESS[connection.dialect.name]))
