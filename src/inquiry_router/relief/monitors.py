"""Monitors: saved questions over past and new inquiries, with an alert from a number on."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from inquiry_router.accounts.store import ids_with_merged
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.errors import Conflict, NotFound
from inquiry_router.process.ids import new_id
from inquiry_router.relief.figures import ZONE
from inquiry_router.relief.tables import monitors
from inquiry_router.telling.model import Notice, Receiver
from inquiry_router.telling.store import add_notice
from inquiry_router.text.folding import fold

MAX_MONITORS: Final = 100
MAX_REFERENCES: Final = 20
HISTORY: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Question:
    """The question of a monitor. Every word must be there; None lets everything through."""

    words: tuple[str, ...] = ()
    category: str | None = None
    intent: str | None = None
    team: str | None = None
    channel: str | None = None
    account: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Render it for the database."""
        return {
            "words": list(self.words),
            "category": self.category,
            "intent": self.intent,
            "team": self.team,
            "channel": self.channel,
            "account": self.account,
        }

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> "Question":
        """Read it from the database."""
        return cls(**{**given, "words": tuple(given.get("words", ()))})


@dataclass(frozen=True, slots=True)
class MonitorData:
    """Everything that people say about a monitor. It alerts at `threshold` in `days`."""

    name: str
    question: Question
    threshold: int
    days: int
    receiver: str = "managers"
    enabled: bool = True


def find_matches(
    connection: Connection, question: Question, since: datetime, until: datetime
) -> list[Row[Any]]:
    """Find the inquiries that a question asks for: id, reference and time, the newest first."""
    query = select(inquiries.c.id, inquiries.c.reference, inquiries.c.received_at).where(
        inquiries.c.received_at >= since,
        inquiries.c.received_at < until,
        inquiries.c.merged_into.is_(None),
        *(inquiries.c.search.contains(fold(word), autoescape=True) for word in question.words),
    )
    for name in ("category", "intent", "team", "channel"):
        if (wanted := getattr(question, name)) is not None:
            query = query.where(inquiries.c[name] == wanted)
    if question.account is not None:
        ids = ids_with_merged(connection, question.account)
        query = query.where(inquiries.c.account_id.in_(ids))
    return list(connection.execute(query.order_by(inquiries.c.received_at.desc())))


def history_of(connection: Connection, question: Question, now: datetime) -> list[dict[str, Any]]:
    """Count the matches of a year by month, the oldest first."""
    found = find_matches(connection, question, now - HISTORY, now)
    counts = Counter(f"{row.received_at.astimezone(ZONE):%Y-%m}" for row in found)
    return [{"month": month, "count": count} for month, count in sorted(counts.items())]


def add_monitor(connection: Connection, data: MonitorData, actor: str, now: datetime) -> str:
    """Add a monitor. Raises `Conflict` if there are too many."""
    if len(connection.execute(select(monitors.c.id)).all()) >= MAX_MONITORS:
        raise Conflict(
            f"There are {MAX_MONITORS} monitors already.", hint="DELETE /v1/monitors/{id}"
        )
    monitor_id = new_id()
    row = {**_values(data), "id": monitor_id, "version": 1, "actor": actor, "created_at": now}
    connection.execute(insert(monitors).values(row))
    return monitor_id


def remove_monitor(connection: Connection, monitor_id: str) -> None:
    """Remove a monitor. Raises `NotFound`."""
    row = find_monitor(connection, monitor_id)
    connection.execute(delete(monitors).where(monitors.c.id == row.id))


def find_monitor(connection: Connection, named: str) -> Row[Any]:
    """Find a monitor by id; `latest` is the newest. Raises `NotFound`."""
    query = select(monitors).order_by(monitors.c.id.desc()).limit(1)
    if named != "latest":
        query = query.where(monitors.c.id == named)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"There is no monitor '{named[:64]}'.", hint="GET /v1/monitors")
    return row


def list_monitors(connection: Connection) -> list[Row[Any]]:
    """List monitors, the newest first."""
    return list(connection.execute(select(monitors).order_by(monitors.c.id.desc())))


def _values(data: MonitorData) -> dict[str, Any]:
    return {
        "name": data.name,
        "question": data.question.as_json(),
        "threshold": data.threshold,
        "days": data.days,
        "receiver": data.receiver,
        "enabled": data.enabled,
    }


def ask_all(
    connection: Connection, now: datetime, link: Callable[[str], str] = lambda _: ""
) -> int:
    """Ask every monitor, and alert where its number is reached. Returns the number of alerts.

    After an alert it stays silent for its days, so that a bad week is not told each minute.
    """
    told = 0
    for row in connection.execute(select(monitors).where(monitors.c.enabled)).all():
        silent = row.alerted_at is not None and now - row.alerted_at < timedelta(days=row.days)
        this = update(monitors).where(monitors.c.id == row.id)
        connection.execute(this.values(asked_at=now))
        if silent:
            continue
        try:
            question = Question.from_json(row.question)
            found = find_matches(connection, question, now - timedelta(days=row.days), now)
        except NotFound:  # its account was removed
            continue
        if len(found) < row.threshold:
            continue
        notice = _alert(row, found, now, link(row.id))
        if add_notice(connection, notice, now):
            told += 1
        connection.execute(this.values(alerted_at=now))
    return told


def _alert(row: Row[Any], found: list[Row[Any]], now: datetime, url: str) -> Notice:
    references = ", ".join(one.reference for one in found[:MAX_REFERENCES])
    facts = {
        "name": row.name,
        "count": len(found),
        "threshold": row.threshold,
        "text": references,
        "url": url or None,
    }
    key = f"monitor:{row.id}:{now:%Y-%m-%dT%H:%M}"
    return Notice("monitor", key, receiver_of(row.receiver), facts)


def receiver_of(written: str) -> Receiver:
    """Read a receiver: `member:` and an id, or a group."""
    if written.startswith("member:"):
        return Receiver(member_id=written.removeprefix("member:"))
    return Receiver(group=written)
