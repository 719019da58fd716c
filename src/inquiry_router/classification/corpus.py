"""The training corpus: inquiries written for this project, one file for each author.

The files are read, never written.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.model import Channel


@dataclass(frozen=True, slots=True)
class Example:
    """One inquiry with its label. `hard` means that its author thinks it hard even for people."""

    id: str
    author: str
    lang: str
    channel: Channel
    subject: str | None
    text: str
    label: str
    secondary: str | None
    hard: bool


CORPUS = Path(__file__).parent / "corpus"


def read_corpus(folder: Path = CORPUS) -> list[Example]:
    """Read all examples in the order of the files. Raises `ValueError` with file and line."""
    return [example for path in sorted(folder.glob("*.jsonl")) for example in _read(path)]


def _read(path: Path) -> Iterator[Example]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            record = json.loads(line)
            record["channel"] = Channel(record["channel"])
            example = Example(**record)
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{path.name}, line {number}: {error}") from None
        if example.label not in CATEGORY_IDS or example.secondary not in (None, *CATEGORY_IDS):
            raise ValueError(
                f"{path.name}, line {number}: there is no category '{example.label}' "
                f"or '{example.secondary}'"
            )
        yield example
