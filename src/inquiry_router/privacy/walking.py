"""Walk over tables in windows of rows, looking for a person.

One statement over a whole table would be stopped after some seconds, and hold up others.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    cast,
    func,
    literal,
    or_,
    select,
)

from inquiry_router.database.session import Database
from inquiry_router.privacy.mapped_table import MappedTable
from inquiry_router.privacy.person import Person
from inquiry_router.text.folding import fold

# Some hundredths of a second on an idle machine.
WINDOW: Final = 1_000
# Characters between the digits of a number; "\\n" is a line's end inside stored JSON.
_SEPARATORS: Final = (" ", "-", ".", "(", ")", "/", "–", "\u00a0", "\n", "\t", "\\n")


async def find_rows(
    database: Database, entry: MappedTable, person: Person, *, by_name: bool = False
) -> list[Row[Any]]:
    """Find the rows of a table that mention the person, with all their columns."""
    condition = mentions(entry, person, by_name=by_name)
    if condition is None:
        return []
    found: list[Row[Any]] = []
    async for window in _windows(database, entry):
        query = select(entry.table).where(window, condition)
        if entry.searched is not None:
            query = query.where(entry.searched)
        rows = await database.scan(_reader(query))
        found += [row for row in rows if _is_mentioned(row, entry, person, by_name=by_name)]
    return found


async def find_rows_with(database: Database, entry: MappedTable, text: str) -> list[Row[Any]]:
    """Find the rows of a table with a text, such as an id, in one of the personal columns."""
    columns = [cast(entry.table.c[name], Text) for name in entry.personal]
    has_it = or_(*(column.contains(text, autoescape=True) for column in columns))
    found: list[Row[Any]] = []
    async for window in _windows(database, entry):
        found += await database.scan(_reader(select(entry.table).where(window, has_it)))
    return found


def mentions(entry: MappedTable, person: Person, *, by_name: bool) -> ColumnElement[bool] | None:
    """Return a condition for rows that may mention the person: more than do, never fewer."""
    texts = [func.coalesce(cast(entry.table.c[name], Text), "") for name in entry.personal]
    if not texts:
        return None
    whole: Any = texts[0]
    for one in texts[1:]:
        whole = whole + literal("\n") + one
    lower: Any = func.lower(whole)
    digits: Any = whole
    for separator in _SEPARATORS:
        digits = func.replace(digits, separator, "")
    wanted = [
        *(lower.contains(one, autoescape=True) for one in _addresses(person)),
        *(digits.contains(one) for one in person.local_numbers),
        *(whole.contains(one, autoescape=True) for one in _spellings(person, by_name=by_name)),
    ]
    return or_(*wanted) if wanted else None


def texts_of(row: Row[Any], entry: MappedTable) -> Iterator[str]:
    """All texts in the personal columns of a row."""
    for name in entry.personal:
        yield from _texts_in(row._mapping[name])


def _is_mentioned(row: Row[Any], entry: MappedTable, person: Person, *, by_name: bool) -> bool:
    return any(person.is_mentioned(text, by_name=by_name) for text in texts_of(row, entry))


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts_in(one)


def _addresses(person: Person) -> Iterator[str]:
    for email in sorted(person.emails):
        yield email
        yield email.replace("@", "%40")


def _spellings(person: Person, *, by_name: bool) -> Iterable[str]:
    """The last name as databases can look for it: neither folds letters as we do."""
    if not by_name:
        return ()
    last = [name.split()[-1] for name in person.names]
    ways = (str, str.lower, str.upper, str.title, fold, lambda word: fold(word).title())
    return dict.fromkeys(way(word) for word in last for way in ways)


async def _windows(database: Database, entry: MappedTable) -> Any:
    """Yield a condition for each window of the table, by the first column of its key."""
    key = next(iter(entry.table.primary_key.columns))
    after: Any = None
    while True:
        start = literal(True) if after is None else key > after
        query = select(key).where(start).order_by(key).offset(WINDOW - 1).limit(1)
        ends = await database.scan(_reader(query))
        if not ends:
            yield start
            return
        after, begun = ends[0][0], start
        yield begun & (key <= after)


def _reader(query: Select[Any]) -> Callable[[Connection], list[Row[Any]]]:
    return lambda connection: list(connection.execute(query))
