"""Reports as JSON and as CSV that no spreadsheet takes for formulas. Pure."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

Row = Mapping[str, Any]
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Report:
    """A report: totals, tables, and sentences on what the figures do not say."""

    name: str
    totals: Row
    tables: Mapping[str, Sequence[Row]]
    notes: Sequence[str] = field(default=())


def as_csv(rows: Sequence[Row]) -> str:
    """Write rows; ranges become a column for each end."""
    flat = [_flat(row) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    for row in flat:
        writer.writerow([_cell(row.get(name)) for name in columns])
    return written.getvalue()


def _flat(row: Row) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}_{part}": inner for part, inner in _flat(value).items()}
        elif isinstance(value, list | tuple):
            flat[name] = ", ".join(map(str, value))
        else:
            flat[name] = value
    return flat


def _cell(value: Any) -> Any:
    """A number as it is; a text without the power to be a formula."""
    if isinstance(value, str) and value[:1] in _FORMULAS:
        return f"'{value}"
    return "" if value is None else value
