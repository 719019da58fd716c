"""Helpdesks as destinations: one story for all of them, told by a few small verbs a vendor.

Every verb is a generator that yields requests, is sent the replies and does no I/O, so a vendor
reads like a recipe and is tested without a network.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from inquiry_router.inquiry.model import Contact, Event, Priority
from inquiry_router.inquiry.rendering import read_time
from inquiry_router.outside.messages import OutgoingRequest
from inquiry_router.providers.kit.customers import customer_in
from inquiry_router.providers.kit.helpdesk_settings import HelpdeskSettings, UrlSettings
from inquiry_router.providers.kit.news import (
    JOINED,
    News,
    is_same_ticket,
    join_news,
    news_lines,
    read_news,
)
from inquiry_router.providers.kit.nothing import explain_nothing
from inquiry_router.providers.kit.provider import (
    Calls,
    Check,
    Handover,
    Locate,
    Names,
    NothingToDo,
    Telling,
)
from inquiry_router.providers.kit.replies import PublicReply
from inquiry_router.providers.kit.requests import FINAL, Exchange, json_request, require
from inquiry_router.providers.kit.source import object_at, text_of

_MAX_WORDS = 5
_UNSURE_FLAGS = frozenset({"unsure", "unclassified", "unread", "undecided"})


@dataclass(frozen=True, slots=True)
class RoutedInquiry:
    """A delivery as a helpdesk needs it.

    `ticket` is the vendor's id of the ticket to be moved; None if one has to be created.
    `delivery` is the same on every attempt; `repeated` says that there was an earlier attempt,
    so the ticket or the note may be there already. `at` is the time of this attempt.

    `first`: no decision of the inquiry was delivered before. `outdated`: a newer one was recorded.
    `news` is None for a decision by the router or by a person. `secondary` is the category of a
    second matter in the text. `origin` names the inquiry that this one came from, `customer` the
    account. `why` are the reasons as codes with facts. `assignee` has it, or is asked (`is_offer`);
    `owner` is the login of who has it. `is_quiet`: nothing is to be told but the due time.
    """

    inquiry: str
    reference: str
    category: str
    confidence: float
    unsure: bool
    words: tuple[str, ...]
    team: str
    group: str | None
    rule: str
    priority: Priority
    channel: str
    subject: str | None
    text: str = field(repr=False)
    contact: Contact = field(repr=False)
    ticket: str | None
    delivery: str
    repeated: bool
    at: datetime
    correction_url: str | None = field(default=None, repr=False)
    corrected_by: str | None = None
    flags: frozenset[str] = frozenset()
    intent: str | None = None
    secondary: str | None = None
    origin: Mapping[str, Any] | None = field(default=None, repr=False)
    news: News | None = None
    is_resolved: bool = False
    first: bool = True
    outdated: bool = False
    customer: Mapping[str, Any] = field(default_factory=dict, repr=False)
    due_at: str | None = None
    is_quiet: bool = False
    why: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    assignee: str | None = None
    is_offer: bool = False
    owner: str | None = None
    names: Names = field(default_factory=dict, repr=False)

    def own_name(self, kind: str, thing: str, language: str) -> str | None:
        """The company's name of a team, category or intent; None if it has given none."""
        names = self.names.get(f"{kind}:{thing}", {})
        return names.get(language) or names.get("en")

    @property
    def moves(self) -> bool:
        """True if the ticket gets group, priority and tags; otherwise it only gets a note."""
        if self.news is not None:
            return self.news.moves and (not self.outdated or self.news.kind == JOINED)
        return not (self.is_resolved and self.corrected_by)

    @property
    def may_be_known(self) -> bool:
        """True if the helpdesk may have a ticket that an earlier delivery or attempt created."""
        return self.repeated or self.news is not None or self.corrected_by is not None


S = TypeVar("S", bound=UrlSettings)


class Helpdesk(ABC, Generic[S]):
    """A helpdesk that is told of inquiries by its HTTP API."""

    kind: str
    title: str
    settings_model: type[UrlSettings]
    final = FINAL
    # A ticket has a field for the time by which the customer has an answer.
    has_due = False
    # The place where an admin finds its own answer to new tickets.
    auto_reply = "its settings for new tickets"

    def url(self, settings: S) -> str | None:
        """The address of the company's helpdesk."""
        return settings.url

    def hand_over(self, settings: S, handover: Handover, at: datetime) -> Telling:
        """Tell the helpdesk of an inquiry, if it concerns this helpdesk.

        Return the ticket that was created or found for an inquiry that came another way.
        Raises `NothingToDo` if it does not concern it.
        """
        if handover.event == Event.ACKNOWLEDGED:
            return (yield from self.answer_customer(settings, handover, at))
        found = read_handovers(settings, handover, at)
        concerned = [one for one in found if self.has_due or not one.is_quiet]
        if not concerned:
            raise NothingToDo(explain_nothing(settings.source, settings.create, handover.payload))
        made = None
        for inquiry in concerned:
            if made is not None and inquiry.ticket == made:
                continue  # a message that came by the ticket which was made for the inquiry
            ticket = yield from self.tell(settings, inquiry)
            made = made or (ticket if inquiry.ticket is None else None)
        return made

    def answer_customer(self, settings: S, handover: Handover, at: datetime) -> Telling:
        """Write to the customer. Raises `NothingToDo` where the helpdesk cannot."""
        raise NothingToDo("this helpdesk is not asked to write to customers")
        yield

    @abstractmethod
    def tell(self, settings: S, inquiry: RoutedInquiry) -> Telling:
        """Everything that is done in the helpdesk for one inquiry. Repeating it must not hurt.

        Return the ticket, if there is one.
        """

    @abstractmethod
    def headers(self, settings: S) -> Mapping[str, str]:
        """The credentials, as headers of each request."""

    @abstractmethod
    def check(self, settings: S) -> Check | None:
        """List the groups without changing anything; None if the API cannot be tried so."""

    def request(
        self,
        settings: S,
        method: str,
        path: str,
        body: Any = None,
        *,
        expected: frozenset[int] = frozenset(),
    ) -> OutgoingRequest:
        """A request with the credentials to this path of the helpdesk."""
        headers = self.headers(settings)
        return json_request(method, settings.url + path, headers, body, expected=expected)


class TicketHelpdesk(Helpdesk[S]):
    """A helpdesk whose API can find, create, move, note and locate tickets.

    A vendor supplies these verbs. Where one request of the vendor does two of them at once, the
    vendor overrides `find_or_create_ticket` or `move_and_note` instead.

    `opens_by_itself`: a closed ticket is open again when its customer writes to it. `replies`: it
    can write to the customer, by `reply` and `has_reply`.
    """

    opens_by_itself = True
    replies = False

    def answer_customer(self, settings: S, handover: Handover, at: datetime) -> Telling:
        """Reply to the customer in their ticket, unless an earlier attempt did."""
        payload = json.loads(handover.payload)
        inquiry = _read_ticket(settings, handover, payload, at) if self.replies else None
        if inquiry is None or inquiry.ticket is None:
            raise NothingToDo("the inquiry has no ticket here whose customer could be written to")
        reply = PublicReply(**payload["data"]["reply"])
        if not (inquiry.repeated and (yield from self.has_reply(settings, inquiry.ticket, reply))):
            yield from self.reply(settings, inquiry.ticket, inquiry, reply)
        return inquiry.ticket

    def tell(self, settings: S, inquiry: RoutedInquiry) -> Telling:
        """Find the ticket or create it, move it if it is a decision, and say why in a note.

        The due time comes last, so that a helpdesk without that field still gets the rest.
        """
        ticket = inquiry.ticket or (yield from self.find_or_create_ticket(settings, inquiry))
        if not inquiry.is_quiet:
            yield from self._move_or_note(settings, ticket, inquiry)
        due_at = read_time(inquiry.due_at)
        if due_at is not None and due_at > inquiry.at and not inquiry.outdated:
            yield from self.due_ticket(settings, ticket, due_at, inquiry)
        return ticket

    def _move_or_note(self, settings: S, ticket: str, inquiry: RoutedInquiry) -> Calls:
        news = inquiry.news and inquiry.news.seen_from(settings.source, ticket)
        if news and not news_lines(news, settings.note_language):
            return
        inquiry = replace(inquiry, news=news)
        if news and news.only_once and (yield from self.has_note(settings, ticket, inquiry)):
            return
        if news and (news.opens or (news.reopens and not self.opens_by_itself)):
            yield from self.open_ticket(settings, ticket)
        if news and news.keeps_group:
            inquiry = replace(inquiry, group=None)
        if inquiry.moves:
            yield from self.move_and_note(settings, ticket, inquiry)
            if inquiry.owner is not None:
                yield from self.own_ticket(settings, ticket, inquiry.owner)
        elif not (yield from self.was_noted(settings, ticket, inquiry)):
            yield from self.add_note(settings, ticket, inquiry)
            if news and news.kind == Event.ASSIGNED and inquiry.owner is not None:
                yield from self.own_ticket(settings, ticket, inquiry.owner)

    def find_or_create_ticket(self, settings: S, inquiry: RoutedInquiry) -> Exchange[str]:
        """The ticket of an inquiry that came another way."""
        found = yield from self.find_ticket(settings, inquiry)
        return found or (yield from self.create_ticket(settings, inquiry))

    def move_and_note(self, settings: S, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """The move may be repeated, a note may not; so the note comes last."""
        yield from self.move_ticket(settings, ticket, inquiry)
        if not (yield from self.was_noted(settings, ticket, inquiry)):
            yield from self.add_note(settings, ticket, inquiry)

    def was_noted(self, settings: S, ticket: str, inquiry: RoutedInquiry) -> Exchange[bool]:
        """True if an earlier attempt left the note; a first attempt need not ask."""
        return inquiry.repeated and (yield from self.has_note(settings, ticket, inquiry))

    # Not abstract: a vendor that overrides a larger step above never needs the verbs of that step.

    def find_ticket(self, settings: S, inquiry: RoutedInquiry) -> Exchange[str | None]:
        """The ticket that an earlier attempt created, or None."""
        raise NotImplementedError

    def create_ticket(self, settings: S, inquiry: RoutedInquiry) -> Exchange[str]:
        """Create a ticket and return its id. Raises `Refused` if a setting is missing."""
        raise NotImplementedError

    def move_ticket(self, settings: S, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Set the group, the priority and, where there are any, the tags."""
        raise NotImplementedError

    def own_ticket(self, settings: S, ticket: str, owner: str) -> Calls:
        """Set the owner by login, unless the helpdesk refuses it; nothing where it takes none."""
        yield from ()

    def due_ticket(
        self, settings: S, ticket: str, due_at: datetime, inquiry: RoutedInquiry
    ) -> Calls:
        """Set the time by which we answer, unless it is refused; nothing where no field has it."""
        yield from ()

    def open_ticket(self, settings: S, ticket: str) -> Calls:
        """Open a closed ticket again; nothing where the helpdesk has no plain status for it."""
        yield from ()

    def has_note(self, settings: S, ticket: str, inquiry: RoutedInquiry) -> Exchange[bool]:
        """True if the ticket has the note of this very event."""
        raise NotImplementedError

    def add_note(self, settings: S, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Add the note, for agents only."""
        raise NotImplementedError

    def has_reply(self, settings: S, ticket: str, reply: PublicReply) -> Exchange[bool]:
        """True if the customer was written this reply."""
        raise NotImplementedError

    def reply(self, settings: S, ticket: str, inquiry: RoutedInquiry, reply: PublicReply) -> Calls:
        """Write to the customer in their ticket."""
        raise NotImplementedError

    def read_ticket(self, settings: S, path: str, *place: str) -> Exchange[dict[str, Any]]:
        """Read the ticket at this path, found at `place` of the answer; empty if it is gone.

        Raises `Refused` for an answer that is no ticket.
        """
        reply = yield self.request(settings, "GET", path, expected=frozenset({404}))
        if reply.status == 404:
            return {}
        require(reply, *place, "id")
        return object_at(reply.json(), *place)

    @abstractmethod
    def locate(self, settings: S, ticket: str) -> Locate:
        """The group that the ticket is in, or None."""


def read_handovers(
    settings: HelpdeskSettings, handover: Handover, at: datetime
) -> list[RoutedInquiry]:
    """Everything that a delivery tells this helpdesk: of the inquiry's ticket, and of a joined one.

    A customer may write about the same matter in a second ticket, which then belongs to the team
    of the first.
    """
    payload = json.loads(handover.payload)
    found = [_read_own(settings, handover, payload, at)]
    if handover.event == Event.MESSAGE:
        found.append(_read_joined(settings, handover, payload, at))
    return [inquiry for inquiry in found if inquiry is not None]


def _read_ticket(
    settings: HelpdeskSettings, handover: Handover, payload: Mapping[str, Any], at: datetime
) -> RoutedInquiry | None:
    """The inquiry, if it came from a ticket of this helpdesk."""
    source = payload["data"].get("source") or {}
    if settings.source is None or source.get("system") != settings.source:
        return None
    return _read(settings, handover, payload, at, str(source["id"]))


def _read_own(
    settings: HelpdeskSettings, handover: Handover, payload: Mapping[str, Any], at: datetime
) -> RoutedInquiry | None:
    """The inquiry's own ticket; None if there is nothing to tell, or no ticket of this helpdesk."""
    source = payload["data"].get("source") or {}
    is_ours = settings.source is not None and source.get("system") == settings.source
    if not is_ours and not settings.create:
        return None
    inquiry = _read(settings, handover, payload, at, str(source["id"]) if is_ours else None)
    if handover.event in (Event.ROUTED, Event.CORRECTED):
        return inquiry
    if inquiry.news is None:  # only the promise that the message started is news
        is_told = inquiry.ticket is not None and inquiry.due_at is not None
        return replace(inquiry, is_quiet=True) if is_told else None
    return inquiry


def _read_joined(
    settings: HelpdeskSettings, handover: Handover, payload: Mapping[str, Any], at: datetime
) -> RoutedInquiry | None:
    """The second ticket of this helpdesk from which a message joined the inquiry, if it is one."""
    data = payload["data"]
    source = (data.get("message") or {}).get("source") or {}
    if settings.source is None or source.get("system") != settings.source:
        return None
    if is_same_ticket(source, data.get("source")) or (news := join_news(payload)) is None:
        return None
    inquiry = _read(settings, handover, payload, at, str(source["id"]))
    return replace(inquiry, news=news)


def _read(
    settings: HelpdeskSettings,
    handover: Handover,
    payload: Mapping[str, Any],
    at: datetime,
    ticket: str | None,
) -> RoutedInquiry:
    data = payload["data"]
    decision, classification = data["decision"], data["classification"]
    return RoutedInquiry(
        inquiry=data["id"],
        reference=data["reference"],
        category=classification["category"],
        confidence=classification["confidence"],
        unsure=not _UNSURE_FLAGS.isdisjoint(decision["flags"]),
        words=tuple(entry["text"] for entry in classification["evidence"][:_MAX_WORDS]),
        team=decision["team"],
        group=settings.group_of(decision["team"]),
        rule=decision["rule"],
        priority=Priority(decision["priority"]),
        due_at=_due_at(handover.event, data),
        assignee=decision.get("assignee"),
        is_offer=decision.get("is_offer") is True,
        owner=decision.get("assignee_user"),
        channel=data["channel"],
        subject=data["subject"],
        text=data["text"],
        contact=Contact(**data["contact"]),
        ticket=ticket,
        delivery=handover.id,
        repeated=handover.repeated,
        at=at,
        correction_url=handover.correction_url,
        corrected_by=(data.get("correction") or {}).get("who"),
        flags=frozenset(decision["flags"]),
        intent=classification.get("intent"),
        secondary=classification.get("secondary"),
        origin=data.get("link") if handover.event == Event.ROUTED else None,
        news=read_news(handover.event, payload),
        is_resolved=data.get("status") == "resolved",
        first=handover.first,
        outdated=handover.outdated,
        customer=customer_in(data),
        names=handover.names,
        why=tuple(facts for facts in decision.get("reason_facts") or () if facts),
    )


def _due_at(event: str, data: Mapping[str, Any]) -> str | None:
    """The promise to be told: that of a decision, or the one that a message started."""
    if event in (Event.ROUTED, Event.CORRECTED, Event.REOPENED):
        return text_of(data, "decision", "due_at")
    return text_of(data, "due_at") if event == Event.MESSAGE else None
