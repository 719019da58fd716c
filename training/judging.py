"""From scores on unseen authors to the numbers of the card: mixing, temperature, thresholds, and honest figures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.corpus import Example
from inquiry_router.classification.linear import softmax
from inquiry_router.inquiry.categories import CATALOG_REQUEST, CATEGORY_IDS, DEFECT, NEW_PURCHASE, ORDER_SUPPORT, OTHER, REFERRAL

Floats = NDArray[np.float32]

# Of the inquiries that are decided at all, this share must be right; the lower one when the higher leaves too little decided.
WANTED_RIGHT: Final = 0.97
CONTENT_WITH: Final = 0.95
LEAST_DECIDED: Final = 0.6
# Of the second categories that are named, this share must be of use.
USEFUL_SECONDS: Final = 0.5
_SERVICE: Final = (DEFECT, ORDER_SUPPORT, CATALOG_REQUEST)
_SALES: Final = (NEW_PURCHASE, REFERRAL)


@dataclass(frozen=True, slots=True)
class Scores:
    """Both models' scores of the same examples, each of shape (examples, labels)."""

    encoder: Floats
    linear: Floats

    def mixed(self, weight: float) -> Floats:
        """The sum, the n-grams weighted: a product of the two models' probabilities."""
        total: Floats = self.encoder + np.float32(weight) * self.linear
        return total

    def and_(self, other: "Scores") -> "Scores":
        """These and the other's, one after the other."""
        return Scores(np.concatenate((self.encoder, other.encoder)), np.concatenate((self.linear, other.linear)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The numbers of the card; see `Card`."""

    temperature: float
    linear_weight: float
    threshold: float
    margin: float
    second_at_least: float
    wanted_right: float


def calibrate(examples: Sequence[Example], scores: Scores, importance: Floats) -> Calibration:
    """The numbers that serve best on these examples, which neither model has seen, nor anything by their authors.

    `importance` says how much each example counts for the temperature and the weight of the n-grams.
    """
    targets = targets_of(examples)
    tried = [(float(weight), float(t)) for weight in np.arange(0.0, 5.01, 0.1) for t in _TEMPERATURES]
    losses = {(weight, t): _loss(scores.mixed(weight) / t, targets, importance) for weight, t in tried}
    weight, temperature = min(losses, key=lambda pair: losses[pair])
    probabilities = softmax(scores.mixed(weight) / temperature)
    wanted = WANTED_RIGHT
    threshold, margin, decided = _thresholds(probabilities, targets, wanted)
    if decided < LEAST_DECIDED:
        wanted = CONTENT_WITH
        threshold, margin, decided = _thresholds(probabilities, targets, wanted)
    return Calibration(
        round(temperature, 3), round(weight, 1), threshold, margin, _second_at_least(examples, probabilities), wanted
    )


_TEMPERATURES: Final = np.geomspace(0.2, 3.0, 60)


def _thresholds(probabilities: Floats, targets: NDArray[np.int64], wanted: float) -> tuple[float, float, float]:
    """The least confidence and lead that decide the most while `wanted` of the decided are right; and the share decided."""
    ordered = np.sort(probabilities, axis=1)
    confidence, lead = ordered[:, -1], ordered[:, -1] - ordered[:, -2]
    right = probabilities.argmax(axis=1) == targets
    best = (0.99, 0.0, 0.0)
    for threshold in np.arange(0.30, 0.99, 0.01):
        for margin in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
            sure = (confidence >= threshold) & (lead >= margin)
            if sure.any() and right[sure].mean() >= wanted and sure.mean() > best[2]:
                best = (round(float(threshold), 2), margin, float(sure.mean()))
    return best


def _second_at_least(examples: Sequence[Example], probabilities: Floats) -> float:
    """From how likely on a second category is named: the lowest limit at which enough of the named ones are of use.

    A named one is of use when the inquiry is about it too, or is about it in the first place and the first category is wrong.
    """
    for limit in np.arange(0.05, 0.5, 0.01):
        named = [
            name in (example.label, example.secondary)
            for name, example in zip((second_of(row, float(limit)) for row in probabilities), examples, strict=True)
            if name is not None
        ]
        if named and sum(named) / len(named) >= USEFUL_SECONDS:
            return round(float(limit), 2)
    return 0.5


def second_of(probabilities: Floats, limit: float) -> str | None:
    """The second category of one example by the rule of the card."""
    first, second = (int(place) for place in np.argsort(-probabilities)[:2])
    named = probabilities[second] >= limit and OTHER not in (CATEGORY_IDS[first], CATEGORY_IDS[second])
    return CATEGORY_IDS[second] if named else None


def report(examples: Sequence[Example], scores: Scores, calibration: Calibration) -> dict[str, Any]:
    """Shares, 0 to 1, of these examples: in all, when decided, and by author, language, channel and label.

    `service_to_sales`: of what does not belong to sales, the share decided for sales. `lost_leads`: of what belongs to sales, the
    share decided for somebody else. The command `inquiry-router evaluate` counts alike.
    """
    targets = targets_of(examples)
    probabilities = softmax(scores.mixed(calibration.linear_weight) / calibration.temperature)
    found = probabilities.argmax(axis=1)
    right = found == targets
    ordered = np.sort(probabilities, axis=1)
    decided = (ordered[:, -1] >= calibration.threshold) & (ordered[:, -1] - ordered[:, -2] >= calibration.margin)
    teams = np.array([0 if label in _SERVICE else 1 if label in _SALES else 2 for label in CATEGORY_IDS])
    sales = teams[targets] == 1
    to_sales = teams[found] == 1
    seconds = [
        (second_of(row, calibration.second_at_least), example) for row, example in zip(probabilities, examples, strict=True)
    ]
    return {
        "examples": len(examples),
        "accuracy": _share(right),
        "team_accuracy": _share(teams[found] == teams[targets]),
        "macro_f1": round(float(np.mean([_f1(found == place, targets == place) for place in range(len(CATEGORY_IDS))])), 3),
        "decided": _share(decided),
        "right_when_decided": _share(right[decided]),
        "team_right_when_decided": _share((teams[found] == teams[targets])[decided]),
        "service_to_sales": _share((to_sales & decided)[~sales]),
        "service_to_sales_undecided_too": _share(to_sales[~sales]),
        "lost_leads": _share((~to_sales & decided)[sales]),
        "lost_leads_undecided_too": _share((~to_sales)[sales]),
        "calibration_error": round(calibration_error(ordered[:, -1], right), 3),
        "second_named": _share(np.array([named is not None for named, _ in seconds])),
        "second_right_when_named": _share(np.array([named == example.secondary for named, example in seconds if named])),
        "second_right_or_the_true_first_when_named": _share(
            np.array([named in (example.label, example.secondary) for named, example in seconds if named])
        ),
        "second_found": _share(np.array([named == example.secondary for named, example in seconds if example.secondary])),
        "by_label": _shares([example.label for example in examples], right),
        "by_language": _shares([example.lang for example in examples], right),
        "by_channel": _shares([str(example.channel) for example in examples], right),
        "by_author": _shares([example.author for example in examples], right),
        "by_difficulty": _shares(["hard" if example.hard else "plain" for example in examples], right),
    }


def targets_of(examples: Sequence[Example]) -> NDArray[np.int64]:
    """Numbers of the labels."""
    return np.array([CATEGORY_IDS.index(example.label) for example in examples], dtype=np.int64)


def calibration_error(confidence: Floats, right: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error: the mean distance between confidence and share of right ones, weighted by bin size."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for place in np.unique(places):
        inside = places == place
        total += float(inside.mean()) * abs(float(confidence[inside].mean()) - float(right[inside].mean()))
    return total


def _loss(scores: Floats, targets: NDArray[np.int64], importance: Floats) -> float:
    losses = -np.log(softmax(scores)[np.arange(len(targets)), targets] + 1e-9)
    return float(np.average(losses, weights=importance))


def _f1(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return float(2 * (found & true).sum() / max(1, found.sum() + true.sum()))


def _share(values: NDArray[np.bool_]) -> float | None:
    return round(float(values.mean()), 3) if len(values) else None


def _shares(groups: Sequence[str], right: NDArray[np.bool_]) -> dict[str, float]:
    by_group: dict[str, list[bool]] = defaultdict(list)
    for group, hit in zip(groups, right.tolist(), strict=True):
        by_group[group].append(hit)
    return {f"{group} ({len(hits)})": round(sum(hits) / len(hits), 3) for group, hits in sorted(by_group.items())}
