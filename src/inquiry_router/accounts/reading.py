"""Read a file of accounts: CSV as Excel and ERP programs write it, or JSON. Pure.

A problem names its line and column; all of them are collected, so that one look mends the file.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from inquiry_router.accounts.columns import ROLE_PREFIX, Layout, layout_of, role_of
from inquiry_router.accounts.model import (
    AccountContact,
    AccountData,
    ContactPoint,
    read_domain_point,
    read_email_point,
    read_phone_point,
)
from inquiry_router.text.charsets import python_name
from inquiry_router.text.table_files import refuse_workbook
from inquiry_router.text.tax_number import read_tax_number

MAX_ROWS: Final = 50_000
_SEPARATORS: Final = ";,\t|"
_QUOTED: Final = re.compile(r'"[^"]*"')
_BETWEEN_EMAILS: Final = re.compile(r"[;,|\s]+")
_BETWEEN_PHONES: Final = re.compile(r"[;,|\n]+|\s/\s")
_SLUG: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_LANGUAGES: Final = {"polski": "pl", "polish": "pl", "angielski": "en", "english": "en"} | {
    "niemiecki": "de",
    "german": "de",
    "deutsch": "de",
}
_MAX_CHARS: Final = {
    "name": 200,
    "external_id": 128,
    "tier": 64,
    "brand": 200,
    "notes": 4000,
    "contact": 200,
}
_MAX_PERSON_CHARS: Final = 128


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """Something in a file that is wrong: where, and what to do. In JSON `line` counts entries."""

    line: int
    column: str
    message: str


@dataclass(slots=True)
class FileRow:
    """An account as one row, or several rows with the same key, say it.

    `given` are its plain fields that are not empty. `places` are the line and column of each point.
    """

    line: int
    given: dict[str, str] = field(default_factory=dict)
    points: dict[str, ContactPoint] = field(default_factory=dict)
    contacts: dict[str, dict[str, ContactPoint]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def key(self) -> str | None:
        """The external id, or else the tax id, by which the account is found."""
        if "external_id" in self.given:
            return f"id:{self.given['external_id']}"
        return f"nip:{self.given['tax_id']}" if "tax_id" in self.given else None

    @property
    def data(self) -> AccountData:
        """The account as a value; its name is empty if the file has none."""
        people = (
            AccountContact(name, tuple(points.values())) for name, points in self.contacts.items()
        )
        plain = {"name": "", **self.given}
        return AccountData(
            **plain,
            points=tuple(self.points.values()),
            contacts=tuple(people),
            roles=dict(self.roles),
        )

    def add(self, other: "FileRow") -> None:
        """Add a later row of the same account."""
        self.given = {**other.given, **self.given}
        self.points |= other.points
        for name, points in other.contacts.items():
            self.contacts.setdefault(name, {}).update(points)
        self.roles = {**other.roles, **self.roles}
        self.places = {**other.places, **self.places}


@dataclass(slots=True)
class ReadFile:
    """The accounts of a file, its problems, and the columns that were read and ignored."""

    rows: list[FileRow] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    lines: int = 0


def read_csv(content: bytes, mapping: Mapping[str, str], encoding: str | None = None) -> ReadFile:
    """Read a CSV file. Encoding and separator are found out.

    Raises `ValueError` with the cure if nothing of the file can be used.
    """
    text = decode_file(content, encoding)
    separator, text, skipped = _find_separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        headings = [cell.strip() for cell in next(reader, [])]
        layout = layout_of(headings, mapping)
        found = ReadFile(columns=layout.read, ignored=layout.ignored)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _count(found)
                line = reader.line_num + skipped
                _add_row(found, _read_cells(found, line, cells, layout))
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num + skipped} cannot be read: {error}") from None
    return found


def decode_file(content: bytes, encoding: str | None = None) -> str:
    """Decode a file: by its mark, as UTF-8, else as Excel in Poland writes it (windows-1250).

    Raises `ValueError` with the cure.
    """
    refuse_workbook(content)
    if encoding is not None:
        try:
            return content.decode(python_name(encoding) or "undefined").removeprefix("\ufeff")
        except ValueError:
            raise ValueError(f"the file is not in the encoding '{encoding}'") from None
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(name, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1250", "replace")


def _find_separator(text: str) -> tuple[str, str, int]:
    """The separator, the text without Excel's line `sep=;`, and the number of lines left out."""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        return first.strip()[-1], rest, 1
    bare = _QUOTED.sub("", first)
    return max(_SEPARATORS, key=bare.count), text, 0


def _count(found: ReadFile) -> None:
    found.lines += 1
    if found.lines > MAX_ROWS:
        raise ValueError(f"the file has more than {MAX_ROWS} rows: cut it into several files")


def _read_cells(found: ReadFile, line: int, cells: list[str], layout: Layout) -> FileRow:
    row = FileRow(line)
    if len(cells) > len(layout.headings) and any(map(str.strip, cells[len(layout.headings) :])):
        message = (
            f"the line has {len(cells)} cells and the heading {len(layout.headings)}: put a cell "
            "that holds a separator into quotes"
        )
        _complain(found, ImportProblem(line, "", message))
        return row
    who = _contact_in(cells, layout)
    pairs = zip(layout.headings, layout.fields, cells, strict=False)
    for heading, name, cell in pairs:
        value = cell.strip()
        if name is not None and value:
            try:
                _read_cell(row, name, value, (line, heading), who)
            except ValueError as error:
                _complain(found, ImportProblem(line, heading, str(error)))
    return row


def _contact_in(cells: list[str], layout: Layout) -> str | None:
    pairs = zip(layout.fields, cells, strict=False)
    return next((cell.strip() for name, cell in pairs if name == "contact" and cell.strip()), None)


def _read_cell(
    row: FileRow, name: str, value: str, place: tuple[int, str], who: str | None
) -> None:
    """Put a cell where it belongs. Raises `ValueError` with the cure."""
    if len(value) > _MAX_CHARS.get(name, 1000):
        raise ValueError(f"is longer than {_MAX_CHARS.get(name, 1000)} characters")
    if name in _POINTS:
        _add_points(row, _POINTS[name](value), place, who)
    elif name.startswith(ROLE_PREFIX):
        _add_role(row, role_of(name), value)
    elif name == "contact":
        row.contacts.setdefault(value, {})
    elif name == "tax_id":
        row.given[name] = read_tax_number(value)
    elif name == "language":
        row.given[name] = _read_language(value)
    else:
        row.given[name] = " ".join(value.split()) if name != "notes" else value


def _add_points(
    row: FileRow, points: Iterable[ContactPoint], place: tuple[int, str], who: str | None
) -> None:
    for point in points:
        row.places.setdefault(point.value, place)
        if who is not None and point.kind != "domain":
            row.contacts.setdefault(who, {})[point.value] = point
        else:
            row.points[point.value] = point


def _add_role(row: FileRow, role: str, person: str) -> None:
    if not _SLUG.fullmatch(role):
        raise ValueError(f"'{role}' is no name of a role: small letters, digits, _ and -")
    if len(person) > _MAX_PERSON_CHARS:
        raise ValueError(f"is longer than {_MAX_PERSON_CHARS} characters")
    row.roles[role] = " ".join(person.split())


def _read_language(value: str) -> str:
    code = _LANGUAGES.get(value.casefold(), value.casefold())
    if not re.fullmatch("[a-z]{2}", code):
        raise ValueError(f"'{value}' is no language: write two letters, such as pl, en or de")
    return code


def _read_emails(value: str) -> Iterator[ContactPoint]:
    return map(read_email_point, filter(None, _BETWEEN_EMAILS.split(value)))


def _read_phones(value: str) -> Iterator[ContactPoint]:
    parts = (part.strip() for part in _BETWEEN_PHONES.split(value))
    return map(read_phone_point, filter(None, parts))


def _read_domains(value: str) -> Iterator[ContactPoint]:
    return map(read_domain_point, filter(None, _BETWEEN_EMAILS.split(value)))


_POINTS: Final[dict[str, Callable[[str], Iterator[ContactPoint]]]] = {
    "email": _read_emails,
    "phone": _read_phones,
    "domain": _read_domains,
}
# Members of an entry in JSON that hold lists, with the field of each value.
_LISTS: Final = {"emails": "email", "phones": "phone", "domains": "domain"}
_TEXTS: Final = ("name", "tax_id", "external_id", "tier", "language", "brand", "notes")


def read_json_file(content: bytes) -> ReadFile:
    """Read a JSON file: `{"accounts": [...]}` or a list, entries as in `POST /v1/accounts`.

    Raises `ValueError` with the cure if nothing of the file can be used.
    """
    try:
        whole = json.loads(decode_file(content))
    except (ValueError, RecursionError):
        raise ValueError("the file is not JSON: look at it with a JSON editor") from None
    entries = whole.get("accounts") if isinstance(whole, dict) else whole
    if not isinstance(entries, list):
        raise ValueError('the file holds no list: write {"accounts": [...]}')
    found = ReadFile()
    for number, entry in enumerate(entries, 1):
        _count(found)
        row = FileRow(number)
        if isinstance(entry, dict):
            _read_entry(found, row, entry)
            _add_row(found, row)
        else:
            _complain(found, ImportProblem(number, "", "the entry is no JSON object"))
    return found


def _read_entry(found: ReadFile, row: FileRow, entry: dict[str, Any]) -> None:
    for name, cell, value, who in _members(entry):
        try:
            if not isinstance(value, str):
                raise ValueError("is expected as text")
            if value.strip():
                _read_cell(row, name, value.strip(), (row.line, cell), who)
        except ValueError as error:
            _complain(found, ImportProblem(row.line, cell, str(error)))
    known = (*_TEXTS, *_LISTS, "contacts", "roles")
    for name in entry:
        if name not in known:
            message = f"there is no such field; these are: {', '.join(known)}"
            _complain(found, ImportProblem(row.line, str(name)[:60], message))


def _members(entry: dict[str, Any]) -> Iterator[tuple[str, str, Any, str | None]]:
    """Yield field, place, value and contact of everything in an entry."""
    for name in _TEXTS:
        if entry.get(name) is not None:
            yield name, name, entry[name], None
    yield from _list_members(entry, "", None)
    for number, who in enumerate(_list(entry.get("contacts"))):
        named = who.get("name") if isinstance(who, dict) else None
        place = f"contacts.{number}"
        yield "contact", f"{place}.name", named, None
        if isinstance(who, dict) and isinstance(named, str):
            yield from _list_members(who, f"{place}.", named.strip())
    roles = entry.get("roles")
    for role, person in roles.items() if isinstance(roles, dict) else ():
        yield f"{ROLE_PREFIX}{role}", f"roles.{role}", person, None


def _list_members(
    entry: dict[str, Any], before: str, who: str | None
) -> Iterator[tuple[str, str, Any, str | None]]:
    for name, kind in _LISTS.items():
        for value in _list(entry.get(name)):
            yield kind, f"{before}{name}", value, who


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _add_row(found: ReadFile, row: FileRow) -> None:
    if row.key is not None:
        found.rows.append(row)
    elif not any(problem.line == row.line for problem in found.problems):
        message = "has neither the customer's code nor a NIP, so the account cannot be found again"
        _complain(found, ImportProblem(row.line, "", message))


def _complain(found: ReadFile, problem: ImportProblem) -> None:
    found.problems.append(problem)
