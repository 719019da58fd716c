"""The card of a model: its description, calibration and the checksums of its files."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from inquiry_router.classification.linear import ModelUnusable

FORMAT: Final = 3
CARD_FILE: Final = "card.json"


@dataclass(frozen=True, slots=True)
class Card:
    """A model's name and the numbers that turn its scores into decisions.

    The scores of the n-grams are added to the encoder's with the weight `linear_weight`; the sum
    divided by `temperature` gives calibrated probabilities. A decision is sure if the first
    category has at least the probability `threshold`, or its own one in `thresholds`, and leads by
    `margin`. A second category is named if it has at least the probability `second_at_least`, an
    intent from `intent_at_least` on. From `sale_at_least` on something may be to be sold. `signals`
    holds the numbers of `Limits`.
    `about` describes the model for people: figures by language, channel, label and author, limits,
    licence. `files` maps the model's files to their SHA-256.
    """

    name: str
    labels: tuple[str, ...]
    temperature: float
    linear_weight: float
    threshold: float
    margin: float
    second_at_least: float
    about: dict[str, Any]
    files: dict[str, str] = field(default_factory=dict)
    intent_at_least: float = 1.0
    thresholds: dict[str, float] = field(default_factory=dict)
    sale_at_least: float = 1.0
    signals: dict[str, float] = field(default_factory=dict)

    def threshold_of(self, category: str) -> float:
        """Return the least probability of a sure decision for a category."""
        return self.thresholds.get(category, self.threshold)


def read_card(folder: Path) -> Card:
    """Read the card of the model in `folder` and check the files it names.

    Raises `ModelUnusable` when the card cannot be read or a file is missing or changed.
    """
    try:
        written = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        if written["format"] != FORMAT:
            raise ModelUnusable(
                f"the model in {folder} has format {written['format']}, wanted is {FORMAT}: "
                "install a matching one"
            )
        card = _parse(written)
    except FileNotFoundError:
        raise ModelUnusable(f"the model in {folder} has no {CARD_FILE}: install it again") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelUnusable(
            f"{CARD_FILE} in {folder} cannot be read ({type(error).__name__}: {error}): "
            "install it again"
        ) from error
    for name, digest in card.files.items():
        _check(folder / name, digest)
    return card


def _parse(written: dict[str, Any]) -> Card:
    return Card(
        written["name"],
        tuple(written["labels"]),
        float(written["temperature"]),
        float(written["linear_weight"]),
        float(written["threshold"]),
        float(written["margin"]),
        float(written["second_at_least"]),
        written["about"],
        {str(name): str(digest) for name, digest in written["files"].items()},
        # Missing in models that name no intents, and in those of `train`.
        float(written.get("intent_at_least", 1.0)),
        {str(name): float(least) for name, least in written.get("thresholds", {}).items()},
        float(written.get("sale_at_least", 1.0)),
        {str(name): float(limit) for name, limit in written.get("signals", {}).items()},
    )


def write_card(card: Card, folder: Path, files: Iterable[str]) -> None:
    """Write `card.json` with the checksums of the named files, which must be there already."""
    written = {
        "format": FORMAT,
        "name": card.name,
        "labels": list(card.labels),
        "temperature": card.temperature,
        "linear_weight": card.linear_weight,
        "threshold": card.threshold,
        "margin": card.margin,
        "second_at_least": card.second_at_least,
        "intent_at_least": card.intent_at_least,
        "thresholds": card.thresholds,
        "sale_at_least": card.sale_at_least,
        "signals": card.signals,
        "files": {name: _digest(folder / name) for name in files},
        "about": card.about,
    }
    (folder / CARD_FILE).write_text(
        json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def _check(path: Path, digest: str) -> None:
    try:
        found = _digest(path)
    except OSError:
        raise ModelUnusable(
            f"the model in {path.parent} has no readable {path.name}: install it again"
        ) from None
    if found != digest:
        raise ModelUnusable(
            f"{path.name} in {path.parent} is cut off or not the one that {CARD_FILE} names: "
            "install the model again"
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
