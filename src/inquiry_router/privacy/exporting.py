"""Everything that is stored of a person, as one JSON document or as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, select

from inquiry_router.accounts.tables import accounts, contacts
from inquiry_router.calls.tables import calls
from inquiry_router.database.session import Database, write_json
from inquiry_router.inquiries.tables import messages, timeline
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.privacy.data_map import DATA_MAP, WITH_INQUIRY
from inquiry_router.privacy.finding import FoundPerson, in_parts
from inquiry_router.privacy.mapped_table import MappedTable
from inquiry_router.privacy.person import Person, without_quotations
from inquiry_router.privacy.referral_traces import export_referrals
from inquiry_router.relief.mail_counting import PlainMail

Tables = dict[str, list[dict[str, Any]]]
# Numbers of the model that nobody can read; a row says that there are some.
_BYTES: Final = "bytes"
# Tables whose personal columns hold one address or number: a row that has theirs is about them.
_THEIR_OWN: Final = (
    *("thin_events", "tellings", "introductions", "bypasses"),
    *("contact_points", "referral_signs"),
)
COLUMNS: Final = ("table", "row", "column", "value")


async def read_tables(database: Database, found: FoundPerson) -> Tables:
    """Read all rows of a person, by table.

    Of an inquiry that they share only their own messages are read, and the decisions.
    """
    tables: Tables = {}
    for entry in WITH_INQUIRY:
        rows: list[dict[str, Any]] = []
        for some in in_parts(found.own):
            rows += await database.scan(partial(_read, entry=entry, inquiry_ids=some))
        tables[entry.table.name] = rows
    for shared in found.shared:
        own = await database.scan(partial(_read_messages, ids=shared.message_ids))
        tables["messages"] += own
        if own:
            tables["timeline"] += await database.scan(partial(_read_decisions, ids=shared.ids))
    known = {row["id"] for row in tables["calls"]}
    rung = [one for one in found.calls if one not in known]
    for some in in_parts(rung):
        tables["calls"] += await database.scan(partial(_read_calls, ids=some))
    traced = await database.scan(partial(export_referrals, traced=found.referrals))
    tables |= {name: [_plain(row) for row in rows] for name, rows in traced.items()}
    tables |= await database.scan(partial(_read_at_accounts, found=found))
    for name in _THEIR_OWN:
        rows = [_plain(row._mapping) for row in found.mentions.get(name, ())]
        tables[name] = [*tables.get(name, ()), *rows]
    return {name: rows for name, rows in tables.items() if rows}


@dataclass(frozen=True)
class WaitingFiles:
    """The part of a person in files that wait: calls to be stored, mailboxes to be read."""

    calls: list[str]
    mails: list[dict[str, Any]]
    mails_of_others: int


def waiting_files(
    person: Person, calls: Iterable[str], mails: Mapping[str, Sequence[PlainMail]]
) -> WaitingFiles:
    """Tell the mails that a person wrote from those of others that speak of them."""
    found = [(mailbox, mail) for mailbox, some in mails.items() for mail in some]
    own = [
        {
            "mailbox": mailbox,
            "sender": mail.sender.email,
            "at": format_time(mail.at) if mail.at is not None else None,
            "subject": mail.subject,
            "text": mail.text,
        }
        for mailbox, mail in found
        if person.is_contact({"email": mail.sender.email})
    ]
    return WaitingFiles(list(calls), own, len(found) - len(own))


def export_json(
    found: FoundPerson,
    tables: Tables,
    elsewhere: list[dict[str, Any]],
    recordings: Sequence[str],
    files: WaitingFiles,
) -> dict[str, Any]:
    """Return the export with an explanation of each table."""
    return {
        "person": {
            "emails": sorted(found.person.emails),
            "phones": sorted(found.person.phones),
            "names": list(found.person.names),
        },
        "explanation": [
            {
                "table": entry.table.name,
                "holds": entry.holds,
                "kept": entry.kept,
                "columns": [*entry.personal, *entry.other],
            }
            for entry in DATA_MAP
            if entry.table.name in tables
        ],
        "tables": tables,
        "recordings": [f"/v1/phone/recordings/{name}" for name in recordings],
        "waiting_calls": files.calls,
        "waiting_mails": files.mails,
        "elsewhere": elsewhere,
        "mentioned_by_others": {
            **{name: len(rows) for name, rows in found.mentions.items()},
            **({"waiting_mails": files.mails_of_others} if files.mails_of_others else {}),
        },
    }


def as_csv(export: dict[str, Any]) -> str:
    """Write the tables and the waiting files of an export, a line for each value."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    calls = [{"text": text} for text in export["waiting_calls"]]
    files = {"waiting_calls": calls, "waiting_mails": export["waiting_mails"]}
    for name, rows in {**export["tables"], **files}.items():
        for number, row in enumerate(rows, 1):
            for column, value in row.items():
                text = value if isinstance(value, str) else write_json(value)
                writer.writerow((name, number, column, _harmless(text)))
    return written.getvalue()


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _read(
    connection: Connection, entry: MappedTable, inquiry_ids: list[str]
) -> list[dict[str, Any]]:
    query = select(entry.table).where(entry.rows_of(inquiry_ids))
    key = entry.table.primary_key.columns
    return [_plain(row._mapping) for row in connection.execute(query.order_by(*key))]


def _read_at_accounts(connection: Connection, found: FoundPerson) -> Tables:
    """Read the person at accounts: their name, and accounts that are nothing but their number."""
    points = found.mentions.get("contact_points", ())
    ids = [row.contact_id for row in points if row.contact_id is not None]
    people = select(contacts).where(contacts.c.id.in_(ids))
    of_points = accounts.c.id.in_([row.account_id for row in points])
    numbers = select(accounts).where(of_points, accounts.c.provisional)
    return {
        "contacts": [_plain(row._mapping) for row in connection.execute(people)],
        "accounts": [_plain(row._mapping) for row in connection.execute(numbers)],
    }


def _read_messages(connection: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    query = select(messages).where(messages.c.id.in_(ids)).order_by(messages.c.id)
    return [_plain(row._mapping) for row in connection.execute(query)]


def _read_calls(connection: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    query = select(calls).where(calls.c.id.in_(ids)).order_by(calls.c.id)
    return [_plain(row._mapping) for row in connection.execute(query)]


def _read_decisions(connection: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Read the decisions on an inquiry of several people: where it went and when."""
    query = select(timeline).where(timeline.c.inquiry_id.in_(ids), timeline.c.kind == "routed")
    rows = connection.execute(query.order_by(timeline.c.id)).all()
    return [
        {
            **_plain(row._mapping),
            "details": without_quotations({"decision": row.details.get("decision")}),
        }
        for row in rows
    ]


def _plain(row: Any) -> dict[str, Any]:
    return {
        name: f"{len(value)} {_BYTES}" if isinstance(value, bytes) else value
        for name, value in row.items()
    }
