"""Kind `freshdesk` as a source: tickets by automation rules' webhooks, states by API v2.

Facts: support.freshdesk.com (webhooks in automations; placeholders) and
developers.freshdesk.com/api (list tickets, with `stats`).
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from pydantic import SecretStr

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.reading import (
    MAX_PAGES,
    HelpdeskApiSettings,
    Read,
    accept_state,
    accept_ticket,
    channel_of,
    first_text,
    parse_time,
    value_at,
    web_address,
)
from inquiry_router.providers.kit.recipients import addresses_in
from inquiry_router.providers.kit.requests import (
    basic_credentials,
    json_request,
    path_part,
)
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    IncomingRequest,
    Listed,
    Poll,
    SourceKind,
    StatePoll,
    Thin,
    Ticket,
    TicketState,
    TicketStatus,
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
_PAGE: Final = 100
# By the names in automation rules, and by the numbers in the API.
_STATUSES: Final[Mapping[str, TicketStatus]] = {
    "open": "open",
    "2": "open",
    "pending": "pending",
    "3": "pending",
    "resolved": "closed",
    "4": "closed",
    "closed": "closed",
    "5": "closed",
    "waiting on customer": "pending",
    "6": "pending",
    "waiting on third party": "open",
    "7": "open",
}
# The events that the typed bodies of rules for updates name.
_REPLIED: Final = "customer_replied"
_CHANGES: Final = ("ticket_updated", "ticket_answered")
# In the trigger's name of ticked fields, such as {status:{from:2,to:5}}.
_TICKED_CHANGES: Final = re.compile("status|group|agent|responder")
# Some hundreds of changed tickets at a time; the rest comes next time.
_MAX_STATE_PAGES: Final = 5
_TEMPLATE: Final = (
    '{"ticket_id":"{{ticket.id}}","subject":"{{ticket.subject}}",'
    '"description_text":"{{ticket.description_text}}",'
    '"requester_name":"{{ticket.requester.name}}","requester_email":"{{ticket.requester.email}}",'
    '"requester_phone":"{{ticket.requester.phone}}","source":"{{ticket.source}}",'
    '"tags":"{{ticket.tags}}",'
    '"url":"{{ticket.url}}"}'
)
_REPLY_TEMPLATE: Final = (
    '{"event":"customer_replied","ticket_id":"{{ticket.id}}","subject":"{{ticket.subject}}",'
    '"comment":"{{ticket.latest_public_comment}}","requester_name":"{{ticket.requester.name}}",'
    '"requester_email":"{{ticket.requester.email}}","source":"{{ticket.source}}"}'
)


class FreshdeskSource(SourceKind[HelpdeskApiSettings]):
    """Tickets of Freshdesk. It does not sign, and retries after 5, 30 and 60 minutes."""

    kind = "freshdesk"
    setup_texts: ClassVar[Mapping[str, str]] = {"template": _TEMPLATE, "reply": _REPLY_TEMPLATE}
    title = "Freshdesk"
    settings_model = HelpdeskApiSettings
    polls = True
    tells_states = "poll"

    def read(self, settings: HelpdeskApiSettings, request: IncomingRequest) -> Read:
        """Read a new ticket, a reply or a state, from the ticked fields or the typed body."""
        body = request.json_object()
        return (_event(settings, request, {**body, **object_at(body, "freshdesk_webhook")}),)

    def fetch(self, settings: HelpdeskApiSettings, thin: Thin) -> OutgoingRequest | None:
        """Ask for the ticket, whose files no rule can send."""
        if settings.api_url is None or settings.api_token is None:
            return None
        url = f"{settings.api_url}/api/v2/tickets/{path_part(thin.known.get('ticket'))}"
        query = "?include=conversations" if "reply" in thin.known else ""
        return json_request("GET", url + query, credentials(settings.api_token))

    def fetched(self, settings: HelpdeskApiSettings, thin: Thin, reply: Reply) -> Event:
        """Add the files of the ticket, or of the newest message of a customer."""
        if thin.ticket is None:
            return Ignored("the event named no ticket")
        found = reply.json()
        if "reply" in thin.known:
            said = list_at(found, "conversations")
            found = next((one for one in reversed(said) if value_at(one, "incoming") is True), {})
        return replace(
            thin.ticket,
            attachments=files_of(list_at(found, "attachments")) or thin.ticket.attachments,
            written_to=thin.ticket.written_to or _mailboxes(found),
        )

    def rest_of_listed(self, ticket: Ticket) -> Thin:
        """The ticket alone, which has its files."""
        return Thin(ticket.external_id, {"ticket": ticket.external_id}, ticket)

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

    def poll_states(self, settings: HelpdeskApiSettings, since: datetime) -> StatePoll:
        """List the changed tickets with the times of the latest replies."""
        states: list[TicketState] = []
        if settings.api_url is None or settings.api_token is None:
            return states
        changed = f"updated_since={since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        query = f"{changed}&include=stats&order_by=updated_at&order_type=asc"
        for page in range(1, _MAX_STATE_PAGES + 1):
            url = f"{settings.api_url}/api/v2/tickets?{query}&per_page={_PAGE}&page={page}"
            found = (yield json_request("GET", url, credentials(settings.api_token))).json()
            rows = found if isinstance(found, list) else []
            states += [state for row in rows if (state := _listed_state(row, since)) is not None]
            if len(rows) < _PAGE:
                break
        return states


def credentials(key: SecretStr) -> Mapping[str, str]:
    """The API key as the user of HTTP Basic, as the header of each request."""
    return basic_credentials(key.get_secret_value(), "X")


def _event(settings: HelpdeskApiSettings, request: IncomingRequest, body: dict[str, Any]) -> Event:
    triggered, event = text_of(body, "triggered_event"), text_of(body, "event")
    is_change = triggered is not None and "created" not in triggered
    if is_change and event is None and _TICKED_CHANGES.search(triggered or "") is None:
        return Ignored("the rule runs on something else than a ticket, a status or a group")
    if event in _CHANGES or (is_change and event != _REPLIED):
        return _state(settings, body, answered=event == "ticket_answered")
    source = first_text(body, "ticket_source", "source")
    if (source or "").casefold() in _OUTBOUND and event != _REPLIED:
        return Ignored("the company wrote first")
    ticket, contact = _ticket(request, body, source), _contact(body)
    if event == _REPLIED:
        ticket = _reply(ticket, body)
    tags = () if event == _REPLIED else body.get("ticket_tags") or body.get("tags")
    taken = accept_ticket(ticket, request.headers, settings.own_user, [contact.email], tags)
    if isinstance(taken, Ignored) or settings.api_url is None or settings.api_token is None:
        return taken
    known = {"ticket": taken.external_id, **({"reply": "yes"} if event == _REPLIED else {})}
    return Thin(taken.delivery_key or taken.external_id, known, taken)


def _ticket(request: IncomingRequest, body: dict[str, Any], source: str | None) -> Ticket:
    ticket_id = _ticket_id(body)
    return Ticket(
        external_id=ticket_id,
        channel=channel_of(source, _CHANNELS, Channel.EMAIL),
        text=first_text(body, "ticket_description_text", "description_text") or "",
        html=first_text(body, "ticket_description", "description"),
        subject=first_text(body, "ticket_subject", "subject"),
        contact=_contact(body),
        url=web_address(first_text(body, "ticket_url", "url")),
        delivery_key=f"{ticket_id}-{hashlib.sha256(request.body).hexdigest()[:32]}",
        attachments=files_of(body.get("attachments")),
        written_to=_mailboxes(body),
    )


def _mailboxes(row: Any) -> tuple[str, ...]:
    names = ("to_emails", "cc_emails", "support_email", "ticket_to_emails", "ticket_support_email")
    return addresses_in(*(value_at(row, name) for name in names))


def _contact(body: dict[str, Any]) -> Contact:
    """The requester, whom newer versions call the contact."""
    kinds = ("ticket_requester", "requester", "ticket_contact", "contact")
    name, email, phone = (
        first_text(body, *(f"{kind}_{field}" for kind in kinds))
        for field in ("name", "email", "phone")
    )
    mobile = first_text(body, *(f"{kind}_mobile" for kind in kinds))
    return Contact(name, email, phone or mobile)


def _reply(ticket: Ticket, body: dict[str, Any]) -> Ticket:
    """A later message. A comment has no id in a rule, so its words stand for one."""
    comment = first_text(body, "comment", "ticket_latest_public_comment") or ""
    name = ticket.contact.name
    if name and comment.startswith(f"{name} : "):
        comment = comment.removeprefix(f"{name} : ")
    number = hashlib.sha256(comment.encode()).hexdigest()[:32]
    return replace(ticket, text="", html=comment or None, message_id=number)


def _ticket_id(body: dict[str, Any]) -> str:
    ticket_id = first_text(body, "ticket_id", "id")
    if ticket_id is None:
        raise Unreadable(
            "The body has no 'ticket_id'. Tick 'Ticket ID' in the rule, or write "
            '"ticket_id":"{{ticket.id}}".'
        )
    return ticket_id


def _state(settings: HelpdeskApiSettings, body: dict[str, Any], *, answered: bool) -> Event:
    """The state in the body of a rule for updates."""
    status = first_text(body, "ticket_status", "status") or ""
    group = first_text(body, "ticket_group_name", "group")
    owners = ("ticket_agent_email", "agent_email", "ticket_agent_name", "agent_name")
    author = text_of(body, "author")
    state = TicketState(
        external_id=_ticket_id(body),
        at=parse_time(body.get("updated_at")),
        status=_STATUSES.get(status.casefold()),
        groups=(group,) if group is not None else (),
        owner=first_text(body, *owners) or "" if any(name in body for name in owners) else None,
        answered=answered,
        who=author,
    )
    return accept_state(state, settings.own_user, [author])


def _listed_state(row: Any, since: datetime) -> TicketState | None:
    """The state of a listed ticket. Answered: an agent's reply since then is the latest one."""
    ticket_id, stats = text_of(row, "id"), object_at(row, "stats")
    if ticket_id is None or value_at(row, "spam") is True:
        return None
    group, owner = text_of(row, "group_id"), text_of(row, "responder_id")
    answered_at = parse_time(stats.get("agent_responded_at"))
    written_at = parse_time(stats.get("requester_responded_at"))
    is_latest = answered_at is not None and (written_at is None or answered_at >= written_at)
    state = TicketState(
        external_id=ticket_id,
        at=parse_time(value_at(row, "updated_at")),
        status=_STATUSES.get(text_of(row, "status") or ""),
        groups=(group,) if group is not None else (),
        owner=owner or "" if "responder_id" in row else None,
        answered=is_latest and answered_at is not None and answered_at >= since,
    )
    return state if isinstance(accept_state(state), TicketState) else None


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
        written_to=_mailboxes(row),
    )
    taken = accept_ticket(
        ticket, {}, settings.own_user, [text_of(requester, "email")], value_at(row, "tags")
    )
    return taken if isinstance(taken, Ticket) else None
