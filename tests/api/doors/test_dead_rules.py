"""Rules that can never apply: refused by the API with the reason, tolerated where they are old."""

from datetime import UTC, datetime

import httpx2 as httpx
import pytest

from inquiry_router.configuration import store
from inquiry_router.house import House
from tests.conftest import client_of

pytestmark = pytest.mark.anyio

THEN = {"team": "customer_service", "priority": "high", "respond_within_minutes": 60}
DEFAULT = {"team": "triage", "priority": "normal", "respond_within_minutes": 240}


def with_rules(*conditions: dict) -> dict:
    rules = [
        {"id": name, "when": when, "then": THEN}
        for name, when in zip("ab", conditions, strict=False)
    ]
    return {"rules": rules, "default": DEFAULT}


async def put(client: httpx.AsyncClient, policy: dict) -> httpx.Response:
    return await client.put("/v1/policy", json=policy, headers={"If-Match": '"1"'})


@pytest.mark.parametrize(
    ("name", "written", "kept"),
    [
        ("phone_prefix", "22", "+4822"),
        ("phone_prefix", "+48 22", "+4822"),
        ("phone_prefix", "(022) 123", "+4822123"),
        ("phone_prefix", "0049-30", "+4930"),
        ("email_domain", "@agro.pl", "agro.pl"),
        ("email_domain", "*.Agro.pl", "agro.pl"),
        ("email_domain", "*@agro.pl", "agro.pl"),
        ("email", "Jan <Jan@Agro.pl>", "jan@agro.pl"),
        ("mailbox", "mailto:Przetargi@Acme.pl", "przetargi@acme.pl"),
        ("called_number", "22 123 45 00", "+48221234500"),
        ("entity", "Danger: Gas", "danger:gas"),
    ],
)
async def test_values_are_put_into_the_form_that_is_compared(
    client: httpx.AsyncClient, name: str, written: str, kept: str
) -> None:
    changed = await put(client, with_rules({name: [written]}))
    assert changed.status_code == 200, changed.text
    assert (await client.get("/v1/policy")).json()["rules"][0]["when"][name] == [kept]


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ([{"min_confidence": 0.9, "max_confidence": 0.2}], "rule 'a': 'max_confidence is 0.2'"),
        ([{"open_teams": ["sales"], "closed_teams": ["sales"]}], "rule 'a': 'closed_teams is"),
        ([{"words": ["*awari*"]}], "write 'awari*'"),
        (
            [{"category": ["defect"]}, {"category": ["defect"], "words": ["pomp*"]}],
            "rule 'b' is never reached: rule 'a' before it",
        ),
        ([{"entity": ["dangers"]}], "danger"),
        ([{"time": ["8-16"]}], "08:00-16:00"),
    ],
)
async def test_dead_rule_is_refused_with_the_reason(
    client: httpx.AsyncClient, conditions: list[dict], said: str
) -> None:
    refused = await put(client, with_rules(*conditions))
    assert (refused.status_code, said in refused.text) == (422, True), refused.text
    tried = await client.post("/v1/policy/preview", json=with_rules(*conditions))
    assert (tried.status_code, said in tried.text) == (422, True)
    assert (await client.get("/v1/policy")).json()["version"] == 1


async def test_change_of_hours_that_leaves_a_rule_dead_is_refused(
    client: httpx.AsyncClient,
) -> None:
    night = {"open_teams": ["sales"], "time": ["15:00-16:00"]}
    assert (await put(client, with_rules(night))).status_code == 200
    teams = (await client.get("/v1/teams")).json()
    sales = next(team for team in teams["teams"] if team["id"] == "sales")
    sales["hours"] = {"mon": ["08:00-15:00"]}
    refused = await client.put("/v1/teams", json=teams, headers={"If-Match": '"1"'})
    assert (refused.status_code, "policy: rule 'a'" in refused.text) == (422, True)


async def test_old_policy_with_dead_rules_loads_decides_and_is_named(house: House) -> None:
    old = with_rules(
        {"category": ["defect"], "email_domain": ["@agro.pl"]},
        {"category": ["defect"], "email_domain": ["agro.pl"], "words": ["*awari*"]},
    )
    at = datetime(2026, 1, 1, tzinfo=UTC)
    await house.configuration.change(
        lambda connection: store.save_document(connection, "policy", old, 1, "old", None, at)
    )
    (told,) = house.configuration.current.documents.dead_rules
    assert told.startswith("rule 'b': 'words is *awari*'")
    async with client_of(house) as client:
        ready = (await client.get("/health/ready")).json()
        assert (ready["status"], ready["checks"]["policy"][:7]) == ("ready", "1 rules")
        body = {
            "channel": "email",
            "text": "Pompa nie działa, cieknie spod uszczelki, proszę o serwis.",
            "contact": {"email": "jan@agro.pl"},
        }
        received = (await client.post("/v1/inquiries", json=body)).json()
        assert received["decision"]["rule"] == "a"
        # The teams can be changed all the same.
        teams = (await client.get("/v1/teams")).json()
        changed = await client.put("/v1/teams", json=teams, headers={"If-Match": '"1"'})
        assert changed.status_code == 200, changed.text
