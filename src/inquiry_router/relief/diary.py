"""Read a diary or a tally: rows with a day, a salesperson, and how many matters of each kind. Pure.

One row may be one matter, or a day's strokes on a tally sheet.
"""

import csv
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from inquiry_router.inquiry.categories import CATEGORY_IDS, OTHER, SALES_IDS
from inquiry_router.inquiry.model import Channel
from inquiry_router.relief.call_reading import MAX_PROBLEMS, BadFile, FileProblem
from inquiry_router.relief.call_values import DayOrder, day_order, read_moment
from inquiry_router.relief.costs import Spent, add_up
from inquiry_router.relief.counting import CellKey, Counted
from inquiry_router.text.folding import fold

MAX_ROWS: Final = 500_000
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "day": ("data", "dzien", "date", "day", "datum", "kiedy"),
    "person": ("handlowiec", "opiekun", "osoba", "salesperson", "person", "kto", "verkaufer"),
    "channel": ("kanal", "channel", "jak", "medium"),
    "category": ("kategoria", "category", "rodzaj", "sprawa", "temat"),
    "service": ("serwisowe", "sprawy serwisowe", "service", "service matters", "serwis", "liczba"),
    "other": ("inne", "handlowe", "sprzedaz", "sales", "other", "pozostale"),
    "minutes": ("minuty", "minutes", "czas", "czas min", "min", "minut"),
}
_FIELD_OF: Final = {word: name for name, words in _WORDS.items() for word in words}
_CHANNELS: Final = {
    **{one.value: one.value for one in Channel},
    **dict.fromkeys(("telefon", "tel", "rozmowa", "call"), "phone"),
    **dict.fromkeys(("mail", "e-mail", "poczta"), "email"),
    **dict.fromkeys(("czat", "whatsapp", "sms", "teams"), "chat"),
    **dict.fromkeys(("osobiscie", "notatka", "inne", "other"), "note"),
}
_CATEGORIES: Final = {
    **{one: one for one in CATEGORY_IDS},
    **dict.fromkeys(("reklamacja", "usterka", "awaria", "serwis", "naprawa"), "defect"),
    **dict.fromkeys(
        ("zamowienie", "faktura", "dostawa", "obsluga zamowienia", "status"), "order_support"
    ),
    **dict.fromkeys(("katalog", "cennik", "materialy", "dokumentacja"), "catalog_request"),
}
_NUMBER: Final = re.compile(r"\d{1,6}(?:[.,]\d{1,2})?")


@dataclass(slots=True)
class ReadDiary:
    """The counts of a diary, and how many matters were service and how many were not."""

    counted: Counted = field(default_factory=Counted)
    service: int = 0
    others: int = 0
    rows: int = 0
    people: Counter[str] = field(default_factory=Counter)


def looks_like_diary(heading: Sequence[str]) -> bool:
    """True if a heading has a day and a salesperson."""
    fields = {_FIELD_OF.get(_bare(one)) for one in heading}
    return {"day", "person"} <= fields


def read_diary(text: Iterable[str], zone: str) -> ReadDiary:
    """Read a diary or a tally. Raises `BadFile`."""
    rows, places = _begin(iter(text))
    sample = list(itertools.islice(rows, 500))
    order = day_order([cells[places["day"]] for _, cells in sample if places["day"] < len(cells)])
    found, problems = ReadDiary(), []
    parts: dict[CellKey, list[Spent]] = defaultdict(list)
    for number, cells in itertools.chain(sample, rows):
        if not any(cell.strip() for cell in cells):
            continue
        found.rows += 1
        try:
            _add(found, parts, {name: _at(cells, place) for name, place in places.items()}, order)
        except _WrongField as wrong:
            problems.append(FileProblem(number, wrong.field, wrong.message))
        if len(problems) >= MAX_PROBLEMS or found.rows > MAX_ROWS:
            break
    if found.rows == 0:
        problems = [FileProblem(2, "", "there is no row below the heading")]
    if found.rows > MAX_ROWS:
        problems = [FileProblem(MAX_ROWS, "", f"more than {MAX_ROWS} rows: cut the file")]
    if problems:
        raise BadFile(problems)
    found.counted.cells = {key: add_up(some) for key, some in parts.items()}
    return found


class _WrongField(Exception):
    """A cell that cannot be read."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = name, message


def _begin(
    text: Iterable[str],
) -> tuple[Iterable[tuple[int, list[str]]], dict[str, int]]:
    lines = iter(text)
    heading = next(lines, "")
    separator = max(";,\t|", key=heading.count)
    cells = next(csv.reader([heading], delimiter=separator), [])
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = _FIELD_OF.get(_bare(cell))
        if name is not None:
            places.setdefault(name, place)
    if not {"day", "person"} <= set(places):
        message = "a diary has the columns Data and Handlowiec (date and salesperson) at least"
        raise BadFile([FileProblem(1, "", message)])
    reader = csv.reader(lines, delimiter=separator)
    return ((reader.line_num + 1, row) for row in reader), places


def _bare(heading: str) -> str:
    return " ".join(re.sub(r"\W+", " ", fold(heading.removeprefix("\ufeff"))).split())


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _add(
    found: ReadDiary,
    parts: dict[CellKey, list[Spent]],
    row: Mapping[str, str],
    order: DayOrder,
) -> None:
    """Count one row. Raises `_WrongField`."""
    if not row["person"]:
        raise _WrongField("person", "a name is missing")
    try:
        written = row["day"].split(" ")[0].split("T")[0]
        day = read_moment(f"{written} 12:00", order, "UTC")
    except ValueError:
        raise _WrongField("day", f"'{row['day'][:40]}' is no day, such as 2026-03-02") from None
    channel = _named(row, "channel", _CHANNELS, "phone")
    category = _named(row, "category", _CATEGORIES, "")
    service = _number(row, "service", 1)
    others = _number(row, "other", 0)
    minutes = _number(row, "minutes", 0)
    person = " ".join(row["person"].split())
    if category in SALES_IDS or category == OTHER:
        service, others = 0, others + service
    matters = {} if minutes or not service else {(channel, category, ""): round(service)}
    measured_s = round(60 * minutes) if service else 0
    key = CellKey(f"{day:%Y-%m}", person, "", channel, category)
    parts[key].append(Spent(matters=matters, measured_s=measured_s))
    found.service += round(service)
    found.others += round(others)
    found.people[person] += round(service)
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    found.counted.begin = min(found.counted.begin or at, at)
    found.counted.end = max(found.counted.end or at, at)


def _named(row: Mapping[str, str], name: str, names: Mapping[str, str], default: str) -> str:
    written = row.get(name, "")
    if not written:
        return default
    known = names.get(fold(written).strip())
    if known is None:
        raise _WrongField(name, f"'{written[:40]}' is not known; write one of {', '.join(names)}")
    return known


def _number(row: Mapping[str, str], name: str, default: float) -> float:
    written = row.get(name, "")
    if not written:
        return default
    if _NUMBER.fullmatch(written) is None:
        raise _WrongField(name, f"'{written[:40]}' is no number, such as 12")
    return float(written.replace(",", "."))
