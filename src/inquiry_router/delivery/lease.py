"""A claim with the time that is left of it."""

import time
from datetime import datetime, timedelta
from typing import Final

from inquiry_router.delivery.model import Claim

# Beside its time limit an attempt needs a moment in which its result is stored.
MARGIN_S: Final = 1.0


class Lease:
    """A claim, the end of its lease, and the database's clock carried forward by the local one."""

    def __init__(self, claim: Claim, asked_at: float, seconds: float) -> None:
        self.claim = claim
        self.ends_at = asked_at + seconds
        self._known_at = time.monotonic()

    def now(self) -> datetime:
        """Return the approximate time of the database."""
        return self.claim.at + timedelta(seconds=time.monotonic() - self._known_at)

    def allows_attempt(self, time_limit_s: float) -> bool:
        """Report if an attempt with this time limit, and storing its result, still fits."""
        return time.monotonic() + time_limit_s + MARGIN_S < self.ends_at
