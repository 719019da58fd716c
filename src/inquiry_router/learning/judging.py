"""Judge a new head against the present one. Pure.

The rules keep the router from learning anything that does harm.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.features import Floats
from inquiry_router.inquiry.categories import SALES_IDS

# Share of a category's shipped tests that may become wrong: less is noise. Two texts always may.
MAX_NOISE: Final = 0.03
# A text this near below its limit crosses it by any change of the head: that is noise, no harm.
NEAR: Final = 0.02
# A category is judged on the company's own inquiries if there are at least this many.
MIN_LESSONS_OF_CATEGORY: Final = 5


@dataclass(frozen=True, slots=True)
class Tally:
    """The results of one head on labelled texts. `right` and `of` count texts by category.

    Shares are 0 to 1. `service_to_sales` counts texts of other teams that would be decided for
    sales, `service_near_sales` also those that are nearly decided so; `lost_leads` counts those of
    sales that would be decided for others.
    """

    texts: int
    accuracy: float | None
    decided: float | None
    right_when_decided: float | None
    right: dict[str, int]
    of: dict[str, int]
    service_to_sales: int
    lost_leads: int
    service_near_sales: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the figures for the API and the history."""
        return asdict(self)


def count_results(
    probabilities: Floats,
    labels: Sequence[str],
    order: Sequence[str],
    limits: Sequence[float],
    margin: float,
) -> Tally:
    """Count the results.

    `probabilities` has the shape (texts, labels); its columns are in the order of `order`, and so
    are `limits`, the least probabilities of sure decisions.
    """
    if not len(labels):
        return Tally(0, None, None, None, {}, {}, 0, 0)
    ordered = np.sort(probabilities, axis=1)
    least = np.array(limits)[probabilities.argmax(axis=1)]
    leads = ordered[:, -1] - ordered[:, -2] >= margin
    sure = (ordered[:, -1] >= least) & leads
    nearly = (ordered[:, -1] >= least - NEAR) & leads
    predicted = [order[int(place)] for place in probabilities.argmax(axis=1)]
    right = np.array([one == other for one, other in zip(predicted, labels, strict=True)])
    named = sorted(set(labels))
    sales = np.array([label in SALES_IDS for label in labels])
    to_sales = np.array([label in SALES_IDS for label in predicted])
    return Tally(
        texts=len(labels),
        accuracy=_share(right),
        decided=_share(sure),
        right_when_decided=_share(right[sure]),
        right={name: int(right[[label == name for label in labels]].sum()) for name in named},
        of={name: sum(label == name for label in labels) for name in named},
        service_to_sales=int((to_sales & sure & ~sales).sum()),
        lost_leads=int((~to_sales & sure & sales).sum()),
        service_near_sales=int((to_sales & nearly & ~sales).sum()),
    )


def find_objections(lessons: tuple[Tally, Tally], test: tuple[Tally, Tally]) -> list[str]:
    """Return the reasons why the second head of each pair must not replace the first.

    The new head must be right more often on the company's corrections, each judged by a head that
    had not seen it. It must not be worse on any category, there or in the shipped test, and must
    not send more service matters to sales; in the shipped test those count as sent that the present
    head nearly sends.
    """
    return [
        *_not_better(*lessons),
        *_worse_on_lessons(*lessons),
        *_worse_on_test(*test),
        *_more_to_sales("corrected inquiries", *lessons),
        *_more_to_sales("shipped tests", *test, near=test[0].service_near_sales),
    ]


def _not_better(old: Tally, new: Tally) -> Iterator[str]:
    before, after = sum(old.right.values()), sum(new.right.values())
    if after <= before:
        yield (
            f"it is right on {after} of {new.texts} corrected inquiries it had not seen, "
            f"the present one on {before}"
        )


def _worse_on_lessons(old: Tally, new: Tally) -> Iterator[str]:
    for name, count in new.of.items():
        before, after = old.right[name], new.right[name]
        if count >= MIN_LESSONS_OF_CATEGORY and after < before:
            yield (
                f"of {count} corrected inquiries about {name} it gets {after} instead of {before}"
            )


def _worse_on_test(old: Tally, new: Tally) -> Iterator[str]:
    for name, count in new.of.items():
        before, after = old.right[name], new.right[name]
        if after < before - max(2, int(MAX_NOISE * count)):
            yield f"of {count} shipped tests of {name} it gets {after} instead of {before}"


def _more_to_sales(texts: str, old: Tally, new: Tally, near: int = 0) -> Iterator[str]:
    before, after = old.service_to_sales, new.service_to_sales
    if after > max(before, near):
        yield f"among the {texts} it sends {after} service matters to sales instead of {before}"


def _share(hits: NDArray[np.bool_]) -> float | None:
    return round(float(hits.mean()), 4) if len(hits) else None
