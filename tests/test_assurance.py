"""The page on assurance: every promise once, with tests that exist, or why there is none."""

import re
from pathlib import Path

ROW = re.compile(r"^\| ([A-Z]-\d\d) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
# The number of promises by letter.
PROMISES = {"N": 16, "D": 7, "A": 12, "X": 15, "F": 5, "P": 7, "M": 4, "C": 2, "L": 8, "O": 8}
ROWS = ROW.findall(Path("docs/assurance.md").read_text("utf-8"))


def test_every_promise_has_one_line() -> None:
    wanted = [f"{letter}-{n:02}" for letter, count in PROMISES.items() for n in range(1, count + 1)]
    assert sorted(row[0] for row in ROWS) == sorted(wanted)


def test_every_test_exists() -> None:
    for promise, _, tests, _ in ROWS:
        for named in re.findall(r"`(tests(?:_real)?/[^`]+)`", tests):
            path, _, function = named.partition("::")
            assert Path(path).is_file(), (promise, named)
            text = Path(path).read_text("utf-8")
            assert not function or f"def {function}(" in text, (promise, named)


def test_promise_without_a_test_names_its_measurement() -> None:
    for promise, _, tests, figure in ROWS:
        if tests == "none":
            assert figure.startswith("`make bench`"), promise
        assert "not shown" not in figure, promise


def test_every_measurement_exists() -> None:
    measures = Path("benchmarks/__main__.py").read_text("utf-8")
    for promise, _, _, figure in ROWS:
        for named in re.findall(r"`make bench`, (\w+)", figure):
            assert f'"{named}": ' in measures, (promise, named)
