"""Kind `zammad`: tickets by a trigger's webhook, and groups, priorities and notes by its REST API.

Facts: admin-docs.zammad.org (manage/webhook), docs.zammad.org (api), and Zammad's app/jobs/trigger_webhook_job.rb.
"""

from collections.abc import Generator, Mapping
from datetime import UTC, datetime
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
    path_part,
)
from inquiry_router.providers.kit.provider import Calls, Check, Handover, Locate, Refused
from inquiry_router.providers.kit.reading import (
    MOST_PAGES,
    AskingSettings,
    Read,
    channel_of,
    customers_own,
    first_text,
    full_name,
    moment,
    name_and_address,
    value_at,
)
from inquiry_router.providers.kit.signatures import hmac_hex, same
from inquiry_router.providers.kit.source import (
    Ignored,
    IncomingRequest,
    Listed,
    Poll,
    Setup,
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
# The text of each missed ticket is a request of its own, so the newest so many have to do.
_MOST_MISSED: Final = 500
# A search for a reference finds whatever mentions it, so a few of what it found are looked into.
_CANDIDATES: Final = 10


class ZammadSource(SourceKind[AskingSettings]):
    """Tickets of Zammad. It signs when the webhook has a token, and repeats whatever is not answered 2xx four times in 100 s."""

    kind = "zammad"
    title = "Zammad"
    settings_model = AskingSettings
    signs = "optional"
    polls = True

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """`sha1=` and the HMAC-SHA1 of the body in hexadecimal digits."""
        return same(
            "sha1=" + hmac_hex(secret, request.body, "sha1"), request.headers.get("x-hub-signature")
        )

    def read(self, settings: AskingSettings, request: IncomingRequest) -> Read:
        """The ticket with its article, which is the first one or a later one of the customer's."""
        body = request.json_object()
        ticket, article = object_at(body, "ticket"), object_at(body, "article")
        ticket_id = text_of(ticket, "id")
        if ticket_id is None:
            raise Unreadable(
                "The body has no 'ticket.id'. Switch the webhook's custom payload off, or put \"ticket\" into it."
            )
        why = _not_a_customers(article)
        if why is not None:
            return (Ignored(why),)
        taken = customers_own(
            _ticket(
                settings,
                ticket,
                article,
                _customer(ticket),
                request.headers.get("x-zammad-delivery") or None,
            ),
            request.headers,
            settings.own_user,
            [text_of(article, "created_by", name) for name in ("id", "email", "login")],
            ticket.get("tags"),
        )
        return (taken,)

    def poll(self, settings: AskingSettings, since: datetime) -> Poll:
        """Search for what was made since then, oldest first, and read the first article of each."""
        tickets: list[Ticket] = []
        if settings.api_url is None or settings.api_token is None:
            return Listed()
        headers = _credentials(settings.api_token)
        query = quote(f"created_at:[{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} TO *]", safe="")
        asked, until = 0, since
        for page in range(1, MOST_PAGES + 1):
            search = f"query={query}&expand=true&sort_by=created_at&order_by=asc&per_page={_PAGE}&limit={_PAGE}&page={page}"
            found = (
                yield json_request(
                    "GET", f"{settings.api_url}/api/v1/tickets/search?{search}", headers
                )
            ).json()
            rows = found if isinstance(found, list) else []
            for row in rows:
                made, ticket_id = moment(value_at(row, "created_at")), text_of(row, "id")
                if ticket_id is None or made is None or made < since:
                    continue
                until = made
                if asked == _MOST_MISSED:
                    return Listed(tickets, to_the_end=False, until=until)
                asked += 1
                articles = yield from _articles(settings.api_url, headers, ticket_id)
                tickets += _listed(settings, row, articles)
            if len(rows) < _PAGE:
                return Listed(tickets)
        return Listed(tickets, to_the_end=False, until=until)

    def setup(self, url: str) -> Setup:
        """A webhook and a trigger that calls it."""
        return Setup(
            pl=[
                "W panelu Admin otwórz Zarządzanie » Webhook i dodaj nowy webhook.",
                f"Wklej adres {url}",
                "W polu „HMAC SHA1 signature token” wpisz długi losowy ciąg i podaj ten sam ciąg jako secret źródła.",
                "Zostaw włączoną weryfikację SSL i domyślną treść (custom payload wyłączony).",
                "Otwórz Zarządzanie » Wyzwalacz i dodaj wyzwalacz z warunkiem „Zgłoszenie: Akcja: utworzono”.",
                "Dodaj warunek „Tagi: nie zawiera żadnego z: inquiry-router”.",
                "Jako czynność wybierz „Powiadomienie: Webhook” i ten webhook, potem zapisz.",
                "Utwórz zgłoszenie na próbę: w źródle widać przyjęte zapytanie, a po chwili w zgłoszeniu notatkę.",
            ],
            en=[
                "In Admin open Manage » Webhook and add a new webhook.",
                f"Paste the address {url}",
                "Write a long random text as the 'HMAC SHA1 signature token', and set the same text as the secret of the source.",
                "Leave SSL verification on and the payload as it is (custom payload off).",
                "Open Manage » Trigger and add a trigger with the condition 'Ticket: Action: is created'.",
                "Add the condition 'Tags: contains none of: inquiry-router'.",
                "Choose 'Notification: Webhook' and this webhook as what it does, and save.",
                "Make a ticket to try it: the source shows an inquiry, and soon the ticket a note.",
            ],
        )


class ZammadSettings(UrlSettings):
    """Where Zammad stands, and with whose token."""

    token: SecretStr = Field(
        description="An access token with the right 'ticket.agent' (profile, Token Access) of an agent who sees all groups.",
        examples=["bXy3vK8sT0qLmZfPz2n4"],
    )


class Zammad:
    """Moves tickets: tags are added, and one PUT has group, priority and the internal note."""

    kind = "zammad"
    title = "Zammad: group, priority, tags and an internal note"
    settings_model = ZammadSettings
    final = helpdesk.FINAL

    def url(self, settings: ZammadSettings) -> str | None:
        """The address of the company's Zammad."""
        return settings.url

    def hand_over(self, settings: ZammadSettings, handover: Handover, at: datetime) -> Calls:
        """Tags first, for adding them twice does no harm; the note comes with the move."""
        routed = helpdesk.read_handover(settings, handover)
        if routed is None:
            return
        headers = _credentials(settings.token)
        known = (
            routed.ticket
            or (yield from _found(settings, headers, routed))
            or (yield from _made(settings, headers, routed))
        )
        for tag in helpdesk.tags_of(routed):
            added = {"object": "Ticket", "o_id": known, "item": tag}
            yield json_request("POST", f"{settings.url}/api/v1/tags/add", headers, added)
        changes: dict[str, Any] = {"priority": _PRIORITIES[routed.priority], **_group(routed)}
        if not (handover.repeated and (yield from _noted(settings, headers, known, routed))):
            changes["article"] = {
                "subject": helpdesk.TAG,
                "body": helpdesk.note_text(routed, settings.note_language),
                "content_type": "text/plain",
                "type": "note",
                "internal": True,
            }
        yield json_request(
            "PUT", f"{settings.url}/api/v1/tickets/{path_part(known)}", headers, changes
        )

    def check(self, settings: ZammadSettings) -> Check:
        """Lists the groups in use."""
        reply = yield json_request(
            "GET", f"{settings.url}/api/v1/groups", _credentials(settings.token)
        )
        if not isinstance(reply.json(), list):
            raise Refused(
                "the answer is no list of groups: set the address of Zammad itself, such as https://acme.zammad.com"
            )
        return tuple(groups_in(row for row in reply.json() if value_at(row, "active") is not False))

    def locate(self, settings: ZammadSettings, ticket: str) -> Locate:
        """The group of the ticket, by its number or, where the settings name groups so, by its name."""
        url = f"{settings.url}/api/v1/tickets/{path_part(ticket)}?expand=true"
        found = yield from helpdesk.ticket_at(url, _credentials(settings.token))
        return helpdesk.group_named(settings, text_of(found, "group_id"), text_of(found, "group"))


def _credentials(token: SecretStr) -> Mapping[str, str]:
    return {"authorization": f"Token token={token.get_secret_value()}"}


def _not_a_customers(article: dict[str, Any]) -> str | None:
    if article.get("internal") is True:
        return "the article is internal"
    if text_of(article, "sender") not in (None, "Customer"):
        return "the article is not a customer's"
    return None


def _ticket(
    settings: AskingSettings,
    ticket: Mapping[str, Any],
    article: Mapping[str, Any],
    contact: Contact,
    key: str | None,
) -> Ticket:
    """`ticket` has an id, as the caller made sure."""
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
        url=f"{settings.api_url}/#ticket/zoom/{quote(ticket_id, safe='', errors='replace')}"
        if settings.api_url
        else None,
        received_at=moment(value_at(article, "created_at")) or moment(ticket.get("created_at")),
        message_id=None if first else article_id,
        delivery_key=key,
    )


def _is_first(ticket: Mapping[str, Any], article_id: str) -> bool:
    """A ticket lists its articles in the order of their making."""
    ids = list_at(ticket, "article_ids")
    return text_of(ticket, "article_count") == "1" or (
        bool(ids) and text_of({"id": ids[0]}, "id") == article_id
    )


def _customer(ticket: dict[str, Any]) -> Contact:
    """Whom the ticket is of; of one taken by phone its maker is an agent."""
    customer = object_at(ticket, "customer")
    return Contact(
        full_name(text_of(customer, "firstname"), text_of(customer, "lastname")),
        text_of(customer, "email"),
        first_text(customer, "phone", "mobile"),
        text_of(ticket, "organization", "name") or text_of(customer, "organization"),
    )


def _listed(
    settings: AskingSettings, row: dict[str, Any], articles: list[dict[str, Any]]
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
    taken = customers_own(ticket, {}, settings.own_user, authors)
    return [taken] if isinstance(taken, Ticket) else []


def _articles(
    url: str, headers: Mapping[str, str], ticket_id: str
) -> Generator[OutgoingRequest, Reply, list[dict[str, Any]]]:
    """The articles of a ticket, the first one first."""
    rows = (
        yield json_request(
            "GET", f"{url}/api/v1/ticket_articles/by_ticket/{path_part(ticket_id)}", headers
        )
    ).json()
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _group(routed: Routed) -> dict[str, Any]:
    """Zammad takes a group by its number or by its name."""
    if routed.group is None:
        return {}
    is_number = routed.group.isascii() and routed.group.isdigit()
    return {"group_id": int(routed.group)} if is_number else {"group": routed.group}


def _found(
    settings: ZammadSettings, headers: Mapping[str, str], routed: Routed
) -> Generator[OutgoingRequest, Reply, str | None]:
    """The ticket whose first article begins with this mark. The search only narrows down, for customers quote references too."""
    reference = quote(routed.reference, safe="", errors="replace")
    search = f"query={reference}&expand=true&sort_by=created_at&order_by=desc&per_page={_CANDIDATES}&limit={_CANDIDATES}"
    rows = (
        yield json_request("GET", f"{settings.url}/api/v1/tickets/search?{search}", headers)
    ).json()
    for row in (rows if isinstance(rows, list) else [])[:_CANDIDATES]:
        ticket_id = text_of(row, "id")
        articles = (
            [] if ticket_id is None else (yield from _articles(settings.url, headers, ticket_id))
        )
        if articles and (text_of(articles[0], "body") or "").startswith(
            helpdesk.mark(routed.reference)
        ):
            return ticket_id
    return None


def _made(
    settings: ZammadSettings, headers: Mapping[str, str], routed: Routed
) -> Generator[OutgoingRequest, Reply, str]:
    if routed.group is None:
        raise Refused(
            f"no group is set for the team '{routed.team[:40]}', and Zammad makes no ticket without one: add it to 'groups'"
        )
    ticket = {
        "title": helpdesk.title_of(routed),
        **_group(routed),
        "customer_id": (yield from _customer_id(settings, headers, routed)),
        "priority": _PRIORITIES[routed.priority],
        "article": {
            "subject": helpdesk.title_of(routed),
            "body": helpdesk.opening_text(routed, settings.note_language),
            "content_type": "text/plain",
            "type": "phone" if routed.channel == Channel.PHONE else "web",
            "sender": "Customer",
            "internal": False,
        },
    }
    reply = yield json_request("POST", f"{settings.url}/api/v1/tickets", headers, ticket)
    return str(helpdesk.require(reply, "id"))


def _customer_id(
    settings: ZammadSettings, headers: Mapping[str, str], routed: Routed
) -> Generator[OutgoingRequest, Reply, str | int]:
    """By address, which Zammad makes a customer of where there is none; by phone; else our own user, for it must be somebody."""
    contact = routed.contact
    if contact.email:
        return f"guess:{contact.email}"
    if contact.phone:
        query = f"query={quote(contact.phone, safe='', errors='replace')}&limit={_CANDIDATES}"
        users = (
            yield json_request("GET", f"{settings.url}/api/v1/users/search?{query}", headers)
        ).json()
        for user in users if isinstance(users, list) else []:
            user_id = value_at(user, "id")
            if isinstance(user_id, int) and contact.phone in (
                text_of(user, "phone"),
                text_of(user, "mobile"),
            ):
                return user_id
    myself = yield json_request("GET", f"{settings.url}/api/v1/users/me", headers)
    return int(helpdesk.number(str(helpdesk.require(myself, "id"))))


def _noted(
    settings: ZammadSettings, headers: Mapping[str, str], ticket_id: str, routed: Routed
) -> Generator[OutgoingRequest, Reply, bool]:
    articles = yield from _articles(settings.url, headers, ticket_id)
    return helpdesk.is_noted(
        routed, settings.note_language, [text_of(article, "body") for article in articles]
    )
