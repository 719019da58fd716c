"""Kind `freescout`: conversations and states by signed webhooks; mailboxes and notes by REST.

Both need the module API & Webhooks.
Facts: freescout.net/module/api-webhooks and api-docs.freescout.net (a thread of the type
`message` is mailed).
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Channel, Contact, Priority
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.notes import (
    is_noted,
    note_html,
    opening_html,
    referenced_title_of,
    tags_of,
)
from inquiry_router.providers.kit.provider import Calls, Check, Group, Locate, Refused
from inquiry_router.providers.kit.reading import (
    MAX_PAGES,
    OwnUserSettings,
    Read,
    accept_state,
    accept_ticket,
    full_name,
    is_own_html,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.recipients import addresses_in
from inquiry_router.providers.kit.replies import PublicReply
from inquiry_router.providers.kit.requests import (
    ODD_OWNER,
    Exchange,
    groups_in,
    number,
    path_part,
    query_value,
    require,
)
from inquiry_router.providers.kit.routed import RoutedInquiry
from inquiry_router.providers.kit.seals import Seal, base64_of, hmac_seal
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    IncomingRequest,
    SourceKind,
    Ticket,
    TicketState,
    TicketStatus,
    Unreadable,
    list_at,
    object_at,
    text_of,
)

_CREATED: Final = "convo.created"
_REPLIED: Final = "convo.customer.reply.created"
_ANSWERED: Final = "convo.agent.reply.created"
_CHANGES: Final = (_ANSWERED, "convo.status", "convo.moved", "convo.assigned")
_STATES: Final[Mapping[str, TicketStatus]] = {
    "active": "open",
    "pending": "pending",
    "closed": "closed",
    "spam": "closed",
}
# The list shows only conversations of one status, by default the active ones.
_STATUSES: Final = ("active", "pending", "closed")
_MAX_NAME_CHARS: Final = 40


class FreeScoutSource(SourceKind[OwnUserSettings]):
    """Conversations of FreeScout, which retries up to ten times in two hours without a 2xx."""

    kind = "freescout"
    title = "FreeScout"
    settings_model = OwnUserSettings
    signs = "always"
    tells_states = "webhook"

    def seals(self, secret: str, request: IncomingRequest) -> tuple[Seal, ...]:
        """The HMAC-SHA1 of the body in base64; no time is signed."""
        given = request.headers.get("x-freescout-signature")
        return (hmac_seal(secret, given, base64_of, algorithm="sha1"),)

    def read(self, settings: OwnUserSettings, request: IncomingRequest) -> Read:
        """Read a new conversation, a reply or a state. Event, conversation, thread are the key."""
        event = request.headers.get("x-freescout-event", "")
        if not event:
            raise Unreadable(
                "The header X-FreeScout-Event is missing. Let the proxy in front of the router "
                "pass it on."
            )
        if event not in (_CREATED, _REPLIED, *_CHANGES):
            return (Ignored(f"{event} is no conversation, no customer's reply and no state"),)
        body = request.json_object()
        conversation_id = text_of(body, "id")
        if conversation_id is None:
            raise Unreadable(
                "The body has no 'id'. Send webhooks of the module API & Webhooks unchanged to "
                "this address."
            )
        if event in _CHANGES:
            return (_state(settings, event, body, conversation_id),)
        return (_conversation(settings, request.headers, event, body, conversation_id),)


class FreeScoutSettings(UrlSettings):
    """The address of FreeScout, an API key, and the acting user."""

    api_key: SecretStr = Field(
        description="The API key (Manage, API & Webhooks).",
        examples=["c2ba609c687a3425402b9d881e5075db"],
    )
    user: int = Field(
        ge=1,
        description="The number of the FreeScout user who moves and notes conversations.",
        examples=[33],
    )


class FreeScout(TicketHelpdesk[FreeScoutSettings]):
    """Moves conversations between mailboxes, adds to their tags, and says why in a note."""

    kind = "freescout"
    title = "FreeScout: mailbox, tags and a note"
    settings_model = FreeScoutSettings
    replies = True
    auto_reply = "Manage > Mailboxes > Auto Reply"

    def headers(self, settings: FreeScoutSettings) -> Mapping[str, str]:
        """The API key."""
        return {"x-freescout-api-key": settings.api_key.get_secret_value()}

    def find_ticket(
        self, settings: FreeScoutSettings, inquiry: RoutedInquiry
    ) -> Exchange[str | None]:
        """Search the subjects; the first attempt of the first decision need not."""
        if not inquiry.may_be_known:
            return None
        for status in _STATUSES:
            query = f"subject={query_value(inquiry.reference)}&status={status}"
            reply = yield self.request(settings, "GET", f"/api/conversations?{query}")
            for row in list_at(reply.json(), "_embedded", "conversations"):
                if (text_of(row, "subject") or "").endswith(f"({inquiry.reference})"):
                    return text_of(row, "id")
        return None

    def create_ticket(self, settings: FreeScoutSettings, inquiry: RoutedInquiry) -> Exchange[str]:
        """Create a conversation in the team's mailbox."""
        if inquiry.group is None:
            raise Refused(
                f"set the mailbox of the team '{inquiry.team}' in `groups`: a conversation cannot "
                "be created without one"
            )
        customer = _customer(inquiry)
        opening = opening_html(inquiry, settings.note_language)
        conversation = {
            # Without an address FreeScout only takes a call.
            "type": "email" if inquiry.contact.email else "phone",
            "mailboxId": number(inquiry.group),
            "subject": referenced_title_of(inquiry),
            "customer": customer,
            "threads": [{"type": "customer", "text": opening, "customer": customer}],
        }
        reply = yield self.request(settings, "POST", "/api/conversations", conversation)
        created = reply.headers.get("resource-id") or text_of(reply.json(), "id")
        if created is None:
            raise Refused("the answer has no Resource-ID: is this the address of FreeScout?")
        return created

    def move_and_note(
        self, settings: FreeScoutSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Calls:
        """Move the conversation, then add what it lacks of the tags and the note."""
        path = _path(ticket)
        if inquiry.group is not None:
            move = {"byUser": settings.user, "mailboxId": number(inquiry.group)}
            yield self.request(settings, "PUT", path, move)
        shown = (yield self.request(settings, "GET", f"{path}?embed=threads,tags")).json()
        tags = _tags(shown)
        missing = [tag for tag in _wanted_tags(inquiry) if tag not in tags]
        if missing:  # the API only takes the whole list
            yield self.request(settings, "PUT", f"{path}/tags", {"tags": [*tags, *missing]})
        if not (inquiry.repeated and is_noted(inquiry, settings.note_language, _notes(shown))):
            yield from self.add_note(settings, ticket, inquiry)

    def own_ticket(self, settings: FreeScoutSettings, ticket: str, owner: str) -> Calls:
        """Set the user, whom FreeScout takes by number only."""
        if owner.isdecimal():
            changes = {"byUser": settings.user, "assignTo": int(owner)}
            yield self.request(settings, "PUT", _path(ticket), changes, expected=ODD_OWNER)

    def open_ticket(self, settings: FreeScoutSettings, ticket: str) -> Calls:
        """Set the status."""
        opened = {"byUser": settings.user, "status": "active"}
        yield self.request(settings, "PUT", _path(ticket), opened)

    def has_note(
        self, settings: FreeScoutSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        """Look among the threads."""
        path = f"{_path(ticket)}?embed=threads"
        shown = (yield self.request(settings, "GET", path)).json()
        return is_noted(inquiry, settings.note_language, _notes(shown))

    def add_note(self, settings: FreeScoutSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Add a note."""
        text = note_html(inquiry, settings.note_language)
        note = {"type": "note", "text": text, "user": settings.user}
        yield self.request(settings, "POST", f"{_path(ticket)}/threads", note)

    def has_reply(
        self, settings: FreeScoutSettings, ticket: str, reply: PublicReply
    ) -> Exchange[bool]:
        """Look among the threads."""
        shown = (yield self.request(settings, "GET", f"{_path(ticket)}?embed=threads")).json()
        threads = list_at(shown, "_embedded", "threads")
        return reply.is_among(text_of(one, "body") for one in threads)

    def reply(
        self, settings: FreeScoutSettings, ticket: str, inquiry: RoutedInquiry, reply: PublicReply
    ) -> Calls:
        """Add a message of the router's user, which FreeScout mails to the customer."""
        said = {"type": "message", "text": reply.html, "user": settings.user}
        yield self.request(settings, "POST", f"{_path(ticket)}/threads", said)

    def check(self, settings: FreeScoutSettings) -> Check:
        """List the mailboxes that the user may see."""
        groups: list[Group] = []
        for page in range(1, MAX_PAGES + 1):
            query = f"userId={settings.user}&pageSize=100&page={page}"
            reply = yield self.request(settings, "GET", f"/api/mailboxes?{query}")
            require(reply, "_embedded", "mailboxes")
            groups += groups_in(list_at(reply.json(), "_embedded", "mailboxes"))
            pages = value_at(reply.json(), "page", "totalPages")
            if not isinstance(pages, int) or pages <= page:
                break
        return tuple(groups)

    def locate(self, settings: FreeScoutSettings, ticket: str) -> Locate:
        """The mailbox of the conversation."""
        found = yield from self.read_ticket(settings, _path(ticket))
        return text_of(found, "mailboxId")


def _path(ticket: str) -> str:
    return f"/api/conversations/{path_part(ticket)}"


def _conversation(
    settings: OwnUserSettings,
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
    html = text_of(thread, "body") or text_of(body, "preview")
    ticket = Ticket(
        external_id=conversation_id,
        channel=_channel(body),
        html=html,
        subject=text_of(body, "subject"),
        contact=_contact(object_at(thread, "customer") or object_at(body, "customer")),
        received_at=parse_time(value_at(thread, "createdAt") or value_at(body, "createdAt")),
        message_id=text_of(thread, "id") if replied else None,
        delivery_key=" ".join((event, conversation_id, text_of(thread, "id") or "")).strip(),
        attachments=files_of(list_at(thread, "_embedded", "attachments")),
        written_to=addresses_in(value_at(thread, "to"), value_at(thread, "cc")),
    )
    if replied and html is None and not ticket.attachments:
        return Ignored("the reply has neither a text nor a file")
    tags = [] if replied else _tags(body)
    return accept_ticket(ticket, headers, settings.own_user, _authors(thread), tags)


def _state(
    settings: OwnUserSettings, event: str, body: dict[str, Any], conversation_id: str
) -> TicketState | Ignored:
    """The conversation as it is now. Who acted is told by its newest thread, if that is the act."""
    threads = [one for one in list_at(body, "_embedded", "threads") if isinstance(one, dict)]
    newest = max(threads, key=_number, default={})
    is_reply = event == _ANSWERED and text_of(newest, "type") == "message"
    thread = newest if is_reply or text_of(newest, "type") == "lineitem" else {}
    mailbox, assignee = text_of(body, "mailboxId"), object_at(body, "assignee")
    author = object_at(thread, "createdBy")
    is_user = text_of(author, "type") == "user"
    state = TicketState(
        external_id=conversation_id,
        at=parse_time(body.get("updatedAt")) or parse_time(thread.get("createdAt")),
        status=_STATES.get(text_of(body, "status") or ""),
        groups=(mailbox,) if mailbox is not None else (),
        owner=_name(assignee) or "" if "assignee" in body else None,
        answered=is_reply and is_user and not is_own_html(text_of(thread, "body")),
        who=_name(author) if is_user else None,
    )
    return accept_state(state, settings.own_user, _authors(thread))


def _name(user: dict[str, Any]) -> str | None:
    name = full_name(text_of(user, "firstName"), text_of(user, "lastName"))
    return name or text_of(user, "email") or text_of(user, "id")


def _authors(thread: dict[str, Any] | None) -> list[str | None]:
    """The id and the address of the FreeScout user who wrote a message, if one did."""
    author = object_at(thread, "createdBy")
    is_user = text_of(author, "type") == "user"
    return [text_of(author, "id"), text_of(author, "email")] if is_user else []


def _thread(body: dict[str, Any], *, latest: bool) -> dict[str, Any] | None:
    """The customer's first or latest message, in any order; of a call, the agent's record."""
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


def _tags(conversation: Any) -> list[str]:
    """The names of the tags: objects, or in some versions texts."""
    rows = [*list_at(conversation, "_embedded", "tags"), *list_at(conversation, "tags")]
    names = [text_of(row, "name") if isinstance(row, dict) else row for row in rows]
    return [name for name in names if isinstance(name, str) and name]


def _notes(conversation: Any) -> list[str | None]:
    threads = list_at(conversation, "_embedded", "threads")
    return [text_of(one, "body") for one in threads if text_of(one, "type") == "note"]


def _wanted_tags(inquiry: RoutedInquiry) -> list[str]:
    """FreeScout has no priorities, so high ones become tags."""
    is_high = inquiry.priority in (Priority.HIGH, Priority.URGENT)
    return [*tags_of(inquiry), str(inquiry.priority)] if is_high else tags_of(inquiry)


def _customer(inquiry: RoutedInquiry) -> dict[str, str]:
    contact = inquiry.contact
    customer = {
        "email": contact.email,
        "phone": contact.phone,
        "firstName": contact.name and contact.name[:_MAX_NAME_CHARS],
    }
    known = {name: value for name, value in customer.items() if value}
    return known or {"firstName": inquiry.reference}
