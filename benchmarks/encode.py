"""The classifier alone, in a process of its own: `python -m benchmarks.encode` prints its speed."""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from itertools import count
from statistics import median

from benchmarks.bodies import inquiry
from inquiry_router.classification.service import ClassifierService
from inquiry_router.inquiry.model import UNAVAILABLE, Channel, Draft

_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Alone:
    """One after the other: the median time and CPU of a text; sixteen at once: texts a second."""

    one_ms: float
    one_cpu_ms: float
    sixteen_rps: float


def run() -> Alone | None:
    """Measure in another process; None when there is no usable model."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.encode"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the classifier failed: {done.stderr.strip()[-400:]}")
    answer = json.loads(done.stdout.splitlines()[-1])
    return Alone(**answer) if answer else None


async def _measure() -> Alone | None:
    service = ClassifierService.from_folder(None)
    await service.start()
    try:
        drafts = [_draft(number) for number in range(200)]
        if (await service.classify(drafts[0])).method == UNAVAILABLE:
            return None
        turn, times, answered = count(), [], 0
        used, until = time.process_time(), time.perf_counter() + _SECONDS
        while time.perf_counter() < until:
            begun = time.perf_counter()
            await service.classify(drafts[next(turn) % len(drafts)])
            times.append(time.perf_counter() - begun)
        cpu = (time.process_time() - used) / len(times)

        async def keep_asking() -> None:
            nonlocal answered
            while time.perf_counter() < until:
                await service.classify(drafts[next(turn) % len(drafts)])
                answered += 1

        until = time.perf_counter() + _SECONDS
        await asyncio.gather(*(keep_asking() for _ in range(16)))
        return Alone(1000 * median(times), 1000 * cpu, answered / _SECONDS)
    finally:
        await service.stop()


def _draft(number: int) -> Draft:
    said = json.loads(inquiry(number))
    return Draft(Channel(said["channel"]), said["text"], said["subject"], said["language"])


if __name__ == "__main__":
    alone = asyncio.run(_measure())
    print(json.dumps(asdict(alone) if alone else None))
