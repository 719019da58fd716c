"""The words that decided: the share of each in a score. Pure."""

import re
from typing import Final

import numpy as np

from inquiry_router.classification.encoder import Encoding
from inquiry_router.classification.features import Floats, Grams
from inquiry_router.inquiry.model import Evidence
from inquiry_router.text.folding import fold

MAX_EVIDENCE: Final = 5
_WORD: Final = re.compile(r"[^\W_]+")


def strongest_words(
    encoding: Encoding, grams: Grams, token_weights: Floats, gram_weights: Floats
) -> tuple[Evidence, ...]:
    """Return the words with the most weight in the decision, as written, strongest first.

    The weight of a word is the share of its tokens and its n-grams in the score of the label, above
    their share in the mean of all labels: `token_weights` (tokens,) and `gram_weights`
    (characters,). Removing the word removes this weight, except for its influence on its
    neighbours.
    """
    weights = word_weights(encoding, token_weights)
    place = 1
    for word in grams.text.split():
        if word in weights:
            written, weight = weights[word]
            weights[word] = (written, weight + float(gram_weights[place : place + len(word)].sum()))
        place += len(word) + 1
    strongest = sorted(weights.values(), key=lambda item: -item[1])[:MAX_EVIDENCE]
    return tuple(Evidence(written, round(weight, 3)) for written, weight in strongest if weight > 0)


def word_weights(encoding: Encoding, token_weights: Floats) -> dict[str, tuple[str, float]]:
    """Map each folded word of two letters or more to its first spelling and its tokens' weight."""
    places = np.zeros(len(encoding.text) + 1, dtype=np.float64)
    for (begin, end), weight in zip(encoding.spans, token_weights.tolist(), strict=True):
        if end > begin:
            places[begin:end] += weight / (end - begin)
    sums = np.concatenate(([0.0], np.cumsum(places)))
    weights: dict[str, tuple[str, float]] = {}
    for match in _WORD.finditer(encoding.text, encoding.begin):
        if len(match[0]) > 1:
            word = fold(match[0])
            written, before = weights.get(word, (match[0], 0.0))
            weights[word] = (written, before + float(sums[match.end()] - sums[match.start()]))
    return weights
