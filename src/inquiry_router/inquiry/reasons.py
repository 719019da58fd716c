"""Reasons of decisions: a code with facts, which can be said in Polish, English and German.

A reason is its English sentence, as it was always stored. Beside it are its code and facts, from
which `say` makes the sentence for a reader of another language. Reasons that were stored without
them stay English.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

from inquiry_router.inquiry.condition_words import NameOf, describe_conditions, describe_value
from inquiry_router.inquiry.reason_texts import PARTS, QUOTES, TEXTS

Facts = Mapping[str, Any]
_MINUTES_AN_HOUR: Final = 60
# Facts that are ids of things with names.
_NAMED: Final = {
    "team": "team",
    "wanted": "team",
    "channel": "channel",
    "category": "category",
    "intent": "intent",
    "priority": "priority",
    "before": "priority",
}
_LISTS_OF_WORDS: Final = ("evidence", "found", "words")


def keep_id(_kind: str, named: str, _language: str) -> str:
    """Name a thing by its id, as the English sentences do."""
    return named


class Reason(str):
    """A reason in English, with the code and the facts to say it in another language."""

    __slots__ = ("code", "facts")

    code: str
    facts: Facts

    def __new__(cls, text: str, code: str, facts: Facts) -> "Reason":
        """Make a reason that is said already."""
        self = super().__new__(cls, text)
        self.code, self.facts = code, facts
        return self

    # A plain string needs only its text to be made again.
    def __getnewargs__(self) -> tuple[str, str, Facts]:  # type: ignore[override]
        """Let copies keep code and facts."""
        return str(self), self.code, self.facts


def reason(code: str, name_of: NameOf = keep_id, /, **facts: Any) -> Reason:
    """Make a reason and say it in English."""
    return Reason(say(code, facts, "en", name_of), code, facts)


def say(code: str, facts: Facts, language: str, name_of: NameOf) -> str:
    """Say a reason in a language. Facts that are not there leave their part of it out."""
    texts, given = TEXTS[language], _in_words(facts, language, name_of)
    for part, fact in PARTS.get(code, ()):
        given[part] = texts[part].format_map(given) if facts.get(fact) else ""
    return texts[code].format_map(given)


def reason_facts(reasons: Iterable[str]) -> list[dict[str, Any] | None]:
    """Render code and facts of each reason; None for one without them."""
    return [{"code": one.code, **one.facts} if isinstance(one, Reason) else None for one in reasons]


def read_reasons(texts: Iterable[str], facts: Iterable[Facts | None]) -> tuple[str, ...]:
    """Read stored reasons. Those of older versions have no facts."""
    return tuple(
        Reason(text, known["code"], {name: one for name, one in known.items() if name != "code"})
        if known
        else text
        for text, known in zip_longest(texts, facts)
        if text is not None
    )


def say_stored(
    texts: Iterable[str], facts: Iterable[Facts | None], language: str, name_of: NameOf
) -> list[str]:
    """Say stored reasons in a language; those without facts stay as they are."""
    return [
        say(one.code, one.facts, language, name_of)
        if isinstance(one, Reason) and one.code in TEXTS[language]
        else str(one)
        for one in read_reasons(texts, facts)
    ]


def quote(words: str, language: str) -> str:
    """Put words into the quotation marks of a language, with single spaces."""
    opening, closing = QUOTES[language]
    return f"{opening}{' '.join(words.split())}{closing}"


def _in_words(facts: Facts, language: str, name_of: NameOf) -> dict[str, Any]:
    said, texts = dict(facts), TEXTS[language]
    for fact, value in facts.items():
        if fact in _NAMED:
            said[fact] = name_of(_NAMED[fact], value, language)
        elif fact in _LISTS_OF_WORDS:
            said[fact] = ", ".join([quote(one, language) for one in value])
        elif fact in ("conditions", "conditions_before"):
            said[fact] = _conditions(value, language, name_of)
        elif fact == "actual":
            said[fact] = describe_value(value[0], value[1], language, name_of)
        elif fact == "setting":
            said[fact] = texts.get(f"setting_{value}", value)
        elif fact == "outcome":
            said[fact] = _outcome(value, language, name_of)
        elif fact in _WRITTEN:
            said[fact] = _WRITTEN[fact](value, language)
    return said


def _outcome(value: Facts, language: str, name_of: NameOf) -> str:
    """Team, priority and rule; two teams may have one name, so its id is told too."""
    given, team = _in_words(value, language, name_of), value["team"]
    given["id_of_team"] = "" if given["team"] == team else f" ({team})"
    return TEXTS[language]["outcome"].format_map(given)


def _conditions(value: Sequence[Sequence[Any]], language: str, name_of: NameOf) -> str:
    return describe_conditions(value, language, name_of) or TEXTS[language]["everything"]


def _number(value: float, language: str) -> str:
    written = f"{value:.2f}"
    return written if language == "en" else written.replace(".", ",")


def _day(value: str, language: str) -> str:
    """A day; 2026-11-30 is 30.11.2026 in Polish and German."""
    return value if language == "en" else ".".join(reversed(value.split("-")))


def _span(minutes: int, language: str) -> str:
    """A span of working time; English counts minutes, as the API does."""
    if language == "en":
        return f"{minutes}"
    if minutes % _MINUTES_AN_HOUR:
        return f"{minutes} min" if language == "pl" else f"{minutes} Min."
    hours = minutes // _MINUTES_AN_HOUR
    return f"{hours} godz." if language == "pl" else f"{hours} Std."


_WRITTEN: Final[Mapping[str, Callable[[Any, str], str]]] = {
    "minutes": _span,
    "day": _day,
    **dict.fromkeys(("confidence", "least", "most"), _number),
}
