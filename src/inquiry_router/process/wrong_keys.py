"""A limit for clients that try wrong API keys."""

from collections import deque
from typing import Final

MAX_WRONG_KEYS_A_MINUTE: Final = 20
_MAX_ADDRESSES: Final = 10_000


class WrongKeys:
    """Count wrong keys by address over the last minute, in memory. A right key is never delayed."""

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}

    def count(self, address: str, now_s: float) -> int | None:
        """Count one more. Returns the seconds to wait after too many, else None."""
        if len(self._times) > _MAX_ADDRESSES:
            self._times.clear()
        times = self._times.setdefault(address, deque(maxlen=MAX_WRONG_KEYS_A_MINUTE + 1))
        times.append(now_s)
        while times[0] < now_s - 60:
            times.popleft()
        return int(times[0] + 60 - now_s) + 1 if len(times) > MAX_WRONG_KEYS_A_MINUTE else None
