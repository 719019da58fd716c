"""The promises as admins write them: working time until an answer and a resolution, and deadlines.

The first answer of a rule of the policy is its `respond_within_minutes`; a row here may set another
one for some of its inquiries. `promises/` keeps the clocks.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, Strict, StringConstraints, model_validator

from inquiry_router.inquiry.model import Priority
from inquiry_router.routing.fields import Document, Language, Minutes, Slug
from inquiry_router.routing.teams import Team, Teams
from inquiry_router.routing.working_hours import is_holiday

Values = Annotated[list[Slug], Field(min_length=1, max_length=100)]
Tier = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Days = Annotated[int, Strict(), Field(ge=1, le=366)]
MinutesOrNone = Annotated[int, Strict(), Field(ge=0, le=60 * 24 * 90)]
# `owner`, `team`, `managers`, `alarms`, or the name of one of our people.
Receiver = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]

FIELDS: Final = ("team", "category", "intent", "priority", "tier", "consumer")
PROMISES: Final = ("first_answer_minutes", "next_answer_minutes", "resolution_minutes")
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """The facts of an inquiry that promises ask for.

    `consumer`: no company is named, and it is of no account.
    """

    team: str
    category: str
    intent: str | None
    priority: str
    tier: str | None
    consumer: bool


class PromiseConditions(Document):
    """Conditions on an inquiry. All that are given must hold; none at all hold for every one."""

    team: Values | None = Field(
        None, description="It stands with one of these teams.", examples=[["sales"]]
    )
    category: Values | None = Field(
        None, description="Its category is one of these.", examples=[["defect"]]
    )
    intent: Values | None = Field(
        None, description="Its intent is one of these.", examples=[["damaged_in_transport"]]
    )
    priority: list[Priority] | None = Field(
        None, min_length=1, description="Its priority is one of these.", examples=[["urgent"]]
    )
    tier: list[Tier] | None = Field(
        None,
        min_length=1,
        max_length=100,
        description="It is surely of an account of one of these tiers; case does not matter.",
        examples=[["gold"]],
    )
    consumer: Annotated[bool, Strict()] | None = Field(
        None,
        description="True: no company is named and it is of no account. False: the opposite.",
        examples=[True],
    )

    @cached_property
    def allowed(self) -> Mapping[str, frozenset[object]]:
        """The values of each condition that is given, as they are compared."""
        given = {name: getattr(self, name) for name in FIELDS}
        return {
            name: frozenset(map(_compared, value if isinstance(value, list) else [value]))
            for name, value in given.items()
            if value is not None
        }

    def hold(self, facts: PromiseFacts) -> bool:
        """True if all conditions hold."""
        return all(
            _compared(getattr(facts, name)) in values for name, values in self.allowed.items()
        )


class PromiseRow(PromiseConditions):
    """The promises to some inquiries, in minutes of their team's working time."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "tier": ["gold"],
                    "first_answer_minutes": 60,
                    "next_answer_minutes": 120,
                    "resolution_minutes": 960,
                },
                {"category": ["defect"], "next_answer_minutes": 480, "resolution_minutes": 4800},
            ]
        },
    )

    first_answer_minutes: Minutes | None = Field(
        None,
        description="Until the first answer. It stands above the rule's `respond_within_minutes`.",
        examples=[60],
    )
    next_answer_minutes: Minutes | None = Field(
        None,
        description="Until the next answer, from each message that the customer sends after an "
        "answer of ours.",
        examples=[240],
    )
    resolution_minutes: Minutes | None = Field(
        None,
        description="Until it is resolved. The clock stands still while we wait for the customer.",
        examples=[2400],
    )

    @model_validator(mode="after")
    def _promises_something(self) -> Self:
        if not self.promised:
            raise ValueError(f"the row promises nothing: give one of {', '.join(PROMISES)}")
        return self

    @property
    def promised(self) -> tuple[str, ...]:
        """The names of its promises."""
        return tuple(name for name in PROMISES if getattr(self, name) is not None)


class LegalDeadline(Document):
    """A deadline that a law sets, in calendar days."""

    id: Slug = Field(description="Its name in answers.", examples=["consumer_complaint"])
    names: dict[Language, Annotated[str, StringConstraints(min_length=1, max_length=80)]] = Field(
        description="Its name for people, by language code; `en` is needed.",
        examples=[{"pl": "odpowiedź na reklamację", "en": "answer to a complaint"}],
    )
    law: str = Field(
        min_length=1,
        max_length=300,
        description="The source of law.",
        examples=["Polish Act on Consumer Rights of 30 May 2014, Article 7a"],
    )
    when: PromiseConditions = Field(
        description="The inquiries that it holds for.", examples=[{"category": ["defect"]}]
    )
    days: Days = Field(
        description="Calendar days. The day of the message is not counted; the last day counts to "
        "its end, in the time zone of the team.",
        examples=[14],
    )
    kept_by: Literal["answer", "resolution"] = Field(
        "resolution",
        description="The act that keeps it. An acknowledgement is an answer too, so take "
        "`resolution` where the law wants the matter itself answered.",
        examples=["resolution"],
    )
    to_working_day: Annotated[bool, Strict()] = Field(
        False,
        description="True: an end on a Saturday, a Sunday or a public holiday moves to the next "
        "working day. False is the careful reading.",
        examples=[False],
    )
    remind_days_before: Annotated[int, Strict(), Field(ge=0, le=365)] = Field(
        3, description="Days before its end at which people are reminded.", examples=[3]
    )

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if "en" not in self.names:
            raise ValueError("needs at least a name in English: {'en': '...'}")
        if self.remind_days_before >= self.days:
            raise ValueError("remind_days_before must be less than days")
        return self

    def due_at(self, since: datetime, team: Team) -> datetime:
        """The end of its last day."""
        zone = ZoneInfo(team.timezone)
        last = since.astimezone(zone).date() + timedelta(days=self.days)
        while self.to_working_day and _is_off(last, team):
            last += timedelta(days=1)
        midnight = datetime.combine(last + timedelta(days=1), time(), zone)
        return midnight.astimezone(UTC)


class EscalationStep(Document):
    """A step after a promise was broken."""

    after_minutes: MinutesOrNone = Field(
        description="Minutes of the team's working time after the due time.", examples=[0]
    )
    to: list[Receiver] = Field(
        min_length=1,
        max_length=20,
        description="Who is told: `owner` (whoever has it, else the team), `team`, `managers`, "
        "`alarms`, or the name of one of our people.",
        examples=[["owner", "team"]],
    )


_DEADLINES: Final = (
    LegalDeadline(
        id="consumer_complaint",
        names={
            "pl": "odpowiedź na reklamację konsumenta",
            "en": "answer to a consumer's complaint",
            "de": "Antwort auf die Reklamation eines Verbrauchers",
        },
        law="Poland: Consumer Rights Act of 30 May 2014, Article 7a: without an answer within 14 "
        "days of receipt the complaint counts as accepted",
        when=PromiseConditions(category=["defect"], consumer=True),
        days=14,
    ),
    LegalDeadline(
        id="carrier_damage",
        names={
            "pl": "zgłoszenie szkody przewoźnikowi",
            "en": "notice of damage to the carrier",
            "de": "Schadensanzeige an den Frachtführer",
        },
        law="Poland: Transport Law of 15 November 1984, Article 74(3): damage that was not seen on "
        "delivery, 7 days; CMR, Article 30(1): 7 days; Germany: HGB, section 438(2): 7 days",
        when=PromiseConditions(intent=["damaged_in_transport"]),
        days=7,
    ),
)


class PromiseRules(Document):
    """All promises, and what happens before and after they run out."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "rows": [
                        {"tier": ["gold"], "first_answer_minutes": 60, "next_answer_minutes": 120},
                        {"next_answer_minutes": 480, "resolution_minutes": 4800},
                    ],
                    "remind_before_minutes": 60,
                }
            ]
        },
    )

    rows: list[PromiseRow] = Field(
        default_factory=list,
        max_length=200,
        description="Tried from the first to the last. For each promise the first row that holds "
        "and names it decides.",
    )
    deadlines: list[LegalDeadline] = Field(
        default_factory=lambda: list(_DEADLINES),
        max_length=50,
        description="Deadlines that laws set, beside the promises. All that hold count.",
    )
    remind_before_minutes: Minutes | None = Field(
        60,
        description="Minutes of working time before a promise runs out at which people are "
        "reminded; half of its time if that is less. Null: no reminder.",
        examples=[60],
    )
    remind: list[Receiver] = Field(
        default_factory=lambda: ["owner"],
        max_length=20,
        description="Who is reminded; named as in `escalations`.",
        examples=[["owner"]],
    )
    escalations: list[EscalationStep] = Field(
        default_factory=lambda: [
            EscalationStep(after_minutes=0, to=["owner", "team"]),
            EscalationStep(after_minutes=240, to=["managers"]),
        ],
        max_length=2,
        description="The steps after a promise was broken, two at most.",
    )
    alarm: list[Receiver] = Field(
        default_factory=lambda: ["alarms"],
        min_length=1,
        max_length=20,
        description="Who gets the alarms: nobody is there before it is due, or it is overdue. "
        "Named as in `escalations`.",
        examples=[["alarms", "managers"]],
    )

    unheard_sources: list[Slug] = Field(
        default_factory=list,
        max_length=100,
        description="Sources whose inquiries are answered elsewhere, for example in a mail client, "
        "and nothing tells the router. They are never overdue, and nobody is reminded of them.",
        examples=[["mailbox"]],
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        ids = [one.id for one in self.deadlines]
        if len(set(ids)) != len(ids):
            raise ValueError("two deadlines have the same id")
        if any(one.after_minutes > two.after_minutes for one, two in self._steps):
            raise ValueError("the second escalation must not come before the first")
        return self

    @property
    def _steps(self) -> Iterable[tuple[EscalationStep, EscalationStep]]:
        return zip(self.escalations, self.escalations[1:], strict=False)

    def minutes(self, promise: str, facts: PromiseFacts) -> int | None:
        """The working minutes of one of `PROMISES`; None if nothing is promised."""
        for row in self.rows:
            given: int | None = getattr(row, promise)
            if given is not None and row.hold(facts):
                return given
        return None

    def problems(
        self, teams: Teams, categories: Collection[str], intents: Collection[str]
    ) -> list[str]:
        """A sentence for every name that does not exist."""
        known = {"category": categories, "intent": intents, "team": teams.by_id}
        places: list[tuple[str, PromiseConditions]] = [
            *((f"row {number}", row) for number, row in enumerate(self.rows, 1)),
            *((f"deadline '{one.id}'", one.when) for one in self.deadlines),
        ]
        return [
            f"{place}: there is no {kind} '{name}'"
            for place, given in places
            for kind, existing in known.items()
            for name in getattr(given, kind) or ()
            if name not in existing
        ]


def _compared(value: object) -> object:
    """A value as it is compared: case and spacing at the ends do not matter."""
    return value.strip().casefold() if isinstance(value, str) else value


def _is_off(day: date, team: Team) -> bool:
    return day.weekday() >= _SATURDAY or is_holiday(team.holidays, day)
