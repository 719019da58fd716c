"""Finding the matter of a message that comes after a long silence."""

from datetime import datetime, timedelta

import pytest

from tests.recording.stories import LEAK, Story

pytestmark = pytest.mark.anyio
NOW = datetime.fromisoformat("2026-11-19T10:00:00+00:00")
LONG_AGO = (NOW - timedelta(days=200)).isoformat()


async def test_ticket_joins_after_a_long_silence(story: Story) -> None:
    entry = {"id": "shop", "name": "Shop", "kind": "console"}
    made = (await story.client.post("/v1/sources", json=entry)).json()
    path = made["url"].removeprefix("http://router.test")
    opening = {"id": "T-7", "message_id": "1", "text": LEAK, "received_at": LONG_AGO}
    first = (await story.client.post(path, json=opening)).json()
    message = {"id": "T-7", "message_id": "2", "text": "Proszę o termin."}
    later = (await story.client.post(path, json=message)).json()
    assert (later["status"], later["reference"]) == ("joined", first["reference"])


async def test_reference_with_a_wrong_character_joins_after_a_long_silence(story: Story) -> None:
    first = await story.open(received_at=LONG_AGO)
    reference = first["reference"]
    wrong = reference[:-1] + next(one for one in "23456789" if one != reference[-1])
    later = await story.open(f"Proszę o termin w sprawie {wrong}.")
    assert later["reference"] == reference
