"""Choose one of the offered times by words: "jutro o ósmej trzydzieści", "the second one". Pure."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from inquiry_router.phone.prompts import Clock, speech_of
from inquiry_router.text.folding import fold_words

_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+")
_HOURS: Final = frozenset({"uhr", "godzina", "godzine", "godzinie", "godziny"})


def chosen_slot(
    words: str, slots: tuple[datetime, ...], now: datetime, timezone: str, language: str
) -> datetime | None:
    """Return the offered time that the words name: by its hour, its place or its day.

    None if they name none, or more than one.
    """
    speech, said = speech_of(language), [word for word in _fold(words) if word not in _HOURS]
    zone = ZoneInfo(timezone)
    by_time = [_length_of_time(said, slot.astimezone(zone), speech.clock) for slot in slots]
    named = [slot for slot, length in zip(slots, by_time, strict=True) if length]
    longest = [slot for slot, length in zip(slots, by_time, strict=True) if length == max(by_time)]
    place = _place_of(said, speech.places, len(slots))
    if place is not None and (not named or _has_any(said, speech.options)):
        return slots[place]
    today = now.astimezone(zone).date()
    for candidates in (longest if named else [], _on_day(said, slots, zone, today, speech.clock)):
        if len(candidates) == 1:
            return candidates[0]
        on_day = _on_day(said, candidates, zone, today, speech.clock)
        if len(on_day) == 1:
            return on_day[0]
    return None


def _on_day(
    said: list[str], slots: Iterable[datetime], zone: ZoneInfo, today: date, clock: Clock
) -> list[datetime]:
    """The times on a day that the words name."""
    found = []
    for slot in slots:
        day = slot.astimezone(zone).date()
        distance = (day - today).days
        names = [(clock.today, clock.tomorrow)[distance]] if distance in (0, 1) else []
        names.append(clock.weekdays[day.weekday()])
        if any(_find(said, _stems(name.split()[-1])) for name in names):
            found.append(slot)
    return found


def _length_of_time(said: list[str], local: datetime, clock: Clock) -> int:
    """The number of words that name this hour and these minutes; 0 if none do."""
    return max((len(form) for form in _forms(local, clock) if _find(said, form)), default=0)


def _forms(local: datetime, clock: Clock) -> Iterable[list[str]]:
    """The ways to say a time, each as the beginnings of its words."""
    minutes = _stems(clock.spoken_minutes.get(local.minute, ""))
    for hour in {local.hour, (local.hour - 1) % 12 + 1}:
        spoken = [_stems(clock.spoken_hours[hour % 24])]
        written = [str(hour)], [f"{hour:02}"]
        if not local.minute:
            yield from (*spoken, *([*one, "00"] for one in written), *written)
            continue
        digits = [f"{local.minute:02}"]
        yield from ([*one, *more] for one in (*spoken, *written) for more in (minutes, digits))
        if local.minute == 30 and clock.half is not None:
            counted = hour + clock.half_counts
            after = _stems(clock.spoken_hours[counted % 24])
            after12 = _stems(clock.spoken_hours[(counted - 1) % 12 + 1])
            yield from ([*_stems(clock.half), *one] for one in (after, after12))


def _stems(words: str) -> list[str]:
    """The folded words without endings, which change: ósma, ósmą, ósmej."""
    return [word[:-2] if len(word) > 4 and not word.isdigit() else word for word in _fold(words)]


def _fold(words: str) -> list[str]:
    return _TOKEN.findall(fold_words(words))


def _find(said: list[str], form: list[str]) -> bool:
    """True if the words of a form stand in a row."""
    return bool(form) and any(
        all(_fits(word, stem) for word, stem in zip(said[begin:], form, strict=False))
        for begin in range(len(said) - len(form) + 1)
    )


def _fits(word: str, stem: str) -> bool:
    return word == stem if stem.isdigit() or len(stem) < 3 else word.startswith(stem)


def _place_of(said: list[str], places: tuple[tuple[str, ...], ...], count: int) -> int | None:
    """The place among the offers that the words name; the last list names the last offer."""
    found = {
        place if place < len(places) - 1 else count - 1
        for place, names in enumerate(places)
        if _has_any(said, names)
    }
    if len(found) > 1:
        found.discard(0)  # "the second one"
    place = found.pop() if len(found) == 1 else None
    return place if place is not None and place < count else None


def _has_any(said: list[str], names: Iterable[str]) -> bool:
    return any(
        word.startswith(folded) if name.endswith("*") else word == folded
        for name in names
        for folded in _fold(name)
        for word in said
    )
