"""Report the quality of decisions and the drift of the input.

An inquiry counts as looked at if a person corrected, confirmed or resolved it. It counts as right
if its present category is the one that the router gave it first. Intents are judged only where a
person said the right one.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np
from sqlalchemy import Connection, Select, Subquery, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from inquiry_router.classification.baseline import length_group, shares
from inquiry_router.classification.calibration import calibration_error
from inquiry_router.corrections.tables import corrections
from inquiry_router.inquiries.tables import inquiries, messages, timeline
from inquiry_router.inquiry.model import Flag, Status

MAX_INQUIRIES: Final = 10_000
# Lengths and unknown letter groups are measured on this many of them only.
MAX_TEXTS: Final = 250
MAX_TEXT_CHARS: Final = 4000
BINS: Final = 10
# Population stability index, the usual reading: a stable population is below the first limit, one
# from the second limit on is another population.
MOVED: Final = 0.1
SHIFTED: Final = 0.25
# The vocabulary has shifted if the share of unknown letter groups exceeds the corpus's by this.
UNKNOWN_SHIFTED: Final = 0.05
_MIN_SHARE: Final = 1e-3
# Of fewer inquiries the shares jump about, and every small company would read "shifted".
MIN_FOR_DRIFT: Final = 200
_ABSTAINED: Final = (Flag.UNSURE, Flag.UNCLASSIFIED)


class QualityEntry(NamedTuple):
    """One inquiry: the router's first decision, and the present category.

    `said_intent` is the intent that a person gave to the present category.
    """

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
    """Read the newest inquiries of a period, newest first, at most `MAX_INQUIRIES`.

    One that waits for the classifier has no decision yet, and is left out.
    """
    on_postgres = connection.dialect.name == "postgresql"
    newest = _of_period(_newest_inquiries(parses_once=on_postgres), since, until).limit(
        MAX_INQUIRIES
    )
    query = _with_single_fields(newest.subquery())
    return [QualityEntry(*row) for row in connection.execute(query)]


def read_texts(connection: Connection, since: datetime | None, until: datetime | None) -> list[str]:
    """Read the newest texts of a period, newest first, at most `MAX_TEXTS`."""
    text = func.substr(messages.c.text, 1, MAX_TEXT_CHARS).label("text")
    opening = select(messages.c.subject, text).join(inquiries, inquiries.c.id == messages.c.id)
    query = _of_period(opening, since, until).limit(MAX_TEXTS)
    return [f"{row.subject or ''} {row.text}" for row in connection.execute(query)]


def _of_period(query: Select[Any], since: datetime | None, until: datetime | None) -> Select[Any]:
    if since is not None:
        query = query.where(inquiries.c.received_at >= since)
    if until is not None:
        query = query.where(inquiries.c.received_at < until)
    return query.order_by(inquiries.c.received_at.desc(), inquiries.c.id.desc())


def _newest_inquiries(*, parses_once: bool) -> Select[Any]:
    """Ask for inquiries with their first decision. One index look-up an inquiry.

    `parses_once`: the decision is parsed here. PostgreSQL would parse it for each of its fields,
    which takes most of the time of a report; SQLite remembers what it has parsed.

    On SQLite a join with the first entries of all timelines would take time in the product of both
    tables, and PostgreSQL would join before it limits.
    """
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
    corrected = exists().where(corrections.c.inquiry_id == inquiries.c.id)
    return select(
        *(inquiries.c[name] for name in ("id", "received_at", "language", "channel", "category")),
        or_(inquiries.c.status == Status.RESOLVED, corrected).label("looked_at"),
        (cast(first, JSONB) if parses_once else first).label("details"),
        said.label("said_intent"),
    )


def _with_single_fields(newest: Subquery) -> Select[Any]:
    """Ask for the fields of entries: decoding whole decisions here takes most of the time."""
    details = newest.c.details
    first_category, model, method, first_intent = (
        details["classification", name].as_string()
        for name in ("category", "model", "method", "intent")
    )
    flags = details["decision", "flags"].as_string()
    values = {
        "language": newest.c.language,
        "channel": newest.c.channel,
        "first_category": first_category,
        "first_confidence": details["classification", "confidence"].as_float(),
        "category": newest.c.category,
        "model": model,
        "method": method,
        # The list as it is written in JSON.
        "abstained": or_(*(flags.contains(f'"{flag}"') for flag in _ABSTAINED)),
        "looked_at": newest.c.looked_at,
        "first_intent": first_intent,
        "said_intent": newest.c.said_intent,
    }
    return (
        select(*(values[name].label(name) for name in QualityEntry._fields))
        .where(first_category.is_not(None))
        .order_by(newest.c.received_at.desc(), newest.c.id.desc())
    )


def quality_report(
    entries: Sequence[QualityEntry],
    texts: Sequence[str],
    baseline: Mapping[str, Any],
    unknown_letters: Callable[[str], float],
) -> dict[str, Any]:
    """Compute the report.

    `texts` are those of the newest entries. `baseline` holds the corpus's shares by language,
    channel and length, and its share of unknown letter groups. `unknown_letters` returns that share
    for one text.
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
        "drift": _drift(entries, texts, baseline, unknown_letters),
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
    texts: Sequence[str],
    baseline: Mapping[str, Any],
    unknown_letters: Callable[[str], float],
) -> dict[str, Any]:
    if len(entries) < MIN_FOR_DRIFT or not baseline:
        unknown = dict.fromkeys(("language", "channel", "length", "unknown_letters"))
        return {"verdict": "unknown", **unknown}
    groups = {
        "language": [entry.language for entry in entries],
        "channel": [entry.channel for entry in entries],
        "length": [length_group(text) for text in texts],
    }
    index = {name: stability_index(shares(of), baseline[name]) for name, of in groups.items()}
    now = sum(map(unknown_letters, texts)) / len(texts)
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
