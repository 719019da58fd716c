"""A text as the pieces of words that the encoder reads. The file is one of the `tokenizers` library; the reading is our own.

The library takes 67 MB for our pieces, a dictionary of them a fifth of that, and beside the encoder's time that of either is
nothing. A text is first made even as sentencepiece's rule `nmt_nfkc` does it. Then each word, together with the space before it,
is cut into the likeliest pieces: in a Unigram model a piece is as likely after one piece as after another, so the best cut up to
a letter is the best one up to some letter before it, and one piece more.
"""

import json
import math
import re
from array import array
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final
from unicodedata import is_normalized, normalize

_DROPPED: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]")
_TO_SPACE: Final = re.compile("[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]")
# Normalising joins no letters across white space.
_CHUNK: Final = re.compile(r"\S+|\s")
# Of several spaces in a row the last one is the word's.
_WORD: Final = re.compile(r" ?[^ ]+| \Z")
# The file writes it where a piece begins with a space.
_SPACE_MARK: Final = "\u2581"
_KIND: Final = ("Unigram", False, "Metaspace", "first", True, _SPACE_MARK)
# What `_evened` does, as the file names it.
_RULES: Final = ["Replace", "Replace", "NFKC", "Replace"]
# How far an unknown character scores below the rarest piece: the library's number.
_UNKNOWN_PENALTY: Final = 10.0
# Half the words of an inquiry were among the last so many; longer words than these are no words and hardly come again.
_REMEMBERED_WORDS: Final = 4096
_REMEMBERED_LETTERS: Final = 32

# Begin and end of what a piece or a letter stands for in the text as it was, half open.
Span = tuple[int, int]
# Number and length of a piece.
_Cut = tuple[int, int]


class Pieces:
    """The pieces and the logarithms of their probabilities. May be used by several threads."""

    def __init__(self, numbers: dict[str, int], scores: Sequence[float], unknown: int) -> None:
        """`numbers` are the places of the pieces in `scores`; `unknown` is the number of what is no piece."""
        self._numbers = numbers
        self._scores = scores
        self._unknown = unknown
        self._unknown_score = min(scores) - _UNKNOWN_PENALTY
        lengths: dict[str, set[int]] = {}
        for piece in numbers:
            lengths.setdefault(piece[0], set()).add(len(piece))
        self._lengths = {letter: tuple(sorted(found)) for letter, found in lengths.items()}
        self._remembered = lru_cache(_REMEMBERED_WORDS)(self._cut)

    @classmethod
    def from_file(cls, path: Path) -> "Pieces":
        """Read a `tokenizer.json`. Raises `OSError`, and `ValueError` when it is not of the one kind that is known here."""
        content = path.read_bytes()
        try:
            written = json.loads(content)
            model, space = written["model"], written["pre_tokenizer"]
            kind = (
                model["type"],
                model["byte_fallback"],
                *(space[key] for key in ("type", "prepend_scheme", "split", "replacement")),
            )
            rules = [rule["type"] for rule in written["normalizer"]["normalizers"]]
            unknown, scores = (
                int(model["unk_id"]),
                array("d", [score for _, score in model["vocab"]]),
            )
            joined = "\n".join([piece for piece, _ in model["vocab"]])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{path.name} is broken or of another kind ({type(error).__name__}: {error})"
            ) from error
        if kind != _KIND:
            raise ValueError(
                f"{path.name} has pieces of the kind {kind}, and only {_KIND} can be read"
            )
        if written.get("added_tokens") or rules != _RULES or max(scores) > 0:
            raise ValueError(
                f"{path.name} has other rules, tokens of its own, or scores that are no logarithms"
            )
        # All that was parsed goes before the dictionary is made: that takes 15 MB instead of 23. No piece has a line's end.
        del written, model
        pieces = joined.replace(_SPACE_MARK, " ").split("\n")
        return cls({piece: number for number, piece in enumerate(pieces)}, scores, unknown)

    def read(self, text: str) -> tuple[list[int], list[Span]]:
        """The numbers of a text's pieces, and their places in it, rising; that of a word's first piece has the space before it.

        Where normalising joins letters, say an accent and what it stands on, each of the word's pieces stands for the whole word.
        """
        even, places = _evened(text)
        if even and not even.startswith(" "):
            even, places = f" {even}", [places[0], *places]
        numbers: list[int] = []
        spans: list[Span] = []
        for match in _WORD.finditer(even):
            word, begin = match[0], match.start()
            for number, length in (
                self._remembered(word) if len(word) <= _REMEMBERED_LETTERS else self._cut(word)
            ):
                numbers.append(number)
                spans.append((places[begin][0], places[begin + length - 1][1]))
                begin += length
        return numbers, spans

    def _cut(self, word: str) -> tuple[_Cut, ...]:
        """The likeliest pieces of a word; unknown characters in a row are one piece."""
        find, scores, lengths, unknown_score = (
            self._numbers.get,
            self._scores,
            self._lengths.get,
            self._unknown_score,
        )
        size = len(word)
        # For each beginning of the word: the score of its best cut, and where that one's last piece begins.
        totals = [0.0, *[-math.inf] * size]
        begins = [0] * (size + 1)
        for begin, letter in enumerate(word):
            before = totals[begin]
            if before <= totals[size]:
                continue  # no score is above 0, so nothing that goes on from here beats the best cut of the whole word
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
        return self._followed(word, begins)

    def _followed(self, word: str, begins: list[int]) -> tuple[_Cut, ...]:
        """The way back from the end of a word, from each piece to the one before it."""
        found: list[_Cut] = []
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


def _evened(text: str) -> tuple[str, list[Span]]:
    """The text in nmt_nfkc, but with several spaces in a row, and for each of its letters the place in the text as it was."""
    places = list(zip(range(len(text)), range(1, len(text) + 1), strict=True))
    if _DROPPED.search(text):
        places = [place for place in places if not _DROPPED.match(text[place[0]])]
        text = _DROPPED.sub("", text)
    text = _TO_SPACE.sub(" ", text)
    return (text, places) if is_normalized("NFKC", text) else _normalised(text, places)


def _normalised(text: str, places: list[Span]) -> tuple[str, list[Span]]:
    chunks: list[str] = []
    normalised_places: list[Span] = []
    for match in _CHUNK.finditer(text):
        own = places[match.start() : match.end()]
        letters = [normalize("NFKC", letter) for letter in match[0]]
        chunk = normalize("NFKC", match[0])
        if "".join(letters) == chunk:
            normalised_places += [
                place for place, letter in zip(own, letters, strict=True) for _ in letter
            ]
        else:
            normalised_places += [(own[0][0], own[-1][1])] * len(chunk)
        chunks.append(chunk)
    return "".join(chunks), normalised_places
