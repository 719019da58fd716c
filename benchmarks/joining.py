"""Joining, judged on pairs of messages that several people wrote without seeing the code.

A pair says if its second message belongs to the inquiry that the first one opened. Each message is
read by the code that reads live ones. The pairs of the authors in `HELD_OUT` give the figures;
joining was fitted on the others (`python -m training.joining`).
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.table import Line, at_least, at_most
from inquiry_router.inquiry.matter import (
    MIN_WORDS,
    NEW_MATTER,
    WORD,
    Candidate,
    Joining,
    Progress,
    SaidBefore,
)
from inquiry_router.inquiry.model import Channel, Contact, Draft, MailThread, Origin, Status
from inquiry_router.intake.reading import Reading, read
from inquiry_router.matters.comparison import Compared
from inquiry_router.matters.incoming import Incoming
from inquiry_router.matters.joining import join
from inquiry_router.matters.reading import incoming_of
from inquiry_router.matters.settings import MatterRules
from inquiry_router.matters.sides import MessageSide

PAIRS: Final = Path(__file__).with_name("pairs")
GOES_ON: Final = "goes_on.tsv"
HELD_OUT: Final = frozenset({"a8", "a9", "a12"})
# Their figures were seen only once, at the end.
NEWEST: Final = frozenset({"a12"})
FITTED_ON: Final = frozenset(path.stem for path in PAIRS.glob("*.jsonl")) - HELD_OUT
_FIRST_AT: Final = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
# A text message comes by the API.
_CHANNELS: Final = {"sms": Channel.API}
_REFERENCES: Final = {"{REF}": "K7MA-4XEY", "{OTHERREF}": "3WYA-EE71", "{BADREF}": "K7MA-4XEJ"}


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of some pairs. `false` and `missed` are ids of pairs."""

    same: int
    found: int
    apart: int
    false: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def pairs(self) -> int:
        """The number of pairs."""
        return self.same + self.apart

    @property
    def false_share(self) -> float:
        """Joins of pairs that must stay apart, as a share of all joins."""
        joins = self.found + len(self.false)
        return len(self.false) / joins if joins else 0.0

    @property
    def found_share(self) -> float:
        """Pairs of one matter that were found, as a share of them."""
        return self.found / self.same


def joining() -> Iterator[Line]:
    """The figures of the authors that nothing was fitted on."""
    figures = judge(HELD_OUT)
    pairs = f"{figures.pairs} pairs"
    yield at_most("false joins, as a share of all joins", pairs, figures.false_share, 0.01)
    yield at_least("one matter, found", pairs, figures.found_share, 0.8)


def judge(authors: Collection[str]) -> Figures:
    """Judge the pairs of these authors."""
    same = apart = 0
    false, missed = [], []
    senses = read_senses()
    for pair in read_pairs():
        if pair["author"] not in authors:
            continue
        joined = is_joined(join_pair(pair, senses[pair["id"]]))
        same, apart = same + pair["same"], apart + (not pair["same"])
        if joined and not pair["same"]:
            false.append(pair["id"])
        if pair["same"] and not joined:
            missed.append(pair["id"])
    return Figures(same, same - len(missed), apart, tuple(false), tuple(missed))


def read_pairs() -> Iterator[dict[str, Any]]:
    """Read the pairs of all authors."""
    for file in sorted(PAIRS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield {**json.loads(line), "author": file.stem}


def read_senses() -> dict[str, float]:
    """Read how much each second message goes on with something.

    The log-odds are of the encoder's head that has not seen its author.
    """
    lines = (PAIRS / GOES_ON).read_text(encoding="utf-8").splitlines()
    return {name: float(sense) for name, sense in (line.split("\t") for line in lines)}


def join_pair(pair: dict[str, Any], sense: float | None) -> Joining:
    """Look for the matter of the second message; only the first one is known.

    It is known only if the database would find it: by a sign in common, or a quoted reference.
    """
    message, candidate = sides_of(pair, sense)
    if not is_looked_up(message, candidate):
        return NEW_MATTER
    return join(message, [candidate], MatterRules())


def is_joined(joining: Joining) -> bool:
    """True if the message became part of the inquiry."""
    return joining.matter is not None and not joining.apart


def is_looked_up(message: Incoming, candidate: Candidate) -> bool:
    """True if the database would find the inquiry for the message."""
    shared = candidate.signs.intersection(message.looked_for)
    words = sum(sign.startswith(WORD) for sign in shared)
    return bool(message.references) or len(shared) > words or words >= MIN_WORDS


def compared(message: Incoming, candidate: Candidate) -> Compared:
    """Return a message beside an inquiry."""
    return Compared(MessageSide(message), candidate, MatterRules())


def reading_of(message: dict[str, Any]) -> Reading:
    """Read a message of a pair by the code that reads live ones."""
    return read(_draft(message, _FIRST_AT))


def sides_of(pair: dict[str, Any], sense: float | None) -> tuple[Incoming, Candidate]:
    """Return the second message, and the inquiry that the first one opened."""
    first = reading_of(pair["first"])
    at = _FIRST_AT + timedelta(hours=pair["hours_between"])
    message = replace(incoming_of(read(_draft(pair["second"], at)), at), goes_on=sense)
    resolved = pair["first_resolved_hours_ago"]
    return message, _candidate(first, at - timedelta(hours=resolved) if resolved else None)


def _candidate(reading: Reading, resolved_at: datetime | None) -> Candidate:
    draft = reading.draft
    said = SaidBefore(_FIRST_AT, draft.subject, draft.text, draft.contact, draft.thread.mail_id)
    return Candidate(
        inquiry_id="first",
        reference=_REFERENCES["{REF}"],
        progress=Progress(
            "customer_service",
            Status.RESOLVED if resolved_at else Status.ROUTED,
            draft.channel,
            _FIRST_AT,
        ),
        resolved_at=resolved_at,
        signs=frozenset(incoming_of(reading, _FIRST_AT).signs),
        messages=(said,),
    )


def _draft(message: dict[str, Any], at: datetime) -> Draft:
    system, _, ticket = (message.get("ticket") or "").partition(":")
    thread = MailThread(
        _bare(message.get("mail_id")),
        tuple(_bare(one) or "" for one in message.get("in_reply_to") or ()),
    )
    return Draft(
        channel=_CHANNELS.get(message["channel"]) or Channel(message["channel"]),
        text=_with_references(message["text"]),
        subject=_with_references(message["subject"]) if message.get("subject") else None,
        contact=Contact(**message["contact"]),
        origin=Origin(system, ticket) if ticket else None,
        received_at=at,
        thread=thread,
    )


def _bare(mail_id: str | None) -> str | None:
    return mail_id.strip("<> ") if mail_id else None


def _with_references(text: str) -> str:
    for name, reference in _REFERENCES.items():
        text = text.replace(name, reference)
    return text
