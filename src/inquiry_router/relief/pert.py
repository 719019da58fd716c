"""Three-point ranges: their mean, and draws from them with a fixed seed. Pure.

A range is read as a PERT distribution: beta between low and high, its peak at the likely value. The
expected value is (low + 4 likely + high) / 6. The draws of an input are always the same, so that a
result never changes by chance.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DRAWS: Final = 1000
_SEED: Final = 24
_STEPS: Final = 512
# One in ten is below the low end of a result, one in ten above its high end.
_LOW, _HIGH = DRAWS // 10, 9 * DRAWS // 10 - 1


class Points(Protocol):
    """Three points in order."""

    @property
    def low(self) -> Any:
        """The lowest."""

    @property
    def likely(self) -> Any:
        """The likely one."""

    @property
    def high(self) -> Any:
        """The highest."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A result: one in ten is below `low`, one in ten above `high`."""

    low: float
    expected: float
    high: float


NOTHING: Final = Estimate(0.0, 0.0, 0.0)


def mean_of(points: Points) -> float:
    """Return the expected value of a range."""
    return float((points.low + 4 * points.likely + points.high) / 6)


def draws_of(points: Points, number: int) -> Floats:
    """Return draws of a range. Inputs with different numbers are independent of each other."""
    low, likely, high = float(points.low), float(points.likely), float(points.high)
    if high <= low:
        return np.full(DRAWS, low)
    return low + (high - low) * _unit_draws(round((likely - low) / (high - low), 9), number)


@lru_cache(maxsize=512)
def _unit_draws(peak: float, number: int) -> Floats:
    """Draws between 0 and 1, one from each thousandth of the distribution, in a fixed order."""
    order = np.random.default_rng([_SEED, number]).permutation(DRAWS)
    return np.asarray(np.interp((order + 0.5) / DRAWS, _distribution(peak), _MIDDLES))


_MIDDLES: Final = (np.arange(_STEPS) + 0.5) / _STEPS


def _distribution(peak: float) -> Floats:
    """The distribution function of the beta distribution with this peak, at the middles."""
    log_density = 4 * peak * np.log(_MIDDLES) + 4 * (1 - peak) * np.log(1 - _MIDDLES)
    density = np.exp(log_density - log_density.max())
    return np.asarray((np.cumsum(density) - density / 2) / density.sum())


def estimate_of(expected: float, draws: Floats) -> Estimate:
    """Return the range of a result from its expected value and its draws."""
    ordered = np.partition(draws, (_LOW, _HIGH))
    low, high = ordered[_LOW], ordered[_HIGH]
    return Estimate(min(float(low), expected), expected, max(float(high), expected))
