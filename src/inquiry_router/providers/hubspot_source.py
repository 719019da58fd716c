"""Kind `hubspot`: tickets, messages and states by thin events, completed by HubSpot's API.

Facts: developers.hubspot.com (webhooks, CRM and conversations API, pipelines: `ticketState`; actors
of conversations, whose ids begin with A for agents).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pydantic import SecretStr

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.hubspot_signatures import seals_of_hubspot
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.notes import is_own
from inquiry_router.providers.kit.reading import (
    HelpdeskApiSettings,
    Read,
    accept_ticket,
    channel_of,
    first_text,
    full_name,
    is_own_user,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.recipients import addresses_in
from inquiry_router.providers.kit.requests import json_request, path_part
from inquiry_router.providers.kit.seals import Seal
from inquiry_router.providers.kit.signatures import parse_unix_time
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
    text_of,
)

API: Final = "https://api.hubapi.com"
TICKETS: Final = "/crm/v3/objects/tickets"
# The prefix of a conversation without a ticket. It is no ticket's id, as those are numbers.
THREAD: Final = "thread-"
_TICKET: Final = (
    "subject,content,hs_pipeline,hs_pipeline_stage,hs_ticket_priority,source_type,hs_file_upload"
)
_CONTACT: Final = "firstname,lastname,email,phone,mobilephone,company"
_TICKET_TYPE: Final = "0-5"
_STATE: Final = "hs_pipeline,hs_pipeline_stage,hubspot_owner_id"
_STAGES: Final[Mapping[str, TicketStatus]] = {"OPEN": "open", "CLOSED": "closed"}
# The stage of HubSpot's own pipeline that waits for the customer, which is an open one.
_WAITING: Final = "waiting on contact"
_AGENT: Final = "A-"
_NEW_MESSAGE: Final = "conversation.newMessage"
_CHANNELS: Final = {
    "email": Channel.EMAIL,
    "form": Channel.FORM,
    "phone": Channel.PHONE,
    "chat": Channel.CHAT,
    "messenger": Channel.CHAT,
    "whatsapp": Channel.CHAT,
}


class HubSpotSource(SourceKind[HelpdeskApiSettings]):
    """Tickets and messages of HubSpot, which retries up to ten times, but not after 400 to 405."""

    kind = "hubspot"
    title = "HubSpot"
    settings_model = HelpdeskApiSettings
    signs = "always"
    tells_states = "webhook"

    def seals(self, secret: str, request: IncomingRequest) -> tuple[Seal, ...]:
        """The highest version of the signature that is present."""
        return seals_of_hubspot(secret, request)

    def signed_at(self, request: IncomingRequest) -> datetime | None:
        """Read the time in milliseconds since 1970; versions 1 and 2 sign none."""
        if "x-hubspot-signature-v3" not in request.headers:
            return None
        written = request.headers.get("x-hubspot-request-timestamp")
        return parse_unix_time(written, milliseconds=True)

    def read(self, settings: HelpdeskApiSettings, request: IncomingRequest) -> Read:
        """Read one event or many, each with no more than an id."""
        body = request.json()
        events = body if isinstance(body, list) else [body]
        if not all(isinstance(event, dict) for event in events):
            raise Unreadable(
                "The body is no list of events. Point the webhooks of a HubSpot app here, "
                "unchanged."
            )
        if not events:
            return (Ignored("the list of events is empty"),)
        if len(events) == 1:
            return (_event(settings, request, events[0]),)
        return tuple(_one_of_many(settings, request, event) for event in events)

    def fetch(self, settings: HelpdeskApiSettings, thin: Thin) -> OutgoingRequest | None:
        """Ask for what is missing: a ticket and its contact or stage, a message and its thread."""
        if settings.api_token is None:
            return None
        url = (settings.api_url or API) + _place(thin.known)
        return json_request("GET", url, credentials(settings.api_token))

    def fetched(self, settings: HelpdeskApiSettings, thin: Thin, reply: Reply) -> Event:
        """Read a ticket and its contact or stage, or a message and the ticket of its thread."""
        answer, known = reply.json(), thin.known
        if "changed_at" in known:
            return _of_stage(thin, answer) if "stage" in known else _of_change(thin, answer)
        if "answered_at" in known:
            return _of_answer(thin, answer)
        if thin.ticket is None:
            read = _of_message if "message" in known else _of_ticket
            return read(settings, thin, answer)
        if "contact" in known:
            return replace(thin.ticket, contact=_contact(value_at(answer, "properties")))
        ticket_id = text_of(answer, "threadAssociations", "associatedTicketId")
        return replace(thin.ticket, external_id=ticket_id or thin.ticket.external_id)


def ticket_path(ticket: str) -> str:
    """The path of a ticket in the CRM API."""
    return f"{TICKETS}/{path_part(ticket)}"


def credentials(token: SecretStr) -> Mapping[str, str]:
    """The header with an access token."""
    return {"authorization": f"Bearer {token.get_secret_value()}"}


def _one_of_many(
    settings: HelpdeskApiSettings, request: IncomingRequest, event: dict[str, Any]
) -> Event:
    """Read an event; ignore an unreadable one, for the sake of the others in its list."""
    try:
        return _event(settings, request, event)
    except Unreadable as error:
        return Ignored(str(error))


def _event(settings: HelpdeskApiSettings, request: IncomingRequest, event: dict[str, Any]) -> Event:
    object_id = text_of(event, "objectId")
    is_message = text_of(event, "subscriptionType") == _NEW_MESSAGE
    if not (is_message or _is_new_ticket(event) or _is_change(event)):
        return Ignored("the event is no new ticket, no new message and no change of a state")
    if text_of(event, "messageType") not in (None, "MESSAGE"):
        return Ignored("the message is an internal comment")
    if object_id is None:
        raise Unreadable(
            "An event has no 'objectId'. Point a HubSpot app's webhooks here, unchanged."
        )
    # Check author and hops now, before the ticket is fetched; the id stands in for its text.
    probe = Ticket(object_id, Channel.API, text=object_id)
    author = (text_of(event, "sourceId") or "").removeprefix("userId:")
    taken = accept_ticket(probe, request.headers, settings.own_user, [author])
    return taken if isinstance(taken, Ignored) else _thin(event, object_id)


def _is_new_ticket(event: dict[str, Any]) -> bool:
    kind, object_type = text_of(event, "subscriptionType"), text_of(event, "objectTypeId")
    return kind == "ticket.creation" or (kind == "object.creation" and object_type == _TICKET_TYPE)


def _is_change(event: dict[str, Any]) -> bool:
    """True for a change of a ticket's pipeline, stage or owner."""
    kind, object_type = text_of(event, "subscriptionType"), text_of(event, "objectTypeId")
    is_tickets = kind == "ticket.propertyChange" or (
        kind == "object.propertyChange" and object_type == _TICKET_TYPE
    )
    return is_tickets and text_of(event, "propertyName") in _STATE.split(",")


def _thin(event: dict[str, Any], object_id: str) -> Event:
    known, message_id = {"ticket": object_id}, text_of(event, "messageId")
    if _is_change(event):
        changed_at = text_of(event, "occurredAt") or ""
        known = {**known, "changed_at": changed_at, "who": text_of(event, "sourceId") or ""}
    elif not _is_new_ticket(event):
        if message_id is None:
            return Ignored("the event names no message")
        known = {"thread": object_id, "message": message_id}
    # The ids of events are unique only within a portal, and even there HubSpot promises nothing.
    # Two messages of a thread, or two changes of a ticket, may have one id.
    parts = [text_of(event, "eventId"), object_id, message_id]
    if "changed_at" in known:
        parts += [text_of(event, "propertyName"), known["changed_at"]]
    number = "-".join(part for part in parts if part)
    portal = text_of(event, "portalId")
    return Thin(f"{portal}-{number}" if portal else number, known)


def _place(known: Mapping[str, str]) -> str:
    if "contact" in known:
        return f"/crm/v3/objects/contacts/{path_part(known['contact'])}?properties={_CONTACT}"
    if "stage" in known:
        pipeline, stage = path_part(known.get("pipeline")), path_part(known["stage"])
        return f"/crm/v3/pipelines/tickets/{pipeline}/stages/{stage}"
    if "changed_at" in known:
        return f"{ticket_path(known.get('ticket', ''))}?properties={_STATE}"
    if "ticket" in known:
        return f"{ticket_path(known['ticket'])}?properties={_TICKET}&associations=contacts"
    thread = f"/conversations/v3/conversations/threads/{path_part(known.get('thread'))}"
    message = known.get("message")
    return f"{thread}/messages/{path_part(message)}" if message else f"{thread}?association=TICKET"


def _of_ticket(settings: HelpdeskApiSettings, thin: Thin, answer: Any) -> Event:
    said = value_at(answer, "properties")
    created = parse_time(value_at(said, "createdate")) or parse_time(value_at(answer, "createdAt"))
    ticket = Ticket(
        external_id=thin.known.get("ticket", ""),
        channel=channel_of(text_of(said, "source_type"), _CHANNELS, Channel.API),
        text=text_of(said, "content") or "",
        subject=text_of(said, "subject"),
        received_at=created,
        delivery_key=thin.key,
        # The addresses of the files that came by a form, with semicolons between them.
        attachments=files_of((text_of(said, "hs_file_upload") or "").replace(";", "\n")),
    )
    taken = accept_ticket(ticket, {}, settings.own_user)
    contacts = list_at(answer, "associations", "contacts", "results")
    contact_id = text_of(next(iter(contacts), None), "id")
    if isinstance(taken, Ignored) or contact_id is None:
        return taken
    return Thin(thin.key, {"contact": contact_id}, taken)


def _of_message(settings: HelpdeskApiSettings, thin: Thin, answer: Any) -> Event:
    sender = next(iter(list_at(answer, "senders")), None)
    if text_of(answer, "type") not in (None, "MESSAGE"):
        return Ignored("the message is an internal comment")
    if text_of(answer, "direction") not in (None, "INCOMING"):
        return _outgoing(settings, thin, answer, sender)
    address, thread = text_of(sender, "deliveryIdentifier", "value"), thin.known.get("thread", "")
    is_mail = text_of(sender, "deliveryIdentifier", "type") == "HS_EMAIL_ADDRESS"
    ticket = Ticket(
        external_id=THREAD + thread,
        channel=Channel.EMAIL if is_mail else Channel.CHAT,
        text=text_of(answer, "text") or "",
        html=text_of(answer, "richText"),
        subject=text_of(answer, "subject"),
        contact=_sender_contact(text_of(sender, "name"), address),
        received_at=parse_time(value_at(answer, "createdAt")),
        message_id=thin.known.get("message"),
        delivery_key=thin.key,
        attachments=files_of(list_at(answer, "attachments")),
        written_to=addresses_in(_recipients(answer)),
    )
    taken = accept_ticket(ticket, {}, settings.own_user, [text_of(sender, "actorId"), address])
    return taken if isinstance(taken, Ignored) else Thin(thin.key, {"thread": thread}, taken)


def _recipients(message: Any) -> list[Any]:
    return [value_at(one, "deliveryIdentifier") for one in list_at(message, "recipients")]


def _outgoing(settings: HelpdeskApiSettings, thin: Thin, answer: Any, sender: Any) -> Event:
    """An agent's answer, whose ticket its thread names; nothing for bots and the router itself."""
    actor, text = text_of(sender, "actorId") or "", text_of(answer, "text")
    if not actor.startswith(_AGENT) or is_own(text):
        return Ignored("no agent wrote the message")
    if is_own_user(settings.own_user, [actor, actor.removeprefix(_AGENT)]):
        return Ignored("the router's own user wrote it")
    known = {
        "thread": thin.known.get("thread", ""),
        "answered_at": text_of(answer, "createdAt") or "",
        "who": text_of(sender, "name") or actor,
    }
    return Thin(thin.key, known)


def _of_answer(thin: Thin, answer: Any) -> Event:
    known, ticket = thin.known, text_of(answer, "threadAssociations", "associatedTicketId")
    return TicketState(
        external_id=ticket or THREAD + known.get("thread", ""),
        at=parse_time(known["answered_at"]),
        answered=True,
        who=known.get("who") or None,
    )


def _of_change(thin: Thin, answer: Any) -> Event:
    """Ask for the stage next: the ticket only has its id."""
    said = value_at(answer, "properties")
    pipeline, stage, owner = (text_of(said, name) for name in _STATE.split(","))
    if pipeline is None or stage is None:
        return Ignored("the ticket is in no stage")
    place = {"pipeline": pipeline, "stage": stage, "owner": owner or ""}
    return Thin(thin.key, {**thin.known, **place})


def _of_stage(thin: Thin, answer: Any) -> Event:
    """The state. Owners and stages are groups alike, as in the settings of the destination."""
    known, state = thin.known, (text_of(answer, "metadata", "ticketState") or "").upper()
    is_waiting = (text_of(answer, "label") or "").casefold() == _WAITING
    owner = known.get("owner", "")
    place = f"{known.get('pipeline', '')}/{known['stage']}"
    return TicketState(
        external_id=known.get("ticket", ""),
        at=parse_time(known["changed_at"]),
        status="pending" if is_waiting else _STAGES.get(state),
        groups=(place, owner) if owner else (place,),
        owner=owner,
        who=known.get("who") or None,
    )


def _sender_contact(name: str | None, address: str | None) -> Contact:
    """The sender, whose address is an e-mail address or a phone number."""
    return Contact(name, address) if "@" in (address or "") else Contact(name, phone=address)


def _contact(said: Any) -> Contact:
    return Contact(
        full_name(text_of(said, "firstname"), text_of(said, "lastname")),
        text_of(said, "email"),
        first_text(said, "phone", "mobilephone"),
        text_of(said, "company"),
    )
