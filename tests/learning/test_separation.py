"""Separation of an own category from the others."""

import numpy as np
import pytest

from inquiry_router.classification.examples import ExampleSet
from inquiry_router.learning.separation import measure_separation

LABELS = ("defect", "rental")


def examples(texts: tuple[str, ...], label: str, vectors: list[list[float]]) -> ExampleSet:
    count = len(texts)
    return ExampleSet(
        texts,
        (label,) * count,
        np.array(vectors, dtype=np.float32),
        np.zeros((count, 1), dtype=np.float32),
        np.zeros(count, dtype=bool),
    )


SHIPPED = examples(("pompa cieknie", "silnik nie działa"), "defect", [[1, 0, 1, 0], [0, 1, 0, 1]])
OWN = examples(
    ("wynajem rusztowania", "wynajęta pompa cieknie"), "rental", [[0, 1, 1, 0], [1, 0, 1, 0]]
)


def test_confused_example_is_listed_with_the_most_similar_one() -> None:
    unseen = np.array([[0.1, 0.9], [0.7, 0.3]], dtype=np.float32)
    test = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.9, 0.1]], dtype=np.float32)
    found = measure_separation("rental", LABELS, unseen, OWN, SHIPPED, test)
    assert (found.recognised, found.taken_from_others, found.verdict) == (0.5, 0.25, "poorly")
    [collision] = found.collisions
    assert (collision.example, collision.looks_like) == ("wynajęta pompa cieknie", "defect")
    assert (collision.confidence, collision.resembles) == (0.7, "pompa cieknie")


@pytest.mark.parametrize(
    ("right", "verdict"), [(20, "well"), (17, "well"), (12, "fairly"), (11, "poorly")]
)
def test_verdict_depends_on_recognised_examples(right: int, verdict: str) -> None:
    own = examples(tuple("x" * 20), "rental", [[0, 1, 1, 0]] * 20)
    unseen = np.array([[0.0, 1.0]] * right + [[1.0, 0.0]] * (20 - right), dtype=np.float32)
    found = measure_separation("rental", LABELS, unseen, own, SHIPPED, np.zeros((1, 2)))
    assert found.verdict == verdict
