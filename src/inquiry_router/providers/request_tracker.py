"""Kind `request_tracker`: tickets by a scrip that posts JSON; queues and comments by REST 2.0.

Request Tracker has no webhook, so the scrip's format is our own. Facts: RT::REST2 of RT 5
(`comment`, `correspond`); of bestpractical/rt `lib/RT/Ticket.pm`, `lib/RT/Group.pm` and
`lib/RT/Transaction.pm` (types of transactions), `lib/RT/Record/Role/Lifecycle.pm` and
`etc/RT_Config.pm.in` (statuses).
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Channel, Contact, Priority
from inquiry_router.outside.messages import Reply
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.groups import group_named
from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.notes import (
    is_own,
    mark,
    note_text,
    opening_text,
    referenced_title_of,
)
from inquiry_router.providers.kit.provider import Calls, Check, Group, Locate, Refused
from inquiry_router.providers.kit.reading import (
    MAX_PAGES,
    OwnUserSettings,
    Read,
    accept_state,
    accept_ticket,
    channel_of,
    first_text,
    is_same_user,
    parse_time,
    value_at,
    web_address,
)
from inquiry_router.providers.kit.recipients import addresses_in
from inquiry_router.providers.kit.replies import PublicReply
from inquiry_router.providers.kit.requests import (
    ODD_DUE,
    ODD_OWNER,
    Exchange,
    groups_in,
    path_part,
    query_value,
    require,
)
from inquiry_router.providers.kit.routed import RoutedInquiry
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
    text_of,
)

# RT 5 shows 0 as Low, up to 99 as Medium, and from 100 on as High; it sorts by the number.
_PRIORITIES: Final = {
    Priority.LOW: 0,
    Priority.NORMAL: 50,
    Priority.HIGH: 100,
    Priority.URGENT: 110,
}
_CHANNELS: Final = {
    "phone": Channel.PHONE,
    "chat": Channel.CHAT,
    "form": Channel.FORM,
    "web": Channel.FORM,
    "api": Channel.API,
    "mobile": Channel.FORM,
    "rest": Channel.API,
    "rest2": Channel.API,
}
# REST 2.0 answers 200 to a change that it refused, with the refusal in its list of messages.
_REFUSAL: Final = re.compile(
    r"permission denied|no permission|does(?: not|n't) exist|could(?: not|n't)|can(?:not|'t)"
    r"|unable to|not allowed|invalid",
    re.IGNORECASE,
)
# By default REST 2.0 shows only the number of a ticket's queue.
_QUEUE_NAME: Final = "fields%5BQueue%5D=Name"
# The types of transactions that change status, queue or owner.
_CHANGES: Final = ("Status", "Set")
# The statuses of RT's default lifecycle that say more than whether a ticket is active.
_STATUSES: Final[Mapping[str, TicketStatus]] = {
    "stalled": "pending",
    "resolved": "closed",
    "rejected": "closed",
    "deleted": "closed",
}
# RT's user for tickets that nobody owns.
_NOBODY: Final = "Nobody"
# For the stage Batch: in the stage Normal the ticket is not committed yet, so the router could not
# find it. A batch may have several transactions by several users; the system user sees all of them.
_SCRIP: Final = (
    "require JSON; require LWP::UserAgent; my $t = $self->TicketObj; "
    "for my $id (map { $_->Id } grep { $_->Type =~ /^(?:Create|Correspond|Status)$/ "
    "|| ($_->Type eq 'Set' && $_->Field =~ /^(?:Queue|Owner)$/) } "
    "@{$t->TransactionBatch || []}) { "
    "my $x = RT::Transaction->new(RT->SystemUser); $x->Load($id); "
    "my $who = $t->Requestors->UserMembersObj->First; my $message = $x->Attachments->First; "
    "my @files = map { +{ name => $_->Filename, type => $_->ContentType, "
    "size => ($_->ContentLength || 0) + 0 } } "
    "grep { length($_->Filename // '') } @{$x->Attachments->ItemsArrayRef}; "
    "my $reply = LWP::UserAgent->new(timeout => 5)->post('{url}', 'Content-Type' => "
    "'application/json', "
    "Content => JSON::encode_json({source => 'rt', event => $x->Type, id => $t->Id, subject => "
    "$t->Subject, "
    "url => RT->Config->Get('WebURL') . 'Ticket/Display.html?id=' . $t->Id, "
    "channel => $message ? $message->GetHeader('X-RT-Interface') : undef, "
    "requestors => [$t->Requestors->MemberEmailAddresses], requestor_name => $who ? $who->RealName "
    ": undef, "
    "status => $t->Status, inactive => $t->QueueObj->IsInactiveStatus($t->Status) ? 1 : 0, "
    "queue => $t->QueueObj->Name, queue_id => $t->QueueObj->Id, owner => $t->OwnerObj->Name, "
    "staff => $x->CreatorObj->Privileged ? 1 : 0, "
    "requestor_phone => $who ? $who->WorkPhone : undef, creator => $x->CreatorObj->EmailAddress, "
    "content => $x->ContentObj ? scalar $x->Content(Type => 'text/plain') : undef, "
    "attachments => \\@files, transaction_id => $x->Id, created => $x->CreatedObj->ISO})); "
    "RT->Logger->error('inquiry-router: ' . $reply->status_line) unless $reply->is_success; } "
    "return 1;"
)


class RequestTrackerSource(SourceKind[OwnUserSettings]):
    """Tickets of Request Tracker. The scrip sends once; RT's log shows a failure."""

    kind = "request_tracker"
    setup_texts: ClassVar[Mapping[str, str]] = {"scrip": _SCRIP}
    title = "Request Tracker"
    settings_model = OwnUserSettings
    tells_states = "webhook"

    def read(self, settings: OwnUserSettings, request: IncomingRequest) -> Read:
        """Read a new ticket, also in REST's format, a requestor's answer, or the ticket's state."""
        body = request.json_object()
        ticket_id = text_of(body, "id")
        if ticket_id is None:
            raise Unreadable(
                "The body has no 'id'. Copy the text of the scrip anew from the steps of this "
                "source."
            )
        event = text_of(body, "event") or "Create"
        if event == "Create":
            return (accept_ticket(_ticket(body, ticket_id), request.headers),)
        if event in _CHANGES:
            return (_state(settings, body, ticket_id),)
        if event != "Correspond":
            return (Ignored(f"{event} is neither a new ticket, an answer nor a change"),)
        return (_answer(settings, request.headers, body, ticket_id),)


class RequestTrackerSettings(UrlSettings):
    """The address of Request Tracker, and a token."""

    api_token: SecretStr = Field(
        description="An authentication token of a user who may see all queues used, and in them "
        "see, comment, modify and create tickets. Set this user's language to English: refusals "
        "are "
        "recognized by their words.",
        examples=["1-14-b1d5e3f1a2c44c0b8f7f0c9c7a6e5d4c"],
    )


class RequestTracker(TicketHelpdesk[RequestTrackerSettings]):
    """Moves tickets by PUT, looks whether they were moved, and comments why."""

    kind = "request_tracker"
    title = "Request Tracker: queue, priority and a comment"
    settings_model = RequestTrackerSettings
    has_due = True
    replies = True
    auto_reply = "Admin > Global > Scrips > 'On Create Autoreply To Requestors'"

    def headers(self, settings: RequestTrackerSettings) -> Mapping[str, str]:
        """The authentication token."""
        return {"authorization": f"token {settings.api_token.get_secret_value()}"}

    def find_ticket(
        self, settings: RequestTrackerSettings, inquiry: RoutedInquiry
    ) -> Exchange[str | None]:
        """Search for a subject that ends with the reference."""
        ending = f"({inquiry.reference})"
        query = query_value(f"Subject LIKE '{ending}'")
        path = f"/REST/2.0/tickets?query={query}&fields=Subject"
        reply = yield self.request(settings, "GET", path)
        require(reply, "items")
        for row in list_at(reply.json(), "items"):
            if (text_of(row, "Subject") or "").endswith(ending):
                return text_of(row, "id")
        return None

    def create_ticket(
        self, settings: RequestTrackerSettings, inquiry: RoutedInquiry
    ) -> Exchange[str]:
        """Create a ticket in the team's queue."""
        if inquiry.group is None:
            raise Refused(
                f"set the queue of the team '{inquiry.team}' in `groups`: a ticket cannot be "
                "created without a queue"
            )
        ticket = {
            "Queue": inquiry.group,
            "Subject": referenced_title_of(inquiry),
            "Content": opening_text(inquiry, settings.note_language),
            "ContentType": "text/plain",
            "Priority": _PRIORITIES[inquiry.priority],
        }
        if inquiry.contact.email:
            ticket["Requestor"] = inquiry.contact.email
        reply = yield self.request(settings, "POST", "/REST/2.0/ticket", ticket)
        return str(require(reply, "id"))

    def move_ticket(
        self, settings: RequestTrackerSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Calls:
        """Set priority and queue. Raises `Refused` if RT did not: it answers 200 all the same."""
        changes: dict[str, Any] = {"Priority": _PRIORITIES[inquiry.priority]}
        if inquiry.group is not None:
            changes["Queue"] = inquiry.group
        answer = (yield self.request(settings, "PUT", _path(ticket), changes)).json()
        messages = (
            [one for one in answer if isinstance(one, str)] if isinstance(answer, list) else []
        )
        refusal = next((one for one in messages if _is_refusal(one)), None)
        if refusal is not None:
            raise Refused(f"Request Tracker did not change the ticket: {refusal[:200]}")
        if inquiry.group is not None:
            yield from self._require_queue(settings, ticket, inquiry.group, messages)

    def own_ticket(self, settings: RequestTrackerSettings, ticket: str, owner: str) -> Calls:
        """Set the owner by the name of a user."""
        yield self.request(settings, "PUT", _path(ticket), {"Owner": owner}, expected=ODD_OWNER)

    def due_ticket(
        self,
        settings: RequestTrackerSettings,
        ticket: str,
        due_at: datetime,
        inquiry: RoutedInquiry,
    ) -> Calls:
        """Set Due, in UTC as the database has it."""
        changes = {"Due": f"{due_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"}
        yield self.request(settings, "PUT", _path(ticket), changes, expected=ODD_DUE)

    def open_ticket(self, settings: RequestTrackerSettings, ticket: str) -> Calls:
        """Set the status to open; a lifecycle without that name refuses it, and nothing changes."""
        yield self.request(settings, "PUT", _path(ticket), {"Status": "open"})

    def has_note(
        self, settings: RequestTrackerSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        """Look in the history for a comment with this subject, which RT keeps as its data."""
        for page in range(1, MAX_PAGES + 1):
            path = f"{_path(ticket)}/history?fields=Type,Data&per_page=100&page={page}"
            reply = yield self.request(settings, "GET", path)
            rows = list_at(reply.json(), "items")
            if any(text_of(row, "Data") == _note_subject(inquiry) for row in rows):
                return True
            if not _has_more(reply, page):
                break
        return False

    def add_note(
        self, settings: RequestTrackerSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Calls:
        """Add a comment."""
        comment = {
            "Subject": _note_subject(inquiry),
            "Content": note_text(inquiry, settings.note_language),
            "ContentType": "text/plain",
        }
        yield self.request(settings, "POST", f"{_path(ticket)}/comment", comment)

    def has_reply(
        self, settings: RequestTrackerSettings, ticket: str, reply: PublicReply
    ) -> Exchange[bool]:
        """Look in the history for correspondence with this subject, which RT keeps as its data."""
        path = f"{_path(ticket)}/history?fields=Type,Data&per_page=100"
        rows = list_at((yield self.request(settings, "GET", path)).json(), "items")
        return any(
            (text_of(row, "Type"), text_of(row, "Data")) == ("Correspond", reply.subject)
            for row in rows
        )

    def reply(
        self,
        settings: RequestTrackerSettings,
        ticket: str,
        inquiry: RoutedInquiry,
        reply: PublicReply,
    ) -> Calls:
        """Correspond; RT mails it to the requestors, unless the queue's scrip is off."""
        said = {"Subject": reply.subject, "Content": reply.text, "ContentType": "text/plain"}
        yield self.request(settings, "POST", f"{_path(ticket)}/correspond", said)

    def check(self, settings: RequestTrackerSettings) -> Check:
        """List the queues that the user sees."""
        groups: list[Group] = []
        for page in range(1, MAX_PAGES + 1):
            path = f"/REST/2.0/queues/all?fields=Name&per_page=100&page={page}"
            reply = yield self.request(settings, "GET", path)
            require(reply, "items")
            groups += groups_in(list_at(reply.json(), "items"), "Name")
            if not _has_more(reply, page):
                break
        return tuple(groups)

    def locate(self, settings: RequestTrackerSettings, ticket: str) -> Locate:
        """The queue of the ticket, by its number, or by its name if the settings use that."""
        found = yield from self.read_ticket(settings, f"{_path(ticket)}?{_QUEUE_NAME}")
        return group_named(settings, text_of(found, "Queue", "id"), text_of(found, "Queue", "Name"))

    def _require_queue(
        self, settings: RequestTrackerSettings, ticket: str, group: str, messages: list[str]
    ) -> Calls:
        """Look where the ticket is now: messages in the user's language may hide a refusal."""
        shown = (yield self.request(settings, "GET", f"{_path(ticket)}?{_QUEUE_NAME}")).json()
        queue = value_at(shown, "Queue")
        names = [(text_of(queue, name) or "").casefold() for name in ("id", "Name")]
        if group.casefold() not in names:
            reason = "; ".join(messages)[:200] or "it gave no reason"
            raise Refused(f"Request Tracker did not move the ticket: {reason}")


def _path(ticket: str) -> str:
    return f"/REST/2.0/ticket/{path_part(ticket)}"


def _note_subject(inquiry: RoutedInquiry) -> str:
    """The note's subject, different for each decision by the delivery's id."""
    return f"{mark(inquiry.reference)} {inquiry.delivery}"


def _is_refusal(message: str) -> bool:
    """True for a refusal in RT's English words, but not for a change to a queue named like one."""
    return "changed from" not in message and _REFUSAL.search(message) is not None


def _requestors(body: dict[str, Any]) -> list[str]:
    """The requestors' addresses, in the scrip's or in REST's format."""
    listed = [*list_at(body, "requestors"), *list_at(body, "Requestor")]
    found = [text_of(one, "id") if isinstance(one, dict) else one for one in listed]
    return [one.strip() for one in found if isinstance(one, str) and one.strip()]


def _ticket(body: dict[str, Any], ticket_id: str) -> Ticket:
    requestors = _requestors(body)
    return Ticket(
        external_id=ticket_id,
        channel=channel_of(text_of(body, "channel"), _CHANNELS, Channel.EMAIL),
        text=text_of(body, "content") or "",
        subject=first_text(body, "subject", "Subject"),
        contact=Contact(
            text_of(body, "requestor_name"),
            requestors[0] if requestors else None,
            text_of(body, "requestor_phone"),
        ),
        url=web_address(text_of(body, "url")),
        received_at=parse_time(value_at(body, "created") or value_at(body, "Created")),
        delivery_key=text_of(body, "transaction_id"),
        attachments=files_of(body.get("attachments")),
        written_to=addresses_in(body.get("to"), body.get("cc")),
    )


def _answer(
    settings: OwnUserSettings, headers: Mapping[str, str], body: dict[str, Any], ticket_id: str
) -> Event:
    author, transaction = text_of(body, "creator"), text_of(body, "transaction_id")
    if transaction is None:
        raise Unreadable(
            "The body has no 'transaction_id'. Copy the text of the scrip anew from the steps of "
            "this source."
        )
    if author is None or not any(
        is_same_user(requestor, author) for requestor in _requestors(body)
    ):
        return _state(settings, body, ticket_id)
    ticket = _ticket(body, ticket_id)
    if not (ticket.text or ticket.attachments):
        return Ignored("the answer has neither a text nor a file")
    read = accept_ticket(ticket, headers, settings.own_user, [author])
    return replace(read, message_id=transaction) if isinstance(read, Ticket) else read


def _state(settings: OwnUserSettings, body: dict[str, Any], ticket_id: str) -> Event:
    author, text = text_of(body, "creator"), text_of(body, "content")
    status, owner = text_of(body, "status"), text_of(body, "owner")
    queues = text_of(body, "queue_id"), text_of(body, "queue")
    is_answer = text_of(body, "event") == "Correspond" and text_of(body, "staff") == "1"
    state = TicketState(
        external_id=ticket_id,
        at=parse_time(value_at(body, "created")),
        status=_status(status, is_inactive=text_of(body, "inactive") == "1"),
        groups=tuple(queue for queue in queues if queue is not None),
        owner="" if owner == _NOBODY else owner,
        answered=is_answer and author is not None and text is not None and not is_own(text),
        who=author,
    )
    return accept_state(state, settings.own_user, [author])


def _status(written: str | None, *, is_inactive: bool) -> TicketStatus | None:
    if written is None:
        return None
    return "closed" if is_inactive else _STATUSES.get(written.casefold(), "open")


def _has_more(reply: Reply, page: int) -> bool:
    pages = value_at(reply.json(), "pages")
    return isinstance(pages, int) and pages > page
