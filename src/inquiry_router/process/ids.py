"""Identifiers: UUIDv7 (RFC 9562, section 5.7), so that new rows land at the right edge of every index."""

import os
import random
import re
import threading
import time

_WRITTEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Seeded by the operating system once. Ids are no secrets, and asking it each time costs 160 microseconds (measured).
_random = random.Random()  # noqa: S311 - ids are no secrets
# Forked processes must not go on with the same numbers.
os.register_at_fork(after_in_child=_random.seed)
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A new UUIDv7 as text: 48 bits of milliseconds since 1970, then 74 random bits.

    Ids of one process ascend strictly, also within a millisecond (RFC 9562, section 6.2), so they can order a timeline.
    """
    global _last  # noqa: PLW0603 - ids of one process ascend, so it has to remember the last one
    value = (time.time_ns() // 1_000_000 & (1 << 48) - 1) << 80 | _random.getrandbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    with _lock:
        _last = value = max(value, _last + 1)
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def is_id(text: str) -> bool:
    """Whether the text has the form of an id; anything else need not be looked up."""
    return _WRITTEN.fullmatch(text) is not None
