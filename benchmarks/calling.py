"""The time from the hard stop to the fallback when nothing behind the phone answers."""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any, cast

import structlog

from inquiry_router.calls.service import HARD_STOP_S, CallService
from inquiry_router.calls.situations import Line
from inquiry_router.calls.spool import Spool
from inquiry_router.configuration.documents import TEAMS
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.phone.model import Abilities, Action, Heard, Move
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.process.clock import utc_now

AT_ONCE = 16


class _Hanging(CallService):
    """Everything behind it hangs."""

    async def _answer(self, line: Line, heard: Heard, now: Any) -> Move:
        await asyncio.sleep(60)
        raise AssertionError


class _Configuration:
    """A configuration without a database."""

    phone = PhoneSettings(fallback="+48220000002")
    teams = default_file().documents[TEAMS]

    @property
    def for_calls(self) -> "_Configuration":
        """The snapshot."""
        return self


def latest_ms() -> float:
    """The latest of many fallbacks at once, in milliseconds after the hard stop."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    with tempfile.TemporaryDirectory(prefix="inquiry-router-bench-") as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> float:
    nothing = cast("Any", None)
    calls = _Hanging(nothing, cast("Any", _Configuration()), nothing, Spool(folder), lambda: None)
    times = await asyncio.gather(*(_late_ms(calls, number) for number in range(AT_ONCE)))
    calls.close()
    return max(times)


async def _late_ms(calls: CallService, number: int) -> float:
    begun = time.perf_counter()
    heard = Heard(f"call-{number}", caller=f"+4860100{number:04d}", speech="Pompa cieknie.")
    move = await calls.answer(Line("bench", Abilities()), heard, utc_now())
    if move.action is not Action.TRANSFER:
        raise RuntimeError("the fallback does not ring anybody")
    return 1000 * (time.perf_counter() - begun - HARD_STOP_S)
