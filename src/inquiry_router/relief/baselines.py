"""Store baselines, and show what they cost."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from inquiry_router.database.session import Database
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.relief import baseline_store as store
from inquiry_router.relief.baseline_model import Baseline, BaselineCounts
from inquiry_router.relief.inputs import CostInputs, NumberRange
from inquiry_router.relief.knowledge import knowable
from inquiry_router.relief.summary import assumptions_of, summary_json


async def keep_baseline(
    database: Database,
    counts: BaselineCounts,
    inputs: CostInputs,
    version: int,
    actor: str,
    now: datetime,
    share: NumberRange | None = None,
) -> Baseline:
    """Store the counts of a file, with the inputs that are in force. Returns the baseline.

    Calls take the share of service matters that was given, else that of the newest mailbox or
    tally, else that of the inputs.
    """

    def work(connection: Connection) -> Baseline:
        found = share or (store.measured_share(connection) if counts.kind == "calls" else None)
        used = with_share(inputs, found)
        made = store.save_baseline(connection, counts, used, version, actor, now)
        return store.read_baseline(connection, made)

    return await database.write(work)


def with_share(inputs: CostInputs, share: NumberRange | None) -> CostInputs:
    """The same inputs with a measured share of service matters."""
    if share is None:
        return inputs
    return inputs.model_copy(update={"service_share": share})


async def find_accounts(database: Database, kind: str) -> dict[str, str]:
    """Return the account of each phone number, or of each address and mail domain."""
    found: dict[str, str] = {}
    for one in ("phone",) if kind == "calls" else ("email", "domain"):
        found |= await database.scan(partial(store.account_points, kind=one))
    return found


def baseline_json(baseline: Baseline, language: str, *, by_person: bool) -> dict[str, Any]:
    """Render a baseline. Without `by_person` nothing is about one salesperson."""
    counts = baseline.counts if by_person else baseline.counts.without_people()
    known: Mapping[str, Any] = counts.known
    return {
        "id": baseline.id,
        "kind": counts.kind,
        "state": "done",
        "name": counts.name,
        "begins_on": counts.begins_on.isoformat() if counts.begins_on else None,
        "ends_on": counts.ends_on.isoformat() if counts.ends_on else None,
        "at": format_time(baseline.at),
        "actor": baseline.actor,
        "inputs_version": baseline.inputs_version,
        "service_share": baseline.inputs.service_share.model_dump(mode="json"),
        "assumptions": assumptions_of(baseline.inputs),
        "known": dict(known),
        "knowable": knowable(counts.kind, known.get("program"), language),
        **summary_json(counts.cells, baseline.inputs, baseline.names),
    }
