"""The checklist of a new installation: what is done, what is left, and the call for it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from inquiry_router.upkeep.facts import ServiceFacts


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the first days. `done` is None if the router cannot see it."""

    id: str
    done: bool | None
    call: str


def list_steps(facts: ServiceFacts) -> list[Step]:
    """List the steps in the order in which they are best taken."""
    return list(_steps(facts))


def _steps(facts: ServiceFacts) -> Iterator[Step]:
    ways = facts.sources
    desks = [one for one in facts.destinations if one.kind != "console" and one.enabled]
    yield Step("public_url", facts.has_public_url, "INQUIRY_ROUTER_PUBLIC_URL=https://...")
    yield Step("teams", facts.teams_changed, "PUT /v1/teams")
    yield Step("source", bool(ways) or facts.has_client_key, "POST /v1/sources")
    if ways:
        yield Step("first_event", any(one.traffic.taken for one in ways), "GET /v1/sources")
    yield Step("destination", bool(desks), "POST /v1/destinations")
    yield Step("delivered", bool(desks) and facts.delivered, "GET /v1/deliveries")
    yield Step("policy", facts.policy_changed, "PUT /v1/policy")
    if any(one.is_phone for one in ways):
        yield Step("phone", facts.phone_set, "PUT /v1/phone/settings")
    if any(one.shadow for one in ways):
        yield Step("out_of_shadow", False, "GET /v1/sources/{id}/shadow-report")
    yield Step("correction", facts.corrections > 0, "POST /v1/inquiries/{id}/correction")
    yield Step("metrics", facts.has_metrics, "INQUIRY_ROUTER_METRICS_ADDRESS=127.0.0.1:9464")
    yield Step("admin_key", not facts.has_key_file, "rm var/admin.key")
    yield Step("backup", None, "inquiry-router backup FILE")
