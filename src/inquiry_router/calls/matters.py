"""Phone tag ends here: which call is about a matter that is open already, and who rings. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from inquiry_router.inquiry.categories import OTHER
from inquiry_router.phone.model import Known, OpenInquiry

# Who rings again within two weeks about the same thing has not been helped.
ONE_MATTER: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Matter:
    """An open inquiry of a caller. `attempts` counts the calls and callbacks about it that reached nobody."""

    inquiry_id: str
    inquiry: OpenInquiry
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a number: how many different people have used it, the last one's language, and what is open."""

    people: int = 0
    language: str | None = None
    matters: tuple[Matter, ...] = ()

    @property
    def known(self) -> Known:
        """Whether the number tells who rings."""
        return Known.NO if self.people == 0 else Known.YES if self.people == 1 else Known.MAYBE


def same_matter(
    past: Past, category: str | None, reference: str | None, now: datetime
) -> Matter | None:
    """The open matter that a call is about: the one that the caller named, else the newest that it can be.

    It can be one of the same category, or one where either is not known: somebody who only asks for a person, and was not
    reached yesterday, has not come up with something new.
    """
    if reference is not None:
        return next(
            (matter for matter in past.matters if matter.inquiry.reference == reference), None
        )
    recent = [matter for matter in past.matters if now - matter.received_at <= ONE_MATTER]
    vague = category in (None, OTHER)
    return next(
        (
            matter
            for matter in recent
            if vague or _is_vague(matter) or matter.inquiry.category == category
        ),
        None,
    )


def _is_vague(matter: Matter) -> bool:
    return matter.inquiry.unsure or matter.inquiry.category == OTHER
