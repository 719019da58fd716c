"""Render notices in the language of their readers. Pure.

A line of a text is left out if one of its facts is missing. A fact ending in `_at` is a time; one
with a text for each language is said in the reader's or in English;
`category`, `team`, `priority` and `status` are ids, which are written as people call them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from inquiry_router.inquiry.categories import CATEGORIES
from inquiry_router.providers.kit.naming import due_time, name_priority
from inquiry_router.routing.teams import Team
from inquiry_router.text.yaml_reading import load_shipped_yaml

LANGUAGES: Final = ("pl", "en", "de")
OTHER: Final = "other"
MAX_SUBJECT_CHARS: Final = 150
MAX_FACT_CHARS: Final = 2000
_PLACE: Final = re.compile(r"\{([a-z_]+)\}")
# Marks around a place that stayed empty.
_LEFT_OVER: Final = re.compile(r"\s*\(\)|^[\s:,]+|[\s:,]+$|\s+(?=[:,])")
_BLANKS: Final = re.compile(r"\n{3,}")
_CATEGORIES: Final = {category.id: category.names for category in CATEGORIES}
_STATES: Final = {
    "pl": {
        "new": "nowa",
        "routed": "czeka na odpowiedź",
        "waiting_for_customer": "czeka na klienta",
        "waiting_for_us": "czeka na nas",
        "resolved": "załatwiona",
    },
    "en": {
        "new": "new",
        "routed": "waiting for an answer",
        "waiting_for_customer": "waiting for the customer",
        "waiting_for_us": "waiting for us",
        "resolved": "resolved",
    },
    "de": {
        "new": "neu",
        "routed": "wartet auf Antwort",
        "waiting_for_customer": "wartet auf den Kunden",
        "waiting_for_us": "wartet auf uns",
        "resolved": "erledigt",
    },
}
_BUNDLES: Final = {
    "pl": ("{count} wiadomości z systemu", "{count} wiadomości:"),
    "en": ("{count} messages", "{count} messages:"),
    "de": ("{count} Nachrichten", "{count} Nachrichten:"),
}


@dataclass(frozen=True, slots=True)
class Wordbook:
    """The names that a text needs: of teams and of the company's own categories."""

    teams: Mapping[str, Team]
    categories: Mapping[str, Mapping[str, str]]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class WrittenNotice:
    """A subject and a text in one language."""

    subject: str
    text: str


def kinds() -> tuple[str, ...]:
    """List the kinds of notices that have a text of their own."""
    return tuple(kind for kind in _load() if kind != OTHER)


def write(kind: str, facts: Mapping[str, Any], language: str, words: Wordbook) -> WrittenNotice:
    """Write a notice; of a kind without a text of its own, whatever its facts say."""
    texts = _load()
    text = texts.get(kind, texts[OTHER])[language]
    said = {name: _say(name, value, language, words) for name, value in facts.items()}
    lines = [_fill(line, said) for line in text["lines"]]
    body = "\n".join(line for line in lines if line is not None).strip()
    return WrittenNotice(_subject(text["subject"], said), _BLANKS.sub("\n\n", body))


def bundle(written: Sequence[WrittenNotice], language: str) -> WrittenNotice:
    """Put several notices into one message; a single one stays as it is."""
    if len(written) == 1:
        return written[0]
    subject, first = (text.format(count=len(written)) for text in _BUNDLES[language])
    parts = []
    for number, one in enumerate(written, 1):
        rest = one.text.splitlines()
        parts.append("\n".join([f"{number}. {one.subject}", *(f"   {line}" for line in rest)]))
    return WrittenNotice(subject, "\n\n".join([first, *parts]))


def name_category(category: str, language: str, words: Wordbook) -> str:
    """The name of a category; its id where a company's own one has no name."""
    names = words.categories.get(category) or _CATEGORIES.get(category) or {}
    return names.get(language) or names.get("en") or category


def name_state(status: str, language: str) -> str:
    """The state of an inquiry in words."""
    return _STATES.get(language, _STATES["en"]).get(status, status)


def _say(name: str, value: Any, language: str, words: Wordbook) -> str:
    if isinstance(value, Mapping):
        value = value.get(language) or value.get("en")
    if value is None or value == "":
        return ""
    written = str(value)[:MAX_FACT_CHARS]
    if name.endswith("_at"):
        moment = value.isoformat() if isinstance(value, datetime) else written
        return due_time(moment, language, words.zone) or written
    if name == "category":
        return name_category(written, language, words)
    team = words.teams.get(written)
    if name in ("team", "who") and team is not None:
        return team.name(language)
    names = {"priority": name_priority(written, language), "status": _STATES[language].get(written)}
    return names.get(name) or written


def _fill(line: str, said: Mapping[str, str]) -> str | None:
    places = _PLACE.findall(line)
    if any(not said.get(place) for place in places):
        return None
    return _PLACE.sub(lambda found: said[found[1]], line)


def fill_lines(lines: Sequence[str], said: Mapping[str, Any]) -> str:
    """Fill in the places; a line with an empty one is left out.

    A line of nothing but places keeps those that there are.
    """
    told = {name: str(value) for name, value in said.items() if value not in (None, "")}
    filled: list[str] = []
    for line in lines:
        places = _PLACE.findall(line)
        if places and not _PLACE.sub("", line).strip():
            found = [told[place] for place in places if place in told]
            filled += [" ".join(found)] if found else []
        elif (whole := _fill(line, told)) is not None:
            filled.append(whole)
    return _BLANKS.sub("\n\n", "\n".join(filled)).strip()


def _subject(subject: str, said: Mapping[str, str]) -> str:
    filled = _PLACE.sub(lambda found: said.get(found[1], ""), subject)
    return _LEFT_OVER.sub("", " ".join(filled.split()))[:MAX_SUBJECT_CHARS]


@cache
def _load() -> dict[str, dict[str, dict[str, Any]]]:
    texts: dict[str, dict[str, dict[str, Any]]] = load_shipped_yaml(
        "inquiry_router.telling", "texts.yaml"
    )
    return texts
