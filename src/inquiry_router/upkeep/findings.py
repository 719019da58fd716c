"""Find what is wrong now, and the call that mends it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

from inquiry_router.upkeep.facts import DestinationFacts, ServiceFacts, SourceFacts

Severity = Literal["error", "warning"]

MAX_CLOCK_ERROR: Final = timedelta(seconds=60)
MAX_OUTBOX_AGE: Final = timedelta(minutes=15)
# A source that was just made needs a while at the vendor.
PATIENCE: Final = timedelta(hours=1)
SILENCE: Final = timedelta(days=7)
MAX_HIDDEN_WAITING: Final = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong now. `id` names its texts, `values` fill them, `call` mends it."""

    id: str
    severity: Severity
    call: str
    values: Mapping[str, str] = field(default_factory=dict)


def find_problems(facts: ServiceFacts) -> list[Finding]:
    """List the problems, errors first."""
    found = [
        *_of_the_service(facts),
        *(one for source in facts.sources for one in _of_source(source, facts)),
        *(one for destination in facts.destinations for one in _of_destination(destination)),
        *_of_synthetic(facts),
    ]
    return sorted(found, key=lambda finding: finding.severity != "error")


def _of_the_service(facts: ServiceFacts) -> Iterator[Finding]:
    if facts.store_problem is not None:
        values = {"reason": facts.store_problem}
        yield Finding("cannot_store", "error", "GET /health/ready", values)
    if facts.classifier_ready is False:
        yield Finding("no_model", "error", "GET /health/ready")
    if facts.oldest_due > MAX_OUTBOX_AGE:
        minutes = {"minutes": str(round(facts.oldest_due.total_seconds() / 60))}
        yield Finding("nothing_delivered", "error", "GET /v1/deliveries?state=pending", minutes)
    if facts.clock_error > MAX_CLOCK_ERROR:
        seconds = {"seconds": str(round(facts.clock_error.total_seconds()))}
        yield Finding("clocks_differ", "error", "timedatectl status", seconds)
    if facts.hidden_waiting > MAX_HIDDEN_WAITING:
        count = {"count": str(facts.hidden_waiting)}
        yield Finding("classifier_late", "warning", "GET /metrics", count)
    if facts.callbacks_overdue:
        count = {"count": str(facts.callbacks_overdue)}
        yield Finding("callbacks_overdue", "warning", "GET /v1/callbacks?state=pending", count)
    if facts.dead_rules:
        count = {"count": str(facts.dead_rules)}
        yield Finding("dead_rules", "warning", "PUT /v1/policy", count)
    if not facts.phone_set and any(one.is_phone for one in facts.sources):
        yield Finding("nobody_rings", "error", "PUT /v1/phone/settings")
    if not facts.has_public_url and (facts.sources or _helpdesks(facts)):
        yield Finding("no_public_url", "warning", "INQUIRY_ROUTER_PUBLIC_URL=https://...")


def _helpdesks(facts: ServiceFacts) -> list[DestinationFacts]:
    return [one for one in facts.destinations if one.kind != "console"]


def _of_source(source: SourceFacts, facts: ServiceFacts) -> Iterator[Finding]:
    traffic, name = source.traffic, {"source": source.id}
    show = f"GET /v1/sources/{source.id}"
    if _is_later(traffic.refused_at, traffic.last_event_at):
        values = {**name, "reason": traffic.refused_reason or "?"}
        yield Finding("source_refused", "error", f"PUT /v1/sources/{source.id}", values)
    elif source.mailbox_problem is not None:
        values = {**name, "reason": source.mailbox_problem}
        yield Finding("mailbox_problem", "error", f"PUT /v1/sources/{source.id}", values)
    elif traffic.last_event_at is None and facts.now - source.created_at > PATIENCE:
        yield Finding("source_never", "warning", f"{show}/setup", name)
    elif traffic.last_event_at is not None and facts.now - traffic.last_event_at > SILENCE:
        days = {"days": str((facts.now - traffic.last_event_at).days)}
        yield Finding("source_silent", "warning", f"{show}/setup", {**name, **days})
    if source.mailbox_warning is not None:
        values = {**name, "reason": source.mailbox_warning}
        yield Finding("mailbox_warning", "warning", f"PUT /v1/sources/{source.id}", values)
    if source.dead_events:
        values = {**name, "count": str(source.dead_events)}
        yield Finding("events_dead", "error", f"POST /v1/sources/{source.id}/retry", values)


def _is_later(one: object, other: object) -> bool:
    """True if the first moment is there, and after the second one."""
    return one is not None and (other is None or one > other)  # type: ignore[operator]


def _of_destination(destination: DestinationFacts) -> Iterator[Finding]:
    path, name = f"/v1/destinations/{destination.id}", {"destination": destination.id}
    if destination.disabled_reason is not None and not destination.enabled:
        values = {**name, "reason": destination.disabled_reason}
        yield Finding("destination_off", "error", f"PUT {path}", values)
    elif destination.paused:
        yield Finding("destination_fails", "error", f"POST {path}/check", name)
    if destination.dead:
        values = {**name, "count": str(destination.dead)}
        call = f"POST /v1/deliveries/dead/retry?destination_id={destination.id}"
        yield Finding("dead_letters", "error", call, values)


def _of_synthetic(facts: ServiceFacts) -> Iterator[Finding]:
    for route, result in facts.synthetic.items():
        if result.stage is not None:
            values = {"route": route, "stage": result.stage, "reason": result.reason or "?"}
            yield Finding("synthetic_lost", "error", "GET /health/ready", values)
