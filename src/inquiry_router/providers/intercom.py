"""Kind `intercom`: conversations, tickets and their states, with the contact from the API.

Facts: developers.intercom.com (webhooks, webhook topics, notifications, contacts);
intercom/Intercom-OpenAPI `descriptions/2.14` (conversation, ticket, their states and parts).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit.files import files_of, lone_pictures
from inquiry_router.providers.kit.notes import is_own
from inquiry_router.providers.kit.reading import (
    HelpdeskApiSettings,
    Read,
    accept_state,
    accept_ticket,
    channel_of,
    is_html,
    is_own_html,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.requests import json_request, path_part
from inquiry_router.providers.kit.seals import Seal, hex_of, hmac_seal
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    IncomingRequest,
    SourceKind,
    Thin,
    Ticket,
    TicketState,
    TicketStatus,
    Unreadable,
    list_at,
    object_at,
    text_of,
)

_API: Final = "https://api.intercom.io"
_CHANNELS: Final = {
    "email": Channel.EMAIL,
    "phone_call": Channel.PHONE,
    "phone_switch": Channel.PHONE,
}
_CUSTOMERS: Final = ("user", "lead", "contact")
_CONVERSATION_CREATED: Final = "conversation.user.created"
_TICKET_CREATED: Final = "ticket.created"
_CHANGES: Final = (
    *("conversation.admin.replied", "conversation.admin.assigned", "conversation.admin.closed"),
    *("conversation.admin.open.assigned", "conversation.admin.opened"),
    *("conversation.admin.snoozed", "conversation.admin.unsnoozed"),
    *("ticket.admin.replied", "ticket.admin.assigned", "ticket.team.assigned"),
    *("ticket.state.updated", "ticket.resolved", "ticket.closed"),
)
_ANSWERS: Final = ("conversation.admin.replied", "ticket.admin.replied")
# The states of conversations, then the categories of tickets' states. A snoozed conversation opens
# again when the customer writes.
_STATUSES: Final[Mapping[str, TicketStatus]] = {
    "open": "open",
    "snoozed": "pending",
    "closed": "closed",
    "submitted": "open",
    "in_progress": "open",
    "waiting_on_customer": "pending",
    "resolved": "closed",
}
_REPLIES: Final = ("conversation.user.replied", "ticket.contact.replied")
_TOPICS: Final = (_CONVERSATION_CREATED, *_REPLIES, _TICKET_CREATED)


class IntercomSource(SourceKind[HelpdeskApiSettings]):
    """Conversations and tickets of Intercom, which waits for 500 ms and retries after a 429."""

    kind = "intercom"
    title = "Intercom"
    settings_model = HelpdeskApiSettings
    signs = "always"
    tells_states = "webhook"
    retry_status = 429

    def seals(self, secret: str, request: IncomingRequest) -> tuple[Seal, ...]:
        """`sha1=` and the hexadecimal HMAC-SHA1 of the body."""
        given = request.headers.get("x-hub-signature")
        return (hmac_seal(secret, given, hex_of, algorithm="sha1", prefix="sha1="),)

    def read(self, settings: HelpdeskApiSettings, request: IncomingRequest) -> Read:
        """Read a customer's message, or the state after an agent's act.

        A contact without details is looked up if the API is set.
        """
        body = request.json_object()
        topic, item = text_of(body, "topic"), object_at(body, "data", "item")
        if topic not in (*_TOPICS, *_CHANGES):
            return (Ignored("the topic is none of a customer's new words or of a changed state"),)
        item = object_at(item, "ticket") or item  # the ticket of `ticket.closed` is wrapped
        item_id = text_of(item, "id")
        if item_id is None:
            raise Unreadable(
                "The notification has no 'data.item.id'. Point the webhooks of an Intercom app "
                "here, unchanged."
            )
        if topic in _CHANGES:
            return (_state(settings, body, item, item_id),)
        said: dict[str, Any] = {}
        if topic == _TICKET_CREATED:
            ticket = _ticket(item_id, item)
        else:
            is_first = topic == _CONVERSATION_CREATED
            said = object_at(item, "source") if is_first else _last_part(item)
            if not said or text_of(said, "author", "type") not in (*_CUSTOMERS, None):
                return (Ignored("the message is not a customer's"),)
            ticket = _conversation(item_id, item, said, is_first=is_first)
        ticket = replace(ticket, delivery_key=text_of(body, "id"))
        return (_event(settings, request, item, said, ticket),)

    def fetch(self, settings: HelpdeskApiSettings, thin: Thin) -> OutgoingRequest | None:
        """Ask for the contact, whose phone is never in a notification."""
        if settings.api_token is None:
            return None
        url = f"{settings.api_url or _API}/contacts/{path_part(thin.known.get('contact'))}"
        return json_request(
            "GET", url, {"authorization": f"Bearer {settings.api_token.get_secret_value()}"}
        )

    def fetched(self, settings: HelpdeskApiSettings, thin: Thin, reply: Reply) -> Event:
        """Add the contact's details."""
        if thin.ticket is None:
            return Ignored("the notification named no conversation")
        known, said = thin.ticket.contact, reply.json()
        contact = Contact(
            known.name or text_of(said, "name"),
            known.email or text_of(said, "email"),
            known.phone or text_of(said, "phone"),
        )
        return replace(thin.ticket, contact=contact)


def _conversation(
    item_id: str, item: dict[str, Any], said: dict[str, Any], *, is_first: bool
) -> Ticket:
    body = text_of(said, "body") or ""
    marked_up = is_html(body)  # from version 2.15 of the API on it is plain text
    return Ticket(
        external_id=item_id,
        channel=channel_of(text_of(item, "source", "type"), _CHANNELS, Channel.CHAT),
        text="" if marked_up else body,
        html=body if marked_up else None,
        subject=text_of(item, "source", "subject"),
        contact=Contact(text_of(said, "author", "name"), text_of(said, "author", "email")),
        received_at=parse_time(
            value_at(item, "created_at") if is_first else value_at(said, "created_at")
        ),
        message_id=None if is_first else text_of(said, "id"),
        attachments=files_of(list_at(said, "attachments")) or lone_pictures(body),
    )


def _event(
    settings: HelpdeskApiSettings,
    request: IncomingRequest,
    item: dict[str, Any],
    said: dict[str, Any],
    ticket: Ticket,
) -> Event:
    """The ticket, or a thin event if its contact can be looked up."""
    author_id, is_first = text_of(said, "author", "id"), ticket.message_id is None
    authors = [author_id, text_of(said, "author", "email")]
    tags = [text_of(tag, "name") for tag in list_at(item, "tags", "tags")] if is_first else []
    taken = accept_ticket(ticket, request.headers, settings.own_user, authors, tags)
    contacts = list_at(item, "contacts", "contacts")
    contact_id = author_id or text_of(next(iter(contacts), None), "id")
    if isinstance(taken, Ignored) or settings.api_token is None or contact_id is None:
        return taken
    return Thin(ticket.delivery_key or ticket.external_id, {"contact": contact_id}, taken)


def _ticket(item_id: str, item: dict[str, Any]) -> Ticket:
    said = object_at(item, "ticket_attributes")
    description = text_of(said, "_default_description_") or ""
    marked_up = is_html(description)
    return Ticket(
        external_id=item_id,
        channel=Channel.FORM,
        text="" if marked_up else description,
        html=description if marked_up else None,
        subject=text_of(said, "_default_title_"),
        received_at=parse_time(item.get("created_at")),
        # Files are the values of attributes that each company names itself.
        attachments=tuple(file for listed in said.values() for file in files_of(_files(listed))),
    )


def _files(listed: object) -> list[Any]:
    """The files among the values of an attribute; other lists hold no objects."""
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _parts(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a conversation or a ticket, the newest last."""
    kinds = ("conversation_parts", "ticket_parts")
    found = [part for kind in kinds for part in list_at(item, kind, kind)]
    return [part for part in found if isinstance(part, dict)]


def _last_part(item: dict[str, Any]) -> dict[str, Any]:
    """The customer's newest part of the conversation."""
    return next(
        (part for part in reversed(_parts(item)) if text_of(part, "author", "type") in _CUSTOMERS),
        {},
    )


def _state(
    settings: HelpdeskApiSettings, body: dict[str, Any], item: dict[str, Any], item_id: str
) -> Event:
    """The state; its newest part says who acted, and what an agent answered."""
    part: dict[str, Any] = next(reversed(_parts(item)), {})
    author, team = object_at(part, "author"), text_of(item, "team_assignee_id")
    moments = (part.get("created_at"), item.get("updated_at"), body.get("created_at"))
    owner = text_of(item, "admin_assignee_id") or ""
    state = TicketState(
        external_id=item_id,
        at=next((at for at in map(parse_time, moments) if at is not None), None),
        status=_status(item),
        groups=() if team in (None, "0") else (str(team),),
        owner=("" if owner == "0" else owner) if "admin_assignee_id" in item else None,
        answered=text_of(body, "topic") in _ANSWERS and _is_answer(part),
        who=text_of(author, "name") or text_of(author, "id"),
    )
    return accept_state(state, settings.own_user, [text_of(author, "id"), text_of(author, "email")])


def _status(item: dict[str, Any]) -> TicketStatus | None:
    """The state of a conversation, or the category of a ticket's state, once a mere word."""
    words = (
        text_of(item, "state"),
        text_of(item, "ticket_state", "category"),
        text_of(item, "ticket_state"),
    )
    return next((_STATUSES[word] for word in words if word is not None and word in _STATUSES), None)


def _is_answer(part: dict[str, Any]) -> bool:
    """True for words that a person of the company wrote: no note, no bot, no AI, no router."""
    text, author = text_of(part, "body"), object_at(part, "author")
    is_note = text_of(part, "part_type") == "note"
    is_machine = author.get("from_ai_agent") is True or author.get("is_ai_answer") is True
    if text is None or is_note or is_machine or text_of(author, "type") != "admin":
        return False
    return not (is_own(text) or is_own_html(text))
