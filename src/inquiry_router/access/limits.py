"""RateLimits for a minute, counted in memory: each process counts for itself."""

import math
from dataclasses import dataclass
from typing import Final

WINDOW_S: Final = 60.0
_MAX_NAMES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """The state of a budget. `wait_s` is None if there was enough left."""

    name: str
    limit: float
    left: float
    reset_s: float
    wait_s: float | None = None

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """RateLimit headers, as in draft-ietf-httpapi-ratelimit-headers."""
        policy = f'"{self.name}";q={math.floor(self.limit)};w={WINDOW_S:.0f}'
        state = f'"{self.name}";r={math.floor(self.left)};t={math.ceil(self.reset_s)}'
        return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", state.encode())]

    @property
    def retry_after(self) -> int:
        """Whole seconds after which there is enough again."""
        return max(1, math.ceil(self.wait_s or 0))


class Budgets:
    """Budgets of a kind, one for each name; each fills up evenly within a minute.

    Only one moment is kept for each: that at which it will be full again.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._full_at: dict[str, float] = {}

    @property
    def count(self) -> int:
        """The number of names that are kept."""
        return len(self._full_at)

    def take(self, name: str, limit: float, cost: float, now_s: float) -> Allowance:
        """Take from a budget, unless there is not enough left."""
        full_at = max(self._full_at.get(name, now_s), now_s)
        wanted = full_at + cost * WINDOW_S / limit
        # A thousandth forgives the rounding of many small steps.
        wait_s = wanted - now_s - WINDOW_S - 0.001
        if wait_s > 0:
            return self._state(limit, full_at, now_s, wait_s)
        self._keep(name, wanted, now_s)
        return self._state(limit, wanted, now_s)

    def spend(self, name: str, limit: float, cost: float, now_s: float) -> None:
        """Take from a budget what was spent already. It may owe up to a minute."""
        full_at = max(self._full_at.get(name, now_s), now_s)
        wanted = full_at + cost * WINDOW_S / limit
        self._keep(name, min(wanted, now_s + 2 * WINDOW_S), now_s)

    def _state(
        self, limit: float, full_at: float, now_s: float, wait_s: float | None = None
    ) -> Allowance:
        owed_s = full_at - now_s
        left = max(0.0, limit * (WINDOW_S - owed_s) / WINDOW_S)
        return Allowance(self._kind, limit, left + 1e-6, owed_s, wait_s)

    def _keep(self, name: str, full_at: float, now_s: float) -> None:
        if name not in self._full_at and len(self._full_at) >= _MAX_NAMES:
            self._full_at = {one: at for one, at in self._full_at.items() if at > now_s}
        self._full_at[name] = full_at


class RateLimits:
    """All limits of a process; 0 is no limit."""

    def __init__(
        self, requests_a_minute: int, source_requests_a_minute: int, reading_seconds: int
    ) -> None:
        self._requests_a_minute = requests_a_minute
        self._source_requests_a_minute = source_requests_a_minute
        self._reading_seconds = reading_seconds
        self._keys = Budgets("key")
        self._sources = Budgets("source")
        self._reading = Budgets("reading-seconds")

    def count_request(self, actor: str, own_limit: int | None, now_s: float) -> Allowance | None:
        """Count a request of an actor, who may have a limit of their own."""
        limit = own_limit or self._requests_a_minute
        return self._keys.take(actor, limit, 1, now_s) if limit else None

    def count_event(self, source: str, now_s: float) -> Allowance | None:
        """Count a proven request of a source."""
        limit = self._source_requests_a_minute
        return self._sources.take(source, limit, 1, now_s) if limit else None

    def may_read(self, actor: str, now_s: float) -> Allowance | None:
        """Tell if an actor has time for reading left."""
        limit = self._reading_seconds
        return self._reading.take(actor, limit, 0, now_s) if limit else None

    def spend_reading(self, actor: str, seconds: float, now_s: float) -> None:
        """Note the time that an actor's request has read."""
        if self._reading_seconds:
            self._reading.spend(actor, self._reading_seconds, seconds, now_s)
