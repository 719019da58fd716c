"""Kind `glpi`: tickets, followups and states by the webhooks of GLPI 11, completed by its REST API.

Facts: glpi-project/glpi `src/Webhook.php` and `src/QueuedWebhook.php` (payload, signature, CRA
challenge, retries), `src/Glpi/Api/HL/Controller/ITILController.php` (the ticket in the payload),
`install/empty_data.php` (request sources, users), `src/CommonITILObject.php` (statuses),
`install/mysql/glpi-empty.sql` (the author of a followup), `apirest.md`, `src/Glpi/Api/APIRest.php`.
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
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.reading import (
    HelpdeskApiSettings,
    Read,
    accept_state,
    accept_ticket,
    channel_of,
    first_text,
    full_name,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.requests import json_request, path_part, query_value
from inquiry_router.providers.kit.seals import Seal, hex_of, hmac_seal
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
    TicketState,
    TicketStatus,
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
# New, assigned, planned, waiting, solved, closed.
_STATUSES: Final[Mapping[str, TicketStatus]] = {
    "1": "open",
    "2": "open",
    "3": "open",
    "4": "pending",
    "5": "closed",
    "6": "closed",
}
# GLPI's own user, in whose name it reminds of tickets that wait; and the id for no user at all.
_SYSTEM_USER: Final = "glpi-system"
_NO_USER: Final = "0"
_USER_ID: Final = re.compile(r"/user\.form\.php\?id=(\d{1,19})$")
_GROUP_ID: Final = re.compile(r"/group\.form\.php\?id=(\d{1,19})$")
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
    """Tickets of GLPI, which queues its events and repeats those that failed."""

    kind = "glpi"
    title = "GLPI"
    settings_model = GlpiSourceSettings
    signs = "always"
    tells_states = "webhook"
    # The time is that of the event, which may wait in GLPI's queue for 30 days unless that is
    # changed. A replay is recognized by its ticket.
    max_age = timedelta(days=30)

    def seals(self, secret: str, request: IncomingRequest) -> tuple[Seal, ...]:
        """The hexadecimal HMAC-SHA256 of the body followed by the timestamp."""
        given = request.headers.get("x-glpi-signature")
        after = request.headers.get("x-glpi-timestamp", "").encode()
        return (hmac_seal(secret, given, hex_of, after=after),)

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
        """Read a new or changed ticket, or a followup, as the default payload describes them."""
        body = request.json_object()
        item, event = object_at(body, "item"), text_of(body, "event")
        if event == "new" and "parent_item" in body:
            return (_followup(settings, request.headers, body),)
        if event not in ("new", "update") or "parent_item" in body:
            return (Ignored("the event is no new ticket, no followup and no change of a ticket"),)
        ticket_id = text_of(item, "id")
        if ticket_id is None or "content" not in item:
            raise Unreadable(
                "The body has no 'item.content'. In GLPI choose the itemtype Ticket for this "
                "webhook, and the default payload."
            )
        if event == "update":
            return (accept_state(_state(item, ticket_id)),)
        return (_event(settings, request.headers, item, ticket_id),)

    def fetch(self, settings: GlpiSourceSettings, thin: Thin) -> OutgoingRequest | None:
        """Ask for a session, the author of a followup, the requester, and at last the files."""
        if settings.api_url is None or settings.api_token is None:
            return None
        headers = app_header(settings.app_token)
        session = thin.known.get("session")
        if session is None:
            headers |= user_header(settings.api_token)
            return json_request("GET", f"{settings.api_url}{API}/initSession", headers)
        if "files_of" in thin.known:
            place = f"{thin.known['files_of']}?with_documents=true"
        elif "followup" in thin.known and "user" not in thin.known:
            place = f"ITILFollowup/{path_part(thin.known['followup'])}"
        else:
            place = f"search/User?{_user_query(thin.known.get('user', ''))}"
        url = f"{settings.api_url}{API}/{place}"
        return json_request("GET", url, {**headers, "session-token": session})

    def fetched(self, settings: GlpiSourceSettings, thin: Thin, reply: Reply) -> Event:
        """Add the requester's address and phone, and the files. The session is left to expire."""
        session = text_of(reply.json(), "session_token")
        if "session" not in thin.known and session is not None:
            return Thin(thin.key, {**thin.known, "session": session}, thin.ticket)
        if "files_of" in thin.known and thin.ticket is not None:
            # Without the right to see them there are two words instead.
            rows = [row for row in list_at(reply.json(), "_documents") if isinstance(row, dict)]
            return replace(thin.ticket, attachments=files_of(rows))
        if "followup" in thin.known and "user" not in thin.known:
            return _authored(settings, thin, reply)
        row = next(iter(list_at(reply.json(), "data")), None)
        if thin.ticket is None:
            return _answer(settings, thin, row)
        contact = _contact_of(row, thin.ticket.contact)
        return _with_files(thin, replace(thin.ticket, contact=contact))


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


def _with_files(thin: Thin, ticket: Ticket) -> Event:
    """Ask for the names of the files of a ticket or a followup, which no event tells."""
    if "session" not in thin.known:
        return ticket
    followup = thin.known.get("followup")
    item = f"Ticket/{path_part(ticket.external_id)}"
    place = item if followup is None else f"ITILFollowup/{path_part(followup)}"
    return Thin(thin.key, {**thin.known, "files_of": place}, ticket)


def _followup(
    settings: GlpiSourceSettings, headers: Mapping[str, str], body: dict[str, Any]
) -> Event:
    """The state of the followup's ticket; its author, whom the event leaves out, is asked for."""
    item, parent = object_at(body, "item"), object_at(body, "parent_item")
    ticket_id, followup_id = text_of(parent, "id"), text_of(item, "id")
    if ticket_id is None or text_of(item, "itemtype") not in ("Ticket", None):
        return Ignored("it is no followup of a ticket")
    probe = accept_ticket(Ticket(ticket_id, Channel.API, html=text_of(item, "content")), headers)
    if isinstance(probe, Ignored):
        return probe
    state = _state(parent, ticket_id)
    can_ask = settings.api_url is not None and settings.api_token is not None
    if item.get("is_private") is not False or followup_id is None or not can_ask:
        return accept_state(state)
    at = text_of(item, "date") or text_of(item, "date_creation") or ""
    known = {"followup": followup_id, "ticket": ticket_id, "at": at}
    return Thin(f"followup-{followup_id}", {**known, **_kept(parent, state)})


def _kept(ticket: dict[str, Any], state: TicketState) -> dict[str, str]:
    """The parts of a ticket and its state that are needed again once the author is known."""
    users = (_USER_ID.search(text_of(one, "href") or "") for one in _team(ticket, "requester"))
    kept = {
        "requesters": " ".join(user[1] for user in users if user),
        "subject": text_of(ticket, "name"),
        "status": text_of(ticket, "status", "id"),
        "owner": state.owner,
        "groups": "\n".join(state.groups),
    }
    return {name: value for name, value in kept.items() if value is not None}


def _authored(settings: GlpiSourceSettings, thin: Thin, reply: Reply) -> Event:
    """A requester's followup is a message; that of another user may be an answer.

    A mail from an address that GLPI does not know has no user, so it is a customer's as well.
    """
    followup, known = reply.json(), thin.known
    author, html = text_of(followup, "users_id"), text_of(followup, "content")
    if author is None:
        return Ignored("the answer of GLPI's API is no followup")
    if author not in (_NO_USER, *known.get("requesters", "").split()):
        return Thin(thin.key, {**known, "user": author})
    message = Ticket(
        external_id=known.get("ticket", ""),
        channel=Channel.EMAIL if author == _NO_USER else Channel.FORM,
        html=html,
        subject=known.get("subject"),
        url=_page(settings.api_url, known.get("ticket", "")),
        received_at=parse_time(known.get("at")),
        message_id=known.get("followup"),
        delivery_key=thin.key,
    )
    taken = accept_ticket(message, {}, settings.own_user, [author])
    if isinstance(taken, Ignored):
        return taken
    if author == _NO_USER:
        return _with_files(thin, taken)
    return Thin(thin.key, {**known, "user": author}, taken)


def _answer(settings: GlpiSourceSettings, thin: Thin, row: Any) -> Event:
    """The state after the followup of a user, who is an agent unless GLPI itself wrote it."""
    known, login = thin.known, text_of(row, _LOGIN)
    groups = known.get("groups", "")
    state = TicketState(
        external_id=known.get("ticket", ""),
        at=parse_time(known.get("at")),
        status=_STATUSES.get(known.get("status", "")),
        groups=tuple(groups.split("\n")) if groups else (),
        owner=known.get("owner"),
        answered=not (login or "").startswith(_SYSTEM_USER),
        who=full_name(text_of(row, _FIRST_NAME), text_of(row, _LAST_NAME)) or login,
    )
    return accept_state(state, settings.own_user, [known.get("user"), login])


def _state(item: dict[str, Any], ticket_id: str) -> TicketState:
    """The state of a ticket in a payload: GLPI does not say who changed it."""
    assigned = _team(item, "assigned")
    groups = [one for one in assigned if _GROUP_ID.search(text_of(one, "href") or "")]
    owners = [one for one in assigned if _USER_ID.search(text_of(one, "href") or "")]
    ids = [_GROUP_ID.search(text_of(one, "href") or "") for one in groups]
    names = [name for one in groups if (name := text_of(one, "name")) is not None]
    owner = next((first_text(one, "display_name", "name") for one in owners), None)
    return TicketState(
        external_id=ticket_id,
        at=parse_time(value_at(item, "date_mod")),
        status=_STATUSES.get(text_of(item, "status", "id") or text_of(item, "status") or ""),
        groups=(*(found[1] for found in ids if found), *names),
        owner=(owner or "") if isinstance(item.get("team"), list) else None,
    )


def _team(item: dict[str, Any], role: str) -> list[dict[str, Any]]:
    """The members of a ticket with this role: requester, observer or assigned."""
    return [
        one
        for one in list_at(item, "team")
        if isinstance(one, dict) and text_of(one, "role") == role
    ]


def _requester(item: dict[str, Any]) -> dict[str, Any]:
    """The first requester who is a person and no group."""
    for member in _team(item, "requester"):
        if "/group.form.php" not in (text_of(member, "href") or ""):
            return member
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
