"""The cost model: from counts and seconds to hours and money, with ranges. Pure.

`docs/relief.md` has each formula in words. Everything that is counted can be added: the expected
figures of people add up to that of the whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from inquiry_router.relief.curves import FLAT, GRID, Curve, add_curves, read_curve
from inquiry_router.relief.inputs import CostInputs, NumberRange
from inquiry_router.relief.pert import Estimate, Floats, draws_of, estimate_of, mean_of

# The number of an input's draws; those of minutes by matter follow the last one.
_NUMBERS: Final = {
    name: number
    for number, name in enumerate(
        (
            "service_share",
            "purchase_share",
            "after_call_minutes",
            "return_minutes",
            "try_minutes",
            "pay_hour",
            "selling_hour_margin",
            "selling_share",
            "lost_sale_probability",
            "lost_sale_margin",
            "would_have_reached",
        )
    )
}
_MATTERS: Final = 100
# (channel, category, intent); empty where it is not known.
MatterKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Spent:
    """Counts of a group of matters. Everything in it can be added.

    `talk_s` is the time on the phone with customers, no second twice; `incoming`, `outgoing` and
    `tries` are the curves behind calls that came in, calls that went out, and calls of ours that
    reached nobody. `unmet` counts loops that ended without a talk. These are of all matters; a
    share of them is service. `matters` counts service matters without a measured time, and
    `measured_s` is the time of those that have one: they are service for sure.
    """

    calls: int = 0
    talk_s: int = 0
    incoming: Curve = FLAT
    outgoing: Curve = FLAT
    tries: Curve = FLAT
    loops: int = 0
    unmet: int = 0
    matters: Mapping[MatterKey, int] = field(default_factory=dict)
    measured_s: int = 0


NONE_SPENT: Final = Spent()


def add_up(parts: Iterable[Spent]) -> Spent:
    """Add counts."""
    given = list(parts)
    matters: dict[MatterKey, int] = {}
    for one in given:
        for key, count in one.matters.items():
            matters[key] = matters.get(key, 0) + count
    return Spent(
        calls=sum(one.calls for one in given),
        talk_s=sum(one.talk_s for one in given),
        incoming=add_curves(one.incoming for one in given),
        outgoing=add_curves(one.outgoing for one in given),
        tries=add_curves(one.tries for one in given),
        loops=sum(one.loops for one in given),
        unmet=sum(one.unmet for one in given),
        matters=matters,
        measured_s=sum(one.measured_s for one in given),
    )


@dataclass(frozen=True, slots=True)
class Costs:
    """Hours, and money in minor units. `money` is that of the hours and of lost sales."""

    hours: Estimate
    money: Estimate
    lost_sales: Estimate


class CostModel:
    """The inputs of one version, ready to be applied."""

    def __init__(self, inputs: CostInputs) -> None:
        self.inputs = inputs
        self._ranges = [one.minutes for one in inputs.minutes]
        self._places: dict[MatterKey, int] = {}
        self._mean = {name: mean_of(getattr(inputs, name)) for name in _NUMBERS}
        self._draws = {
            name: draws_of(getattr(inputs, name), number) for name, number in _NUMBERS.items()
        }
        margin, share = self._mean["selling_hour_margin"], self._mean["selling_share"]
        self._hour = self._mean["pay_hour"] + share * margin
        drawn = self._draws
        self._hours_drawn = (
            drawn["pay_hour"] + drawn["selling_share"] * drawn["selling_hour_margin"]
        )
        lost = ("purchase_share", "lost_sale_probability", "lost_sale_margin")
        self._loss = float(np.prod([self._mean[name] for name in lost]))
        self._losses_drawn = np.prod([drawn[name] for name in lost], axis=0)

    def costs(self, spent: Spent) -> Costs:
        """Return hours and money of everything that was counted."""
        hours, drawn = self._hours(spent)
        lost, lost_drawn = spent.unmet * self._loss, spent.unmet * self._losses_drawn
        return Costs(
            estimate_of(hours, drawn),
            estimate_of(hours * self._hour + lost, drawn * self._hours_drawn + lost_drawn),
            estimate_of(lost, lost_drawn),
        )

    def given_back(self, matters: Mapping[MatterKey, int]) -> Costs:
        """Return the hours and money of matters that came directly instead of to a salesperson."""
        hours, drawn = self._hours(Spent(matters=matters))
        would = self._mean["would_have_reached"]
        hours, drawn = would * hours, self._draws["would_have_reached"] * drawn
        money = estimate_of(hours * self._hour, drawn * self._hours_drawn)
        return Costs(estimate_of(hours, drawn), money, estimate_of(0.0, np.zeros(len(drawn))))

    def phone_seconds(self, spent: Spent) -> float:
        """Return the expected seconds of calls, service or not: talk and what comes behind it."""
        return self._phone_seconds(spent)[0]

    def service_calls(self, calls: int) -> Estimate:
        """Return how many of these calls were service matters."""
        mean, drawn = self._mean["service_share"], self._draws["service_share"]
        return estimate_of(calls * mean, calls * drawn)

    def _hours(self, spent: Spent) -> tuple[float, Floats]:
        """The expected hours, and their draws."""
        phone, phone_drawn = self._phone_seconds(spent)
        share, share_drawn = self._mean["service_share"], self._draws["service_share"]
        seconds = share * phone + spent.measured_s
        drawn = share_drawn * phone_drawn + spent.measured_s
        for place, count in self._matters_by_range(spent.matters).items():
            minutes = self._ranges[place]
            seconds += 60 * count * mean_of(minutes)
            drawn = drawn + 60 * count * draws_of(minutes, _MATTERS + place)
        return seconds / 3600, drawn / 3600

    def _matters_by_range(self, matters: Mapping[MatterKey, int]) -> dict[int, int]:
        """Count matters by the place of their minutes."""
        counts: dict[int, int] = {}
        for key, count in sorted(matters.items()):
            place = self._places.get(key)
            if place is None:
                place = self._places[key] = self._ranges.index(self.inputs.minutes_of(*key))
            counts[place] = counts.get(place, 0) + count
        return counts

    def _phone_seconds(self, spent: Spent) -> tuple[float, Floats]:
        """Talk, and the time behind calls as far as it fits into the gaps."""
        if spent.talk_s == 0 and not any(map(any, (spent.incoming, spent.outgoing, spent.tries))):
            return 0.0, np.zeros(len(self._draws["service_share"]))
        inputs = self.inputs
        after, back, tried = inputs.after_call_minutes, inputs.return_minutes, inputs.try_minutes
        points = (
            (spent.incoming, [after.low + back.low, after.likely + back.likely, _end(after, back)]),
            (spent.outgoing, [after.low, after.likely, after.high]),
            (spent.tries, [tried.low, tried.likely, tried.high]),
        )
        drawn = self._draws
        after_drawn, back_drawn = drawn["after_call_minutes"], drawn["return_minutes"]
        minutes_drawn = (after_drawn + back_drawn, after_drawn, drawn["try_minutes"])
        seconds, seconds_drawn = float(spent.talk_s), np.full(len(after_drawn), float(spent.talk_s))
        for (curve, three), minutes in zip(points, minutes_drawn, strict=True):
            low, likely, high = (read_curve(curve, one) for one in three)
            seconds += (low + 4 * likely + high) / 6
            seconds_drawn = seconds_drawn + _read_all(curve, minutes)
        return seconds, seconds_drawn


def _end(one: NumberRange, other: NumberRange) -> float:
    return one.high + other.high


def _read_all(curve: Curve, minutes: Floats) -> Floats:
    return np.asarray(np.interp(minutes, GRID, curve))
