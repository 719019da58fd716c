"""The rules of retention, as admins write them: days after which data are deleted."""

from datetime import timedelta
from typing import Annotated

from pydantic import ConfigDict, Field, Strict

from inquiry_router.routing.fields import Document

Kept = Annotated[int, Strict(), Field(ge=1, le=36_500)]
# Calls in progress and repeated requests need their rows; nobody needs them for longer than a year.
KeptCalls = Annotated[int, Strict(), Field(ge=1, le=366)]


class RetentionRules(Document):
    """Days for which each class of data is kept. Null keeps it for good."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [{"resolved_inquiries_days": 1095, "deliveries_days": 90, "calls_days": 14}]
        },
    )

    resolved_inquiries_days: Kept | None = Field(
        None,
        description="Resolved inquiries with everything about them, counted from the last thing "
        "that happened to them.",
        examples=[1095],
    )
    open_inquiries_days: Kept | None = Field(
        None,
        description="Inquiries that nobody resolved, counted in the same way. Helpdesks "
        "that report no states leave every inquiry open.",
        examples=[1825],
    )
    deliveries_days: Kept | None = Field(
        None,
        description="Deliveries that were made, discarded or superseded, with their attempts. The "
        "newest decision of each inquiry at each destination stays as long as the inquiry.",
        examples=[90],
    )
    dead_letters_days: Kept | None = Field(
        None, description="Deliveries that were given up.", examples=[180]
    )
    calls_days: KeptCalls = Field(
        30, description="The progress of calls; their words are messages.", examples=[30]
    )
    recordings_days: KeptCalls = Field(
        30, description="Recorded messages in the phone folder.", examples=[30]
    )
    events_days: KeptCalls = Field(
        30, description="Events of helpdesks that were fetched.", examples=[30]
    )
    dead_events_days: Kept | None = Field(
        None, description="Events of helpdesks that could not be fetched.", examples=[180]
    )

    referrals_without_consent_days: Kept | None = Field(
        None,
        description="Names, numbers, addresses and words of referrals whose prospect has not "
        "consented, and of candidates, counted from their arrival. An open one expires then.",
        examples=[30],
    )
    closed_referrals_days: Kept | None = Field(
        None,
        description="The same of closed referrals, counted from their last change. Ids, states and "
        "amounts stay, because rewards hang on them; nothing goes before all are paid or reversed.",
        examples=[365],
    )

    def period(self, name: str) -> timedelta | None:
        """Return the time for which a class is kept; None for good."""
        days: int | None = getattr(self, name)
        return timedelta(days=days) if days is not None else None
