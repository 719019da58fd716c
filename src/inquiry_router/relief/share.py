"""The measured share of service matters, as a range. Pure."""

import math
from typing import Final

from inquiry_router.relief.inputs import NumberRange

# Nine in ten such intervals hold the true share (Wilson's score interval).
_Z: Final = 1.645
MIN_MATTERS: Final = 30


def share_of(service: int, others: int, source: str) -> NumberRange | None:
    """Return the share of service matters with its interval; None for too few to tell."""
    whole = service + others
    if whole < MIN_MATTERS:
        return None
    share = service / whole
    middle = (share + _Z**2 / (2 * whole)) / (1 + _Z**2 / whole)
    spread = math.sqrt(share * (1 - share) / whole + _Z**2 / (4 * whole**2))
    half = _Z * spread / (1 + _Z**2 / whole)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return NumberRange(
        low=round(min(low, share), 4),
        likely=round(share, 4),
        high=round(max(high, share), 4),
        source=source,
    )


def read_share(written: str) -> NumberRange:
    """Read `0.4,0.55,0.7`, as an admin writes it. Raises `ValueError` with the cure."""
    parts = written.replace(";", ",").split(",")
    try:
        low, likely, high = (float(part) for part in parts)
        found = NumberRange(low=low, likely=likely, high=high, source="given with the file")
    except ValueError:
        raise ValueError(
            f"'{written}' is no range of shares: write low, likely and high, such as 0.4,0.55,0.7"
        ) from None
    if high > 1:
        raise ValueError(f"'{written}': a share is at most 1; write 55 percent as 0.55")
    return found
