"""Migration 0027 builds exactly the tables of the room, up and down."""

import pytest
from sqlalchemy import Connection, Table, inspect

from inquiry_router.database.migrate import downgrade, upgrade
from inquiry_router.referrals import tables
from tests.calls.test_migration import on_database

pytestmark = pytest.mark.anyio
MINE = {one.name for one in vars(tables).values() if isinstance(one, Table)}


def go_down_and_up(connection: Connection) -> None:
    downgrade(connection, "0027")
    downgrade(connection, "-1")
    assert MINE.isdisjoint(inspect(connection).get_table_names())
    upgrade(connection)
    assert set(inspect(connection).get_table_names()) >= MINE


async def test_tables_go_and_come_back(database_url: str) -> None:
    await on_database(database_url, go_down_and_up)
