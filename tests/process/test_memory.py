"""Memory returned to the system."""

import gc
import sys
from pathlib import Path

import pytest

from inquiry_router.process.memory import return_freed_memory, spare_loaded_objects

BLOCK = 1_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has these options")
def test_freed_memory_is_returned_to_the_system() -> None:
    large = b"x" * (30 * BLOCK)
    del large  # from now on glibc would keep up to twice as much
    return_freed_memory()
    blocks = [b"x" * (BLOCK + number) for number in range(60)]
    held, pin = _used_bytes(), b"x" * 100_000
    blocks.clear()
    assert held - _used_bytes() > 50 * BLOCK
    assert pin


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("ctypes.CDLL", None)
    return_freed_memory()


def test_loaded_objects_are_not_collected_again() -> None:
    thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        loaded = [[] for _ in range(1000)]
        spare_loaded_objects()
        assert gc.get_freeze_count() >= frozen + len(loaded)
        assert gc.get_threshold() > thresholds
    finally:
        gc.set_threshold(*thresholds)


def _used_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096
