"""Import a file of accounts: read it, plan it, and store it in one transaction."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from inquiry_router.accounts.applying import PART, Overtaken, apply, look_up
from inquiry_router.accounts.planning import (
    AccountChange,
    AccountPlan,
    find_doubles,
    join_rows,
    plan,
)
from inquiry_router.accounts.reading import (
    FileRow,
    ImportProblem,
    ReadFile,
    read_csv,
    read_json_file,
)
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Conflict, Invalid

MAX_TRIES: Final = 3
# (done, of how many)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The choices of whoever imports. `columns` maps headings to fields, for CSV."""

    is_json: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    dry_run: bool = False
    skip_errors: bool = False


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The result of an import, or of its dry run. `stored`: something was stored."""

    rows: int
    created: int
    updated: int
    unchanged: int
    stored: bool
    problems: tuple[ImportProblem, ...]
    changes: tuple[AccountChange, ...]
    columns: Mapping[str, str]
    ignored: tuple[str, ...]


async def import_accounts(
    database: Database,
    content: bytes,
    options: ImportOptions,
    now: datetime,
    progress: Progress = lambda _done, _all: None,
) -> ImportResult:
    """Import a file. With problems nothing is stored, unless they are to be skipped.

    Raises `Invalid` if nothing of the file can be used, `Conflict` if others change accounts all
    the time.
    """
    try:
        read = await asyncio.to_thread(_read, content, options)
    except ValueError as error:
        sentence = str(error)
        raise Invalid(
            f"{sentence[:1].upper()}{sentence[1:]}.", hint="Mend it; nothing was imported."
        ) from None
    for _ in range(MAX_TRIES):
        made = await _plan(database, read, progress)
        result = _result(read, made, options)
        if not result.stored:
            return result
        try:
            await database.write(partial(apply, plan=made, now=now))
        except Overtaken:
            continue
        return result
    raise Conflict(
        "Others change accounts at the same time.", hint="Send the file again in a minute."
    )


def _read(content: bytes, options: ImportOptions) -> ReadFile:
    if options.is_json:
        return read_json_file(content)
    return read_csv(content, options.columns, options.encoding)


async def _plan(database: Database, read: ReadFile, progress: Progress) -> AccountPlan:
    """Compare the sound rows of a file with the database, a part at a time."""
    wrong = {problem.line for problem in read.problems}
    rows = join_rows(_copy(row) for row in read.rows if row.line not in wrong)
    doubles = find_doubles(rows)
    wrong = {problem.line for problem in doubles}
    whole = AccountPlan(problems=[*read.problems, *doubles])
    sound = [row for row in rows if wrong.isdisjoint(line for line, _ in row.places.values())]
    for begin in range(0, len(sound), PART):
        some = sound[begin : begin + PART]
        present = await database.scan(partial(look_up, rows=some))
        part = await asyncio.to_thread(plan, some, present)
        whole.changes += part.changes
        whole.unchanged += part.unchanged
        whole.problems += part.problems
        whole.freed += part.freed
        progress(min(begin + PART, len(sound)), len(sound))
    whole.problems.sort(key=lambda problem: problem.line)
    return whole


def _copy(row: FileRow) -> FileRow:
    """A row that others may be joined to; a second try begins with those of the file."""
    contacts = {name: dict(points) for name, points in row.contacts.items()}
    return FileRow(row.line, row.given, row.points.copy(), contacts, row.roles, row.places)


def _result(read: ReadFile, made: AccountPlan, options: ImportOptions) -> ImportResult:
    may = not made.problems or options.skip_errors
    return ImportResult(
        rows=read.lines,
        created=sum(change.before is None for change in made.changes),
        updated=sum(change.before is not None for change in made.changes),
        unchanged=made.unchanged,
        stored=may and not options.dry_run,
        problems=tuple(made.problems),
        changes=tuple(made.changes),
        columns=read.columns,
        ignored=tuple(read.ignored),
    )
