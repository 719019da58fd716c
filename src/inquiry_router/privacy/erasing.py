"""The SQL of erasure: delete inquiries, empty the messages of one person, mask mentions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic_core import from_json
from sqlalchemy import (
    Column,
    Connection,
    Row,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.accounts.tables import accounts, contact_points, contacts
from inquiry_router.configuration.tables import documents
from inquiry_router.corrections.tables import corrections
from inquiry_router.database.revision import count_up
from inquiry_router.database.session import write_json
from inquiry_router.delivery.tables import attempts, deliveries
from inquiry_router.inquiries.messages import renew_search
from inquiry_router.inquiries.tables import inquiries, messages, signs, timeline
from inquiry_router.learning.tables import lesson_vectors
from inquiry_router.privacy.data_map import BY_NAME, WITH_INQUIRY
from inquiry_router.privacy.finding import SharedInquiry
from inquiry_router.privacy.mapped_table import MappedTable
from inquiry_router.privacy.person import ERASED, Person, without_quotations
from inquiry_router.privacy.referral_traces import forget_praise
from inquiry_router.privacy.tables import erased_counts
from inquiry_router.relief.rollups import keep_gone
from inquiry_router.telling.tables import notices

REQUEST: Final = "request"
RETENTION: Final = "retention"
_DIMENSIONS: Final = ("channel", "language", "category", "team")


def count_rows(connection: Connection, inquiry_ids: Sequence[str]) -> Counter[str]:
    """Count the rows that would go with these inquiries, by table."""
    counts: Counter[str] = Counter()
    for entry in WITH_INQUIRY:
        query = (
            select(func.count()).select_from(entry.table).where(entry.rows_of(list(inquiry_ids)))
        )
        counts[entry.table.name] = connection.execute(query).scalar_one()
    return counts


def delete_inquiries(connection: Connection, inquiry_ids: Sequence[str], why: str) -> Counter[str]:
    """Delete inquiries with everything that hangs on them; return the rows deleted, by table.

    What is left of them is counted. Ids that are gone already are ignored.
    """
    ids, deleted = list(inquiry_ids), Counter[str]()
    _keep_counts(connection, ids, why)
    keep_gone(connection, ids)
    forget_praise(connection, ids)
    for entry in WITH_INQUIRY:
        gone = connection.execute(delete(entry.table).where(entry.rows_of(ids))).rowcount
        deleted[entry.table.name] += gone
    return deleted


def empty_messages(connection: Connection, shared: SharedInquiry) -> Counter[str]:
    """Empty the person's messages in an inquiry of several people, and every quotation of them."""
    ids, person = list(shared.ids), shared.person
    own = messages.c.id.in_(shared.message_ids)
    emptied: dict[str, Any] = {
        "subject": None,
        "text": ERASED,
        "author": {},
        "mail_id": None,
        "passage": None,
    }
    counts = Counter(
        messages=connection.execute(update(messages).where(own).values(emptied)).rowcount
    )
    connection.execute(delete(signs).where(signs.c.message_id.in_(shared.message_ids)))
    connection.execute(
        delete(lesson_vectors).where(lesson_vectors.c.inquiry_id.in_(shared.message_ids))
    )
    connection.execute(
        update(corrections).where(corrections.c.inquiry_id.in_(ids)).values(why=None)
    )
    _drop_quotations(connection, ids)
    forget_praise(connection, ids)
    for row in connection.execute(select(inquiries).where(inquiries.c.id.in_(ids))).all():
        contact = {"name": row.contact_name, "email": row.contact_email, "phone": row.contact_phone}
        if person.is_contact(contact) or row.id in shared.message_ids:
            names = ("contact_name", "contact_email", "contact_phone", "contact_company")
            statement = update(inquiries).where(inquiries.c.id == row.id)
            connection.execute(statement.values(dict.fromkeys(names)))
    for entry in WITH_INQUIRY:
        if entry.mention == "mask":
            rows = connection.execute(select(entry.table).where(entry.rows_of(ids))).all()
            mask_rows(connection, entry, rows, person, by_name=True)
    for inquiry_id in ids:
        renew_search(connection, inquiry_id)
    return counts


def mask_rows(
    connection: Connection,
    entry: MappedTable,
    rows: Iterable[Row[Any]],
    person: Person,
    *,
    by_name: bool = False,
) -> int:
    """Mask the person in rows, or delete the rows if the map says so; return the rows changed."""
    changed = 0
    for row in rows:
        this = _this(entry.table, row)
        if entry.mention == "delete":
            changed += connection.execute(delete(entry.table).where(this)).rowcount
            if entry.table is contact_points:
                _leave_account(connection, row)
            continue
        before = {name: row._mapping[name] for name in entry.personal}
        plain = {name: _unquoted(entry.table, row, value) for name, value in before.items()}
        after = {name: person.mask(value, by_name=by_name) for name, value in plain.items()}
        differing = {name: value for name, value in after.items() if value != before[name]}
        if differing:
            changed += connection.execute(
                update(entry.table).where(this).values(differing)
            ).rowcount
    if changed and entry.table is documents:
        count_up(connection)
    return changed


def _unquoted(table: Table, row: Row[Any], value: Any) -> Any:
    """Drop quotations from a notice that is about no inquiry, which would go with its words."""
    alone = table is notices and row.inquiry_id is None
    return without_quotations(value) if alone else value


def _leave_account(connection: Connection, point: Row[Any]) -> None:
    """Delete whose contact point it was: their name and other addresses, at an account.

    An account that was nothing but the point, and bears the caller's name, goes too.
    """
    if point.contact_id is not None:
        connection.execute(delete(contacts).where(contacts.c.id == point.contact_id))
    empty = ~exists().where(contact_points.c.account_id == accounts.c.id)
    this = accounts.c.id == point.account_id
    connection.execute(delete(accounts).where(this, accounts.c.provisional, empty))


def reread(connection: Connection, table_name: str, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Read rows again, in the transaction that changes them."""
    table = BY_NAME[table_name].table
    found = (connection.execute(select(table).where(_this(table, row))).first() for row in rows)
    return [row for row in found if row is not None]


def _this(table: Table, row: Row[Any]) -> Any:
    return and_(*(column == row._mapping[column.name] for column in table.primary_key.columns))


def _drop_quotations(connection: Connection, inquiry_ids: list[str]) -> None:
    """Take the words out of timelines and deliveries. A payload that is not stored has none."""
    for column in (timeline.c.details, notices.c.facts):
        _drop_from(connection, column, inquiry_ids)
    sent = select(deliveries).where(deliveries.c.inquiry_id.in_(inquiry_ids))
    for row in connection.execute(sent).all():
        values: dict[str, Any] = {"last_error": ERASED if row.last_error else None}
        if row.payload is not None:
            values["payload"] = write_json(without_quotations(from_json(row.payload)))
        connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(values))
    of_these = select(deliveries.c.id).where(deliveries.c.inquiry_id.in_(inquiry_ids))
    failed = attempts.c.delivery_id.in_(of_these) & attempts.c.error.is_not(None)
    connection.execute(update(attempts).where(failed).values(error=ERASED))


def _drop_from(connection: Connection, column: Column[Any], inquiry_ids: list[str]) -> None:
    table = column.table
    for row in connection.execute(select(table).where(table.c.inquiry_id.in_(inquiry_ids))).all():
        value = row._mapping[column.name]
        plain = without_quotations(value)
        if plain != value:
            statement = update(table).where(_this(table, row))
            connection.execute(statement.values({column.name: plain}))


def _keep_counts(connection: Connection, inquiry_ids: list[str], why: str) -> None:
    """Add inquiries that are about to be deleted to the counts that stay."""
    # On PostgreSQL a second process that deletes the same ones waits here, and finds none.
    query = select(inquiries).where(inquiries.c.id.in_(inquiry_ids)).with_for_update()
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    said = _count_by_inquiry(connection, messages, ids)
    corrected = _count_by_inquiry(connection, corrections, ids)
    added: dict[tuple[str, ...], Counter[str]] = {}
    for row in rows:
        if row.merged_into is not None:
            continue  # it was counted into the other one when it was merged
        place = (f"{row.received_at:%Y-%m}", *(row._mapping[name] for name in _DIMENSIONS), why)
        counts = added.setdefault(place, Counter())
        counts.update(
            inquiries=1,
            messages=said.get(row.id, 0),
            corrected=1 if corrected.get(row.id) else 0,
        )
    for place, counts in added.items():
        _add_counts(connection, place, counts)


def _add_counts(connection: Connection, place: tuple[str, ...], counts: Mapping[str, int]) -> None:
    names = ("month", *_DIMENSIONS, "why")
    values = {**dict(zip(names, place, strict=True)), **counts}
    dialect_insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    raised = {name: erased_counts.c[name] + count for name, count in counts.items()}
    statement = dialect_insert(erased_counts).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=[*names], set_=raised))


def _count_by_inquiry(
    connection: Connection, table: Table, inquiry_ids: list[str]
) -> dict[str, int]:
    of = table.c.inquiry_id
    query = select(of, func.count()).where(of.in_(inquiry_ids)).group_by(of)
    return {row[0]: row[1] for row in connection.execute(query)}


def sum_counts(connection: Connection) -> list[Row[Any]]:
    """List the counts of deleted inquiries, the newest month first."""
    columns = erased_counts.c
    query = select(erased_counts).order_by(
        columns.month.desc(),
        case((columns.why == REQUEST, 0), else_=1),
        *(columns[name] for name in _DIMENSIONS),
    )
    return list(connection.execute(query))
