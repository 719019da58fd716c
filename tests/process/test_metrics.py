"""Metrics of one process, and of several that answer for each other."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from inquiry_router.process.metrics import MAX_REASONS, Metrics

# Counts in the shared folder, tells its number and ends, or waits to be told to end.
WORKER = """
import sys
from pathlib import Path
from inquiry_router.process.metrics import Metrics

metrics = Metrics(Path(sys.argv[1]))
metrics.observe(lambda: int(sys.argv[2]), lambda: sys.argv[3] == "ready")
for _ in range(int(sys.argv[2])):
    metrics.attempted("desk", "delivered")
    metrics.source_event("shop", "accepted", None)
metrics.measure()
print("counted", flush=True)
sys.stdin.readline()
print(metrics.text(None).decode(), flush=True)
sys.stdin.readline()
"""


class Worker:
    """A process that counts."""

    def __init__(self, folder: Path, count: int, ready: str) -> None:
        environment = os.environ | {
            "PROMETHEUS_MULTIPROC_DIR": str(folder),
            "PYTHONPATH": str(Path("src").resolve()),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(folder), str(count), ready],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "counted\n"

    def tell(self) -> str:
        """Let it render the metrics, and end."""
        said, _ = self.process.communicate("\n\n", timeout=30)
        return said

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def value_of(text: str, sample: str) -> float:
    found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    assert found, sample
    return float(found[1])


def test_any_process_answers_for_all(tmp_path: Path) -> None:
    first, second = Worker(tmp_path, 2, "ready"), Worker(tmp_path, 3, "loading")
    text = first.tell()
    second.kill()
    assert value_of(text, 'delivery_attempts_total{destination="desk",outcome="delivered"}') == 5
    assert value_of(text, 'source_events_total{result="accepted",source="shop"}') == 5
    assert value_of(text, "intake_queue_depth") == 5
    assert value_of(text, "processes") == 2
    assert value_of(text, "classifier_ready") == 0
    assert value_of(text, "process_resident_memory_bytes") > 20_000_000
    assert value_of(text, "process_cpu_seconds_total") > 0


def test_process_that_died_leaves_its_counts_and_nothing_else(tmp_path: Path) -> None:
    Worker(tmp_path, 2, "loading").kill()
    text = Worker(tmp_path, 3, "ready").tell()
    assert value_of(text, 'source_events_total{result="accepted",source="shop"}') == 5
    assert value_of(text, "processes") == 1
    assert value_of(text, "intake_queue_depth") == 3
    assert value_of(text, "classifier_ready") == 1


def test_one_process_shows_its_figures_and_versions() -> None:
    metrics = Metrics()
    metrics.observe(lambda: 7, lambda: True)
    text = metrics.text(None).decode()
    assert value_of(text, "intake_queue_depth") == 7
    assert value_of(text, "process_open_fds") > 2
    assert value_of(text, "process_start_time_seconds") > 1_700_000_000
    assert re.search(
        r'^inquiry_router_build_info\{python="3\.\S+",version="\S+"\} 1\.0$', text, re.M
    )


def test_process_that_only_delivers_raises_no_alarm_about_a_classifier() -> None:
    metrics = Metrics(serves=False)
    metrics.attempted("desk", "delivered")
    text = metrics.text(None).decode()
    assert value_of(text, 'delivery_attempts_total{destination="desk",outcome="delivered"}') == 1
    assert "classifier_ready" not in text
    assert "intake_queue_depth" not in text


def test_reasons_are_bounded() -> None:
    metrics = Metrics()
    for number in range(MAX_REASONS + 50):
        metrics.source_event("shop", "ignored", f"event {number} is unknown " + "x" * 500)
    text = metrics.text(None).decode()
    told = re.findall(r'^source_events_not_taken_total\{reason="([^"]*)"', text, re.MULTILINE)
    assert len(told) == MAX_REASONS + 1
    assert max(map(len, told)) == 120
    assert value_of(text, 'source_events_total{result="ignored",source="shop"}') == MAX_REASONS + 50


@pytest.mark.parametrize("count", [0, 1])
def test_cpu_time_is_counted_once(count: int) -> None:
    metrics = Metrics()
    before = value_of(metrics.text(None).decode(), "process_cpu_seconds_total")
    for _ in range(count):
        metrics.measure()
    after = value_of(metrics.text(None).decode(), "process_cpu_seconds_total")
    assert before <= after < before + 5
