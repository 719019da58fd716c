"""The schema: the tables of every room."""

import ast
from pathlib import Path

from inquiry_router.schema import metadata

ROOT = Path("src/inquiry_router")


def defined_tables() -> set[str]:
    """The names in all calls of `Table(...)` in the source."""
    calls = [
        node
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Table"
    ]
    return {str(ast.literal_eval(call.args[0])) for call in calls}


def test_metadata_holds_every_table_of_the_source() -> None:
    assert len(metadata.tables) >= 16
    assert set(metadata.tables) == defined_tables()
