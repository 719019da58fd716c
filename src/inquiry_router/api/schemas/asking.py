"""The bodies and answers about hints, asks and the board."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints

from inquiry_router.api.schemas.fields import StrictBody
from inquiry_router.api.schemas.referrals import Person
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.referrals.asking import wordings
from inquiry_router.routing.fields import CalendarDay

_ID = "0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"
_TIME = "2026-11-20T08:30:00.000Z"
Way = Literal["mail", "phone", "in_person"]
Result = Literal["named", "no", "thinking"]
_Id = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class HintAnswerIn(StrictBody):
    """The answer to a hint."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"answer": "asked", "way": "phone", "result": "no"}]},
    )

    answer: Literal["asked", "not_now", "never"] = Field(
        description="asked, not now, or never this customer.", examples=["asked"]
    )
    way: Way = Field("phone", description="For asked: the way.", examples=["phone"])
    result: Result | None = Field(
        None, description="For asked: the customer's answer.", examples=["named"]
    )
    script_id: _Id | None = Field(None, description="The wording that was used.", examples=[None])


class AskIn(StrictBody):
    """An ask without a hint."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"account": "K-1024", "person": "Bartek Wilk", "way": "in_person"}]
        },
    )

    account: _Id = Field(description="The customer: id or external id.", examples=["K-1024"])
    person: Person = Field(description="Who asked.", examples=["Bartek Wilk"])
    way: Way = Field(description="The way.", examples=["in_person"])
    result: Result | None = Field(None, description="Their answer.", examples=["thinking"])
    script_id: _Id | None = Field(None, description="The wording that was used.", examples=[None])


class ScriptIn(StrictBody):
    """A wording that worked."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "author": "Bartek Wilk",
                    "language": "pl",
                    "way": "phone",
                    "text": "Kto jeszcze ma taki kłopot z pompą?",
                }
            ]
        },
    )

    author: Person = Field(description="Whose words they are.", examples=["Bartek Wilk"])
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = Field(
        description="ISO 639-1.", examples=["pl"]
    )
    way: Way = Field(description="The way.", examples=["phone"])
    text: Annotated[str, StringConstraints(min_length=5, max_length=2000)] = Field(
        description="The words.", examples=["Kto jeszcze ma taki kłopot z pompą?"]
    )


class BoardChoiceIn(StrictBody):
    """The choice of one of our people about the board."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"by_name": True}]},
    )

    by_name: Annotated[bool, Strict()] = Field(
        description="True: their name is shown.", examples=[True]
    )
    mentor: Person | None = Field(None, description="Who teaches them.", examples=["Ewa Lis"])
    is_mentor: Annotated[bool, Strict()] = Field(
        False, description="They like to teach.", examples=[False]
    )


class SeasonIn(StrictBody):
    """A season of the board."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Jesień 2026",
                    "begins_on": "2026-09-01",
                    "ends_on": "2026-12-31",
                    "manager": "Marta Szef",
                }
            ]
        },
    )

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        description="Its name.", examples=["Jesień 2026"]
    )
    begins_on: CalendarDay = Field(description="The first day.", examples=["2026-09-01"])
    ends_on: CalendarDay = Field(description="The last day.", examples=["2026-12-31"])
    manager: Person = Field(
        description="The manager who goes first: their own asks are in.", examples=["Marta Szef"]
    )


class HintOut(BaseModel):
    """A hint."""

    id: str = Field(description="Its id.", examples=[_ID])
    account_id: str = Field(description="The customer.", examples=[_ID])
    account_name: str = Field(description="Their name.", examples=["Hydro-Bud"])
    person: str = Field(description="Their salesperson.", examples=["Bartek Wilk"])
    reason: str = Field(
        description="complaint_solved, promise_kept, purchase or praise.", examples=["praise"]
    )
    words: str | None = Field(description="Their words.", examples=["Świetna naprawa!"])
    inquiry_id: str | None = Field(description="The inquiry.", examples=[_ID])
    state: str = Field(description="open, asked, not_now, never or over.", examples=["open"])
    at: datetime = Field(description="When it was given.", examples=[_TIME])
    ends_at: datetime = Field(description="When it ends.", examples=[_TIME])
    wordings: dict[str, str] = Field(
        description="Ready words by way.", examples=[{"phone": "Przy okazji: komu ...?"}]
    )


class HintPage(BaseModel):
    """Hints, the newest first."""

    items: list[HintOut] = Field(description="The hints.")
    answered: dict[str, int] = Field(
        description="What customers of all colleagues answered so far: no is as normal as it is.",
        examples=[{"named": 6, "no": 4, "thinking": 2}],
    )


class BoardRowOut(BaseModel):
    """A row of the board."""

    name: str = Field(description="A team or a person.", examples=["sales"])
    asked: int = Field(description="Customers asked.", examples=[10])
    refused: int = Field(description="Of them said no.", examples=[4])
    qualified: float = Field(description="Qualified, by shares.", examples=[3])
    won: float = Field(description="Won, by shares.", examples=[1])
    score: float = Field(description="Points: quality weighs more.", examples=[40])
    is_manager: bool = Field(description="A manager.", examples=[False])
    is_mentor: bool = Field(description="A mentor.", examples=[False])
    mentor_offered: bool = Field(description="May become a mentor.", examples=[False])


class BoardOut(BaseModel):
    """The board."""

    season: str | None = Field(description="The season that runs.", examples=["Jesień 2026"])
    teams: list[BoardRowOut] = Field(description="The teams, the best first.")
    people: list[BoardRowOut] = Field(description="Those who want to be named.")
    unnamed: int = Field(description="How many others take part.", examples=[4])


class SilenceOut(BaseModel):
    """A line of the coaching view."""

    person: str = Field(description="Who.", examples=["Ewa Lis"])
    customers: int = Field(description="Their customers.", examples=[120])
    asked: int = Field(description="Of them asked in 90 days.", examples=[0])
    worth_minor: int = Field(description="What more asking would be worth.", examples=[500000])
    currency: str = Field(description="ISO 4217.", examples=["PLN"])


class CoachingOut(BaseModel):
    """The coaching view."""

    items: list[SilenceOut] = Field(description="Those who ask least first.")


class GiftOut(BaseModel):
    """Give and take between two colleagues."""

    giver: str = Field(description="Who brought them.", examples=["Bartek Wilk"])
    taker: str = Field(description="Who handled them.", examples=["Ewa Lis"])
    given: int = Field(description="How many.", examples=[3])
    won: int = Field(description="Of them won.", examples=[1])
    waiting: int = Field(description="Not called yet.", examples=[1])


class GiftsOut(BaseModel):
    """Give and take."""

    items: list[GiftOut] = Field(description="Pairs, the most first.")


class GainOut(BaseModel):
    """The worth of some referrals a year to one salesperson."""

    referrals: int = Field(description="How many a year.", examples=[5])
    won: float | None = Field(description="Of them become customers.", examples=[2.1])
    currency: str = Field(
        description="That of the rules. Deals in another one count, but not their amounts.",
        examples=["PLN"],
    )
    turnover_minor: int | None = Field(description="Turnover.", examples=[2500000])
    reward_minor: int | None = Field(description="The salesperson's reward.", examples=[50000])
    hours: float | None = Field(description="Hours saved.", examples=[28.0])
    deals: int = Field(description="Won deals that the figures come from.", examples=[12])
    is_enough: bool = Field(description="False: too few to rely on.", examples=[True])
    conversations: float | None = Field(
        description="Customers to ask for so many referrals.", examples=[9.0]
    )


class SideOut(BaseModel):
    """One group of customers."""

    customers: int = Field(description="How many.", examples=[40])
    with_orders: int = Field(description="Of them ordered in the 90 days.", examples=[22])
    with_complaints: int = Field(description="Of them complained.", examples=[3])
    with_praise: int = Field(description="Of them praised us.", examples=[4])


class EffectOut(BaseModel):
    """Customers asked against customers not asked."""

    asked: SideOut = Field(description="Those who were asked.")
    not_asked: SideOut = Field(description="Those who were not.")
    said_no: SideOut = Field(description="Those who said no.")
    verdict: str = Field(
        description="too_few, no_difference, more_orders or fewer_orders.", examples=["too_few"]
    )


class AskedOut(BaseModel):
    """An ask that was recorded."""

    id: str = Field(description="Its id.", examples=[_ID])


class ScriptOut(BaseModel):
    """A shared wording."""

    id: str = Field(description="Its id.", examples=[_ID])
    author: str = Field(description="Whose words they are.", examples=["Bartek Wilk"])
    language: str = Field(description="ISO 639-1.", examples=["pl"])
    way: str = Field(description="mail, phone or in_person.", examples=["phone"])
    text: str = Field(description="The words.", examples=["Kto jeszcze?"])
    used: int = Field(description="How often.", examples=[5])
    named: int = Field(description="How often somebody was named then.", examples=[3])


class ScriptPage(BaseModel):
    """Shared wordings."""

    items: list[ScriptOut] = Field(description="Those that worked best first.")


class InvoiceProblemOut(BaseModel):
    """A line that needs a look."""

    line: int = Field(description="The line.", examples=[3])
    message: str = Field(description="What is wrong, and the cure.", examples=["no amount"])


class InvoicesOut(BaseModel):
    """The result of an import."""

    stored: int = Field(description="New invoices.", examples=[1])
    repeated: int = Field(description="Known ones; nothing changed.", examples=[0])
    won: list[str] = Field(description="Referrals that were won.", examples=[[]])
    problems: list[InvoiceProblemOut] = Field(description="Lines that need a look.")


class MatchedReferralOut(BaseModel):
    """The recommender of a caller."""

    id: str = Field(description="The referral.", examples=[_ID])
    recommender: str = Field(description="Who recommended them.", examples=["Anna Kowalska"])
    credit: list[str] = Field(description="Whose referral it is.", examples=[["Bartek Wilk"]])
    handled_by: str | None = Field(description="Who handles it.", examples=["Ewa Lis"])


class ReferralMatchOut(BaseModel):
    """The referral of a number or address."""

    referral: MatchedReferralOut | None = Field(description="null: nobody recommended them.")


class RecommendLinkIn(StrictBody):
    """The owner of a form."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"account": "K-1024"}]}
    )

    account: _Id | None = Field(None, description="A customer.", examples=["K-1024"])
    person: Person | None = Field(None, description="One of our people.", examples=[None])


class RecommendLinkOut(BaseModel):
    """A personal form."""

    url: str = Field(
        description="Its address, valid for a year.",
        examples=["https://router.example/recommend/AZjA"],
    )


class ReferralLinksOut(BaseModel):
    """Signed links about a referral."""

    status: str = Field(
        description="For the recommender: the state and no more.",
        examples=["https://router.example/referral-status/AZjA"],
    )
    outcome: str = Field(
        description="For the handling salesperson: outcomes by one click.",
        examples=["https://router.example/referral-outcome/AZjA"],
    )


def hint_json(row: Any) -> dict[str, Any]:
    """Render a hint."""
    plain = (
        "id", "account_id", "account_name", "person", "reason", "words", "inquiry_id", "state",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in plain},
        "at": format_time(row.at),
        "ends_at": format_time(row.ends_at),
        "wordings": wordings(row.language, row.reason),
    }
