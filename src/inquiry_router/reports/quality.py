"""How good the decisions have been, as far as people have looked; and whether what comes in is still what the model knows.

An inquiry counts as looked at when a person corrected, confirmed or resolved it; as right when the category stands that the
router gave it first.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, exists, func, select

from inquiry_router.classification.baseline import length_group, shares
from inquiry_router.classification.calibration import calibration_error
from inquiry_router.corrections.tables import corrections
from inquiry_router.inquiries.tables import inquiries, timeline
from inquiry_router.inquiry.model import Flag, Status

MOST_INQUIRIES: Final = 10_000
MOST_READ: Final = 500
# Of each text; ten thousand of the longest ones would fill the memory.
MAX_CHARACTERS: Final = 4000
BINS: Final = 10
# The usual reading of the population stability index: below 0.1 nothing moved, from 0.25 on the population is another one.
MOVED: Final = 0.1
SHIFTED: Final = 0.25
# More unknown letter groups than that beyond the corpus's own share is another vocabulary.
UNKNOWN_MOVED: Final = 0.05
_LEAST_SHARE: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Seen:
    """One inquiry: what the router made of it first, and where people have put it since."""

    text: str
    language: str
    channel: str
    first_category: str
    first_confidence: float
    category: str
    model: str
    method: str
    abstained: bool
    looked_at: bool

    @property
    def right(self) -> bool:
        """Whether the first category still stands."""
        return self.first_category == self.category


def seen(connection: Connection, since: datetime | None, until: datetime | None) -> list[Seen]:
    """The newest inquiries of a period, at most `MOST_INQUIRIES`, the newest first."""
    # One index look-up an inquiry. A join with the first entries of all timelines would be the
    # product of both on SQLite.
    first = (
        select(timeline.c.details)
        .where(timeline.c.inquiry_id == inquiries.c.id, timeline.c.kind == "routed")
        .order_by(timeline.c.id)
        .limit(1)
        .scalar_subquery()
    )
    corrected = exists().where(corrections.c.inquiry_id == inquiries.c.id)
    query = (
        select(
            inquiries.c.subject,
            func.substr(inquiries.c.text, 1, MAX_CHARACTERS).label("text"),
            *(inquiries.c[name] for name in ("language", "channel", "category", "status")),
            first.label("details"),
            corrected.label("corrected"),
        )
        .order_by(inquiries.c.received_at.desc(), inquiries.c.id.desc())
        .limit(MOST_INQUIRIES)
    )
    if since is not None:
        query = query.where(inquiries.c.received_at >= since)
    if until is not None:
        query = query.where(inquiries.c.received_at < until)
    return [_seen(row) for row in connection.execute(query)]


def _seen(row: Any) -> Seen:
    classification, flags = row.details["classification"], row.details["decision"]["flags"]
    return Seen(
        text=f"{row.subject or ''} {row.text}",
        language=row.language,
        channel=row.channel,
        first_category=classification["category"],
        first_confidence=classification["confidence"],
        category=row.category,
        model=classification["model"],
        method=classification["method"],
        abstained=Flag.UNSURE in flags or Flag.UNCLASSIFIED in flags,
        looked_at=row.corrected or row.status == Status.RESOLVED,
    )


def quality(
    entries: Sequence[Seen], baseline: Mapping[str, Any], unknown: Callable[[str], float]
) -> dict[str, Any]:
    """Report figures of quality and drift.

    `baseline` are the corpus's shares by language, channel and length, and its share of unknown letter groups; `unknown` says
    that share for a text.
    """
    looked_at = [entry for entry in entries if entry.looked_at and entry.method == "model"]
    return {
        "inquiries": len(entries),
        "looked_at": len(looked_at),
        "right": share(looked_at, lambda entry: entry.right),
        "decided": share(entries, lambda entry: not entry.abstained),
        "right_when_decided": share(
            [e for e in looked_at if not e.abstained], lambda entry: entry.right
        ),
        "by_category": _groups(entries, lambda entry: entry.first_category),
        "by_language": _groups(entries, lambda entry: entry.language),
        "by_channel": _groups(entries, lambda entry: entry.channel),
        "by_model": _groups(entries, lambda entry: entry.model),
        "confusion": _confusion(looked_at),
        "calibration": _calibration(looked_at),
        "drift": _drift(entries, baseline, unknown),
    }


def share(entries: Sequence[Seen], holds: Callable[[Seen], bool]) -> float | None:
    """Of these the share for which it holds; None of nothing."""
    return round(sum(holds(entry) for entry in entries) / len(entries), 4) if entries else None


def stability_index(present: Mapping[str, float], before: Mapping[str, float]) -> float:
    """Population stability index: the sum of (p - q) ln(p / q) over all groups; 0 when both are distributed alike."""
    total = 0.0
    for name in {*present, *before}:
        p, q = max(present.get(name, 0.0), _LEAST_SHARE), max(before.get(name, 0.0), _LEAST_SHARE)
        total += (p - q) * math.log(p / q)
    return round(total, 3)


def _groups(entries: Sequence[Seen], key: Callable[[Seen], str]) -> dict[str, dict[str, Any]]:
    grouped: dict[str, list[Seen]] = defaultdict(list)
    for entry in entries:
        grouped[key(entry)].append(entry)
    report = {}
    for name, members in sorted(grouped.items()):
        looked_at = [entry for entry in members if entry.looked_at and entry.method == "model"]
        report[name] = {
            "inquiries": len(members),
            "looked_at": len(looked_at),
            "right": share(looked_at, lambda entry: entry.right),
            "decided": share(members, lambda entry: not entry.abstained),
        }
    return report


def _confusion(entries: Sequence[Seen]) -> dict[str, dict[str, int]]:
    """What people said -> what the router had said -> how many."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        counts[entry.category][entry.first_category] += 1
    return {name: dict(sorted(found.items())) for name, found in sorted(counts.items())}


def _calibration(entries: Sequence[Seen]) -> dict[str, Any]:
    bins: dict[int, list[Seen]] = defaultdict(list)
    for entry in entries:
        bins[min(int(entry.first_confidence * BINS), BINS - 1)].append(entry)
    rows = []
    for place, members in sorted(bins.items()):
        confidence = sum(entry.first_confidence for entry in members) / len(members)
        right = sum(entry.right for entry in members) / len(members)
        rows.append(
            {
                "from": place / BINS,
                "to": (place + 1) / BINS,
                "inquiries": len(members),
                "confidence": round(confidence, 4),
                "right": round(right, 4),
            }
        )
    confidences = np.array([entry.first_confidence for entry in entries], dtype=np.float32)
    error = (
        calibration_error(confidences, np.array([entry.right for entry in entries]), BINS)
        if entries
        else None
    )
    return {"error": None if error is None else round(error, 4), "bins": rows}


def _drift(
    entries: Sequence[Seen], baseline: Mapping[str, Any], unknown: Callable[[str], float]
) -> dict[str, Any]:
    if not entries or not baseline:
        return {
            "verdict": "unknown",
            "language": None,
            "channel": None,
            "length": None,
            "unknown_letters": None,
        }
    index = {
        "language": stability_index(
            shares([entry.language for entry in entries]), baseline["language"]
        ),
        "channel": stability_index(
            shares([entry.channel for entry in entries]), baseline["channel"]
        ),
        "length": stability_index(
            shares([length_group(entry.text) for entry in entries]), baseline["length"]
        ),
    }
    read = entries[:MOST_READ]
    strange = sum(unknown(entry.text) for entry in read) / len(read)
    worst = max(index.values())
    beyond = strange - baseline["unknown_letters"]
    verdict = "steady"
    if worst >= MOVED or beyond >= UNKNOWN_MOVED / 2:
        verdict = "moved"
    if worst >= SHIFTED or beyond >= UNKNOWN_MOVED:
        verdict = "shifted"
    letters = {"now": round(strange, 4), "corpus": baseline["unknown_letters"]}
    return {"verdict": verdict, **index, "unknown_letters": letters}
