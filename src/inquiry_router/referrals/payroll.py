"""Write what was paid to people as CSV for payroll. Pure."""

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

COLUMNS: Final = (
    "date",
    "receiver",
    "kind",
    "amount",
    "currency",
    "step",
    "referral",
    "reward",
    "rule",
)


def as_payroll(lines: Iterable[Any]) -> str:
    """Write lines as CSV with semicolons, as Excel in Poland and Germany reads it."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";")
    writer.writerow(COLUMNS)
    for one in lines:
        writer.writerow(
            (
                f"{one.at:%Y-%m-%d}",
                harmless(one.receiver),
                one.receiver_kind,
                decimal_text(one.amount_minor),
                one.currency,
                one.step,
                one.referral_id,
                one.reward_id,
                harmless(one.rule),
            )
        )
    return written.getvalue()


def decimal_text(minor: int) -> str:
    """Write minor units as these spreadsheets read a number: -1250 is -12,50."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100},{abs(minor) % 100:02d}"


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") or text[:1] in "\t\r" else text
