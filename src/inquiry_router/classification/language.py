"""Detect the language of a text by hashed short character grams, with naive Bayes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from inquiry_router.classification.features import Floats, Ints

LANGUAGES: Final = ("pl", "en", "de", "cs", "sk", "uk", "fr", "es", "it", "lt", "hu", "ro")
DEFAULT: Final = "pl"
_BUCKETS: Final = 1 << 14
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_MAX_CHARS: Final = 600


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Log-probabilities of short grams by language.

    `weights` has the shape (buckets, languages).
    """

    weights: Floats

    def detect(self, text: str) -> str:
        """Return the most likely language; Polish for a text without letters."""
        buckets = _grams(text)
        if not len(buckets):
            return DEFAULT
        return LANGUAGES[int(self.weights[buckets].sum(axis=0).argmax())]


def fit_language(
    texts: Sequence[str], languages: Sequence[str], smoothing: float = 0.3
) -> LanguageModel:
    """Fit a model to texts of known languages. All languages have the same weight."""
    counts = np.full((_BUCKETS, len(LANGUAGES)), smoothing, dtype=np.float64)
    for text, language in zip(texts, languages, strict=True):
        np.add.at(counts[:, LANGUAGES.index(language)], _grams(text), 1.0)
    return LanguageModel(np.log(counts / counts.sum(axis=0)).astype(np.float16).astype(np.float32))


def known_language(declared: str | None) -> str | None:
    """Return the declared language if it is enabled: `pl-PL` and `PL` are Polish."""
    code = (declared or "").lower()[:2]
    return code if code in LANGUAGES else None


def _grams(text: str) -> Ints:
    """Return the buckets of all grams of one to three characters.

    Case is folded; each run of characters other than letters is one space.
    """
    letters = "".join(c if c.isalpha() else " " for c in text[:_MAX_CHARS].casefold())
    words = f" {' '.join(letters.split())} "
    if len(words) < 3:
        return np.zeros(0, dtype=np.int64)
    codes = np.frombuffer(words.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    one = codes * _BASE
    two = (one[:-1] + codes[1:]) * _BASE
    three = (two[:-1] + codes[2:]) * _BASE
    hashes = np.concatenate((one, two, three))
    return (hashes >> np.uint64(50)).astype(np.int64)
