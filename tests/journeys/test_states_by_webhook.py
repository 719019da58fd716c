"""A helpdesk tells by its webhooks what its agents do, and the inquiry has the same status."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.process.clock import utc_now
from tests.providers.samples import GENUINE, Sample, of_json, placed, proven

pytestmark = pytest.mark.anyio

LATER = "Dziękuję, czekam na serwisanta w poniedziałek."
# The statuses after a new ticket, an answer, a thank-you, a closing, and a reopening by an agent.
STATUSES = ["routed", "waiting_for_customer", "waiting_for_us", "resolved", "waiting_for_us"]


def zammad() -> Iterator[Sample]:
    new, _, answered, changed = GENUINE["zammad"].samples()
    yield new
    yield at(answered, ("ticket", "updated_at"), 1)
    article = {**new.said["article"], "id": 306, "body": LATER}
    ticket = {**answered.said["ticket"], "article_ids": [201, 305, 306]}
    yield once(body(new, {"ticket": ticket, "article": article}), "d2")
    yield at(placed(changed, ("ticket", "state"), "closed"), ("ticket", "updated_at"), 3)
    yield at(placed(changed, ("ticket", "state"), "open"), ("ticket", "updated_at"), 4)


def zendesk() -> Iterator[Sample]:
    _, new, _, by_customer, by_agent, changed, _ = GENUINE["zendesk"].samples()
    yield new
    yield at(by_agent, ("time",), 1)
    yield placed(placed(by_customer, ("event", "comment", "body"), LATER), ("id",), "e2")
    yield at(placed(changed, ("detail", "status"), "SOLVED"), ("time",), 3)
    yield at(placed(changed, ("detail", "status"), "OPEN"), ("time",), 4)


def chatwoot() -> Iterator[Sample]:
    said, _, answered, changed, _ = GENUINE["chatwoot"].samples()
    yield once(said, "d0")
    yield once(at(answered, ("created_at",), 1), "d1")
    yield once(placed(placed(said, ("content",), LATER), ("id",), 700), "d2")
    yield once(at(changed, ("updated_at",), 3), "d3")
    yield once(at(placed(changed, ("status",), "open"), ("updated_at",), 4), "d4")


def freescout() -> Iterator[Sample]:
    new, reply, answered, changed = GENUINE["freescout"].samples()
    yield new
    yield at(answered, ("updatedAt",), 1)
    thread = placed(reply, ("_embedded", "threads", 0, "id"), 150)
    yield placed(thread, ("_embedded", "threads", 0, "body"), LATER)
    yield at(placed(changed, ("status",), "closed"), ("updatedAt",), 3)
    yield at(placed(changed, ("status",), "active"), ("updatedAt",), 4)


def freshdesk() -> Iterator[Sample]:
    _, new, reply, _ = GENUINE["freshdesk"].samples()
    yield new
    change = {"ticket_id": new.said["ticket_id"], "author": "emma@acme.example.com"}
    yield body(new, {**change, "event": "ticket_answered"})
    yield placed(reply, ("comment",), LATER)
    yield body(new, {**change, "event": "ticket_updated", "status": "Closed"})
    yield body(new, {**change, "event": "ticket_updated", "status": "Open"})


def at(sample: Sample, place: tuple[str | int, ...], minute: int) -> Sample:
    """The sample with a later time at this place."""
    return placed(sample, place, f"2026-11-21T18:{minute:02}:00Z")


def body(sample: Sample, said: Any) -> Sample:
    """The sample with another body."""
    return replace(sample, body=of_json(said)()[0].body)


def once(sample: Sample, delivery: str) -> Sample:
    """The sample as a delivery of its own."""
    headers = {name: delivery for name in sample.headers if name.endswith("-delivery")}
    return replace(sample, headers={**sample.headers, **headers})


@pytest.mark.parametrize("told", [chatwoot, freescout, freshdesk, zammad, zendesk])
async def test_status_follows_the_helpdesk(client: httpx.AsyncClient, told: Any) -> None:
    kind = told.__name__
    entry = {"id": "desk", "name": kind, "kind": kind}
    if GENUINE[kind].prove is not None:
        entry["secret"] = GENUINE[kind].secrets[0]
    made = (await client.post("/v1/sources", json=entry)).json()
    url = made["url"].removeprefix("http://router.test")
    found, references = [], set()
    for sample in told():
        sent = proven(kind, sample, utc_now()) if GENUINE[kind].prove else sample
        taken = await client.post(url, content=sent.body, headers=dict(sent.headers))
        assert taken.status_code == 200, taken.text
        again = await client.post(url, content=sent.body, headers=dict(sent.headers))
        assert again.status_code == 200, again.text
        references.add(taken.json()["reference"])
        shown = (await client.get(f"/v1/inquiries/{taken.json()['reference']}")).json()
        found.append(shown["status"])
    assert found == STATUSES
    assert len(references) == 1
    assert [one["text"] for one in shown["messages"]][1:] == [LATER]
