"""The calls of the last while, in memory: they go on while the database is away."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from inquiry_router.calls.model import Call

MAX_CALLS: Final = 2000
# No call goes on so long.
MAX_AGE: Final = timedelta(hours=6)


class CallMemory:
    """Remembers calls, and forgets the oldest ones."""

    def __init__(self) -> None:
        self._calls: OrderedDict[tuple[str, str], Call] = OrderedDict()

    def remember(self, call: Call) -> None:
        """Keep a call as it is now."""
        self._calls[call.line, call.call_id] = call
        self._calls.move_to_end((call.line, call.call_id))
        oldest = next(iter(self._calls.values()))
        if len(self._calls) > MAX_CALLS or call.started_at - oldest.started_at > MAX_AGE:
            self._calls.popitem(last=False)

    def forget(self, is_theirs: Callable[[Call], bool]) -> None:
        """Forget the calls of somebody."""
        for key in [key for key, call in self._calls.items() if is_theirs(call)]:
            del self._calls[key]

    def find(self, line: str, call_id: str) -> Call | None:
        """Find a call."""
        return self._calls.get((line, call_id))

    def find_latest(self, line: str, call_id: str, stored: Call | None) -> Call | None:
        """Choose between the call in memory and the stored one: the later one, with more steps.

        The one in memory has more after storing it failed.
        """
        remembered = self.find(line, call_id)
        if stored is None or remembered is None:
            return stored or remembered
        return remembered if _progress(remembered) >= _progress(stored) else stored


def _progress(call: Call) -> tuple[int, int]:
    return call.use, call.state.step if call.state is not None else 0
