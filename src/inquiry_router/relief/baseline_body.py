"""The counts of a file as JSON, on the way from the command to a running service. Pure."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from inquiry_router.relief.baseline_model import BaselineCounts, flat_cells
from inquiry_router.relief.costs import Spent
from inquiry_router.relief.counting import CellKey
from inquiry_router.relief.curves import GRID
from inquiry_router.relief.inputs import NumberRange
from inquiry_router.routing.fields import CalendarDay

MAX_CELLS: Final = 200_000
_Count = Annotated[int, Field(strict=True, ge=0, le=2_000_000_000)]
_Text = Annotated[str, StringConstraints(max_length=128)]
_Word = Annotated[str, StringConstraints(max_length=64)]
_Curve = Annotated[list[_Count], Field(min_length=len(GRID), max_length=len(GRID))]


class BaselineCell(BaseModel):
    """One group of matters: month, salesperson, account, channel, category."""

    model_config = ConfigDict(extra="forbid")

    month: Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] = Field(
        description="The month.", examples=["2026-03"]
    )
    person: _Text = Field("", description="The salesperson, or empty.", examples=["Jan Nowak"])
    account: _Text = Field("", description="The account's id or a name.", examples=["K-1024"])
    channel: Annotated[str, StringConstraints(max_length=8)] = Field(
        "phone", description="The channel.", examples=["phone"]
    )
    category: _Word = Field("", description="Empty if not known.", examples=["defect"])
    intent: _Word = Field("", description="Empty if not known.", examples=[""])
    calls: _Count = Field(0, description="Calls.", examples=[120])
    talk_s: _Count = Field(0, description="Seconds of talk, none twice.", examples=[21600])
    curves: Annotated[list[_Curve], Field(min_length=3, max_length=3)] = Field(
        default_factory=lambda: [[0] * len(GRID) for _ in range(3)],
        description="Seconds behind incoming calls, outgoing calls and tries that fit into the "
        f"gaps, for {', '.join(map(str, GRID))} minutes.",
    )
    loops: _Count = Field(0, description="Phone-tag loops.", examples=[9])
    unmet: _Count = Field(0, description="Loops that ended without a talk.", examples=[2])
    matters: _Count = Field(0, description="Service matters without a clock.", examples=[0])
    measured_s: _Count = Field(0, description="Seconds that were measured.", examples=[0])

    @property
    def key(self) -> CellKey:
        """The group."""
        return CellKey(
            self.month, self.person, self.account, self.channel, self.category, self.intent
        )

    @property
    def spent(self) -> Spent:
        """The counts."""
        incoming, outgoing, tries = (tuple(curve) for curve in self.curves)
        matter = (self.channel, self.category, self.intent)
        return Spent(
            self.calls,
            self.talk_s,
            incoming,
            outgoing,
            tries,
            self.loops,
            self.unmet,
            {matter: self.matters} if self.matters else {},
            self.measured_s,
        )


class BaselineIn(BaseModel):
    """The counts of a file, as the command `inquiry-router baseline` sends them."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["calls", "mail", "diary"] = Field(description="The kind.", examples=["calls"])
    name: Annotated[str, StringConstraints(min_length=1, max_length=255)] = Field(
        description="The name of the file.", examples=["Master.csv"]
    )
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="Of the file and the choices; one with the same is replaced.",
        examples=["0" * 64],
    )
    begins_on: CalendarDay | None = Field(
        None, description="The first day.", examples=["2026-01-02"]
    )
    ends_on: CalendarDay | None = Field(None, description="The last day.", examples=["2026-12-30"])
    known: dict[str, Any] = Field(
        default_factory=dict, description="Plain counts of the file.", examples=[{"rows": 1200}]
    )
    service: _Count = Field(0, description="Matters of service in it.", examples=[310])
    others: _Count = Field(0, description="Other matters in it.", examples=[260])
    share: NumberRange | None = Field(None, description="The share of service, if it was given.")
    cells: Annotated[list[BaselineCell], Field(max_length=MAX_CELLS)] = Field(
        description="The groups."
    )

    @model_validator(mode="after")
    def _check_cells(self) -> "BaselineIn":
        if len({cell.key for cell in self.cells}) < len(self.cells):
            raise ValueError("cells: a group is given twice")
        return self

    @property
    def counts(self) -> BaselineCounts:
        """The counts as a value."""
        cells = {cell.key: cell.spent for cell in self.cells}
        return BaselineCounts(
            self.kind,
            self.name,
            self.sha256,
            cells,
            self.known,
            self.begins_on,
            self.ends_on,
            self.service,
            self.others,
        )


def counts_json(counts: BaselineCounts, share: NumberRange | None) -> dict[str, Any]:
    """Render counts as the body of `POST /v1/baselines`."""
    cells = [
        {
            **key._asdict(),
            "calls": spent.calls,
            "talk_s": spent.talk_s,
            "curves": [list(spent.incoming), list(spent.outgoing), list(spent.tries)],
            "loops": spent.loops,
            "unmet": spent.unmet,
            "matters": sum(spent.matters.values()),
            "measured_s": spent.measured_s,
        }
        for key, spent in flat_cells(counts).items()
    ]
    return {
        "kind": counts.kind,
        "name": counts.name,
        "sha256": counts.sha256,
        "begins_on": counts.begins_on.isoformat() if counts.begins_on else None,
        "ends_on": counts.ends_on.isoformat() if counts.ends_on else None,
        "known": dict(counts.known),
        "service": counts.service,
        "others": counts.others,
        "share": share.model_dump(mode="json") if share else None,
        "cells": cells,
    }
