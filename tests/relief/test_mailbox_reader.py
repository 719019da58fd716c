"""Mailboxes that were sent are read to the end, also by the next process, and no mail twice."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from inquiry_router.classification.service import NoModel
from inquiry_router.database.session import Database
from inquiry_router.inquiry.model import Classification, Draft
from inquiry_router.relief import mailbox_run
from inquiry_router.relief import mailbox_store as store
from inquiry_router.relief.baseline_store import read_baseline, remove_baseline
from inquiry_router.relief.inputs import CostInputs
from inquiry_router.relief.mailbox_folder import MailboxFolder
from inquiry_router.relief.mailbox_order import MailboxOrder
from inquiry_router.relief.mailbox_reader import Ask, MailboxReader, Terms

pytestmark = pytest.mark.anyio
SAMPLE = Path("docs/samples/skrzynka-jan.mbox")
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ID = "0198c0de-9a51-7c1e-8d2c-3f6a5e1b7d20"
ORDER = MailboxOrder("jan.mbox", "Jan Nowak", ("pompex.example",), "Europe/Warsaw")


async def defect(_: Draft, limit_s: float) -> Classification:
    return Classification("defect", 0.9, "pl", "model", "m")


def reader(
    database: Database, folder: MailboxFolder, ask: Ask = defect, now: datetime = NOW
) -> MailboxReader:
    return MailboxReader(
        database, folder, ask, lambda: Terms(CostInputs(), 0, announced=True), lambda: now
    )


@pytest.fixture
async def folder(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> MailboxFolder:
    """A folder with one mailbox that waits."""
    monkeypatch.setattr(mailbox_run, "PART", 10)
    made = MailboxFolder(tmp_path / "mailboxes")
    with made.receive(ID) as file:
        file.write(SAMPLE.read_bytes())
    await database.write(
        partial(store.begin_reading, reading_id=ID, order=ORDER, digest="a", actor="k", now=NOW)
    )
    return made


async def test_next_process_goes_on(database: Database, folder: MailboxFolder) -> None:
    asked: list[Draft] = []

    async def fail_later(draft: Draft, limit_s: float) -> Classification:
        asked.append(draft)
        if len(asked) == 15:
            raise NoModel
        return await defect(draft, limit_s)

    assert not await reader(database, folder, fail_later).work_once()
    row = await database.read(partial(store.find_unfinished, reading_id=ID))
    assert row is not None and row.state == "reading"
    assert 10 <= row.place < 48 and row.place % 10 == 0 and row.known["mails"] == 48
    notes = folder.path(ID).parent / f".{ID}.mbox.counts"
    assert notes.stat().st_mode & 0o777 == 0o600
    noted = notes.read_text("utf-8")
    assert f'"done": {row.place}' in noted and "@" not in noted

    again: list[Draft] = []

    async def count(draft: Draft, limit_s: float) -> Classification:
        again.append(draft)
        return await defect(draft, limit_s)

    assert await reader(database, folder, count).work_once()
    found = (await database.read(partial(read_baseline, named=ID))).counts
    whole = mailbox_run.count_mailbox(
        SAMPLE, ORDER.owner, lambda _: asyncio.run(defect(_, 1)), {}, ORDER.zone
    )
    assert found.known["mails"] == 48 and found.known["outcomes"] == whole.known["outcomes"]
    assert len(again) < whole.service, "what was noted is not classified again"
    assert list(folder.path(ID).parent.iterdir()) == []


async def test_stop_keeps_what_was_noted(database: Database, folder: MailboxFolder) -> None:
    reached = asyncio.Event()

    async def hang(_: Draft, limit_s: float) -> Classification:
        reached.set()
        raise TimeoutError

    running = asyncio.create_task(reader(database, folder, hang).run())
    await reached.wait()
    running.cancel()
    await asyncio.wait([running])
    assert folder.path(ID).exists()
    assert await reader(database, folder).work_once()
    assert (await database.read(partial(read_baseline, named=ID))).counts.known["mails"] == 48


async def test_removed_while_it_is_read(database: Database, folder: MailboxFolder) -> None:
    async def remove(draft: Draft, limit_s: float) -> Classification:
        if await database.read(partial(store.find_unfinished, reading_id=ID)):
            await database.write(partial(remove_baseline, named=ID))
        return await defect(draft, limit_s)

    assert not await reader(database, folder, remove).work_once()
    assert await database.read(store.list_readings) == []
    assert list(folder.path(ID).parent.iterdir()) == []


async def test_nothing_is_kept_for_ever(database: Database, folder: MailboxFolder) -> None:
    with folder.taken(ID) as is_taken:
        assert is_taken and not await reader(database, folder).work_once(), "another one has it"
    late = NOW + timedelta(days=3)
    left = folder.path("left")
    left.write_bytes(b"From x\n")
    os.utime(left, (NOW.timestamp(), NOW.timestamp()))
    assert not await reader(database, folder, now=late).work_once()
    row = await database.read(partial(store.find_unfinished, reading_id=ID))
    assert row is not None and row.state == "failed" and "two days" in row.known["problem"]
    assert list(folder.path(ID).parent.iterdir()) == []
