"""The SQL of drafts and replays, and of the inquiries that policies are tried on."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from inquiry_router.configuration.documents import POLICY
from inquiry_router.configuration.tables import documents
from inquiry_router.database.session import database_now
from inquiry_router.inquiries.rows import WHOLE, read_draft
from inquiry_router.inquiries.tables import inquiries, timeline
from inquiry_router.inquiry.errors import NotFound, PreconditionFailed
from inquiry_router.inquiry.rendering import (
    read_classification,
    read_decision,
    read_entities,
)
from inquiry_router.policies.model import PolicyDraft, Replay, ReplayKind, ReplayState
from inquiry_router.policies.moves import Recorded
from inquiry_router.policies.tables import policy_drafts, policy_replays
from inquiry_router.routing.policy import Policy

_DRAFT: Final = "draft"
_DECIDED: Final = ("routed", "waiting")
# An id is made a moment before its row is there: a shadow looks at ids that are older than this.
_SETTLES: Final = timedelta(seconds=30)
_place = tuple_(inquiries.c.received_at, inquiries.c.id)
_NO_DRAFT: Final = "There is no draft of the policy."


def find_draft(connection: Connection) -> PolicyDraft:
    """Read the draft. Raises `NotFound`."""
    row = connection.execute(select(policy_drafts)).first()
    if row is None or row.body is None:
        raise NotFound(_NO_DRAFT, hint="PUT /v1/policy/draft makes one.")
    policy = Policy.model_validate(row.body)
    return PolicyDraft(policy, row.version, row.based_on, row.note, row.at, row.actor)


def save_draft(connection: Connection, draft: PolicyDraft, expected: int | None) -> None:
    """Store the draft as its version. Raises `PreconditionFailed` unless the newest is `expected`.

    None for any, 0 for no draft. A version is given once, also if the draft was dropped since.
    """
    present, last = _versions(connection)
    if expected is not None and present != expected:
        raise PreconditionFailed(
            f"The draft is at version {present}; your change is based on version {expected}."
        )
    values = {
        "version": last + 1,
        "body": draft.policy.model_dump(mode="json"),
        "based_on": draft.based_on,
        "note": draft.note,
        "at": draft.at,
        "actor": draft.actor,
    }
    if last == 0:
        connection.execute(insert(policy_drafts).values(id=_DRAFT, **values))
    else:
        connection.execute(update(policy_drafts).values(values))


def _versions(connection: Connection) -> tuple[int, int]:
    """The version of the draft, 0 if there is none, and the last version that was ever given."""
    row = connection.execute(select(policy_drafts).with_for_update()).first()
    if row is None:
        return 0, 0
    return row.version if row.body is not None else 0, row.version


def require_draft(connection: Connection, version: int) -> None:
    """Raise `PreconditionFailed` unless the draft is still at this version."""
    present, _ = _versions(connection)
    if present != version:
        raise PreconditionFailed("Somebody changed the draft meanwhile.")


def drop_draft(connection: Connection, now: datetime) -> None:
    """Empty the draft if there is one, and end its shadow. Its version never comes again."""
    connection.execute(update(policy_drafts).values(body=JSON.NULL, note=None))
    end_shadow(connection, now)


def find_version(connection: Connection, version: int) -> Policy:
    """Read a version of the policy that was ever in force. Raises `NotFound`."""
    query = select(documents.c.body).where(
        documents.c.name == POLICY.name, documents.c.version == version
    )
    body = connection.execute(query).scalar()
    if body is None:
        raise NotFound(
            f"There is no version {version} of the policy.",
            hint="GET /v1/policy/history lists them.",
        )
    return Policy.model_validate(body)


def add_replay(connection: Connection, replay: Replay) -> None:
    """Store a new replay, which is due at once."""
    values = asdict(replay)
    del values["policy"], values["after"]
    if replay.after is not None:
        values["after_at"], values["after_id"] = replay.after
    body = replay.policy.model_dump(mode="json")
    due_at = database_now(connection)
    connection.execute(insert(policy_replays).values(**values, body=body, due_at=due_at))


def end_shadow(connection: Connection, now: datetime) -> None:
    """End the shadow of the draft, if there is one. Its counts stay to be read."""
    running = (policy_replays.c.kind == ReplayKind.SHADOW) & (
        policy_replays.c.state == ReplayState.RUNNING
    )
    values = {"state": ReplayState.DONE, "finished_at": now, "holder": None}
    connection.execute(update(policy_replays).where(running).values(values))


def cancel_replay(connection: Connection, replay_id: str, now: datetime) -> Replay:
    """Cancel a replay if it is still running; what was found stays. Raises `NotFound`."""
    find_replay(connection, replay_id)
    running = (policy_replays.c.id == replay_id) & (policy_replays.c.state == ReplayState.RUNNING)
    values = {"state": ReplayState.CANCELLED, "finished_at": now, "holder": None}
    connection.execute(update(policy_replays).where(running).values(values))
    return find_replay(connection, replay_id)


def find_replay(connection: Connection, replay_id: str) -> Replay:
    """Read a replay; `latest` for the newest. Raises `NotFound`."""
    query = select(policy_replays)
    if replay_id == "latest":
        newest = query.where(policy_replays.c.kind == ReplayKind.REPLAY)
        query = newest.order_by(policy_replays.c.id.desc()).limit(1)
    else:
        query = query.where(policy_replays.c.id == replay_id)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(
            "There is no such replay.", hint="POST /v1/policy/replays answers with its id."
        )
    return _replay(row)


def find_shadow(connection: Connection) -> Replay | None:
    """Read the newest shadow, running or ended; None if there was none."""
    query = select(policy_replays).where(policy_replays.c.kind == ReplayKind.SHADOW)
    row = connection.execute(query.order_by(policy_replays.c.id.desc()).limit(1)).first()
    return None if row is None else _replay(row)


def list_replays(connection: Connection, limit: int) -> list[Replay]:
    """List replays, newest first."""
    query = select(policy_replays).where(policy_replays.c.kind == ReplayKind.REPLAY)
    rows = connection.execute(query.order_by(policy_replays.c.id.desc()).limit(limit))
    return [_replay(row) for row in rows]


def claim_replay(connection: Connection, holder: str, lease: timedelta) -> Replay | None:
    """Take one replay that is due and that nobody works on; None if there is none."""
    now = database_now(connection)
    query = (
        select(policy_replays)
        .where(policy_replays.c.state == ReplayState.RUNNING, policy_replays.c.due_at <= now)
        .order_by(policy_replays.c.kind.desc(), policy_replays.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    values = {"holder": holder, "due_at": now + lease}
    connection.execute(update(policy_replays).where(policy_replays.c.id == row.id).values(values))
    return _replay(row)


def record_progress(connection: Connection, replay: Replay, holder: str, due_in: timedelta) -> bool:
    """Store what was found so far, and the time until the lease ends or the next look.

    Return False if it was cancelled, or somebody else took it.
    """
    after_at, after_id = replay.after or (None, None)
    values = {
        "state": replay.state,
        "total": replay.total,
        "done": replay.done,
        "found": replay.found,
        "after_at": after_at,
        "after_id": after_id,
        "finished_at": replay.finished_at,
        "error": replay.error,
        "due_at": database_now(connection) + due_in,
    }
    query = update(policy_replays).where(
        policy_replays.c.id == replay.id,
        policy_replays.c.holder == holder,
        policy_replays.c.state == ReplayState.RUNNING,
    )
    return connection.execute(query.values(values)).rowcount == 1


def delete_old_replays(connection: Connection, before: datetime) -> None:
    """Delete replays that ended before a moment."""
    connection.execute(delete(policy_replays).where(policy_replays.c.finished_at < before))


def count_inquiries(connection: Connection, replay: Replay) -> int:
    """Count the inquiries of a period."""
    query = select(func.count()).select_from(inquiries).where(*_period(replay))
    return connection.execute(query).scalar_one()


class Batch(NamedTuple):
    """Some inquiries of a replay, the number of rows looked at, and the place of the last one.

    An inquiry without a decision is left out.
    """

    recorded: list[Recorded]
    looked_at: int
    after: tuple[datetime | None, str] | None


def read_batch(connection: Connection, replay: Replay, limit: int, now: datetime) -> Batch:
    """Read the next inquiries of a replay, oldest first, with the classification in force.

    Those of a shadow have their first decision: that is the live one.
    """
    is_shadow = replay.kind is ReplayKind.SHADOW
    query = _shadowed(replay, now) if is_shadow else _of_period(replay)
    rows = connection.execute(query.limit(limit)).all()
    decided = _decisions(connection, [row.id for row in rows], first=is_shadow)
    recorded = [_recorded(row, decided[row.id]) for row in rows if row.id in decided]
    after = (rows[-1].received_at, rows[-1].id) if rows else replay.after
    return Batch(recorded, len(rows), after)


def _shadowed(replay: Replay, now: datetime) -> Select[Any]:
    """The new inquiries after the last one, in the order in which they came in."""
    assert replay.after is not None
    settled = inquiries.c.created_at < now - _SETTLES
    return WHOLE.where(inquiries.c.id > replay.after[1], settled).order_by(inquiries.c.id)


def _of_period(replay: Replay) -> Select[Any]:
    conditions = _period(replay)
    if replay.after is not None:
        conditions.append(_place > tuple_(*replay.after))
    return WHOLE.where(*conditions).order_by(inquiries.c.received_at, inquiries.c.id)


def read_newest(connection: Connection, limit: int) -> list[Recorded]:
    """Read the newest inquiries, with the classification in force."""
    newest = WHOLE.where(inquiries.c.merged_into.is_(None)).order_by(
        inquiries.c.received_at.desc(), inquiries.c.id.desc()
    )
    rows = connection.execute(newest.limit(limit)).all()
    decided = _decisions(connection, [row.id for row in rows], first=False)
    return [_recorded(row, decided[row.id]) for row in rows if row.id in decided]


def _period(replay: Replay) -> list[ColumnElement[bool]]:
    assert replay.until is not None
    return [
        inquiries.c.received_at >= replay.since,
        inquiries.c.received_at < replay.until,
        inquiries.c.merged_into.is_(None),
    ]


def _decisions(
    connection: Connection, ids: Sequence[str], *, first: bool
) -> dict[str, dict[str, Any]]:
    """The first or the newest decision of each inquiry, with its classification."""
    kinds = _DECIDED[:1] if first else _DECIDED
    query = (
        select(timeline.c.inquiry_id, timeline.c.details)
        .where(timeline.c.inquiry_id.in_(ids), timeline.c.kind.in_(kinds))
        .order_by(timeline.c.inquiry_id, timeline.c.id)
    )
    found: dict[str, dict[str, Any]] = {}
    for inquiry_id, details in connection.execute(query):
        if not first or inquiry_id not in found:
            found[inquiry_id] = details
    return found


def _recorded(row: Row[Any], decided: dict[str, Any]) -> Recorded:
    return Recorded(
        row.id,
        row.reference,
        row.team,
        read_draft(row),
        read_classification(decided["classification"]),
        read_entities(decided.get("entities", [])),
        read_decision(decided["decision"]),
    )


def _replay(row: Row[Any]) -> Replay:
    return Replay(
        id=row.id,
        kind=ReplayKind(row.kind),
        state=ReplayState(row.state),
        policy=Policy.model_validate(row.body),
        compared_with=row.compared_with,
        since=row.since,
        until=row.until,
        samples=row.samples,
        created_at=row.created_at,
        actor=row.actor,
        total=row.total,
        done=row.done,
        found=row.found,
        after=(row.after_at, row.after_id) if row.after_id is not None else None,
        finished_at=row.finished_at,
        error=row.error,
    )
