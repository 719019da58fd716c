"""Kind `chatwoot`: customers' messages by an account webhook, and teams, priorities, labels and private notes by its REST API.

Facts: chatwoot/chatwoot lib/webhooks/trigger.rb and app/presenters/conversations; Chatwoot's API reference.
"""

from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Channel, Contact, Priority
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
from inquiry_router.providers.kit.provider import Calls, Check, Handover, Locate, Refused
from inquiry_router.providers.kit.reading import (
    GuardedSettings,
    Read,
    channel_of,
    customers_own,
    moment,
    value_at,
)
from inquiry_router.providers.kit.signatures import hmac_hex, same, unix_time
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

_CHANNELS: Final = {
    "channel_email": Channel.EMAIL,
    "channel_api": Channel.API,
    "channel_voice": Channel.PHONE,
}
_INCOMING: Final = ("0", "incoming")
_PRIORITIES: Final = {
    Priority.LOW: "low",
    Priority.NORMAL: "medium",
    Priority.HIGH: "high",
    Priority.URGENT: "urgent",
}
# The custom attribute by which a conversation that the router made is found again.
_ATTRIBUTE: Final = "inquiry_router"


class ChatwootSource(SourceKind[GuardedSettings]):
    """Conversations of Chatwoot, which signs from 4.13 on where the webhook has a secret, waits 5 s and never repeats."""

    kind = "chatwoot"
    title = "Chatwoot"
    settings_model = GuardedSettings
    signs = "optional"
    # The one status beside 500 after which Chatwoot sends anything again, and that only to agent bots.
    retry_status = 429

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """`sha256=` and the HMAC-SHA256 of timestamp, dot and body in hexadecimal digits."""
        signed = request.headers.get("x-chatwoot-timestamp", "").encode() + b"." + request.body
        return same(
            "sha256=" + hmac_hex(secret, signed), request.headers.get("x-chatwoot-signature")
        )

    def signed_at(self, request: IncomingRequest) -> datetime | None:
        """Seconds since 1970."""
        return unix_time(request.headers.get("x-chatwoot-timestamp"))

    def read(self, settings: GuardedSettings, request: IncomingRequest) -> Read:
        """What a customer wrote, whether it opened the conversation or came later."""
        body = request.json_object()
        event = text_of(body, "event")
        if event == "conversation_created":
            messages = list_at(body, "messages")
            return (
                _message(settings, request, body, messages[0] if messages else None, is_first=True),
            )
        if event == "message_created":
            conversation = object_at(body, "conversation")
            begun, written = moment(conversation.get("created_at")), moment(body.get("created_at"))
            # A conversation begins with its first message; Chatwoot gives the time of one of them in whole seconds.
            is_first = (
                begun is not None
                and written is not None
                and int(begun.timestamp()) == int(written.timestamp())
            )
            return (_message(settings, request, conversation, body, is_first=is_first),)
        return (Ignored("the event is neither a new conversation nor a new message"),)

    def setup(self, url: str) -> Setup:
        """An account webhook."""
        return Setup(
            pl=[
                "W Chatwoot otwórz Ustawienia » Integracje » Webhooki i wybierz „Dodaj nowy webhook”.",
                f"Wklej adres {url}",
                "Zaznacz tylko zdarzenie „Wiadomość utworzona” (message_created) i zapisz.",
                "Jeżeli Chatwoot (od wersji 4.13) pokazuje klucz tajny webhooka, wpisz go jako secret źródła.",
                "Napisz na próbę jako klient: w źródle widać przyjęte zapytanie, a po chwili w rozmowie prywatną notatkę.",
            ],
            en=[
                "In Chatwoot open Settings » Integrations » Webhooks and choose 'Add new webhook'.",
                f"Paste the address {url}",
                "Tick only the event 'Message created' (message_created) and save.",
                "Where Chatwoot (from 4.13 on) shows a secret of the webhook, set it as the secret of the source.",
                "Write as a customer to try it: the source shows an inquiry, and soon the conversation a private note.",
            ],
        )


class ChatwootSettings(UrlSettings):
    """Where Chatwoot stands, whose key it is, and where new conversations go."""

    account: int = Field(
        ge=1,
        description="The number of the account, as in the addresses of its pages.",
        examples=[1],
    )
    api_token: SecretStr = Field(
        description="The access token of an agent or administrator (his profile settings show it).",
        examples=["aB3kT9vLmZfPzQ2n4sX8y0Lw"],
    )
    inbox: int | None = Field(
        None,
        ge=1,
        description="The number of the inbox in which conversations are made; needed with 'create'.",
        examples=[3],
    )


class Chatwoot:
    """Moves conversations: team, priority and labels one after the other, then a private note."""

    kind = "chatwoot"
    title = "Chatwoot: team, priority, labels and a private note"
    settings_model = ChatwootSettings
    final = helpdesk.FINAL

    def url(self, settings: ChatwootSettings) -> str | None:
        """The address of the company's Chatwoot."""
        return settings.url

    def hand_over(self, settings: ChatwootSettings, handover: Handover, at: datetime) -> Calls:
        """Everything but the note may be said twice, so the note comes last."""
        routed = helpdesk.read_handover(settings, handover)
        if routed is None:
            return
        headers = _credentials(settings)
        known = routed.ticket or (yield from _found_or_made(settings, headers, routed))
        conversation = f"{_account(settings)}/conversations/{path_part(known)}"
        if routed.group is not None:
            yield json_request(
                "POST", f"{conversation}/assignments", headers, {"team_id": number(routed.group)}
            )
        yield json_request(
            "POST",
            f"{conversation}/toggle_priority",
            headers,
            {"priority": _PRIORITIES[routed.priority]},
        )
        labels = (yield json_request("GET", f"{conversation}/labels", headers)).json()
        present = [label for label in list_at(labels, "payload") if isinstance(label, str)]
        missing = [tag for tag in helpdesk.tags_of(routed) if tag not in present]
        if missing:
            yield json_request(
                "POST", f"{conversation}/labels", headers, {"labels": present + missing}
            )
        if not (handover.repeated and (yield from _noted(settings, headers, conversation, routed))):
            message = {
                "content": _note(settings, routed),
                "message_type": "outgoing",
                "private": True,
            }
            yield json_request("POST", f"{conversation}/messages", headers, message)

    def check(self, settings: ChatwootSettings) -> Check:
        """Lists the teams."""
        reply = yield json_request("GET", f"{_account(settings)}/teams", _credentials(settings))
        if not isinstance(reply.json(), list):
            raise Refused(
                "the answer is no list of teams: check the address and the number of the account"
            )
        return tuple(groups_in(reply.json()))

    def locate(self, settings: ChatwootSettings, ticket: str) -> Locate:
        """The team that the conversation is assigned to."""
        url = f"{_account(settings)}/conversations/{path_part(ticket)}"
        found = yield from helpdesk.ticket_at(url, _credentials(settings))
        return text_of(found, "meta", "team", "id")


def _credentials(settings: ChatwootSettings) -> Mapping[str, str]:
    return {"api_access_token": settings.api_token.get_secret_value()}


def _account(settings: ChatwootSettings) -> str:
    return f"{settings.url}/api/v1/accounts/{settings.account}"


def _message(
    settings: GuardedSettings,
    request: IncomingRequest,
    conversation: dict[str, Any],
    message: Any,
    *,
    is_first: bool,
) -> Event:
    conversation_id = text_of(conversation, "id")
    if conversation_id is None:
        raise Unreadable(
            "The event has no id of a conversation. Point an account webhook of Chatwoot here, unchanged."
        )
    if text_of(message, "message_type") not in _INCOMING or value_at(message, "private") is True:
        return Ignored("the message is not a customer's")
    sender = object_at(message, "sender") or object_at(conversation, "meta", "sender")
    if text_of(sender, "type") in ("user", "agent_bot"):
        return Ignored("the message is an agent's or a bot's")
    ticket = Ticket(
        external_id=conversation_id,
        channel=channel_of(text_of(conversation, "channel"), _CHANNELS, Channel.CHAT),
        text=text_of(message, "content") or "",
        subject=text_of(conversation, "additional_attributes", "mail_subject"),
        contact=Contact(
            text_of(sender, "name"), text_of(sender, "email"), text_of(sender, "phone_number")
        ),
        received_at=moment(value_at(message, "created_at")),
        message_id=None if is_first else text_of(message, "id"),
        delivery_key=request.headers.get("x-chatwoot-delivery") or None,
    )
    labels = conversation.get("labels") if is_first else ()
    authors = [text_of(sender, "id"), text_of(sender, "email")]
    return customers_own(ticket, request.headers, settings.own_user, authors, labels)


def _note(settings: ChatwootSettings, routed: Routed) -> str:
    """Of a conversation that the router made, the note also has what the customer said: a public message might be sent to him."""
    lines = helpdesk.note_lines(routed, settings.note_language)
    if routed.ticket is None and routed.corrected_by is None:
        lines += ["", *helpdesk.opening_lines(routed, settings.note_language)[1:]]
    return "\n".join(lines)


def _noted(
    settings: ChatwootSettings, headers: Mapping[str, str], conversation: str, routed: Routed
) -> Generator[OutgoingRequest, Reply, bool]:
    rows = list_at(
        (yield json_request("GET", f"{conversation}/messages", headers)).json(), "payload"
    )
    return helpdesk.is_noted(
        routed, settings.note_language, [text_of(row, "content") for row in rows]
    )


def _found_or_made(
    settings: ChatwootSettings, headers: Mapping[str, str], routed: Routed
) -> Generator[OutgoingRequest, Reply, str]:
    if settings.inbox is None:
        raise Refused(
            "no inbox is set, and Chatwoot makes no conversation without one: add 'inbox' to the settings"
        )
    contact_id = yield from _contact_id(settings, headers, routed)
    contact = f"{_account(settings)}/contacts/{path_part(contact_id)}"
    name = helpdesk.external_id(routed)
    for row in list_at(
        (yield json_request("GET", f"{contact}/conversations", headers)).json(), "payload"
    ):
        found = text_of(row, "id")
        if found is not None and text_of(row, "custom_attributes", _ATTRIBUTE) == name:
            return found
    source_id = yield from _source_id(settings, headers, contact)
    made = {
        "source_id": source_id,
        "inbox_id": settings.inbox,
        "contact_id": number(contact_id),
        "status": "open",
        "custom_attributes": {_ATTRIBUTE: name},
    }
    reply = yield json_request("POST", f"{_account(settings)}/conversations", headers, made)
    return str(require(reply, "id"))


def _contact_id(
    settings: ChatwootSettings, headers: Mapping[str, str], routed: Routed
) -> Generator[OutgoingRequest, Reply, str]:
    """The contact with this address or phone, made where there is none."""
    contact, name = routed.contact, helpdesk.external_id(routed)
    wanted = contact.email or contact.phone or name
    search = f"{_account(settings)}/contacts/search?q={quote(wanted, safe='', errors='replace')}"
    for row in list_at((yield json_request("GET", search, headers)).json(), "payload"):
        said = [text_of(row, place) for place in ("email", "phone_number", "identifier")]
        found = text_of(row, "id")
        if found is not None and wanted.casefold() in [
            one.casefold() for one in said if one is not None
        ]:
            return found
    made: dict[str, Any] = {"inbox_id": settings.inbox, "name": contact.name or wanted}
    if contact.email:
        made["email"] = contact.email
    if contact.phone and contact.phone.startswith("+"):
        made["phone_number"] = contact.phone
    if wanted == name:
        made["identifier"] = name
    reply = yield json_request("POST", f"{_account(settings)}/contacts", headers, made)
    return str(require(reply, "payload", "contact", "id"))


def _source_id(
    settings: ChatwootSettings, headers: Mapping[str, str], contact: str
) -> Generator[OutgoingRequest, Reply, str]:
    """By what the contact is known in the inbox."""
    rows = list_at(
        (yield json_request("GET", contact, headers)).json(), "payload", "contact_inboxes"
    )
    for row in rows:
        found = text_of(row, "source_id")
        if found is not None and text_of(row, "inbox", "id") == str(settings.inbox):
            return found
    reply = yield json_request(
        "POST", f"{contact}/contact_inboxes", headers, {"inbox_id": settings.inbox}
    )
    return str(require(reply, "source_id"))
