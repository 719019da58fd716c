"""Rules for a language hold for callers who speak it, whatever they do."""

from typing import Any

import httpx2 as httpx
import pytest

from tests.calls.conftest import ALWAYS, SETTINGS, Ring
from tests.phone.people import ANNA

pytestmark = pytest.mark.anyio
GERMAN_LINE, GERMAN_DESK = "+48220000009", "+48220000055"


@pytest.fixture
async def german(phone: httpx.AsyncClient) -> httpx.AsyncClient:
    """A company that sends German defects to a team of its own."""
    teams = (await phone.get("/v1/teams")).json()
    names = {"en": "German service"}
    own = {"id": "de_service", "kind": "service", "names": names, "hours": ALWAYS}
    teams["teams"].append(own)
    policy = (await phone.get("/v1/policy")).json()
    rule = {
        "id": "german",
        "when": {"language": ["de"], "category": ["defect"]},
        "then": {"team": "de_service", "priority": "high"},
    }
    policy = {"rules": [rule, *policy["rules"]], "default": policy["default"]}
    desks = {**SETTINGS["desks"], "de_service": {"numbers": [GERMAN_DESK]}}
    settings = {**SETTINGS, "desks": desks, "lines": {GERMAN_LINE: "de"}}
    for path, body in (("teams", teams), ("policy", policy), ("phone/settings", settings)):
        tag = (await phone.get(f"/v1/{path}")).headers["ETag"]
        changed = await phone.put(f"/v1/{path}", json=body, headers={"If-Match": tag})
        assert changed.status_code == 200, changed.text
    return phone


@pytest.mark.parametrize(
    ("line", "said", "team"),
    [
        (GERMAN_LINE, {"digits": "1"}, "de_service"),
        (GERMAN_LINE, {"speech": "die Pumpe ist kaputt und undicht, Reklamation"}, "de_service"),
        ("+48220000001", {"digits": "1"}, "customer_service"),
    ],
)
async def test_rule_for_a_language_holds_for_keys_and_words(
    german: httpx.AsyncClient, ring: Ring, line: str, said: dict[str, Any], team: str
) -> None:
    caller = {"from": ANNA, "to": line}
    await ring(**caller)
    assert (await ring(step="1", **caller, **said))["team"] == team


async def test_rule_holds_for_a_language_that_was_chosen_by_key(
    german: httpx.AsyncClient, ring: Ring
) -> None:
    await ring()
    await ring(step="1", digits="9")
    assert (await ring(step="2", digits="1"))["team"] == "de_service"
