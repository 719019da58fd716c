"""What is wrong now, with the call that mends it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inquiry_router.sources.traffic_store import SourceTraffic
from inquiry_router.upkeep.facts import DestinationFacts, ServiceFacts, SourceFacts
from inquiry_router.upkeep.findings import find_problems
from inquiry_router.upkeep.synthetic import SyntheticResult
from inquiry_router.upkeep.texts import say
from tests.conftest import NOW

DAY = timedelta(days=1)
SEEN = SourceTraffic(last_event_at=NOW, taken=1, taken_at=NOW)
SHOP = SourceFacts("shop", is_phone=False, shadow=False, created_at=NOW - 30 * DAY, traffic=SEEN)
DESK = DestinationFacts("desk", "zendesk", True, None, paused=False, dead=0)
WELL = ServiceFacts(
    now=NOW,
    clock_error=timedelta(seconds=1),
    has_public_url=True,
    has_metrics=True,
    has_key_file=False,
    has_client_key=True,
    sources=(SHOP,),
    destinations=(DESK,),
    teams_changed=True,
    policy_changed=True,
    phone_set=True,
    dead_rules=0,
    oldest_due=timedelta(0),
    hidden_waiting=0,
    callbacks_overdue=0,
    corrections=1,
    delivered=True,
    classifier_ready=True,
    synthetic={"defect": SyntheticResult(NOW)},
)


def shop(**changes: Any) -> dict[str, Any]:
    return {"sources": (replace(SHOP, **changes),)}


def desk(**changes: Any) -> dict[str, Any]:
    return {"destinations": (replace(DESK, **changes),)}


def traffic(**changes: Any) -> dict[str, Any]:
    return shop(traffic=SourceTraffic(**changes))


def test_healthy_service_has_no_findings() -> None:
    assert find_problems(WELL) == []


@pytest.mark.parametrize(
    ("changes", "wanted", "call"),
    [
        ({"store_problem": "the disk is full"}, "cannot_store", "GET /health/ready"),
        ({"classifier_ready": False}, "no_model", "GET /health/ready"),
        (
            {"oldest_due": timedelta(minutes=20)},
            "nothing_delivered",
            "GET /v1/deliveries?state=pending",
        ),
        ({"clock_error": timedelta(seconds=61)}, "clocks_differ", "timedatectl status"),
        ({"hidden_waiting": 21}, "classifier_late", "GET /metrics"),
        ({"callbacks_overdue": 2}, "callbacks_overdue", "GET /v1/callbacks?state=pending"),
        ({"dead_rules": 1}, "dead_rules", "PUT /v1/policy"),
        (shop(is_phone=True) | {"phone_set": False}, "nobody_rings", "PUT /v1/phone/settings"),
        ({"has_public_url": False}, "no_public_url", "INQUIRY_ROUTER_PUBLIC_URL=https://..."),
        (
            traffic(last_event_at=NOW - DAY, refused=1, refused_at=NOW, refused_reason="wrong"),
            "source_refused",
            "PUT /v1/sources/shop",
        ),
        (traffic(), "source_never", "GET /v1/sources/shop/setup"),
        (traffic(last_event_at=NOW - 8 * DAY), "source_silent", "GET /v1/sources/shop/setup"),
        (shop(mailbox_problem="the login failed"), "mailbox_problem", "PUT /v1/sources/shop"),
        (shop(mailbox_warning="it ends soon"), "mailbox_warning", "PUT /v1/sources/shop"),
        (shop(dead_events=3), "events_dead", "POST /v1/sources/shop/retry"),
        (
            desk(enabled=False, disabled_reason="410"),
            "destination_off",
            "PUT /v1/destinations/desk",
        ),
        (desk(paused=True), "destination_fails", "POST /v1/destinations/desk/check"),
        (desk(dead=4), "dead_letters", "POST /v1/deliveries/dead/retry?destination_id=desk"),
        (
            {"synthetic": {"defect": SyntheticResult(NOW, "database", "it is away")}},
            "synthetic_lost",
            "GET /health/ready",
        ),
    ],
)
def test_problem_is_found_and_said_in_both_languages(
    changes: dict[str, Any], wanted: str, call: str
) -> None:
    (found,) = find_problems(replace(WELL, **changes))
    assert (found.id, found.call) == (wanted, call)
    for sentence in say("findings", found.id, found.values).values():
        assert "{" not in sentence
        assert all(value.rstrip(".") in sentence for value in found.values.values())


@pytest.mark.parametrize(
    "changes",
    [
        # A source that was made a moment ago, a request that was refused before the last good one,
        # and a destination that a person has switched off.
        shop(traffic=SourceTraffic(), created_at=NOW - timedelta(minutes=59)),
        traffic(last_event_at=NOW, refused=1, refused_at=NOW - DAY, refused_reason="wrong"),
        desk(enabled=False),
        {"oldest_due": timedelta(minutes=15), "hidden_waiting": 20},
        {"classifier_ready": None, "synthetic": {}},
        {"has_public_url": False, "sources": (), "destinations": ()},
    ],
)
def test_what_is_as_it_should_be_is_no_problem(changes: dict[str, Any]) -> None:
    assert find_problems(replace(WELL, **changes)) == []


def test_errors_come_first() -> None:
    found = find_problems(replace(WELL, dead_rules=1, **desk(dead=1)))
    assert [one.id for one in found] == ["dead_letters", "dead_rules"]
