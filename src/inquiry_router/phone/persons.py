"""Requests for a person: "połączcie mnie z panem Kowalskim", "a human, please". Pure."""

from enum import StrEnum
from functools import cache
from typing import Final

from pydantic import BaseModel, ConfigDict

from inquiry_router.text.folding import fold_words
from inquiry_router.text.yaml_reading import load_shipped_yaml

# A request with more other words than these says what it is about.
_MAX_OTHER_WORDS: Final = 1
_MAX_BESIDE_STRONG_ONES: Final = 2
# Lists whose words ask for a person and can hardly mean anything else.
_STRONG: Final = frozenset({"connects", "called", "talks"})
# The words between a request and the person it is for, at most.
_MAX_BETWEEN: Final = 5
_MAX_NAME_WORDS: Final = 2
# Longer speech is a story.
_MAX_WORDS: Final = 60
_KEY_CHARS: Final = 2
# Words of these lists ask for a person if they stand together.
_TOGETHER: Final = (
    ("asks", "people"),
    ("talks", "people"),
    ("asks", "name"),
    ("talks", "name"),
    ("refuses", "machines"),
)


class PersonRequest(StrEnum):
    """A caller's request for a person."""

    NONE = "none"
    ONLY = "only"  # nothing else
    BESIDE = "beside"  # beside words that say what it is about


class _PersonWords(BaseModel):
    """The lists of `persons.yaml`; where two have a word, the earlier one counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    addressing: str
    called: str
    connects: str
    machines: str
    people: str
    titles: str
    refuses: str
    talks: str
    asks: str
    beside: str


Pattern = tuple[str, ...]


@cache
def _patterns() -> dict[str, list[tuple[str, Pattern]]]:
    """The phrases by their beginnings, each with the name of its list, the longest first."""
    lists = _PersonWords.model_validate(load_shipped_yaml("inquiry_router.phone", "persons.yaml"))
    found: dict[str, list[tuple[str, Pattern]]] = {}
    for name in _PersonWords.model_fields:
        for phrase in getattr(lists, name).split(","):
            pattern = _folded(phrase)
            found.setdefault(pattern[0].rstrip("*")[:_KEY_CHARS], []).append((name, pattern))
    for entries in found.values():
        entries.sort(key=lambda entry: -len(entry[1]))
    return found


def _folded(phrase: str) -> Pattern:
    return tuple(
        fold_words(word).strip() + ("*" if word.endswith("*") else "") for word in phrase.split()
    )


def person_request(speech: str) -> PersonRequest:
    """Find out if a caller asks for a person, in few words or beside their matter."""
    words = fold_words(speech).split()
    marks = _mark(words[:_MAX_WORDS])
    others = marks.count(None)
    asked = _asks(marks)
    is_short = asked or "talks" in marks or _stand_together(marks, "asks", "titles")
    limit = _MAX_OTHER_WORDS if _STRONG.isdisjoint(marks) else _MAX_BESIDE_STRONG_ONES
    if is_short and others <= limit:
        return PersonRequest.ONLY
    if others == 0 and ("people" in marks or "name" in marks):
        return PersonRequest.ONLY
    return PersonRequest.BESIDE if asked else PersonRequest.NONE


def _mark(words: list[str]) -> list[str | None]:
    """Say of each word which list has it; "name" for a name, None for any other word."""
    marks: list[str | None] = []
    while len(marks) < len(words):
        name, length = _find_at(words, len(marks))
        if name is None and _follows_title(marks):
            name = "name"
        marks += [name] * length
    return marks


def _find_at(words: list[str], place: int) -> tuple[str | None, int]:
    for name, pattern in _patterns().get(words[place][:_KEY_CHARS], ()):
        said = words[place : place + len(pattern)]
        if len(said) == len(pattern) and all(map(_fits, said, pattern)):
            return name, len(pattern)
    return None, 1


def _fits(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def _follows_title(marks: list[str | None]) -> bool:
    """True after a title, or after the first name that follows one."""
    names = marks[-_MAX_NAME_WORDS:]
    while names and names[-1] == "name":
        names.pop()
    return bool(names) and names[-1] == "titles"


def _asks(marks: list[str | None]) -> bool:
    if "connects" in marks or "called" in marks:
        return True
    return any(_stand_together(marks, one, other) for one, other in _TOGETHER)


def _stand_together(marks: list[str | None], one: str, other: str) -> bool:
    """True if two such words are near each other, with no other matter between them."""
    for begin in (place for place, mark in enumerate(marks) if mark in (one, other)):
        for mark in marks[begin + 1 : begin + 2 + _MAX_BETWEEN]:
            if mark is None:
                break
            if {marks[begin], mark} == {one, other}:
                return True
    return False
