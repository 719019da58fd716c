"""Kind `freescout`: conversations by signed webhooks; mailboxes, tags and notes by its REST API.

Both need its module API & Webhooks. Facts: freescout.net/module/api-webhooks and api-docs.freescout.net.
"""

from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Attachment, Channel, Contact, Priority
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit import helpdesk
from inquiry_router.providers.kit.helpdesk import (
    Routed,
    UrlSettings,
    groups_in,
    json_request,
    number,
    path_part,
    require,
)
from inquiry_router.providers.kit.provider import Calls, Check, Group, Handover, Locate, Refused
from inquiry_router.providers.kit.reading import (
    MOST_PAGES,
    GuardedSettings,
    Read,
    customers_own,
    full_name,
    moment,
    value_at,
)
from inquiry_router.providers.kit.signatures import hmac_base64, same
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    IncomingRequest,
    Setup,
    SourceKind,
    Ticket,
    Unreadable,
    list_at,
    object_at,
    text_of,
)

_CREATED: Final = "convo.created"
_REPLIED: Final = "convo.customer.reply.created"
# FreeScout's list shows only active conversations unless it is asked for others.
_STATUSES: Final = ("active", "pending", "closed")


class FreeScoutSource(SourceKind[GuardedSettings]):
    """Conversations of FreeScout. It sends again up to ten times in two hours after anything but a 2xx."""

    kind = "freescout"
    title = "FreeScout"
    settings_model = GuardedSettings
    signs = "always"

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """Base64 of HMAC-SHA1 over the body; nothing says when."""
        return same(
            hmac_base64(secret, request.body, "sha1"), request.headers.get("x-freescout-signature")
        )

    def read(self, settings: GuardedSettings, request: IncomingRequest) -> Read:
        """A new conversation or a customer's reply. Sendings have no number: event, conversation and thread are the key."""
        event = request.headers.get("x-freescout-event", "")
        if not event:
            raise Unreadable(
                "The header X-FreeScout-Event is missing. Let the proxy in front of the router pass it on."
            )
        if event not in (_CREATED, _REPLIED):
            return (Ignored(f"{event} is neither a new conversation nor a customer's reply"),)
        body = request.json_object()
        conversation_id = text_of(body, "id")
        if conversation_id is None:
            raise Unreadable(
                "The body has no 'id'. Send webhooks of the module API & Webhooks unchanged to this address."
            )
        return (_conversation(settings, request.headers, event, body, conversation_id),)

    def setup(self, url: str) -> Setup:
        """One webhook with two events."""
        return Setup(
            pl=[
                "W FreeScout zainstaluj i włącz moduł „API & Webhooks”.",
                "Otwórz Zarządzaj » API & Webhooks i w części „Webhooks” wybierz „New Webhook”.",
                f"Wklej adres {url} i zaznacz zdarzenia convo.created oraz convo.customer.reply.created, nic więcej.",
                "Skopiuj „Secret Key” z tej samej strony i wpisz go jako secret źródła.",
                "Jako own_user źródła wpisz numer użytkownika FreeScout, w którego imieniu pisze router.",
                "Wyślij wiadomość na próbę: w źródle widać przyjęte zapytanie.",
            ],
            en=[
                "Install and activate the module 'API & Webhooks' in FreeScout.",
                "Open Manage » API & Webhooks and choose 'New Webhook' in the part 'Webhooks'.",
                f"Paste the address {url} and tick the events convo.created and convo.customer.reply.created, nothing else.",
                "Copy the 'Secret Key' of the same page and set it as the secret of the source.",
                "Set own_user of the source to the number of the FreeScout user in whose name the router writes.",
                "Send a message to try it: the source shows an inquiry.",
            ],
        )


class FreeScoutSettings(UrlSettings):
    """Where FreeScout stands, with which key and in whose name."""

    api_key: SecretStr = Field(
        description="The API key (Manage, API & Webhooks).",
        examples=["c2ba609c687a3425402b9d881e5075db"],
    )
    user: int = Field(
        ge=1,
        description="The number of the FreeScout user in whose name conversations are moved and noted.",
        examples=[33],
    )


class FreeScout:
    """Moves conversations between mailboxes; tags are kept and added to, and a note says why."""

    kind = "freescout"
    title = "FreeScout: mailbox, tags and a note"
    settings_model = FreeScoutSettings
    final = helpdesk.FINAL

    def url(self, settings: FreeScoutSettings) -> str | None:
        """Where FreeScout stands."""
        return settings.url

    def hand_over(self, settings: FreeScoutSettings, handover: Handover, at: datetime) -> Calls:
        """The move, then the tags, of which the API only takes the whole list, then the note."""
        routed = helpdesk.read_handover(settings, handover)
        if routed is None:
            return
        known = routed.ticket
        if known is None:
            earlier = (yield from _found(settings, routed)) if handover.repeated else None
            known = earlier or (yield from _made(settings, routed))
        conversation, headers = (
            f"{settings.url}/api/conversations/{path_part(known)}",
            _headers(settings),
        )
        if routed.group is not None:
            move = {"byUser": settings.user, "mailboxId": number(routed.group)}
            yield json_request("PUT", conversation, headers, move)
        shown = (yield json_request("GET", f"{conversation}?embed=threads,tags", headers)).json()
        tags = _tags(shown)
        missing = [tag for tag in _wanted_tags(routed) if tag not in tags]
        if missing:
            yield json_request("PUT", f"{conversation}/tags", headers, {"tags": [*tags, *missing]})
        notes = [
            text_of(one, "body")
            for one in list_at(shown, "_embedded", "threads")
            if text_of(one, "type") == "note"
        ]
        if handover.repeated and helpdesk.is_noted(routed, settings.note_language, notes):
            return
        note = {
            "type": "note",
            "text": helpdesk.note_html(routed, settings.note_language),
            "user": settings.user,
        }
        yield json_request("POST", f"{conversation}/threads", headers, note)

    def check(self, settings: FreeScoutSettings) -> Check:
        """Lists the mailboxes that the user may see."""
        groups: list[Group] = []
        for page in range(1, MOST_PAGES + 1):
            url = f"{settings.url}/api/mailboxes?userId={settings.user}&pageSize=100&page={page}"
            reply = yield json_request("GET", url, _headers(settings))
            require(reply, "_embedded", "mailboxes")
            groups += groups_in(list_at(reply.json(), "_embedded", "mailboxes"))
            pages = value_at(reply.json(), "page", "totalPages")
            if not isinstance(pages, int) or pages <= page:
                break
        return tuple(groups)

    def locate(self, settings: FreeScoutSettings, ticket: str) -> Locate:
        """The mailbox of the conversation."""
        found = yield from helpdesk.ticket_at(
            f"{settings.url}/api/conversations/{path_part(ticket)}", _headers(settings)
        )
        return text_of(found, "mailboxId")


def _headers(settings: FreeScoutSettings) -> Mapping[str, str]:
    return {"x-freescout-api-key": settings.api_key.get_secret_value()}


def _conversation(
    settings: GuardedSettings,
    headers: Mapping[str, str],
    event: str,
    body: dict[str, Any],
    conversation_id: str,
) -> Event:
    replied = event == _REPLIED
    thread = _thread(body, latest=replied)
    if thread is None and list_at(body, "_embedded", "threads"):
        return Ignored("no customer wrote it")
    if replied and text_of(thread, "id") is None:
        return Ignored("the reply does not say which one it is")
    made_by = object_at(thread, "createdBy")
    html = text_of(thread, "body") or text_of(body, "preview")
    ticket = Ticket(
        external_id=conversation_id,
        channel=_channel(body),
        html=html,
        subject=text_of(body, "subject"),
        contact=_contact(object_at(thread, "customer") or object_at(body, "customer")),
        received_at=moment(value_at(thread, "createdAt") or value_at(body, "createdAt")),
        message_id=text_of(thread, "id") if replied else None,
        delivery_key=" ".join((event, conversation_id, text_of(thread, "id") or "")).strip(),
        attachments=_attachments(thread),
    )
    if replied and html is None:
        return Ignored("the reply has no text")
    authors = (
        [text_of(made_by, "id"), text_of(made_by, "email")]
        if text_of(made_by, "type") == "user"
        else []
    )
    return customers_own(
        ticket, headers, settings.own_user, authors, [] if replied else _tags(body)
    )


def _thread(body: dict[str, Any], *, latest: bool) -> dict[str, Any] | None:
    """The customer's first or latest message, whatever the order they come in. A call is written down by an agent."""
    threads = [one for one in list_at(body, "_embedded", "threads") if isinstance(one, dict)]
    kinds = (
        ("customer", "message", "note")
        if text_of(body, "type") == "phone" and not latest
        else ("customer",)
    )
    found = [one for one in threads if text_of(one, "type") in kinds]
    numbered = sorted(found, key=_number)
    return (numbered[-1] if latest else numbered[0]) if numbered else None


def _number(thread: dict[str, Any]) -> int:
    value = thread.get("id")
    return value if isinstance(value, int) else 0


def _channel(body: dict[str, Any]) -> Channel:
    kind, source = text_of(body, "type"), text_of(body, "source", "type")
    if kind in ("phone", "chat"):
        return Channel(kind)
    if source == "api":
        return Channel.API
    return (
        Channel.FORM
        if source in ("web", "form") and text_of(body, "source", "via") == "customer"
        else Channel.EMAIL
    )


def _contact(customer: dict[str, Any]) -> Contact:
    phones = [*list_at(customer, "phones"), *list_at(customer, "_embedded", "phones")]
    listed = next((phone for one in phones if (phone := text_of(one, "value")) is not None), None)
    return Contact(
        name=full_name(text_of(customer, "firstName"), text_of(customer, "lastName")),
        email=text_of(customer, "email"),
        phone=text_of(customer, "phone") or listed,
        company=text_of(customer, "company"),
    )


def _attachments(thread: dict[str, Any] | None) -> tuple[Attachment, ...]:
    rows = list_at(thread, "_embedded", "attachments")
    named = [(name, row) for row in rows if (name := text_of(row, "fileName")) is not None]
    return tuple(
        Attachment(name, text_of(row, "mimeType") or "application/octet-stream", _size(row))
        for name, row in named
    )


def _size(row: Any) -> int:
    size = value_at(row, "size")
    return size if isinstance(size, int) and size > 0 else 0


def _tags(conversation: Any) -> list[str]:
    """The names of the tags, which FreeScout lists as objects and some versions as texts."""
    rows = [*list_at(conversation, "_embedded", "tags"), *list_at(conversation, "tags")]
    names = [text_of(row, "name") if isinstance(row, dict) else row for row in rows]
    return [name for name in names if isinstance(name, str) and name]


def _wanted_tags(routed: Routed) -> list[str]:
    """FreeScout knows no priorities, so what hurries is tagged."""
    hurried = [str(routed.priority)] if routed.priority in (Priority.HIGH, Priority.URGENT) else []
    return [*helpdesk.tags_of(routed), *hurried]


def _named(routed: Routed) -> str:
    """The subject of a conversation to be made. It ends with the reference, by which it is found again."""
    return f"{helpdesk.title_of(routed)} ({routed.reference})"


def _found(
    settings: FreeScoutSettings, routed: Routed
) -> Generator[OutgoingRequest, Reply, str | None]:
    for status in _STATUSES:
        url = f"{settings.url}/api/conversations?subject={quote(routed.reference, safe='')}&status={status}"
        reply = yield json_request("GET", url, _headers(settings))
        for row in list_at(reply.json(), "_embedded", "conversations"):
            if (text_of(row, "subject") or "").endswith(f"({routed.reference})"):
                return text_of(row, "id")
    return None


def _made(settings: FreeScoutSettings, routed: Routed) -> Generator[OutgoingRequest, Reply, str]:
    if routed.group is None:
        raise Refused(
            f"set the mailbox of the team '{routed.team}' in `groups`: a conversation cannot be made without one"
        )
    contact = routed.contact
    customer = {
        "email": contact.email,
        "phone": contact.phone,
        "firstName": contact.name and contact.name[:40],
    }
    known = {name: value for name, value in customer.items() if value} or {
        "firstName": routed.reference
    }
    conversation = {
        # Without an address FreeScout only takes a call.
        "type": "email" if contact.email else "phone",
        "mailboxId": number(routed.group),
        "subject": _named(routed),
        "customer": known,
        "threads": [
            {
                "type": "customer",
                "text": helpdesk.opening_html(routed, settings.note_language),
                "customer": known,
            }
        ],
    }
    reply = yield json_request(
        "POST", f"{settings.url}/api/conversations", _headers(settings), conversation
    )
    made = reply.headers.get("resource-id") or text_of(reply.json(), "id")
    if made is None:
        raise Refused("the answer has no Resource-ID: is this the address of FreeScout?")
    return made
