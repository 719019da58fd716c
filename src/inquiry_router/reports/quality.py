"""Report the quality of decisions and the drift of the input.

An inquiry counts as looked at if a person corrected, confirmed or resolved it. It counts as right
if its present category is the one that the router gave it first. Intents are judged only where a
person said the right one.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, Row, Select, exists, func, select

from inquiry_router.classification.baseline import length_group, shares
from inquiry_router.classification.calibration import calibration_error
from inquiry_router.corrections.tables import corrections
from inquiry_router.inquiries.tables import inquiries, messages, timeline
from inquiry_router.inquiry.model import Flag, Status

MAX_INQUIRIES: Final = 10_000
# Unknown letter groups are measured on this many of them only.
MAX_LETTER_TEXTS: Final = 500
# Per text: ten thousand of the longest texts would fill the memory.
MAX_TEXT_CHARS: Final = 4000
BINS: Final = 10
# Population stability index, the usual reading: a stable population is below the first limit, one
# from the second limit on is another population.
MOVED: Final = 0.1
SHIFTED: Final = 0.25
# The vocabulary has shifted if the share of unknown letter groups exceeds the corpus's by this.
UNKNOWN_SHIFTED: Final = 0.05
_MIN_SHARE: Final = 1e-3


@dataclass(frozen=True, slots=True)
class QualityEntry:
    """One inquiry: the router's first decision, and the present category.

    `said_intent` is the intent that a person gave to the present category.
    """

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
    first_intent: str | None = None
    said_intent: str | None = None

    @property
    def right(self) -> bool:
        """True if the first category still stands."""
        return self.first_category == self.category


def read_entries(
    connection: Connection, since: datetime | None, until: datetime | None
) -> list[QualityEntry]:
    """Read the newest inquiries of a period, newest first, at most `MAX_INQUIRIES`."""
    query = _newest_inquiries()
    if since is not None:
        query = query.where(inquiries.c.received_at >= since)
    if until is not None:
        query = query.where(inquiries.c.received_at < until)
    # One that waits for the classifier has no decision yet.
    return [_entry(row) for row in connection.execute(query) if row.details is not None]


def _newest_inquiries() -> Select[Any]:
    # One index look-up an inquiry. On SQLite a join with the first entries of all timelines would
    # take time in the product of both tables.
    first = (
        select(timeline.c.details)
        .where(timeline.c.inquiry_id == inquiries.c.id, timeline.c.kind == "routed")
        .order_by(timeline.c.id)
        .limit(1)
        .scalar_subquery()
    )
    said = (
        select(corrections.c.intent)
        .where(corrections.c.inquiry_id == inquiries.c.id, corrections.c.intent.is_not(None))
        .where(corrections.c.category == inquiries.c.category)
        .order_by(corrections.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            messages.c.subject,
            func.substr(messages.c.text, 1, MAX_TEXT_CHARS).label("text"),
            *(inquiries.c[name] for name in ("language", "channel", "category", "status")),
            first.label("details"),
            exists().where(corrections.c.inquiry_id == inquiries.c.id).label("corrected"),
            said.label("said_intent"),
        )
        .join(messages, messages.c.id == inquiries.c.id)
        .order_by(inquiries.c.received_at.desc(), inquiries.c.id.desc())
        .limit(MAX_INQUIRIES)
    )


def _entry(row: Row[Any]) -> QualityEntry:
    classification, flags = row.details["classification"], row.details["decision"]["flags"]
    return QualityEntry(
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
        first_intent=classification.get("intent"),
        said_intent=row.said_intent,
    )


def quality_report(
    entries: Sequence[QualityEntry],
    baseline: Mapping[str, Any],
    unknown_letters: Callable[[str], float],
) -> dict[str, Any]:
    """Compute the report.

    `baseline` holds the corpus's shares by language, channel and length, and its share of unknown
    letter groups. `unknown_letters` returns that share for one text.
    """
    looked_at = _looked_at(entries)
    decided = [entry for entry in entries if not entry.abstained]
    return {
        "inquiries": len(entries),
        "looked_at": len(looked_at),
        "right": _share(looked_at, _is_right),
        "decided": _share(entries, _is_decided),
        "right_when_decided": _share([e for e in looked_at if not e.abstained], _is_right),
        "intent_named": _share(decided, lambda entry: entry.first_intent is not None),
        "intent_right": _share(_said_intents(entries), _is_intent_right),
        "by_category": _groups(entries, lambda entry: entry.first_category),
        "by_intent": _intents(entries),
        "by_language": _groups(entries, lambda entry: entry.language),
        "by_channel": _groups(entries, lambda entry: entry.channel),
        "by_model": _groups(entries, lambda entry: entry.model),
        "confusion": _confusion(looked_at),
        "calibration": _calibration(looked_at),
        "drift": _drift(entries, baseline, unknown_letters),
    }


def stability_index(present: Mapping[str, float], before: Mapping[str, float]) -> float:
    """Return the population stability index of two distributions; 0 if they are the same.

    It is the sum of (p - q) ln(p / q) over all groups.
    """
    total = 0.0
    for name in {*present, *before}:
        p, q = max(present.get(name, 0.0), _MIN_SHARE), max(before.get(name, 0.0), _MIN_SHARE)
        total += (p - q) * math.log(p / q)
    return round(total, 3)


def _looked_at(entries: Sequence[QualityEntry]) -> list[QualityEntry]:
    return [entry for entry in entries if entry.looked_at and entry.method == "model"]


def _is_right(entry: QualityEntry) -> bool:
    return entry.right


def _is_decided(entry: QualityEntry) -> bool:
    return not entry.abstained


def _share(
    entries: Sequence[QualityEntry], condition: Callable[[QualityEntry], bool]
) -> float | None:
    """Return the share of entries that meet the condition; None if there are no entries."""
    return round(sum(map(condition, entries)) / len(entries), 4) if entries else None


def _groups(
    entries: Sequence[QualityEntry], key: Callable[[QualityEntry], str]
) -> dict[str, dict[str, Any]]:
    grouped: dict[str, list[QualityEntry]] = defaultdict(list)
    for entry in entries:
        grouped[key(entry)].append(entry)
    return {name: _group(members) for name, members in sorted(grouped.items())}


def _group(members: Sequence[QualityEntry]) -> dict[str, Any]:
    looked_at = _looked_at(members)
    return {
        "inquiries": len(members),
        "looked_at": len(looked_at),
        "right": _share(looked_at, _is_right),
        "decided": _share(members, _is_decided),
    }


def _said_intents(entries: Sequence[QualityEntry]) -> list[QualityEntry]:
    return [entry for entry in entries if entry.said_intent and entry.method == "model"]


def _is_intent_right(entry: QualityEntry) -> bool:
    return entry.first_intent == entry.said_intent


def _intents(entries: Sequence[QualityEntry]) -> dict[str, dict[str, Any]]:
    """Figures by the intent that the router named first."""
    grouped: dict[str, list[QualityEntry]] = defaultdict(list)
    for entry in entries:
        if entry.first_intent is not None:
            grouped[entry.first_intent].append(entry)
    return {
        name: {
            "inquiries": len(members),
            "said": len(_said_intents(members)),
            "right": _share(_said_intents(members), _is_intent_right),
        }
        for name, members in sorted(grouped.items())
    }


def _confusion(entries: Sequence[QualityEntry]) -> dict[str, dict[str, int]]:
    """Count inquiries by present category, then by the router's first category."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        counts[entry.category][entry.first_category] += 1
    return {name: dict(sorted(found.items())) for name, found in sorted(counts.items())}


def _calibration(entries: Sequence[QualityEntry]) -> dict[str, Any]:
    bins: dict[int, list[QualityEntry]] = defaultdict(list)
    for entry in entries:
        bins[min(int(entry.first_confidence * BINS), BINS - 1)].append(entry)
    return {
        "error": _calibration_error(entries) if entries else None,
        "bins": [_bin(place, members) for place, members in sorted(bins.items())],
    }


def _calibration_error(entries: Sequence[QualityEntry]) -> float:
    confidences = np.array([entry.first_confidence for entry in entries], dtype=np.float32)
    right = np.array([entry.right for entry in entries])
    return round(calibration_error(confidences, right, BINS), 4)


def _bin(place: int, members: Sequence[QualityEntry]) -> dict[str, Any]:
    confidence = sum(entry.first_confidence for entry in members) / len(members)
    return {
        "from": place / BINS,
        "to": (place + 1) / BINS,
        "inquiries": len(members),
        "confidence": round(confidence, 4),
        "right": _share(members, _is_right),
    }


def _drift(
    entries: Sequence[QualityEntry],
    baseline: Mapping[str, Any],
    unknown_letters: Callable[[str], float],
) -> dict[str, Any]:
    if not entries or not baseline:
        unknown = dict.fromkeys(("language", "channel", "length", "unknown_letters"))
        return {"verdict": "unknown", **unknown}
    groups = {
        "language": [entry.language for entry in entries],
        "channel": [entry.channel for entry in entries],
        "length": [length_group(entry.text) for entry in entries],
    }
    index = {name: stability_index(shares(of), baseline[name]) for name, of in groups.items()}
    sample = entries[:MAX_LETTER_TEXTS]
    now = sum(unknown_letters(entry.text) for entry in sample) / len(sample)
    corpus = baseline["unknown_letters"]
    return {
        "verdict": _verdict(max(index.values()), now - corpus),
        **index,
        "unknown_letters": {"now": round(now, 4), "corpus": corpus},
    }


def _verdict(index: float, more_unknown: float) -> str:
    if index >= SHIFTED or more_unknown >= UNKNOWN_SHIFTED:
        return "shifted"
    if index >= MOVED or more_unknown >= UNKNOWN_SHIFTED / 2:
        return "moved"
    return "steady"
