"""Each source that knows them names the mailboxes that were written to."""

import json
from dataclasses import replace
from typing import Any

import pytest

from inquiry_router.configuration.model import Source
from inquiry_router.inquiry.model import Channel
from inquiry_router.outside.messages import Reply
from inquiry_router.providers.kit.source import Thin, Ticket
from inquiry_router.sources.arrival import make_draft, make_unread_draft
from inquiry_router.sources.kinds import SOURCES
from tests.conftest import NOW
from tests.providers.samples import GENUINE, TICKET_KINDS, Place, arrived, placed
from tests.providers.test_sources import settings_of

pytestmark = pytest.mark.anyio

SOURCE = Source("s", "A source", "zammad", {}, "token", False, 1, NOW)
LINE = "BOK Acme <BOK@acme.example>, 'Serwis' <serwis@acme.example>"
BOTH = ["bok@acme.example", "serwis@acme.example"]
# The place of the recipients in the first sample of a kind.
PLACES: dict[str, tuple[Place, Any]] = {
    "chatwoot": (("content_attributes",), {"email": {"to": BOTH, "cc": None}}),
    "cloudevents": (("mailbox",), LINE),
    "console": (("to",), LINE),
    "freescout": (("_embedded", "threads", 0, "to"), BOTH),
    "freshdesk": (("to_emails",), LINE),
    "front": (
        ("target", "data", "recipients"),
        [
            {"handle": "anna@klient.example", "role": "from"},
            {"handle": "bok@acme.example", "role": "to"},
            {"handle": "serwis@acme.example", "role": "cc"},
        ],
    ),
    "helpscout": (("_embedded", "threads", 0, "to"), BOTH),
    "mailgun": ("recipient", "bok@acme.example,serwis@acme.example"),
    "osticket": (("to",), LINE),
    "postmark": (("To",), LINE),
    "request_tracker": (("to",), LINE),
    "sendgrid": ("envelope", json.dumps({"to": BOTH, "from": "a@klient.example"})),
    "standard_webhooks": (("data", "written_to"), BOTH),
    "zammad": (("article", "to"), LINE),
    "zendesk": (("recipient",), LINE),
}
# Their events and their API name none, or only after several answers (HubSpot, below).
SILENT = {"django_helpdesk", "glpi", "hubspot", "intercom", "jira"}


def test_every_kind_is_covered() -> None:
    # Raw mails have all their headers; see `test_headers_name_the_mailbox_nearest_first`.
    assert {*TICKET_KINDS} - {"mail"} == {*PLACES, *SILENT}


@pytest.mark.parametrize("kind", PLACES)
async def test_mailboxes_are_named(kind: str) -> None:
    sample, (place, value) = GENUINE[kind].samples()[0], PLACES[kind]
    if sample.form:
        sample = replace(sample, form={**sample.form, str(place): value.encode()})
    else:
        sample = placed(sample, place, value)
    read = SOURCES[kind].read(
        settings_of(SOURCES[kind], asking=False), await arrived(SOURCES[kind], sample)
    )
    assert isinstance(read, tuple)
    ticket = read[0]
    assert isinstance(ticket, Ticket)
    for draft in (
        make_draft(ticket, SOURCE, settings_of(SOURCES[kind]), NOW),
        make_unread_draft(ticket, SOURCE, NOW),
    ):
        assert set(BOTH) <= set(draft.provenance.written_to)


def test_mailboxes_of_hubspot_come_with_the_message() -> None:
    kind = SOURCES["hubspot"]
    thin = Thin("k", {"thread": "1", "message": "2"})
    message = {
        "type": "MESSAGE",
        "direction": "INCOMING",
        "text": "Kiedy dostawa?",
        "recipients": [
            {"deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "BOK@acme.example"}}
        ],
    }
    found = kind.fetched(settings_of(kind), thin, Reply(200, {}, json.dumps(message).encode()))
    assert isinstance(found, Thin)
    assert found.ticket is not None
    assert found.ticket.written_to == ("bok@acme.example",)


def test_mailboxes_of_freshdesk_come_with_the_files() -> None:
    kind = SOURCES["freshdesk"]
    thin = Thin("k", {"ticket": "7"}, Ticket("7", Channel.EMAIL, "Kiedy dostawa?"))
    fetched = {"id": 7, "to_emails": [LINE], "support_email": "serwis@acme.example"}
    found = kind.fetched(settings_of(kind), thin, Reply(200, {}, json.dumps(fetched).encode()))
    assert isinstance(found, Ticket)
    assert found.written_to == tuple(BOTH)
