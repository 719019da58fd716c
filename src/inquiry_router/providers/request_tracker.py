"""Kind `request_tracker`: queues, owners and comments by REST 2.0.

Facts: RT::REST2 of RT 5 (`comment`, `correspond`); of bestpractical/rt `lib/RT/Ticket.pm` and
`lib/RT/Group.pm`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Priority
from inquiry_router.outside.messages import Reply
from inquiry_router.providers.kit.groups import group_named
from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.notes import (
    mark,
    note_text,
    opening_text,
    referenced_title_of,
)
from inquiry_router.providers.kit.provider import Calls, Check, Group, Locate, Refused
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
    path_part,
    query_value,
    require,
)
from inquiry_router.providers.kit.routed import RoutedInquiry
from inquiry_router.providers.kit.source import (
    list_at,
    text_of,
)

# RT 5 shows 0 as Low, up to 99 as Medium, and from 100 on as High; it sorts by the number.
_PRIORITIES: Final = {
    Priority.LOW: 0,
    Priority.NORMAL: 50,
    Priority.HIGH: 100,
    Priority.URGENT: 110,
}
# REST 2.0 answers 200 to a change that it refused, with the refusal in its list of messages.
_REFUSAL: Final = re.compile(
    r"permission denied|no permission|does(?: not|n't) exist|could(?: not|n't)|can(?:not|'t)"
    r"|unable to|not allowed|invalid",
    re.IGNORECASE,
)
# By default REST 2.0 shows only the number of a ticket's queue.
_QUEUE_NAME: Final = "fields%5BQueue%5D=Name"


class RequestTrackerSettings(UrlSettings):
    """The address of Request Tracker, and a token."""

    api_token: SecretStr = Field(
        description="An authentication token of a user who may see all queues used, and in them "
        "see, comment, modify and create tickets. Set this user's language to English: refusals "
        "are "
        "recognized by their words.",
        examples=["1-14-b1d5e3f1a2c44c0b8f7f0c9c7a6e5d4c"],
    )


class RequestTracker(TicketHelpdesk[RequestTrackerSettings]):
    """Moves tickets by PUT, looks whether they were moved, and comments why."""

    kind = "request_tracker"
    title = "Request Tracker: queue, priority and a comment"
    settings_model = RequestTrackerSettings
    has_due = True
    replies = True
    auto_reply = "Admin > Global > Scrips > 'On Create Autoreply To Requestors'"

    def headers(self, settings: RequestTrackerSettings) -> Mapping[str, str]:
        """The authentication token."""
        return {"authorization": f"token {settings.api_token.get_secret_value()}"}

    def find_ticket(
        self, settings: RequestTrackerSettings, inquiry: RoutedInquiry
    ) -> Exchange[str | None]:
        """Search for a subject that ends with the reference."""
        ending = f"({inquiry.reference})"
        query = query_value(f"Subject LIKE '{ending}'")
        path = f"/REST/2.0/tickets?query={query}&fields=Subject"
        reply = yield self.request(settings, "GET", path)
        require(reply, "items")
        for row in list_at(reply.json(), "items"):
            if (text_of(row, "Subject") or "").endswith(ending):
                return text_of(row, "id")
        return None

    def create_ticket(
        self, settings: RequestTrackerSettings, inquiry: RoutedInquiry
    ) -> Exchange[str]:
        """Create a ticket in the team's queue."""
        if inquiry.group is None:
            raise Refused(
                f"set the queue of the team '{inquiry.team}' in `groups`: a ticket cannot be "
                "created without a queue"
            )
        ticket = {
            "Queue": inquiry.group,
            "Subject": referenced_title_of(inquiry),
            "Content": opening_text(inquiry, settings.note_language),
            "ContentType": "text/plain",
            "Priority": _PRIORITIES[inquiry.priority],
        }
        if inquiry.contact.email:
            ticket["Requestor"] = inquiry.contact.email
        reply = yield self.request(settings, "POST", "/REST/2.0/ticket", ticket)
        return str(require(reply, "id"))

    def move_ticket(
        self, settings: RequestTrackerSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Calls:
        """Set priority and queue. Raises `Refused` if RT did not: it answers 200 all the same."""
        changes: dict[str, Any] = {"Priority": _PRIORITIES[inquiry.priority]}
        if inquiry.group is not None:
            changes["Queue"] = inquiry.group
        answer = (yield self.request(settings, "PUT", _path(ticket), changes)).json()
        messages = (
            [one for one in answer if isinstance(one, str)] if isinstance(answer, list) else []
        )
        refusal = next((one for one in messages if _is_refusal(one)), None)
        if refusal is not None:
            raise Refused(f"Request Tracker did not change the ticket: {refusal[:200]}")
        if inquiry.group is not None:
            yield from self._require_queue(settings, ticket, inquiry.group, messages)

    def own_ticket(self, settings: RequestTrackerSettings, ticket: str, owner: str) -> Calls:
        """Set the owner by the name of a user."""
        yield self.request(settings, "PUT", _path(ticket), {"Owner": owner}, expected=ODD_OWNER)

    def due_ticket(
        self,
        settings: RequestTrackerSettings,
        ticket: str,
        due_at: datetime,
        inquiry: RoutedInquiry,
    ) -> Calls:
        """Set Due, in UTC as the database has it."""
        changes = {"Due": f"{due_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"}
        yield self.request(settings, "PUT", _path(ticket), changes, expected=ODD_DUE)

    def open_ticket(self, settings: RequestTrackerSettings, ticket: str) -> Calls:
        """Set the status to open; a lifecycle without that name refuses it, and nothing changes."""
        yield self.request(settings, "PUT", _path(ticket), {"Status": "open"})

    def has_note(
        self, settings: RequestTrackerSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        """Look in the history for a comment with this subject, which RT keeps as its data."""
        for page in range(1, MAX_PAGES + 1):
            path = f"{_path(ticket)}/history?fields=Type,Data&per_page=100&page={page}"
            reply = yield self.request(settings, "GET", path)
            rows = list_at(reply.json(), "items")
            if any(text_of(row, "Data") == _note_subject(inquiry) for row in rows):
                return True
            if not _has_more(reply, page):
                break
        return False

    def add_note(
        self, settings: RequestTrackerSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Calls:
        """Add a comment."""
        comment = {
            "Subject": _note_subject(inquiry),
            "Content": note_text(inquiry, settings.note_language),
            "ContentType": "text/plain",
        }
        yield self.request(settings, "POST", f"{_path(ticket)}/comment", comment)

    def has_reply(
        self, settings: RequestTrackerSettings, ticket: str, reply: PublicReply
    ) -> Exchange[bool]:
        """Look in the history for correspondence with this subject, which RT keeps as its data."""
        path = f"{_path(ticket)}/history?fields=Type,Data&per_page=100"
        rows = list_at((yield self.request(settings, "GET", path)).json(), "items")
        return any(
            (text_of(row, "Type"), text_of(row, "Data")) == ("Correspond", reply.subject)
            for row in rows
        )

    def reply(
        self,
        settings: RequestTrackerSettings,
        ticket: str,
        inquiry: RoutedInquiry,
        reply: PublicReply,
    ) -> Calls:
        """Correspond; RT mails it to the requestors, unless the queue's scrip is off."""
        said = {"Subject": reply.subject, "Content": reply.text, "ContentType": "text/plain"}
        yield self.request(settings, "POST", f"{_path(ticket)}/correspond", said)

    def check(self, settings: RequestTrackerSettings) -> Check:
        """List the queues that the user sees."""
        groups: list[Group] = []
        for page in range(1, MAX_PAGES + 1):
            path = f"/REST/2.0/queues/all?fields=Name&per_page=100&page={page}"
            reply = yield self.request(settings, "GET", path)
            require(reply, "items")
            groups += groups_in(list_at(reply.json(), "items"), "Name")
            if not _has_more(reply, page):
                break
        return tuple(groups)

    def locate(self, settings: RequestTrackerSettings, ticket: str) -> Locate:
        """The queue of the ticket, by its number, or by its name if the settings use that."""
        found = yield from self.read_ticket(settings, f"{_path(ticket)}?{_QUEUE_NAME}")
        return group_named(settings, text_of(found, "Queue", "id"), text_of(found, "Queue", "Name"))

    def _require_queue(
        self, settings: RequestTrackerSettings, ticket: str, group: str, messages: list[str]
    ) -> Calls:
        """Look where the ticket is now: messages in the user's language may hide a refusal."""
        shown = (yield self.request(settings, "GET", f"{_path(ticket)}?{_QUEUE_NAME}")).json()
        queue = value_at(shown, "Queue")
        names = [(text_of(queue, name) or "").casefold() for name in ("id", "Name")]
        if group.casefold() not in names:
            reason = "; ".join(messages)[:200] or "it gave no reason"
            raise Refused(f"Request Tracker did not move the ticket: {reason}")


def _path(ticket: str) -> str:
    return f"/REST/2.0/ticket/{path_part(ticket)}"


def _note_subject(inquiry: RoutedInquiry) -> str:
    """The note's subject, different for each decision by the delivery's id."""
    return f"{mark(inquiry.reference)} {inquiry.delivery}"


def _is_refusal(message: str) -> bool:
    """True for a refusal in RT's English words, but not for a change to a queue named like one."""
    return "changed from" not in message and _REFUSAL.search(message) is not None


def _has_more(reply: Reply, page: int) -> bool:
    pages = value_at(reply.json(), "pages")
    return isinstance(pages, int) and pages > page
