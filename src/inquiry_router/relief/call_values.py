"""Read the cells of call logs: moments, lengths, and the result of a call. Pure."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

DayOrder = Literal["dmy", "mdy"]
_DATE: Final = re.compile(
    r"(?:(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})"
    r"|(?P<first>\d{1,2})[-./](?P<second>\d{1,2})[-./](?P<late>\d{4}|\d{2}))"
    r"(?:[T\s,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<seconds>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AaPp][Mm])?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_CLOCK: Final = re.compile(r"(?:(\d+)[:h])?\s*(\d{1,3})[:m]\s*(\d{1,2})(?:[.,]\d+)?\s*s?")
_WORDS: Final = re.compile(
    r"(?:(\d+)\s*(?:godz|h|hours?)\.?)?\s*(?:(\d+)\s*(?:min|m)\.?)?\s*(?:(\d+)\s*(?:sek|sec|s)\.?)?"
)
# No moment and no length is longer; blanks of a longer one would be tried again and again.
_MAX_CHARS: Final = 100
_ANSWERED: Final = (
    *("answered", "odebrane", "odebrana", "odebrany", "tak", "yes", "connected", "success"),
    *("completed", "talking", "połączone", "zrealizowane", "1", "true", "proper"),
)
_MISSED: Final = (
    *("unanswered", "nieodebrane", "nieodebrana", "no answer", "no-answer", "noanswer", "busy"),
    *("failed", "missed", "zajęte", "zajety", "cancel", "abandoned", "brak odpowiedzi", "nie"),
    *("voicemail", "poczta głosowa", "congestion", "not answered", "0", "false", "rejected"),
)


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def read_moment(written: str, order: DayOrder, zone: str) -> datetime:
    """Read date and time as a call log writes them. Raises `ValueError` with the cure."""
    found = _DATE.fullmatch(written.strip()) if len(written) <= _MAX_CHARS else None
    if found is None or found["hour"] is None:
        raise ValueError(f"'{written[:40]}' is no date with a time, such as 2026-03-02 14:05:00")
    if found["year"]:
        year, month, day = found["year"], found["month"], found["day"]
    else:
        year = found["late"] if len(found["late"]) == 4 else f"20{found['late']}"
        day, month = found["first"], found["second"]
        if order == "mdy":
            day, month = month, day
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    date = f"{int(year):04}-{int(month):02}-{int(day):02}"
    clock = f"{hour:02}:{found['minute']}:{found['seconds'] or '00'}"
    try:
        at = datetime.fromisoformat(f"{date}T{clock}")
    except ValueError:
        raise ValueError(f"'{written[:40]}' is a moment that does not exist") from None
    return _aware(at, found["zone"], zone)


def _aware(at: datetime, offset: str | None, zone: str) -> datetime:
    if offset is None:
        return at.replace(tzinfo=_zone(zone)).astimezone(UTC)
    if offset == "Z":
        return at.replace(tzinfo=UTC)
    sign = -1 if offset[0] == "-" else 1
    digits = offset[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return (at - sign * shift).replace(tzinfo=UTC)


def day_order(written: list[str]) -> DayOrder:
    """Tell from some dates which of day and month comes first; the day if none tells."""
    short = (one.strip() for one in written if len(one) <= _MAX_CHARS)
    found = [match for one in short if (match := _DATE.fullmatch(one))]
    if any(int(one["first"]) > 12 for one in found if one["first"]):
        return "dmy"
    if any(int(one["second"]) > 12 for one in found if one["second"]):
        return "mdy"
    return "mdy" if any(one["half"] for one in found) else "dmy"


def read_length(written: str) -> int:
    """Read the length of a call in seconds. Raises `ValueError` with the cure."""
    bare = written.strip().casefold().replace("\u00a0", " ")
    if not bare or bare in ("-", "--"):
        return 0
    if re.fullmatch(r"\d{1,7}(?:[.,]0+)?", bare):
        return int(re.split("[.,]", bare)[0])
    if len(bare) > _MAX_CHARS:
        bare = ""
    if clock := _CLOCK.fullmatch(bare):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
    elif (words := _WORDS.fullmatch(bare)) and any(words.groups()):
        hours, minutes, seconds = (int(part or 0) for part in words.groups())
    else:
        raise ValueError(f"'{written[:40]}' is no length of a call, such as 00:03:25 or 205")
    return 3600 * hours + 60 * minutes + seconds


def read_result(written: str) -> bool | None:
    """Tell if a call was answered; None if the word does not say it."""
    bare = written.strip().casefold().replace("_", " ")
    if bare in _MISSED or bare.startswith(("no answer", "unanswered", "nieodebr", "missed")):
        return False
    return True if bare in _ANSWERED or bare.startswith(("answered", "odebran")) else None
