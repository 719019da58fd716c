"""Rules of language that a linter does not know. Words themselves are in `docs/glossary.md`."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

MAX_COLUMNS = 100
WH_OPENER = re.compile(
    r"(what|who|whom|whose|whether|how|where|when|which|why|that|as)\b", re.IGNORECASE
)
SOURCE = sorted(Path("src/inquiry_router").rglob("*.py"))
CODE = [
    *SOURCE,
    *(
        path
        for folder in ("benchmarks", "migrations", "scripts", "tests", "tests_real", "training")
        for path in sorted(Path(folder).rglob("*.py"))
    ),
]
PROSE = sorted([*Path().glob("*.md"), *Path("docs").rglob("*.md")])


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield getattr(node, "lineno", 1), text


def prose_lines(text: str) -> Iterator[tuple[int, str]]:
    """Number and text of each line, without tables and code that cannot be broken."""
    in_code = False
    for number, line in enumerate(text.splitlines(), 1):
        fence = line.lstrip().startswith("```")
        in_code ^= fence
        is_table = line.startswith("|") and not in_code
        unbreakable = in_code and ("://" in line or line.lstrip().startswith('"text": '))
        if not (is_table or unbreakable):
            yield number, line


@pytest.mark.parametrize("path", SOURCE, ids=str)
def test_docstring_begins_with_a_verb_or_a_noun(path: Path) -> None:
    assert [entry for entry in docstrings(path) if WH_OPENER.match(entry[1])] == []


@pytest.mark.parametrize("path", CODE, ids=str)
def test_code_fits_into_the_columns(path: Path) -> None:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    assert [number for number, line in lines if len(line) > MAX_COLUMNS] == []


@pytest.mark.parametrize("path", PROSE, ids=str)
def test_prose_fits_into_the_columns(path: Path) -> None:
    lines = prose_lines(path.read_text(encoding="utf-8"))
    assert [number for number, line in lines if len(line) > MAX_COLUMNS] == []


def test_class_name_has_one_meaning() -> None:
    names = Counter(
        node.name
        for path in SOURCE
        if "schemas" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in names.items() if count > 1] == []
