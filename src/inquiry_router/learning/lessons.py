"""Fit a company's head on corrections, beside the shipped examples so that none is forgotten."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.classifier import Classifier
from inquiry_router.classification.examples import ExampleSet, excerpt
from inquiry_router.classification.features import Floats
from inquiry_router.classification.head import Head, fit_heads, reordered, targets_of
from inquiry_router.classification.linear import read_text
from inquiry_router.inquiry.model import Channel, Draft
from inquiry_router.intake.cleaning import clean
from inquiry_router.intake.question import question_of

# Weights of a lesson, a shipped example having 1, tried in this order: people at the company know
# best, but lessons are few.
LESSON_WEIGHTS: Final = (10.0, 3.0, 1.0)
STRENGTH: Final = 3e-4
SMOOTHING: Final = 0.05
STEPS: Final = 120
FOLDS: Final = 5
# Share of the shipped test that each of a company's own categories and intents may take.
MAX_TAKEN: Final = 0.005
# A shipped example with at least this probability of an own label is not used against it.
MAX_RELATED: Final = 0.1
_BIAS_STEP: Final = 0.25
_MAX_BIAS_STEPS: Final = 40


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text and its right label: of an inquiry the category, as a person said."""

    id: str
    draft: Draft
    category: str


def lessons_from(examples: Sequence[str], label: str) -> list[Lesson]:
    """Return the examples of an own category or intent as lessons."""
    return [
        Lesson(f"{label}-{number}", Draft(Channel.API, text), label)
        for number, text in enumerate(examples)
    ]


def encode_lessons(lessons: Sequence[Lesson], base: Classifier) -> dict[str, tuple[bytes, bytes]]:
    """Encode the lessons: vector and n-gram scores in 16-bit floats.

    This takes milliseconds a text, more than anything else here.
    """
    encoded = {}
    for lesson in lessons:
        draft = question_of(clean(lesson.draft))
        vector = base.encoder.encode(draft.subject, draft.text).vector
        offsets = base.gram_scores(read_text(draft.subject, draft.text))
        encoded[lesson.id] = (
            vector.astype(np.float16).tobytes(),
            offsets.astype(np.float16).tobytes(),
        )
    return encoded


def as_examples(
    lessons: Sequence[Lesson],
    encoded: Mapping[str, tuple[bytes, bytes]],
    base: Classifier,
    origin: str = "learnt",
) -> ExampleSet:
    """Return the lessons with the result of `encode_lessons` as examples."""
    vectors = [np.frombuffer(encoded[lesson.id][0], dtype=np.float16) for lesson in lessons]
    offsets = [np.frombuffer(encoded[lesson.id][1], dtype=np.float16) for lesson in lessons]
    return ExampleSet(
        tuple(excerpt(lesson.draft.subject, lesson.draft.text) for lesson in lessons),
        tuple(lesson.category for lesson in lessons),
        np.array(vectors, dtype=np.float32).reshape(-1, base.encoder.width),
        np.array(offsets, dtype=np.float32).reshape(-1, len(base.card.labels)),
        np.zeros(len(lessons), dtype=bool),
        origin,
    )


def encode_as_examples(lessons: Sequence[Lesson], base: Classifier, origin: str) -> ExampleSet:
    """Encode the lessons and return them as examples."""
    return as_examples(lessons, encode_lessons(lessons, base), base, origin)


def fit(
    base: Classifier,
    start: Head,
    replay: ExampleSet,
    lessons: ExampleSet,
    lesson_weight: float,
    seen: NDArray[np.bool_],
) -> list[Head]:
    """Fit heads for the labels of `start`, held towards it.

    `seen` (heads, replay and lessons) marks the examples that each head learns. `replay` are
    shipped examples; a head is to predict for them what `start` does. Their labels are not used:
    the encoder knows them by heart, and to learn them again would teach doubt about everything
    else. `lessons` are the company's own; each counts as `lesson_weight` shipped ones.
    """
    temperature = np.float32(base.card.temperature)
    gram_scores = np.concatenate((replay.offsets, lessons.offsets))
    counts = np.concatenate((np.ones(len(replay)), np.full(len(lessons), lesson_weight)))
    lesson_targets = targets_of(lessons.labels, start.labels, SMOOTHING)
    fitted = fit_heads(
        np.concatenate((replay.vectors, lessons.vectors)),
        np.concatenate((_present_predictions(base, start, replay), lesson_targets)),
        start.scaled(1 / temperature),
        np.where(seen, counts.astype(np.float32), np.float32(0.0)),
        offsets=reordered(gram_scores, base.card.labels, start.labels) / temperature,
        strength=STRENGTH,
        steps=STEPS,
    )
    return [head.scaled(temperature) for head in fitted]


def _present_predictions(base: Classifier, start: Head, replay: ExampleSet) -> Floats:
    """Return the predictions of `start` for the shipped examples; zero for unknown labels."""
    predicted = probabilities_of(base, start, replay) * start.known()
    before: Floats = predicted / predicted.sum(axis=1, keepdims=True)
    return before


def probabilities_of(base: Classifier, head: Head, examples: ExampleSet) -> Floats:
    """Return the probabilities of a head's labels, shape (examples, labels), with this model."""
    return base.taught(head, "").probabilities(examples.vectors, examples.offsets)


def fold_numbers(names: Sequence[str], folds: int = FOLDS) -> NDArray[np.int64]:
    """Return the deterministic fold number of each text."""
    digests = [int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") for name in names]
    order = sorted(range(len(names)), key=lambda place: (digests[place], place))
    parts = np.zeros(len(names), dtype=np.int64)
    for rank, place in enumerate(order):
        parts[place] = rank % folds
    return parts


def hide_folds(lessons: ExampleSet, places: Sequence[int]) -> NDArray[np.bool_]:
    """Return the lessons hidden from each fold's head, shape (folds, lessons).

    Each of the lessons at `places` is hidden once.
    """
    parts = fold_numbers([lessons.texts[place] for place in places])
    hidden = np.zeros((int(parts.max()) + 1, len(lessons)), dtype=bool)
    hidden[parts, places] = True
    return hidden


def predict_hidden(
    base: Classifier,
    heads: Sequence[Head],
    hidden: NDArray[np.bool_],
    lessons: ExampleSet,
    places: Sequence[int],
) -> Floats:
    """Return the probabilities of the lessons at `places`.

    Each is predicted by the head of `heads` that it was `hidden` from (`hide_folds`).
    """
    found = np.zeros((len(lessons), len(heads[0].labels)), dtype=np.float32)
    for head, own in zip(heads, hidden, strict=True):
        found[own] = probabilities_of(base, head, lessons.where(own))
    return found[places]


def mark_unrelated(
    base: Classifier, head: Head, replay: ExampleSet, own: Sequence[str]
) -> NDArray[np.bool_]:
    """Mark the shipped examples that do not resemble any of a company's own labels."""
    places = [head.labels.index(label) for label in own]
    related = probabilities_of(base, head, replay)[:, places].sum(axis=1)
    unrelated: NDArray[np.bool_] = related < MAX_RELATED
    return unrelated


def lower_greedy_biases(
    base: Classifier, head: Head, guarded: ExampleSet, own: Sequence[str], may_take: float
) -> Head:
    """Lower the biases of own labels until each takes no more than so many of the guarded texts."""
    biases = head.biases.copy()
    places = [head.labels.index(label) for label in own]
    for _ in range(_MAX_BIAS_STEPS):
        taken = probabilities_of(base, replace(head, biases=biases), guarded).argmax(axis=1)
        greedy = [place for place in places if int((taken == place).sum()) > may_take]
        if not greedy:
            break
        biases[greedy] -= _BIAS_STEP
    return replace(head, biases=biases)


def join(first: ExampleSet, second: ExampleSet) -> ExampleSet:
    """Return one set of both; the origin is the first one's."""
    return ExampleSet(
        first.texts + second.texts,
        first.labels + second.labels,
        np.concatenate((first.vectors, second.vectors)),
        np.concatenate((first.offsets, second.offsets)),
        np.concatenate((first.unseen, second.unseen)),
        first.origin,
    )
