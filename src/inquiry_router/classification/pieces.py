"""Split a text into the word pieces that the encoder reads.

The file has the format of the `tokenizers` library; the reader is our own. The library takes 67 MB
for our pieces, a dictionary of them a fifth of that, and beside the encoder's time that of either
is nothing.

A text is first normalised by sentencepiece's rule `nmt_nfkc`. Then each word, with the space before
it, is split into the likeliest pieces. In a Unigram model the probability of a piece does not
depend on its neighbours. So the best split up to a letter is the best one up to some letter before
it, and one more piece.
"""

import json
import math
import re
from array import array
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final
from unicodedata import is_normalized, normalize

_DROPPED: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]")
_TO_SPACE: Final = re.compile("[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]")
# Normalising does not join letters across white space.
_CHUNK: Final = re.compile(r"\S+|\s")
# Of several spaces in a row, the last one belongs to the word.
_WORD: Final = re.compile(r" ?[^ ]+| \Z")
# The file's character for a space at the beginning of a piece.
_SPACE_MARK: Final = "\u2581"
_KIND: Final = ("Unigram", False, "Metaspace", "first", True, _SPACE_MARK)
# The file's names for the steps of `_normalise`.
_RULES: Final = ["Replace", "Replace", "NFKC", "Replace"]
# Score of an unknown character below that of the rarest piece: the library's number.
_UNKNOWN_PENALTY: Final = 10.0
# Half the words of an inquiry were among the last 4096. Longer words hardly ever come again.
_CACHED_WORDS: Final = 4096
_MAX_CACHED_CHARS: Final = 32

# Begin and end of a piece or a letter in the original text, half open.
Span = tuple[int, int]
# Number and length of a piece.
_Piece = tuple[int, int]


class Pieces:
    """The pieces and the logarithms of their probabilities. Safe to use from several threads."""

    def __init__(self, numbers: dict[str, int], scores: Sequence[float], unknown: int) -> None:
        """Take the places of the pieces in `scores`, and the number of unknown text."""
        self._numbers = numbers
        self._scores = scores
        self._unknown = unknown
        self._unknown_score = min(scores) - _UNKNOWN_PENALTY
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for piece in numbers:
            lengths[piece[0]].add(len(piece))
        self._lengths = {letter: tuple(sorted(found)) for letter, found in lengths.items()}
        self._cached_split = lru_cache(_CACHED_WORDS)(self._split)

    @classmethod
    def from_file(cls, path: Path) -> "Pieces":
        """Read a `tokenizer.json`.

        Raises `OSError`, and `ValueError` for a file of another kind than the one supported here.
        """
        content = path.read_bytes()
        try:
            joined, scores, unknown = _parse(content)
        except (KeyError, TypeError) as error:
            raise ValueError(
                f"{path.name} is broken or of another kind ({type(error).__name__}: {error})"
            ) from error
        except ValueError as error:
            raise ValueError(f"{path.name} cannot be used: {error}") from error
        pieces = joined.replace(_SPACE_MARK, " ").split("\n")
        return cls({piece: number for number, piece in enumerate(pieces)}, scores, unknown)

    def read(self, text: str) -> tuple[list[int], list[Span]]:
        """Return the numbers of a text's pieces and their places in it, in order.

        A word's first piece includes the space before it. In a word in which normalising joins
        letters, an accent and its letter for example, each piece covers the whole word.
        """
        normal, places = _normalise(text)
        if normal and not normal.startswith(" "):
            normal, places = f" {normal}", [places[0], *places]
        numbers: list[int] = []
        spans: list[Span] = []
        for match in _WORD.finditer(normal):
            word, begin = match[0], match.start()
            split = self._cached_split if len(word) <= _MAX_CACHED_CHARS else self._split
            for number, length in split(word):
                numbers.append(number)
                spans.append((places[begin][0], places[begin + length - 1][1]))
                begin += length
        return numbers, spans

    def _split(self, word: str) -> tuple[_Piece, ...]:
        """Split a word into its likeliest pieces; unknown characters in a row are one piece."""
        find, scores, lengths = self._numbers.get, self._scores, self._lengths.get
        unknown_score, size = self._unknown_score, len(word)
        # For each prefix of the word: the score of its best split, and the begin of its last piece.
        totals = [0.0, *[-math.inf] * size]
        begins = [0] * (size + 1)
        for begin, letter in enumerate(word):
            before = totals[begin]
            # No score is above 0, so a split through here cannot beat the best one of the word.
            if before <= totals[size]:
                continue
            if before + unknown_score > totals[begin + 1]:
                totals[begin + 1], begins[begin + 1] = before + unknown_score, begin
            for length in lengths(letter, ()):
                end = begin + length
                if end > size:
                    break
                number = find(word[begin:end])
                if number is not None:
                    total = before + scores[number]
                    if total > totals[end]:
                        totals[end], begins[end] = total, begin
        return self._trace_back(word, begins)

    def _trace_back(self, word: str, begins: list[int]) -> tuple[_Piece, ...]:
        """Follow the best split back from the end of a word, piece by piece."""
        found: list[_Piece] = []
        end = len(word)
        while end > 0:
            begin = begins[end]
            number = self._numbers.get(word[begin:end], self._unknown)
            if number == self._unknown and found and found[-1][0] == number:
                found[-1] = (number, found[-1][1] + end - begin)
            else:
                found.append((number, end - begin))
            end = begin
        return tuple(reversed(found))


def _parse(content: bytes) -> tuple[str, Sequence[float], int]:
    """Return the pieces, their scores and the number of unknown text.

    The pieces, none of which holds a newline, are joined by newlines. So the parsed file is freed
    before a dictionary of them is made: 15 MB instead of 23.
    """
    written = json.loads(content)
    model, space = written["model"], written["pre_tokenizer"]
    kind = (
        model["type"],
        model["byte_fallback"],
        *(space[key] for key in ("type", "prepend_scheme", "split", "replacement")),
    )
    if kind != _KIND:
        raise ValueError(f"its pieces are of the kind {kind}, and only {_KIND} can be read")
    scores = array("d", [score for _, score in model["vocab"]])
    rules = [rule["type"] for rule in written["normalizer"]["normalizers"]]
    if written.get("added_tokens") or rules != _RULES or max(scores) > 0:
        raise ValueError("it has other rules, tokens of its own, or scores that are no logarithms")
    return "\n".join([piece for piece, _ in model["vocab"]]), scores, int(model["unk_id"])


def _normalise(text: str) -> tuple[str, list[Span]]:
    """Normalise a text by nmt_nfkc, except for repeated spaces.

    Return also the place of each of its letters in the original text.
    """
    places = list(zip(range(len(text)), range(1, len(text) + 1), strict=True))
    if _DROPPED.search(text):
        places = [place for place in places if not _DROPPED.match(text[place[0]])]
        text = _DROPPED.sub("", text)
    text = _TO_SPACE.sub(" ", text)
    return (text, places) if is_normalized("NFKC", text) else _normalise_chunks(text, places)


def _normalise_chunks(text: str, places: list[Span]) -> tuple[str, list[Span]]:
    chunks: list[str] = []
    normalised_places: list[Span] = []
    for match in _CHUNK.finditer(text):
        letter_places = places[match.start() : match.end()]
        letters = [normalize("NFKC", letter) for letter in match[0]]
        chunk = normalize("NFKC", match[0])
        if "".join(letters) == chunk:
            normalised_places += [
                place for place, letter in zip(letter_places, letters, strict=True) for _ in letter
            ]
        else:
            normalised_places += [(letter_places[0][0], letter_places[-1][1])] * len(chunk)
        chunks.append(chunk)
    return "".join(chunks), normalised_places
