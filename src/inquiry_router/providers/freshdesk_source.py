"""Kind `freshdesk` as a source: tickets by an automation rule's webhook, and by API v2.

Facts: support.freshdesk.com (webhooks in automations) and developers.freshdesk.com/api.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from pydantic import SecretStr

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.providers.kit.reading import (
    MAX_PAGES,
    HelpdeskApiSettings,
    Read,
    accept_ticket,
    channel_of,
    first_text,
    parse_time,
    value_at,
    web_address,
)
from inquiry_router.providers.kit.requests import (
    basic_credentials,
    json_request,
)
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    IncomingRequest,
    Listed,
    Poll,
    SourceKind,
    Ticket,
    Unreadable,
    object_at,
    text_of,
)

# By the names in automation rules, and by the numbers in the API.
_CHANNELS: Final = {
    "email": Channel.EMAIL,
    "1": Channel.EMAIL,
    "portal": Channel.FORM,
    "2": Channel.FORM,
    "phone": Channel.PHONE,
    "3": Channel.PHONE,
    "forums": Channel.FORM,
    "4": Channel.FORM,
    "twitter": Channel.CHAT,
    "5": Channel.CHAT,
    "facebook": Channel.CHAT,
    "6": Channel.CHAT,
    "chat": Channel.CHAT,
    "7": Channel.CHAT,
    "feedback_widget": Channel.FORM,
    "9": Channel.FORM,
    "whatsapp": Channel.CHAT,
    "13": Channel.CHAT,
}
_OUTBOUND: Final = ("outbound email", "10")
_PAGE: Final = 100
_TEMPLATE: Final = (
    '{"ticket_id":"{{ticket.id}}","subject":"{{ticket.subject}}",'
    '"description_text":"{{ticket.description_text}}",'
    '"requester_name":"{{ticket.requester.name}}","requester_email":"{{ticket.requester.email}}",'
    '"requester_phone":"{{ticket.requester.phone}}","source":"{{ticket.source}}",'
    '"tags":"{{ticket.tags}}",'
    '"url":"{{ticket.url}}"}'
)


class FreshdeskSource(SourceKind[HelpdeskApiSettings]):
    """Tickets of Freshdesk. It does not sign, and retries after 5, 30 and 60 minutes."""

    kind = "freshdesk"
    setup_texts: ClassVar[Mapping[str, str]] = {"template": _TEMPLATE}
    title = "Freshdesk"
    settings_model = HelpdeskApiSettings
    polls = True

    def read(self, settings: HelpdeskApiSettings, request: IncomingRequest) -> Read:
        """Read a new ticket, from the ticked fields or the typed body of the rule."""
        body = request.json_object()
        return (_event(settings, request, {**body, **object_at(body, "freshdesk_webhook")}),)

    def poll(self, settings: HelpdeskApiSettings, since: datetime) -> Poll:
        """List the tickets with requesters and descriptions, page by page."""
        tickets: list[Ticket] = []
        if settings.api_url is None or settings.api_token is None:
            return Listed()
        changed = f"updated_since={since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        query = f"{changed}&include=requester,description&order_by=created_at&order_type=asc"
        for page in range(1, MAX_PAGES + 1):
            url = f"{settings.api_url}/api/v2/tickets?{query}&per_page={_PAGE}&page={page}"
            rows = (yield json_request("GET", url, credentials(settings.api_token))).json()
            found = [
                _listed(settings, row, since) for row in (rows if isinstance(rows, list) else [])
            ]
            tickets += [ticket for ticket in found if ticket is not None]
            if len(found) < _PAGE:
                return Listed(tickets)
        return Listed(tickets, to_the_end=False, until=parse_time(value_at(rows[-1], "created_at")))


def credentials(key: SecretStr) -> Mapping[str, str]:
    """The API key as the user of HTTP Basic, as the header of each request."""
    return basic_credentials(key.get_secret_value(), "X")


def _event(settings: HelpdeskApiSettings, request: IncomingRequest, body: dict[str, Any]) -> Event:
    triggered = text_of(body, "triggered_event")
    if triggered is not None and "created" not in triggered:
        return Ignored("the rule runs on something else than a new ticket")
    source = first_text(body, "ticket_source", "source")
    if (source or "").casefold() in _OUTBOUND:
        return Ignored("the company wrote first")
    ticket_id = first_text(body, "ticket_id", "id")
    if ticket_id is None:
        raise Unreadable(
            "The body has no 'ticket_id'. Tick 'Ticket ID' in the rule, or write "
            '"ticket_id":"{{ticket.id}}".'
        )
    email = first_text(body, "ticket_requester_email", "requester_email")
    ticket = Ticket(
        external_id=ticket_id,
        channel=channel_of(source, _CHANNELS, Channel.EMAIL),
        text=first_text(body, "ticket_description_text", "description_text") or "",
        html=first_text(body, "ticket_description", "description"),
        subject=first_text(body, "ticket_subject", "subject"),
        contact=Contact(
            first_text(body, "ticket_requester_name", "requester_name"),
            email,
            first_text(body, "ticket_requester_phone", "requester_phone"),
        ),
        url=web_address(first_text(body, "ticket_url", "url")),
        delivery_key=f"{ticket_id}-{hashlib.sha256(request.body).hexdigest()[:32]}",
    )
    tags = body.get("ticket_tags") or body.get("tags")
    return accept_ticket(ticket, request.headers, settings.own_user, [email], tags)


def _listed(settings: HelpdeskApiSettings, row: Any, since: datetime) -> Ticket | None:
    ticket_id, source = text_of(row, "id"), text_of(row, "source")
    created = parse_time(value_at(row, "created_at"))
    if ticket_id is None or created is None or created < since:
        return None
    if source in _OUTBOUND or value_at(row, "spam") is True:
        return None
    requester = object_at(row, "requester")
    ticket = Ticket(
        external_id=ticket_id,
        channel=channel_of(source, _CHANNELS, Channel.EMAIL),
        text=text_of(row, "description_text") or "",
        html=text_of(row, "description"),
        subject=text_of(row, "subject"),
        contact=Contact(
            text_of(requester, "name"),
            text_of(requester, "email"),
            first_text(requester, "phone", "mobile"),
        ),
        received_at=created,
    )
    taken = accept_ticket(
        ticket, {}, settings.own_user, [text_of(requester, "email")], value_at(row, "tags")
    )
    return taken if isinstance(taken, Ticket) else None
