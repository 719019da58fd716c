"""A company's own head: fitted on what people corrected, beside what the shipped model was made of, so nothing is forgotten."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.classifier import Classifier
from inquiry_router.classification.examples import ExampleSet, shown
from inquiry_router.classification.features import Floats
from inquiry_router.classification.head import Head, fit_heads, reordered, targets_of
from inquiry_router.classification.linear import read_text
from inquiry_router.inquiry.categories import CATEGORY_IDS, OTHER
from inquiry_router.inquiry.model import Draft
from inquiry_router.intake.cleaning import clean
from inquiry_router.intake.question import question_of

# One lesson counts as many times as one shipped example: people at the company know best, but they are few. Tried in this order.
LESSON_COUNTS: Final = (10.0, 3.0, 1.0)
STRENGTH: Final = 3e-4
SMOOTHING: Final = 0.05
STEPS: Final = 120
FOLDS: Final = 5
# Of the shipped test, at most this share may be taken by a category of the company's own.
TAKEN: Final = 0.005
# A shipped example that is so likely to belong to one after all is not used against it.
MEANT: Final = 0.1
_LOWERED: Final = 0.25
_LOWERINGS: Final = 40


@dataclass(frozen=True, slots=True)
class Lesson:
    """An inquiry and the category that a person says is right."""

    id: str
    draft: Draft
    category: str


def read_vectors(lessons: Sequence[Lesson], base: Classifier) -> dict[str, tuple[bytes, bytes]]:
    """The lessons as the model sees them, vector and n-gram scores in 16-bit floats: what takes the time, milliseconds a text."""
    read = {}
    for lesson in lessons:
        draft = question_of(clean(lesson.draft))
        vector = base.encoder.read(draft.subject, draft.text).vector
        offsets = base.of_grams(read_text(draft.subject, draft.text))
        read[lesson.id] = (
            vector.astype(np.float16).tobytes(),
            offsets.astype(np.float16).tobytes(),
        )
    return read


def lessons_seen(
    lessons: Sequence[Lesson],
    read: Mapping[str, tuple[bytes, bytes]],
    base: Classifier,
    origin: str = "learnt",
) -> ExampleSet:
    """The lessons with what `read_vectors` made of them."""
    vectors = [np.frombuffer(read[lesson.id][0], dtype=np.float16) for lesson in lessons]
    offsets = [np.frombuffer(read[lesson.id][1], dtype=np.float16) for lesson in lessons]
    return ExampleSet(
        tuple(shown(lesson.draft.subject, lesson.draft.text) for lesson in lessons),
        tuple(lesson.category for lesson in lessons),
        np.array(vectors, dtype=np.float32).reshape(-1, base.encoder.width),
        np.array(offsets, dtype=np.float32).reshape(-1, len(base.card.labels)),
        np.zeros(len(lessons), dtype=bool),
        origin,
    )


def read_lessons(lessons: Sequence[Lesson], base: Classifier, origin: str) -> ExampleSet:
    """The lessons, read now."""
    return lessons_seen(lessons, read_vectors(lessons, base), base, origin)


def fit(
    base: Classifier,
    start: Head,
    replay: ExampleSet,
    lessons: ExampleSet,
    lesson_counts: float,
    seen: NDArray[np.bool_],
) -> list[Head]:
    """Heads for every label of `start`, held towards it; each learns what its row of `seen` (heads, replay and lessons) marks.

    `replay` are shipped examples, on which a head is to say what `start` says of them: not their labels, which the encoder knows
    by heart, so that learning them again would teach doubt of everything else. `lessons` are the company's own; each counts as
    many times as a shipped one.
    """
    temperature = np.float32(base.card.temperature)
    vectors = np.concatenate((replay.vectors, lessons.vectors))
    offsets = (
        reordered(np.concatenate((replay.offsets, lessons.offsets)), base.card.labels, start.labels)
        / temperature
    )
    counts = np.concatenate((np.ones(len(replay)), np.full(len(lessons), lesson_counts))).astype(
        np.float32
    )
    importance = np.where(seen, counts, np.float32(0.0))
    targets = np.concatenate(
        (_as_before(base, start, replay), targets_of(lessons.labels, start.labels, SMOOTHING))
    )
    cooled = start.scaled(1 / temperature)
    fitted = fit_heads(
        vectors, targets, cooled, importance, offsets=offsets, strength=STRENGTH, steps=STEPS
    )
    return [head.scaled(temperature) for head in fitted]


def _as_before(base: Classifier, start: Head, replay: ExampleSet) -> Floats:
    """What `start` says of the shipped examples; labels of which it knows nothing yet get nothing."""
    said = probabilities_of(base, start, replay) * start.known()
    before: Floats = said / said.sum(axis=1, keepdims=True)
    return before


def probabilities_of(base: Classifier, head: Head, examples: ExampleSet) -> Floats:
    """How likely each of the head's labels is, shape (examples, labels): as the model would say with this head."""
    return base.taught(head, "").probabilities(examples.vectors, examples.offsets)


def folds_of(names: Sequence[str], folds: int = FOLDS) -> NDArray[np.int64]:
    """Which part each of these belongs to: always the same one, whatever else there is."""
    digests = [int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") for name in names]
    order = sorted(range(len(names)), key=lambda place: (digests[place], place))
    parts = np.zeros(len(names), dtype=np.int64)
    for rank, place in enumerate(order):
        parts[place] = rank % folds
    return parts


def left_out(lessons: ExampleSet, asked: Sequence[int]) -> NDArray[np.bool_]:
    """Which lessons each part of the cross-validation leaves out, shape (parts, lessons); each of `asked` is left out once."""
    parts = folds_of([lessons.texts[place] for place in asked])
    hidden = np.zeros((int(parts.max()) + 1, len(lessons)), dtype=bool)
    hidden[parts, asked] = True
    return hidden


def out_of_fold(
    base: Classifier,
    heads: Sequence[Head],
    hidden: NDArray[np.bool_],
    lessons: ExampleSet,
    asked: Sequence[int],
) -> Floats:
    """Probabilities of the lessons at the places `asked`, each by the one of `heads` that it was `hidden` from (`left_out`)."""
    found = np.zeros((len(lessons), len(heads[0].labels)), dtype=np.float32)
    for head, own in zip(heads, hidden, strict=True):
        found[own] = probabilities_of(base, head, lessons.where(own))
    return found[asked]


def not_meant(
    base: Classifier, head: Head, replay: ExampleSet, own: Sequence[str]
) -> NDArray[np.bool_]:
    """Which shipped examples do not look as if they belonged to a category of the company's own, though the corpus knows none."""
    likely = probabilities_of(base, head, replay)[
        :, [head.labels.index(label) for label in own]
    ].sum(axis=1)
    unlikely: NDArray[np.bool_] = likely < MEANT
    return unlikely


def without_greed(base: Classifier, head: Head, test: ExampleSet, own: Sequence[str]) -> Head:
    """The head with the biases of the company's own categories lowered until they take next to nothing from the shipped test.

    What they take from `other` does not count: most own categories are carved out of it.
    """
    biases = head.biases.copy()
    places = [head.labels.index(label) for label in own]
    test = test.where(np.array([label != OTHER for label in test.labels]))
    for _ in range(_LOWERINGS):
        taken = probabilities_of(base, replace(head, biases=biases), test).argmax(axis=1)
        greedy = [place for place in places if float((taken == place).mean()) > TAKEN]
        if not greedy:
            break
        biases[greedy] -= _LOWERED
    return replace(head, biases=biases)


def all_labels(own: Sequence[str]) -> tuple[str, ...]:
    """Every category of a company: the product's six and its own."""
    return (*CATEGORY_IDS, *own)
