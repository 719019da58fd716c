"""Dates that name a day: "12.05.2024", "3 września", "July 15".

Relative words ("jutro", "am Freitag") are left out.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from inquiry_router.entities.mention import Mention
from inquiry_router.entities.surroundings import match_at, word_after, words_before
from inquiry_router.entities.words import word_set
from inquiry_router.inquiry.model import EntityKind

_MONTHS_BY_NUMBER: Final = (
    "stycznia styczeń sty january jan januar jänner ledna januára січня janvier enero gennaio gen",
    "lutego luty february feb februar února februára лютого février febrero febbraio",
    "marca marzec mar march märz mrz března березня mars marzo",
    "kwietnia kwiecień kwi april apr dubna apríla квітня avril abril aprile",
    "maja maj may mai května mája травня mayo maggio mag",
    "czerwca czerwiec cze june jun juni června júna червня juin junio giugno giu",
    "lipca lipiec lip july jul juli července júla липня juillet julio luglio lug",
    "sierpnia sierpień sie august aug srpna augusta серпня août agosto ago",
    (
        "września wrzesień wrz wrzesnia september sept sep září septembra вересня septembre"
        " septiembre settembre"
    ),
    (
        "października październik paź paz pazdziernika october oct oktober okt října októbra жовтня"
        " octobre octubre ottobre ott"
    ),
    "listopada listopad lis november nov listopadu novembra листопада novembre noviembre",
    (
        "grudnia grudzień gru december dec dezember dez prosince decembra грудня décembre diciembre"
        " dicembre dic"
    ),
)
MONTHS: Final = {
    name: number
    for number, names in enumerate(_MONTHS_BY_NUMBER, start=1)
    for name in names.split()
}
_ENGLISH_NAMES: Final = (
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"
    " January February March April May June July August September October November December"
)
_ENGLISH_MONTHS: Final = frozenset(_ENGLISH_NAMES.split())

_NUMERIC: Final = re.compile(
    r"(?<![\w/.,:])(?<![^\d.]-)(?:(?P<year>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
    r"|(?P<day>\d{1,2})(?P<part>[./-])(?P<month>\d{1,2})(?:(?P=part)(?P<end>\d{4}|\d{2}))?)"
    r"(?:r\b)?(?![\w/]|-(?!\d{1,2}\.\d)|[.,:]\d)"
)
_NAMED: Final = re.compile(
    r"(?<![\w/,:-])(?P<day>\d{1,2})(?:\.|st|nd|rd|th|er|º|-go)?[ \u00a0](?:de "
    r"|of )?(?P<month>[^\W\d_]{3,12})\b\.?(?:,? (?:de )?(?P<year>(?:19|20)\d{2})\b)?"
)
_DAY_OF_MONTH: Final = re.compile(
    r"(?<=[bceghlnprtvy][ ])(?P<day>\d{1,2})(?:st|nd|rd"
    r"|th)?\b(?![.:/-]?\d)(?:,? (?P<year>20\d{2})\b)?"
)
_RANGE_FOLLOWS: Final = re.compile(r"\.?\s?[-–]\s?\d{1,2}\.(?:\d{2}\b|\d\.)")
_RANGE_BEFORE: Final = re.compile(r"\d\.(?:\d{2}\.?|\d\.)\s?[-–]\s?\Z")
# Only after these is "12.04" or "12/04" a day: it may be a price, a size, a time or a version.
_BEFORE_A_DAY: Final = word_set(
    "dnia dniu do od z w na przed po am vom bis zum ab seit den dem on by until till from dated of"
    " del dal le du au jusqu'au el al dne od ke data datum date"
)
_NOT_DAYS: Final = word_set(
    "m cm mm kg t l h min km zł zl pln eur euro € % $ v a w kw bar tys mln ha x szt godz uhr pm am"
    " cala cale zoll hod st stopni"
)


def find_dates(text: str, runs: Sequence[tuple[int, int]]) -> list[Mention]:
    """Find days. The value is ISO 8601 if day, month and year are certain, else None."""
    begins = [run for run, _ in runs]
    return [
        mention
        for pattern, read in _READERS
        for match in match_at(pattern, text, begins)
        if (mention := read(text, match))
    ]


def is_written_date(token: str) -> bool:
    """True if the token is a day with its year, or a dotted day and month of two digits each.

    No order number looks like that.
    """
    match = _NUMERIC.fullmatch(token)
    if match is None:
        return False
    if match["year"] or match["end"]:
        return match["part"] != "/" and _certain_day(match) is not None
    return (
        match["part"] == "."
        and len(match["month"]) == 2
        and _is_possible(int(match["day"]), int(match["month"]))
    )


def _read_numeric(text: str, match: re.Match[str]) -> Mention | None:
    if match["year"] or match["end"]:
        value = _certain_day(match)
        sure = value is not None or (
            match["part"] == "/" and _is_possible(int(match["month"]), int(match["day"]))
        )
        return Mention(EntityKind.DATE, match.start(), match.end(), value) if sure else None
    day, month = int(match["day"]), int(match["month"])
    if not _is_possible(day, month) and not (match["part"] == "/" and _is_possible(month, day)):
        return None
    if match["part"] == "-" or not _is_day_by_context(text, match):
        return None
    return Mention(EntityKind.DATE, match.start(), match.end(), None)


def _is_day_by_context(text: str, match: re.Match[str]) -> bool:
    if word_after(text, match.end()) in _NOT_DAYS:
        return False
    before = words_before(text, match.start(), 1)
    if before and before[0] in _BEFORE_A_DAY:
        return (
            match["part"] == "/"
            or len(match["month"]) == 2
            or text[match.end() : match.end() + 1] == "."
        )
    return bool(
        _RANGE_FOLLOWS.match(text, match.end())
        or _RANGE_BEFORE.search(text[max(0, match.start() - 12) : match.start()])
    )


def _certain_day(match: re.Match[str]) -> str | None:
    """Return the day if it is certain: "05/06/2024" is one day in Warsaw and another in Boston."""
    if match["year"]:
        return _iso_date(int(match["year"]), int(match["m"]), int(match["d"]))
    day, month, year = int(match["day"]), int(match["month"]), int(match["end"])
    if match["part"] == "-" and year < 100:
        return None
    if match["part"] == "/" and day <= 12 and day != month:
        return None
    return _iso_date(year + 2000 if year < 100 else year, month, day)


def _read_named(_: str, match: re.Match[str]) -> Mention | None:
    month = MONTHS.get(match["month"].lower())
    day = int(match["day"])
    if month is None or not _is_possible(day, month):
        return None
    end = match.end() if match["year"] or not match[0].endswith(".") else match.end() - 1
    return Mention(
        EntityKind.DATE,
        match.start(),
        end,
        _iso_date(int(match["year"]), month, day) if match["year"] else None,
    )


def _read_english(text: str, match: re.Match[str]) -> Mention | None:
    name = text[max(0, match.start() - 12) : match.start()].split()[-1:]
    if (
        not name
        or name[0] not in _ENGLISH_MONTHS
        or not _is_possible(int(match["day"]), MONTHS[name[0].lower()])
    ):
        return None
    begin = match.start() - 1 - len(name[0])
    value = (
        _iso_date(int(match["year"]), MONTHS[name[0].lower()], int(match["day"]))
        if match["year"]
        else None
    )
    return Mention(EntityKind.DATE, begin, match.end(), value)


_READERS: Final = ((_NUMERIC, _read_numeric), (_NAMED, _read_named), (_DAY_OF_MONTH, _read_english))


def _is_possible(day: int, month: int) -> bool:
    return _iso_date(2024, month, day) is not None


def _iso_date(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat() if 1990 <= year <= 2099 else None
    except ValueError:
        return None
