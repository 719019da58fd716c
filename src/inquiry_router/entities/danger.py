"""Words that state a danger to people or buildings: fire, gas, an injury, somebody trapped.

Precision before recall. Only what states the danger counts: "dymi się" but not "czujnik dymu",
"smells of gas" but not "gas stove". The kinds and their wordings are in `danger.yaml`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pydantic import BaseModel, ConfigDict

from inquiry_router.entities.mention import Mention
from inquiry_router.entities.statements import (
    Said,
    Sentences,
    Statement,
    Statements,
    read_statement,
)
from inquiry_router.inquiry.model import EntityKind
from inquiry_router.text.folding import fold
from inquiry_router.text.yaml_reading import load_shipped_yaml

# "qualmt nicht", "brennt gar nicht", "es brennt nichts".
_DENYING_AFTER: Final = re.compile(
    r"\s+(?:(?:hier|gar|mehr|aber|auch|noch|jetzt|überhaupt|es|bei|uns)\s+)?nichts?\b",
    re.IGNORECASE,
)
# "In 2013 a flood took our house": a danger of years ago, which a customer only tells about.
_YEARS_AGO: Final = re.compile(
    r"\b(?:w|we|v|ve|in|im|у|в)\s+(?:(?:roku|roce|jahre?|році)\s+)?(?:19\d\d|20[01]\d)\b",
    re.IGNORECASE,
)
_MAX_YEAR_CHARS: Final = 40


class _Wordings(BaseModel):
    """The wordings of one kind, as they are written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    never: str
    stated: list[str]
    sounding: list[str] = []


class _File(BaseModel):
    """The contents of `danger.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    denying: str
    between: str
    supposing: str
    lists: dict[str, str]
    kinds: dict[str, _Wordings]

    def statements(self) -> Iterator[Statement]:
        """Read the wordings of all kinds."""
        for kind, wordings in self.kinds.items():
            for stated in wordings.stated:
                yield read_statement(kind, stated, self.lists, wordings.never)
            for sounding in wordings.sounding:
                yield read_statement(kind, sounding, self.lists, "")


def _words(written: str) -> frozenset[str]:
    return frozenset(fold(written).replace(",", " ").split())


_FILE: Final = _File.model_validate(load_shipped_yaml("inquiry_router.entities", "danger.yaml"))
_DENYING, _BETWEEN, _SUPPOSING = map(_words, (_FILE.denying, _FILE.between, _FILE.supposing))
_STATEMENTS: Final = Statements(_FILE.statements())
DANGERS: Final = tuple(_FILE.kinds)
DANGER_STEMS: Final = _STATEMENTS.stems


def find_danger(text: str, stems: Iterable[str]) -> list[Mention]:
    """Find statements of danger. The value is the kind, one of `DANGERS`.

    `stems` are those of `DANGER_STEMS` that the inquiry can contain.
    """
    found = [said for said in _STATEMENTS.find(text, stems) if not _is_harmless(text, said)]
    mentions: list[Mention] = []
    for said in sorted(found, key=lambda one: (one.begin, -one.end, DANGERS.index(one.kind))):
        begin, end = said.sentences.begins[said.begin], said.sentences.ends[said.end - 1]
        if not mentions or begin >= mentions[-1].end:
            mentions.append(Mention(EntityKind.DANGER, begin, end, said.kind))
    return mentions


def _is_harmless(text: str, said: Said) -> bool:
    """True if a side is denied, or the whole is only supposed."""
    sentences, begin = said.sentences, said.begin
    if any(_is_denied(sentences, side_begin) for side_begin, _ in said.sides):
        return True
    near = sentences.before(begin, 2)
    end = sentences.ends[said.end - 1]
    around = text[max(0, sentences.begins[begin] - _MAX_YEAR_CHARS) : end + _MAX_YEAR_CHARS]
    return (
        not _SUPPOSING.isdisjoint(near)
        or _DENYING_AFTER.match(text, end) is not None
        or _YEARS_AGO.search(around) is not None
    )


def _is_denied(sentences: Sentences, place: int) -> bool:
    near = sentences.before(place, 3)
    while near and near[-1] in _BETWEEN:
        near.pop()
    return bool(near) and near[-1] in _DENYING
