"""The training corpus: inquiries written for this project, one file for each author.

`corpus/` holds first messages, `corpus/replies/` messages in the middle of a matter. The files are
read, never written.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from inquiry_router.inquiry.intents import INTENT_BY_ID
from inquiry_router.inquiry.model import Channel


@dataclass(frozen=True, slots=True)
class Example:
    """One inquiry with its labels. `hard` means that its author thinks it hard even for people.

    `secondary` is the category of a second matter that is asked for, `label` that of the intent.
    """

    id: str
    author: str
    lang: str
    channel: Channel
    subject: str | None
    text: str
    label: str
    intent: str
    secondary: str | None
    hard: bool


@dataclass(frozen=True, slots=True)
class ReplyExample:
    """A customer's message in the middle of a matter, with its labels given the matter.

    `before` is what the customer had said, with the intent `before_intent`; `answer` is what was
    answered, if anything. `another` means that the message is another matter, for another kind of
    team.
    """

    id: str
    author: str
    lang: str
    channel: Channel
    before: str
    before_intent: str
    answer: str | None
    text: str
    label: str
    intent: str
    another: bool


Kind = TypeVar("Kind", Example, ReplyExample)

CORPUS = Path(__file__).parent / "corpus"


def read_corpus(folder: Path = CORPUS) -> list[Example]:
    """Read all examples in the order of the files. Raises `ValueError` with file and line."""
    return [
        _read(Example, record, where)
        for path in sorted(folder.glob("*.jsonl"))
        for record, where in _records(path)
    ]


def read_replies(folder: Path = CORPUS / "replies") -> list[ReplyExample]:
    """Read all replies in the order of the files. Raises `ValueError` with file and line."""
    return [
        _read(ReplyExample, record, where)
        for path in sorted(folder.glob("*.jsonl"))
        for record, where in _records(path)
    ]


def _read(kind: type[Kind], record: dict[str, Any], where: str) -> Kind:
    """Return the example. Raises `ValueError` if its labels do not fit each other."""
    try:
        example = kind(**record)
    except TypeError as error:
        raise ValueError(f"{where}: {error}") from None
    intent = INTENT_BY_ID.get(example.intent)
    if intent is None or intent.category != example.label:
        raise ValueError(f"{where}: there is no intent '{example.intent}' of '{example.label}'")
    return example


def _records(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each line's record and its place in words."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        where = f"{path.name}, line {number}"
        try:
            record = json.loads(line)
            record["channel"] = Channel(record["channel"])
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{where}: {error}") from None
        yield record, where
