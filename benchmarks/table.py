"""The table that `make bench` prints."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. `met` is None where nothing is wanted, only told."""

    what: str
    where: str
    value: str
    wanted: str = ""
    met: bool | None = None


def at_least(what: str, where: str, value: float, wanted: float, note: str = "") -> Line:
    """A figure that wants to be high."""
    return Line(what, where, f"{value:.2f}{note}", f">= {wanted:g}", value >= wanted)


def at_most(what: str, where: str, value: float, wanted: float, note: str = "") -> Line:
    """A figure that wants to be low."""
    return Line(what, where, f"{value:.2f}{note}", f"<= {wanted:g}", value <= wanted)


def told(what: str, where: str, value: str) -> Line:
    """A figure for information."""
    return Line(what, where, value)


def written(lines: list[Line]) -> str:
    """The lines in columns."""
    head = Line("figure", "where", "measured", "wanted")
    rows = [
        (line.what, line.where, line.value, line.wanted, _verdict(line)) for line in (head, *lines)
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    texts = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([texts[0], "-" * max(map(len, texts)), *texts[1:]])


def _verdict(line: Line) -> str:
    return "" if line.met is None else "met" if line.met else "missed"
