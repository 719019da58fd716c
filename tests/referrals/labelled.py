"""Labelled messages: who recommends and who is recommended, in the words of the text.

A line is `channel|text|recommender|company|prospect|company`; some files have the language before
it. "-" is nobody, "@" the writer. The lines of `LEARNED` were learned (`training/referrals.py`), of
the others those with odd numbers; the rest gives the figures. The files of `STRANGERS` are by eight
authors who had not seen the work of the first one; from those of `UNSEEN` nothing was learned.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"
WRITER = "@"
UNSEEN = frozenset({"unseen", "unseen_road"})
LEARNED = frozenset({"strangers_counter", "strangers_roofs"})
STRANGERS = (
    UNSEEN | LEARNED | {"pl_warsztat", "pl_urzad", "inne_obce", "inne_hurtownia", "inne_handlowiec"}
)


@dataclass(frozen=True)
class LabelledText:
    """A message with its labels; None is nobody."""

    place: str
    language: str
    channel: str
    text: str
    recommender: str | None
    recommender_company: str | None
    prospect: str | None
    prospect_company: str | None
    tuning: bool

    @property
    def is_strangers(self) -> bool:
        return self.place.partition(":")[0] in STRANGERS

    @property
    def is_unseen(self) -> bool:
        return self.place.partition(":")[0] in UNSEEN

    @property
    def recommends_nobody(self) -> bool:
        return not (self.recommender or self.recommender_company)


@cache
def labelled_texts() -> tuple[LabelledText, ...]:
    return tuple(
        _read(f"{path.stem}:{number}", path.stem[:2], line, tuning=_is_learned(path.stem, number))
        for path in sorted(FOLDER.glob("*.txt"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
    )


def _is_learned(stem: str, number: int) -> bool:
    return stem in LEARNED or (stem not in UNSEEN and number % 2 == 1)


def _read(place: str, language: str, line: str, *, tuning: bool) -> LabelledText:
    parts = line.split("|")
    if len(parts) == 7:
        language, *parts = parts
    channel, text, *names = parts
    labels = [None if name == "-" else name for name in names]
    assert len(labels) == 4, place
    assert all(one in text for one in labels if one not in (None, WRITER)), place
    return LabelledText(place, language, channel, text, *labels, tuning)
