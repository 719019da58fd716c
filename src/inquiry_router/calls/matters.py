"""The history of a caller's number, and the open inquiry that a call is about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from inquiry_router.inquiry.categories import OTHER
from inquiry_router.phone.model import Known, OpenInquiry

# A customer who calls again within two weeks about the same thing has not been helped.
ONE_MATTER: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Matter:
    """An open inquiry of a caller.

    `attempts` counts the calls and callbacks about it that reached nobody.
    """

    inquiry_id: str
    inquiry: OpenInquiry
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class CallerHistory:
    """The history of a number: how many people used it, the last language, the open inquiries."""

    people: int = 0
    language: str | None = None
    matters: tuple[Matter, ...] = ()

    @property
    def known(self) -> Known:
        """Report if the number identifies the caller."""
        return Known.NO if self.people == 0 else Known.YES if self.people == 1 else Known.MAYBE


def find_matter(
    history: CallerHistory, category: str | None, reference: str | None, now: datetime
) -> Matter | None:
    """Find the open inquiry that a call is about: the one named, else the newest that matches.

    An inquiry matches a call of the same category, and so does one where either category is
    unknown: a caller who reached nobody yesterday and only asks for a person has no new request.
    """
    if reference is not None:
        named = (matter for matter in history.matters if matter.inquiry.reference == reference)
        return next(named, None)
    vague = category in (None, OTHER)
    matching = (
        matter
        for matter in history.matters
        if now - matter.received_at <= ONE_MATTER
        and (vague or _is_vague(matter) or matter.inquiry.category == category)
    )
    return next(matching, None)


def _is_vague(matter: Matter) -> bool:
    return matter.inquiry.unsure or matter.inquiry.category == OTHER
