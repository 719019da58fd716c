"""The values of baselines. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, Literal

from inquiry_router.relief.costs import Spent, add_up
from inquiry_router.relief.counting import CellKey
from inquiry_router.relief.inputs import CostInputs

Kind = Literal["calls", "mail", "diary"]
KINDS: Final = ("calls", "mail", "diary")


@dataclass(frozen=True, slots=True)
class BaselineCounts:
    """The counts of a file, before the cost model is applied. `known` is for people and the API."""

    kind: Kind
    name: str
    sha256: str
    cells: Mapping[CellKey, Spent]
    known: Mapping[str, Any]
    begins_on: date | None = None
    ends_on: date | None = None
    service: int = 0
    others: int = 0

    def without_people(self) -> "BaselineCounts":
        """The same counts, with the salespeople added up."""
        merged: dict[CellKey, list[Spent]] = {}
        for key, spent in self.cells.items():
            merged.setdefault(key._replace(person=""), []).append(spent)
        cells = {key: add_up(some) for key, some in merged.items()}
        return replace(self, cells=cells)


def flat_cells(counts: BaselineCounts) -> dict[CellKey, Spent]:
    """Cells with at most one kind of matter each, that of their own key."""
    parts: dict[CellKey, list[Spent]] = {}
    for key, spent in counts.cells.items():
        parts.setdefault(key, []).append(replace(spent, matters={}))
        for (channel, category, intent), count in spent.matters.items():
            own = key._replace(channel=channel, category=category, intent=intent)
            one = Spent(matters={(channel, category, intent): count})
            parts.setdefault(own, []).append(one)
    return {key: add_up(some) for key, some in parts.items()}


@dataclass(frozen=True, slots=True)
class Baseline:
    """A stored baseline, with the inputs as they were."""

    id: str
    counts: BaselineCounts
    inputs: CostInputs
    inputs_version: int
    at: datetime
    actor: str
    names: Mapping[str, str] = field(default_factory=dict)
