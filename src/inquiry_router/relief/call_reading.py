"""Read a call log in a stream: rows of one layout into calls. Pure.

All problems are collected, each with its line and column, so that one look mends the file.
"""

import csv
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from inquiry_router.relief.call_columns import (
    CallLayout,
    asterisk_layout,
    is_asterisk,
    layout_by_headings,
)
from inquiry_router.relief.call_values import (
    DayOrder,
    day_order,
    read_length,
    read_moment,
    read_result,
)
from inquiry_router.relief.lines import Lines, line_key

MAX_CALLS: Final = 3_000_000
MAX_PROBLEMS: Final = 50
# Rows that are looked at before the first is read.
_SAMPLE: Final = 2_000
_MAX_LENGTH_S: Final = 24 * 3600
_OUT: Final = ("out", "outbound", "outgoing", "wychodzace", "wychodzące", "wych.", "ausgehend")
_IN: Final = ("in", "inbound", "incoming", "przychodzace", "przychodzące", "przych.", "eingehend")
# Rows of a mobile bill that are no calls.
_NO_CALLS: Final = ("sms", "mms", "gprs", "internet", "dane", "transmisja", "data", "pakiet")
_SEPARATORS: Final = ";,\t|"


class LoggedCall(NamedTuple):
    """A call between a salesperson and somebody else. `talk_s` is 0 if nobody answered."""

    at: datetime
    person: str
    other: str
    outgoing: bool
    ring_s: int
    talk_s: int


class FileProblem(NamedTuple):
    """Something in a file that is wrong: where, and what to do."""

    line: int
    column: str
    message: str


class BadFile(Exception):
    """A file that cannot be used, with its problems."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


@dataclass(slots=True)
class ReadCalls:
    """The calls of a file, and what was left out."""

    layout: CallLayout
    calls: list[LoggedCall] = field(default_factory=list)
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def read_calls(
    text: Iterable[str], lines: Lines, columns: Mapping[str, str], zone: str
) -> ReadCalls:
    """Read the lines of a call log. Raises `BadFile`."""
    return _Reading(text, lines, columns, zone).read()


class _Reading:
    """The reading of one file."""

    def __init__(
        self, text: Iterable[str], lines: Lines, columns: Mapping[str, str], zone: str
    ) -> None:
        self._lines = lines
        self._zone = zone
        self._problems: list[FileProblem] = []
        self._rows, self._layout, self._order = self._begin(iter(text), columns)

    def _begin(
        self, text: Iterator[str], columns: Mapping[str, str]
    ) -> tuple[Iterator[tuple[int, list[str]]], CallLayout, DayOrder]:
        """Find separator, layout and the order of day and month from the first rows."""
        head = list(itertools.islice(text, 2))
        skipped = 0
        separator = _separator_line(head)
        if separator is not None:
            head, skipped = head[1:], 1
        separator = separator or max(_SEPARATORS, key=(head or [""])[0].count)
        rows = _numbered(itertools.chain(head, text), separator, skipped)
        first = next(rows, None)
        if first is None:
            raise BadFile([FileProblem(1, "", "the file is empty")])
        if is_asterisk(first[1]):
            layout, kept = asterisk_layout(), [first]
        else:
            try:
                layout, kept = layout_by_headings(first[1], columns), []
            except ValueError as error:
                raise BadFile([FileProblem(first[0], "", str(error))]) from None
        sample = [*kept, *itertools.islice(rows, _SAMPLE)]
        field_ = "at" if "at" in layout.places else "date"
        place = layout.places[field_]
        order = day_order([cells[place] for _, cells in sample if place < len(cells)])
        return itertools.chain(sample, rows), layout, order

    def read(self) -> ReadCalls:
        """Read every row. Raises `BadFile`."""
        found = ReadCalls(self._layout)
        for number, cells in self._rows:
            if not any(cell.strip() for cell in cells):
                continue
            found.rows += 1
            self._add(found, number, cells)
            if len(self._problems) >= MAX_PROBLEMS:
                break
            if len(found.calls) > MAX_CALLS:
                message = f"more than {MAX_CALLS} calls of salespeople: cut the file by month"
                raise BadFile([FileProblem(number, "", message)])
        if self._problems:
            raise BadFile(self._problems)
        return found

    def _add(self, found: ReadCalls, number: int, cells: list[str]) -> None:
        if max(self._layout.places.values()) >= len(cells) + 2 or len(cells) < 3:
            message = (
                f"the line has {len(cells)} cells, fewer than the others: is a separator missing, "
                "or a quotation mark not closed?"
            )
            self._problems.append(FileProblem(number, "", message))
            return
        direction = self._cell(cells, "direction").casefold()
        if any(word in direction for word in _NO_CALLS):
            found.left_out["no_call"] += 1
            return
        ends = self._ends(cells, direction)
        if ends is None:
            found.left_out["of_others"] += 1
            return
        person, other, outgoing = ends
        if other in self._lines.people or (other.isdigit() and len(other) <= 6):
            found.left_out["between_colleagues"] += 1
            return
        try:
            at, ring_s, talk_s = self._times(cells)
        except _WrongCell as wrong:
            name = self._layout.name(wrong.field)
            self._problems.append(FileProblem(number, name, wrong.message))
            return
        if not other:
            found.left_out["number_withheld"] += 1
        found.calls.append(LoggedCall(at, person, other, outgoing, ring_s, talk_s))

    def _cell(self, cells: list[str], name: str) -> str:
        place = self._layout.places.get(name)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    def _ends(self, cells: list[str], direction: str) -> tuple[str, str, bool] | None:
        """The salesperson, the other line, and if the salesperson rang; None if none did."""
        people = self._lines.people
        if "own" in self._layout.places:
            person = people.get(line_key(self._cell(cells, "own")))
            other = line_key(self._cell(cells, "other"))
            return (person, other, direction not in _IN) if person is not None else None
        caller, called = (line_key(self._cell(cells, name)) for name in ("from", "to"))
        rang, answers = people.get(caller), people.get(called)
        if rang is None and answers is None:
            rang = people.get(self._device(cells, "from_device"))
            answers = people.get(self._device(cells, "to_device"))
        if rang is not None and answers is not None:
            return rang, called if called in people else "0", True
        if rang is not None:
            return rang, called, True
        if answers is not None:
            return answers, caller, False
        return None

    def _device(self, cells: list[str], name: str) -> str:
        """The extension in a channel such as `PJSIP/204-0000002a`."""
        return self._cell(cells, name).partition("/")[2].partition("-")[0].partition("@")[0]

    def _times(self, cells: list[str]) -> tuple[datetime, int, int]:
        """The moment of a call, and the seconds of ringing and talking. Raises `_WrongCell`."""
        places = self._layout.places
        try:
            if "at" in places:
                wrong, written = "at", self._cell(cells, "at")
            else:
                wrong = "date"
                written = f"{self._cell(cells, 'date')} {self._cell(cells, 'time')}"
            at = read_moment(written, self._order, self._zone)
            whole = self._length(cells, wrong := "length")
            talk = self._length(cells, wrong := "talk")
            ring = self._length(cells, wrong := "ring")
        except ValueError as error:
            raise _WrongCell(wrong, str(error)) from None
        answered = read_result(self._cell(cells, "result")) if "result" in places else None
        if "talk" not in places:
            talk = max(0, whole - ring)
        if answered is False:
            return at, max(ring, whole), 0
        return at, max(ring, whole - talk if "length" in places else 0), talk

    def _length(self, cells: list[str], name: str) -> int:
        seconds = read_length(self._cell(cells, name)) if name in self._layout.places else 0
        if seconds > _MAX_LENGTH_S:
            raise ValueError(f"'{self._cell(cells, name)}' is longer than a day")
        return seconds


class _WrongCell(Exception):
    """A cell that cannot be read."""

    def __init__(self, field_: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field_, message


def _separator_line(head: Sequence[str]) -> str | None:
    """The separator in Excel's line `sep=;`."""
    first = head[0].strip().lower() if head else ""
    return first[-1] if first.startswith("sep=") and len(first) == len("sep=;") else None


def _numbered(text: Iterator[str], separator: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of their line. Raises `BadFile` for quotes that never close."""
    reader = csv.reader(text, delimiter=separator)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"it cannot be read: {error}; is a quotation mark not closed?"
            raise BadFile([FileProblem(reader.line_num + skipped, "", message)]) from None
        yield reader.line_num + skipped, cells
