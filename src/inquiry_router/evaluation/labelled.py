"""Read labelled inquiries from a file, for `evaluate` and `train`.

A line of `.jsonl` is `{"id", "lang", "channel", "subject", "text", "label", "secondary"?,
"acceptable"?: [...], "intent"?}`, of which only `text` and `label` are needed; a category in
`acceptable` counts as right too. A `.csv` has a heading with `text` and `label` (or `category`),
and may have the others.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.intents import INTENT_BY_ID
from inquiry_router.inquiry.model import Channel, Draft


@dataclass(frozen=True, slots=True)
class LabelledInquiry:
    """One inquiry with its label."""

    id: str
    lang: str
    draft: Draft
    label: str
    secondary: str | None
    acceptable: frozenset[str]
    intent: str | None = None


def read_file(path: Path, labels: Sequence[str] | None) -> list[LabelledInquiry]:
    """Read all inquiries of a file. `labels` are those allowed; None allows any.

    Raises `ValueError` that names the file, the line and the cure.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".csv":
            return _read_all(_csv_records(text), labels)
        return read_lines(text.splitlines(), labels)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: byte {error.start} is not UTF-8: save the file as UTF-8"
        ) from None
    except (ValueError, csv.Error) as error:
        raise ValueError(f"{path}: {error}") from None


def read_lines(lines: Iterable[str], labels: Sequence[str] | None) -> list[LabelledInquiry]:
    """Read lines of JSON. Raises `ValueError` that names the line and the cure."""
    return _read_all(_json_records(lines), labels)


def _read_all(
    records: Iterator[tuple[int, Any]], labels: Sequence[str] | None
) -> list[LabelledInquiry]:
    items = [_read(number, record, labels) for number, record in records]
    if not items:
        raise ValueError("the file holds no inquiry: write one a line")
    return items


def _json_records(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise ValueError(
                    f"line {number}: not JSON ({error}); write one object a line"
                ) from None


def _csv_records(text: str) -> Iterator[tuple[int, Any]]:
    rows = csv.DictReader(io.StringIO(text), strict=True)
    heading = set(rows.fieldnames or ())
    if "text" not in heading or not heading & {"label", "category"}:
        raise ValueError("line 1: the heading needs the columns text and label")
    for row in rows:
        if None in row or None in row.values():
            raise ValueError(
                f"line {rows.line_num}: it has not as many columns as the heading: "
                "put text with commas in quotes"
            )
        record = {name: value for name, value in row.items() if value != ""}
        record.setdefault("label", record.get("category"))
        yield rows.line_num, {**record, "text": row["text"]}


def _read(number: int, record: Any, labels: Sequence[str] | None) -> LabelledInquiry:
    try:
        label, secondary = record["label"], record.get("secondary")
        acceptable = frozenset({label, *(record.get("acceptable") or ())})
        for category in (*acceptable, *((secondary,) if secondary else ())):
            _check(category, labels)
        intent = record.get("intent") or None
        _check_intent(intent, acceptable)
        subject, text = record.get("subject"), record.get("text") or ""
        if not isinstance(text, str) or not isinstance(subject, str | None):
            raise ValueError("'subject' and 'text' must be text")
        draft = Draft(Channel(record.get("channel", "email")), text, subject)
        return LabelledInquiry(
            str(record.get("id", number)),
            str(record.get("lang", "?")),
            draft,
            label,
            secondary,
            acceptable,
            intent,
        )
    except KeyError as error:
        raise ValueError(f"line {number}: the field {error} is missing") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"line {number}: {error}") from None


def _check(category: object, labels: Sequence[str] | None) -> None:
    if not isinstance(category, str) or not category.strip():
        raise ValueError("a label must be a text that is not empty")
    if labels is not None and category not in labels:
        raise ValueError(f"there is no category {category!r}; it is one of {', '.join(labels)}")


def _check_intent(intent: object, acceptable: frozenset[str]) -> None:
    """Check the intent of a text that is labelled with the product's own categories."""
    if intent is None or not acceptable <= set(CATEGORY_IDS):
        return
    known = INTENT_BY_ID.get(str(intent))
    if known is None:
        raise ValueError(f"there is no intent {intent!r}; docs/labelling.md lists them")
    if known.category not in acceptable:
        raise ValueError(
            f"{intent!r} is an intent of {known.category}, not of {' or '.join(sorted(acceptable))}"
        )
