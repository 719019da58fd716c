"""Kind `osticket`: tickets by a small plugin or by alert mails; new tickets by its API.

osTicket has no webhook, so the plugin's format is our own.
Facts: osTicket/osTicket `setup/doc/api/tickets.md`, `include/class.signal.php`, and the signals
and fields in `include/class.ticket.php`, `include/class.thread.php` and `include/class.orm.php`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Channel, Contact, Priority
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.helpdesk import Helpdesk
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.notes import (
    is_own,
    note_lines,
    opening_lines,
    referenced_title_of,
)
from inquiry_router.providers.kit.provider import NothingToDo, Telling
from inquiry_router.providers.kit.reading import (
    Read,
    accept_state,
    accept_ticket,
    channel_of,
    first_text,
    parse_time,
    value_at,
    web_address,
)
from inquiry_router.providers.kit.recipients import addresses_in
from inquiry_router.providers.kit.requests import number
from inquiry_router.providers.kit.routed import RoutedInquiry
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    IncomingRequest,
    SourceKind,
    SourceSettings,
    Ticket,
    TicketState,
    TicketStatus,
    Unreadable,
    text_of,
)

_CHANNELS: Final = {
    "email": Channel.EMAIL,
    "phone": Channel.PHONE,
    "web": Channel.FORM,
    "api": Channel.API,
    "chat": Channel.CHAT,
}
_CHANGED: Final = "changed"
_STATUSES: Final[Mapping[str, TicketStatus]] = {
    "open": "open",
    "closed": "closed",
    "archived": "closed",
    "deleted": "closed",
}
# The ids in a new installation.
_PRIORITIES: Final = {Priority.LOW: 1, Priority.NORMAL: 2, Priority.HIGH: 3, Priority.URGENT: 4}
_DECLARED: Final = (
    "'id' => 'inquiry-router', 'version' => '1', 'name' => 'inquiry-router', "
    "'plugin' => 'router.php:RouterPlugin'"
)
# osTicket stores a new ticket in several steps; those between its creation and its signal, and its
# opening message, tell nothing new. Objects may keep the ones that they were related to before, so
# status, department and agent are looked up by their ids.
_PLUGIN: Final = (
    "<?php class RouterPlugin extends Plugin { function bootstrap() { $fresh = []; "
    "$send = function ($t, $more) { $s = TicketStatus::lookup($t->getStatusId()); "
    "$d = Dept::lookup($t->getDeptId()); "
    "$a = $t->getStaffId() ? Staff::lookup($t->getStaffId()) : null; "
    "$c = curl_init('{url}'); curl_setopt_array($c, [CURLOPT_TIMEOUT => 5, "
    "CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => ['Content-Type: application/json'], "
    "CURLOPT_POSTFIELDS => json_encode($more + ['source' => 'osticket', "
    "'ticket_id' => $t->getId(), 'number' => $t->getNumber(), 'subject' => $t->getSubject(), "
    "'name' => (string) $t->getName(), 'email' => (string) $t->getEmail(), "
    "'phone' => (string) $t->getPhoneNumber(), 'topic' => $t->getHelpTopic(), "
    "'department' => $d ? $d->getFullName() : '', 'channel' => $t->getSource(), "
    "'state' => $s ? $s->getState() : '', 'assignee' => $a ? (string) $a->getName() : '', "
    "'at' => gmdate('c')])]); curl_exec($c); curl_close($c); }; "
    "$said = function ($e) { $files = []; foreach ($e->getAttachments() as $f) "
    "if (!$f->inline) $files[] = ['name' => $f->getFilename(), "
    "'type' => $f->getFile()->getType(), 'size' => $f->getFile()->getSize()]; "
    "return ['message' => Format::html2text($e->getBody()->getClean()), "
    "'attachments' => $files]; }; "
    "Signal::connect('model.created', function ($t) use (&$fresh) "
    "{ $fresh[$t->getId()] = true; }, 'Ticket'); "
    "Signal::connect('ticket.created', function ($t) use (&$fresh, $send, $said) "
    "{ unset($fresh[$t->getId()]); $send($t, $said($t->getMessages()[0])); }); "
    "Signal::connect('threadentry.created', function ($e) use (&$fresh, $send, $said) "
    "{ $t = $e->getThread()->getObject(); if (!($t instanceof Ticket) "
    "|| isset($fresh[$t->getId()]) || !in_array($e->getType(), ['M', 'R'])) return; "
    "$send($t, $said($e) + ['entry_id' => $e->getId(), "
    "'poster' => $e->getStaffId() ? 'staff' : ($e->getUserId() ? 'customer' : 'system')]); }); "
    "Signal::connect('model.updated', function ($t, $data) use (&$fresh, $send) "
    "{ if (!isset($fresh[$t->getId()]) && array_intersect(['status_id', 'dept_id', 'staff_id'], "
    "array_keys($data['dirty'] ?? []))) $send($t, ['event' => 'changed']); }, 'Ticket'); } }"
)


_MAX_NUMBER_CHARS: Final = 40


class OsTicketSource(SourceKind[SourceSettings]):
    """Tickets of osTicket. The plugin sends once; only the alert mails show a lost one."""

    kind = "osticket"
    setup_texts: ClassVar[Mapping[str, str]] = {"declared": _DECLARED, "plugin": _PLUGIN}
    title = "osTicket"
    tells_states = "webhook"

    def read(self, settings: SourceSettings, request: IncomingRequest) -> Read:
        """Read a new ticket, with an `entry_id` a later message, or a change of the ticket.

        Its number is the key.
        """
        body = request.json_object()
        ticket_number = first_text(body, "number", "ticket_id")
        if ticket_number is None:
            raise Unreadable(
                "The body has no 'number'. Copy the text of the plugin anew from the steps of this "
                "source."
            )
        # Without an author a message is a customer's: older texts of the plugin sent no others.
        poster = text_of(body, "poster") or "customer"
        if text_of(body, "event") == _CHANGED or poster != "customer":
            return (_state(body, ticket_number, poster),)
        return (_ticket(request.headers, body, ticket_number),)


class OsTicketSettings(UrlSettings):
    """The address of osTicket, an API key, and a sender for customers without an address."""

    api_key: SecretStr = Field(
        description="An API key (Manage, API) that may create tickets; it is bound to the router's "
        "IP address.",
        examples=["0A1B2C3D4E5F60718293A4B5C6D7E8F9"],
    )
    sender: str = Field(
        max_length=200,
        description="The e-mail address of tickets whose customer left none: osTicket requires "
        "one.",
        examples=["router@acme.example.com"],
    )


class OsTicket(Helpdesk[OsTicketSettings]):
    """Creates tickets, and no more: the API can neither move nor note them afterwards."""

    kind = "osticket"
    title = "osTicket: new tickets for a help topic"
    settings_model = OsTicketSettings

    def headers(self, settings: OsTicketSettings) -> Mapping[str, str]:
        """The API key."""
        return {"x-api-key": settings.api_key.get_secret_value()}

    def tell(self, settings: OsTicketSettings, inquiry: RoutedInquiry) -> Telling:
        """Create a ticket for an inquiry that came another way.

        Do nothing for osTicket's own tickets, nor for news and later decisions, which could only
        double one.
        """
        if inquiry.ticket is not None or not (inquiry.first and inquiry.moves):
            raise NothingToDo("osTicket's API can only create tickets: it moves and notes none")
        reply = yield self.request(settings, "POST", "/api/tickets.json", _new(settings, inquiry))
        # The answer is the number of the ticket, as plain text.
        number = reply.body[:_MAX_NUMBER_CHARS].decode("utf-8", "replace").strip()
        return number if number.isalnum() else None

    def check(self, settings: OsTicketSettings) -> None:
        """There is nothing to ask: the API can only create."""


def _ticket(headers: Mapping[str, str], body: dict[str, Any], ticket_number: str) -> Event:
    entry = text_of(body, "entry_id")
    text = first_text(body, "message", "text") or ""
    files = files_of(body.get("attachments"))
    if entry is not None and not (text or files):
        return Ignored("the message has neither a text nor a file")
    ticket = Ticket(
        external_id=ticket_number,
        channel=channel_of(text_of(body, "channel"), _CHANNELS, Channel.FORM),
        text=text,
        subject=text_of(body, "subject"),
        contact=Contact(text_of(body, "name"), text_of(body, "email"), text_of(body, "phone")),
        url=web_address(text_of(body, "url")),
        received_at=parse_time(value_at(body, "created")),
        message_id=entry,
        delivery_key=ticket_number if entry is None else f"{ticket_number}/{entry}",
        attachments=files,
        written_to=addresses_in(body.get("to")),
    )
    return accept_ticket(ticket, headers)


def _state(body: dict[str, Any], ticket_number: str, poster: str) -> Event:
    """The department is named without its id: the groups of osTicket here are help topics."""
    status, text = _STATUSES.get(text_of(body, "state") or ""), first_text(body, "message", "text")
    owner = text_of(body, "assignee") or ""
    department = text_of(body, "department")
    state = TicketState(
        external_id=ticket_number,
        at=parse_time(value_at(body, "at")),
        status=status,
        groups=() if department is None else (department,),
        # The agent of a closed ticket is the one who closed it.
        owner=owner if "assignee" in body and status != "closed" else None,
        answered=poster == "staff" and text is not None and not is_own(text),
    )
    return accept_state(state)


def _new(settings: OsTicketSettings, inquiry: RoutedInquiry) -> dict[str, Any]:
    """The ticket to create; its help topic leads it to a department."""
    contact = inquiry.contact
    names = (contact.name, contact.company, contact.email, contact.phone, inquiry.reference)
    ticket: dict[str, Any] = {
        "name": next(name for name in names if name),
        "email": contact.email or settings.sender,
        "subject": referenced_title_of(inquiry),
        "message": _message(settings, inquiry),
        "priorityId": _PRIORITIES[inquiry.priority],
        "source": "Phone" if inquiry.channel == Channel.PHONE else "API",
        "alert": True,
        # The sender of the inquiry has already answered the customer.
        "autorespond": False,
    }
    if contact.phone:
        ticket["phone"] = contact.phone
    if inquiry.group is not None:
        ticket["topicId"] = number(inquiry.group)
    return ticket


def _message(settings: OsTicketSettings, inquiry: RoutedInquiry) -> str:
    """The note and the customer's words in one: there is no way to add a note later."""
    language = settings.note_language
    return "\n".join([*note_lines(inquiry, language), *opening_lines(inquiry, language)[1:]])
