"""Read documents in processes of their own, a few at a time. Whatever a file is, nothing fails."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from inquiry_router.documents.shelf import AttachedDocument, Shelf

log = structlog.get_logger()

# The sender waits no longer for the text of files; it joins the inquiry later.
ANSWER_WAITS_S: Final = 1.5
# Then a process is killed, whatever it does.
MAX_READING_S: Final = 20.0
AT_ONCE: Final = 2
_WORKER: Final = Path(__file__).with_name("worker.py")


@dataclass(frozen=True, slots=True)
class DocumentText:
    """The text of a document."""

    name: str
    text: str


class DocumentReader:
    """Reads documents. `shelf` has room for those that wait."""

    def __init__(
        self,
        shelf: Shelf | None = None,
        *,
        answer_waits_s: float = ANSWER_WAITS_S,
        max_reading_s: float = MAX_READING_S,
        worker: Path = _WORKER,
    ) -> None:
        self.shelf = shelf or Shelf()
        self.answer_waits_s = answer_waits_s
        self._max_reading_s = max_reading_s
        self._worker = worker
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def read_all(self, documents: Sequence[AttachedDocument]) -> tuple[DocumentText, ...]:
        """Return the texts of those that have one."""
        texts = [DocumentText(one.name, await self._read(one)) for one in documents]
        return tuple(one for one in texts if one.text)

    async def _read(self, document: AttachedDocument) -> str:
        content = document.content
        if not content:
            return ""
        async with self._turn:
            try:
                return await self._run(document.kind, content)
            except Exception as error:  # no file may hold up the message that it came with
                log.warning("document.unread", kind=document.kind, reason=type(error).__name__)
                return ""

    async def _run(self, kind: str, content: bytes) -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(self._worker),
            kind,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
            cwd="/",
        )
        try:
            async with asyncio.timeout(self._max_reading_s):
                text, _ = await process.communicate(content)
        except TimeoutError:
            log.info("document.unread", kind=kind, reason="time")
            return ""
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if process.returncode:
            log.info("document.unread", kind=kind, reason=process.returncode)
            return ""
        return "\n".join(line.strip() for line in text.decode("utf-8", "replace").splitlines())
