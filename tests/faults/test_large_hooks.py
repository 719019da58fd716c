"""Kill the service while a large webhook comes in: no 2xx without its row, a retry makes one."""

import httpx2 as httpx
import pytest

from tests.conftest import client_of, running_house, settings_for
from tests.faults.process import victim
from tests.sources.test_large_hooks import add, pieces, signed

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.mark.parametrize("step", ["intake.read", "intake.in_transaction", "intake.committed"])
async def test_large_webhook_and_kill_at_each_step(database_url: str, step: str) -> None:
    parts = pieces(10)
    async with running_house(settings_for(database_url)) as house:
        path = await add(house)
    async with victim(database_url, step) as service:
        with pytest.raises(httpx.TransportError):
            await service.client.post(path, content=b"".join(parts), headers=signed(parts))
        await service.dead()
    async with running_house(settings_for(database_url)) as house, client_of(house) as client:
        kept = (await client.get("/v1/inquiries")).json()["items"]
        assert len(kept) == (step == "intake.committed")
        async with client_of(house, None) as vendor:
            again = await vendor.post(path, content=b"".join(parts), headers=signed(parts))
        assert again.json()["status"] == ("duplicate" if kept else "accepted"), again.text
        assert len((await client.get("/v1/inquiries")).json()["items"]) == 1
