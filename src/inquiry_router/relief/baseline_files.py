"""Read a file of last year, whichever kind it is, into counts. Nothing of it is stored here."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from inquiry_router.inquiry.errors import Invalid
from inquiry_router.relief.baseline_model import BaselineCounts
from inquiry_router.relief.call_reading import BadFile, ReadCalls, read_calls
from inquiry_router.relief.counting import Counted, count_calls
from inquiry_router.relief.diary import looks_like_diary, read_diary
from inquiry_router.relief.lines import Lines
from inquiry_router.relief.phone_tag import loops_json
from inquiry_router.relief.text_stream import opened_text

WARSAW: Final = "Europe/Warsaw"
_BLOCK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileOptions:
    """The choices of whoever reads a file.

    `accounts` are the accounts of customers' lines. Without `by_person` salespeople are added up.
    """

    lines: Lines = field(default_factory=Lines)
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    zone: str = WARSAW
    met_after_s: int = 15
    loop_hours: int = 72
    accounts: Mapping[str, str] = field(default_factory=dict)
    by_person: bool = False
    name: str = ""


def count_file(path: Path, options: FileOptions) -> BaselineCounts:
    """Count a call log or a diary. Raises `Invalid`, with every problem."""
    try:
        with opened_text(path, options.encoding) as text:
            if is_diary(path, options):
                counts = _count_diary(path, text, options)
            else:
                counts = _count_log(path, text, options)
    except BadFile as bad:
        raise refused(bad) from None
    except ValueError as error:
        raise Invalid(f"The file cannot be read: {error}.") from None
    return counts if options.by_person else counts.without_people()


def is_diary(path: Path, options: FileOptions) -> bool:
    """True if the first line is the heading of a diary."""
    with opened_text(path, options.encoding) as text:
        first = next(iter(text), "")
    separator = max(";,\t|", key=first.count)
    return looks_like_diary(first.strip().split(separator))


def refused(bad: BadFile) -> Invalid:
    """The answer to a file with problems."""
    first, count = bad.problems[0], len(bad.problems)
    where = f"line {first.line}" + (f", {first.column}" if first.column else "")
    errors = [
        {
            "field": f"line {one.line}" + (f", {one.column}" if one.column else ""),
            "message": one.message,
        }
        for one in bad.problems
    ]
    more = f" ({count - 1} more)" if count > 1 else ""
    return Invalid(
        f"{where}: {first.message}{more}.", hint="Mend it; nothing was stored.", errors=errors
    )


def digest_of(path: Path, *choices: object) -> str:
    """The SHA-256 of a file and of the choices with which it is read."""
    found = hashlib.sha256(json.dumps([str(one) for one in choices]).encode())
    with path.open("rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            found.update(block)
    return found.hexdigest()


def _count_log(path: Path, text: Any, options: FileOptions) -> BaselineCounts:
    if not options.lines.people:
        raise ValueError(
            "a call log needs the salespeople's numbers, such as 'Jan Nowak=601 234 567, 204'"
        )
    read = read_calls(text, options.lines, options.columns, options.zone)
    if not read.calls:
        raise ValueError(
            f"none of its {read.rows} rows is a call of {', '.join(options.lines.names[:5])}: "
            "are the numbers written as in the file? Give extensions too"
        )
    accounts = {**options.lines.owners, **options.accounts}
    counted = count_calls(
        read.calls, options.met_after_s, options.loop_hours, accounts, options.zone
    )
    return _counts("calls", path, options, counted, _known_of_calls(read, counted))


def _known_of_calls(read: ReadCalls, counted: Counted) -> dict[str, Any]:
    outgoing = sum(call.outgoing for call in read.calls)
    return {
        "program": read.layout.program,
        "rows": read.rows,
        "calls": len(read.calls),
        "outgoing": outgoing,
        "missed": sum(call.talk_s == 0 and not call.outgoing for call in read.calls),
        "people": len({call.person for call in read.calls}),
        "left_out": dict(read.left_out),
        "ignored_columns": list(read.layout.ignored),
        "phone_tag": loops_json(counted.loops),
    }


def _count_diary(path: Path, text: Any, options: FileOptions) -> BaselineCounts:
    read = read_diary(text, options.zone)
    known = {"rows": read.rows, "people": len(read.people)}
    counts = _counts("diary", path, options, read.counted, known)
    return replace(counts, service=read.service, others=read.others)


def _counts(
    kind: Any, path: Path, options: FileOptions, counted: Counted, known: Mapping[str, Any]
) -> BaselineCounts:
    zone = ZoneInfo(options.zone)
    begin = counted.begin.astimezone(zone).date() if counted.begin else None
    end = counted.end.astimezone(zone).date() if counted.end else None
    choices = (sorted(options.lines.people.items()), sorted(options.columns.items()), options.zone)
    digest = digest_of(path, *choices)
    return BaselineCounts(kind, options.name or path.name, digest, counted.cells, known, begin, end)
