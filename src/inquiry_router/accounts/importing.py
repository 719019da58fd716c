"""Import a file of accounts: read it, compare all of it, and then store it in short parts.

Intake waits for no more than one part. With problems nothing is stored; an import that was broken
off is finished by sending the file again.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
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

    Raises `Invalid` if nothing of the file can be used, `Conflict` if others change the same
    accounts all the time.
    """
    try:
        read = await asyncio.to_thread(_read, content, options)
    except ValueError as error:
        sentence = str(error)
        raise Invalid(
            f"{sentence[:1].upper()}{sentence[1:]}.", hint="Mend it; nothing was imported."
        ) from None
    rows, problems = _join(read)
    parts = [rows[begin : begin + PART] for begin in range(0, len(rows), PART)]
    plans = []
    for number, part in enumerate(parts, 1):
        plans.append(await _plan(database, part))
        progress(number, 2 * len(parts))
    problems += [problem for one in plans for problem in one.problems]
    stores = not options.dry_run and (not problems or options.skip_errors)
    if stores:
        for number, part in enumerate(parts):
            plans[number] = await _store(database, part, plans[number], now)
            progress(len(parts) + number + 1, 2 * len(parts))
        problems = [*_join(read)[1], *(problem for one in plans for problem in one.problems)]
    progress(1, 1)
    return _result(read, plans, problems, stores=stores)


def _read(content: bytes, options: ImportOptions) -> ReadFile:
    if options.is_json:
        return read_json_file(content)
    return read_csv(content, options.columns, options.encoding)


def _join(read: ReadFile) -> tuple[list[FileRow], list[ImportProblem]]:
    """The sound accounts of a file, and the problems of the others."""
    wrong = {problem.line for problem in read.problems}
    rows = join_rows(_copy(row) for row in read.rows if row.line not in wrong)
    doubles = find_doubles(rows)
    wrong = {problem.line for problem in doubles}
    sound = [row for row in rows if wrong.isdisjoint(line for line, _ in row.places.values())]
    return sound, [*read.problems, *doubles]


async def _plan(database: Database, rows: Sequence[FileRow]) -> AccountPlan:
    present = await database.scan(partial(look_up, rows=rows))
    return await asyncio.to_thread(plan, rows, present)


async def _store(
    database: Database, rows: Sequence[FileRow], made: AccountPlan, now: datetime
) -> AccountPlan:
    """Store a part. One that another writer overtook is planned again. Returns what was stored."""
    for _ in range(MAX_TRIES):
        try:
            await database.write(partial(apply, plan=made, now=now))
        except Overtaken:
            made = await _plan(database, rows)
        else:
            return made
    raise Conflict(
        "Others change the same accounts at the same time.",
        hint="Send the same file again in a minute: what is stored already is left as it is.",
    )


def _copy(row: FileRow) -> FileRow:
    """A row that others may be joined to."""
    contacts = {name: dict(points) for name, points in row.contacts.items()}
    return FileRow(row.line, row.given, row.points.copy(), contacts, row.roles, row.places)


def _result(
    read: ReadFile, plans: Sequence[AccountPlan], problems: list[ImportProblem], *, stores: bool
) -> ImportResult:
    changes = tuple(change for one in plans for change in one.changes)
    return ImportResult(
        rows=read.lines,
        created=sum(change.before is None for change in changes),
        updated=sum(change.before is not None for change in changes),
        unchanged=sum(one.unchanged for one in plans),
        stored=stores,
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        changes=changes,
        columns=read.columns,
        ignored=tuple(read.ignored),
    )
