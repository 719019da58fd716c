"""Calibrate on the scores of unseen authors, and report figures for the card."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.calibration import best_mixture, calibration_error
from inquiry_router.classification.corpus import Example
from inquiry_router.classification.linear import sigmoid, softmax
from inquiry_router.inquiry.categories import CATEGORY_IDS, OTHER, SALES_IDS, SERVICE_IDS
from inquiry_router.inquiry.intents import INTENTS

Floats = NDArray[np.float32]

# Prices of an outcome. An unsure inquiry is read by people in triage; a sure `other` stands there
# too, so doubt about it costs little.
COST_OF_TRIAGE: Final = 1.0
COST_OF_DOUBT_ABOUT_OTHER: Final = 0.2
COST_OF_LOST_LEAD: Final = 10.0
COST_OF_SERVICE_TO_SALES: Final = 10.0
# Another desk that is wrong: `other` for a matter of customer service, or the other way round.
COST_OF_WRONG_DESK: Final = 4.0
# The right desk under a wrong name: a fault taken for a question about an order.
COST_OF_WRONG_NAME: Final = 2.0
LIMITS: Final = np.arange(0.40, 0.96, 0.01)
# A limit is chosen from this many examples on; else the common one holds.
MIN_EXAMPLES: Final = 30
# Share of the named intents that must be right, and of the named second categories that must be
# useful.
MIN_RIGHT_INTENTS: Final = 0.92
MIN_USEFUL_SECONDS: Final = 0.5
# Share of the sales among what is not decided as sales that the sign of a sale must find.
MIN_FOUND_SALES: Final = 0.8

_INTENT_IDS: Final = tuple(intent.id for intent in INTENTS)
_CATEGORY_OF: Final = np.array([CATEGORY_IDS.index(intent.category) for intent in INTENTS])
_TEAM_OF: Final = np.array(
    [0 if name in SERVICE_IDS else 1 if name in SALES_IDS else 2 for name in CATEGORY_IDS]
)


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of both models and of the second head, each of shape (examples, labels).

    `intents` are those of the encoder, (examples, intents).
    """

    intents: Floats
    linear: Floats
    second: Floats

    @property
    def encoder(self) -> Floats:
        """The encoder's scores of the categories: the logarithm of the sum of intents' odds."""
        return category_scores(self.intents)

    def where(self, wanted: NDArray[np.bool_]) -> "Scores":
        """Return the scores of the marked examples."""
        return Scores(self.intents[wanted], self.linear[wanted], self.second[wanted])

    def mixed(self, weight: float) -> Floats:
        """Return the sum with weighted n-grams: a product of the two models' probabilities."""
        total: Floats = self.encoder + np.float32(weight) * self.linear
        return total


@dataclass(frozen=True, slots=True)
class Calibration:
    """The numbers of the card; see `Card`."""

    temperature: float
    linear_weight: float
    thresholds: dict[str, float]
    second_at_least: float
    intent_at_least: float
    sale_at_least: float


def category_scores(intents: Floats) -> Floats:
    """Return the scores of the categories: the logarithm of the sum of their intents' odds."""
    highest = intents.max(axis=1, keepdims=True)
    odds = np.exp(intents - highest)
    sums = np.stack(
        [odds[:, place == _CATEGORY_OF].sum(axis=1) for place in range(len(CATEGORY_IDS))], axis=1
    )
    scores: Floats = np.log(sums + 1e-30) + highest
    return scores


def calibrate(examples: Sequence[Example], scores: Scores) -> Calibration:
    """Return the best numbers for these examples.

    Neither model may have seen them, nor anything by their authors.
    """
    targets = targets_of(examples)
    weight, temperature = best_mixture(scores.encoder, scores.linear, targets)
    probabilities = softmax(scores.mixed(weight) / temperature)
    thresholds = _cheapest_thresholds(probabilities, targets)
    sure = _sure(probabilities, thresholds)
    return Calibration(
        temperature,
        weight,
        thresholds,
        _second_at_least(examples, probabilities, scores.second),
        _intent_at_least(examples, probabilities, scores, sure),
        _sale_at_least(probabilities, scores.second, targets, sure),
    )


def _cheapest_thresholds(probabilities: Floats, targets: NDArray[np.int64]) -> dict[str, float]:
    """Return for each category the limit of a sure decision at which mistakes cost the least."""
    found, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    costs = np.array([_cost(int(one), int(true)) for one, true in zip(found, targets, strict=True)])
    thresholds = {}
    for place, name in enumerate(CATEGORY_IDS):
        own = found == place
        doubt = COST_OF_DOUBT_ABOUT_OTHER if name == OTHER else COST_OF_TRIAGE
        totals = [
            costs[own & (confidence >= limit)].sum() + doubt * (own & (confidence < limit)).sum()
            for limit in LIMITS
        ]
        thresholds[name] = round(float(LIMITS[int(np.argmin(totals))]), 2)
        if own.sum() < MIN_EXAMPLES:
            thresholds[name] = round(float(LIMITS[-1]), 2)
    return thresholds


def _cost(found: int, true: int) -> float:
    """Return the price of a sure decision for the category `found` where `true` is right."""
    if found == true:
        return 0.0
    here, there = int(_TEAM_OF[found]), int(_TEAM_OF[true])
    if there == 1 and here != 1:
        return COST_OF_LOST_LEAD
    if here == 1 and there != 1:
        return COST_OF_SERVICE_TO_SALES
    return COST_OF_WRONG_NAME if here == there else COST_OF_WRONG_DESK


def _sure(probabilities: Floats, thresholds: Mapping[str, float]) -> NDArray[np.bool_]:
    limits = np.array([thresholds[name] for name in CATEGORY_IDS])
    sure: NDArray[np.bool_] = probabilities.max(axis=1) >= limits[probabilities.argmax(axis=1)]
    return sure


def _intents(probabilities: Floats, scores: Scores) -> tuple[NDArray[np.int64], Floats]:
    """Return the likeliest intent of the likeliest category, and its probability."""
    found = probabilities.argmax(axis=1)
    masked = np.where(_CATEGORY_OF[None, :] == found[:, None], scores.intents, -np.inf)
    shares = softmax(masked)
    confidence: Floats = shares.max(axis=1) * probabilities.max(axis=1)
    return shares.argmax(axis=1), confidence


def _intent_at_least(
    examples: Sequence[Example], probabilities: Floats, scores: Scores, sure: NDArray[np.bool_]
) -> float:
    """Return the lowest limit at which enough of the named intents are right."""
    places, confidence = _intents(probabilities, scores)
    right = np.array([_INTENT_IDS[p] == e.intent for p, e in zip(places, examples, strict=True)])
    for limit in np.arange(0.05, 0.95, 0.01):
        named = sure & (confidence >= limit)
        if named.any() and right[named].mean() >= MIN_RIGHT_INTENTS:
            return round(float(limit), 2)
    return 0.95


def sale_signs(second: Floats) -> Floats:
    """Return how likely each text asks for a sale, 0 to 1, by the second head."""
    places = [CATEGORY_IDS.index(name) for name in SALES_IDS]
    likely: Floats = (1.0 / (1.0 + np.exp(-second[:, places]))).max(axis=1)
    return likely


def _sale_at_least(
    probabilities: Floats, second: Floats, targets: NDArray[np.int64], sure: NDArray[np.bool_]
) -> float:
    """Return the highest limit at which the sign finds enough of the sales that were missed."""
    missed = (_TEAM_OF[targets] == 1) & ~((_TEAM_OF[probabilities.argmax(axis=1)] == 1) & sure)
    if not missed.any():
        return 0.5
    return round(float(np.quantile(sale_signs(second)[missed], 1.0 - MIN_FOUND_SALES)), 2)


def _second_at_least(examples: Sequence[Example], probabilities: Floats, seconds: Floats) -> float:
    """Return the lowest limit at which enough of the named second categories are useful.

    A named category is useful if it is the inquiry's second one, or its first one while the first
    prediction is wrong.
    """
    for limit in np.arange(0.05, 0.95, 0.01):
        named = [
            name in (example.label, example.secondary)
            for name, example in zip(
                _seconds(probabilities, seconds, float(limit)), examples, strict=True
            )
            if name is not None
        ]
        if named and sum(named) / len(named) >= MIN_USEFUL_SECONDS:
            return round(float(limit), 2)
    return 0.95


def _seconds(probabilities: Floats, seconds: Floats, limit: float) -> list[str | None]:
    """Return the second category of each example by the rule of the card."""
    found: list[str | None] = []
    for first, row in zip(probabilities.argmax(axis=1), seconds, strict=True):
        others = [
            place for place, name in enumerate(CATEGORY_IDS) if place != first and name != OTHER
        ]
        best = max(others, key=lambda place: row[place])
        named = CATEGORY_IDS[first] != OTHER and sigmoid(float(row[best])) >= limit
        found.append(CATEGORY_IDS[best] if named else None)
    return found


def report(examples: Sequence[Example], scores: Scores, calibration: Calibration) -> dict[str, Any]:
    """Return shares, 0 to 1: of all examples, when decided, by author, language, channel, label.

    `service_to_sales` is the share of the inquiries outside sales that is decided for sales.
    `lost_leads` is the share of those of sales that is decided for another team; `unnoticed` are
    those of them without the sign of a sale. The command `inquiry-router evaluate` counts in the
    same way.
    """
    targets = targets_of(examples)
    probabilities = softmax(scores.mixed(calibration.linear_weight) / calibration.temperature)
    found = probabilities.argmax(axis=1)
    right, confidence = found == targets, probabilities.max(axis=1)
    decided = _sure(probabilities, calibration.thresholds)
    teams_right = _TEAM_OF[found] == _TEAM_OF[targets]
    sales, to_sales = _TEAM_OF[targets] == 1, _TEAM_OF[found] == 1
    noticed = sale_signs(scores.second) >= calibration.sale_at_least
    seconds = _seconds(probabilities, scores.second, calibration.second_at_least)
    return {
        "examples": len(examples),
        "accuracy": _share(right),
        "team_accuracy": _share(teams_right),
        "macro_f1": _macro_f1(found, targets),
        "decided": _share(decided),
        "right_when_decided": _share(right[decided]),
        "team_right_when_decided": _share(teams_right[decided]),
        "service_to_sales": _share((to_sales & decided)[~sales]),
        "service_to_sales_undecided_too": _share(to_sales[~sales]),
        "lost_leads": _share((~to_sales & decided)[sales]),
        "lost_leads_unnoticed": _share((~to_sales & decided & ~noticed)[sales]),
        "lost_leads_undecided_too": _share((~to_sales)[sales]),
        "sign_of_a_sale_without_one": _share((noticed & ~to_sales)[~sales]),
        "calibration_error": round(calibration_error(confidence, right), 3),
        **_intent_figures(examples, probabilities, scores, decided, calibration.intent_at_least),
        **_second_figures(seconds, examples),
        **_groups(examples, right),
    }


def _intent_figures(
    examples: Sequence[Example],
    probabilities: Floats,
    scores: Scores,
    decided: NDArray[np.bool_],
    at_least: float,
) -> dict[str, float | None]:
    places, confidence = _intents(probabilities, scores)
    right = np.array([_INTENT_IDS[p] == e.intent for p, e in zip(places, examples, strict=True)])
    named = decided & (confidence >= at_least)
    return {
        "intent_accuracy": _share(right),
        "intent_named": _share(named),
        "intent_right_when_named": _share(right[named]),
    }


def _second_figures(
    seconds: Sequence[str | None], examples: Sequence[Example]
) -> dict[str, float | None]:
    pairs = list(zip(seconds, examples, strict=True))
    right = [named == example.secondary for named, example in pairs if named]
    useful = [named in (example.label, example.secondary) for named, example in pairs if named]
    found = [named == example.secondary for named, example in pairs if example.secondary]
    return {
        "second_named": _share(np.array([named is not None for named in seconds])),
        "second_right_when_named": _share(np.array(right)),
        "second_right_or_the_true_first_when_named": _share(np.array(useful)),
        "second_found": _share(np.array(found)),
    }


def _groups(examples: Sequence[Example], right: NDArray[np.bool_]) -> dict[str, dict[str, str]]:
    difficulty = ["hard" if example.hard else "plain" for example in examples]
    return {
        "by_label": _shares([example.label for example in examples], right),
        "by_language": _shares([example.lang for example in examples], right),
        "by_channel": _shares([str(example.channel) for example in examples], right),
        "by_author": _shares([example.author for example in examples], right),
        "by_difficulty": _shares(difficulty, right),
        "by_intent": _shares([example.intent for example in examples], right),
    }


def targets_of(examples: Sequence[Example]) -> NDArray[np.int64]:
    """Return the numbers of the labels."""
    return np.array([CATEGORY_IDS.index(example.label) for example in examples], dtype=np.int64)


def _macro_f1(found: NDArray[np.int64], targets: NDArray[np.int64]) -> float:
    scores = [_f1(found == place, targets == place) for place in range(len(CATEGORY_IDS))]
    return round(float(np.mean(scores)), 3)


def _f1(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return float(2 * (found & true).sum() / max(1, found.sum() + true.sum()))


def _share(values: NDArray[np.bool_]) -> float | None:
    return round(float(values.mean()), 3) if len(values) else None


def _shares(groups: Sequence[str], right: NDArray[np.bool_]) -> dict[str, str]:
    """Return the share of right ones in each group, with its interval at 95 %."""
    by_group: dict[str, list[bool]] = defaultdict(list)
    for group, hit in zip(groups, right.tolist(), strict=True):
        by_group[group].append(hit)
    return {
        f"{group} ({len(hits)})": _with_interval(sum(hits), len(hits))
        for group, hits in sorted(by_group.items())
    }


def _with_interval(hits: int, count: int) -> str:
    """Return a share and its interval at 95 % (Wilson 1927), as text."""
    share, z = hits / count, 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count**2))
    reach /= 1 + z * z / count
    return f"{share:.3f} [{max(0.0, middle - reach):.3f}, {min(1.0, middle + reach):.3f}]"
