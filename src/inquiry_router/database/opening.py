"""The choice between SQLite and PostgreSQL."""

from inquiry_router.database.session import Database
from inquiry_router.process.secret_box import secret_box_of
from inquiry_router.process.settings import Settings


def open_database(settings: Settings) -> Database:
    """Make the database of the settings, not yet connected."""
    box = secret_box_of(settings)
    if settings.is_sqlite:
        from inquiry_router.database.sqlite import SqliteDatabase

        return SqliteDatabase(
            settings.sqlite_path, settings.queue_size, settings.answer_timeout_s, box
        )
    from inquiry_router.database.postgres import PostgresDatabase

    return PostgresDatabase(
        settings.database_url,
        settings.queue_size,
        settings.answer_timeout_s,
        settings.postgres_pool_size,
        box,
    )
