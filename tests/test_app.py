"""What a serving process asks of the machine, and what it has given back when it ends."""

import asyncio
import sys
from pathlib import Path

import pytest

from inquiry_router.app import _beside, _give_memory_back

BLOCK = 1_000_000


def _used_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc knows these numbers")
def test_freed_memory_goes_back_to_the_system() -> None:
    large = b"x" * (30 * BLOCK)
    del large  # from now on glibc would keep up to twice as much
    _give_memory_back()
    blocks = [b"x" * (BLOCK + number) for number in range(60)]
    held, pin = _used_bytes(), b"x" * 100_000
    blocks.clear()
    assert held - _used_bytes() > 50 * BLOCK
    assert pin


def test_where_the_numbers_are_not_known_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("ctypes.CDLL", None)
    _give_memory_back()


@pytest.mark.anyio
async def test_what_runs_in_the_background_has_given_back_everything_when_it_is_over() -> None:
    held = ["a connection"]

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # giving back takes a turn of the loop
            held.clear()

    async with _beside(work()):
        await asyncio.sleep(0)
        assert held
    assert not held
