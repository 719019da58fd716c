"""The service with its model beside a real django-helpdesk: it must never be the bottleneck.

Both run on this machine and are asked by turns, so that their ratio says something on any machine.
"""

import itertools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import httpx2 as httpx
from benchmarks.load import BODIES, inquiry

from tests_real.running import Desk, Router, story

ROUNDS = 3
SECONDS = 4.0
AT_ONCE = 8
# Without VNNI the processor takes about twice as long for a text.
MIN_RATIO, MIN_RATIO_WITH_VNNI = 1.5, 3.0

Send = Callable[[httpx.Client, int], httpx.Response]


def test_intake_is_faster_than_creating_tickets(tmp_path: Path) -> None:
    with story(tmp_path) as (router, desk):
        desk.stop()
        desk.start(hook=None)  # nothing is handed over: each is measured by itself
        ratios = [_inquiries_a_second(router) / _tickets_a_second(desk) for _ in range(ROUNDS)]
    print(f"inquiries a second / tickets a second: {', '.join(f'{one:.2f}' for one in ratios)}")
    wanted = MIN_RATIO_WITH_VNNI if "vnni" in _processor_flags() else MIN_RATIO
    assert median(ratios) >= wanted


def _inquiries_a_second(router: Router) -> float:
    def send(client: httpx.Client, number: int) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        return client.post("/v1/inquiries", content=inquiry(number), headers=headers)

    return _rate(router.client, send)


def _tickets_a_second(desk: Desk) -> float:
    def send(client: httpx.Client, number: int) -> httpx.Response:
        body = {
            "queue": 1,
            "title": f"Sprawa {number}",
            "description": "Pompa kupiona w marcu od wczoraj cieknie, proszę o naprawę.",
            "submitter_email": "anna@klient.example",
            "priority": 3,
        }
        return client.post("/api/tickets/", json=body)

    return _rate(desk.agent, send)


def _rate(client: httpx.Client, send: Send) -> float:
    """Answers a second, with `AT_ONCE` requests under way all the time."""
    numbers = itertools.count()
    begun = time.monotonic()
    end = begun + SECONDS

    def keep_sending() -> int:
        answered = 0
        while time.monotonic() < end:
            send(client, next(numbers) % BODIES).raise_for_status()
            answered += 1
        return answered

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answered = sum(pool.map(lambda _: keep_sending(), range(AT_ONCE)))
    return answered / (time.monotonic() - begun)


def _processor_flags() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    return cpuinfo.read_text(encoding="utf-8") if cpuinfo.exists() else ""
