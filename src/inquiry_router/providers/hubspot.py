"""Kind `hubspot`: tickets and messages by thin events; stages, owners and notes by the CRM API.

Facts: developers.hubspot.com (webhooks, CRM and conversations API).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Channel, Contact, Priority
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.hubspot_signatures import is_signed_by_hubspot
from inquiry_router.providers.kit.helpdesk import RoutedInquiry, TicketHelpdesk, UrlSettings
from inquiry_router.providers.kit.notes import is_noted, mark, note_html, opening_text, title_of
from inquiry_router.providers.kit.provider import Calls, Check, Group, Locate, Refused
from inquiry_router.providers.kit.reading import (
    HelpdeskApiSettings,
    Read,
    accept_ticket,
    channel_of,
    first_text,
    full_name,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.requests import Exchange, json_request, path_part, require
from inquiry_router.providers.kit.signatures import parse_unix_time
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    IncomingRequest,
    SourceKind,
    Thin,
    Ticket,
    Unreadable,
    list_at,
    text_of,
)

_API: Final = "https://api.hubapi.com"
_TICKETS: Final = "/crm/v3/objects/tickets"
_CONTACTS: Final = "/crm/v3/objects/contacts"
_NOTES: Final = "/crm/v3/objects/notes"
_TICKET: Final = "subject,content,hs_pipeline,hs_pipeline_stage,hs_ticket_priority,source_type"
_CONTACT: Final = "firstname,lastname,email,phone,mobilephone,company"
_PLACE: Final = "hubspot_owner_id,hs_pipeline,hs_pipeline_stage"
_TICKET_TYPE: Final = "0-5"
_NEW_MESSAGE: Final = "conversation.newMessage"
_CHANNELS: Final = {
    "email": Channel.EMAIL,
    "form": Channel.FORM,
    "phone": Channel.PHONE,
    "chat": Channel.CHAT,
    "messenger": Channel.CHAT,
    "whatsapp": Channel.CHAT,
}
# The prefix of a conversation without a ticket. It is no ticket's id, as those are numbers.
_THREAD: Final = "thread-"
_PRIORITIES: Final = {
    Priority.LOW: "LOW",
    Priority.NORMAL: "MEDIUM",
    Priority.HIGH: "HIGH",
    Priority.URGENT: "HIGH",
}
_NOTE_OF_TICKET: Final = 228
_CONTACT_OF_TICKET: Final = 16
_FIRST_PLACE: Final = "0/1"
_MAX_NOTES: Final = 100


class HubSpotSource(SourceKind[HelpdeskApiSettings]):
    """Tickets and messages of HubSpot, which retries up to ten times, but not after 400 to 405."""

    kind = "hubspot"
    title = "HubSpot"
    settings_model = HelpdeskApiSettings
    signs = "always"

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """Verify the highest version of the signature that is present."""
        return is_signed_by_hubspot(secret, request)

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
        """Ask for what is missing: the ticket and its contact, or the message and its thread."""
        if settings.api_token is None:
            return None
        url = (settings.api_url or _API) + _place(thin.known)
        return json_request("GET", url, _credentials(settings.api_token))

    def fetched(self, settings: HelpdeskApiSettings, thin: Thin, reply: Reply) -> Event:
        """Read a ticket and its contact, or a message and the ticket of its thread."""
        answer, known = reply.json(), thin.known
        if thin.ticket is None:
            read = _of_message if "message" in known else _of_ticket
            return read(settings, thin, answer)
        if "contact" in known:
            return replace(thin.ticket, contact=_contact(value_at(answer, "properties")))
        ticket_id = text_of(answer, "threadAssociations", "associatedTicketId")
        return replace(thin.ticket, external_id=ticket_id or thin.ticket.external_id)


class HubSpotSettings(UrlSettings):
    """The token of a private app."""

    url: str = Field(_API, repr=False, description="The address of HubSpot's API.", examples=[_API])
    token: SecretStr = Field(
        description="The access token of a private app with the scopes tickets, contacts.read and "
        "owners.read.",
        examples=["pat-eu1-3f9c0d1e-0000-0000-0000-000000000000"],
    )


class HubSpot(TicketHelpdesk[HubSpotSettings]):
    """Moves tickets to a stage of a pipeline or to an owner, then adds a note."""

    kind = "hubspot"
    title = "HubSpot: pipeline stage or owner, priority and a note"
    settings_model = HubSpotSettings

    def headers(self, settings: HubSpotSettings) -> Mapping[str, str]:
        """The access token."""
        return _credentials(settings.token)

    def tell(self, settings: HubSpotSettings, inquiry: RoutedInquiry) -> Calls:
        """Refuse a conversation without a ticket: only tickets can be moved."""
        if inquiry.ticket is not None and inquiry.ticket.startswith(_THREAD):
            raise Refused(
                "the conversation has no ticket: let HubSpot create one for each conversation in "
                "the settings of the inbox"
            )
        yield from super().tell(settings, inquiry)

    def find_ticket(
        self, settings: HubSpotSettings, inquiry: RoutedInquiry
    ) -> Exchange[str | None]:
        """The ticket whose content begins with the mark: the search also finds quotations."""
        words = {
            "propertyName": "content",
            "operator": "CONTAINS_TOKEN",
            "value": inquiry.reference,
        }
        search = {"filterGroups": [{"filters": [words]}], "properties": ["content"], "limit": 20}
        found = (yield self.request(settings, "POST", f"{_TICKETS}/search", search)).json()
        begin = mark(inquiry.reference)
        for row in list_at(found, "results"):
            if (text_of(row, "properties", "content") or "").startswith(begin):
                return text_of(row, "id")
        return None

    def create_ticket(self, settings: HubSpotSettings, inquiry: RoutedInquiry) -> Exchange[str]:
        """Create a ticket, for the contact with the customer's address where there is one."""
        ticket: dict[str, Any] = {
            "properties": {
                "subject": title_of(inquiry),
                "content": opening_text(inquiry, settings.note_language),
                "hs_ticket_priority": _PRIORITIES[inquiry.priority],
                **_place_of(_FIRST_PLACE),
                **_place_of(inquiry.group),
            }
        }
        contact = yield from self._find_contact(settings, inquiry.contact.email)
        if contact is not None:
            ticket["associations"] = [_association(contact, _CONTACT_OF_TICKET)]
        reply = yield self.request(settings, "POST", _TICKETS, ticket)
        return str(require(reply, "id"))

    def move_ticket(self, settings: HubSpotSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Set the priority, and the stage or the owner."""
        priority = {"hs_ticket_priority": _PRIORITIES[inquiry.priority]}
        changes = {"properties": {**priority, **_place_of(inquiry.group)}}
        yield self.request(settings, "PATCH", _path(ticket), changes)

    def has_note(
        self, settings: HubSpotSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        """Look through the newest notes, which have the highest numbers."""
        path = f"{_path(ticket)}/associations/notes?limit=500"
        rows = list_at((yield self.request(settings, "GET", path)).json(), "results")
        ids = {found for row in rows if (found := first_text(row, "toObjectId", "id"))}
        if not ids:
            return False
        newest = sorted(ids, key=lambda one: (len(one), one))[-_MAX_NOTES:]
        wanted = {"properties": ["hs_note_body"], "inputs": [{"id": one} for one in newest]}
        answer = (yield self.request(settings, "POST", f"{_NOTES}/batch/read", wanted)).json()
        notes = [text_of(note, "properties", "hs_note_body") for note in list_at(answer, "results")]
        return is_noted(inquiry, settings.note_language, notes)

    def add_note(self, settings: HubSpotSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Add a note with the time of this attempt."""
        properties = {
            "hs_timestamp": inquiry.at.astimezone(UTC).isoformat(timespec="seconds"),
            "hs_note_body": note_html(inquiry, settings.note_language),
        }
        associations = [_association(ticket, _NOTE_OF_TICKET)]
        note = {"properties": properties, "associations": associations}
        yield self.request(settings, "POST", _NOTES, note)

    def check(self, settings: HubSpotSettings) -> Check:
        """List the stages of all pipelines, and the owners where the token may see them."""
        reply = yield self.request(settings, "GET", "/crm/v3/pipelines/tickets")
        require(reply, "results")
        stages = [
            group
            for pipeline in list_at(reply.json(), "results")
            for stage in list_at(pipeline, "stages")
            if (group := _stage(pipeline, stage)) is not None
        ]
        path, expected = "/crm/v3/owners?limit=500", frozenset({403})
        reply = yield self.request(settings, "GET", path, expected=expected)
        owners = [_owner(row) for row in list_at(reply.json(), "results")]
        return (*stages, *(owner for owner in owners if owner is not None))

    def locate(self, settings: HubSpotSettings, ticket: str) -> Locate:
        """The owner if the settings name them, else the stage; None for a mere conversation."""
        if ticket.startswith(_THREAD):
            return None
        found = yield from self.read_ticket(settings, f"{_path(ticket)}?properties={_PLACE}")
        owner, pipeline, stage = (text_of(found, "properties", name) for name in _PLACE.split(","))
        if owner in settings.groups.values():
            return owner
        return f"{pipeline}/{stage}" if pipeline and stage else None

    def _find_contact(self, settings: HubSpotSettings, email: str | None) -> Exchange[str | None]:
        if not email:
            return None
        path, expected = f"{_CONTACTS}/{path_part(email)}?idProperty=email", frozenset({404})
        reply = yield self.request(settings, "GET", path, expected=expected)
        return text_of(reply.json(), "id") if reply.status != 404 else None


def _stage(pipeline: Any, stage: Any) -> Group | None:
    pipeline_id, stage_id = text_of(pipeline, "id"), text_of(stage, "id")
    if pipeline_id is None or stage_id is None:
        return None
    names = text_of(pipeline, "label") or pipeline_id, text_of(stage, "label") or stage_id
    return Group(f"{pipeline_id}/{stage_id}", ": ".join(names))


def _owner(row: Any) -> Group | None:
    owner_id = text_of(row, "id")
    if owner_id is None:
        return None
    name = full_name(text_of(row, "firstName"), text_of(row, "lastName")) or text_of(row, "email")
    return Group(owner_id, name or owner_id)


def _path(ticket: str) -> str:
    return f"{_TICKETS}/{path_part(ticket)}"


def _credentials(token: SecretStr) -> Mapping[str, str]:
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
    if not _is_new_ticket(event) and text_of(event, "subscriptionType") != _NEW_MESSAGE:
        return Ignored("the event is neither a new ticket nor a new message")
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


def _thin(event: dict[str, Any], object_id: str) -> Event:
    known, message_id = {"ticket": object_id}, text_of(event, "messageId")
    if not _is_new_ticket(event):
        if message_id is None:
            return Ignored("the event names no message")
        known = {"thread": object_id, "message": message_id}
    # The ids of events are unique only within a portal.
    portal, number = text_of(event, "portalId"), text_of(event, "eventId") or object_id
    return Thin(f"{portal}-{number}" if portal else number, known)


def _place(known: Mapping[str, str]) -> str:
    if "contact" in known:
        return f"/crm/v3/objects/contacts/{path_part(known['contact'])}?properties={_CONTACT}"
    if "ticket" in known:
        return f"{_path(known['ticket'])}?properties={_TICKET}&associations=contacts"
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
    )
    taken = accept_ticket(ticket, {}, settings.own_user)
    contacts = list_at(answer, "associations", "contacts", "results")
    contact_id = text_of(next(iter(contacts), None), "id")
    if isinstance(taken, Ignored) or contact_id is None:
        return taken
    return Thin(thin.key, {"contact": contact_id}, taken)


def _of_message(settings: HelpdeskApiSettings, thin: Thin, answer: Any) -> Event:
    is_incoming = text_of(answer, "direction") in (None, "INCOMING")
    if not is_incoming or text_of(answer, "type") not in (None, "MESSAGE"):
        return Ignored("the message is not a customer's")
    sender = next(iter(list_at(answer, "senders")), None)
    address, thread = text_of(sender, "deliveryIdentifier", "value"), thin.known.get("thread", "")
    is_mail = text_of(sender, "deliveryIdentifier", "type") == "HS_EMAIL_ADDRESS"
    ticket = Ticket(
        external_id=_THREAD + thread,
        channel=Channel.EMAIL if is_mail else Channel.CHAT,
        text=text_of(answer, "text") or "",
        html=text_of(answer, "richText"),
        subject=text_of(answer, "subject"),
        contact=_sender_contact(text_of(sender, "name"), address),
        received_at=parse_time(value_at(answer, "createdAt")),
        message_id=thin.known.get("message"),
        delivery_key=thin.key,
    )
    taken = accept_ticket(ticket, {}, settings.own_user, [text_of(sender, "actorId"), address])
    return taken if isinstance(taken, Ignored) else Thin(thin.key, {"thread": thread}, taken)


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


def _place_of(group: str | None) -> dict[str, str]:
    """The properties of a group: `pipeline/stage`, or the number of an owner."""
    if group is None:
        return {}
    pipeline, slash, stage = group.partition("/")
    if not slash:
        return {"hubspot_owner_id": group}
    return {"hs_pipeline": pipeline, "hs_pipeline_stage": stage}


def _association(target: str, kind: int) -> dict[str, Any]:
    kinds = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind}]
    return {"to": {"id": target}, "types": kinds}
