"""Kind `zammad`: tickets by a trigger's webhook; groups, priorities and notes by REST.

Facts: admin-docs.zammad.org (manage/webhook), docs.zammad.org (api), and zammad/zammad
`app/jobs/trigger_webhook_job.rb`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Channel, Contact, Priority
from inquiry_router.providers.kit.helpdesk import (
    RoutedInquiry,
    TicketHelpdesk,
    UrlSettings,
    group_named,
)
from inquiry_router.providers.kit.notes import (
    TAG,
    is_noted,
    mark,
    note_text,
    opening_text,
    tags_of,
    title_of,
)
from inquiry_router.providers.kit.provider import Calls, Check, Locate, Refused
from inquiry_router.providers.kit.reading import (
    MAX_PAGES,
    HelpdeskApiSettings,
    Read,
    accept_ticket,
    channel_of,
    first_text,
    full_name,
    name_and_address,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.requests import (
    Exchange,
    groups_in,
    json_request,
    number,
    path_part,
    query_value,
    require,
)
from inquiry_router.providers.kit.signatures import hmac_hex, same
from inquiry_router.providers.kit.source import (
    Ignored,
    IncomingRequest,
    Listed,
    Poll,
    SourceKind,
    Ticket,
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
_PRIORITIES: Final = {
    Priority.LOW: "1 low",
    Priority.NORMAL: "2 normal",
    Priority.HIGH: "3 high",
    Priority.URGENT: "3 high",
}
_PAGE: Final = 50
# Each missed ticket takes a request of its own.
_MAX_MISSED: Final = 500
# A search for a reference also finds tickets that only mention it.
_MAX_CANDIDATES: Final = 10


class ZammadSource(SourceKind[HelpdeskApiSettings]):
    """Tickets of Zammad. It signs if the webhook has a token, and retries four times in 100 s."""

    kind = "zammad"
    title = "Zammad"
    settings_model = HelpdeskApiSettings
    signs = "optional"
    polls = True

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """Compare `sha1=` and the hexadecimal HMAC-SHA1 of the body."""
        return same(
            "sha1=" + hmac_hex(secret, request.body, "sha1"), request.headers.get("x-hub-signature")
        )

    def read(self, settings: HelpdeskApiSettings, request: IncomingRequest) -> Read:
        """Read a ticket with the customer's first or later article."""
        body = request.json_object()
        ticket, article = object_at(body, "ticket"), object_at(body, "article")
        ticket_id = text_of(ticket, "id")
        if ticket_id is None:
            raise Unreadable(
                "The body has no 'ticket.id'. Switch the webhook's custom payload off, or put "
                '"ticket" into it.'
            )
        why = _not_a_customers(article)
        if why is not None:
            return (Ignored(why),)
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
        headers = _credentials(settings.api_token)
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
                articles = yield from _articles(settings.api_url, headers, ticket_id)
                tickets += _listed(settings, row, articles)
            if len(rows) < _PAGE:
                return Listed(tickets)
        return Listed(tickets, to_the_end=False, until=until)


class ZammadSettings(UrlSettings):
    """The address of Zammad, and an access token."""

    token: SecretStr = Field(
        description="An access token with the right 'ticket.agent' (profile, Token Access) of an "
        "agent who sees all groups.",
        examples=["bXy3vK8sT0qLmZfPz2n4"],
    )


class Zammad(TicketHelpdesk[ZammadSettings]):
    """Moves tickets: tags are added, then one PUT sets group and priority and adds the note."""

    kind = "zammad"
    title = "Zammad: group, priority, tags and an internal note"
    settings_model = ZammadSettings

    def headers(self, settings: ZammadSettings) -> Mapping[str, str]:
        """The access token."""
        return _credentials(settings.token)

    def find_ticket(self, settings: ZammadSettings, inquiry: RoutedInquiry) -> Exchange[str | None]:
        """The ticket whose first article begins with the mark.

        The search for the reference alone also finds customers' quotations.
        """
        query = f"query={query_value(inquiry.reference)}&expand=true&sort_by=created_at"
        limits = f"order_by=desc&per_page={_MAX_CANDIDATES}&limit={_MAX_CANDIDATES}"
        path = f"/api/v1/tickets/search?{query}&{limits}"
        rows = (yield self.request(settings, "GET", path)).json()
        for row in (rows if isinstance(rows, list) else [])[:_MAX_CANDIDATES]:
            ticket = text_of(row, "id")
            if ticket is None:
                continue
            articles = yield from _articles(settings.url, self.headers(settings), ticket)
            first = text_of(articles[0], "body") if articles else None
            if (first or "").startswith(mark(inquiry.reference)):
                return ticket
        return None

    def create_ticket(self, settings: ZammadSettings, inquiry: RoutedInquiry) -> Exchange[str]:
        """Create a ticket in the team's group."""
        if inquiry.group is None:
            raise Refused(
                f"no group is set for the team '{inquiry.team[:40]}', and Zammad creates no "
                "ticket without one: add it to 'groups'"
            )
        ticket = {
            "title": title_of(inquiry),
            **_group(inquiry),
            "customer_id": (yield from self._customer_id(settings, inquiry)),
            "priority": _PRIORITIES[inquiry.priority],
            "article": {
                "subject": title_of(inquiry),
                "body": opening_text(inquiry, settings.note_language),
                "content_type": "text/plain",
                "type": "phone" if inquiry.channel == Channel.PHONE else "web",
                "sender": "Customer",
                "internal": False,
            },
        }
        reply = yield self.request(settings, "POST", "/api/v1/tickets", ticket)
        return str(require(reply, "id"))

    def move_and_note(self, settings: ZammadSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Add the tags, then change the rest at once."""
        for tag in tags_of(inquiry):
            added = {"object": "Ticket", "o_id": ticket, "item": tag}
            yield self.request(settings, "POST", "/api/v1/tags/add", added)
        changes: dict[str, Any] = {"priority": _PRIORITIES[inquiry.priority], **_group(inquiry)}
        if not (yield from self.was_noted(settings, ticket, inquiry)):
            changes["article"] = {
                "subject": TAG,
                "body": note_text(inquiry, settings.note_language),
                "content_type": "text/plain",
                "type": "note",
                "internal": True,
            }
        yield self.request(settings, "PUT", f"/api/v1/tickets/{path_part(ticket)}", changes)

    def has_note(
        self, settings: ZammadSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        """Look among the articles."""
        articles = yield from _articles(settings.url, self.headers(settings), ticket)
        notes = [text_of(article, "body") for article in articles]
        return is_noted(inquiry, settings.note_language, notes)

    def check(self, settings: ZammadSettings) -> Check:
        """List the groups in use."""
        rows = (yield self.request(settings, "GET", "/api/v1/groups")).json()
        if not isinstance(rows, list):
            raise Refused(
                "the answer is no list of groups: set the address of Zammad itself, such as "
                "https://acme.zammad.com"
            )
        return tuple(groups_in(row for row in rows if value_at(row, "active") is not False))

    def locate(self, settings: ZammadSettings, ticket: str) -> Locate:
        """The group of the ticket, by its number, or by its name if the settings use that."""
        path = f"/api/v1/tickets/{path_part(ticket)}?expand=true"
        found = yield from self.read_ticket(settings, path)
        return group_named(settings, text_of(found, "group_id"), text_of(found, "group"))

    def _customer_id(self, settings: ZammadSettings, inquiry: RoutedInquiry) -> Exchange[str | int]:
        """The customer by address or phone; else the router's own user, as there must be one.

        Zammad creates a customer for an address that it does not know.
        """
        contact = inquiry.contact
        if contact.email:
            return f"guess:{contact.email}"
        if contact.phone:
            query = f"query={query_value(contact.phone)}&limit={_MAX_CANDIDATES}"
            users = (yield self.request(settings, "GET", f"/api/v1/users/search?{query}")).json()
            for user in users if isinstance(users, list) else []:
                user_id = value_at(user, "id")
                phones = (text_of(user, "phone"), text_of(user, "mobile"))
                if isinstance(user_id, int) and contact.phone in phones:
                    return user_id
        myself = yield self.request(settings, "GET", "/api/v1/users/me")
        return number(str(require(myself, "id")))


def _credentials(token: SecretStr) -> Mapping[str, str]:
    return {"authorization": f"Token token={token.get_secret_value()}"}


def _not_a_customers(article: dict[str, Any]) -> str | None:
    if article.get("internal") is True:
        return "the article is internal"
    if text_of(article, "sender") not in (None, "Customer"):
        return "the article is not a customer's"
    return None


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
    )


def _is_first(ticket: Mapping[str, Any], article_id: str) -> bool:
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


def _articles(url: str, headers: Mapping[str, str], ticket: str) -> Exchange[list[dict[str, Any]]]:
    """The articles of a ticket, the oldest first."""
    address = f"{url}/api/v1/ticket_articles/by_ticket/{path_part(ticket)}"
    rows = (yield json_request("GET", address, headers)).json()
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _group(inquiry: RoutedInquiry) -> dict[str, Any]:
    """The group by its number or by its name: Zammad takes both."""
    if inquiry.group is None:
        return {}
    is_number = inquiry.group.isascii() and inquiry.group.isdigit()
    return {"group_id": int(inquiry.group)} if is_number else {"group": inquiry.group}
