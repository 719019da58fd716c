"""Kind `django_helpdesk`: tickets, follow-ups and states by webhooks; missed tickets by REST.

Facts: django-helpdesk 2.6.1 as published on PyPI (`webhooks.py`, `serializers.py`, `views/api.py`,
`views/public.py`, `views/staff.py`, `update_ticket.py`, `email.py`, `models.py`), and a live one.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.notes import is_own
from inquiry_router.providers.kit.reading import (
    MAX_PAGES,
    HelpdeskApiSettings,
    Read,
    accept_state,
    accept_ticket,
    is_own_user,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.requests import (
    Exchange,
    basic_credentials,
    json_request,
    path_part,
)
from inquiry_router.providers.kit.source import (
    Event,
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

# Open and reopened.
_OPEN: Final = "1,2"
# Open, reopened, resolved, closed, and a duplicate of another ticket.
STATUSES: Final[Mapping[str, TicketStatus]] = {
    "1": "open",
    "2": "open",
    "3": "closed",
    "4": "closed",
    "5": "closed",
}
_FILES: Final = "followupattachment_set"
# The API's default.
PAGE: Final = 25


class DjangoHelpdeskSourceSettings(HelpdeskApiSettings):
    """The access to the API, and the router's own user."""

    api_url: str | None = Field(
        None,
        description="The address of django-helpdesk with its prefix, to find tickets whose webhook "
        "never came.",
        examples=["https://acme.example.com/helpdesk"],
    )
    api_user: str | None = Field(
        None,
        max_length=200,
        description="The user name for HTTP Basic, with the password in api_token; null when "
        "api_token is a token of Django REST framework.",
        examples=["router"],
    )


class DjangoHelpdeskSource(SourceKind[DjangoHelpdeskSourceSettings]):
    """Tickets of django-helpdesk. It is polled too, as it sends a webhook only once."""

    kind = "django_helpdesk"
    title = "django-helpdesk"
    settings_model = DjangoHelpdeskSourceSettings
    polls = True
    tells_states = "webhook"

    def read(self, settings: DjangoHelpdeskSourceSettings, request: IncomingRequest) -> Read:
        """Read a new ticket, or the follow-up that the body names. Their ids are the keys.

        A follow-up by an agent tells the ticket's state.
        """
        body = request.json_object()
        ticket = object_at(body, "ticket")
        if text_of(ticket, "id") is None:
            raise Unreadable(
                "The body has no 'ticket.id'. Put this address into "
                "HELPDESK_NEW_TICKET_WEBHOOK_URLS or HELPDESK_FOLLOWUP_WEBHOOK_URLS of "
                "django-helpdesk, which sends it."
            )
        opening = _opening(ticket)
        followup_id = text_of(body, "followup_id")
        if followup_id is None or followup_id == text_of(opening, "id"):
            return (_new(request.headers, ticket, opening),)
        return (_follow_up(settings, request.headers, body, followup_id),)

    def poll(self, settings: DjangoHelpdeskSourceSettings, since: datetime) -> Poll:
        """List the open tickets, the newest first, then the customers' follow-ups."""
        if settings.api_url is None or settings.api_token is None:
            return Listed()
        found: list[Ticket] = []
        known: dict[str | None, Any] = {}
        url = f"{settings.api_url}/api/tickets/?status={_OPEN}&page_size={PAGE}"

        def reaches_back(rows: list[Any]) -> bool:
            found.extend(_listed(rows, since))
            known.update({text_of(row, "id"): row for row in rows})
            return bool(rows) and all(_is_before(_opening(row), since) for row in rows)

        to_the_end = yield from newest_first(url, _access(settings), reaches_back)
        answers, all_answers = yield from _list_answers(settings, since)
        for followup in answers:
            number = text_of(followup, "ticket")
            if number is None:
                continue
            if number not in known:
                known[number] = yield from _read_ticket(settings, number)
            event = _later({}, known[number], followup)
            if isinstance(event, Ticket):
                found.append(event)
        return Listed(found, to_the_end and all_answers)


def credentials(user: str | None, password: SecretStr) -> Mapping[str, str]:
    """HTTP Basic, or without a user a token of Django REST framework."""
    if user is None:
        return {"authorization": f"Token {password.get_secret_value()}"}
    return basic_credentials(user, password.get_secret_value())


def _access(settings: DjangoHelpdeskSourceSettings) -> Mapping[str, str]:
    assert settings.api_token is not None
    return credentials(settings.api_user, settings.api_token)


def _opening(ticket: Any) -> dict[str, Any]:
    """The first follow-up: they are listed by date."""
    return next((one for one in list_at(ticket, "followup_set") if isinstance(one, dict)), {})


def _new(headers: Mapping[str, str], ticket: dict[str, Any], opening: dict[str, Any]) -> Event:
    """Read a new ticket. Only the mark tells the router's own, as a form may use its account."""
    read = Ticket(
        external_id=text_of(ticket, "id") or "",
        channel=_channel(opening),
        text=text_of(ticket, "description") or "",
        subject=text_of(ticket, "title"),
        contact=Contact(email=text_of(ticket, "submitter_email")),
        received_at=parse_time(value_at(opening, "date")),
        delivery_key=text_of(ticket, "id"),
        headers=_mail_headers(opening),
        attachments=files_of(list_at(opening, _FILES)),
    )
    return accept_ticket(read, headers)


def _follow_up(
    settings: DjangoHelpdeskSourceSettings,
    headers: Mapping[str, str],
    body: dict[str, Any],
    followup_id: str,
) -> Event:
    ticket = object_at(body, "ticket")
    followup = next(
        (one for one in list_at(ticket, "followup_set") if text_of(one, "id") == followup_id), None
    )
    if followup is None:
        return Ignored("the ticket does not list the follow-up any more")
    author, comment = text_of(followup, "user"), text_of(followup, "comment")
    if is_own(comment) or is_own_user(settings.own_user, [author]):
        return Ignored("the router itself wrote the follow-up")
    is_public = value_at(followup, "public") is True
    if not _is_answer(followup):
        answered = author is not None and is_public and comment is not None
        return accept_state(_state(body, ticket, followup, answered=answered))
    return _later(headers, ticket, followup)


def _later(headers: Mapping[str, str], ticket: dict[str, Any], followup: dict[str, Any]) -> Event:
    """Read a customer's follow-up."""
    number, ticket_id = text_of(followup, "id") or "", text_of(ticket, "id")
    comment = text_of(followup, "comment")
    if ticket_id is None or number == text_of(_opening(ticket), "id"):
        return Ignored("it opened its ticket, or the ticket is gone")
    files = files_of(list_at(followup, _FILES))
    if comment is None and not files:
        return Ignored("the follow-up has neither a text nor a file")
    read = Ticket(
        external_id=ticket_id,
        channel=_channel(followup),
        text=comment or "",
        subject=text_of(ticket, "title"),
        contact=Contact(email=text_of(ticket, "submitter_email")),
        received_at=parse_time(value_at(followup, "date")),
        message_id=_mail_key(followup, comment or "") or number,
        delivery_key=f"{ticket_id}/{number}",
        headers=_mail_headers(followup),
        attachments=files,
    )
    return accept_ticket(read, headers)


def _mail_key(followup: dict[str, Any], comment: str) -> str | None:
    """The key of a mail: it becomes a second follow-up if the webhook of its first one failed.

    A few programs use one Message-ID for different mails, so the text counts too.
    """
    mail_id = text_of(followup, "message_id")
    digest = hashlib.sha256(comment.encode("utf-8", "replace")).hexdigest()
    return None if mail_id is None else f"{mail_id} {digest[:16]}"


def _mail_headers(followup: dict[str, Any]) -> Mapping[str, str]:
    mail_id = text_of(followup, "message_id")
    return {} if mail_id is None else {"message-id": mail_id}


def _state(
    body: dict[str, Any], ticket: dict[str, Any], followup: dict[str, Any], *, answered: bool
) -> TicketState:
    queues = text_of(ticket, "queue"), text_of(body, "queue_slug")
    owner = text_of(ticket, "assigned_to") or ""
    return TicketState(
        external_id=text_of(ticket, "id") or "",
        at=parse_time(value_at(followup, "date")),
        status=STATUSES.get(text_of(ticket, "status") or ""),
        groups=tuple(queue for queue in queues if queue is not None),
        owner=owner if "assigned_to" in ticket else None,
        answered=answered,
        who=text_of(followup, "user"),
    )


def _channel(followup: dict[str, Any]) -> Channel:
    """A mail has a Message-ID, the public form no user. Titles only help if they are English."""
    title = text_of(followup, "title") or ""
    if text_of(followup, "message_id") is not None or "E-Mail" in title:
        return Channel.EMAIL
    if "Via Web" in title:
        return Channel.FORM
    return Channel.FORM if followup and text_of(followup, "user") is None else Channel.API


def newest_first(
    url: str, headers: Mapping[str, str], is_enough: Callable[[list[Any]], bool]
) -> Exchange[bool]:
    """Pass the rows of page after page to `is_enough`, from the last page back, until it is True.

    The API lists the oldest tickets first. Returns False if the pages were not read to the end.
    """
    first = (yield json_request("GET", f"{url}&page=1", headers)).json()
    last = _last_page(text_of(first, "count"))
    for page in range(last, max(last - MAX_PAGES, 0), -1):
        # The last page may have gone since the first one was read; the answer is 404 then.
        again = json_request("GET", f"{url}&page={page}", headers, expected=frozenset({404}))
        rows = list_at(first if page == 1 else (yield again).json(), "results")
        if is_enough(rows):
            return True
    return last <= MAX_PAGES


def _last_page(count: str | None) -> int:
    """The number of the last page of a list with this many tickets."""
    known = count is not None and count.isascii() and count.isdigit() and len(count) < 10
    return max(-(-int(count or "0") // PAGE), 1) if known else 1


def _list_answers(
    settings: DjangoHelpdeskSourceSettings, since: datetime
) -> Exchange[tuple[list[dict[str, Any]], bool]]:
    """List the customers' follow-ups, the oldest first, and tell if they were read to the end."""
    found: list[dict[str, Any]] = []

    def reaches_back(rows: list[Any]) -> bool:
        fresh = [row for row in rows if isinstance(row, dict) and not _is_before(row, since)]
        found.extend(row for row in reversed(fresh) if _is_answer(row))
        return bool(rows) and all(_is_before(row, since) for row in rows)

    url = f"{settings.api_url}/api/followups/?page_size={PAGE}"
    to_the_end = yield from newest_first(url, _access(settings), reaches_back)
    return found[::-1], to_the_end


def _is_answer(followup: dict[str, Any]) -> bool:
    """True if a customer wrote it; one that closes the ticket has words of django-helpdesk."""
    closes = STATUSES.get(text_of(followup, "new_status") or "") == "closed"
    by_customer = text_of(followup, "user") is None and value_at(followup, "public") is True
    return by_customer and not closes and not is_own(text_of(followup, "comment"))


def _read_ticket(settings: DjangoHelpdeskSourceSettings, number: str) -> Exchange[dict[str, Any]]:
    """Read a ticket that is not in the list of open ones; empty if it is gone."""
    url = f"{settings.api_url}/api/tickets/{path_part(number)}/"
    reply = yield json_request("GET", url, _access(settings), expected=frozenset({404}))
    return object_at(reply.json())


def _is_before(followup: Any, since: datetime) -> bool:
    made = parse_time(value_at(followup, "date"))
    return made is not None and made < since


def _listed(rows: list[Any], since: datetime) -> list[Ticket]:
    """The customers' new tickets on a page. One without a date may be a known one."""
    fresh = [
        row
        for row in rows
        if text_of(row, "id") is not None and not _is_before(_opening(row), since)
    ]
    events = [_new({}, row, _opening(row)) for row in fresh]
    return [event for event in events if isinstance(event, Ticket)]
