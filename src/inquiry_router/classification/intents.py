"""The head of intents: the likeliest intent inside a decided category. Pure.

Its labels are written `category/intent`, because a company may have intents of its own. The label
`category/` stands for no particular intent: a company's own category has it beside its intents.
"""

from pathlib import Path
from typing import Final

from inquiry_router.classification.features import Floats
from inquiry_router.classification.head import Head, head_of_bytes
from inquiry_router.classification.linear import softmax
from inquiry_router.inquiry.intents import INTENT_BY_ID

INTENTS_FILE: Final = "intents.npz"


def intent_label(category: str, intent: str = "") -> str:
    """Return the label of an intent, or of none in particular."""
    return f"{category}/{intent}"


def split_label(label: str) -> tuple[str, str]:
    """Return the category and the intent of a label."""
    category, _, intent = label.partition("/")
    return category, intent


def load_intents(folder: Path) -> Head:
    """Read the file of intents beside a model. Raises `ValueError` for anything else."""
    return intents_of_bytes((folder / INTENTS_FILE).read_bytes())


def intents_of_bytes(written: bytes) -> Head:
    """Deserialise a head of intents. Labels without a category are intents that always exist.

    Raises `ValueError` for anything else.
    """
    head = head_of_bytes(written)
    unknown = [name for name in head.labels if "/" not in name and name not in INTENT_BY_ID]
    if unknown:
        raise ValueError(f"there is no intent '{unknown[0]}'")
    labels = [
        name if "/" in name else intent_label(INTENT_BY_ID[name].category, name)
        for name in head.labels
    ]
    return Head(tuple(labels), head.weights, head.biases, head.hidden)


def likeliest_intent(head: Head, vector: Floats, category: str) -> tuple[str, float] | None:
    """Return the likeliest intent of a category, and its probability among those of the category.

    None if the category has no intents, or if no particular one is the likeliest.
    """
    places = [n for n, label in enumerate(head.labels) if split_label(label)[0] == category]
    if not places:
        return None
    probabilities = softmax(head.scores(vector)[places])
    best = int(probabilities.argmax())
    intent = split_label(head.labels[places[best]])[1]
    return (intent, float(probabilities[best])) if intent else None
