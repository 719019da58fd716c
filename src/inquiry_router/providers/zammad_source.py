"""Kind `zammad` as a source: tickets and their states by a trigger's webhook, and by its search.

Facts: admin-docs.zammad.org (manage/webhook, manage/trigger), docs.zammad.org (api), and
zammad/zammad `app/jobs/trigger_webhook_job.rb`, `record_payload/`, `db/seeds/ticket_states.rb`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import SecretStr

from inquiry_router.inquiry.model import Attachment, Channel, Contact
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.notes import is_own
from inquiry_router.providers.kit.reading import (
    MAX_PAGES,
    HelpdeskApiSettings,
    Read,
    accept_state,
    accept_ticket,
    channel_of,
    first_text,
    full_name,
    is_own_html,
    name_and_address,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.recipients import addresses_in
from inquiry_router.providers.kit.requests import (
    Exchange,
    json_request,
    path_part,
    query_value,
)
from inquiry_router.providers.kit.seals import Seal, hex_of, hmac_seal
from inquiry_router.providers.kit.source import (
    Ignored,
    IncomingRequest,
    Listed,
    Poll,
    SourceKind,
    Ticket,
    TicketState,
    TicketStatus,
    Unreadable,
    list_at,
    object_at,
    text_of,
)

_CHANNELS: Final = {
    "email": Channel.EMAIL,
    "phone": Channel.PHONE,
    "web": Channel.FORM,
    "chat": Channel.CHAT,
    "sms": Channel.CHAT,
    "twitter_status": Channel.CHAT,
    "twitter_direct_message": Channel.CHAT,
    "facebook_feed_post": Channel.CHAT,
    "facebook_feed_comment": Channel.CHAT,
    "telegram_personal_message": Channel.CHAT,
    "whatsapp_message": Channel.CHAT,
    "note": Channel.API,
}
# The states of a new installation; of others nothing is known but that `pending` ones wait.
_STATUSES: Final[Mapping[str, TicketStatus]] = {
    "new": "open",
    "open": "open",
    "pending reminder": "pending",
    "pending close": "pending",
    "closed": "closed",
    "merged": "closed",
    "removed": "closed",
}
# The user by whose name Zammad calls nobody, and itself.
_SYSTEM: Final = "1"
_PAGE: Final = 50
# Each missed ticket takes a request of its own.
_MAX_MISSED: Final = 500


class ZammadSource(SourceKind[HelpdeskApiSettings]):
    """Tickets of Zammad. It signs if the webhook has a token, and retries four times in 100 s."""

    kind = "zammad"
    title = "Zammad"
    settings_model = HelpdeskApiSettings
    signs = "optional"
    polls = True
    tells_states = "webhook"

    def seals(self, secret: str, request: IncomingRequest) -> tuple[Seal, ...]:
        """`sha1=` and the hexadecimal HMAC-SHA1 of the body."""
        given = request.headers.get("x-hub-signature")
        return (hmac_seal(secret, given, hex_of, algorithm="sha1", prefix="sha1="),)

    def read(self, settings: HelpdeskApiSettings, request: IncomingRequest) -> Read:
        """Read a ticket with the customer's first or later article, or else its state."""
        body = request.json_object()
        ticket, article = object_at(body, "ticket"), object_at(body, "article")
        ticket_id = text_of(ticket, "id")
        if ticket_id is None:
            raise Unreadable(
                "The body has no 'ticket.id'. Switch the webhook's custom payload off, or put "
                '"ticket" into it.'
            )
        if not article and "article" in body:  # as of a change that came without one
            return (_state(settings, ticket, article),)
        why = _not_a_customers(article)
        if why is not None:
            is_new = _is_first(ticket, text_of(article, "id"))
            return (Ignored(why) if is_new else _state(settings, ticket, article),)
        key = request.headers.get("x-zammad-delivery") or None
        found = _ticket(settings, ticket, article, _customer(ticket), key)
        authors = [text_of(article, "created_by", name) for name in ("id", "email", "login")]
        tags = ticket.get("tags")
        return (accept_ticket(found, request.headers, settings.own_user, authors, tags),)

    def poll(self, settings: HelpdeskApiSettings, since: datetime) -> Poll:
        """Search for tickets created since then, oldest first, and read their first articles."""
        tickets: list[Ticket] = []
        if settings.api_url is None or settings.api_token is None:
            return Listed()
        headers = credentials(settings.api_token)
        new = query_value(f"created_at:[{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} TO *]")
        query = f"query={new}&expand=true&sort_by=created_at&order_by=asc"
        asked, until = 0, since
        for page in range(1, MAX_PAGES + 1):
            search = f"{query}&per_page={_PAGE}&limit={_PAGE}&page={page}"
            url = f"{settings.api_url}/api/v1/tickets/search?{search}"
            found = (yield json_request("GET", url, headers)).json()
            rows = found if isinstance(found, list) else []
            for row in rows:
                made, ticket_id = parse_time(value_at(row, "created_at")), text_of(row, "id")
                if ticket_id is None or made is None or made < since:
                    continue
                until = made
                if asked == _MAX_MISSED:
                    return Listed(tickets, to_the_end=False, until=until)
                asked += 1
                articles = yield from list_articles(settings.api_url, headers, ticket_id)
                tickets += _listed(settings, row, articles)
            if len(rows) < _PAGE:
                return Listed(tickets)
        return Listed(tickets, to_the_end=False, until=until)


def credentials(token: SecretStr) -> Mapping[str, str]:
    """The access token, as the header of each request."""
    return {"authorization": f"Token token={token.get_secret_value()}"}


def _not_a_customers(article: dict[str, Any]) -> str | None:
    if article.get("internal") is True:
        return "the article is internal"
    if text_of(article, "sender") not in (None, "Customer"):
        return "the article is not a customer's"
    return None


def _state(
    settings: HelpdeskApiSettings, ticket: dict[str, Any], article: dict[str, Any]
) -> TicketState | Ignored:
    """The ticket's state. Its article is the one that came with the change, or none did."""
    if is_own(text_of(article, "body")) or is_own_html(text_of(article, "body")):
        return Ignored("the router itself wrote it")
    actor = object_at(article, "created_by") or object_at(ticket, "updated_by")
    state = text_of(ticket, "state", "name") or text_of(ticket, "state") or ""
    groups = text_of(ticket, "group", "id"), text_of(ticket, "group", "name")
    told = TicketState(
        external_id=text_of(ticket, "id") or "",
        at=parse_time(ticket.get("updated_at")) or parse_time(article.get("created_at")),
        status=_STATUSES.get(state.casefold()),
        groups=tuple(group for group in groups if group is not None),
        owner=_owner(ticket),
        answered=_is_answer(article),
        who=_person(actor) if text_of(actor, "id") != _SYSTEM else None,
    )
    authors = [text_of(actor, name) for name in ("id", "email", "login")]
    return accept_state(told, settings.own_user, authors)


def _is_answer(article: dict[str, Any]) -> bool:
    """True for an agent's mail, call or chat. Zammad itself counts no note as a first response."""
    if article.get("internal") is not False or text_of(article, "sender") != "Agent":
        return False
    return text_of(article, "type") not in (None, "note")


def _owner(ticket: dict[str, Any]) -> str | None:
    owner_id = text_of(ticket, "owner_id") or text_of(ticket, "owner", "id")
    if owner_id is None:
        return None
    return "" if owner_id == _SYSTEM else _person(object_at(ticket, "owner")) or owner_id


def _person(user: dict[str, Any]) -> str | None:
    name = full_name(text_of(user, "firstname"), text_of(user, "lastname"))
    return name or first_text(user, "email", "login", "id")


def _ticket(
    settings: HelpdeskApiSettings,
    ticket: Mapping[str, Any],
    article: Mapping[str, Any],
    contact: Contact,
    key: str | None,
) -> Ticket:
    """Build the ticket. The caller has made sure that it has an id."""
    ticket_id, article_id = text_of(ticket, "id") or "", text_of(article, "id")
    first = not article or article_id is None or _is_first(ticket, article_id)
    body, is_html = text_of(article, "body"), "html" in (text_of(article, "content_type") or "")
    kind = (text_of(ticket, "create_article_type") if first else None) or text_of(article, "type")
    return Ticket(
        external_id=ticket_id,
        channel=channel_of(kind, _CHANNELS, Channel.EMAIL),
        text="" if is_html else body or "",
        html=body if is_html else None,
        subject=text_of(ticket, "title"),
        contact=contact,
        url=f"{settings.api_url}/#ticket/zoom/{query_value(ticket_id)}"
        if settings.api_url
        else None,
        received_at=parse_time(value_at(article, "created_at"))
        or parse_time(ticket.get("created_at")),
        message_id=None if first else article_id,
        delivery_key=key,
        attachments=_attachments(article),
        written_to=addresses_in(article.get("to"), article.get("cc")),
        headers=_headers(article),
    )


def _headers(article: Mapping[str, Any]) -> Mapping[str, str]:
    """The headers that Zammad saw: it marks mail of programs and lists, not only of machines."""
    marked = value_at(article, "preferences", "is-auto-response") is True
    return {"auto-submitted": "auto-generated"} if marked else {}


def _attachments(article: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """The attached files, without logos that the text shows by itself."""
    return files_of(
        [
            {
                "name": text_of(row, "filename"),
                "type": text_of(row, "preferences", "Content-Type"),
                "size": text_of(row, "size"),
                "inline": text_of(row, "preferences", "Content-Disposition") == "inline",
            }
            for row in list_at(article, "attachments")
        ]
    )


def _is_first(ticket: Mapping[str, Any], article_id: str | None) -> bool:
    """True for the first article: they are listed in the order of creation."""
    ids = list_at(ticket, "article_ids")
    return text_of(ticket, "article_count") == "1" or (
        bool(ids) and text_of({"id": ids[0]}, "id") == article_id
    )


def _customer(ticket: dict[str, Any]) -> Contact:
    """The customer, who need not be the ticket's author: an agent creates one for a call."""
    customer = object_at(ticket, "customer")
    return Contact(
        full_name(text_of(customer, "firstname"), text_of(customer, "lastname")),
        text_of(customer, "email"),
        first_text(customer, "phone", "mobile"),
        text_of(ticket, "organization", "name") or text_of(customer, "organization"),
    )


def _listed(
    settings: HelpdeskApiSettings, row: dict[str, Any], articles: list[dict[str, Any]]
) -> list[Ticket]:
    first = articles[0] if articles else {}
    if _not_a_customers(first) is not None:
        return []
    name, address = name_and_address(text_of(first, "from") or "")
    contact = Contact(
        name or None, address if "@" in address else None, None, text_of(row, "organization")
    )
    ticket = _ticket(settings, {**row, "article_count": 1}, first, contact, None)
    authors = [text_of(first, "created_by"), text_of(first, "created_by_id")]
    taken = accept_ticket(ticket, {}, settings.own_user, authors)
    return [taken] if isinstance(taken, Ticket) else []


def list_articles(
    url: str, headers: Mapping[str, str], ticket: str
) -> Exchange[list[dict[str, Any]]]:
    """The articles of a ticket, the oldest first."""
    address = f"{url}/api/v1/ticket_articles/by_ticket/{path_part(ticket)}"
    rows = (yield json_request("GET", address, headers)).json()
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
