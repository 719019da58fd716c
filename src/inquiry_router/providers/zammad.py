"""Kind `zammad` as a destination: groups, priorities and notes by REST.

Facts: docs.zammad.org (api; articles: those of the type `email` are sent, and count as the first
answer of Zammad's own SLA). Its source is `zammad_source`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Channel, Priority
from inquiry_router.providers.kit.groups import group_named
from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.notes import (
    TAG,
    is_noted,
    mark,
    note_text,
    opening_text,
    tags_of,
    title_of,
)
from inquiry_router.providers.kit.provider import Calls, Check, Locate, Refused
from inquiry_router.providers.kit.reading import (
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
    text_of,
)
from inquiry_router.providers.zammad_source import credentials, list_articles

_PRIORITIES: Final = {
    Priority.LOW: "1 low",
    Priority.NORMAL: "2 normal",
    Priority.HIGH: "3 high",
    Priority.URGENT: "3 high",
}
# A search for a reference also finds tickets that only mention it.
_MAX_CANDIDATES: Final = 10


class ZammadSettings(UrlSettings):
    """The address of Zammad, and an access token."""

    token: SecretStr = Field(
        description="An access token with the right 'ticket.agent' (profile, Token Access) of an "
        "agent who sees all groups.",
        examples=["bXy3vK8sT0qLmZfPz2n4"],
    )
    due_field: str | None = Field(
        None,
        pattern=r"^[a-z][a-z0-9_]{0,60}$",
        description="The name of a ticket attribute of the type date and time that you added "
        "(Manage, Objects), for the time by which the customer has an answer; null for none.",
        examples=["answer_due_at"],
    )


class Zammad(TicketHelpdesk[ZammadSettings]):
    """Moves tickets: tags are added, then one PUT sets group and priority and adds the note."""

    kind = "zammad"
    title = "Zammad: group, priority, tags and an internal note"
    settings_model = ZammadSettings
    has_due = True
    replies = True
    auto_reply = "Manage > Trigger > 'auto reply (on new tickets)'"

    def headers(self, settings: ZammadSettings) -> Mapping[str, str]:
        """The access token."""
        return credentials(settings.token)

    def find_ticket(self, settings: ZammadSettings, inquiry: RoutedInquiry) -> Exchange[str | None]:
        """The ticket whose first article begins with the mark.

        The search for the reference alone also finds customers' quotations.
        """
        query = f"query={query_value(inquiry.reference)}&expand=true&sort_by=created_at"
        limits = f"order_by=desc&per_page={_MAX_CANDIDATES}&limit={_MAX_CANDIDATES}"
        path = f"/api/v1/tickets/search?{query}&{limits}"
        rows = (yield self.request(settings, "GET", path)).json()
        for row in (rows if isinstance(rows, list) else [])[:_MAX_CANDIDATES]:
            ticket = text_of(row, "id")
            if ticket is None:
                continue
            articles = yield from list_articles(settings.url, self.headers(settings), ticket)
            first = text_of(articles[0], "body") if articles else None
            if (first or "").startswith(mark(inquiry.reference)):
                return ticket
        return None

    def create_ticket(self, settings: ZammadSettings, inquiry: RoutedInquiry) -> Exchange[str]:
        """Create a ticket in the team's group."""
        if inquiry.group is None:
            raise Refused(
                f"no group is set for the team '{inquiry.team[:40]}', and Zammad creates no "
                "ticket without one: add it to 'groups'"
            )
        ticket = {
            "title": title_of(inquiry),
            **_group(inquiry),
            "customer_id": (yield from self._customer_id(settings, inquiry)),
            "priority": _PRIORITIES[inquiry.priority],
            "article": {
                "subject": title_of(inquiry),
                "body": opening_text(inquiry, settings.note_language),
                "content_type": "text/plain",
                "type": "phone" if inquiry.channel == Channel.PHONE else "web",
                "sender": "Customer",
                "internal": False,
            },
        }
        reply = yield self.request(settings, "POST", "/api/v1/tickets", ticket)
        return str(require(reply, "id"))

    def move_and_note(self, settings: ZammadSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Add the tags, then change the rest at once."""
        for tag in tags_of(inquiry):
            added = {"object": "Ticket", "o_id": ticket, "item": tag}
            yield self.request(settings, "POST", "/api/v1/tags/add", added)
        changes: dict[str, Any] = {"priority": _PRIORITIES[inquiry.priority], **_group(inquiry)}
        if not (yield from self.was_noted(settings, ticket, inquiry)):
            changes["article"] = _note(settings, inquiry)
        yield self.request(settings, "PUT", f"/api/v1/tickets/{path_part(ticket)}", changes)

    def own_ticket(self, settings: ZammadSettings, ticket: str, owner: str) -> Calls:
        """Set the owner by login or address."""
        path = f"/api/v1/tickets/{path_part(ticket)}"
        yield self.request(settings, "PUT", path, {"owner": owner}, expected=ODD_OWNER)

    def due_ticket(
        self, settings: ZammadSettings, ticket: str, due_at: datetime, inquiry: RoutedInquiry
    ) -> Calls:
        """Set the attribute of our own, if the settings name one: Zammad has none by itself."""
        if settings.due_field is not None:
            path = f"/api/v1/tickets/{path_part(ticket)}"
            changes = {settings.due_field: due_at.isoformat()}
            yield self.request(settings, "PUT", path, changes, expected=ODD_DUE)

    def open_ticket(self, settings: ZammadSettings, ticket: str) -> Calls:
        """Set the state that is called open, unless an admin has renamed it."""
        path, unknown = f"/api/v1/tickets/{path_part(ticket)}", frozenset({422})
        yield self.request(settings, "PUT", path, {"state": "open"}, expected=unknown)

    def has_note(
        self, settings: ZammadSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        """Look among the articles."""
        articles = yield from list_articles(settings.url, self.headers(settings), ticket)
        notes = [text_of(article, "body") for article in articles]
        return is_noted(inquiry, settings.note_language, notes)

    def add_note(self, settings: ZammadSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Add an internal article."""
        note = {"ticket_id": number(ticket), **_note(settings, inquiry)}
        yield self.request(settings, "POST", "/api/v1/ticket_articles", note)

    def has_reply(
        self, settings: ZammadSettings, ticket: str, reply: PublicReply
    ) -> Exchange[bool]:
        """Look among the articles."""
        articles = yield from list_articles(settings.url, self.headers(settings), ticket)
        return reply.is_among(text_of(article, "body") for article in articles)

    def reply(
        self, settings: ZammadSettings, ticket: str, inquiry: RoutedInquiry, reply: PublicReply
    ) -> Calls:
        """Send an e-mail from the group's address; in a ticket without one, a public article."""
        article = {
            "ticket_id": number(ticket),
            "subject": reply.subject,
            "body": reply.text,
            "content_type": "text/plain",
            "sender": "Agent",
            "internal": False,
            **({"type": "email", "to": inquiry.contact.email} if inquiry.contact.email else {}),
        }
        yield self.request(settings, "POST", "/api/v1/ticket_articles", article)

    def check(self, settings: ZammadSettings) -> Check:
        """List the groups in use."""
        rows = (yield self.request(settings, "GET", "/api/v1/groups")).json()
        if not isinstance(rows, list):
            raise Refused(
                "the answer is no list of groups: set the address of Zammad itself, such as "
                "https://acme.zammad.com"
            )
        return tuple(groups_in(row for row in rows if value_at(row, "active") is not False))

    def locate(self, settings: ZammadSettings, ticket: str) -> Locate:
        """The group of the ticket, by its number, or by its name if the settings use that."""
        path = f"/api/v1/tickets/{path_part(ticket)}?expand=true"
        found = yield from self.read_ticket(settings, path)
        return group_named(settings, text_of(found, "group_id"), text_of(found, "group"))

    def _customer_id(self, settings: ZammadSettings, inquiry: RoutedInquiry) -> Exchange[str | int]:
        """The customer by address or phone; else the router's own user, as there must be one.

        Zammad creates a customer for an address that it does not know.
        """
        contact = inquiry.contact
        if contact.email:
            return f"guess:{contact.email}"
        if contact.phone:
            query = f"query={query_value(contact.phone)}&limit={_MAX_CANDIDATES}"
            users = (yield self.request(settings, "GET", f"/api/v1/users/search?{query}")).json()
            for user in users if isinstance(users, list) else []:
                user_id = value_at(user, "id")
                phones = (text_of(user, "phone"), text_of(user, "mobile"))
                if isinstance(user_id, int) and contact.phone in phones:
                    return user_id
        myself = yield self.request(settings, "GET", "/api/v1/users/me")
        return number(str(require(myself, "id")))


def _note(settings: ZammadSettings, inquiry: RoutedInquiry) -> dict[str, Any]:
    return {
        "subject": TAG,
        "body": note_text(inquiry, settings.note_language),
        "content_type": "text/plain",
        "type": "note",
        "internal": True,
    }


def _group(inquiry: RoutedInquiry) -> dict[str, Any]:
    """The group by its number or by its name: Zammad takes both."""
    if inquiry.group is None:
        return {}
    is_number = inquiry.group.isascii() and inquiry.group.isdigit()
    return {"group_id": int(inquiry.group)} if is_number else {"group": inquiry.group}
