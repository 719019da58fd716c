"""Each source names the files that came along: at once, or after asking the vendor."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from inquiry_router.outside.messages import Reply
from inquiry_router.providers.kit.source import Event, Thin, Ticket
from inquiry_router.sources.fetching import MAX_FETCHES
from inquiry_router.sources.kinds import SOURCES
from tests.providers.kit import drive
from tests.providers.samples import GENUINE, TICKET_KINDS, Place, Sample, arrived, placed
from tests.providers.test_sources import settings_of

pytestmark = pytest.mark.anyio

NAME = "zamówienie.pdf"
PDF = {"name": NAME, "type": "application/pdf", "size": 48213}
FILE = {"filename": NAME, "content_type": "application/pdf", "size": 48213}
# The place of the files in the first sample of a kind.
PLACES: dict[str, tuple[Place, Any]] = {
    "chatwoot": (("attachments",), [{"file_type": "file", "data_url": f"https://x.pl/{NAME}"}]),
    "cloudevents": (("attachments",), [PDF]),
    "console": (("attachments",), [PDF]),
    "django_helpdesk": (
        ("ticket", "followup_set", 0, "followupattachment_set"),
        [{"filename": NAME, "mime_type": "application/pdf", "size": 48213}],
    ),
    "freescout": (
        ("_embedded", "threads", 0, "_embedded"),
        {"attachments": [{"fileName": NAME, "mimeType": "application/pdf", "size": 48213}]},
    ),
    "front": (("target", "data", "attachments"), [FILE]),
    "helpscout": (
        ("_embedded", "threads", 0, "_embedded"),
        {"attachments": [{"filename": NAME, "mimeType": "application/pdf", "size": 48213}]},
    ),
    "intercom": (("data", "item", "source", "attachments"), [{**FILE, "type": "upload"}]),
    "jira": (("issue", "fields", "attachment"), [{"filename": NAME, "size": 48213}]),
    "osticket": (("attachments",), [PDF]),
    "postmark": (("Attachments",), [{"Name": NAME, "ContentLength": 48213}]),
    "request_tracker": (("attachments",), [PDF]),
    "sendgrid": ("attachment-info", json.dumps({"attachment1": FILE})),
    "standard_webhooks": (("data", "attachments"), [PDF]),
    "zammad": (
        ("article", "attachments"),
        [{"filename": NAME, "size": "48213", "preferences": {"Content-Type": "application/pdf"}}],
    ),
    "zendesk": (("attachments",), f"{NAME}|"),
}
# The vendor's answers, one after another, where no event tells the files.
ANSWERS: dict[str, list[Any]] = {
    "freshdesk": [{"id": 7, "attachments": [PDF]}],
    "glpi": [
        {"session_token": "s"},
        {"data": []},
        {"_documents": [{"filename": NAME, "mime": "application/pdf"}]},
    ],
    "hubspot": [{"properties": {"hs_file_upload": f"https://f.example.com/{NAME};https://x.pl/b"}}],
}


async def first_event(kind: str, sample: Sample, *, asking: bool) -> Event:
    source = SOURCES[kind]
    found = source.read(settings_of(source, asking=asking), await arrived(source, sample))
    assert isinstance(found, tuple)
    return found[0]


def test_every_kind_is_covered() -> None:
    # Raw mails, and the form of Mailgun, have their files as parts: `test_mime`, `test_forms`.
    assert sorted({*PLACES, *ANSWERS, "mail", "mailgun"}) == TICKET_KINDS


@pytest.mark.parametrize("kind", PLACES)
async def test_files_of_the_event_are_named(kind: str) -> None:
    sample, (place, value) = GENUINE[kind].samples()[0], PLACES[kind]
    if sample.form:
        sample = replace(sample, form={**sample.form, str(place): value.encode()})
    else:
        sample = placed(sample, place, value)
    event = await first_event(kind, sample, asking=False)
    assert isinstance(event, Ticket)
    assert NAME in [file.name for file in event.attachments]


# The answers of helpdesks that are asked for tickets whose webhook never came.
WHEN = "2026-11-21T10:00:00Z"
LISTS: dict[str, list[Any]] = {
    "django_helpdesk": [
        {
            "results": [
                {
                    "id": 7,
                    "description": "Cieknie",
                    "followup_set": [{"id": 1, "date": WHEN, "followupattachment_set": [FILE]}],
                }
            ]
        },
        {"results": []},
    ],
    "freshdesk": [[{"id": 7, "created_at": WHEN, "description_text": "Cieknie"}]],
    "zammad": [
        [{"id": 7, "created_at": WHEN}],
        [{"id": 1, "body": "Cieknie", "sender": "Customer", "attachments": [FILE]}],
    ],
    "zendesk": [{"tickets": [{"id": 7, "created_at": WHEN, "description": "Cieknie"}]}],
}
# What completes a ticket from a list.
RESTS: dict[str, Any] = {
    "freshdesk": {"id": 7, "attachments": [PDF]},
    "zendesk": {"comments": [{"id": 1, "attachments": [{"file_name": NAME, "size": 48213}]}]},
}


@pytest.mark.parametrize("kind", [kind for kind in TICKET_KINDS if SOURCES[kind].polls])
def test_files_of_listed_tickets_are_named(kind: str) -> None:
    source, settings = SOURCES[kind], settings_of(SOURCES[kind])
    _, listed = drive(source.poll(settings, datetime(2026, 11, 20, tzinfo=UTC)), *LISTS[kind])
    (ticket,) = listed.tickets
    thin = source.rest_of_listed(ticket)
    assert (thin is not None) == (kind in RESTS)
    if thin is not None:
        request = source.fetch(settings, thin)
        assert request is not None and "7" in request.url
        reply = Reply(200, {}, json.dumps(RESTS[kind]).encode())
        ticket = source.fetched(settings, thin, reply)
    assert isinstance(ticket, Ticket)
    assert [file.name for file in ticket.attachments] == [NAME]


@pytest.mark.parametrize("kind", ANSWERS)
async def test_files_are_asked_for_where_no_event_tells_them(kind: str) -> None:
    source = SOURCES[kind]
    event = await first_event(kind, GENUINE[kind].samples()[0], asking=True)
    assert len(ANSWERS[kind]) <= MAX_FETCHES
    for answer in ANSWERS[kind]:
        assert isinstance(event, Thin)
        assert source.fetch(settings_of(source), event) is not None
        event = source.fetched(
            settings_of(source), event, Reply(200, {}, json.dumps(answer).encode())
        )
    assert isinstance(event, Ticket)
    assert NAME in [file.name for file in event.attachments]


PHOTO = {"filename": "pompa.jpg", "size": "350000", "content_type": "image/jpeg"}
# Where a photo is all that a person sent: the kind, the places in its sample, and their values.
LONE_PHOTOS: dict[str, tuple[str, int, list[tuple[Place, Any]]]] = {
    "Zammad": (
        "zammad",
        0,
        [
            (("article", "body"), '<img src="/api/v1/ticket_attachment/1/2/3?view=inline">'),
            (("article", "content_type"), "text/html"),
            (
                ("article", "attachments"),
                [{**PHOTO, "preferences": {"Content-Disposition": "inline"}}],
            ),
        ],
    ),
    "Front": (
        "front",
        0,
        [
            (("target", "data", "text"), ""),
            (("target", "data", "body"), '<img src="cid:1">'),
            (("target", "data", "attachments"), [{**PHOTO, "metadata": {"is_inline": True}}]),
        ],
    ),
    "Intercom": (
        "intercom",
        0,
        [(("data", "item", "source", "body"), '<img src="https://x.example/o/pompa.jpg?key=1">')],
    ),
    "a mail program's form at Freshdesk": (
        "freshdesk",
        0,
        [(("attachments",), [{**PHOTO, "name": "pompa.jpg"}])],
    ),
}


@pytest.mark.parametrize("name", LONE_PHOTOS)
async def test_photo_in_the_text_is_named(name: str) -> None:
    kind, number, changes = LONE_PHOTOS[name]
    sample = GENUINE[kind].samples()[number]
    for place, value in changes:
        sample = placed(sample, place, value)
    event = await first_event(kind, sample, asking=False)
    assert isinstance(event, Ticket)
    assert [file.name for file in event.attachments] == ["pompa.jpg"]
