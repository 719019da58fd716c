"""Kind `freshdesk` as a destination: groups, priorities, tags and notes by API v2.

Facts: developers.freshdesk.com/api (reply to a ticket). Its source is `freshdesk_source`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Channel, Priority
from inquiry_router.providers.freshdesk_source import credentials
from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
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
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.replies import PublicReply
from inquiry_router.providers.kit.requests import (
    ODD_DUE,
    ODD_OWNER,
    Exchange,
    groups_in,
    number,
    path_part,
    query_value,
    require,
)
from inquiry_router.providers.kit.routed import RoutedInquiry
from inquiry_router.providers.kit.source import (
    list_at,
    text_of,
)

_SOURCES: Final = {Channel.EMAIL: 1, Channel.PHONE: 3, Channel.CHAT: 7}
_PORTAL: Final = 2
_OPEN: Final = 2
_PRIORITIES: Final = {Priority.LOW: 1, Priority.NORMAL: 2, Priority.HIGH: 3, Priority.URGENT: 4}
_PAGE: Final = 100
_MINUTE: Final = timedelta(minutes=1)


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
    has_due = True
    replies = True
    auto_reply = "Admin > Email notifications > Requester > 'New ticket created'"

    def headers(self, settings: FreshdeskSettings) -> Mapping[str, str]:
        """The API key as the user of HTTP Basic."""
        return credentials(settings.api_key)

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

    def own_ticket(self, settings: FreshdeskSettings, ticket: str, owner: str) -> Calls:
        """Set the agent, whom Freshdesk takes by number only."""
        if owner.isdecimal():
            changes = {"responder_id": int(owner)}
            yield self.request(settings, "PUT", _path(ticket), changes, expected=ODD_OWNER)

    def due_ticket(
        self, settings: FreshdeskSettings, ticket: str, due_at: datetime, inquiry: RoutedInquiry
    ) -> Calls:
        """Set the due time of the first response. That of the resolution must lie behind it."""
        if inquiry.news is not None:
            return
        present = (yield self.request(settings, "GET", _path(ticket))).json()
        resolve_by = max(parse_time(value_at(present, "due_by")) or due_at, due_at + _MINUTE)
        changes = {"fr_due_by": due_at.isoformat(), "due_by": resolve_by.isoformat()}
        yield self.request(settings, "PUT", _path(ticket), changes, expected=ODD_DUE)

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

    def has_reply(
        self, settings: FreshdeskSettings, ticket: str, reply: PublicReply
    ) -> Exchange[bool]:
        """Look through the first page of the conversation: an acknowledgement is early."""
        path = f"{_path(ticket)}/conversations?per_page={_PAGE}"
        rows = (yield self.request(settings, "GET", path)).json()
        return reply.is_among(
            text_of(row, "body") for row in (rows if isinstance(rows, list) else [])
        )

    def reply(
        self, settings: FreshdeskSettings, ticket: str, inquiry: RoutedInquiry, reply: PublicReply
    ) -> Calls:
        """Reply; Freshdesk mails it to the requester."""
        said = {"body": reply.html}
        yield self.request(settings, "POST", f"{_path(ticket)}/reply", said)

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


def _path(ticket: str) -> str:
    return f"/api/v2/tickets/{path_part(ticket)}"


def _tags(ticket: Any, inquiry: RoutedInquiry) -> list[str]:
    present = [tag for tag in list_at(ticket, "tags") if isinstance(tag, str)]
    return present + [tag for tag in tags_of(inquiry) if tag not in present]


def _reference_tag(inquiry: RoutedInquiry) -> str:
    """The tag of a created ticket. The inquiry's id would exceed Freshdesk's 32 characters."""
    return f"{TAG}-{inquiry.reference}"
