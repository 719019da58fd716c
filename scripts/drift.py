"""Fail if openapi.yaml or the migrations differ from the code."""

import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from inquiry_router.api.web.openapi import render_yaml
from inquiry_router.app import make_app
from inquiry_router.database.migrate import upgrade
from inquiry_router.database.sqlite import sqlite_engine
from inquiry_router.process.settings import load_settings
from inquiry_router.schema import metadata


def main() -> int:
    problems = []
    committed = Path("openapi.yaml").read_text(encoding="utf-8")
    if render_yaml(make_app(load_settings(_env_file=None)).openapi()) != committed:
        problems.append(
            "openapi.yaml differs from the code: run 'make openapi' and look at the difference"
        )
    with tempfile.TemporaryDirectory() as folder:
        engine = sqlite_engine(Path(folder) / "drift.db")
        with engine.begin() as connection:
            upgrade(connection)
            differences = compare_metadata(MigrationContext.configure(connection), metadata)
        engine.dispose()
    if differences:
        problems.append(
            f"the migrations do not build the tables of inquiry_router.schema: {differences}"
        )
    for problem in problems:
        print(problem, file=sys.stderr)
    return len(problems)


if __name__ == "__main__":
    sys.exit(main())
