"""Memory of a serving process."""

import ctypes
import gc
import sys
from typing import Final

# Two parameters of glibc's malloc.h, and the value that both have until a large block is freed.
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_THRESHOLD_BYTES: Final = 128 * 1024


def load_without_collecting() -> None:
    """Collect no garbage until `spare_loaded_objects`.

    Loading makes objects that stay. To look for garbage among them, again and again while they
    become more, takes a fifth of a start (measured).
    """
    gc.disable()


def spare_loaded_objects() -> None:
    """Exempt everything loaded so far from garbage collection, and collect new objects less often.

    A third of the CPU of intake without the model (measured): each full collection would look at
    the model, the routes and the libraries again, which never become garbage.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def return_freed_memory() -> None:
    """Make glibc return freed memory to the system: 32 MB of a worker with the model (measured).

    By default glibc raises both thresholds to the largest block that was ever freed, and loading
    the model frees large ones. Call it before the model is loaded. It does nothing with other C
    libraries.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if set_option is not None:
        set_option(_M_TRIM_THRESHOLD, _THRESHOLD_BYTES)
        set_option(_M_MMAP_THRESHOLD, _THRESHOLD_BYTES)
