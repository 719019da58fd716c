"""The answers of the door for baselines."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from inquiry_router.relief.inputs import NumberRange


class HoursOut(BaseModel):
    """Hours as a range: one in ten is below low, one in ten above high."""

    low: float = Field(description="Hours.", examples=[12.5])
    expected: float = Field(description="Hours.", examples=[31.2])
    high: float = Field(description="Hours.", examples=[55.0])


class MoneyOut(BaseModel):
    """Money in minor units as a range."""

    low: int = Field(description="Minor units.", examples=[81000])
    expected: int = Field(description="Minor units.", examples=[364000])
    high: int = Field(description="Minor units.", examples=[790000])


class FiguresOut(BaseModel):
    """The figures of a group."""

    hours: HoursOut = Field(description="Hours on service matters.")
    money: MoneyOut = Field(description="Their price, with lost sales.")
    lost_sales: MoneyOut = Field(description="Of it: sales that were lost.")
    calls: int = Field(description="Calls of all kinds.", examples=[120])
    talk_hours: float = Field(description="Time on the phone.", examples=[6.0])
    loops: int = Field(description="Phone-tag loops.", examples=[9])
    unmet_loops: int = Field(description="Those that ended without a talk.", examples=[2])
    matters: int = Field(description="Service matters without a clock.", examples=[0])
    measured_hours: float = Field(description="Measured time.", examples=[0.0])


class MonthOut(FiguresOut):
    """The figures of a month."""

    month: str = Field(description="The month.", examples=["2026-03"])


class PersonOut(FiguresOut):
    """The figures of a salesperson."""

    person: str | None = Field(description="The name.", examples=["Jan Nowak"])


class AccountFiguresOut(FiguresOut):
    """The figures of an account."""

    account: str | None = Field(description="Null for strangers.", examples=["Hydro-Bud"])


class CategoryFiguresOut(FiguresOut):
    """The figures of a category."""

    category: str | None = Field(description="Null: calls have no words.", examples=["defect"])


class KnowableOut(BaseModel):
    """The limits of a file."""

    can: list[str] = Field(description="Known from it.", examples=[["who rang whom"]])
    cannot: list[str] = Field(description="Not known from it.", examples=[["what about"]])


class BaselineOut(BaseModel):
    """A reading of last year."""

    id: str = Field(description="The id.", examples=["0198c0de-9a51-7c1e-8d2c-3f6a5e1b7d20"])
    kind: str = Field(description="calls, mail or diary.", examples=["calls"])
    state: Literal["done"] = Field(description="It was read.", examples=["done"])
    name: str = Field(description="The name of the file.", examples=["Master.csv"])
    begins_on: str | None = Field(description="The first day.", examples=["2026-03-01"])
    ends_on: str | None = Field(description="The last day.", examples=["2026-03-31"])
    at: str = Field(description="Read at.", examples=["2026-11-19T10:00:00Z"])
    actor: str = Field(description="By which key.", examples=["admin"])
    inputs_version: int = Field(description="The version of the inputs.", examples=[0])
    service_share: NumberRange = Field(description="The share of service that was used.")
    assumptions: list[str] = Field(
        description="Inputs that nobody measured.", examples=[["pay_hour"]]
    )
    known: dict[str, Any] = Field(description="Plain counts.", examples=[{"rows": 1200}])
    knowable: KnowableOut = Field(description="What can and cannot be known.")
    currency: str = Field(description="ISO 4217.", examples=["PLN"])
    whole: FiguresOut = Field(description="Everything.")
    by_month: list[MonthOut] = Field(description="By month.")
    by_person: list[PersonOut] = Field(description="By salesperson, if that may be shown.")
    by_account: list[AccountFiguresOut] = Field(description="By account, the largest 50.")
    by_category: list[CategoryFiguresOut] = Field(description="By category.")
    announced: bool = Field(description="The monitoring was announced.", examples=[True])


class MailboxReadingOut(BaseModel):
    """A mailbox that is being read, or could not be."""

    id: str = Field(description="The id.", examples=["0198c0de-9a51-7c1e-8d2c-3f6a5e1b7d20"])
    kind: Literal["mail"] = Field(description="mail.", examples=["mail"])
    state: Literal["reading", "failed"] = Field(
        description="reading or failed.", examples=["reading"]
    )
    name: str = Field(description="The name of the file.", examples=["jan.mbox"])
    at: str = Field(description="Sent at.", examples=["2026-11-19T10:00:00Z"])
    actor: str = Field(description="By which key.", examples=["admin"])
    done: int = Field(description="Mails that were read.", examples=[1200])
    mails: int | None = Field(description="Of how many; null at the beginning.", examples=[10000])
    problem: str | None = Field(
        description="Why it could not be read.", examples=["jan.mbox: the zip holds no .eml file"]
    )


class BaselineShortOut(BaseModel):
    """A baseline in a list."""

    id: str = Field(description="The id.", examples=["0198c0de-9a51-7c1e-8d2c-3f6a5e1b7d20"])
    kind: str = Field(description="calls, mail or diary.", examples=["calls"])
    state: str = Field(description="done, or of a mailbox reading or failed.", examples=["done"])
    name: str = Field(description="The name of the file.", examples=["Master.csv"])
    begins_on: str | None = Field(description="The first day.", examples=["2026-03-01"])
    ends_on: str | None = Field(description="The last day.", examples=["2026-03-31"])
    at: str = Field(description="Read at.", examples=["2026-11-19T10:00:00Z"])
    actor: str = Field(description="By which key.", examples=["admin"])


class BaselineList(BaseModel):
    """Baselines, the newest first."""

    items: list[BaselineShortOut] = Field(description="The baselines.")
