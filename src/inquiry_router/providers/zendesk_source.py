"""Kind `zendesk` as a source: tickets and their states by an event webhook, or by triggers' JSON.

Facts: developer.zendesk.com (webhooks/verifying, webhooks/anatomy-of-a-webhook-request,
event-types/ticket-events, incremental exports) and support.zendesk.com (placeholders reference).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Attachment, Channel, Contact
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.notes import is_own
from inquiry_router.providers.kit.reading import (
    MAX_PAGES,
    HelpdeskApiSettings,
    Read,
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
    query_value,
)
from inquiry_router.providers.kit.seals import Seal, base64_of, hmac_seal
from inquiry_router.providers.kit.signatures import parse_iso_time
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    IncomingRequest,
    Listed,
    Poll,
    SourceKind,
    Thin,
    Ticket,
    list_at,
    object_at,
    text_of,
)
from inquiry_router.providers.zendesk_states import (
    SYSTEM,
    id_of_trigger,
    state_of_event,
    state_of_trigger,
    ticket_id_of,
)

_CHANNELS: Final = {
    "mail": Channel.EMAIL,
    "email": Channel.EMAIL,
    "voice": Channel.PHONE,
    "phone": Channel.PHONE,
    "phone_call_inbound": Channel.PHONE,
    "voicemail": Channel.PHONE,
    "chat": Channel.CHAT,
    "messaging": Channel.CHAT,
    "native_messaging": Channel.CHAT,
    "sms": Channel.CHAT,
    "whatsapp": Channel.CHAT,
    "facebook": Channel.CHAT,
    "twitter": Channel.CHAT,
    "any_channel": Channel.CHAT,
    "api": Channel.API,
}
_TICKET_CREATED: Final = "zen:event-type:ticket.created"
_MESSAGE_ADDED: Final = "zen:event-type:messaging_ticket.message_added"
_COMMENT_ADDED: Final = "zen:event-type:ticket.comment_added"
# Each of these shows the whole ticket.
_CHANGES: Final = (
    "zen:event-type:ticket.status_changed",
    "zen:event-type:ticket.custom_status_changed",
    "zen:event-type:ticket.group_assignment_changed",
    "zen:event-type:ticket.agent_assignment_changed",
)
# The events that a trigger's body may name beside the creation of a ticket.
_UPDATED: Final = ("ticket_updated", "ticket_answered")
_TEMPLATE: Final = (
    '{"source":"zendesk","event":"ticket_created","ticket_id":"{{ticket.id}}",'
    '"subject":"{{ticket.title}}",'
    '"description":"{{ticket.description}}","requester_name":"{{ticket.requester.name}}",'
    '"requester_email":"{{ticket.requester.email}}","requester_phone":"{{ticket.requester.phone}}",'
    '"via":"{{ticket.via}}",'
    '"attachments":"{% for file in ticket.latest_comment.attachments %}{{file.filename}}|'
    '{% endfor %}",'
    '"tags":"{{ticket.tags}}","author":"{{current_user.email}}","url":"{{ticket.url}}"}'
)


class ZendeskSourceSettings(HelpdeskApiSettings):
    """The access to the API, for requesters' names and missed tickets."""

    api_user: str | None = Field(
        None,
        max_length=200,
        description="The e-mail address of the API token's user; null for an OAuth token.",
        examples=["router@acme.example.com"],
    )


class ZendeskSource(SourceKind[ZendeskSourceSettings]):
    """Tickets of Zendesk, which retries after a 503 with a Retry-After below 60 s."""

    kind = "zendesk"
    setup_texts: ClassVar[Mapping[str, str]] = {"template": _TEMPLATE}
    title = "Zendesk"
    settings_model = ZendeskSourceSettings
    signs = "always"
    polls = True
    tells_states = "webhook"

    def seals(self, secret: str, request: IncomingRequest) -> tuple[Seal, ...]:
        """The HMAC-SHA256 of timestamp and body in base64, with the undecoded secret."""
        given = request.headers.get("x-zendesk-webhook-signature")
        before = request.headers.get("x-zendesk-webhook-signature-timestamp", "").encode()
        return (hmac_seal(secret, given, base64_of, before=before),)

    def signed_at(self, request: IncomingRequest) -> datetime | None:
        """Read the signed timestamp header."""
        return parse_iso_time(request.headers.get("x-zendesk-webhook-signature-timestamp"))

    def read(self, settings: ZendeskSourceSettings, request: IncomingRequest) -> Read:
        """Read a new ticket, a customer's message, or a state.

        The id of the event or of the invocation is the delivery key.
        """
        body = request.json_object()
        kind = text_of(body, "type") or ""
        if not kind.startswith("zen:"):
            return (_from_trigger(settings, request, body),)
        if kind == _TICKET_CREATED:
            return (_from_event(settings, request, body),)
        if kind == _MESSAGE_ADDED:
            return (_from_message(settings, request, body),)
        if kind == _COMMENT_ADDED:
            return (_from_comment(settings, request, body),)
        if kind in _CHANGES:
            actor = text_of(body, "detail", "actor_id")
            return (state_of_event(settings, body, actor, None, answered=False),)
        return (Ignored(f"{kind} is neither a ticket, nor a message, nor a state"),)

    def fetch(self, settings: ZendeskSourceSettings, thin: Thin) -> OutgoingRequest | None:
        """Ask for the requester, who is only an id in an event, then for the files."""
        if settings.api_url is None or settings.api_token is None:
            return None
        if (ticket := thin.known.get("comments_of")) is not None:
            order = "desc" if "comment" in thin.known else "asc"
            place = f"tickets/{path_part(ticket)}/comments.json?sort_order={order}"
        else:
            place = f"users/{path_part(thin.known.get('requester'))}.json"
        url = f"{settings.api_url}/api/v2/{place}"
        return json_request("GET", url, credentials(settings.api_user, settings.api_token))

    def fetched(self, settings: ZendeskSourceSettings, thin: Thin, reply: Reply) -> Event:
        """Add the requester's name, address and phone, and the names of the files."""
        if thin.ticket is None:
            return Ignored("the event named no ticket")
        if "comments_of" in thin.known:
            return replace(thin.ticket, attachments=_files(thin, list_at(reply.json(), "comments")))
        ticket = replace(thin.ticket, contact=_contact(object_at(reply.json(), "user")))
        comment = {"comment": ticket.message_id} if ticket.message_id is not None else {}
        return Thin(thin.key, {"comments_of": ticket.external_id, **comment}, ticket)

    def rest_of_listed(self, ticket: Ticket) -> Thin:
        """The comments, of which the first has the files of the ticket."""
        return Thin(ticket.external_id, {"comments_of": ticket.external_id}, ticket)

    def poll(self, settings: ZendeskSourceSettings, since: datetime) -> Poll:
        """Read the incremental export by cursor, which includes the requesters."""
        tickets: list[Ticket] = []
        query = f"start_time={int(since.timestamp())}"
        if settings.api_url is None or settings.api_token is None:
            return Listed()
        headers = credentials(settings.api_user, settings.api_token)
        for _ in range(MAX_PAGES):
            url = f"{settings.api_url}/api/v2/incremental/tickets/cursor.json?{query}&include=users"
            page = (yield json_request("GET", url, headers)).json()
            tickets += _listed(settings, page, since)
            cursor = text_of(page, "after_cursor")
            if cursor is None or value_at(page, "end_of_stream") is not False:
                return Listed(tickets)
            query = f"cursor={query_value(cursor)}"
        # The order is that of changes, so there is no moment up to which all was read.
        return Listed(tickets, to_the_end=False)


def credentials(user: str | None, token: SecretStr) -> Mapping[str, str]:
    """An API token with its user, or an OAuth token, as the header of each request."""
    if user is None:
        return {"authorization": f"Bearer {token.get_secret_value()}"}
    return basic_credentials(f"{user}/token", token.get_secret_value())


def _from_trigger(
    settings: ZendeskSourceSettings, request: IncomingRequest, body: dict[str, Any]
) -> Event:
    event = text_of(body, "event")
    if event in _UPDATED:
        return state_of_trigger(settings, body, answered=event == "ticket_answered")
    if event not in (None, "ticket_created"):
        return Ignored("the trigger says that it is about something else than a new ticket")
    ticket = Ticket(
        external_id=id_of_trigger(body),
        channel=channel_of(text_of(body, "via"), _CHANNELS, Channel.FORM),
        text=text_of(body, "description") or "",
        subject=text_of(body, "subject"),
        contact=Contact(
            text_of(body, "requester_name"),
            text_of(body, "requester_email"),
            text_of(body, "requester_phone"),
        ),
        url=web_address(text_of(body, "url")),
        delivery_key=_invocation(request),
        attachments=files_of(body.get("attachments")),
        written_to=addresses_in(body.get("recipient")),
    )
    author = first_text(body, "author", "author_email")
    return accept_ticket(ticket, request.headers, settings.own_user, [author], body.get("tags"))


def _from_event(
    settings: ZendeskSourceSettings, request: IncomingRequest, body: dict[str, Any]
) -> Event:
    detail = object_at(body, "detail")
    ticket = _ticket(detail, ticket_id_of(body), Contact(), _key(request, body))
    authors = [text_of(detail, "actor_id"), text_of(detail, "submitter_id")]
    taken = accept_ticket(ticket, request.headers, settings.own_user, authors, detail.get("tags"))
    if detail.get("is_public") is False:
        return Ignored("the ticket is a private one of agents")
    if isinstance(taken, Ignored):
        return taken
    return _with_person(settings, request, body, taken, text_of(detail, "requester_id"))


def _with_person(
    settings: ZendeskSourceSettings,
    request: IncomingRequest,
    body: dict[str, Any],
    ticket: Ticket,
    person: str | None,
) -> Event:
    """The ticket with its author to be fetched, who is only an id in an event."""
    if person is None or settings.api_url is None or settings.api_token is None:
        return ticket
    return Thin(_key(request, body) or ticket.external_id, {"requester": person}, ticket)


def _files(thin: Thin, comments: list[Any]) -> tuple[Attachment, ...]:
    """The files of the comment that the event told of; of a new ticket's first one."""
    wanted = thin.known.get("comment")
    rows = (one for one in comments if wanted is None or text_of(one, "id") == wanted)
    return files_of(list_at(next(rows, None), "attachments"))


def _from_comment(
    settings: ZendeskSourceSettings, request: IncomingRequest, body: dict[str, Any]
) -> Event:
    """A customer's comment, or the state of the ticket that an agent commented on."""
    detail, comment = object_at(body, "detail"), object_at(body, "event", "comment")
    author, text = object_at(comment, "author"), text_of(comment, "body") or ""
    author_id, is_public = text_of(author, "id"), comment.get("is_public") is True
    # The first comment is the description, and comes as an event of its own too.
    is_first = " ".join(text.split()) == " ".join((text_of(detail, "description") or "").split())
    if is_own(text):
        return Ignored("the router itself wrote it")
    if author.get("is_staff") is not False or not is_public:
        is_person = author.get("is_staff") is True and author_id not in (None, SYSTEM)
        answered = is_person and is_public and not is_first
        return state_of_event(settings, body, author_id, text_of(author, "name"), answered=answered)
    ticket = replace(
        _ticket(detail, ticket_id_of(body), Contact(text_of(author, "name")), _key(request, body)),
        text=text,
        received_at=parse_time(body.get("time")),
        message_id=None if is_first else text_of(comment, "id") or _key(request, body),
    )
    taken = accept_ticket(ticket, request.headers, settings.own_user, [author_id])
    if isinstance(taken, Ignored):
        return taken
    return _with_person(settings, request, body, taken, author_id)


def _from_message(
    settings: ZendeskSourceSettings, request: IncomingRequest, body: dict[str, Any]
) -> Event:
    actor, message = object_at(body, "event", "actor"), object_at(body, "event", "message")
    kind, actor_id = text_of(actor, "type"), text_of(actor, "id")
    if kind == "agent" and text_of(message, "body"):
        return state_of_event(settings, body, actor_id, text_of(actor, "name"), answered=True)
    if kind != "end_user":
        return Ignored("the message is neither a customer's nor an agent's")
    ticket = Ticket(
        external_id=ticket_id_of(body),
        channel=Channel.CHAT,
        text=text_of(message, "body") or "",
        contact=Contact(name=text_of(actor, "name")),
        received_at=parse_time(body.get("time")),
        message_id=text_of(message, "id"),
        delivery_key=_key(request, body),
        attachments=files_of(list_at(message, "attachments")),
    )
    return accept_ticket(ticket, request.headers, settings.own_user, [actor_id])


def _ticket(detail: Any, ticket_id: str, contact: Contact, key: str | None) -> Ticket:
    return Ticket(
        external_id=ticket_id,
        channel=channel_of(text_of(detail, "via", "channel"), _CHANNELS, Channel.FORM),
        text=text_of(detail, "description") or "",
        subject=text_of(detail, "subject"),
        contact=contact,
        received_at=parse_time(value_at(detail, "created_at")),
        delivery_key=key,
        written_to=addresses_in(value_at(detail, "recipient")),
    )


def _invocation(request: IncomingRequest) -> str | None:
    return request.headers.get("x-zendesk-webhook-invocation-id") or None


def _key(request: IncomingRequest, body: dict[str, Any]) -> str | None:
    """The event's id, the same when Zendesk invokes a webhook twice for it."""
    return text_of(body, "id") or _invocation(request)


def _contact(user: Any) -> Contact:
    return Contact(text_of(user, "name"), text_of(user, "email"), text_of(user, "phone"))


def _listed(settings: ZendeskSourceSettings, page: Any, since: datetime) -> list[Ticket]:
    """The customers' new tickets on a page of the export, which lists all changed ones."""
    users = {text_of(user, "id"): _contact(user) for user in list_at(page, "users")}
    found: list[Ticket] = []
    for row in list_at(page, "tickets"):
        ticket_id, made = text_of(row, "id"), parse_time(value_at(row, "created_at"))
        if ticket_id is None or made is None or made < since:
            continue
        if value_at(row, "is_public") is False or text_of(row, "status") == "deleted":
            continue
        ticket = _ticket(row, ticket_id, users.get(text_of(row, "requester_id"), Contact()), None)
        taken = accept_ticket(
            ticket, {}, settings.own_user, [text_of(row, "submitter_id")], row.get("tags")
        )
        found += [taken] if isinstance(taken, Ticket) else []
    return found
