"""Conditions of rules in words, in Polish, English and German."""

from collections.abc import Callable, Sequence
from typing import Any, Final

# The name of a thing: its kind (team, category, intent, priority, channel), id and language.
NameOf = Callable[[str, str, str], str]
# The first values of a condition are shown, and the number of the others.
MAX_SHOWN: Final = 4
_KINDS: Final = {
    "category": "category",
    "secondary": "category",
    "intent": "intent",
    "open_teams": "team",
    "closed_teams": "team",
    "channel": "channel",
    "entity": "entity",
}
CONDITIONS: Final = {
    "pl": {
        "category": "kategoria",
        "intent": "intencja",
        "secondary": "druga kategoria",
        "min_confidence": "pewność co najmniej",
        "max_confidence": "pewność najwyżej",
        "channel": "kanał",
        "source": "źródło",
        "mailbox": "skrzynka",
        "called_number": "wybrany numer",
        "language": "język",
        "open_teams": "teraz pracuje zespół",
        "closed_teams": "teraz nie pracuje zespół",
        "weekday": "dzień tygodnia",
        "time": "pora dnia",
        "words": "słowa w treści",
        "entity": "w treści jest",
        "attachment": "załącznik",
        "email": "adres e-mail",
        "email_domain": "domena adresu",
        "phone_prefix": "początek numeru telefonu",
        "company": "firma",
        "account": "konto klienta",
        "tier": "poziom klienta",
        "owner": "opiekun klienta",
        "known_customer": "znany klient",
    },
    "de": {
        "category": "Kategorie",
        "intent": "Absicht",
        "secondary": "zweite Kategorie",
        "min_confidence": "Sicherheit mindestens",
        "max_confidence": "Sicherheit höchstens",
        "channel": "Kanal",
        "source": "Quelle",
        "mailbox": "Postfach",
        "called_number": "gewählte Nummer",
        "language": "Sprache",
        "open_teams": "jetzt arbeitet das Team",
        "closed_teams": "jetzt arbeitet nicht das Team",
        "weekday": "Wochentag",
        "time": "Uhrzeit",
        "words": "Wörter im Text",
        "entity": "im Text steht",
        "attachment": "Anhang",
        "email": "E-Mail-Adresse",
        "email_domain": "Domain der Adresse",
        "phone_prefix": "Anfang der Telefonnummer",
        "company": "Firma",
        "account": "Kundenkonto",
        "tier": "Kundenstufe",
        "owner": "Betreuer des Kunden",
        "known_customer": "bekannter Kunde",
    },
}
_OR: Final = {"pl": " lub ", "en": " or ", "de": " oder "}
_MORE: Final = {"pl": "inne ({more})", "en": "{more} more", "de": "{more} weitere"}
_THERE: Final = {"pl": "jest", "en": "there", "de": "vorhanden"}
_NOT: Final = {"pl": "nie", "en": "not", "de": "nicht"}
_DAYS: Final = {
    "pl": {
        "mon": "poniedziałek",
        "tue": "wtorek",
        "wed": "środa",
        "thu": "czwartek",
        "fri": "piątek",
        "sat": "sobota",
        "sun": "niedziela",
    },
    "de": {
        "mon": "Montag",
        "tue": "Dienstag",
        "wed": "Mittwoch",
        "thu": "Donnerstag",
        "fri": "Freitag",
        "sat": "Samstag",
        "sun": "Sonntag",
    },
}


def short_value(value: Any) -> Any:
    """The first values of a condition and the number of the others, for facts that are stored."""
    if not isinstance(value, list):
        return value
    more = [len(value) - MAX_SHOWN] if len(value) > MAX_SHOWN else []
    return [[str(one) for one in value[:MAX_SHOWN]], *more]


def describe_conditions(conditions: Sequence[Sequence[Any]], language: str, name_of: NameOf) -> str:
    """Describe conditions: each is its name, its short value, and True for one of `unless`."""
    return "; ".join(
        f"{_NOT[language]}: {said}" if excludes else said
        for said, excludes in (
            (describe_condition(name, value, language, name_of), excludes)
            for name, value, excludes in conditions
        )
    )


def describe_condition(name: str, value: Any, language: str, name_of: NameOf) -> str:
    """Describe one condition: "category is defect", "kategoria: reklamacja"."""
    said = describe_value(name, value, language, name_of)
    if language == "en":
        return f"{name} is {said}"
    return f"{CONDITIONS[language].get(name, name)}: {said}"


def describe_value(name: str, value: Any, language: str, name_of: NameOf) -> str:
    """Describe the short value of a condition."""
    if value is True:
        return _THERE[language]
    if not isinstance(value, list):
        return str(value) if language == "en" else str(value).replace(".", ",")
    shown, *more = value
    said = [_say_value(name, one, language, name_of) for one in shown]
    return _OR[language].join([*said, *(_MORE[language].format(more=count) for count in more)])


def _say_value(name: str, value: str, language: str, name_of: NameOf) -> str:
    if language == "en":
        return value
    if name == "weekday":
        return _DAYS[language].get(value, value)
    if name in ("words", "company"):
        return f"„{value}”" if language == "pl" else f"„{value}“"
    return name_of(_KINDS[name], value, language) if name in _KINDS else value
