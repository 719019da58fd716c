"""Alembic's entry. Runs on the connection of `inquiry_router.database.migrate`."""

from alembic import context

from inquiry_router.database.metadata import Utc
from inquiry_router.schema import metadata


def render_item(kind: str, item: object, _: object) -> str | bool:
    """Write our time column as its database type: migrations must not depend on today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Utc) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_item=render_item,
    compare_server_default=True,
)
context.run_migrations()
