"""Read an answer to two offered times: "1", "ten pierwszy", "at 10", "der zweite". Pure.

Only an answer that says nothing else counts: each word must be known, and fit one of the two times.
Anything else is a message like any other.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from inquiry_router.text.folding import fold

MAX_CHARS: Final = 80
_MAX_WORDS: Final = 12
_TOKEN: Final = re.compile(r"(\d{1,2})[:.](\d{2})|(\d+)|([^\W\d_]+)|([^\s.,!;:()\[\]\"'„”–-])")
# Beginnings of words that choose by place, by hour, and by day of the week.
_PLACES: Final = {
    "pierwsz": 0, "jedynk": 0, "first": 0, "erst": 0,
    "drug": 1, "dwojk": 1, "second": 1, "zweit": 1,
}  # fmt: skip
_ALONE: Final = {"jeden": 0, "one": 0, "eins": 0, "dwa": 1, "two": 1, "zwei": 1}
_HOURS: Final = {
    "siodm": 7, "osm": 8, "dziewiat": 9, "dziesiat": 10, "jedenast": 11, "dwunast": 12,
    "trzynast": 13, "czternast": 14, "pietnast": 15, "szesnast": 16, "siedemnast": 17,
    "eight": 8, "nine": 9, "eleven": 11, "noon": 12, "twelve": 12,
    "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwolf": 12,
}  # fmt: skip
_DAYS: Final = {
    "poniedzial": 0, "monday": 0, "montag": 0, "wtor": 1, "tuesday": 1, "dienstag": 1,
    "srod": 2, "wednesday": 2, "mittwoch": 2, "czwart": 3, "thursday": 3, "donnerstag": 3,
    "piat": 4, "friday": 4, "freitag": 4, "sobot": 5, "saturday": 5, "samstag": 5,
    "niedziel": 6, "sunday": 6, "sonntag": 6,
}  # fmt: skip
_NEAR_DAYS: Final = {
    "dzis": 0, "dzisiaj": 0, "today": 0, "heute": 0,
    "jutro": 1, "tomorrow": 1, "morgen": 1,
}  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BEFORE_HOURS: Final = _words("o godz godzina godzinie godzine at um")
# Words that change nothing. "ten" is Polish for "this one", and an hour only behind "at".
_POLITE: Final = _words(
    "a bardzo bede bedzie byc chetnie czas dobry dobrze dziekuje dzieki dzien godz godzina godzine "
    "godzinie i jak moze na najlepiej numer nr o ok okej odpowiada opcja opcje pasuje podany "
    "poprosze pozdrawiam prosze raz rozmowa rozmowe tak ta ten termin terminie to w wariant we "
    "witam wybieram z zgoda "
    "and at best choice choose fine for good great hello hi i in is it like me morning number "
    "o'clock clock on one option perfect please slot sounds suits sure take thank thanks that the "
    "this time works would yes you "
    "am bitte danke das den der die es fur geht gern gerne gut gute gruss grusse guten hallo "
    "ich ja mich mir nehme nummer passt prima tag termin uhr um uhrzeit variante wahle ware "
    "mi mnie nam"
)


def may_choose(text: str) -> bool:
    """True if the text has no word that an answer cannot have: most messages end here."""
    if not 0 < len(text.strip()) <= MAX_CHARS:
        return False
    found = [token.groups() for token in _TOKEN.finditer(fold(text))]
    return all(
        strange is None and (word is None or word in _POLITE or _means_a_time(word))
        for _, _, _, word, strange in found
    )


def _means_a_time(word: str) -> bool:
    return word in _ALONE or word in _NEAR_DAYS or _beginning_of(word) is not None


def read_choice(text: str, times: Sequence[datetime], zone: ZoneInfo, now: datetime) -> int | None:
    """Return 1 or 2 if the text chooses exactly one of two times, and says nothing else."""
    text = fold(text.strip())
    found = list(_TOKEN.finditer(text))
    if not found or len(text) > MAX_CHARS or len(found) > _MAX_WORDS:
        return None
    local, now = [time.astimezone(zone) for time in times], now.astimezone(zone)
    fitting, chooses, before = {0, 1}, False, ""
    fits: set[int] | None
    for token in found:
        hour, minute, number, word, _ = token.groups()
        if hour is not None:
            fits = {n for n, at in enumerate(local) if (at.hour, at.minute) == _pair(hour, minute)}
        elif number is not None:
            fits = _of_number(int(number[:4]), is_hour=before in _BEFORE_HOURS, local=local)
        elif word is not None and len(found) == 1 and word in _ALONE:
            fits = {_ALONE[word]}
        elif word is not None:
            is_ten = word == "ten" and before == "at"
            fits = (
                _of_number(10, is_hour=True, local=local) if is_ten else _of_word(word, local, now)
            )
            before = word
            if fits is None and word in _POLITE:
                continue
        else:
            fits = None
        if fits is None:
            return None
        fitting, chooses = fitting & fits, True
    return min(fitting) + 1 if chooses and len(fitting) == 1 else None


def _pair(hour: str, minute: str) -> tuple[int, int]:
    return int(hour), int(minute)


def _of_number(number: int, *, is_hour: bool, local: Sequence[datetime]) -> set[int]:
    """The times that a number means: 1 and 2 are places, unless "at" stands before them."""
    if number in (1, 2) and not is_hour:
        return {number - 1}
    hours = {number, number + 12} if is_hour and number < 8 else {number}
    return {n for n, at in enumerate(local) if at.hour in hours and at.minute == 0}


def _of_word(word: str, local: Sequence[datetime], now: datetime) -> set[int] | None:
    """The times that a word means; None if it means none."""
    if word in _NEAR_DAYS:
        days = _NEAR_DAYS[word]
        return {n for n, at in enumerate(local) if (at.date() - now.date()).days == days}
    found = _beginning_of(word)
    if found is None:
        return None
    kind, wanted = found
    values: Sequence[int | None] = {
        "place": [*range(len(local))],
        "hour": [at.hour if at.minute == 0 else None for at in local],
        "day": [at.weekday() for at in local],
    }[kind]
    return {n for n, value in enumerate(values) if value == wanted}


def _beginning_of(word: str) -> tuple[str, int] | None:
    """The kind and the value of a word that chooses; None if it does not."""
    for kind, beginnings in (("place", _PLACES), ("hour", _HOURS), ("day", _DAYS)):
        for beginning, value in beginnings.items():
            if word.startswith(beginning) and len(word) <= len(beginning) + 4:
                return kind, value
    return None
