"""An import of the configuration, with what sources keep beside it."""

from datetime import datetime

from sqlalchemy import Connection

from inquiry_router.configuration.importing import ImportPlan, apply_plan, changed_sources
from inquiry_router.sources import mailbox_store

_TOKEN = "refresh_token"  # noqa: S105 - the name of a setting


def import_configuration(
    connection: Connection, plan: ImportPlan, actor: str, now: datetime
) -> None:
    """Store what the plan changes, and forget renewed tokens where the admin sets another one.

    Raises `PreconditionFailed` if somebody has changed the same meanwhile.
    """
    apply_plan(connection, plan, actor, now)
    for before, after in changed_sources(plan):
        if before is not None and before.settings.get(_TOKEN) != after.settings.get(_TOKEN):
            mailbox_store.forget_token(connection, after.id)
