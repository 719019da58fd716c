"""Kind `helpscout`: conversations, replies and states, complete or fetched from an address.

Facts: developer.helpscout.com (webhooks, Mailbox API 2.0: Get Conversation, its statuses, threads).
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.notes import is_own
from inquiry_router.providers.kit.reading import (
    HelpdeskApiSettings,
    Read,
    accept_state,
    accept_ticket,
    channel_of,
    first_text,
    full_name,
    is_own_html,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.recipients import addresses_in
from inquiry_router.providers.kit.requests import json_request, path_part
from inquiry_router.providers.kit.seals import Seal, base64_of, hmac_seal
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

_API: Final = "https://api.helpscout.net"
_CREATED: Final = "convo.created"
_REPLIED: Final = "convo.customer.reply.created"
_ANSWERED: Final = "convo.agent.reply.created"
_ASSIGNED: Final = "convo.assigned"
_CHANGES: Final = (_ANSWERED, _ASSIGNED, "convo.moved", "convo.status")
_STATUSES: Final[Mapping[str, TicketStatus]] = {
    "active": "open",
    "open": "open",
    "pending": "pending",
    "closed": "closed",
    "spam": "closed",
}
# The author of an answer, and the origin of one that a workflow sent by itself.
_AGENT_THREAD: Final = "message"
_WORKFLOWS: Final = ("workflow", "workflows")
_CHANNELS: Final = {
    "email": Channel.EMAIL,
    "phone": Channel.PHONE,
    "chat": Channel.CHAT,
    "beacon": Channel.CHAT,
    "api": Channel.API,
}
_CUSTOMERS: Final = ("customer", "chat", "beaconchat", "phone")
_CONVERSATION: Final = re.compile(r"/conversations/([0-9]{1,20})(?:[/?#]|$)")


class HelpScoutSource(SourceKind[HelpdeskApiSettings]):
    """Conversations of Help Scout."""

    kind = "helpscout"
    title = "Help Scout"
    settings_model = HelpdeskApiSettings
    signs = "always"
    tells_states = "webhook"

    def seals(self, secret: str, request: IncomingRequest) -> tuple[Seal, ...]:
        """The HMAC-SHA1 of the body in base64."""
        given = request.headers.get("x-helpscout-signature")
        return (hmac_seal(secret, given, base64_of, algorithm="sha1"),)

    def read(self, settings: HelpdeskApiSettings, request: IncomingRequest) -> Read:
        """Read a customer's message, a change, or a notice whose conversation has to be fetched."""
        event = request.headers.get("x-helpscout-event", "")
        body = request.json_object()
        if event not in (_CREATED, _REPLIED, *_CHANGES):
            return (Ignored("the event is no message of a customer and no change of its state"),)
        is_whole = "_embedded" in body or text_of(body, "subject") is not None
        # Only a message needs the threads; a change is told by the conversation itself.
        if is_whole and (event in _CHANGES or _threads(body)):
            return (_read(settings, request.headers, event, body),)
        conversation_id = _named(body)
        if conversation_id is None:
            raise Unreadable(
                "The event names no conversation. Choose Help Scout's webhook as it comes, with "
                "full payloads."
            )
        if settings.api_token is None:
            return (
                Ignored(
                    "the conversation came without its messages: switch full payloads on, or set "
                    "api_token"
                ),
            )
        # Without threads only the notice itself differs from reply to reply.
        key = f"{event}-{conversation_id}-{hashlib.sha256(request.body).hexdigest()[:32]}"
        return (Thin(key, {"event": event, "conversation": conversation_id}),)

    def fetch(self, settings: HelpdeskApiSettings, thin: Thin) -> OutgoingRequest | None:
        """Ask for the conversation with its threads."""
        if settings.api_token is None:
            return None
        conversation = path_part(thin.known.get("conversation"))
        url = f"{settings.api_url or _API}/v2/conversations/{conversation}?embed=threads"
        return json_request(
            "GET", url, {"authorization": f"Bearer {settings.api_token.get_secret_value()}"}
        )

    def fetched(self, settings: HelpdeskApiSettings, thin: Thin, reply: Reply) -> Event:
        """Read the conversation like a complete one."""
        body = reply.json()
        if text_of(body, "id") is None:
            return Ignored("the answer of Help Scout's API is no conversation")
        return _read(settings, {}, thin.known.get("event", _CREATED), body)


def _named(body: dict[str, Any]) -> str | None:
    """The conversation in the address that one of the event's fields gives."""
    links = [text_of(body, "_links", name, "href") for name in ("self", "conversation", "resource")]
    written = [first_text(body, "resourceUri", "uri", "url", "href", "resource", "self"), *links]
    found = (_CONVERSATION.search(one) for one in written if one is not None)
    return next((match[1] for match in found if match), None) or text_of(body, "id")


def _threads(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The threads, the oldest first; some payloads have them without `_embedded`."""
    found = list_at(body, "_embedded", "threads") or list_at(body, "threads")
    return sorted((one for one in found if isinstance(one, dict)), key=_place)


def _read(
    settings: HelpdeskApiSettings, headers: Mapping[str, str], event: str, body: dict[str, Any]
) -> Event:
    conversation_id = text_of(body, "id")
    if conversation_id is None:
        raise Unreadable(
            "The conversation has no 'id'. Choose Help Scout's webhook as it comes, with full "
            "payloads."
        )
    if event in _CHANGES:
        return _state(settings, event, body, conversation_id)
    return _message(settings, headers, event, body, conversation_id)


def _message(
    settings: HelpdeskApiSettings,
    headers: Mapping[str, str],
    event: str,
    body: dict[str, Any],
    conversation_id: str,
) -> Event:
    threads = _threads(body)
    said = [one for one in threads if _is_customers(one)]
    if not said:
        return Ignored("no customer has written in the conversation yet")
    is_first = event == _CREATED
    thread = said[0] if is_first else said[-1]
    primary = object_at(body, "primaryCustomer")
    last = text_of(threads[-1], "id") or ""
    ticket = Ticket(
        external_id=conversation_id,
        channel=channel_of(text_of(body, "type"), _CHANNELS, Channel.EMAIL),
        text=text_of(thread, "text") or "",
        html=text_of(thread, "body"),
        subject=text_of(body, "subject"),
        contact=_contact(object_at(thread, "customer") or primary, primary),
        url=text_of(body, "_links", "web", "href"),
        received_at=parse_time(thread.get("createdAt")),
        message_id=None if is_first else text_of(thread, "id"),
        delivery_key=f"{event}-{conversation_id}-{last}",
        attachments=files_of(
            list_at(thread, "_embedded", "attachments") or list_at(thread, "attachments")
        ),
        written_to=addresses_in(value_at(thread, "to"), value_at(thread, "cc")),
    )
    tags = [text_of(tag, "tag") or tag for tag in list_at(body, "tags")] if is_first else []
    return accept_ticket(ticket, headers, settings.own_user, _names(_author(thread)), tags)


def _state(
    settings: HelpdeskApiSettings, event: str, body: dict[str, Any], conversation_id: str
) -> Event:
    """The state; of an agent's reply also its author, who is a person unless a workflow sent it."""
    answers = [one for one in _threads(body) if text_of(one, "type") == _AGENT_THREAD]
    answer = answers[-1] if event == _ANSWERED and answers else {}
    text = text_of(answer, "text") or text_of(answer, "body")
    status = _STATUSES.get(text_of(body, "status") or "")
    changed_at = parse_time(body.get("userUpdatedAt"))
    closed_at = parse_time(body.get("closedAt")) if status == "closed" else None
    actor = _author(answer) or (object_at(body, "closedByUser") if status == "closed" else {})
    mailbox = text_of(body, "mailboxId")
    # An unassigned conversation has no assignee at all.
    says_owner = event == _ASSIGNED or "assignee" in body
    state = TicketState(
        external_id=conversation_id,
        at=parse_time(answer.get("createdAt")) or closed_at or changed_at,
        status=status,
        groups=() if mailbox is None else (mailbox,),
        owner=(_person(object_at(body, "assignee")) or "") if says_owner else None,
        answered=bool(text) and _is_persons(answer) and not (is_own(text) or is_own_html(text)),
        who=_person(actor),
    )
    return accept_state(state, settings.own_user, _names(actor))


def _author(thread: dict[str, Any]) -> dict[str, Any]:
    return object_at(thread, "createdBy") or object_at(thread, "author")


def _names(person: dict[str, Any]) -> list[str | None]:
    return [text_of(person, "id"), text_of(person, "email")]


def _person(person: dict[str, Any]) -> str | None:
    name = full_name(
        first_text(person, "first", "firstName"), first_text(person, "last", "lastName")
    )
    return name or text_of(person, "email") or text_of(person, "id")


def _is_persons(thread: dict[str, Any]) -> bool:
    """True for a published thread that a user wrote."""
    is_sent = text_of(thread, "state") in ("published", None)
    by_workflow = text_of(thread, "source", "type") in _WORKFLOWS
    return is_sent and not by_workflow and text_of(_author(thread), "type") in ("user", None)


def _is_customers(thread: dict[str, Any]) -> bool:
    is_shown = text_of(thread, "state") not in ("draft", "hidden")
    return is_shown and text_of(thread, "type") in _CUSTOMERS


def _place(thread: dict[str, Any]) -> tuple[str, int, str]:
    """A sort key for threads, the oldest first: Help Scout lists the newest first."""
    number = text_of(thread, "id") or ""
    return text_of(thread, "createdAt") or "", len(number), number


def _contact(customer: dict[str, Any], primary: dict[str, Any]) -> Contact:
    name = full_name(
        first_text(customer, "first", "firstName"), first_text(customer, "last", "lastName")
    )
    phones = [
        text_of(value_at(customer, "phone")),
        *(text_of(row, "value") for row in list_at(customer, "_embedded", "phones")),
    ]
    email = text_of(customer, "email") or text_of(primary, "email")
    return Contact(name, email, next((phone for phone in phones if phone is not None), None))
