"""Kind `request_tracker` as a source: tickets by a scrip that posts JSON.

Request Tracker has no webhook, so the scrip's format is our own. Facts: of bestpractical/rt
`lib/RT/Ticket.pm`, `lib/RT/Transaction.pm` (types of transactions),
`lib/RT/Record/Role/Lifecycle.pm` and `etc/RT_Config.pm.in` (statuses).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.notes import (
    is_own,
)
from inquiry_router.providers.kit.reading import (
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
