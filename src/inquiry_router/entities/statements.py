"""Statements: words that stand near each other in one sentence, in any order.

A statement is written as `gaz, gas + czuć, smell* - kuchenk*`: one word of each side near one of
the others, and none of the last side beside them. `*` at the end of a word stands for any ending.
An exclamation mark is a word too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from inquiry_router.text.folding import fold, fold_words

# The words between two sides of a statement, at most.
_MAX_BETWEEN: Final = 6
# The words between a statement and a word that takes it back, at most.
_MAX_BESIDE: Final = 4
# Bounds the time of a text that repeats one word thousands of times.
_MAX_OCCURRENCES: Final = 40
_KEY_CHARS: Final = 3
_WORD: Final = re.compile(r"\w+|!")
_MARK: Final = "!"
_SENTENCE_END: Final = re.compile(r"[.?;…]|\n\s*\n")
_PART_END: Final = re.compile(r"[,\n–—]|\s-\s")
_RELATIVE: Final = ("ktor", "który", "which", "that", "die", "der", "das", "яки", "яка", "яке")

Span = tuple[int, int]


# Folded words in a row, each with a note if any ending may follow.
Phrase = tuple[tuple[str, bool], ...]


class Statement(NamedTuple):
    """The sides that have to stand near each other, and the words that take them back."""

    kind: str
    sides: tuple[frozenset[Phrase], ...]
    unless: frozenset[Phrase]


def read_statement(kind: str, written: str, lists: Mapping[str, str], never: str) -> Statement:
    """Read a statement as it is written; `never` are more words that take it back."""
    stated, _, unless = written.partition(" - ")
    sides = tuple(read_phrases(side, lists) for side in stated.split(" + "))
    return Statement(kind, sides, read_phrases(f"{unless}, {never}", lists))


def read_phrases(written: str, lists: Mapping[str, str]) -> frozenset[Phrase]:
    """Read phrases that are separated by commas; `$name` stands for one of the lists."""
    found: set[Phrase] = set()
    for phrase in filter(None, map(str.strip, written.split(","))):
        if phrase.startswith("$"):
            found |= read_phrases(lists[phrase[1:]], lists)
            continue
        found.add(_read_phrase(phrase))
    return frozenset(found)


# Most statements have the same words in their lists.
@cache
def _read_phrase(written: str) -> Phrase:
    return tuple(
        (folded, word.endswith("*") and is_last)
        for word in written.split()
        for folded, is_last in _with_last(_fold(word))
    )


def _fold(word: str) -> list[str]:
    return [word] if word == _MARK else fold_words(word).split()


def _with_last(words: list[str]) -> Iterator[tuple[str, bool]]:
    for place, word in enumerate(words, start=1):
        yield word, place == len(words)


class Sentences:
    """The folded words of a text, with the breaks between them."""

    def __init__(self, text: str) -> None:
        matches = list(_WORD.finditer(text))
        self.begins = [match.start() for match in matches]
        self.ends = [match.end() for match in matches]
        self.words = [fold(match[0]) for match in matches]
        # The number of the sentence of each word, and of its part of a sentence.
        self.sentence: list[int] = []
        self.part: list[int] = []
        sentence = part = last = 0
        after_mark = False
        for begin, end, word in zip(self.begins, self.ends, self.words, strict=True):
            between = text[last:begin]
            if after_mark or between != " ":
                if after_mark or _SENTENCE_END.search(between):
                    sentence += 1
                    part += 1
                elif _PART_END.search(between) and not word.startswith(_RELATIVE):
                    part += 1
            last, after_mark = end, word == _MARK
            self.sentence.append(sentence)
            self.part.append(part)

    def before(self, place: int, count: int) -> list[str]:
        """Return up to `count` words before a place, in the same part of the sentence."""
        return [
            self.words[one]
            for one in range(max(0, place - count), place)
            if self.part[one] == self.part[place]
        ]

    def has_at(self, phrase: Phrase, place: int) -> bool:
        """True if the phrase begins with the word at this place."""
        end = place + len(phrase)
        if end > len(self.words) or self.sentence[place] != self.sentence[end - 1]:
            return False
        return all(
            said.startswith(word) if is_open else said == word
            for said, (word, is_open) in zip(self.words[place:end], phrase, strict=True)
        )


class Said(NamedTuple):
    """A statement in a text: the places of the words of each side."""

    kind: str
    sides: tuple[Span, ...]
    sentences: Sentences

    @property
    def begin(self) -> int:
        """The first word."""
        return min(begin for begin, _ in self.sides)

    @property
    def end(self) -> int:
        """The place after the last word."""
        return max(end for _, end in self.sides)


class Statements:
    """A list of statements, with all their words indexed by their beginnings."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._exact: dict[str, list[Phrase]] = {}
        self._open: dict[str, list[Phrase]] = {}
        self._by_stem: dict[str, list[Statement]] = {}
        phrases: set[Phrase] = set()
        for one in statements:
            phrases.update(one.unless, *one.sides)
            for stem in {_stem(phrase) for phrase in one.sides[0]}:
                self._by_stem.setdefault(stem, []).append(one)
        for phrase in phrases:
            first, is_open = phrase[0]
            by_first = self._open if is_open else self._exact
            by_first.setdefault(first[:_KEY_CHARS] if is_open else first, []).append(phrase)

    @property
    def stems(self) -> frozenset[str]:
        """The stems of which a text must contain one, or no statement is in it."""
        return frozenset(self._by_stem)

    def find(self, text: str, stems: Iterable[str]) -> list[Said]:
        """Find the statements that begin with one of these stems."""
        candidates = {
            id(one): one for stem in stems for one in self._by_stem.get(stem, ())
        }.values()
        sentences = Sentences(text)
        occurring = self._find_phrases(sentences)
        return [
            said
            for one in candidates
            for sides in _find_sides(one, occurring, sentences)
            if not _is_taken_back(said := Said(one.kind, sides, sentences), one, occurring)
        ]

    def _find_phrases(self, sentences: Sentences) -> dict[Phrase, list[Span]]:
        found: dict[Phrase, list[Span]] = {}
        for place, word in enumerate(sentences.words):
            for phrases in (self._exact.get(word), self._open.get(word[:_KEY_CHARS])):
                for phrase in phrases or ():
                    if sentences.has_at(phrase, place):
                        spans = found.setdefault(phrase, [])
                        if len(spans) < _MAX_OCCURRENCES:
                            spans.append((place, place + len(phrase)))
        return found


def _stem(phrase: Phrase) -> str:
    """Return the beginning of a phrase that all texts with it have."""
    words = []
    for word, is_open in phrase:
        if word != _MARK:
            words.append(word)
        if is_open:
            return " ".join(words)
    return " ".join(words) + " "


def _spans_of(phrases: frozenset[Phrase], occurring: Mapping[Phrase, list[Span]]) -> list[Span]:
    return sorted(span for phrase in phrases & occurring.keys() for span in occurring[phrase])


def _find_sides(
    statement: Statement, occurring: Mapping[Phrase, list[Span]], sentences: Sentences
) -> Iterator[tuple[Span, ...]]:
    """Yield the places of the first side with the nearest place of each other one."""
    first, *others = (_spans_of(side, occurring) for side in statement.sides)
    for anchor in first[:_MAX_OCCURRENCES]:
        sides = [anchor]
        for spans in others:
            near = [span for span in spans if _is_near(span, sides, sentences)]
            if not near:
                break
            sides.append(min(near, key=lambda span: _distance(span, anchor)))
        else:
            yield tuple(sides)


def _distance(one: Span, other: Span) -> int:
    """The number of words between two places; negative if they overlap."""
    return max(one[0] - other[1], other[0] - one[1])


def _is_near(span: Span, sides: list[Span], sentences: Sentences) -> bool:
    if sentences.sentence[span[0]] != sentences.sentence[sides[0][0]]:
        return False
    distances = [_distance(span, side) for side in sides]
    return min(distances) >= 0 and min(distances) <= _MAX_BETWEEN


def _is_taken_back(
    said: Said, statement: Statement, occurring: Mapping[Phrase, list[Span]]
) -> bool:
    """True if a word of `unless` stands beside the statement, in the same part of the sentence."""
    parts = said.sentences.part
    begin, end = said.begin, said.end
    for phrase in statement.unless & occurring.keys():
        for span in occurring[phrase]:
            if any(side[0] <= span[0] and span[1] <= side[1] for side in said.sides):
                continue
            if not begin - _MAX_BESIDE <= span[0] < end + _MAX_BESIDE:
                continue
            if parts[begin] <= parts[span[0]] <= parts[end - 1]:
                return True
    return False
