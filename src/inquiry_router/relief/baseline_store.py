"""The SQL of baselines."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select

from inquiry_router.accounts.tables import accounts, contact_points
from inquiry_router.inquiry.errors import NotFound
from inquiry_router.process.ids import is_id, new_id
from inquiry_router.relief.baseline_model import Baseline, BaselineCounts, flat_cells
from inquiry_router.relief.costs import Spent, add_up
from inquiry_router.relief.counting import CellKey
from inquiry_router.relief.inputs import CostInputs, NumberRange
from inquiry_router.relief.share import share_of
from inquiry_router.relief.tables import baseline_cells, baselines

_PART: Final = 500
_DONE: Final = "done"
# Stands for the newest baseline in an address.
NEWEST: Final = "latest"


def save_baseline(
    connection: Connection,
    counts: BaselineCounts,
    inputs: CostInputs,
    version: int,
    actor: str,
    now: datetime,
    reading_id: str | None = None,
) -> str:
    """Store a baseline whole; one of the same file and choices is replaced. Returns its id.

    The one of a mailbox that was being read takes the id of its reading.
    """
    connection.execute(delete(baselines).where(baselines.c.sha256 == counts.sha256))
    baseline_id = reading_id or new_id()
    known = {**counts.known, "service": counts.service, "others": counts.others}
    row = {
        "id": baseline_id,
        "kind": counts.kind,
        "name": counts.name,
        "sha256": counts.sha256,
        "state": _DONE,
        "place": 0,
        "at": now,
        "actor": actor,
        "begins_on": counts.begins_on,
        "ends_on": counts.ends_on,
        "inputs": inputs.model_dump(mode="json"),
        "inputs_version": version,
        "known": known,
    }
    connection.execute(insert(baselines).values(row))
    rows = [_cell_row(baseline_id, key, spent) for key, spent in flat_cells(counts).items()]
    for begin in range(0, len(rows), _PART):
        connection.execute(insert(baseline_cells), rows[begin : begin + _PART])
    return baseline_id


def _cell_row(baseline_id: str, key: CellKey, spent: Spent) -> dict[str, Any]:
    return {
        "baseline_id": baseline_id,
        **key._asdict(),
        "calls": spent.calls,
        "talk_s": spent.talk_s,
        "curves": [list(spent.incoming), list(spent.outgoing), list(spent.tries)],
        "loops": spent.loops,
        "unmet": spent.unmet,
        "matters": sum(spent.matters.values()),
        "measured_s": spent.measured_s,
    }


def list_baselines(
    connection: Connection, limit: int, *, unfinished: bool = False
) -> list[Row[Any]]:
    """List baselines, the newest first; also mailboxes that are being read or could not be."""
    query = select(baselines)
    if not unfinished:
        query = query.where(baselines.c.state == _DONE)
    return list(connection.execute(query.order_by(baselines.c.id.desc()).limit(limit)))


def find_baseline(connection: Connection, named: str) -> Row[Any]:
    """Find a baseline by id, or the newest one. Raises `NotFound`."""
    query = select(baselines).where(baselines.c.state == _DONE)
    if named != NEWEST:
        query = query.where(baselines.c.id == named)
    row = connection.execute(query.order_by(baselines.c.id.desc()).limit(1)).first()
    if row is None:
        raise NotFound(f"There is no baseline '{named[:64]}'.", hint="GET /v1/baselines")
    return row


def read_baseline(connection: Connection, named: str) -> Baseline:
    """Read a baseline with its cells, or the newest one. Raises `NotFound`."""
    row = find_baseline(connection, named)
    cells = read_cells(connection, [row.id])
    counts = BaselineCounts(
        row.kind, row.name, row.sha256, cells, row.known, row.begins_on, row.ends_on
    )
    names = account_names(connection, {key.account for key in cells})
    inputs = CostInputs.model_validate(row.inputs)
    return Baseline(row.id, counts, inputs, row.inputs_version, row.at, row.actor, names)


def remove_baseline(connection: Connection, named: str) -> None:
    """Remove a baseline, or a mailbox that is being read. Raises `NotFound`."""
    theirs = (baselines.c.id == named, baselines.c.state != _DONE)
    if connection.execute(delete(baselines).where(*theirs)).rowcount:
        return
    row = find_baseline(connection, named)
    connection.execute(delete(baselines).where(baselines.c.id == row.id))


def read_cells(connection: Connection, ids: Sequence[str]) -> dict[CellKey, Spent]:
    """Read the cells of baselines, added up."""
    parts: dict[CellKey, list[Spent]] = {}
    query = select(baseline_cells).where(baseline_cells.c.baseline_id.in_(ids))
    for row in connection.execute(query):
        names = (row.month, row.person, row.account, row.channel, row.category, row.intent)
        incoming, outgoing, tries = (tuple(curve) for curve in row.curves)
        matters = {(row.channel, row.category, row.intent): row.matters} if row.matters else {}
        spent = Spent(
            row.calls,
            row.talk_s,
            incoming,
            outgoing,
            tries,
            row.loops,
            row.unmet,
            matters,
            row.measured_s,
        )
        parts.setdefault(CellKey(*names), []).append(spent)
    return {key: add_up(some) for key, some in parts.items()}


def account_names(connection: Connection, ids: set[str]) -> dict[str, str]:
    """Return the names of accounts by id."""
    wanted = [one for one in ids if is_id(one)]
    found: dict[str, str] = {}
    for begin in range(0, len(wanted), _PART):
        some = wanted[begin : begin + _PART]
        query = select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(some))
        found |= {row.id: row.name for row in connection.execute(query)}
    return found


def account_points(connection: Connection, kind: str) -> dict[str, str]:
    """Return the account of each contact point of a kind."""
    query = select(contact_points.c.value, contact_points.c.account_id)
    rows = connection.execute(query.where(contact_points.c.kind == kind))
    return {row.value: row.account_id for row in rows}


def measured_share(connection: Connection) -> NumberRange | None:
    """The share of service matters that the newest mailbox or tally shows; None without one."""
    query = select(baselines).where(
        baselines.c.state == _DONE, baselines.c.kind.in_(["mail", "diary"])
    )
    for row in connection.execute(query.order_by(baselines.c.id.desc()).limit(10)):
        service, others = row.known.get("service", 0), row.known.get("others", 0)
        # A tally without other matters says nothing about the share.
        found = share_of(service, others, f"{row.kind} '{row.name}'"[:300]) if others else None
        if found is not None:
            return found
    return None
