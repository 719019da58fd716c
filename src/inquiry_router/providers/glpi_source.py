"""Kind `glpi`: new tickets by the webhooks of GLPI 11, with the requester from its REST API.

Facts: glpi-project/glpi `src/Webhook.php` and `src/QueuedWebhook.php` (payload, signature, CRA
challenge, retries), `src/Glpi/Api/HL/Controller/ITILController.php` (the ticket in the payload),
`install/empty_data.php` (request sources), `apirest.md`, `src/Glpi/Api/APIRest.php`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.outside.messages import OutgoingRequest, Reply
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
from inquiry_router.providers.kit.requests import json_request, query_value
from inquiry_router.providers.kit.signatures import hmac_hex, parse_unix_time, same
from inquiry_router.providers.kit.source import (
    Event,
    Handshake,
    Ignored,
    IncomingRequest,
    Secrets,
    SourceKind,
    Thin,
    Ticket,
    Unreadable,
    list_at,
    object_at,
    text_of,
)

API: Final = "/api.php/v1"
# The text that GLPI signs with the webhook's secret, as the question of its challenge.
_CHALLENGE: Final = b"validate_cra_challenge"
# The request sources that GLPI is installed with, by their ids: people may rename them.
_CHANNELS: Final = {"1": Channel.FORM, "2": Channel.EMAIL, "3": Channel.PHONE}
_USER_ID: Final = re.compile(r"/user\.form\.php\?id=(\d{1,19})$")
# The columns of a search for users.
_LOGIN, _USER, _EMAIL, _PHONE, _FIRST_NAME, _MOBILE, _LAST_NAME = (
    "1",
    "2",
    "5",
    "6",
    "9",
    "11",
    "34",
)


class GlpiSourceSettings(HelpdeskApiSettings):
    """The access to the API, to look up the requester's address: events only name the requester."""

    app_token: SecretStr | None = Field(
        None,
        description="The token of the API client in GLPI; null where that client has none.",
        examples=["f7g3csp8mgatg5ebc5elnazakw20i9fyev1qopya7"],
    )


class GlpiSource(SourceKind[GlpiSourceSettings]):
    """New tickets of GLPI, which queues its events and repeats those that failed."""

    kind = "glpi"
    title = "GLPI"
    settings_model = GlpiSourceSettings
    signs = "always"
    # The time is that of the event, which may wait in GLPI's queue for 30 days unless that is
    # changed. A replay is recognized by its ticket.
    max_age = timedelta(days=30)

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """Compare the hexadecimal HMAC-SHA256 of the body followed by the timestamp."""
        signed = request.body + request.headers.get("x-glpi-timestamp", "").encode()
        return same(hmac_hex(secret, signed), request.headers.get("x-glpi-signature"))

    def signed_at(self, request: IncomingRequest) -> datetime:
        """Read the time in seconds since 1970."""
        return parse_unix_time(request.headers.get("x-glpi-timestamp"))

    def greet(self, secrets: Secrets, request: IncomingRequest) -> Handshake | None:
        """Answer the challenge. Sign nothing but it: any other text might be an event's."""
        if request.method != "GET":
            return None
        given = parse_qs(urlsplit(request.url).query).get("crc_token", [""])[0]
        for secret in secrets.signing:
            if same(hmac_hex(secret, _CHALLENGE), given):
                return Handshake(body=hmac_hex(secret, given.encode()))
        return None

    def read(self, settings: GlpiSourceSettings, request: IncomingRequest) -> Read:
        """Read a new ticket, as the default payload describes it."""
        body = request.json_object()
        item, event = object_at(body, "item"), text_of(body, "event")
        if event != "new" or "parent_item" in body:
            return (Ignored("the event is no new ticket"),)
        ticket_id = text_of(item, "id")
        if ticket_id is None or "content" not in item:
            raise Unreadable(
                "The body has no 'item.content'. In GLPI choose the itemtype Ticket for this "
                "webhook, and the default payload."
            )
        return (_event(settings, request.headers, item, ticket_id),)

    def fetch(self, settings: GlpiSourceSettings, thin: Thin) -> OutgoingRequest | None:
        """Ask for a session first, then for the requester."""
        if settings.api_url is None or settings.api_token is None:
            return None
        headers = app_header(settings.app_token)
        session = thin.known.get("session")
        if session is None:
            headers |= user_header(settings.api_token)
            return json_request("GET", f"{settings.api_url}{API}/initSession", headers)
        url = f"{settings.api_url}{API}/search/User?{_user_query(thin.known.get('user', ''))}"
        return json_request("GET", url, {**headers, "session-token": session})

    def fetched(self, settings: GlpiSourceSettings, thin: Thin, reply: Reply) -> Event:
        """Add the requester's address and phone. The session, which is not closed, expires."""
        if thin.ticket is None:
            return Ignored("the event named no ticket")
        session = text_of(reply.json(), "session_token")
        if "session" not in thin.known and session is not None:
            return Thin(thin.key, {**thin.known, "session": session}, thin.ticket)
        row = next(iter(list_at(reply.json(), "data")), None)
        return replace(thin.ticket, contact=_contact_of(row, thin.ticket.contact))


def app_header(token: SecretStr | None) -> dict[str, str]:
    """The header with the token of the API client, if it has one."""
    return {} if token is None else {"app-token": token.get_secret_value()}


def user_header(token: SecretStr) -> dict[str, str]:
    """The header with a user's token, which only opens a session."""
    return {"authorization": f"user_token {token.get_secret_value()}"}


def _event(
    settings: GlpiSourceSettings, headers: Mapping[str, str], item: dict[str, Any], ticket_id: str
) -> Event:
    requester = _requester(item)
    ticket = Ticket(
        external_id=ticket_id,
        channel=channel_of(text_of(item, "request_type", "id"), _CHANNELS, Channel.FORM),
        html=text_of(item, "content"),
        subject=text_of(item, "name"),
        contact=_contact(requester),
        url=_page(settings.api_url, ticket_id),
        received_at=parse_time(value_at(item, "date"))
        or parse_time(value_at(item, "date_creation")),
    )
    user = _USER_ID.search(text_of(requester, "href") or "")
    authors = [user[1] if user else None, text_of(requester, "name")]
    taken = accept_ticket(ticket, headers, settings.own_user, authors)
    if isinstance(taken, Ignored) or user is None or not (settings.api_url and settings.api_token):
        return taken
    return Thin(ticket_id, {"user": user[1]}, taken)


def _requester(item: dict[str, Any]) -> dict[str, Any]:
    """The first requester who is a person and no group."""
    for member in list_at(item, "team"):
        is_group = "/group.form.php" in (text_of(member, "href") or "")
        if text_of(member, "role") == "requester" and not is_group:
            return object_at(member)
    return {}


def _contact(requester: dict[str, Any]) -> Contact:
    """The requester by name; a login that is an address is taken as one."""
    login = text_of(requester, "name")
    name = full_name(text_of(requester, "firstname"), text_of(requester, "realname"))
    email = login if login is not None and "@" in login else None
    return Contact(name or text_of(requester, "display_name") or (None if email else login), email)


def _contact_of(row: Any, known: Contact) -> Contact:
    """The contact in a row of the search for users, or what was known before."""
    email = text_of(row, _EMAIL) or text_of(next(iter(list_at(row, _EMAIL)), None))
    name = full_name(text_of(row, _FIRST_NAME), text_of(row, _LAST_NAME))
    return Contact(
        name or known.name, email or known.email, first_text(row, _PHONE, _MOBILE), known.company
    )


def _user_query(user: str) -> str:
    """Search for the user with this id, with the columns of a contact."""
    criterion = {"field": _USER, "searchtype": "equals", "value": user}
    parts = [
        f"criteria%5B0%5D%5B{name}%5D={query_value(value)}" for name, value in criterion.items()
    ]
    columns = (_LOGIN, _EMAIL, _PHONE, _FIRST_NAME, _MOBILE, _LAST_NAME)
    return "&".join(parts + [f"forcedisplay%5B{i}%5D={column}" for i, column in enumerate(columns)])


def _page(api_url: str | None, ticket_id: str) -> str | None:
    return (
        None if api_url is None else f"{api_url}/front/ticket.form.php?id={query_value(ticket_id)}"
    )
