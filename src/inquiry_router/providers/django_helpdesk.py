"""Kind `django_helpdesk`: queues, priorities and follow-ups of django-helpdesk by REST.

Facts: django-helpdesk 2.6.1 as published on PyPI (`serializers.py`, `views/api.py`,
`update_ticket.py`: a comment is rendered as a template of
Django, and a public one is mailed to the submitter), and a live one.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Priority
from inquiry_router.providers.django_helpdesk_source import (
    PAGE,
    STATUSES,
    credentials,
    newest_first,
)
from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.notes import is_noted, mark, note_text, opening_text, title_of
from inquiry_router.providers.kit.provider import Calls, Check, Group, Locate, Refused
from inquiry_router.providers.kit.reading import value_at
from inquiry_router.providers.kit.replies import PublicReply
from inquiry_router.providers.kit.requests import (
    ODD_DUE,
    ODD_OWNER,
    Exchange,
    number,
    path_part,
    require,
)
from inquiry_router.providers.kit.routed import RoutedInquiry
from inquiry_router.providers.kit.source import list_at, text_of

_PRIORITIES: Final = {Priority.URGENT: 1, Priority.HIGH: 2, Priority.NORMAL: 3, Priority.LOW: 4}
_REOPENED: Final = 2
_BRACE: Final = re.compile("[{}]")


class DjangoHelpdeskSettings(UrlSettings):
    """The address of django-helpdesk, and a user or a token."""

    url: str = Field(
        repr=False,
        description="The address of django-helpdesk with its prefix, without '/api'.",
        examples=["https://acme.example.com/helpdesk"],
    )
    user: str | None = Field(
        None,
        max_length=200,
        description="The user name for HTTP Basic; null when the password is a token of Django "
        "REST "
        "framework.",
        examples=["router"],
    )
    password: SecretStr = Field(
        description="The password of that staff user, or a token of Django REST framework.",
        examples=["correct horse battery staple"],
    )


class DjangoHelpdesk(TicketHelpdesk[DjangoHelpdeskSettings]):
    """Moves tickets by a PATCH, which fires no webhook, then adds a private follow-up."""

    kind = "django_helpdesk"
    title = "django-helpdesk: queue, priority and a private follow-up"
    settings_model = DjangoHelpdeskSettings
    has_due = True
    replies = True
    auto_reply = "the template 'newticket_submitter' and the queue's notifications"
    # A mail opens a closed ticket, but not a resolved one; the customer's page opens neither.
    opens_by_itself = False

    def headers(self, settings: DjangoHelpdeskSettings) -> Mapping[str, str]:
        """HTTP Basic, or a token of Django REST framework."""
        return credentials(settings.user, settings.password)

    def find_ticket(
        self, settings: DjangoHelpdeskSettings, inquiry: RoutedInquiry
    ) -> Exchange[str | None]:
        """Read the newest tickets, for the API cannot search; a first delivery need not."""
        if not inquiry.may_be_known:
            return None
        found: list[str] = []

        def holds_it(rows: list[Any]) -> bool:
            begin = mark(inquiry.reference)
            ours = [row for row in rows if (text_of(row, "description") or "").startswith(begin)]
            found.extend(ticket for row in ours if (ticket := text_of(row, "id")) is not None)
            return bool(found)

        url = f"{settings.url}/api/tickets/?page_size={PAGE}"
        yield from newest_first(url, self.headers(settings), holds_it)
        return found[0] if found else None

    def create_ticket(
        self, settings: DjangoHelpdeskSettings, inquiry: RoutedInquiry
    ) -> Exchange[str]:
        """Create a ticket in the team's queue."""
        if inquiry.group is None:
            raise Refused(
                f"set the queue of the team '{inquiry.team}' in `groups`: a ticket cannot be "
                "created without a queue"
            )
        ticket = {
            "title": title_of(inquiry),
            # Without a description django-helpdesk fails with 500.
            "description": opening_text(inquiry, settings.note_language),
            "submitter_email": inquiry.contact.email,
            **_place(inquiry),
        }
        reply = yield self.request(settings, "POST", "/api/tickets/", ticket)
        return str(require(reply, "id"))

    def move_ticket(
        self, settings: DjangoHelpdeskSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Calls:
        """Set queue and priority."""
        yield self.request(settings, "PATCH", _path(ticket), _place(inquiry))

    def own_ticket(self, settings: DjangoHelpdeskSettings, ticket: str, owner: str) -> Calls:
        """Set the user, whom django-helpdesk takes by number only."""
        if owner.isdecimal():
            changes = {"assigned_to": int(owner)}
            yield self.request(settings, "PATCH", _path(ticket), changes, expected=ODD_OWNER)

    def due_ticket(
        self,
        settings: DjangoHelpdeskSettings,
        ticket: str,
        due_at: datetime,
        inquiry: RoutedInquiry,
    ) -> Calls:
        """Set the due date, which django-helpdesk keeps with its time."""
        changes = {"due_date": due_at.isoformat()}
        yield self.request(settings, "PATCH", _path(ticket), changes, expected=ODD_DUE)

    def open_ticket(self, settings: DjangoHelpdeskSettings, ticket: str) -> Calls:
        """Set the status to reopened, if the ticket is closed."""
        found = yield from self.read_ticket(settings, _path(ticket))
        if STATUSES.get(text_of(found, "status") or "") == "closed":
            yield self.request(settings, "PATCH", _path(ticket), {"status": _REOPENED})

    def has_note(
        self, settings: DjangoHelpdeskSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        """Look among the private follow-ups."""
        shown = (yield self.request(settings, "GET", _path(ticket))).json()
        notes = [
            text_of(one, "comment")
            for one in list_at(shown, "followup_set")
            if value_at(one, "public") is False
        ]
        return is_noted(inquiry, settings.note_language, notes)

    def add_note(
        self, settings: DjangoHelpdeskSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Calls:
        """Add a private follow-up without a title, to which the ticket would be renamed."""
        note = {
            "ticket": number(ticket),
            "comment": _literal(note_text(inquiry, settings.note_language)),
            "public": False,
        }
        yield self.request(settings, "POST", "/api/followups/", note)

    def has_reply(
        self, settings: DjangoHelpdeskSettings, ticket: str, reply: PublicReply
    ) -> Exchange[bool]:
        """Look among the follow-ups."""
        shown = (yield self.request(settings, "GET", _path(ticket))).json()
        return reply.is_among(text_of(one, "comment") for one in list_at(shown, "followup_set"))

    def reply(
        self,
        settings: DjangoHelpdeskSettings,
        ticket: str,
        inquiry: RoutedInquiry,
        reply: PublicReply,
    ) -> Calls:
        """Add a public follow-up, which is mailed to the submitter."""
        said = {"ticket": number(ticket), "comment": _literal(reply.text), "public": True}
        yield self.request(settings, "POST", "/api/followups/", said)

    def check(self, settings: DjangoHelpdeskSettings) -> Check:
        """List the queues of the first tickets by number: the API has no list of queues."""
        reply = yield self.request(settings, "GET", "/api/tickets/?page_size=100")
        require(reply, "results")
        queues = {text_of(row, "queue") for row in list_at(reply.json(), "results")} - {None}
        return tuple(Group(str(queue), f"queue {queue}") for queue in sorted(queues, key=str))

    def locate(self, settings: DjangoHelpdeskSettings, ticket: str) -> Locate:
        """The queue of the ticket."""
        found = yield from self.read_ticket(settings, _path(ticket))
        return text_of(found, "queue")


def _path(ticket: str) -> str:
    return f"/api/tickets/{path_part(ticket)}/"


def _literal(text: str) -> str:
    """A template of Django that renders as this text, whatever braces a customer wrote."""
    return _BRACE.sub(lambda brace: f'{{{{ "{brace[0]}" }}}}', text)


def _place(inquiry: RoutedInquiry) -> dict[str, int]:
    place = {"priority": _PRIORITIES[inquiry.priority]}
    return place if inquiry.group is None else {"queue": number(inquiry.group), **place}
