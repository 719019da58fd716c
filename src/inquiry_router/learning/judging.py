"""Is a new head better, and does it do no harm? The rules by which the router teaches itself nothing wrong. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.features import Floats
from inquiry_router.inquiry.categories import SALES_IDS

# Of a category's texts in the shipped test, this share (and always two texts) may turn: less than that is noise.
NOISE: Final = 0.03
# A category is judged on the company's own inquiries from this many on.
LEAST_LESSONS: Final = 5


@dataclass(frozen=True, slots=True)
class Tally:
    """How one head does on some labelled texts. Shares are 0 to 1; `right` and `of` count texts by category.

    `service_to_sales` counts texts of other teams that would be decided for sales; `lost_leads` those of sales that would be
    decided for others.
    """

    texts: int
    accuracy: float | None
    decided: float | None
    right_when_decided: float | None
    right: dict[str, int]
    of: dict[str, int]
    service_to_sales: int
    lost_leads: int

    def as_json(self) -> dict[str, Any]:
        """For the API and the history."""
        return asdict(self)


def tally(
    probabilities: Floats,
    labels: Sequence[str],
    order: Sequence[str],
    threshold: float,
    margin: float,
) -> Tally:
    """Count; `probabilities` has the shape (texts, labels), its columns in the order of `order`."""
    if not len(labels):
        return Tally(0, None, None, None, {}, {}, 0, 0)
    ordered = np.sort(probabilities, axis=1)
    sure = (ordered[:, -1] >= threshold) & (ordered[:, -1] - ordered[:, -2] >= margin)
    found = [order[int(place)] for place in probabilities.argmax(axis=1)]
    right = np.array([one == other for one, other in zip(found, labels, strict=True)])
    named = sorted(set(labels))
    sales = np.array([label in SALES_IDS for label in labels])
    to_sales = np.array([label in SALES_IDS for label in found])
    return Tally(
        texts=len(labels),
        accuracy=_share(right),
        decided=_share(sure),
        right_when_decided=_share(right[sure]),
        right={name: int(right[[label == name for label in labels]].sum()) for name in named},
        of={name: sum(label == name for label in labels) for name in named},
        service_to_sales=int((to_sales & sure & ~sales).sum()),
        lost_leads=int((~to_sales & sure & sales).sum()),
    )


def objections(lessons: tuple[Tally, Tally], test: tuple[Tally, Tally]) -> list[str]:
    """Why the second head of each pair must not take the place of the first; nothing when it may.

    It must be right more often on what the company corrected (each judged by a head that had not seen it), spoil no category
    there or in the shipped test, and break the law of sales no more often.
    """
    before, after = lessons
    said = []
    if sum(after.right.values()) <= sum(before.right.values()):
        said.append(
            f"it is right on {sum(after.right.values())} of {after.texts} corrected inquiries it had not seen, the present one"
            f" on {sum(before.right.values())}"
        )
    for name, count in after.of.items():
        if count >= LEAST_LESSONS and after.right[name] < before.right[name]:
            said.append(
                f"of {count} corrected inquiries about {name} it gets {after.right[name]} instead of {before.right[name]}"
            )
    for name, count in test[1].of.items():
        if test[1].right[name] < test[0].right[name] - max(2, int(NOISE * count)):
            said.append(
                f"of {count} shipped tests of {name} it gets {test[1].right[name]} instead of {test[0].right[name]}"
            )
    for where, (old, new) in (("corrected inquiries", lessons), ("shipped tests", test)):
        if new.service_to_sales > old.service_to_sales:
            said.append(
                f"among the {where} it sends {new.service_to_sales} service matters to sales instead of {old.service_to_sales}"
            )
    return said


def _share(hits: NDArray[np.bool_]) -> float | None:
    return round(float(hits.mean()), 4) if len(hits) else None
