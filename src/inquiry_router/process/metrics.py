"""Metrics in Prometheus' text format. No label ever holds a customer's words."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from inquiry_router.inquiry.model import Channel, Receipt

# Stands for the category of an inquiry that waits for the classifier.
NOT_CLASSIFIED = "waiting"
LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The metrics of one process. Each app has its own registry: tests do not share counts."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._accepted = Counter(
            "inquiries_accepted_total",
            "Inquiries stored",
            ("category", "team", "channel"),
            registry=self._registry,
        )
        self._joined = Counter(
            "messages_joined_total",
            "Later messages of inquiries, by their effect",
            ("change",),
            registry=self._registry,
        )
        self._deduplicated = Counter(
            "inquiries_deduplicated_total",
            "Inquiries that had come before",
            registry=self._registry,
        )
        self._unsure = Counter(
            "inquiries_flagged_total", "Inquiries with a flag", ("flag",), registry=self._registry
        )
        self._latency = Histogram(
            "http_request_seconds",
            "Time to answer",
            ("method", "route", "status"),
            buckets=LATENCY_BUCKETS,
            registry=self._registry,
        )
        self._deliveries = Gauge(
            "deliveries", "Deliveries by state", ("state",), registry=self._registry
        )
        self._oldest = Gauge(
            "outbox_oldest_due_seconds",
            "How long the oldest due delivery has waited",
            registry=self._registry,
        )
        self._paused = Gauge(
            "destinations_paused",
            "Destinations that fail and are left alone for a while",
            registry=self._registry,
        )
        self._waiting = Gauge(
            "messages_waiting_for_classifier",
            "Messages that wait for the classifier, of inquiries that people see or not yet",
            ("shown",),
            registry=self._registry,
        )
        self._queue = Gauge(
            "intake_queue_depth", "Inquiries that wait to be stored", registry=self._registry
        )
        self._ready = Gauge(
            "classifier_ready", "1 while the model is loaded", registry=self._registry
        )

    def accepted(self, receipt: Receipt, channel: Channel) -> None:
        """Count a stored inquiry."""
        category, flags = receipt.classification.category, receipt.decision.flags
        if receipt.waits:
            category, flags = NOT_CLASSIFIED, ()
        self._accepted.labels(category, receipt.decision.team, channel.value).inc()
        for flag in flags:
            self._unsure.labels(flag).inc()

    def joined(self, receipt: Receipt) -> None:
        """Count a later message."""
        change = receipt.joined.change if receipt.joined is not None else ""
        self._joined.labels(change).inc()

    def deduplicated(self) -> None:
        """Count a repeated inquiry."""
        self._deduplicated.inc()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request. `route` is the route's template, never a sent path."""
        self._latency.labels(method, route, status).observe(seconds)

    def observe_queue(self, depth: Callable[[], int], classifier_ready: Callable[[], bool]) -> None:
        """Set the functions that give the present values when the metrics are read."""
        self._queue.set_function(depth)
        self._ready.set_function(lambda: float(classifier_ready()))

    def outbox(
        self, pending: int, dead: int, superseded: int, oldest_due_s: float, paused: int
    ) -> None:
        """Set the present state of the outbox."""
        self._paused.set(paused)
        self._deliveries.labels("pending").set(pending)
        self._deliveries.labels("dead").set(dead)
        self._deliveries.labels("superseded").set(superseded)
        self._oldest.set(oldest_due_s)

    def waiting(self, *, shown: int, hidden: int) -> None:
        """Set the present number of messages that wait for the classifier."""
        self._waiting.labels("yes").set(shown)
        self._waiting.labels("no").set(hidden)

    def text(self) -> bytes:
        """All metrics, as /metrics shows them."""
        return generate_latest(self._registry)
