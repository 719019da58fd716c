"""A baseline as a text for a terminal, in Polish and English."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from babel.dates import format_date

_WORDS: Final = {
    "pl": {
        "head": "{name}: od {begin} do {end}",
        "lead": "Sprawy dla obsługi klienta zajęły w tym czasie handlowcom około {hours} godz. "
        "({hours_range}).\nKosztowało to firmę około {money} {currency} ({money_range} "
        "{currency}).",
        "year": "W takim tempie przez cały rok: około {money} {currency} ({money_range} "
        "{currency}).",
        "matter": "Sprawa dla obsługi klienta to na przykład reklamacja, pytanie o złożone "
        "zamówienie albo fakturę, prośba o katalog.",
        "hours": "godziny",
        "money": "koszt",
        "calls": "rozmowy",
        "matters": "sprawy",
        "whole": "razem",
        "month": "miesiąc",
        "person": "handlowiec",
        "account": "klient",
        "category": "kategoria",
        "unknown": "nieznane",
        "range": "W nawiasach: prawdziwy wynik mieści się tam z szansą 8 na 10.",
        "can": "Z tego pliku wiadomo:",
        "cannot": "Z tego pliku nie wiadomo:",
        "share": "Jaka część rozmów to sprawy dla obsługi klienta: od {low:.0%} do {high:.0%}, "
        "najpewniej {likely:.0%} (źródło: {source}).\nZnasz tę część u siebie? Dodaj na przykład "
        "--service-share 0.40,0.55,0.70. Zmierzy ją też skrzynka pocztowa: docs/relief.md.",
        "loops": "Klient i handlowiec nie mogli się do siebie dodzwonić. Takich przypadków: "
        "{loops}, z tego bez żadnej rozmowy: {unmet}.\nDo rozmowy mijało zwykle "
        "{median_elapsed_hours} godz. (w godzinach pracy: {median_working_hours}), liczba prób: "
        "{median_attempts:g}.",
        "assumed": "Przyjęto, bo nikt tego jeszcze nie zmierzył: {names}",
        "people": "Wyników poszczególnych osób nie pokazujemy, dopóki nie potwierdzisz, że "
        "pracownicy wiedzą o monitoringu: --monitoring-announced, docs/privacy.md",
        "kept": "Zapisano. Ten sam wynik przez API: GET /v1/baselines/{id}",
        "not_kept": "Nic nie zapisano, bo nie ma tu bazy danych. Utworzy ją: "
        "inquiry-router migrate",
    },
    "en": {
        "head": "{name}: {begin} to {end}",
        "lead": "In this time, matters for customer service took the salespeople about {hours} "
        "hours ({hours_range}).\nThat cost the company about {money} {currency} ({money_range} "
        "{currency}).",
        "year": "At this pace, a whole year: about {money} {currency} ({money_range} {currency}).",
        "matter": "A matter for customer service is a complaint, a question about an order or an "
        "invoice, a request for a catalogue, for example.",
        "hours": "hours",
        "money": "cost",
        "calls": "calls",
        "matters": "matters",
        "whole": "whole",
        "month": "month",
        "person": "salesperson",
        "account": "account",
        "category": "category",
        "unknown": "unknown",
        "range": "In brackets: the true result lies there with a chance of 8 in 10.",
        "can": "Known from this file:",
        "cannot": "Not known from this file:",
        "share": "The share of calls that are for customer service: {low:.0%} to {high:.0%}, "
        "likely {likely:.0%} (source: {source}).\nDo you know yours? Add --service-share "
        "0.40,0.55,0.70, for example. A mailbox measures it, too: docs/relief.md.",
        "loops": "Times that customer and salesperson could not reach each other: {loops}; and "
        "never talked: {unmet}.\nUsually it took {median_attempts:g} attempts and "
        "{median_elapsed_hours} h (in working hours: {median_working_hours}).",
        "assumed": "Assumed, because nobody has measured it yet: {names}",
        "people": "Figures of single people are not shown until you confirm that employees know of "
        "the monitoring: --monitoring-announced, docs/privacy.md",
        "kept": "Kept. The same by API: GET /v1/baselines/{id}",
        "not_kept": "Nothing was kept, because there is no database here. This makes one: "
        "inquiry-router migrate",
    },
}
_INPUTS: Final = {
    "pl": {
        "service_share": "część rozmów dla obsługi klienta",
        "purchase_share": "część rozmów o zakupie",
        "after_call_minutes": "minuty na notatki po rozmowie",
        "return_minutes": "minuty na powrót do pracy",
        "try_minutes": "minuty na nieudane połączenie",
        "pay_hour": "koszt godziny handlowca",
        "selling_hour_margin": "marża z godziny sprzedaży",
        "selling_share": "część odzyskanego czasu na sprzedaż",
        "lost_sale_probability": "szansa utraty sprzedaży",
        "lost_sale_margin": "marża utraconej sprzedaży",
        "minutes": "minuty na sprawę",
        "assumption": "założenie",
    },
    "en": {
        "service_share": "share of calls for customer service",
        "purchase_share": "share of purchases among calls",
        "after_call_minutes": "minutes for notes after a call",
        "return_minutes": "minutes to get back to work",
        "try_minutes": "minutes of a try",
        "pay_hour": "cost of a salesperson's hour",
        "selling_hour_margin": "margin of an hour of selling",
        "selling_share": "part of the time given back that goes into selling",
        "lost_sale_probability": "probability of a lost sale",
        "lost_sale_margin": "margin of a lost sale",
        "minutes": "minutes of a matter",
        "assumption": "assumption",
    },
}
_MAX_ROWS: Final = 15
_DECIMALS: Final = re.compile(r"(?<=\b\d)\.(?=\d\b)")
_SYMBOLS: Final = {"PLN": "zł", "EUR": "€"}
_YEAR_DAYS: Final = 365
# A year is not foretold from a shorter period.
_MIN_DAYS: Final = 28


def baseline_text(found: dict[str, Any], language: str) -> str:
    """Render a baseline as lines of text."""
    language = language if language in _WORDS else "en"
    text = "\n".join(_lines(found, _WORDS[language] | _INPUTS[language], language))
    return _DECIMALS.sub(",", text) if language == "pl" else text


def _lines(found: dict[str, Any], words: dict[str, str], language: str) -> Iterator[str]:
    currency = _SYMBOLS.get(found["currency"], found["currency"])
    yield from _lead(found, words, language, currency)
    # A call log has no matters, a mailbox no calls.
    count = "calls" if found["kind"] == "calls" else "matters"
    columns = (words["hours"], words["money"], words[count])
    yield ""
    yield _row("", *columns)
    yield _figures(words["whole"], found["whole"], currency, count)
    for group in ("month", "person", "account", "category"):
        entries = found[f"by_{group}"]
        if len(entries) == 1 and not entries[0][group]:
            continue
        if entries:
            yield ""
            yield _row(words[group], *columns)
        for one in entries[:_MAX_ROWS]:
            name = one[group] or words["unknown"]
            shown = _month(name, language) if group == "month" else name
            yield _figures(shown, one, currency, count)
    yield ""
    yield words["range"]
    yield from _facts(found, words)


def _lead(
    found: dict[str, Any], words: dict[str, str], language: str, currency: str
) -> Iterator[str]:
    """The answer in words: the period, and at its pace a year."""
    begin, end = (date.fromisoformat(found[name]) for name in ("begins_on", "ends_on"))
    shown = [format_date(day, "long", locale=language) for day in (begin, end)]
    yield words["head"].format(name=found["name"], begin=shown[0], end=shown[1])
    yield ""
    hours, money = found["whole"]["hours"], found["whole"]["money"]
    yield words["lead"].format(
        hours=_rounded(hours["expected"]),
        hours_range=_ends(hours, 1),
        money=_rounded(money["expected"] / 100),
        money_range=_ends(money, 100),
        currency=currency,
    )
    days = (end - begin).days + 1
    if _MIN_DAYS <= days < _YEAR_DAYS:
        of_year = {name: value * _YEAR_DAYS / days for name, value in money.items()}
        yield words["year"].format(
            money=_rounded(of_year["expected"] / 100),
            money_range=_ends(of_year, 100),
            currency=currency,
        )
    yield words["matter"]


def _month(written: str, language: str) -> str:
    return format_date(date.fromisoformat(f"{written}-01"), "LLLL yyyy", locale=language)


def _facts(found: dict[str, Any], words: dict[str, str]) -> Iterator[str]:
    if found["kind"] == "calls":
        share = found["service_share"]
        source = words.get(share["source"], share["source"])
        yield words["share"].format(**{**share, "source": source})
        loops = found["known"]["phone_tag"]
        if loops["loops"]:
            yield words["loops"].format(**loops)
    names = dict.fromkeys(words[one.partition(" ")[0]] for one in found["assumptions"])
    yield words["assumed"].format(names=", ".join(names) or "-")
    for name in ("can", "cannot"):
        yield words[name]
        yield from (f"  - {one}" for one in found["knowable"][name])
    if not found.get("announced", True):
        yield words["people"]
    yield words["kept"].format(id=found["id"]) if found["id"] else words["not_kept"]


def _figures(name: str, one: dict[str, Any], currency: str, count: str) -> str:
    hours, money = _range(one["hours"], 1), f"{_range(one['money'], 100)} {currency}"
    return _row(name, hours, money, str(one[count]))


def _range(found: dict[str, float], unit: int) -> str:
    low, expected, high = (_number(found[name] / unit) for name in ("low", "expected", "high"))
    return f"{expected} ({low}–{high})"


def _number(value: float) -> str:
    if abs(value) < 0.05:
        return "0"
    return _grouped(round(value)) if abs(value) >= 10 else f"{value:.1f}"


def _rounded(value: float) -> str:
    """A number as people say it: two figures, because more are not known."""
    if value < 10:
        return _number(value)
    return _grouped(int(float(f"{value:.2g}")))


def _ends(found: dict[str, float], unit: int) -> str:
    return f"{_rounded(found['low'] / unit)}–{_rounded(found['high'] / unit)}"


def _grouped(value: int) -> str:
    return f"{value:,}".replace(",", " ")


def _row(name: str, hours: str, money: str, count: str) -> str:
    return f"{name[:28]:28}{hours:>22}{money:>34}{count:>10}".rstrip()
