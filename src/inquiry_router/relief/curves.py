"""Time after calls, so that no minute is counted twice. Pure.

After a call comes some time for notes and for getting back to work. If the next call begins before
that time is over, only the gap counts. A curve holds, for each number of minutes on `GRID`, the sum
of what fits into the gaps. Curves can be added, and read for any number of minutes.
"""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

# Minutes. Between two of them a curve is read as a straight line.
GRID: Final = (0, 1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60)
# Seconds that fit into the gaps, for each number of minutes on the grid.
Curve = tuple[int, ...]
FLAT: Final[Curve] = (0,) * len(GRID)


def curve_of(gap_s: int) -> Curve:
    """Return the curve of one gap until the next call."""
    return tuple(min(60 * minutes, max(0, gap_s)) for minutes in GRID)


def add_curves(curves: Iterable[Curve]) -> Curve:
    """Add curves."""
    return tuple(map(sum, zip(FLAT, *curves, strict=True)))


def read_curve(curve: Curve, minutes: float) -> float:
    """Return the seconds that were taken if each call is followed by so many minutes."""
    place = min(max(bisect_right(GRID, minutes), 1), len(GRID) - 1)
    left, right = GRID[place - 1], GRID[place]
    part = min(max((minutes - left) / (right - left), 0.0), 1.0)
    return curve[place - 1] + part * (curve[place] - curve[place - 1])
