"""Copy a PostgreSQL database by its own programs, pg_dump and pg_restore."""

import asyncio
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
from sqlalchemy import URL, make_url

from inquiry_router.process.settings import PREFIX, WrongSettings, environment_with
from inquiry_router.upkeep.copying import CopiedDatabase

_SCHEMA: Final = "public"
_CONNECT_S: Final = 10.0


class PostgresCopy:
    """Copies the schema `public`: one moment of it, while the service goes on writing."""

    kind = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = make_url(url.replace("postgres://", "postgresql://", 1)).set(
            drivername="postgresql"
        )

    def save(self, target: Path) -> CopiedDatabase:
        """Dump the schema."""
        copied = asyncio.run(self._count())
        self._run("pg_dump", "--format=custom", f"--schema={_SCHEMA}", f"--file={target}")
        return copied

    def load(self, copy: Path, now: datetime, *, replace: bool) -> str | None:
        """Restore into an empty schema; the present one gets another name."""
        aside = f"before_{now:%Y%m%d_%H%M%S}"
        has_tables = asyncio.run(self._prepare(aside, replace=replace))
        try:
            self._run(
                "pg_restore",
                "--no-owner",
                "--no-privileges",
                "--single-transaction",
                f"--schema={_SCHEMA}",
                str(copy),
            )
        except WrongSettings:
            asyncio.run(self._undo(aside if has_tables else None))
            raise
        return f"the schema {aside}" if has_tables else None

    async def _count(self) -> CopiedDatabase:
        connection = await self._connect()
        try:
            schema = await connection.fetchval("SELECT version_num FROM alembic_version")
            return CopiedDatabase(
                schema, await connection.fetchval("SELECT count(*) FROM inquiries")
            )
        except asyncpg.UndefinedTableError:
            raise WrongSettings(
                f"{PREFIX}DATABASE_URL: this database has no tables of inquiry-router"
            ) from None
        finally:
            await connection.close()

    async def _prepare(self, aside: str, *, replace: bool) -> bool:
        """Make room for the tables. True if the present ones were put into the schema `aside`."""
        connection = await self._connect()
        try:
            if not await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL"):
                return False
            if not replace:
                raise WrongSettings(
                    f"{PREFIX}DATABASE_URL: this database has inquiries already. With --replace "
                    "they are put aside, into another schema, and the backup takes their place"
                )
            others = await connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend'"
            )
            if others:
                raise WrongSettings(
                    f"{PREFIX}DATABASE_URL: {others} other connections use this database: stop "
                    "every process of the service first"
                )
            async with connection.transaction():
                await connection.execute(f"ALTER SCHEMA {_SCHEMA} RENAME TO {aside}")
                await connection.execute(f"CREATE SCHEMA {_SCHEMA}")
            return True
        except asyncpg.InsufficientPrivilegeError as error:
            raise WrongSettings(
                f"{PREFIX}DATABASE_URL: {error}: restore as the owner of the database"
            ) from None
        finally:
            await connection.close()

    async def _undo(self, aside: str | None) -> None:
        """Take the present tables back after a restore that failed."""
        if aside is None:
            return
        connection = await self._connect()
        try:
            async with connection.transaction():
                await connection.execute(f"DROP SCHEMA {_SCHEMA} CASCADE")
                await connection.execute(f"ALTER SCHEMA {aside} RENAME TO {_SCHEMA}")
        finally:
            await connection.close()

    async def _connect(self) -> Any:
        try:
            return await asyncpg.connect(
                self._url.render_as_string(hide_password=False), timeout=_CONNECT_S
            )
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            raise WrongSettings(
                f"{PREFIX}DATABASE_URL: the database cannot be reached: {error}"
            ) from None

    def _password(self) -> dict[str, str]:
        """The password for the environment; without one in the address that of PGPASSWORD holds."""
        return {} if self._url.password is None else {"PGPASSWORD": str(self._url.password)}

    def _run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL. Its password stands in the environment, not in the list."""
        found = shutil.which(program)
        if found is None:
            raise WrongSettings(
                f"{program} is not installed here. Install PostgreSQL's client programs of the "
                f"server's version or newer, or run {program} where PostgreSQL runs: "
                "docs/operate.md, 'Backup', has the commands"
            )
        command = [found, "--no-password", f"--dbname={_for_programs(self._url)}", *arguments]
        done = subprocess.run(  # noqa: S603 - the program is PostgreSQL's, the address the admin's
            command,
            env=environment_with(**self._password()),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise WrongSettings(f"{program} failed: {_first_lines(done.stderr)}")


def _for_programs(url: URL) -> str:
    """The address as PostgreSQL's programs read it: without the password, `ssl` as `sslmode`."""
    query = {("sslmode" if name == "ssl" else name): value for name, value in url.query.items()}
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return bare.render_as_string(hide_password=False)


def _first_lines(said: str) -> str:
    lines: Sequence[str] = [line.strip() for line in said.splitlines() if line.strip()]
    return "; ".join(lines[:3]) or "it said nothing"
