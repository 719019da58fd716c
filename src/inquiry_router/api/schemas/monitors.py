"""The bodies and answers of the door for monitors, mentions and the self-check."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints

from inquiry_router.api.schemas.fields import CategoryId, StrictBody
from inquiry_router.inquiry.model import Channel
from inquiry_router.relief.monitors import MonitorData, Question

_Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]


class QuestionIn(StrictBody):
    """The question of a monitor. Every word must be there."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"words": ["brak", "WZ"]}]}
    )

    words: Annotated[list[_Word], Field(max_length=8)] = Field(
        default_factory=list, description="Words or parts of words.", examples=[["brak", "WZ"]]
    )
    category: CategoryId | None = Field(None, description="Only this.", examples=["defect"])
    intent: CategoryId | None = Field(None, description="Only this.", examples=[None])
    team: CategoryId | None = Field(None, description="Only this.", examples=[None])
    channel: Channel | None = Field(None, description="Only this.", examples=["email"])
    account: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = Field(
        None, description="Only this account, by id or external id.", examples=[None]
    )

    @property
    def value(self) -> Question:
        """The question as a value."""
        return Question(
            tuple(self.words), self.category, self.intent, self.team, self.channel, self.account
        )


class MonitorIn(StrictBody):
    """A saved question, and the number from which it alerts."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "brakujące WZ",
                    "question": {"words": ["brak", "WZ"]},
                    "threshold": 5,
                    "days": 7,
                }
            ]
        },
    )

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)] = (
        Field(description="A name for the alert.", examples=["brakujące WZ"])
    )
    question: QuestionIn = Field(description="The question.")
    threshold: Annotated[int, Field(strict=True, ge=1, le=100_000)] = Field(
        description="Alert from so many inquiries on.", examples=[5]
    )
    days: Annotated[int, Field(strict=True, ge=1, le=90)] = Field(
        7, description="Within so many days; after an alert it is silent as long.", examples=[7]
    )
    receiver: Annotated[
        str,
        StringConstraints(
            pattern=r"^(managers|alarms|team:[a-z][a-z0-9_-]{0,62}|member:\S{1,64})$"
        ),
    ] = Field("managers", description="Who is told.", examples=["managers"])
    enabled: Annotated[bool, Strict()] = Field(
        True, description="False: it only answers.", examples=[True]
    )

    @property
    def value(self) -> MonitorData:
        """The monitor as a value."""
        return MonitorData(
            self.name,
            self.question.value,
            self.threshold,
            self.days,
            self.receiver,
            self.enabled,
        )


class MonitorOut(BaseModel):
    """A monitor and its history."""

    id: str = Field(description="The id.", examples=["0198c0de-9a51-7c1e-8d2c-3f6a5e1b7d20"])
    name: str = Field(description="The name.", examples=["brakujące WZ"])
    question: dict[str, Any] = Field(description="The question.", examples=[{"words": ["WZ"]}])
    threshold: int = Field(description="Alert from so many on.", examples=[5])
    days: int = Field(description="Within so many days.", examples=[7])
    receiver: str = Field(description="Who is told.", examples=["managers"])
    enabled: bool = Field(description="It alerts.", examples=[True])
    asked_at: str | None = Field(description="Asked last.", examples=[None])
    alerted_at: str | None = Field(description="Alerted last.", examples=[None])


class MonitorHistoryOut(BaseModel):
    """The answer to a question over a year."""

    total: int = Field(description="Inquiries within a year.", examples=[31])
    by_month: list[dict[str, Any]] = Field(
        description="By month.", examples=[[{"month": "2026-11", "count": 9}]]
    )
    newest: list[str] = Field(description="The newest references.", examples=[["3WYA-EE71"]])


class MonitorList(BaseModel):
    """Monitors, the newest first."""

    items: list[MonitorOut] = Field(description="The monitors.")


class MentionList(BaseModel):
    """Places where the company itself says: ring the salesperson."""

    messages: int = Field(description="Messages that were looked at.", examples=[2000])
    items: list[dict[str, Any]] = Field(
        description="The list to mend, the commonest first.",
        examples=[[{"person": "Jan Nowak", "place": "signature", "messages": 14}]],
    )
    notes: list[str] = Field(description="What it does not say.", examples=[["Only what passed."]])


class SelfCheckOut(BaseModel):
    """The week of a salesperson, for themselves."""

    since: str = Field(description="The first day.", examples=["2026-11-12"])
    until: str = Field(description="The last day.", examples=["2026-11-19"])
    interruptions: int = Field(description="Calls taken.", examples=[31])
    calls: int = Field(description="Calls with a talk.", examples=[52])
    outside_hours: int = Field(description="In evenings and at weekends.", examples=[6])
    service_matters_told: int = Field(description="Said to be service.", examples=[12])
    service_hours: dict[str, float] = Field(
        description="As a range.", examples=[{"low": 3.1, "expected": 5.2, "high": 7.4}]
    )
    introduce_next: list[dict[str, Any]] = Field(
        description="Accounts worth introducing to service next.",
        examples=[[{"account": "Hydro-Bud", "contacts": 9}]],
    )


class ChoiceIn(StrictBody):
    """The time that a customer chose."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"choice": 1}]})

    choice: Annotated[int, Field(strict=True, ge=1, le=2)] = Field(
        description="1 or 2.", examples=[1]
    )


class TwoTimesOut(BaseModel):
    """The times that were offered."""

    first_at: str = Field(description="The first.", examples=["2026-11-20T09:00:00Z"])
    second_at: str = Field(description="The second.", examples=["2026-11-20T13:00:00Z"])


class ChoiceOut(BaseModel):
    """The time at which the customer is rung."""

    at: str = Field(description="The time.", examples=["2026-11-20T09:00:00Z"])
