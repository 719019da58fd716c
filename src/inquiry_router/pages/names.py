"""Names of teams, categories and intents, and moments, in the language of the reader."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent

from inquiry_router.configuration.model import Configuration
from inquiry_router.inquiry.categories import CATEGORIES
from inquiry_router.inquiry.rendering import read_time

_CHOICES = {category.id: category.choice for category in CATEGORIES}
_NAMES = {category.id: category.names for category in CATEGORIES}

# Triage is mostly named like the team in which it stands.
_TO_BE_DECIDED = {"pl": "do rozstrzygnięcia", "en": "to be decided", "de": "zu entscheiden"}

# The actors of what the service does by itself, later and at the first start.
_ITSELF = ("router", "start")
_THE_SYSTEM = {"pl": "system", "en": "the system", "de": "das System"}
# The notes that versions get where nobody wrote one.
_IMPORT, _BACK = "import", re.compile(r"back to version (\d+)")
_IMPORTED = {"pl": "wczytano z pliku", "en": "import", "de": "aus einer Datei"}
_WENT_BACK = {"pl": "powrót do wersji {}", "en": "back to version {}", "de": "zurück zu Version {}"}


@dataclass(frozen=True)
class ReaderNames:
    """Names of things in one language, and the way that it writes moments and numbers."""

    language: str
    configuration: Configuration
    now: datetime

    def team(self, team_id: str | None) -> str:
        """The name of a team; its id if it is gone."""
        team = self.configuration.teams.by_id.get(team_id or "")
        name = team.name(self.language) if team else team_id or "–"
        if team is not None and team.kind == "triage":
            name += f" ({_TO_BE_DECIDED[self.language]})"
        return name[:1].upper() + name[1:]

    def team_in_short(self, team_id: str) -> str:
        """The name of a team where there is little room."""
        team = self.configuration.teams.by_id.get(team_id)
        if team is not None and team.kind == "triage":
            return _TO_BE_DECIDED[self.language].capitalize()
        return self.team(team_id)

    def who(self, actor: str | None) -> str:
        """The name of whoever did something."""
        return _THE_SYSTEM[self.language] if actor in _ITSELF else actor or "–"

    def note(self, note: str) -> str:
        """The note on a version: the words of whoever changed it, or ours in their language."""
        if note == _IMPORT:
            return _IMPORTED[self.language]
        went_back = _BACK.fullmatch(note)
        return note if went_back is None else _WENT_BACK[self.language].format(went_back[1])

    def category(self, category_id: str | None) -> str:
        """The name of a category."""
        known = _NAMES.get(category_id or "")
        return self._own(category_id) or _in(known, self.language, category_id or "–")

    def choice(self, category_id: str) -> str:
        """The name of a category with what belongs to it, to choose from."""
        return self._own(category_id) or _in(_CHOICES.get(category_id), self.language, category_id)

    def intent(self, intent_id: str | None) -> str:
        """The name of an intent."""
        if intent_id is None:
            return "–"
        return self.configuration.own_intents.name(intent_id, self.language)

    def deadline(self, kind: str) -> str | None:
        """The name of a deadline that a law sets; None if the kind of promise is none."""
        law, colon, deadline_id = kind.partition(":")
        if not colon or law != "law":
            return None
        for one in self.configuration.promises.deadlines:
            if one.id == deadline_id:
                return one.names.get(self.language) or one.names["en"]
        return deadline_id

    def moment(self, moment: datetime | str | None) -> str:
        """Write a moment: the hour today, else the day too."""
        local = self._local(moment)
        return "–" if local is None else self._day_and_hour(local.date(), f"{local:%H:%M}")

    def until(self, moment: datetime | str | None) -> str:
        """Write the end of a time. Midnight is 24:00 of the day that ends, not 0:00 of the next."""
        local = self._local(moment)
        if local is None or local.time() != time():
            return self.moment(moment)
        return self._day_and_hour(local.date() - timedelta(days=1), "24:00")

    def _day_and_hour(self, day: date, hour: str) -> str:
        today = self._local(self.now)
        assert today is not None
        if day == today.date():
            return hour
        pattern = "EEE d MMM" if day.year == today.year else "d MMM y"
        return f"{format_date(day, pattern, locale=self.language)}, {hour}"

    def date(self, day: date) -> str:
        """Write a date."""
        return format_date(day, "long", locale=self.language)

    def day(self, moment: datetime | str | None) -> str:
        """Write the day of a moment."""
        local = self._local(moment)
        return "–" if local is None else format_date(local.date(), "long", locale=self.language)

    def machine(self, moment: datetime | str | None) -> str:
        """Write a moment for programs that read pages."""
        local = self._local(moment)
        return "" if local is None else local.isoformat(timespec="seconds")

    def ago(self, moment: datetime | str | None) -> str:
        """Write how far a moment lies from now: "3 hours ago", "in 2 days"."""
        read = read_time(moment) if isinstance(moment, str) else moment
        if read is None:
            return "–"
        return format_timedelta(read - self.now, add_direction=True, locale=self.language)

    def is_past(self, moment: datetime | str | None) -> bool:
        """True if a moment is over."""
        read = read_time(moment) if isinstance(moment, str) else moment
        return read is not None and read < self.now

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number."""
        return format_decimal(round(value, digits), locale=self.language)

    def money(self, value: float, currency: str) -> str:
        """Write an amount of money, without small change."""
        pattern = "#,##0\u00a0¤"
        return format_currency(
            round(value), currency, pattern, locale=self.language, currency_digits=False
        )

    def week(self, monday: str) -> str:
        """Write the Monday of a week: "16 lis"."""
        return format_date(date.fromisoformat(monday), "d MMM", locale=self.language)

    def percent(self, share: float) -> str:
        """Write a share of 1 as a whole percentage."""
        return format_percent(share, locale=self.language)

    def _own(self, category_id: str | None) -> str | None:
        for one in self.configuration.own_categories.categories:
            if one.id == category_id:
                return one.names.get(self.language) or one.names["en"]
        return None

    def _local(self, moment: datetime | str | None) -> datetime | None:
        read = read_time(moment) if isinstance(moment, str) else moment
        zone = ZoneInfo(self.configuration.teams.triage.timezone)
        return None if read is None else read.astimezone(zone)


def _in(names: dict[str, str] | None, language: str, otherwise: str) -> str:
    if not names:
        return otherwise
    return names.get(language) or names.get("en") or otherwise
