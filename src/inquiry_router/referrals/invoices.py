"""Read a file of invoices: NIP, number, amount, date, as ERP programs write them. Pure."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from inquiry_router.accounts.reading import decode_file
from inquiry_router.text.folding import fold
from inquiry_router.text.tax_number import read_tax_number

MAX_ROWS: Final = 50_000
MAX_MINOR: Final = 10**12
_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "tax_id": ("nip", "nip nabywcy", "nip klienta", "tax id", "vat id", "ust-idnr"),
    "number": ("numer", "nr", "numer faktury", "nr faktury", "invoice", "number", "rechnung",
               "dokument", "invoice number", "rechnungsnummer"),
    "amount": ("kwota", "netto", "kwota netto", "wartosc netto", "wartosc", "amount", "net",
               "betrag", "netto pln"),
    "date": ("data", "data wystawienia", "date", "issued", "datum", "data sprzedazy"),
    "currency": ("waluta", "currency", "wahrung"),
}  # fmt: skip
_ENTRY: Final = ("tax_id", "number", "amount", "date", "currency")
_DAYS: Final = ("%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y", "%Y.%m.%d", "%Y%m%d")
_WRITTEN: Final = {"zł": "PLN", "PLN": "PLN", "EUR": "EUR", "€": "EUR"}
_AMOUNT: Final = re.compile(r"-?\d+(?:\.\d{1,2})?")


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice of a file."""

    line: int
    tax_id: str
    number: str
    amount_minor: int
    currency: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class InvoiceProblem:
    """A line that cannot be used, and the cure."""

    line: int
    message: str


def read_invoices(
    content: bytes, currency: str, today: date, encoding: str | None = None
) -> tuple[list[InvoiceRow], list[InvoiceProblem]]:
    """Read a file. Raises `ValueError` with the cure if nothing of it can be used."""
    text = decode_file(content, encoding)
    first = text.partition("\n")[0]
    separator = max(";,\t|", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    columns = _columns_of(next(lines, []))
    rows, problems = [], []
    for line, cells in enumerate(lines, 2):
        if line > MAX_ROWS:
            raise ValueError(f"the file has more than {MAX_ROWS} rows: cut it into several ones")
        if not any(cell.strip() for cell in cells):
            continue
        try:
            rows.append(_read_row(line, cells, columns, currency, today))
        except ValueError as error:
            problems.append(InvoiceProblem(line, str(error)))
    return rows, problems


def read_entries(content: bytes) -> bytes:
    """Turn `{"invoices": [...]}` into the same file as CSV. Raises `ValueError` with the cure."""
    try:
        entries = json.loads(content)["invoices"]
        rows = [[str(one.get(name, "")) for name in _ENTRY] for one in entries]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError('write {"invoices": [{"tax_id": ..., "number": ..., ...}]}') from None
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows([_ENTRY, *rows])
    return written.getvalue().encode()


def _columns_of(headings: Sequence[str]) -> dict[str, int]:
    written = [" ".join(fold(one).replace("_", " ").split()) for one in headings]
    found: dict[str, int] = {}
    for field, known in _HEADINGS.items():
        place = next((i for i, one in enumerate(written) if one in known), None)
        if place is not None:
            found[field] = place
    missing = [field for field in ("tax_id", "number", "amount", "date") if field not in found]
    if missing:
        raise ValueError(
            f"the file has no column for {', '.join(missing)}: name them NIP, Numer, Kwota, Data"
        )
    return found


def _read_row(
    line: int, cells: Sequence[str], columns: Mapping[str, int], currency: str, today: date
) -> InvoiceRow:
    def cell(field: str) -> str:
        place = columns.get(field)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    number = " ".join(cell("number").split())
    if not number or len(number) > 64:
        raise ValueError("the invoice number is missing or longer than 64 characters")
    issued = _read_day(cell("date"))
    if issued > today:
        raise ValueError(f"the invoice is of {issued}, which is yet to come: look for a typo")
    written = _currency_in(cell("amount"))
    given = cell("currency").upper() or written or currency
    if written not in (None, given):
        raise ValueError(
            f"the amount is in {written}, and the currency is {given}: look for a typo"
        )
    if not re.fullmatch(r"[A-Z]{3}", given):
        raise ValueError(f"'{given[:20]}' is no currency: write it as PLN")
    return InvoiceRow(
        line, read_tax_number(cell("tax_id")), number, read_amount(cell("amount")), given, issued
    )


def read_amount(written: str) -> int:
    """Read an amount as minor units: 1 234,50 and 1,234.50 and 1.234,50 are 123450."""
    bare = re.sub(rf"[\s\u00a0']|{'|'.join(_WRITTEN)}", "", written)
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma > point:
        bare = bare.replace(".", "").replace(",", ".")
    elif point > comma >= 0:
        bare = bare.replace(",", "")
    if not _AMOUNT.fullmatch(bare):
        raise ValueError(f"'{written[:40]}' is no amount: write it as 1234,50")
    whole, _, cents = bare.partition(".")
    minor = abs(int(whole)) * 100 + int((cents + "00")[:2])
    if bare.startswith("-") or minor == 0:
        raise ValueError(
            f"the amount {written[:40]} is not above zero: a credit note undoes nothing here; "
            "say 'lost' on the referral"
        )
    if minor > MAX_MINOR:
        raise ValueError(f"the amount {written[:40]} is absurd: look for a typo")
    return minor


def _currency_in(amount: str) -> str | None:
    """The currency that stands beside an amount."""
    return next((_WRITTEN[one] for one in _WRITTEN if one in amount), None)


def _read_day(written: str) -> date:
    for form in _DAYS:
        try:
            return datetime.strptime(written[:10], form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValueError(f"'{written[:40]}' is no day: write it as 2026-11-30")
