"""Rules for a called number hold for keys and words, and for the inquiry that the call becomes."""

from typing import Any

import httpx2 as httpx
import pytest

from tests.calls.conftest import Ring
from tests.phone.people import ANNA

pytestmark = pytest.mark.anyio
HOTLINE, OFFICE = "22 000 00 09", "22 000 00 01"


@pytest.mark.parametrize(
    "said", [{"digits": "3"}, {"speech": "chcę kupić nową pompę, proszę o ofertę"}]
)
@pytest.mark.parametrize(("called", "team"), [(HOTLINE, "customer_service"), (OFFICE, "sales")])
async def test_rule_for_a_called_number_holds(
    phone: httpx.AsyncClient, ring: Ring, said: dict[str, Any], called: str, team: str
) -> None:
    policy = (await phone.get("/v1/policy")).json()
    rule = {
        "id": "hotline",
        "when": {"called_number": ["+48220000009"]},
        "then": {"team": "customer_service", "priority": "high"},
    }
    body = {"rules": [rule, *policy["rules"]], "default": policy["default"]}
    assert (await phone.put("/v1/policy", json=body, headers={"If-Match": '"1"'})).is_success
    caller = {"from": ANNA, "to": called}
    await ring(**caller)
    assert (await ring(step="1", **caller, **said))["team"] == team
    (listed,) = (await phone.get("/v1/inquiries")).json()["items"]
    stored = (await phone.get(f"/v1/inquiries/{listed['id']}")).json()
    assert stored["decision"]["team"] == team
    assert (stored["decision"]["rule"] == "hotline") is (called == HOTLINE)
    assert stored["passage"]["called"] == f"+48{called.replace(' ', '')}"
