"""Background tasks end with their part of the service."""

import asyncio

import pytest

from inquiry_router.process.background import beside

pytestmark = pytest.mark.anyio


async def test_background_task_releases_everything_before_the_next_part_stops() -> None:
    held = ["a connection"]

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # releasing takes a turn of the loop
            held.clear()

    async with beside(work()):
        await asyncio.sleep(0)
        assert held
    assert not held
