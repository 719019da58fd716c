"""Every route that lists, counts or reports, by HTTP, among many inquiries."""

import contextlib
import http.client
import json
import time
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from benchmarks import filling
from benchmarks.figures import Stores
from benchmarks.load import LOOPBACK
from benchmarks.servers import KEY, Server, serving
from benchmarks.table import Line, at_most, told

OF_A_PERSON: Final = 10
ROUNDS: Final = 100
WANTED_MS: Final = 300
# All that belongs to an inquiry beside what `filling` writes. Its reference is its number.
_MORE: Final = """
UPDATE inquiries SET source_system = 'bench', source_id = reference
WHERE CAST(reference AS INTEGER) % 3 = 0;

INSERT INTO deliveries (id, inquiry_id, destination_id, event, state, attempts, created_at, due_at)
SELECT id, id, 'console', 'inquiry.routed',
    CASE WHEN CAST(reference AS INTEGER) % 1000 = 0 THEN 'pending'
         WHEN CAST(reference AS INTEGER) % 300 = 0 THEN 'dead'
         WHEN CAST(reference AS INTEGER) % 10 = 0 THEN 'superseded'
         ELSE 'delivered' END,
    1, received_at, received_at
FROM inquiries;

INSERT INTO attempts (id, delivery_id, number, at, duration_ms, outcome)
SELECT id, id, 1, received_at, 5, 'delivered' FROM inquiries;

INSERT INTO corrections
    (id, inquiry_id, at, who, category_before, category, team_before, team)
SELECT id, id, received_at, 'bench', 'other', category, team, team FROM inquiries
WHERE CAST(reference AS INTEGER) % 10 = 0;

INSERT INTO callbacks
    (id, call, inquiry_id, kind, number, state, due_at, attempts, reminders, escalated, created_at)
SELECT id, id, id, 'callback', contact_phone,
    CASE WHEN CAST(reference AS INTEGER) % 1000 = 0 THEN 'pending' ELSE 'done' END,
    received_at, 0, 0, 1 = 0, received_at
FROM inquiries WHERE CAST(reference AS INTEGER) % 20 = 0;

INSERT INTO thin_events (id, source_id, key, known, state, attempts, created_at, due_at)
SELECT id, 'bench', id, '{}', 'dead', 1, received_at, received_at FROM inquiries
WHERE CAST(reference AS INTEGER) % 100 = 0
"""
# Most fit few inquiries or none, so that many are looked at.
_FILTERS: Final[dict[str, dict[str, str]]] = {
    "": {},
    "a team": {"team": "customer_service"},
    "a rare team": {"team": "triage"},
    "status": {"status": "new"},
    "priority": {"priority": "urgent"},
    "category": {"category": "other"},
    "intent": {"intent": "tender"},
    "channel": {"channel": "chat"},
    "source": {"source": "bench"},
    "unsure": {"unsure": "true"},
    "overdue": {"overdue": "true"},
    "not overdue": {"overdue": "false", "status": "new"},
    "a contact's number": {"contact": filling.SWITCHBOARD},
    "a contact's name": {"contact": "nobody"},
    "a frequent name": {"contact": "kowalski", "status": "new"},
    "words": {"q": "nowhere"},
    "old ones": {"until": "2025-06-01T00:00:00Z"},
}


def routes(make: Stores, count: int) -> Iterator[Line]:
    """The slowest of each group of routes."""
    for new_store in make:
        with new_store("routes") as store:
            filling.fill(store, count, count // OF_A_PERSON)
            store.run(_MORE.split(";"))
            with serving("model", store) as server:
                yield from _measured(server, count)


def _measured(server: Server, count: int) -> Iterator[Line]:
    assert server.store is not None
    with contextlib.closing(http.client.HTTPConnection(LOOPBACK, server.port)) as client:
        policy = json.loads(_ask(client, "/v1/policy", None))
        del policy["version"], policy["rules"][0]
        for group, asked in _groups(policy).items():
            times = {}
            for name, (path, body) in asked.items():
                before = server.cpu_s()
                took = times[name] = _times_ms(client, path, body)
                cpu_ms = 1000 * (server.cpu_s() - before) / ROUNDS
                spread = f"p50 {took[ROUNDS // 2]:.0f} ms, p99 {_p99(took):.0f} ms"
                figures = f"{cpu_ms:.0f} ms of CPU, {spread}"
                yield told(f"  {group}: {name or 'all'}", server.store.kind, figures)
            name = max(times, key=lambda one: _p99(times[one]))
            what = f"{group} among {count:,}: p99 of the slowest, ms"
            yield at_most(what, server.store.kind, _p99(times[name]), WANTED_MS, f"  ({name})")


def _groups(policy: dict[str, Any]) -> dict[str, dict[str, tuple[str, Any]]]:
    def get(path: str, **query: str) -> tuple[str, Any]:
        return f"{path}?{urlencode(query)}" if query else path, None

    return {
        "list of inquiries": {
            name: get("/v1/inquiries", **query) for name, query in _FILTERS.items()
        },
        "counts of inquiries": {
            name: get("/v1/inquiries/counts", **query) for name, query in _FILTERS.items()
        },
        "other lists": {
            "an inquiry": get("/v1/inquiries/latest"),
            "explanation": get("/v1/inquiries/latest/explanation"),
            "callbacks": get("/v1/callbacks"),
            "callbacks of a team": get("/v1/callbacks", state="pending", team="sales"),
            "callbacks, done": get("/v1/callbacks", state="done"),
            "deliveries": get("/v1/deliveries"),
            "dead deliveries": get("/v1/deliveries", state="dead"),
            "deliveries of nobody": get("/v1/deliveries", destination_id="none"),
            "sources": get("/v1/sources"),
            "models": get("/v1/models"),
            "policy history": get("/v1/policy/history"),
            "metrics": get("/metrics"),
            "health": get("/health/ready"),
        },
        "reports": {
            "quality": get("/v1/quality"),
            "quality of a period": get("/v1/quality", since="2020-01-01T00:00:00Z"),
            "shadow report": get("/v1/sources/bench/shadow-report", limit="200"),
            "preview of a policy": ("/v1/policy/preview", policy),
        },
    }


def _times_ms(client: http.client.HTTPConnection, path: str, body: Any) -> list[float]:
    """Milliseconds of each answer, in order."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        _ask(client, path, body)
        times.append(1000 * (time.perf_counter() - begun))
    return sorted(times)


def _ask(client: http.client.HTTPConnection, path: str, body: Any) -> bytes:
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    client.request("POST" if body else "GET", path, body and json.dumps(body), headers)
    answer = client.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {said[:200]!r}")
    return said


def _p99(times: list[float]) -> float:
    return times[int(len(times) * 0.99) - 1]
