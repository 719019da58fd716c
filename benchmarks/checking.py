"""Access checks: their share of an intake, with 500 keys, for one of a source and a bound one.

`python -m benchmarks.checking URL` prints the figures of one database, measured in a process of
its own.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from typing import Any, Final

from starlette.requests import Request

from benchmarks.bodies import inquiry
from benchmarks.figures import NewStore, Stores
from benchmarks.servers import settings_of
from benchmarks.table import Line, at_most
from inquiry_router.access.roles import Role, Scope
from inquiry_router.api.web import access
from inquiry_router.api.web.limiting import count_request
from inquiry_router.api.web.sight import keep_in_sight
from inquiry_router.classification.service import ClassifierService
from inquiry_router.configuration.api_keys import ApiKey, digest, format_key, new_secret
from inquiry_router.database.opening import open_database
from inquiry_router.house import House
from inquiry_router.inquiry.model import Channel, Draft, Sending
from inquiry_router.process.clock import utc_now
from inquiry_router.process.memory import spare_loaded_objects

KEYS: Final = 500
CHECKS: Final = 2_000
INTAKES: Final = 60
MAX_SHARE: Final = 0.03
MAX_MS: Final = 0.5


def checking(make: Stores) -> Iterator[Line]:
    """Measure on both databases."""
    for new_store in make:
        yield from _of(new_store)


def _of(new_store: NewStore) -> Iterator[Line]:
    with new_store("checking") as store:
        command = [sys.executable, "-m", "benchmarks.checking", store.url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"checking failed: {done.stderr.strip()[-400:]}")
        seen = json.loads(done.stdout.splitlines()[-1])
    for name in ("source", "bound"):
        note = f" ({seen[name]:.3f} of {seen['intake']:.1f} ms)"
        what = f"access checks of a {name} key among {KEYS}, of an intake's CPU"
        yield at_most(what, store.kind, seen[name] / seen["intake"], MAX_SHARE, note)
    slowest = max(seen["source"], seen["bound"])
    yield at_most("access checks, CPU", store.kind, slowest, MAX_MS, " ms")


async def _measure(url: str) -> dict[str, Any]:
    idle = {"dispatch": False, "fetch": False, "remind": False, "hand_out": False, "tell": False}
    settings = settings_of(url).model_copy(update={**idle, "synthetic_every_minutes": 0})
    model = ClassifierService.from_folder(
        settings.model_dir, settings.classifier_timeout_s, settings.threads
    )
    house = House(settings, open_database(settings), model)
    async with house.open():
        spare_loaded_objects()
        keys = {key.id: (key, secret) for key, secret in map(_key, range(KEYS))}
        await _intakes(house, 10)  # warm
        return {
            "source": await _checks(house, keys, "k0"),
            "bound": await _checks(house, keys, "k1"),
            "intake": await _intakes(house, INTAKES),
        }


def _key(number: int) -> tuple[ApiKey, str]:
    """A key that sends inquiries, or one of an agent who sees the inquiries of a team only."""
    secret, bound = new_secret(), number % 2 == 1
    role, teams = (Role.AGENT, ("customer_service",)) if bound else (Role.SOURCE, ())
    key = ApiKey(f"k{number}", "bench", (role,), digest(secret), utc_now(), teams=teams)
    return replace(key, requests_a_minute=10_000_000), secret


async def _checks(house: House, keys: dict[str, tuple[ApiKey, str]], key_id: str) -> float:
    """CPU of all that stands between a request and its operation, in milliseconds."""
    configuration = replace(
        house.configuration.current, api_keys={name: key for name, (key, _) in keys.items()}
    )
    scope = Scope.INQUIRIES if keys[key_id][0].teams else Scope.INTAKE
    written = format_key(key_id, keys[key_id][1]).encode()
    asked: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/v1/inquiries",
        "query_string": b"",
    }
    asked |= {"client": ("127.0.0.1", 1), "path_params": {}}
    took = []
    for _ in range(5):
        begun = time.process_time()
        for _ in range(CHECKS):
            request = Request({**asked, "headers": [(b"authorization", b"Bearer " + written)]})
            actor = await access.require(request, scope, configuration, house, utc_now())
            count_request(request, actor, house.limits)
            await keep_in_sight(request, actor, house.database)
        took.append(1000 * (time.process_time() - begun) / CHECKS)
    return median(took)


async def _intakes(house: House, count: int) -> float:
    begun = time.process_time()
    for number in range(count):
        text = json.loads(inquiry(number + count * 1_000))["text"]
        await house.journey.receive(Draft(Channel.EMAIL, text), Sending("bench", ()), utc_now())
    return 1000 * (time.process_time() - begun) / count


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measure(sys.argv[1]))))
