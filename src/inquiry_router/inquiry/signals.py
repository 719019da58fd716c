"""Findings of the model in the words, beside their subject."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signals:
    """A danger, and the wish for a person.

    `danger` is the kind of the danger that they state, one of `DANGERS`; `danger_word` says so most
    strongly. `harmless`: words like those of a danger are surely none. `wants_person`: a caller
    wants to talk to somebody, and says hardly anything else.
    """

    danger: str | None = None
    danger_word: str = ""
    harmless: bool = False
    wants_person: bool = False
