"""The rules of later messages, as admins write them."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, Strict

from inquiry_router.routing.fields import Document, Share

Hours = Annotated[int, Strict(), Field(ge=0, le=24 * 365)]
Days = Annotated[int, Strict(), Field(ge=0, le=3650)]
Number = Literal[
    "order_number", "complaint_number", "serial_number", "invoice_number", "other_number"
]
ALL_NUMBERS: tuple[Number, ...] = (
    "order_number",
    "complaint_number",
    "serial_number",
    "invoice_number",
    "other_number",
)

# No rule with a window of its own looks further back.
_MIN_WINDOW: Final = timedelta(days=30)


class MatterRules(Document):
    """The rules by which messages are one inquiry, and for the effect of a later message."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"reopen_within_days": 21, "split": "note"}]},
    )

    numbers: tuple[Number, ...] = Field(
        ALL_NUMBERS,
        description="A number of these kinds in common joins a message to an open inquiry of the "
        "same person. Other numbers are only a hint.",
        examples=[["order_number", "complaint_number"]],
    )
    join_within_days: Days = Field(
        60,
        description="Numbers and subjects count so long after the last message of an inquiry. "
        "Tickets, replies and references always count.",
        examples=[60],
    )
    same_words_within_hours: Hours = Field(
        72,
        description="Nearly the same words of the same person over two channels are one inquiry "
        "within this time; over one channel within two hours.",
        examples=[72],
    )
    follow_up_within_days: Days = Field(
        14,
        description='A message of the same person that goes on with something ("as I said on the '
        'phone") is part of their only open inquiry within this time.',
        examples=[14],
    )
    chat_settles_within_seconds: Annotated[int, Strict(), Field(ge=0, le=600)] = Field(
        10,
        description="In a chat, messages within this time decide an inquiry anew, until its "
        "decision was handed over.",
        examples=[10],
    )
    split: Literal["inquiry", "note"] = Field(
        "inquiry",
        description="A later message about another matter, for another kind of team: `inquiry` "
        "makes a linked inquiry of its own, `note` only tells the team that has the first one.",
        examples=["inquiry"],
    )
    split_from_confidence: Share = Field(
        0.85,
        description="The confidence that such a message needs, 0 to 1.",
        examples=[0.85],
    )
    reopen_within_days: Days = Field(
        14,
        description="A message on a resolved inquiry reopens it so long; later it becomes a new, "
        "linked one.",
        examples=[14],
    )

    @property
    def longest_window(self) -> timedelta:
        """The time after which only tickets, replies and references join a message."""
        days = max(self.join_within_days, self.follow_up_within_days)
        return max(timedelta(days=days), timedelta(hours=self.same_words_within_hours), _MIN_WINDOW)
