"""The parties of a recommendation: a small network over the words of a text.

The encoder knows each word in its sentence, in all languages. Above it four narrow layers look at a
word and its neighbours, and say which party it names, if any: the recommender, the prospect, or the
company of one of them. Of the whole text they say which part its writer has. Lists of words find
what their authors thought of: people name others as they please.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np

from inquiry_router.classification.encoder import Encoding
from inquiry_router.classification.features import Floats
from inquiry_router.classification.linear import softmax
from inquiry_router.inquiry.referral import Speaker, ToldName, ToldParties

PARTIES_FILE: Final = "parties.npz"
# A text is read from this probability of the category `referral` on, or with a word of these: a
# name may be dropped in any message.
_READ_FROM: Final = 0.02
_SIGN: Final = re.compile(
    r"polec(?!on)|rekomend|recom|referr|empf[eo]|doporu|odporu|порад|рекоменд|consigli|namiar|"
    r"\b(?:od|przez) (?:pan|p\.)|(?:nazwisk|numer|kontakt|telefon)\w* .{0,30}\bod\b|skierował|"
    r"przysłał|powoł|by (?:mr|mrs|ms)\b|(?:number|name|details) from|told me|sent me|suggested|"
    r"von (?:herr|frau)|schickt|nummer von|geraten|направи|(?:zach|ch)[vw]al|chwał|kazał",
    re.IGNORECASE,
)
# The tags of a word: 0 is nobody.
TAGS: Final = ("", "recommender", "recommender_company", "prospect", "prospect_company")
# The kinds of a text: nobody is recommended, or the part of the writer.
KINDS: Final = (None, Speaker.PROSPECT, Speaker.RECOMMENDER, Speaker.COLLEAGUE)
MAX_WORDS: Final = 200
# The layers above the first one: the neighbours on each side, and their distance.
REACH: Final = ((1, 1), (2, 1), (2, 2))
_WORD: Final = re.compile(r"[^\W_]+(?:[-'’.&][^\W_]+)*|[^\w\s]|_")
_STATE_SCALE: Final = np.float32(8.0)
_MAX_NAME: Final = 8
# Two words with capital letters beside each other are rather one name.
_TOGETHER: Final = 2.0
# Below this nobody is named; where somebody must be, less will do.
_NAMED_FROM: Final = 0.2
_GUESSED_FROM: Final = 0.1


@dataclass(frozen=True, slots=True)
class Word:
    """A word or mark with its place in the text."""

    text: str
    begin: int
    end: int


def may_tell(text: str, likely: float) -> bool:
    """True if a text may name a party, given the probability of the category `referral`."""
    return likely >= _READ_FROM or _SIGN.search(text) is not None


def words_of(text: str, begin: int = 0) -> list[Word]:
    """Cut a text into words and marks."""
    found = islice(_WORD.finditer(text, begin), MAX_WORDS)
    return [Word(one[0], one.start(), one.end()) for one in found]


def inputs_of(encoding: Encoding, words: Sequence[Word]) -> Floats:
    """Return what the network sees of each word, shape (words, width)."""
    sums = np.zeros((len(encoding.parts) + 1, encoding.parts.shape[1]), dtype=np.float32)
    np.cumsum(encoding.parts, axis=0, out=sums[1:])
    spans = [(place, *span) for place, span in enumerate(encoding.spans) if span[1] > span[0]]
    begins, ends, at = [], [], 0
    for word in words:
        while at < len(spans) and spans[at][2] <= word.begin:
            at += 1
        last = at
        while last < len(spans) and spans[last][1] < word.end:
            last += 1
        begins.append(spans[at][0] if last > at else 0)
        ends.append(spans[last - 1][0] + 1 if last > at else 0)
    counts = np.maximum(1, np.subtract(ends, begins))[:, None]
    scale = np.float32(len(encoding.parts)) / _STATE_SCALE
    states = (sums[ends] - sums[begins]) * (scale / counts)
    return np.concatenate([states, _shapes(encoding.text, words)], axis=1, dtype=np.float32)


def _shapes(text: str, words: Sequence[Word]) -> Floats:
    """The shapes of words: capitals, digits, marks, a new line; and if the text has capitals."""
    has_capitals = any(letter.isupper() for word in words for letter in word.text)
    return np.array(
        [
            (
                word.text[0].isupper(),
                len(word.text) > 1 and word.text.isupper(),
                word.text[0].isdigit(),
                not word.text[0].isalnum(),
                place == 0 or "\n" in text[words[place - 1].end : word.begin],
                has_capitals,
            )
            for place, word in enumerate(words)
        ],
        dtype=np.float32,
    )


def windows(rows: Floats, reach: int, distance: int) -> Floats:
    """Put each row beside its neighbours; outside stand zeros."""
    count, width = rows.shape
    edge = reach * distance
    padded = np.zeros((count + 2 * edge, width), dtype=np.float32)
    padded[edge : edge + count] = rows
    near = [padded[place * distance : place * distance + count] for place in range(2 * reach + 1)]
    return np.concatenate(near, axis=1)


@dataclass(frozen=True, slots=True)
class PartyReader:
    """Reads the parties. `layers` holds the weights by name.

    `slope` and `bias` make certainties of the network's probabilities; from `sure_from` on they are
    right 97 times of 100 with authors whom it has not seen.
    """

    layers: Mapping[str, Floats]
    slope: float = 1.0
    bias: float = 0.0
    sure_from: float = 0.9

    def read(self, encoding: Encoding) -> ToldParties | None:
        """Read who recommends whom in a text; None for a text without words."""
        words = words_of(encoding.text, encoding.begin)
        if not words:
            return None
        tags, kinds = self.shares(inputs_of(encoding, words))
        return self.told(encoding.text, words, tags, kinds)

    def shares(self, inputs: Floats) -> tuple[Floats, Floats]:
        """Return the probabilities of the tags, (words, tags), and of the kinds, (kinds,)."""
        layers = self.layers
        rows = np.maximum(inputs @ layers["w0"] + layers["b0"], 0)
        for number, (reach, distance) in enumerate(REACH, start=1):
            seen = windows(rows, reach, distance) @ layers[f"w{number}"] + layers[f"b{number}"]
            rows = np.maximum(seen if number == 1 else seen + rows, 0)
        whole = np.concatenate([inputs.mean(axis=0), rows.max(axis=0)])
        tags = softmax(rows @ layers["tags"] + layers["tags_bias"])
        return tags, softmax(whole @ layers["kinds"] + layers["kinds_bias"])

    def told(self, text: str, words: Sequence[Word], tags: Floats, kinds: Floats) -> ToldParties:
        """Return the parties for the probabilities of tags and kinds."""
        kind = 1 + int(kinds[1:].argmax())
        speaker, part = KINDS[kind], float(kinds[kind])
        assert speaker is not None
        spans = {tag: _span(words, tags[:, place]) for place, tag in enumerate(TAGS) if tag}
        found = {
            tag: one
            for tag, one in spans.items()
            if one[2] >= _NAMED_FROM and not any(_is_others(one, other) for other in spans.values())
        }
        if speaker is Speaker.PROSPECT and not {"recommender", "recommender_company"} & {*found}:
            tag = max(("recommender", "recommender_company"), key=lambda one: spans[one][2])
            found |= {tag: spans[tag]} if spans[tag][2] >= _GUESSED_FROM else {}
        own = {Speaker.PROSPECT: "prospect", Speaker.RECOMMENDER: "recommender"}.get(speaker)
        names: dict[str, Any] = {
            tag: ToldName(
                text[words[begin].begin : words[end - 1].end], self.certainty(share * part)
            )
            for tag, (begin, end, share) in found.items()
            if tag != own
        }
        certainty = self.certainty(part)
        return ToldParties(speaker, certainty, float(kinds[0]), self.sure_from, **names)

    def certainty(self, share: float) -> float:
        """Return how often a finding with this probability is right."""
        near = min(max(share, 1e-4), 1 - 1e-4)
        odds = self.slope * np.log(near / (1 - near)) + self.bias
        return round(float(1 / (1 + np.exp(-odds))), 2)

    def as_bytes(self) -> bytes:
        """Serialise the reader for `reader_of_bytes`."""
        file = io.BytesIO()
        parts: dict[str, Any] = {
            name: layer.astype(np.float16) for name, layer in self.layers.items()
        }
        limits = np.array([self.slope, self.bias, self.sure_from])
        np.savez_compressed(file, limits=limits, **parts)
        return file.getvalue()


def reader_of_bytes(written: bytes) -> PartyReader:
    """Deserialise a reader."""
    with np.load(io.BytesIO(written), allow_pickle=False) as file:
        layers = {name: file[name].astype(np.float32) for name in file.files if name != "limits"}
        return PartyReader(layers, *map(float, file["limits"]))


def _is_others(one: tuple[int, int, float], other: tuple[int, int, float]) -> bool:
    """True if the words of a party are more likely those of another one."""
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[2]


def _span(words: Sequence[Word], shares: Floats) -> tuple[int, int, float]:
    """The likeliest words of a party, from one to another, and their mean probability."""
    near = np.clip(shares, 1e-6, 1 - 1e-6)
    odds = np.log(near / (1 - near)).tolist()
    best = int(shares.argmax())
    begin = _grown(words, odds, best, range(best - 1, max(-1, best - _MAX_NAME), -1))
    end = _grown(words, odds, best, range(best + 1, min(len(words), best + _MAX_NAME)))
    return begin, end + 1, float(shares[begin : end + 1].mean())


def _grown(words: Sequence[Word], odds: Sequence[float], best: int, places: Sequence[int]) -> int:
    """The place up to which the words beside the surest one rather belong to it."""
    most, total, found, last = 0.0, 0.0, best, best
    for place in places:
        total += odds[place] + _TOGETHER * _are_one_name(words[place], words[last])
        last = place
        if total > most:
            most, found = total, place
    return found


def _are_one_name(one: Word, other: Word) -> bool:
    """True for two neighbours with capital letters and at most a space between them."""
    first, second = (one, other) if one.begin < other.begin else (other, one)
    capitals = first.text[0].isupper() and second.text[0].isupper()
    return capitals and second.begin - first.end <= 1
