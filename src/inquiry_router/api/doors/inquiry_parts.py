"""One inquiry with everything that belongs to it, and the pages of what is too much for one answer.

An inquiry that two machines wrote thousands of messages into must not make an answer without end.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row

from inquiry_router.api.web.cursors import format_cursor
from inquiry_router.delivery.records import newest_attempts
from inquiry_router.inquiries import store
from inquiry_router.inquiries.links import list_links
from inquiry_router.inquiries.messages import page_of_messages, read_messages
from inquiry_router.inquiries.rows import read_draft, read_message
from inquiry_router.inquiry.model import Draft
from inquiry_router.inquiry.rendering import answer_json, format_time, said_json
from inquiry_router.intake.question import cut_parts

MAX_MESSAGES: Final = 200
MAX_ENTRIES: Final = 500
# The place of a timeline entry: its time and id.
Place = tuple[datetime, str]


class TimelinePart(NamedTuple):
    """Some entries of a timeline, the oldest first, and the place before which others lie."""

    entries: list[dict[str, Any]]
    earlier: Place | None


def look_at(connection: Connection, inquiry: str) -> dict[str, Any]:
    """Read an inquiry with everything that belongs to it, as far as one answer has room."""
    row = store.find_inquiry(connection, inquiry)
    whole = answer_json(store.read_receipt(connection, row))
    draft = read_draft(row)
    said, after = messages_after(connection, row.id, None, MAX_MESSAGES)
    part = timeline_before(connection, row.id, None, MAX_ENTRIES)
    linked = list_links(connection, row.id)
    return {
        **whole,
        **said_json(draft),
        "cut": _cut(draft),
        "messages": said,
        "more_messages": after,
        "links": [{**one, "at": format_time(one["at"])} for one in linked],
        "timeline": part.entries,
        "earlier_timeline": format_cursor(part.earlier),
    }


def messages_after(
    connection: Connection, inquiry_id: str, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Read messages after one, the oldest first; and the id after which others follow."""
    rows = page_of_messages(connection, inquiry_id, after, limit + 1)
    page = rows[:limit]
    return [_message(one) for one in page], page[-1].id if len(rows) > limit else None


def timeline_before(
    connection: Connection, inquiry_id: str, before: Place | None, limit: int
) -> TimelinePart:
    """Read the newest entries before a place, with the words of the messages they are about."""
    entries = store.newest_entries(connection, inquiry_id, before, limit + 1)
    entries += newest_attempts(connection, inquiry_id, before, limit + 1)
    entries.sort(key=lambda entry: (entry["at"], entry["id"]))
    shown = entries[-limit:]
    earlier = (shown[0]["at"], shown[0]["id"]) if len(entries) > limit else None
    return TimelinePart(_story(connection, shown), earlier)


def _story(connection: Connection, entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = {entry["details"]["message"] for entry in entries if "message" in entry["details"]}
    words = {
        one.id: {"subject": one.subject, "text": one.text}
        for one in read_messages(connection, sorted(ids))
    }
    return [
        {
            **entry,
            "at": format_time(entry["at"]),
            "details": {**entry["details"], **words.get(entry["details"].get("message"), {})},
        }
        for entry in entries
    ]


def _message(row: Row[Any]) -> dict[str, Any]:
    draft = read_message(row)
    return {
        **said_json(draft),
        "id": row.id,
        "received_at": format_time(row.received_at),
        "category": row.category,
        "confidence": row.confidence,
        "intent": row.intent,
        "cut": _cut(draft),
    }


def _cut(draft: Draft) -> list[dict[str, Any]]:
    return [{"kind": piece.kind, "text": piece.text} for piece in cut_parts(draft)]
