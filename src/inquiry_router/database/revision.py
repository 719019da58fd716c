"""The revision of the configuration: incremented by every change, so that each process reloads."""

from sqlalchemy import Column, Connection, Integer, Table, insert, update

from inquiry_router.database.metadata import metadata

# One row.
configuration_revision = Table(
    "configuration_revision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
)


def count_up(connection: Connection) -> None:
    """Increment the revision, in the transaction of a change."""
    revision = configuration_revision.c.revision
    changed = connection.execute(update(configuration_revision).values(revision=revision + 1))
    if changed.rowcount == 0:
        connection.execute(insert(configuration_revision).values(id=1, revision=1))
