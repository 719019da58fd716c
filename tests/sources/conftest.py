"""A house with the toy vendor."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.sources.kinds import SOURCES
from tests.providers.toy import ToySource

Add = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCES, "toy", ToySource())


@pytest.fixture
def add(client: httpx.AsyncClient) -> Add:
    """Add a source; return the answer."""

    async def added(**entry: Any) -> dict[str, Any]:
        made = await client.post(
            "/v1/sources", json={"id": "desk", "name": "Desk", "kind": "toy", **entry}
        )
        assert made.status_code == 201, made.text
        return dict(made.json())

    return added
