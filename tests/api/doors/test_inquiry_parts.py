"""An inquiry with very many messages is read in parts; a usual one is read whole."""

import httpx2 as httpx
import pytest

from inquiry_router.api.doors import inquiry_parts
from inquiry_router.house import House
from tests.recording.stories import LEAK, Story

pytestmark = pytest.mark.anyio

SAID = [f"Nr seryjny pompy to {number}" for number in range(1000, 1006)]


@pytest.fixture
async def story(client: httpx.AsyncClient, house: House) -> Story:
    told = Story(client, house)
    opened = await told.open()
    for words in SAID:
        await told.add(opened["id"], words)
    return told


async def test_usual_inquiry_is_read_whole(story: Story) -> None:
    seen = await story.see("latest")
    assert [one["text"] for one in seen["messages"]] == [LEAK, *SAID]
    assert seen["more_messages"] is None and seen["earlier_timeline"] is None


async def test_messages_follow_page_by_page(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inquiry_parts, "MAX_MESSAGES", 2)
    seen = await story.see("latest")
    found, cursor = [one["text"] for one in seen["messages"]], seen["more_messages"]
    assert found == [LEAK, SAID[0]]
    while cursor is not None:
        page = await story.client.get(
            "/v1/inquiries/latest/messages", params={"cursor": cursor, "limit": 2}
        )
        assert len(page.json()["items"]) in (1, 2)
        found += [one["text"] for one in page.json()["items"]]
        cursor = page.json()["next_cursor"]
    assert found == [LEAK, *SAID]


async def test_earlier_entries_follow_page_by_page(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (await story.see("latest"))["timeline"]
    monkeypatch.setattr(inquiry_parts, "MAX_ENTRIES", 3)
    seen = await story.see("latest")
    found, cursor = seen["timeline"], seen["earlier_timeline"]
    assert found == whole[-3:]
    while cursor is not None:
        page = await story.client.get(
            "/v1/inquiries/latest/timeline", params={"cursor": cursor, "limit": 2}
        )
        found = page.json()["items"] + found
        cursor = page.json()["next_cursor"]
    assert found == whole and found[-1]["details"]["text"] == SAID[-1]


async def test_foreign_cursor_is_refused(story: Story) -> None:
    answer = await story.client.get(
        "/v1/inquiries/latest/timeline", params={"cursor": "of-somebody-else"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert "next_cursor" in answer.json()["hint"]
