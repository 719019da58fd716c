"""The inputs of the cost model: ranges with their sources, as admins write them. Pure."""

from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Field, Strict, StringConstraints, model_validator

from inquiry_router.inquiry.model import Channel
from inquiry_router.routing.fields import Document, Slug

ASSUMPTION: Final = "assumption"
# The longest time after a call that is looked at: see `curves.GRID`.
MAX_AFTER_MINUTES: Final = 60
Source = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
_Number = Annotated[float, Strict(), Field(ge=0, le=100_000, allow_inf_nan=False)]
_Minor = Annotated[int, Strict(), Field(ge=0, le=10_000_000_000)]


class _Ordered(Document):
    """Three points in order."""

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        points: Any = (self.low, self.likely, self.high)  # type: ignore[attr-defined]
        if not points[0] <= points[1] <= points[2]:
            raise ValueError(
                f"low {points[0]}, likely {points[1]} and high {points[2]} do not rise: "
                "write the smallest first"
            )
        return self


class NumberRange(_Ordered):
    """A number that nobody knows exactly: low, likely, high, and where it comes from."""

    low: _Number = Field(description="One would be surprised by less.", examples=[1])
    likely: _Number = Field(description="The best guess.", examples=[5])
    high: _Number = Field(description="One would be surprised by more.", examples=[15])
    source: Source = Field(
        ASSUMPTION,
        description="Where it comes from; `assumption` if nobody has measured it.",
        examples=["two-week tally, March 2026"],
    )


class MoneyRange(_Ordered):
    """An amount of money in minor units (grosz, cent): low, likely, high, and its source."""

    low: _Minor = Field(description="In minor units, such as grosz.", examples=[4500])
    likely: _Minor = Field(description="In minor units.", examples=[6500])
    high: _Minor = Field(description="In minor units.", examples=[11000])
    source: Source = Field(
        ASSUMPTION,
        description="Where it comes from; `assumption` if nobody has measured it.",
        examples=["payroll 2026"],
    )


class MatterMinutes(Document):
    """Minutes that one service matter takes a salesperson, for a channel, category or intent."""

    channel: Channel | None = Field(None, description="Empty for any.", examples=["email"])
    category: Slug | None = Field(None, description="Empty for any.", examples=["defect"])
    intent: Slug | None = Field(None, description="Empty for any.", examples=[None])
    minutes: NumberRange = Field(
        description="The minutes of one matter.",
        examples=[{"low": 3, "likely": 7, "high": 20}],
    )


def _range(low: float, likely: float, high: float, source: str = ASSUMPTION) -> NumberRange:
    return NumberRange(low=low, likely=likely, high=high, source=source)


def _money(low: int, likely: int, high: int) -> MoneyRange:
    return MoneyRange(low=low, likely=likely, high=high)


_RETURN_SOURCE: Final = (
    "assumption, below studies of office work: 10 to 15 minutes to resume a task (Iqbal and "
    "Horvitz, CHI 2007), some 25 (Mark and others, CHI 2005)"
)
_MINUTES: Final = (
    MatterMinutes(minutes=_range(3, 6, 15)),
    MatterMinutes(channel=Channel.EMAIL, minutes=_range(3, 7, 20)),
    MatterMinutes(channel=Channel.FORM, minutes=_range(3, 7, 20)),
    MatterMinutes(channel=Channel.CHAT, minutes=_range(2, 4, 10)),
    MatterMinutes(channel=Channel.NOTE, minutes=_range(1, 2, 5)),
    MatterMinutes(category="defect", minutes=_range(4, 10, 30)),
)


class CostInputs(Document):
    """Everything that the cost model assumes. Each value has a range and a source."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "pay_hour": {
                        "low": 5200,
                        "likely": 6100,
                        "high": 7400,
                        "source": "payroll 2026",
                    },
                    "service_share": {
                        "low": 0.4,
                        "likely": 0.55,
                        "high": 0.7,
                        "source": "two-week tally, March 2026",
                    },
                }
            ]
        },
    )

    currency: Currency = Field("PLN", description="ISO 4217.", examples=["PLN"])
    service_share: NumberRange = Field(
        _range(0.3, 0.5, 0.7),
        description="The share of customers' calls to salespeople that are service matters. A "
        "call log has no words; a mailbox or a tally gives a better figure than this.",
        examples=[{"low": 0.4, "likely": 0.55, "high": 0.7}],
    )
    purchase_share: NumberRange = Field(
        _range(0.05, 0.1, 0.25),
        description="The share of their calls in which a customer wants to buy.",
        examples=[{"low": 0.05, "likely": 0.1, "high": 0.25}],
    )
    minutes: tuple[MatterMinutes, ...] = Field(
        _MINUTES,
        min_length=1,
        max_length=500,
        description="Minutes of one service matter whose time nobody measured. The entry that "
        "names the most (intent, category, channel) counts; of equals the first.",
    )
    after_call_minutes: NumberRange = Field(
        _range(1, 3, 8),
        description="Minutes after a call for notes and for passing the matter on.",
        examples=[{"low": 1, "likely": 3, "high": 8}],
    )
    return_minutes: NumberRange = Field(
        _range(1, 5, 15, _RETURN_SOURCE),
        description="Minutes to get back into the work that a call interrupted.",
        examples=[{"low": 1, "likely": 5, "high": 15}],
    )
    try_minutes: NumberRange = Field(
        _range(0.5, 1, 3),
        description="Minutes that a call takes in which nobody was reached.",
        examples=[{"low": 0.5, "likely": 1, "high": 3}],
    )
    met_after_seconds: Annotated[int, Strict(), Field(ge=0, le=120)] = Field(
        15,
        description="An answered call shorter than this met a voicemail, not a person. Assumption.",
        examples=[15],
    )
    loop_hours: Annotated[int, Strict(), Field(ge=1, le=24 * 14)] = Field(
        72,
        description="Two people who do not try again for so many hours have given up. Assumption.",
        examples=[72],
    )
    pay_hour: MoneyRange = Field(
        _money(4500, 6500, 11000),
        description="The whole cost of an hour of a salesperson to the employer.",
        examples=[{"low": 4500, "likely": 6500, "high": 11000}],
    )
    selling_hour_margin: MoneyRange = Field(
        _money(3000, 8000, 25000),
        description="The margin that one more hour of selling brings, beyond the pay.",
        examples=[{"low": 3000, "likely": 8000, "high": 25000}],
    )
    selling_share: NumberRange = Field(
        _range(0.3, 0.5, 0.8),
        description="The share of the hours given back that would go into selling.",
        examples=[{"low": 0.3, "likely": 0.5, "high": 0.8}],
    )
    lost_sale_probability: NumberRange = Field(
        _range(0.01, 0.03, 0.1),
        description="The probability that a customer who wants to buy and never reaches anybody "
        "buys elsewhere.",
        examples=[{"low": 0.01, "likely": 0.03, "high": 0.1}],
    )
    lost_sale_margin: MoneyRange = Field(
        _money(50_000, 200_000, 800_000),
        description="The margin of a sale that was lost so.",
        examples=[{"low": 50000, "likely": 200000, "high": 800000}],
    )
    would_have_reached: NumberRange = Field(
        _range(0.3, 0.6, 0.9),
        description="The share of service matters that come directly now and would have gone to "
        "the salesperson.",
        examples=[{"low": 0.3, "likely": 0.6, "high": 0.9}],
    )

    phone_tag_stop: Annotated[bool, Strict()] = Field(
        False,
        description="True: after two missed calls back the customer gets one message with two "
        "fixed times, and nobody rings before the first.",
        examples=[True],
    )
    phone_tag_clocks: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")], ...],
        Field(min_length=1, max_length=8),
    ] = Field(
        ("10:00", "14:00"),
        description="The times of day that are offered, in the team's time zone.",
        examples=[["10:00", "14:00"]],
    )

    @model_validator(mode="after")
    def _check_shares(self) -> Self:
        shares = (
            "service_share",
            "purchase_share",
            "selling_share",
            "lost_sale_probability",
            "would_have_reached",
        )
        for name in shares:
            if getattr(self, name).high > 1:
                raise ValueError(f"{name}: a share is at most 1; write 55 percent as 0.55")
        if self.service_share.low + self.purchase_share.low > 1:
            raise ValueError("service_share and purchase_share: together they are more than 1")
        after = self.after_call_minutes.high + self.return_minutes.high
        if max(after, self.try_minutes.high) > MAX_AFTER_MINUTES:
            raise ValueError(
                "after_call_minutes and return_minutes: together at most "
                f"{MAX_AFTER_MINUTES} minutes after a call can be counted"
            )
        if all(one.channel or one.category or one.intent for one in self.minutes):
            raise ValueError(
                "minutes: one entry without channel, category and intent must be for all others"
            )
        return self

    def minutes_of(self, channel: str, category: str, intent: str) -> NumberRange:
        """Return the minutes of a matter: the entry that names the most of it."""

        def fits(one: MatterMinutes) -> bool:
            pairs = ((one.channel, channel), (one.category, category), (one.intent, intent))
            return all(wanted is None or wanted == given for wanted, given in pairs)

        def weight(one: MatterMinutes) -> int:
            return 4 * bool(one.intent) + 2 * bool(one.category) + bool(one.channel)

        return max(filter(fits, self.minutes), key=weight).minutes


class MonitoringNotice(Document):
    """The admin's word that employees were told of the monitoring before it began.

    Polish law asks for it: art. 22(2) and 22(3) of the Kodeks pracy (see docs/privacy.md).
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [{"announced": True, "note": "Regulamin pracy, annex 4, told 2026-03-02"}]
        },
    )

    announced: Annotated[bool, Strict()] = Field(
        False,
        description="True: purpose, scope and manner of the monitoring stand in the work rules, "
        "and everybody concerned was told at least two weeks before.",
        examples=[True],
    )
    note: Annotated[str, StringConstraints(max_length=500)] = Field(
        "", description="Where it stands, and since when.", examples=["Regulamin pracy, annex 4"]
    )
