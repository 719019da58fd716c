"""Every example in docs/helpdesks is sent as it stands, and its destination moves tickets."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers import CHANNELS, PROVIDERS, VENDOR_SOURCES
from tests.providers.kit import NOW, handover

pytestmark = pytest.mark.anyio
FOLDER = Path("docs/helpdesks")
PAGES = sorted(path.stem for path in FOLDER.glob("*.md"))
HELPDESKS = sorted(PROVIDERS.keys() - CHANNELS)
CALL = re.compile(r"`(POST|PUT) (/v1/[a-z_/]+)(?:` with| )\s*(?:```json\n|`)?(?=\{)")


def stand_in(kind: str, request: OutgoingRequest, group: str) -> Any:
    """The answer of a helpdesk in which everything works and the ticket is where it should be."""
    if kind == "glpi":
        return [] if "Group_Ticket" in request.url else {"session_token": "s3ssion", "id": 1}
    if kind == "request_tracker":
        return {"id": 4711, "Queue": {"id": group, "Name": group}}
    return {"id": 4711}


def sent_by(calls: Any, kind: str, group: str) -> list[str]:
    """The lines and bodies of all requests of a delivery, answered by the stand-in."""
    said = []
    try:
        request = next(calls)
        while True:
            said.append(f"{request.method} {request.url} {request.body.decode()}")
            reply = json.dumps(stand_in(kind, request, group)).encode()
            request = calls.send(Reply(200, {}, reply))
    except StopIteration:
        return said


@dataclass(frozen=True, slots=True)
class Example:
    method: str
    path: str
    body: dict[str, Any]


@cache
def examples_of(page: str) -> list[Example]:
    """The calls on a page with their bodies, in their order."""
    text = (FOLDER / f"{page}.md").read_text("utf-8")
    return [
        Example(call[1], call[2], json.JSONDecoder().raw_decode(text, call.end())[0])
        for call in CALL.finditer(text)
    ]


async def send_examples(client: httpx.AsyncClient, page: str) -> None:
    """Send every example of a page; a PUT with the ETag of what it changes."""
    for one in examples_of(page):
        headers = {}
        if one.method == "PUT":
            headers["If-Match"] = (await client.get(one.path)).headers["etag"]
        answer = await client.request(one.method, one.path, json=one.body, headers=headers)
        assert answer.status_code in (200, 201), (one, answer.text)


@pytest.mark.parametrize("page", PAGES)
async def test_examples_of_a_page_are_accepted(client: httpx.AsyncClient, page: str) -> None:
    await send_examples(client, page)


def test_every_kind_has_an_example() -> None:
    bodies = [(one.path, one.body) for page in PAGES for one in examples_of(page)]
    sources = {body["kind"] for path, body in bodies if path == "/v1/sources"}
    destinations = {body["kind"] for path, body in bodies if path == "/v1/destinations"}
    assert sources >= VENDOR_SOURCES.keys()
    assert destinations >= set(HELPDESKS)


@pytest.mark.parametrize("kind", HELPDESKS)
async def test_destination_of_a_page_moves_each_teams_tickets_to_its_group(
    client: httpx.AsyncClient, house: House, kind: str
) -> None:
    await send_examples(client, kind)
    (destination,) = (one for one in house.configuration.current.destinations if one.kind == kind)
    groups = destination.settings["groups"]
    assert groups.keys() == house.configuration.current.teams.by_id.keys()
    assert groups["triage"] == groups["customer_service"] != groups["sales"]
    provider = PROVIDERS[kind]
    settings = provider.settings_model.from_stored(destination.settings, reach=PUBLIC)
    ticket = "4711" if destination.source else None
    for team, group in groups.items():
        delivery = handover(ticket, source=str(destination.source), team=team)
        said = sent_by(provider.hand_over(settings, delivery, NOW), kind, group)
        value = group.rpartition("/")[2]
        assert [one for one in said if re.search(rf'[ :"]{re.escape(value)}[",}}]', one)], said
