"""A story over a running house."""

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from tests.recording.stories import Story


@pytest.fixture
def story(client: httpx.AsyncClient, house: House) -> Story:
    """A client with all rights."""
    return Story(client, house)


@pytest.fixture
async def hook(client: httpx.AsyncClient) -> str:
    """The path of a source of the kind `chatwoot`, with the id `desk`."""
    entry = {"id": "desk", "name": "Chatwoot", "kind": "chatwoot"}
    made = await client.post("/v1/sources", json=entry)
    assert made.status_code == 201, made.text
    url: str = made.json()["url"]
    return url.removeprefix("http://router.test")
