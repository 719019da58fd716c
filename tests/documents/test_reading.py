"""Documents are read in processes of their own; a bad one costs nothing but its text."""

import asyncio
import gc
import os
import time
from pathlib import Path

import pytest

from inquiry_router.documents.reading import DocumentReader
from inquiry_router.documents.shelf import MAX_DOCUMENT_BYTES, AttachedDocument, Shelf, kind_of
from tests.documents import docx, pdf, zipped
from tests.documents.test_worker import bomb, locked

pytestmark = pytest.mark.anyio


def held(content: bytes, name: str = "a.pdf", shelf: Shelf | None = None) -> AttachedDocument:
    document = (shelf or Shelf()).begin_file(name, "", 0)
    assert document is not None
    document.add(content)
    return document


async def texts_of(
    *documents: AttachedDocument, reader: DocumentReader | None = None
) -> dict[str, str]:
    reader = reader or DocumentReader()
    return {one.name: one.text for one in await reader.read_all(documents)}


async def test_texts_of_both_kinds() -> None:
    found = await texts_of(
        held(pdf("Reklamacja pompy CX-20")), held(docx("Zażalenie na pompę"), "b.DOCX")
    )
    assert found == {"a.pdf": "Reklamacja pompy CX-20", "b.DOCX": "Zażalenie na pompę"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"nonsense"),
        ("a.pdf", bomb()),
        ("a.pdf", locked("secret")),
        ("a.docx", zipped("word/document.xml", b"<a>" + b" " * (30 << 20) + b"</a>")),
        ("a.docx", pdf("x")),
        ("a.pdf", b""),
    ],
    ids=["nonsense", "bomb", "locked", "bomb in docx", "another kind", "empty"],
)
async def test_bad_files_have_no_text(name: str, content: bytes) -> None:
    assert await texts_of(held(content, name), held(pdf("Reklamacja"), "b.pdf")) == {
        "b.pdf": "Reklamacja"
    }


def worker(path: Path, script: str) -> DocumentReader:
    path.write_text(script)
    return DocumentReader(worker=path, max_reading_s=1)


@pytest.mark.parametrize(
    "script",
    [
        "import time; time.sleep(60)",
        "while True: pass",
        "import os; os.kill(os.getpid(), 11)",
        "import sys; sys.exit(3)",
        "import sys; sys.stdin.buffer.read(); print('half a text'); sys.exit(1)",
        "not python",
    ],
)
async def test_process_that_hangs_or_dies_is_ended(tmp_path: Path, script: str) -> None:
    began = time.monotonic()
    assert await texts_of(held(pdf("x")), reader=worker(tmp_path / "w.py", script)) == {}
    assert time.monotonic() - began < 20


async def test_process_knows_nothing_of_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INQUIRY_ROUTER_ADMIN_KEY", "secret")
    script = (
        "import os, sys; sys.stdin.buffer.read(); "
        "print(sorted(os.environ), os.getcwd(), len(os.listdir('/proc/self/fd')))"
    )
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("no /proc here")
    (text,) = (await texts_of(held(pdf("x")), reader=worker(tmp_path / "w.py", script))).values()
    assert "secret" not in text and "ROUTER" not in text
    assert text.split()[-2:] == ["/", "4"], "three, and the one that lists them"


async def test_few_processes_run_at_a_time(tmp_path: Path) -> None:
    script = (
        "import os, sys, time; sys.stdin.buffer.read()\n"
        f"p = {str(tmp_path)!r} + f'/{{os.getpid()}}'; "
        "open(p, 'w').close(); time.sleep(0.2); "
        f"print(len([f for f in os.listdir({str(tmp_path)!r}) if f.isdigit()])); os.remove(p)"
    )
    reader = worker(tmp_path / "w.py", script)
    reader._max_reading_s = 30
    found = await asyncio.gather(
        *(texts_of(held(pdf("x"), f"{number}.pdf"), reader=reader) for number in range(6))
    )
    assert {int(text) for one in found for text in one.values()} <= {1, 2}


async def test_cancelled_reading_ends_its_process(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    reader = worker(tmp_path / "w.py", script)
    reader._max_reading_s = 60
    task = asyncio.create_task(texts_of(held(pdf("x")), reader=reader))
    while not pid.exists() or not pid.read_text():
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


async def test_large_documents_and_those_without_room_are_not_held() -> None:
    shelf = Shelf(room=10_000)
    first = held(b"x" * 6_000, shelf=shelf)
    second = held(b"x" * 6_000, shelf=shelf)
    assert (len(first.content), second.content, shelf.room) == (6_000, b"", 4_000)
    del first
    gc.collect()
    assert shelf.room == 10_000
    large = held(b"x" * MAX_DOCUMENT_BYTES)
    large.add(b"x")
    assert large.content == b""


async def test_kinds_by_name_and_type() -> None:
    assert kind_of("Faktura.PDF", "application/octet-stream") == "pdf"
    assert kind_of(None, "application/pdf") == "pdf"
    assert kind_of("pismo.docx", "") == "docx"
    assert kind_of("stare.doc", "application/msword") is None
