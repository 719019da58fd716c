"""Kind `freshdesk`: tickets by an automation rule's webhook; groups and notes by API v2.

Facts: support.freshdesk.com (webhooks in automations) and developers.freshdesk.com/api.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Channel, Contact, Priority
from inquiry_router.providers.kit.helpdesk import RoutedInquiry, TicketHelpdesk, UrlSettings
from inquiry_router.providers.kit.notes import (
    TAG,
    external_id,
    is_noted,
    note_html,
    opening_html,
    tags_of,
    title_of,
)
from inquiry_router.providers.kit.provider import Calls, Check, Locate, Refused
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
    Exchange,
    basic_credentials,
    groups_in,
    json_request,
    number,
    path_part,
    query_value,
    require,
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
    list_at,
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
_SOURCES: Final = {Channel.EMAIL: 1, Channel.PHONE: 3, Channel.CHAT: 7}
_PORTAL: Final = 2
_OPEN: Final = 2
_PRIORITIES: Final = {Priority.LOW: 1, Priority.NORMAL: 2, Priority.HIGH: 3, Priority.URGENT: 4}
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
            rows = (yield json_request("GET", url, _credentials(settings.api_token))).json()
            found = [
                _listed(settings, row, since) for row in (rows if isinstance(rows, list) else [])
            ]
            tickets += [ticket for ticket in found if ticket is not None]
            if len(found) < _PAGE:
                return Listed(tickets)
        return Listed(tickets, to_the_end=False, until=parse_time(value_at(rows[-1], "created_at")))


class FreshdeskSettings(UrlSettings):
    """The address of Freshdesk, and an API key."""

    api_key: SecretStr = Field(
        description="The API key of an agent who sees all groups (the profile settings show it).",
        examples=["vQ2bN8sYx0LmTfPz"],
    )


class Freshdesk(TicketHelpdesk[FreshdeskSettings]):
    """Moves tickets: tags, priority and group in one PUT, then a private note."""

    kind = "freshdesk"
    title = "Freshdesk: group, priority, tags and a private note"
    settings_model = FreshdeskSettings

    def headers(self, settings: FreshdeskSettings) -> Mapping[str, str]:
        """The API key as the user of HTTP Basic."""
        return _credentials(settings.api_key)

    def find_ticket(
        self, settings: FreshdeskSettings, inquiry: RoutedInquiry
    ) -> Exchange[str | None]:
        """Search for the tag with the reference."""
        tag = _reference_tag(inquiry)
        query = query_value(f"\"tag:'{tag}'\"")
        reply = yield self.request(settings, "GET", f"/api/v2/search/tickets?query={query}")
        rows = list_at(reply.json(), "results")
        if inquiry.may_be_known:
            # The search finds a ticket only minutes after its creation; the list has it at once.
            query = f"order_by=created_at&order_type=desc&per_page={_PAGE}"
            newest = (yield self.request(settings, "GET", f"/api/v2/tickets?{query}")).json()
            rows += newest if isinstance(newest, list) else []
        return next((text_of(row, "id") for row in rows if tag in list_at(row, "tags")), None)

    def create_ticket(self, settings: FreshdeskSettings, inquiry: RoutedInquiry) -> Exchange[str]:
        """Create a ticket."""
        contact = inquiry.contact
        ticket: dict[str, Any] = {
            "name": contact.name or contact.email or contact.phone or inquiry.reference,
            "subject": title_of(inquiry),
            "description": opening_html(inquiry, settings.note_language),
            "priority": _PRIORITIES[inquiry.priority],
            "status": _OPEN,
            "source": _SOURCES.get(Channel(inquiry.channel), _PORTAL),
            "tags": [*tags_of(inquiry), _reference_tag(inquiry)],
        }
        if contact.email:
            ticket["email"] = contact.email
        elif contact.phone:
            ticket["phone"] = contact.phone
        else:
            # A requester must differ from the others by something.
            ticket["unique_external_id"] = external_id(inquiry)
        reply = yield self.request(settings, "POST", "/api/v2/tickets", ticket)
        return str(require(reply, "id"))

    def move_ticket(
        self, settings: FreshdeskSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Calls:
        """Read the ticket first: its tags can only be replaced as a whole."""
        present = (yield self.request(settings, "GET", _path(ticket))).json()
        changes: dict[str, Any] = {
            "priority": _PRIORITIES[inquiry.priority],
            "tags": _tags(present, inquiry),
        }
        if inquiry.group is not None:
            changes["group_id"] = number(inquiry.group)
        yield self.request(settings, "PUT", _path(ticket), changes)

    def open_ticket(self, settings: FreshdeskSettings, ticket: str) -> Calls:
        """Set the status."""
        yield self.request(settings, "PUT", _path(ticket), {"status": _OPEN})

    def has_note(
        self, settings: FreshdeskSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        """Look through the pages of the conversation."""
        for page in range(1, MAX_PAGES + 1):
            path = f"{_path(ticket)}/conversations?per_page={_PAGE}&page={page}"
            rows = (yield self.request(settings, "GET", path)).json()
            notes = [text_of(row, "body") for row in rows] if isinstance(rows, list) else []
            if is_noted(inquiry, settings.note_language, notes):
                return True
            if len(notes) < _PAGE:
                break
        return False

    def add_note(self, settings: FreshdeskSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Add a private note."""
        note = {"body": note_html(inquiry, settings.note_language), "private": True}
        yield self.request(settings, "POST", f"{_path(ticket)}/notes", note)

    def check(self, settings: FreshdeskSettings) -> Check:
        """List the groups."""
        reply = yield self.request(settings, "GET", f"/api/v2/groups?per_page={_PAGE}")
        if not isinstance(reply.json(), list):
            raise Refused(
                "the answer is no list of groups: set the address of Freshdesk itself, such as "
                "https://acme.freshdesk.com"
            )
        return tuple(groups_in(reply.json()))

    def locate(self, settings: FreshdeskSettings, ticket: str) -> Locate:
        """The group of the ticket."""
        found = yield from self.read_ticket(settings, _path(ticket))
        return text_of(found, "group_id")


def _credentials(key: SecretStr) -> Mapping[str, str]:
    return basic_credentials(key.get_secret_value(), "X")


def _path(ticket: str) -> str:
    return f"/api/v2/tickets/{path_part(ticket)}"


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


def _tags(ticket: Any, inquiry: RoutedInquiry) -> list[str]:
    present = [tag for tag in list_at(ticket, "tags") if isinstance(tag, str)]
    return present + [tag for tag in tags_of(inquiry) if tag not in present]


def _reference_tag(inquiry: RoutedInquiry) -> str:
    """The tag of a created ticket. The inquiry's id would exceed Freshdesk's 32 characters."""
    return f"{TAG}-{inquiry.reference}"
