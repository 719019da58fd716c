"""Names of teams and priorities, and times, as agents read them in a note."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

# Names by language, of things such as `team:returns`.
Names = Mapping[str, Mapping[str, str]]
ZONE: Final = ZoneInfo("Europe/Warsaw")
# The teams of a new installation. The delivery has only the ids of a company's own ones.
_TEAMS: Final = {
    "pl": {
        "customer_service": "obsługa klienta",
        "sales": "dział sprzedaży",
        "triage": "obsługa klienta (do rozstrzygnięcia)",
    },
    "en": {
        "customer_service": "customer service",
        "sales": "sales",
        "triage": "customer service (to be decided)",
    },
    "de": {
        "customer_service": "Kundenservice",
        "sales": "Vertrieb",
        "triage": "Kundenservice (noch zu entscheiden)",
    },
}
_PRIORITIES: Final = {
    "pl": {"low": "niski", "normal": "zwykły", "high": "wysoki", "urgent": "pilny"},
    "en": {},
    "de": {"low": "niedrig", "normal": "normal", "high": "hoch", "urgent": "dringend"},
}
_WEEKDAYS: Final = {
    "pl": ("pon.", "wt.", "śr.", "czw.", "pt.", "sob.", "niedz."),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
}


@dataclass(frozen=True, slots=True)
class CompanyTerms:
    """The company's own names, and its clocks, as notes need them.

    `names` are those of its teams, categories and intents, by language: their keys are `team:` and
    so on, with the id. `zones` are those of the working hours of the teams, `zone` of the rest.
    """

    names: Names = field(default_factory=dict, repr=False)
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict, repr=False)
    zone: ZoneInfo = ZONE

    def zone_of(self, team: str) -> ZoneInfo:
        """The time zone in which a team reads times."""
        return self.zones.get(team, self.zone)


def name_team(team: str, language: str) -> str:
    """The name of a team; its id if a company made it."""
    return _TEAMS[language].get(team, team)


def name_priority(priority: str, language: str) -> str:
    """The name of a priority."""
    return _PRIORITIES[language].get(priority, priority)


def due_time(written: str, language: str, zone: ZoneInfo) -> str:
    """The time by which the customer has an answer: "pon. 30.11, 12:00"; blank if unreadable."""
    try:
        moment = datetime.fromisoformat(written).astimezone(zone)
    except ValueError:
        return ""
    dot = "." if language == "de" else ""
    day = f"{_WEEKDAYS[language][moment.weekday()]} {moment.day}.{moment.month:02}{dot}"
    return f"{day}, {moment.hour}:{moment:%M}"
