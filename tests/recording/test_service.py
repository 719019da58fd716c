"""The recorder: inquiries that senders name, and new ones that continue what was resolved."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from inquiry_router.inquiries.tables import inquiries
from inquiry_router.process.clock import utc_now
from tests.recording.stories import JAN, LEAK, Story, chat_message

pytestmark = pytest.mark.anyio


async def resolve(story: Story, inquiry: dict[str, Any], days_ago: float) -> None:
    """Resolve an inquiry some days ago."""
    await story.act(inquiry["id"], "resolution")
    at = utc_now() - timedelta(days=days_ago)
    statement = update(inquiries).where(inquiries.c.id == inquiry["id"]).values(resolved_at=at)
    await story.house.database.write(lambda c: c.execute(statement) and None)


async def test_named_inquiry_that_was_resolved_lately_is_reopened(story: Story) -> None:
    first = await story.open()
    await resolve(story, first, days_ago=13)
    again = await story.add(first["reference"], "Niestety znowu cieknie")
    assert (again["reference"], again["joined"]["change"]) == (first["reference"], "reopened")
    assert again["joined"]["sign"] == "the sender named it"


async def test_named_inquiry_that_was_resolved_long_ago_is_continued(story: Story) -> None:
    first = await story.open()
    await resolve(story, first, days_ago=15)
    later = await story.add(first["reference"], "Niestety znowu cieknie", key="m-1")
    assert later["joined"] is None and later["reference"] != first["reference"]
    assert (await story.see(first["id"]))["status"] == "resolved"
    shown = await story.see(later["id"])
    assert [(one["reference"], one["kind"]) for one in shown["links"]] == [
        (first["reference"], "continues")
    ]
    # Nobody could answer it otherwise: the sender named the inquiry, not the customer.
    assert shown["contact"] == {**JAN, "phone": None, "company": None}
    assert (await story.add(first["reference"], "Niestety znowu cieknie", key="m-1"))["id"] == (
        later["id"]
    )


async def test_days_of_reopening_are_policy(story: Story) -> None:
    now = await story.client.get("/v1/matters/rules")
    changed = await story.client.put(
        "/v1/matters/rules",
        json={"reopen_within_days": 30},
        headers={"If-Match": now.headers["etag"]},
    )
    assert changed.status_code == 200, changed.text
    first = await story.open()
    await resolve(story, first, days_ago=29)
    again = await story.add(first["reference"], "Niestety znowu cieknie")
    assert again["reference"] == first["reference"]


async def test_ticket_that_was_resolved_long_ago_goes_on_as_one_new_inquiry(
    story: Story, hook: str
) -> None:
    first = (await story.client.post(hook, json=chat_message(1, LEAK))).json()
    await resolve(story, await story.see(first["reference"]), days_ago=15)
    told = []
    for number, text in ((2, "Niestety znowu cieknie"), (3, "Adres ten sam")):
        body = chat_message(number, text)
        del body["created_at"]  # now
        told.append((await story.client.post(hook, json=body)).json())
    assert [one["status"] for one in told] == ["accepted", "joined"]
    assert told[0]["reference"] == told[1]["reference"] != first["reference"]
    assert await story.texts(told[0]["reference"]) == ["Niestety znowu cieknie", "Adres ten sam"]


async def test_reopened_inquiry_goes_to_the_same_team_with_a_new_promise(story: Story) -> None:
    first = await story.open()
    await resolve(story, first, days_ago=3)
    again = await story.add(first["reference"], "Niestety znowu cieknie")
    assert again["decision"]["team"] == first["decision"]["team"]
    assert again["decision"]["due_at"] >= first["decision"]["due_at"]
    assert again["acknowledgement"] is None
    shown = await story.see(first["id"])
    assert (shown["status"], shown["decision"]) == ("waiting_for_us", again["decision"])
    assert "inquiry.message" in await story.told(first["id"])
