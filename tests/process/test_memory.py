"""Memory returned to the system."""

import gc
import subprocess
import sys

import pytest

from inquiry_router.process.memory import (
    load_without_collecting,
    return_freed_memory,
    spare_loaded_objects,
)

# In a process of its own: one that ran other tests has free memory of its own to reuse.
FREEING = """
import sys
from pathlib import Path
from inquiry_router.process.memory import return_freed_memory

def used():
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096

large = b"x" * 30_000_000
del large  # from now on glibc would keep up to twice as much
return_freed_memory()
blocks = [b"x" * (1_000_000 + number) for number in range(60)]
held, pin = used(), b"x" * 100_000
blocks.clear()
print(held - used())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has these options")
def test_freed_memory_is_returned_to_the_system() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FREEING], capture_output=True, text=True, check=True, timeout=60
    )
    assert int(done.stdout) > 50_000_000


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("ctypes.CDLL", None)
    return_freed_memory()


def test_loaded_objects_are_not_collected_again() -> None:
    thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        load_without_collecting()
        loaded = [[] for _ in range(1000)]
        spare_loaded_objects()
        assert gc.isenabled()
        assert gc.get_freeze_count() >= frozen + len(loaded)
        assert gc.get_threshold() > thresholds
    finally:
        gc.set_threshold(*thresholds)
        gc.enable()
