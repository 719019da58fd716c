"""Whole conversations, sent through the service: the matter and the desk of each message.

Four people who had not seen the code wrote 140 conversations of four to ten messages, by mail,
chat, phone and form, and labelled each message: the matter that a careful clerk would file it
under, and the desk where that matter then lies. `thread` says which messages a mail program or a
helpdesk ties together; nobody answers, resolves or corrects anything. The conversations of `READ`
were read while the rules for later messages were made, nobody read the others.

`python -m benchmarks.conversing` prints the figures, and with `--all` each message of `READ` beside
them.
"""

import asyncio
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.servers import settings_of, sqlite_store
from benchmarks.table import Line, told
from inquiry_router.classification.service import ClassifierService
from inquiry_router.database.opening import open_database
from inquiry_router.house import House
from inquiry_router.inquiry.model import Channel, Contact, Draft, MailThread, Origin, Sending

CONVERSATIONS: Final = Path(__file__).with_name("conversations")
READ: Final = ("c1", "c2")
UNREAD: Final = ("c3", "c4")
_FIRST_AT: Final = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_TEAMS: Final = {"service": "customer_service", "sales": "sales", "triage": "triage"}


@dataclass(slots=True)
class Figures:
    """The counts: messages by desk, later messages by matter, openings that stay apart."""

    desks: Counter[str] = field(default_factory=Counter)
    later: Counter[str] = field(default_factory=Counter)
    openings: Counter[str] = field(default_factory=Counter)


def conversing() -> Iterator[Line]:
    """Send all conversations, and tell the shares."""
    yield from _lines("read", _send_all(READ))
    yield from _lines("unread", _send_all(UNREAD))


def _lines(kind: str, figures: Figures) -> Iterator[Line]:
    for what, counts in (
        ("a message of a conversation is at the desk", figures.desks),
        ("a later message is in the inquiry", figures.later),
        ("the opening of another matter is in the inquiry", figures.openings),
    ):
        shares = ", ".join(
            f"{name} {count / counts.total():.3f}" for name, count in counts.most_common()
        )
        yield told(what, f"{counts.total()} {kind} messages", shares)


def read_conversations(authors: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Read the conversations of some authors."""
    for author in authors:
        file = CONVERSATIONS / f"{author}.jsonl"
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def _send_all(authors: Sequence[str], *, show: bool = False) -> Figures:
    with tempfile.TemporaryDirectory() as folder, sqlite_store(Path(folder), "talk") as store:
        return asyncio.run(_converse(store.url, authors, show=show))


async def _converse(url: str, authors: Sequence[str], *, show: bool) -> Figures:
    idle = {"dispatch": False, "fetch": False, "remind": False}
    settings = settings_of(url).model_copy(update=idle)
    house = House(settings, open_database(settings), ClassifierService.from_folder(None))
    figures = Figures()
    async with house.open():
        for conversation in read_conversations(authors):
            await _send(house, conversation, figures, show=show)
    return figures


async def _send(
    house: House, conversation: dict[str, Any], figures: Figures, *, show: bool
) -> None:
    inquiries: dict[int, set[str]] = defaultdict(set)
    threads: dict[str, list[str]] = defaultdict(list)
    for place, message in enumerate(conversation["messages"]):
        name = f"{conversation['id']}-{place}"
        at = _FIRST_AT + timedelta(hours=message["at_h"])
        draft = _draft(message, name, f"{conversation['id']}-{message['thread']}", threads, at)
        receipt = await house.journey.receive(draft, Sending("talk", (name,)), at)
        own = inquiries[message["matter"]]
        others = {one for inquiry in inquiries.values() for one in inquiry} - own
        where = "its own" if receipt.id in own else "another" if receipt.id in others else "new"
        (figures.later if own else figures.openings)[where] += 1
        team, wanted = receipt.decision.team, _TEAMS[message["desk"]]
        desk = "right" if team == wanted else "triage" if team == "triage" else "wrong"
        figures.desks[desk] += 1
        if receipt.id not in others:
            own.add(receipt.id)
        if show:
            print(name, where, f"{team} ({desk})", json.dumps(message["text"], ensure_ascii=False))


def _draft(
    message: dict[str, Any], name: str, thread: str, threads: dict[str, list[str]], at: datetime
) -> Draft:
    """Mails of a thread name those before them; other messages of one have a ticket."""
    is_mail, is_tied = message["channel"] == "email", message["thread"] is not None
    mail_id = f"{name}@mail.example"
    replies_to = tuple(threads[thread]) if is_mail and is_tied else ()
    if is_mail and is_tied:
        threads[thread].append(mail_id)
    channel = "api" if message["channel"] == "sms" else message["channel"]
    return Draft(
        channel=Channel(channel),
        text=message["text"],
        subject=message["subject"],
        contact=Contact(**message["contact"]),
        origin=Origin("desk", thread) if is_tied and not is_mail else None,
        received_at=at,
        thread=MailThread(mail_id, replies_to) if is_mail else MailThread(),
    )


if __name__ == "__main__":
    for kind, authors in (("read", READ), ("unread", UNREAD)):
        shown = "--all" in sys.argv and authors is READ
        for line in _lines(kind, _send_all(authors, show=shown)):
            print(f"{line.what}: {line.value} (of {line.where})")
