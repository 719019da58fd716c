"""The figures that the database knows, in Prometheus' form: the same from every process."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector


@dataclass(frozen=True, slots=True)
class DatabaseFigures:
    """The figures that are asked of the database when the metrics are read."""

    pending: int
    dead: int
    superseded: int
    oldest_due_s: float
    paused: int
    waiting_shown: int
    waiting_hidden: int
    callbacks: int
    callbacks_overdue: int
    corrections_changed: int
    corrections_confirmed: int
    last_events: Mapping[str, datetime] = field(default_factory=dict)


class FiguresCollector(Collector):
    """Shows the figures."""

    def __init__(self, figures: DatabaseFigures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each figure."""
        figures = self._figures
        yield _family(
            "deliveries",
            "Deliveries by state",
            "state",
            {
                "pending": figures.pending,
                "dead": figures.dead,
                "superseded": figures.superseded,
            },
        )
        yield GaugeMetricFamily(
            "outbox_oldest_due_seconds",
            "How long the oldest due delivery has waited",
            figures.oldest_due_s,
        )
        yield GaugeMetricFamily(
            "destinations_paused",
            "Destinations that fail and are left alone for a while",
            figures.paused,
        )
        yield _family(
            "messages_waiting_for_classifier",
            "Messages that wait for the classifier, of inquiries that people see or not yet",
            "shown",
            {"yes": figures.waiting_shown, "no": figures.waiting_hidden},
        )
        yield _family(
            "callbacks_waiting",
            "Customers who wait for a call, by whether their time has passed",
            "overdue",
            {
                "yes": figures.callbacks_overdue,
                "no": figures.callbacks - figures.callbacks_overdue,
            },
        )
        yield _family(
            "corrections",
            "Corrections by people so far, by whether they changed the category or team",
            "changed",
            {"yes": figures.corrections_changed, "no": figures.corrections_confirmed},
        )
        yield _family(
            "source_last_event_timestamp_seconds",
            "Time of the last proven event of a source",
            "source",
            {name: at.timestamp() for name, at in figures.last_events.items()},
        )


def _family(
    name: str, help_text: str, label: str, values: Mapping[str, float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=(label,))
    for value, number in values.items():
        family.add_metric((value,), number)
    return family
