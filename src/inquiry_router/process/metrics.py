"""Metrics in Prometheus' text format. No label ever holds a customer's words.

What a process counts is in its registry; several serving processes share a folder of files, so that
each of them answers for all (`prometheus_client`'s multiprocess mode). What the database knows is
asked when the metrics are read, and is the same from every process.
"""

import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from inquiry_router import __version__
from inquiry_router.inquiry.model import UNSURE_FLAGS, Channel, Receipt
from inquiry_router.process.figures import DatabaseFigures, FiguresCollector

# Stands for the category of an inquiry that waits for the classifier.
NOT_CLASSIFIED: Final = "waiting"
LATENCY_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
# Vendors name their events in some reasons, and nobody limits how many they invent.
MAX_REASONS: Final = 200
MAX_REASON_CHARS: Final = 120


class Metrics:
    """The metrics of one process. Each app has its own registry: tests do not share counts.

    `folder` is the one that several serving processes share, if there are several. A process that
    only delivers has no classifier and no intake to tell of.
    """

    def __init__(self, folder: Path | None = None, *, serves: bool = True) -> None:
        self._folder = folder
        self._registry = registry = CollectorRegistry()
        self._reasons: set[str] = set()
        self._cpu_s = 0.0
        self._queued: Callable[[], int] = lambda: 0
        self._classifier_ready: Callable[[], bool] = lambda: False
        self._add_counters(registry)
        self._add_gauges(registry, registry if serves else None)

    def _add_counters(self, registry: CollectorRegistry) -> None:
        def counter(name: str, help_text: str, *labels: str) -> Counter:
            return Counter(name, help_text, labels, registry=registry)

        self._accepted = counter(
            "inquiries_accepted_total", "Inquiries stored", "category", "team", "channel"
        )
        self._joined = counter(
            "messages_joined_total", "Later messages of inquiries, by their effect", "change"
        )
        self._deduplicated = counter(
            "inquiries_deduplicated_total", "Inquiries that had come before"
        )
        self._flagged = counter("inquiries_flagged_total", "Inquiries with a flag", "flag")
        self._unsure = counter(
            "inquiries_unsure_total", "Inquiries that triage decides because they are unsure"
        )
        self._source_events = counter(
            "source_events_total", "Events of sources, by their result", "source", "result"
        )
        self._not_taken = counter(
            "source_events_not_taken_total",
            "Events of sources that were ignored or refused",
            "source",
            "result",
            "reason",
        )
        self._attempts = counter(
            "delivery_attempts_total", "Attempts to deliver", "destination", "outcome"
        )
        self._synthetic = counter(
            "synthetic_inquiries_total",
            "Synthetic inquiries, by the stage where they stopped, or ok",
            "route",
            "outcome",
        )
        self._cpu = counter("process_cpu_seconds_total", "Processor time of all processes")
        self._latency = Histogram(
            "http_request_seconds",
            "Time to answer",
            ("method", "route", "status"),
            buckets=LATENCY_BUCKETS,
            registry=registry,
        )

    def _add_gauges(self, registry: CollectorRegistry, serving: CollectorRegistry | None) -> None:
        def gauge(name: str, help_text: str, mode: Literal["livesum", "livemin"]) -> Gauge:
            return Gauge(name, help_text, registry=registry, multiprocess_mode=mode)

        self._queue = Gauge(
            "intake_queue_depth",
            "Inquiries that wait to be stored",
            registry=serving,
            multiprocess_mode="livesum",
        )
        self._ready = Gauge(
            "classifier_ready",
            "1 while the model is loaded, in every process",
            registry=serving,
            multiprocess_mode="livemin",
        )
        self._processes = gauge("processes", "Processes of this service", "livesum")
        self._process = {
            "process_resident_memory_bytes": gauge(
                "process_resident_memory_bytes", "Memory of all processes", "livesum"
            ),
            "process_open_fds": gauge("process_open_fds", "Open files of all processes", "livesum"),
            "process_max_fds": gauge("process_max_fds", "Open files that one may have", "livemin"),
            "process_start_time_seconds": gauge(
                "process_start_time_seconds", "Start of the oldest process", "livemin"
            ),
        }
        self._synthetic_ok = Gauge(
            "synthetic_inquiry_last_ok_timestamp_seconds",
            "Time of the last synthetic inquiry that came through",
            ("route",),
            registry=registry,
            multiprocess_mode="max",
        )
        self._build = Gauge(
            "inquiry_router_build_info",
            "1, with the versions as labels",
            ("version", "python"),
            registry=registry,
            multiprocess_mode="max",
        )
        self._build.labels(__version__, platform.python_version()).set(1)

    def accepted(self, receipt: Receipt, channel: Channel) -> None:
        """Count a stored inquiry."""
        category, flags = receipt.classification.category, receipt.decision.flags
        if receipt.waits:
            category, flags = NOT_CLASSIFIED, ()
        if not UNSURE_FLAGS.isdisjoint(flags):
            self._unsure.inc()
        self._accepted.labels(category, receipt.decision.team, channel.value).inc()
        for flag in flags:
            self._flagged.labels(flag).inc()

    def joined(self, receipt: Receipt) -> None:
        """Count a later message."""
        change = receipt.joined.change if receipt.joined is not None else ""
        self._joined.labels(change).inc()

    def deduplicated(self) -> None:
        """Count a repeated inquiry."""
        self._deduplicated.inc()

    def source_event(self, source_id: str, result: str, reason: str | None) -> None:
        """Count an event of a source, with the reason if it was ignored or refused."""
        self._source_events.labels(source_id, result).inc()
        if reason is not None:
            self._not_taken.labels(source_id, result, self._bounded(reason)).inc()

    def attempted(self, destination_id: str, outcome: str) -> None:
        """Count an attempt to deliver."""
        self._attempts.labels(destination_id, outcome).inc()

    def synthetic(self, route: str, outcome: str, ok_at: float | None) -> None:
        """Count a synthetic inquiry; `ok_at` is the time if it came through."""
        self._synthetic.labels(route, outcome).inc()
        if ok_at is not None:
            self._synthetic_ok.labels(route).set(ok_at)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request. `route` is the route's template, never a sent path."""
        self._latency.labels(method, route, status).observe(seconds)

    def observe(self, queued: Callable[[], int], classifier_ready: Callable[[], bool]) -> None:
        """Set the functions that give the present values of this process."""
        self._queued, self._classifier_ready = queued, classifier_ready

    def measure(self) -> None:
        """Note the present values of this process, so that others can answer for it."""
        self._processes.set(1)
        self._queue.set(self._queued())
        self._ready.set(float(self._classifier_ready()))
        for family in ProcessCollector(registry=None).collect():
            value = family.samples[0].value
            if family.name == "process_cpu_seconds":
                self._cpu.inc(max(0.0, value - self._cpu_s))
                self._cpu_s = value
            elif family.name in self._process:
                self._process[family.name].set(value)

    def text(self, figures: DatabaseFigures | None) -> bytes:
        """All metrics; without figures those of the database are left out."""
        self.measure()
        counted: Collector = self._registry
        if self._folder is not None:
            _forget_dead_processes(self._folder)
            folder = str(self._folder)
            # The library has no types for what several processes share.
            counted = MultiProcessCollector(None, folder)  # type: ignore[no-untyped-call]
        asked = b"" if figures is None else generate_latest(FiguresCollector(figures))
        return generate_latest(counted) + asked

    def _bounded(self, reason: str) -> str:
        reason = reason[:MAX_REASON_CHARS]
        if reason not in self._reasons and len(self._reasons) == MAX_REASONS:
            return "other"
        self._reasons.add(reason)
        return reason


def _forget_dead_processes(folder: Path) -> None:
    """Remove the present values of processes that have ended; what they counted stays."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = path.stem.rpartition("_")[2]
        if pid.isdigit() and not _is_alive(int(pid)):
            # As above, the library has no types here.
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
