"""The text of attached documents: in time for the answer, or later as a message of the inquiry."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import Connection

from inquiry_router.configuration.model import Source
from inquiry_router.documents.reading import DocumentReader, DocumentText
from inquiry_router.documents.shelf import AttachedDocument
from inquiry_router.inquiries import store
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.inquiry.model import Draft

log = structlog.get_logger()

# The sign of a text that joins later, with its certainty.
LATE: Final = ("the text of its attached file", 1.0)
# Why a text never joined.
NO_TEXT: Final = "the files have no text that could be read in time"
STOPPED: Final = "the service stopped while they were read"
Texts = Sequence[DocumentText]
Join = Callable[[Texts], Awaitable[object]]
Miss = Callable[[str], Awaitable[object]]


class Enclosures:
    """Reads the documents of messages. `close` forgets those that are being read."""

    def __init__(self, reader: DocumentReader) -> None:
        self._reader = reader
        self._late: dict[asyncio.Task[None], Miss] = {}

    async def read(self, documents: Sequence[AttachedDocument]) -> "asyncio.Task[Texts]":
        """Read documents for as long as the sender waits. Return the task, perhaps unfinished."""
        task: asyncio.Task[Texts] = asyncio.create_task(self._reader.read_all(documents))
        try:
            await asyncio.wait({task}, timeout=self._reader.answer_waits_s)
        except asyncio.CancelledError:
            task.cancel()
            raise
        return task

    def join_later(
        self,
        reading: "asyncio.Task[Texts]",
        source: Source,
        join: Join,
        miss: Miss,
    ) -> None:
        """Call `join` with the texts when they have been read, or `miss` with the reason."""
        task = asyncio.create_task(self._join(reading, source, join, miss))
        self._late[task] = miss
        task.add_done_callback(lambda done: self._late.pop(done, None))

    async def close(self) -> None:
        """Stop reading. The timelines of what was not read yet say so."""
        late = dict(self._late)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for task, miss in late.items():
            if task.cancelled():
                with suppress(RouterError):
                    await miss(STOPPED)

    async def _join(
        self,
        reading: "asyncio.Task[Texts]",
        source: Source,
        join: Join,
        miss: Miss,
    ) -> None:
        try:
            texts = await reading
            await (join(texts) if texts else miss(NO_TEXT))
        except RouterError as error:
            log.warning("document.not_joined", source_id=source.id, reason=error.code)
        except Exception as error:  # nobody waits for it
            log.error("document.not_joined", source_id=source.id, exc_info=error)


def enclose(draft: Draft, texts: Texts, *, keeps: bool) -> Draft:
    """Return a draft with the texts of its documents, which are stored only if `keeps` says so."""
    if not texts:
        return draft
    files = draft.provenance.attachments
    if keeps:
        by_name = {one.name: one.text for one in texts}
        files = tuple(replace(one, text=by_name.get(one.name)) for one in files)
    return replace(
        draft,
        enclosed="\n".join(one.text for one in texts),
        provenance=replace(draft.provenance, attachments=files),
    )


def as_unread(draft: Draft) -> Draft:
    """Return a draft that is stored before the text of its files was read."""
    return replace(draft, provenance=replace(draft.provenance, files_unread=True))


def note_unread(
    connection: Connection, inquiry: str, count: int, why: str, actor: str, now: datetime
) -> None:
    """Write into the timeline that the text of its files never came."""
    row = store.find_inquiry(connection, inquiry)
    details = {"files": count, "why": why}
    entry = store.timeline_entry(row.id, now, "files_unread", actor, details)
    store.add_entries(connection, [entry])


def late_message(draft: Draft, texts: Texts, *, keeps: bool) -> Draft:
    """Return the message by which texts join the inquiry of a draft later. It names the files."""
    names = [one.name for one in texts]
    files = tuple(one for one in draft.provenance.attachments if one.name in names)
    said = replace(
        draft,
        text="\n".join(names),
        provenance=replace(draft.provenance, attachments=files, files_unread=False),
        thread=replace(draft.thread, mail_id=None),
    )
    return enclose(said, texts, keeps=keeps)
