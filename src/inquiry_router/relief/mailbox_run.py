"""Count a whole mailbox on two cores, so that it can go on after an interruption.

The counts so far lie in a small file beside the mailbox. It holds no word and no address.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.model import Classification, Contact, Draft
from inquiry_router.matters.people import domain_of
from inquiry_router.relief.baseline_files import digest_of
from inquiry_router.relief.baseline_model import BaselineCounts
from inquiry_router.relief.costs import Spent
from inquiry_router.relief.counting import CellKey
from inquiry_router.relief.mail_counting import (
    CountedMail,
    MailboxOwner,
    MailCounts,
    look_at_mail,
)
from inquiry_router.relief.mail_reading import count_mails, read_mails

THREADS: Final = 2
PART: Final = 100
Classify = Callable[[Draft], Classification]
# (done, of how many)
Progress = Callable[[int, int], None]


class Interrupted(Exception):
    """The counting of a mailbox stops here, and is to go on later."""


def count_mailbox(
    path: Path,
    owner: MailboxOwner,
    classify: Classify,
    accounts: Mapping[str, str],
    zone: str,
    name: str = "",
    progress: Progress = lambda _done, _all: None,
    threads: int = THREADS,
) -> BaselineCounts:
    """Classify and count every mail of a file. Raises `Invalid` for one that is no mailbox.

    `accounts` are those of addresses and mail domains. `classify` and `progress` may raise
    `Interrupted`: the next run goes on behind the mails that are noted.
    """
    try:
        return _count(path, owner, classify, accounts, zone, name, progress, threads)
    except ValueError as error:
        named = name or path.name
        raise Invalid(f"{named}: {error}.", hint="Nothing was stored.") from None


def _count(
    path: Path,
    owner: MailboxOwner,
    classify: Classify,
    accounts: Mapping[str, str],
    zone: str,
    name: str,
    progress: Progress,
    threads: int,
) -> BaselineCounts:
    whole = count_mails(path)
    digest = digest_of(path, owner.person, owner.domains, zone)
    notes = path.with_name(f".{path.name}.counts")
    counts = _recall(notes, digest)
    mails = islice(read_mails(path), counts.done, None)
    with ThreadPoolExecutor(threads) as pool:
        while part := list(islice(mails, PART)):
            for mail in pool.map(lambda raw: _look(raw, owner, classify), part):
                counts.add(mail, owner.person, _account_of(mail.sender, accounts), zone)
            _note(notes, digest, counts)
            progress(counts.done, whole)
    notes.unlink(missing_ok=True)
    if counts.done == 0:
        raise ValueError("it holds no mail")
    return _result(path, name, digest, counts, zone)


def _look(raw: bytes, owner: MailboxOwner, classify: Classify) -> CountedMail:
    """Count a mail. One that breaks its reader is counted as that, and the others go on."""
    try:
        return look_at_mail(raw, owner, classify)
    except Interrupted:
        raise
    except Exception:
        return CountedMail("unreadable")


def _account_of(sender: str, accounts: Mapping[str, str]) -> str:
    domain = domain_of(Contact(email=sender)) if sender else None
    return accounts.get(sender) or accounts.get(domain or "", "")


def _result(path: Path, name: str, digest: str, counts: MailCounts, zone: str) -> BaselineCounts:
    local = ZoneInfo(zone)
    outcomes = counts.outcomes
    cells = {
        key: Spent(matters={(key.channel, key.category, key.intent): count})
        for key, count in counts.cells.items()
    }
    return BaselineCounts(
        "mail",
        name or path.name,
        digest,
        cells,
        {"mails": counts.done, "outcomes": dict(outcomes), "people": 1},
        counts.begin.astimezone(local).date() if counts.begin else None,
        counts.end.astimezone(local).date() if counts.end else None,
        outcomes["service"],
        outcomes["sales"],
    )


def _note(notes: Path, digest: str, counts: MailCounts) -> None:
    """Keep the counts so far. The file is replaced whole, so a kill leaves the one before."""
    state = {
        "sha256": digest,
        "done": counts.done,
        "outcomes": counts.outcomes,
        "cells": [[list(key), count] for key, count in counts.cells.items()],
        "period": [at.isoformat() if at else None for at in (counts.begin, counts.end)],
    }
    fresh = notes.with_name(f"{notes.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(state), "utf-8")
    fresh.replace(notes)


def _recall(notes: Path, digest: str) -> MailCounts:
    """The counts of a run that was broken off; none if there was no such run."""
    try:
        state: Any = json.loads(notes.read_text("utf-8"))
    except (OSError, ValueError):
        return MailCounts()
    if state.get("sha256") != digest:
        return MailCounts()
    begin, end = (datetime.fromisoformat(at) if at else None for at in state["period"])
    cells = Counter({CellKey(*key): count for key, count in state["cells"]})
    return MailCounts(state["done"], Counter(state["outcomes"]), cells, begin, end)
