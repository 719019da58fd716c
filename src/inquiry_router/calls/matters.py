"""The history of a caller's number, and the open inquiry that a call is about.

A number alone is no matter: a switchboard is forty people, and one person has two defects.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from inquiry_router.calls.comparing import CallWords, Fit, compare, read_spoken
from inquiry_router.inquiry.categories import CATEGORIES, OTHER
from inquiry_router.phone.model import Known, OpenInquiry

# A customer who calls again within two weeks about the same thing has not been helped.
ONE_MATTER: Final = timedelta(days=14)
# The first call said no words: who calls so soon continues it.
CONTINUED_WITHIN: Final = timedelta(days=2)
# A caller is waiting.
_MAX_COMPARED: Final = 10
_SIDES: Final = {category.id: category.side for category in CATEGORIES}


@dataclass(frozen=True, slots=True)
class Matter:
    """An inquiry of a caller that is open, or was resolved a short time ago.

    `attempts` counts the calls and callbacks about it that reached nobody. `said` is everything
    that was said about it, and `last_at` the time of the last message.
    """

    inquiry_id: str
    inquiry: OpenInquiry
    last_at: datetime
    attempts: int
    said: tuple[str, ...] = ()
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class CallerHistory:
    """The history of a number: how many people used it, the last language, the inquiries."""

    people: int = 0
    language: str | None = None
    matters: tuple[Matter, ...] = ()

    @property
    def known(self) -> Known:
        """Report if the number identifies the caller."""
        return Known.NO if self.people == 0 else Known.YES if self.people == 1 else Known.MAYBE

    @property
    def open_inquiries(self) -> tuple[OpenInquiry, ...]:
        """The inquiries that are not resolved."""
        return tuple(matter.inquiry for matter in self.matters if not matter.resolved)


@dataclass(frozen=True, slots=True)
class Topic:
    """The subject of a call: a sure category, the reference that was named, the caller's words."""

    category: str | None = None
    reference: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The open inquiry of a call, and if that is sure."""

    matter: Matter | None = None
    fit: Fit = Fit.OTHER

    @property
    def sure(self) -> Matter | None:
        """The inquiry if the call is surely about it."""
        return self.matter if self.fit is Fit.SAME else None

    @property
    def perhaps(self) -> Matter | None:
        """The inquiry if the caller has to be asked."""
        return self.matter if self.fit is Fit.UNSURE else None


def find_matter(history: CallerHistory, topic: Topic, now: datetime) -> Found:
    """Find the open inquiry that a call is about: the one named, else the newest that fits."""
    if topic.reference is not None:
        for matter in history.matters:
            if matter.inquiry.reference == topic.reference:
                return Found(matter, Fit.SAME)
        return Found()
    said, perhaps = read_spoken(topic.words), Found()
    recent = [matter for matter in history.matters if now - matter.last_at <= ONE_MATTER]
    for matter in recent[:_MAX_COMPARED]:
        fit = _fit(matter, topic.category, said, history, now)
        if fit is Fit.SAME:
            return Found(matter, fit)
        if fit is Fit.UNSURE and perhaps.matter is None:
            perhaps = Found(matter, fit)
    return perhaps


def _fit(
    matter: Matter, category: str | None, said: CallWords, history: CallerHistory, now: datetime
) -> Fit:
    if said.says_nothing:
        # A key, or "I called yesterday": of a number that several people use that says nothing.
        unlikely = matter.resolved or history.known is Known.MAYBE or said.surely_other
        return Fit.SAME if not unlikely and _is_compatible(matter, category) else Fit.OTHER
    before = read_spoken(matter.said)
    if said.numbers.keys() & before.numbers.keys():
        return Fit.SAME
    if matter.resolved:
        return _fit_resolved(matter, category, said, before)
    if before.says_nothing:
        soon = now - matter.last_at <= CONTINUED_WITHIN and history.known is not Known.MAYBE
        return Fit.SAME if soon and _is_compatible(matter, category) else Fit.OTHER
    if _is_for_other_people(matter, category):
        return Fit.OTHER
    return compare(said, before)


def _fit_resolved(matter: Matter, category: str | None, said: CallWords, before: CallWords) -> Fit:
    """A call reopens a resolved inquiry only if the caller names the same thing again."""
    if before.says_nothing or _is_for_other_people(matter, category):
        return Fit.OTHER
    fit = compare(said, before)
    return fit if fit is Fit.SAME else Fit.OTHER


def _is_compatible(matter: Matter, category: str | None) -> bool:
    """True if the categories are the same, or if one of them is not known."""
    unknown = category in (None, OTHER) or matter.inquiry.unsure
    return unknown or matter.inquiry.category in (OTHER, category)


def _is_for_other_people(matter: Matter, category: str | None) -> bool:
    """True if one is surely for service and the other surely for sales."""
    if category is None or matter.inquiry.unsure:
        return False
    return {_SIDES.get(category), _SIDES.get(matter.inquiry.category)} == {"service", "sales"}
