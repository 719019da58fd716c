"""A baseline as a text for a terminal, in Polish and English."""

import re
from collections.abc import Iterator
from typing import Any, Final

_WORDS: Final = {
    "pl": {
        "head": "Ile kosztuje stary zwyczaj: {name}, od {begin} do {end}",
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
        "range": "Przedział: w jednym przypadku na dziesięć wynik jest niższy niż dolna liczba, "
        "w jednym na dziesięć wyższy niż górna.",
        "can": "Z tego pliku wiadomo:",
        "cannot": "Z tego pliku nie wiadomo:",
        "share": "Udział spraw serwisowych w rozmowach: od {low:.0%} do {high:.0%}, "
        "najprawdopodobniej {likely:.0%} (źródło: {source})",
        "loops": "Mijanie się przez telefon: przypadki {loops}, w tym bez rozmowy {unmet}; zwykle "
        "prób {median_attempts:g}, a do rozmowy {median_elapsed_hours} godz. "
        "({median_working_hours} godz. roboczych)",
        "assumed": "Założenia, których nikt nie zmierzył: {names}",
        "people": "Liczby o jednej osobie są ukryte, dopóki administrator nie potwierdzi, że "
        "pracownicy zostali powiadomieni o monitoringu: --monitoring-announced, docs/privacy.md",
        "kept": "Zapisano: GET /v1/baselines/{id}",
    },
    "en": {
        "head": "What the old habit costs: {name}, {begin} to {end}",
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
        "range": "The range: one in ten is below its low end, one in ten above its high end.",
        "can": "Known from this file:",
        "cannot": "Not known from this file:",
        "share": "Share of service matters among calls: {low:.0%} to {high:.0%}, likely "
        "{likely:.0%} (source: {source})",
        "loops": "Phone-tag loops: {loops}, of which {unmet} ended without a talk; usually "
        "{median_attempts:g} attempts and {median_elapsed_hours} h until the talk "
        "({median_working_hours} h of working time)",
        "assumed": "Assumptions that nobody has measured: {names}",
        "people": "Figures about one person are hidden until an admin confirms that employees were "
        "told of the monitoring: --monitoring-announced, docs/privacy.md",
        "kept": "Kept: GET /v1/baselines/{id}",
    },
}
_INPUTS: Final = {
    "pl": {
        "service_share": "udział serwisu w rozmowach",
        "purchase_share": "udział zakupów w rozmowach",
        "after_call_minutes": "minuty na notatki po rozmowie",
        "return_minutes": "minuty na powrót do pracy",
        "try_minutes": "minuty nieudanej próby",
        "pay_hour": "koszt godziny handlowca",
        "selling_hour_margin": "marża z godziny sprzedaży",
        "selling_share": "część odzyskanego czasu na sprzedaż",
        "lost_sale_probability": "prawdopodobieństwo utraty sprzedaży",
        "lost_sale_margin": "marża utraconej sprzedaży",
        "minutes": "minuty na sprawę",
        "assumption": "założenie",
    },
    "en": {
        "service_share": "share of service among calls",
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


def baseline_text(found: dict[str, Any], language: str) -> str:
    """Render a baseline as lines of text."""
    words = _WORDS.get(language, _WORDS["en"]) | _INPUTS.get(language, _INPUTS["en"])
    text = "\n".join(_lines(found, words))
    return _DECIMALS.sub(",", text) if language == "pl" else text


def _lines(found: dict[str, Any], words: dict[str, str]) -> Iterator[str]:
    period = {"begin": found["begins_on"], "end": found["ends_on"]}
    yield words["head"].format(name=found["name"], **period)
    yield ""
    currency = _SYMBOLS.get(found["currency"], found["currency"])
    columns = (words["hours"], words["money"], words["calls"], words["matters"])
    yield _row("", *columns)
    yield _figures(words["whole"], found["whole"], currency)
    for group in ("month", "person", "account", "category"):
        entries = found[f"by_{group}"]
        if len(entries) == 1 and not entries[0][group]:
            continue
        if entries:
            yield ""
            yield _row(words[group], *columns)
        for one in entries[:_MAX_ROWS]:
            yield _figures(one[group] or words["unknown"], one, currency)
    yield ""
    yield words["range"]
    yield from _facts(found, words)


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
    yield words["kept"].format(id=found["id"])


def _figures(name: str, one: dict[str, Any], currency: str) -> str:
    hours = _range(one["hours"], 1)
    money = f"{_range(one['money'], 100)} {currency}"
    return _row(name, hours, money, str(one["calls"]), str(one["matters"]))


def _range(found: dict[str, float], unit: int) -> str:
    low, expected, high = (_number(found[name] / unit) for name in ("low", "expected", "high"))
    return f"{expected} ({low} - {high})"


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if abs(value) >= 10 else f"{value:.1f}"


def _row(name: str, hours: str, money: str, calls: str, matters: str) -> str:
    return f"{name[:28]:28}{hours:>26}{money:>40}{calls:>10}{matters:>10}".rstrip()
