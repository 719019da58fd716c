"""The inquiry as a helpdesk is told of it, read from a delivery."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from inquiry_router.inquiry.model import Contact, Event, Priority
from inquiry_router.providers.kit.customers import customer_in
from inquiry_router.providers.kit.helpdesk_settings import HelpdeskSettings
from inquiry_router.providers.kit.naming import ZONE, Names
from inquiry_router.providers.kit.news import (
    JOINED,
    News,
    is_same_ticket,
    join_news,
    read_news,
)
from inquiry_router.providers.kit.provider import Handover
from inquiry_router.providers.kit.source import text_of

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
    `owner` is the login of who has it. `is_quiet`: nothing is to be told but the due time. `zone`
    is that of the team.
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
    zone: ZoneInfo = ZONE

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


def read_own_ticket(
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
        names=handover.terms.names,
        zone=handover.terms.zone_of(decision["team"]),
        why=tuple(facts for facts in decision.get("reason_facts") or () if facts),
    )


def _due_at(event: str, data: Mapping[str, Any]) -> str | None:
    """The promise to be told: that of a decision, or the one that a message started."""
    if event in (Event.ROUTED, Event.CORRECTED, Event.REOPENED):
        return text_of(data, "decision", "due_at")
    return text_of(data, "due_at") if event == Event.MESSAGE else None
