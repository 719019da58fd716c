"""Alembic's entry: runs on the connection that `inquiry_router.database.migrate` hands over."""

from alembic import context

from inquiry_router.database.metadata import Utc
from inquiry_router.schema import metadata


def render_item(kind: str, item: object, _: object) -> str | bool:
    """Write our time column as what it is to a database, so that a migration does not depend on today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Utc) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_item=render_item,
    compare_server_default=True,
)
context.run_migrations()
