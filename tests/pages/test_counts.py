"""Counts above the list are kept for seconds, apart for everybody who sees other inquiries."""

from datetime import timedelta

import pytest

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Role
from inquiry_router.api.schemas.inquiry_list import FilterParameters
from inquiry_router.house import House
from inquiry_router.pages.counts import KEPT, count_for
from tests.conftest import NOW, client_of
from tests.pages.test_inquiry import receive

pytestmark = pytest.mark.anyio
ALL = Actor("a", "A", (Role.ADMIN,))
SALES = Actor("b", "B", (Role.AGENT,), teams=("sales",))


async def test_counts_are_kept_for_seconds_by_scope(sqlite_house: House) -> None:
    async def count(actor: Actor, seconds: float) -> list[int]:
        now = NOW + timedelta(seconds=seconds)
        return await count_for(sqlite_house, lambda: [FilterParameters()], actor, now)

    async with client_of(sqlite_house) as client:
        await receive(client)
        assert (await count(ALL, 0), await count(SALES, 0)) == ([1], [0])
        await receive(client, "Druga pompa też cieknie, numer 2.", contact={"email": "b@x.example"})
        late = KEPT.total_seconds()
        assert (await count(ALL, late - 1), await count(SALES, late - 1)) == ([1], [0])
        assert (await count(ALL, late), await count(SALES, late)) == ([2], [0])
