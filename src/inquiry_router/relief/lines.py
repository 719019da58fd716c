"""Phone lines: numbers and extensions in one spelling, and whose they are. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from inquiry_router.text.phone_number import to_e164

MAX_LINES: Final = 50_000
_EXTENSION: Final = re.compile(r"\d{2,6}")
_BETWEEN: Final = re.compile(r"[,|/\t]+|\s{2,}")
_NUMBER: Final = re.compile(r"[+(]?\d[\d\s()./–-]*")


@lru_cache(maxsize=200_000)
def line_key(written: str) -> str:
    """Return a number in E.164, an extension as its digits, or "" if nobody can be seen in it."""
    bare = written.strip().strip("\"'").removeprefix("sip:").partition("@")[0]
    if _EXTENSION.fullmatch(bare):
        return bare
    return to_e164(bare) or ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Our salespeople's lines, and the owner of customers' lines where a file says it."""

    people: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the salespeople."""
        return tuple(dict.fromkeys(self.people.values()))


def read_salespeople(given: Iterable[str]) -> dict[str, str]:
    """Read entries such as `Jan Kowalski=+48 601 234 567, 204` into names by line.

    Raises `ValueError` with the cure.
    """
    found: dict[str, str] = {}
    for entry in given:
        name, equals, numbers = entry.partition("=")
        if not equals or not name.strip() or not numbers.strip():
            raise ValueError(
                f"'{entry}': write the name and the numbers, such as 'Jan Nowak=601 234 567, 204'"
            )
        _add(found, " ".join(name.split()), _BETWEEN.split(numbers.strip()), f"'{entry}'")
    return found


def read_lines_file(text: str, what: str) -> dict[str, str]:
    """Read a list with a name and numbers in each row, in any order and with any separator.

    Raises `ValueError` with line and cure.
    """
    found: dict[str, str] = {}
    first = text.partition("\n")[0]
    separator = max(";,\t|", key=first.count)
    for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=separator), 1):
        filled = [cell.strip() for cell in cells if cell.strip()]
        names = [cell for cell in filled if not _is_number_list(cell)]
        given = [cell for cell in filled if _is_number_list(cell)]
        numbers = [part for cell in given for part in _BETWEEN.split(cell)]
        if not filled or (number == 1 and not numbers):
            continue
        if not numbers or not names:
            raise ValueError(
                f"{what}, line {number}: it needs a name and a number, such as "
                "'Jan Nowak;601234567'"
            )
        _add(found, names[-1] if what == "owners" else names[0], numbers, f"{what}, line {number}")
    if not found:
        raise ValueError(f"{what}: the file has no row with a name and a number")
    return found


def _is_number_list(cell: str) -> bool:
    parts = [part for part in _BETWEEN.split(cell) if part.strip()]
    return bool(parts) and all(_NUMBER.fullmatch(part.strip()) for part in parts)


def _add(found: dict[str, str], name: str, numbers: Iterable[str], where: str) -> None:
    for number in filter(None, map(str.strip, numbers)):
        key = line_key(number)
        if not key:
            raise ValueError(f"{where}: '{number}' is no phone number or extension")
        if found.setdefault(key, name) != name:
            raise ValueError(f"{where}: {key} is given to '{found[key]}' already")
        if len(found) > MAX_LINES:
            raise ValueError(f"{where}: more than {MAX_LINES} numbers")
