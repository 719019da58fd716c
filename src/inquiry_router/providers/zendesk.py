"""Kind `zendesk` as a destination: groups, priorities and notes by REST.

Facts: developer.zendesk.com (ticketing API; public comments). Its source is `zendesk_source`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field, SecretStr

from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.notes import (
    external_id,
    is_noted,
    note_text,
    opening_text,
    tags_of,
    title_of,
)
from inquiry_router.providers.kit.provider import Calls, Check, Group, Locate
from inquiry_router.providers.kit.reading import (
    MAX_PAGES,
    value_at,
)
from inquiry_router.providers.kit.replies import PublicReply
from inquiry_router.providers.kit.requests import (
    ODD_DUE,
    ODD_OWNER,
    Exchange,
    groups_in,
    json_request,
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
from inquiry_router.providers.zendesk_source import credentials


class ZendeskSettings(UrlSettings):
    """The address of Zendesk, and a token."""

    email: str | None = Field(
        None,
        max_length=200,
        description="The e-mail address of the API token's user; null for an OAuth token.",
        examples=["router@acme.example.com"],
    )
    api_token: SecretStr = Field(
        description="An API token (Admin Center, Apps and integrations, APIs) of an agent who sees "
        "all groups.",
        examples=["dQJ1SyPOnHjMZkT4v9Yc3aRgBf0LmEwX7uIs2NoK"],
    )
    due_as_task: bool = Field(
        False,
        strict=True,
        description="True to make tickets tasks: only those have a due date in Zendesk. Otherwise "
        "the due date is set where a ticket is a task already.",
        examples=[True],
    )


class Zendesk(TicketHelpdesk[ZendeskSettings]):
    """Moves tickets: tags are added, then one PUT sets group and priority and adds the note."""

    kind = "zendesk"
    title = "Zendesk: group, priority, tags and an internal note"
    settings_model = ZendeskSettings
    has_due = True
    replies = True
    auto_reply = "Admin Center > Triggers > 'Notify requester and CCs of received request'"

    def headers(self, settings: ZendeskSettings) -> Mapping[str, str]:
        """An API token with its user, or an OAuth token."""
        return credentials(settings.email, settings.api_token)

    def find_ticket(
        self, settings: ZendeskSettings, inquiry: RoutedInquiry
    ) -> Exchange[str | None]:
        """Search by external id, and compare it: an unknown filter would list all tickets."""
        name = external_id(inquiry)
        path = f"/api/v2/tickets.json?external_id={query_value(name)}"
        reply = yield self.request(settings, "GET", path)
        require(reply, "tickets")
        rows = list_at(reply.json(), "tickets")
        return next(
            (text_of(row, "id") for row in rows if text_of(row, "external_id") == name), None
        )

    def create_ticket(self, settings: ZendeskSettings, inquiry: RoutedInquiry) -> Exchange[str]:
        """Create a ticket under the inquiry's external id."""
        name, contact = external_id(inquiry), inquiry.contact
        ticket: dict[str, Any] = {
            "subject": title_of(inquiry),
            # Zendesk would mail a public comment to the customer, who was answered already.
            "comment": {
                "body": opening_text(inquiry, settings.note_language),
                "public": False,
            },
            "external_id": name,
            "tags": tags_of(inquiry),
        }
        if contact.email:
            ticket["requester"] = {"name": contact.name or contact.email, "email": contact.email}
        headers = {**self.headers(settings), "idempotency-key": name}
        url = f"{settings.url}/api/v2/tickets.json"
        reply = yield json_request("POST", url, headers, {"ticket": ticket})
        return str(require(reply, "ticket", "id"))

    def move_and_note(
        self, settings: ZendeskSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Calls:
        """Add the tags, then change the rest at once."""
        tags = {"tags": tags_of(inquiry)}
        yield self.request(settings, "PUT", f"{_path(ticket)}/tags.json", tags)
        changes: dict[str, Any] = {"priority": str(inquiry.priority)}
        if inquiry.group is not None:
            changes["group_id"] = number(inquiry.group)
        if not (yield from self.was_noted(settings, ticket, inquiry)):
            changes["comment"] = _note(settings, inquiry)
        yield self.request(settings, "PUT", f"{_path(ticket)}.json", {"ticket": changes})

    def own_ticket(self, settings: ZendeskSettings, ticket: str, owner: str) -> Calls:
        """Set the assignee by address, or by number."""
        name = "assignee_email" if "@" in owner else "assignee_id"
        changes = {"ticket": {name: owner}}
        yield self.request(settings, "PUT", f"{_path(ticket)}.json", changes, expected=ODD_OWNER)

    def due_ticket(
        self, settings: ZendeskSettings, ticket: str, due_at: datetime, inquiry: RoutedInquiry
    ) -> Calls:
        """Set the due date; only tickets of the type task have one."""
        changes: dict[str, Any] = {"due_at": due_at.isoformat()}
        if settings.due_as_task:
            changes["type"] = "task"
        body, path = {"ticket": changes}, f"{_path(ticket)}.json"
        yield self.request(settings, "PUT", path, body, expected=ODD_DUE)

    def open_ticket(self, settings: ZendeskSettings, ticket: str) -> Calls:
        """Set the status; a solved ticket can be opened, a closed one cannot."""
        opened = {"ticket": {"status": "open"}}
        yield self.request(settings, "PUT", f"{_path(ticket)}.json", opened)

    def has_note(
        self, settings: ZendeskSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        """Look among the latest comments."""
        path = f"{_path(ticket)}/comments.json?sort_order=desc"
        comments = list_at((yield self.request(settings, "GET", path)).json(), "comments")
        notes = [text_of(comment, "body") for comment in comments]
        return is_noted(inquiry, settings.note_language, notes)

    def add_note(self, settings: ZendeskSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Add an internal comment."""
        noted = {"ticket": {"comment": _note(settings, inquiry)}}
        yield self.request(settings, "PUT", f"{_path(ticket)}.json", noted)

    def has_reply(
        self, settings: ZendeskSettings, ticket: str, reply: PublicReply
    ) -> Exchange[bool]:
        """Look among the latest comments."""
        path = f"{_path(ticket)}/comments.json?sort_order=desc"
        comments = list_at((yield self.request(settings, "GET", path)).json(), "comments")
        return reply.is_among(text_of(comment, "body") for comment in comments)

    def reply(
        self, settings: ZendeskSettings, ticket: str, inquiry: RoutedInquiry, reply: PublicReply
    ) -> Calls:
        """Add a public comment, which a trigger of Zendesk mails to the requester."""
        said = {"ticket": {"comment": {"body": reply.text, "public": True}}}
        yield self.request(settings, "PUT", f"{_path(ticket)}.json", said)

    def check(self, settings: ZendeskSettings) -> Check:
        """List the groups, page by page."""
        query, groups = "page%5Bsize%5D=100", list[Group]()
        for _ in range(MAX_PAGES):
            reply = yield self.request(settings, "GET", f"/api/v2/groups.json?{query}")
            require(reply, "groups")
            groups += groups_in(list_at(reply.json(), "groups"))
            cursor = text_of(reply.json(), "meta", "after_cursor")
            if cursor is None or not value_at(reply.json(), "meta", "has_more"):
                break
            query = f"page%5Bsize%5D=100&page%5Bafter%5D={query_value(cursor)}"
        return tuple(groups)

    def locate(self, settings: ZendeskSettings, ticket: str) -> Locate:
        """The group of the ticket."""
        found = yield from self.read_ticket(settings, f"{_path(ticket)}.json", "ticket")
        return text_of(found, "group_id")


def _note(settings: ZendeskSettings, inquiry: RoutedInquiry) -> dict[str, Any]:
    return {"body": note_text(inquiry, settings.note_language), "public": False}


def _path(ticket: str) -> str:
    return f"/api/v2/tickets/{path_part(ticket)}"
