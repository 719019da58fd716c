"""A call does not wait for the classifier: it falls back, and is decided by the call."""

from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest
from sqlalchemy import func, select

from inquiry_router.house import House
from inquiry_router.inquiries.tables import waiting
from inquiry_router.process.settings import Settings
from tests.calls.conftest import Ring
from tests.conftest import running_house
from tests.switched_model import SwitchedModel, service_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    """A house whose model fails."""
    async with running_house(settings, service_of(SwitchedModel())) as rooms:
        yield rooms


async def test_call_goes_on_without_the_classifier(
    house: House, phone: httpx.AsyncClient, ring: Ring
) -> None:
    await ring()
    asked = await ring(step="1", speech="dzień dobry pompa cieknie", speech_confidence=0.9)
    assert asked["action"] in ("ask", "menu", "transfer")
    ringing = await ring(step=asked["step"], digits="1")
    assert (ringing["action"], ringing["team"]) == ("transfer", "customer_service")
    (inquiry,) = (await phone.get("/v1/inquiries")).json()["items"]
    assert (inquiry["status"], inquiry["team"]) == ("routed", "customer_service")
    query = select(func.count()).select_from(waiting)
    assert await house.database.read(lambda c: c.scalar(query)) == 0
