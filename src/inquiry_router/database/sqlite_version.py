"""The version of SQLite that this Python is linked with."""

import sqlite3


def sqlite_warning() -> str | None:
    """A warning if the linked SQLite has the WAL-reset bug, else None.

    The bug (sqlite.org/wal.html#walresetbug) is fixed in 3.51.3, 3.50.7 and 3.44.6. It cannot
    strike with one writing connection, as here.
    """
    version = sqlite3.sqlite_version_info
    fixed = (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )
    if fixed:
        return None
    return (
        f"SQLite {sqlite3.sqlite_version} has the WAL-reset bug; the service is safe because it "
        "writes through one connection only, so never open the file for writing with another "
        "program while it runs"
    )
