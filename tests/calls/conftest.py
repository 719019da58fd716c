"""A house with a phone line, and requests of its platform."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from tests.phone.people import ANNA, BARTEK, BEATA, CELINA, CEZARY, LINE

SETTINGS = {
    "desks": {
        "customer_service": {"numbers": [CELINA, CEZARY]},
        "sales": {"numbers": [BARTEK, BEATA]},
    },
    "fallback": CELINA,
}
# Always open, so that no test depends on the time of day.
ALWAYS = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
Ring = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def phone(house: House, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a company that can be called at any time."""
    teams = (await client.get("/v1/teams")).json()
    for team in teams["teams"]:
        team.update(hours=ALWAYS, holidays=None)
    assert (
        await client.put("/v1/teams", json=teams, headers={"If-Match": '"1"'})
    ).status_code == 200
    changed = await client.put("/v1/phone/settings", json=SETTINGS, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    return client


@pytest.fixture
def ring(phone: httpx.AsyncClient) -> Ring:
    """Send a request of the generic API; return the answer."""

    async def rung(**what: Any) -> dict[str, Any]:
        answered = await phone.post(
            "/v1/phone/decide", json={"call_id": "call-1", "from": ANNA, "to": LINE, **what}
        )
        assert answered.status_code == 200, answered.text
        return dict(answered.json())

    return rung
