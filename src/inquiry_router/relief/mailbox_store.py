"""The SQL of mailboxes that were sent to the service. state: reading -> done or failed.

While a mailbox is read, `known` holds the choices with which it is, and then why it failed.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from inquiry_router.inquiry.errors import Conflict
from inquiry_router.relief.baseline_model import BaselineCounts
from inquiry_router.relief.baseline_store import save_baseline
from inquiry_router.relief.inputs import CostInputs
from inquiry_router.relief.mailbox_order import MailboxOrder
from inquiry_router.relief.tables import baselines

READING: Final = "reading"
FAILED: Final = "failed"
MAX_WAITING: Final = 20


def begin_reading(
    connection: Connection,
    reading_id: str,
    order: MailboxOrder,
    digest: str,
    actor: str,
    now: datetime,
) -> str:
    """Take in a mailbox. Returns its id, or that of the same one that is being read.

    Raises `Conflict` if too many wait.
    """
    same = baselines.c.sha256 == digest
    known = connection.execute(
        select(baselines.c.id).where(same, baselines.c.state == READING)
    ).scalar()
    if known is not None:
        return str(known)
    waiting = select(func.count()).select_from(baselines).where(baselines.c.state == READING)
    if connection.execute(waiting).scalar_one() >= MAX_WAITING:
        raise Conflict(
            f"{MAX_WAITING} mailboxes wait to be read.",
            hint="Wait for one to end, or remove one: GET /v1/baselines, DELETE /v1/baselines/{id}",
        )
    connection.execute(delete(baselines).where(same, baselines.c.state == FAILED))
    row = {
        "id": reading_id,
        "kind": "mail",
        "name": order.name,
        "sha256": digest,
        "state": READING,
        "place": 0,
        "at": now,
        "actor": actor,
        "inputs": {},
        "inputs_version": 0,
        "known": order.as_json(),
    }
    connection.execute(insert(baselines).values(row))
    return reading_id


def list_readings(connection: Connection) -> list[Row[Any]]:
    """List the mailboxes to read, the oldest first."""
    query = select(baselines).where(baselines.c.state == READING)
    return list(connection.execute(query.order_by(baselines.c.id)))


def find_unfinished(connection: Connection, reading_id: str) -> Row[Any] | None:
    """Find a mailbox that is being read, or could not be."""
    query = select(baselines).where(baselines.c.id == reading_id)
    return connection.execute(query.where(baselines.c.state.in_((READING, FAILED)))).first()


def note_progress(connection: Connection, reading_id: str, done: int, whole: int) -> bool:
    """Note how many mails were read. False if nobody wants them any more."""
    row = find_unfinished(connection, reading_id)
    if row is None or row.state != READING:
        return False
    change = update(baselines).where(baselines.c.id == reading_id)
    connection.execute(change.values(place=done, known={**row.known, "mails": whole}))
    return True


def fail_reading(connection: Connection, reading_id: str, problem: str) -> None:
    """Note why a mailbox could not be read."""
    row = find_unfinished(connection, reading_id)
    if row is not None:
        change = update(baselines).where(baselines.c.id == reading_id)
        connection.execute(change.values(state=FAILED, known={**row.known, "problem": problem}))


def finish_reading(
    connection: Connection,
    reading_id: str,
    counts: BaselineCounts,
    inputs: CostInputs,
    version: int,
    now: datetime,
) -> None:
    """Put the counts in place of the reading, unless it was removed meanwhile."""
    row = find_unfinished(connection, reading_id)
    if row is not None and row.state == READING:
        connection.execute(delete(baselines).where(baselines.c.id == reading_id))
        save_baseline(connection, counts, inputs, version, row.actor, now, reading_id)
