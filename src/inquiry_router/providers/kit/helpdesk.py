"""Helpdesks as destinations: one story for all of them, told by a few small verbs a vendor.

Every verb is a generator that yields requests, is sent the replies and does no I/O, so a vendor
reads like a recipe and is tested without a network.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from inquiry_router.inquiry.model import Event
from inquiry_router.inquiry.rendering import read_time
from inquiry_router.outside.messages import OutgoingRequest
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.news import (
    news_lines,
)
from inquiry_router.providers.kit.nothing import explain_nothing
from inquiry_router.providers.kit.provider import (
    Calls,
    Check,
    Handover,
    Locate,
    NothingToDo,
    Telling,
)
from inquiry_router.providers.kit.replies import PublicReply
from inquiry_router.providers.kit.requests import FINAL, Exchange, json_request, require
from inquiry_router.providers.kit.routed import RoutedInquiry, read_handovers, read_own_ticket
from inquiry_router.providers.kit.source import object_at

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
        inquiry = read_own_ticket(settings, handover, payload, at) if self.replies else None
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
