"""The columns of call logs: Asterisk, 3CX, Ringostat, billing of mobile operators. Pure.

Facts: Master.csv of Asterisk has no heading and the order below (docs.asterisk.org, CDR
Specification, cdr_csv). 3CX, Ringostat and operators write headings, whose words change with
version and language: they are found by the words below.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from inquiry_router.text.folding import fold

FIELDS: Final = (
    *("at", "date", "time", "from", "to", "own", "other", "talk", "length", "ring", "result"),
    *("direction", "id", "ignore"),
)
# accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, answer, end,
# duration, billsec, disposition, amaflags, [uniqueid, userfield]
_ASTERISK: Final = {
    "from": 1,
    "to": 2,
    "at": 9,
    "length": 12,
    "talk": 13,
    "result": 14,
    "from_device": 5,
    "to_device": 6,
}
_MIN_ASTERISK: Final = 16
_DISPOSITIONS: Final = ("ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "UNKNOWN")
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "at": (
        *("call time", "calldate", "call date", "start", "start time", "data i godzina", "started"),
        *(
            "data polaczenia",
            "data i czas",
            "data godzina",
            "date time",
            "datetime",
            "datum uhrzeit",
        ),
        *("czas rozpoczecia", "poczatek", "rozpoczecie", "data rozpoczecia", "kiedy"),
    ),
    "date": ("data", "date", "dzien", "datum"),
    "time": ("godzina", "time", "czas polaczenia", "uhrzeit", "godz"),
    "from": (
        *("caller id", "caller", "from", "src", "source", "kto dzwonil", "numer dzwoniacego"),
        *("dzwoniacy", "calling number", "numer a", "anrufer", "od", "caller number", "zrodlo"),
    ),
    "to": (
        *("destination", "to", "dst", "called", "callee", "numer b", "called number", "do"),
        *("odbiorca", "cel", "angerufener", "destination number", "employee number"),
    ),
    "own": (
        *("numer telefonu", "msisdn", "numer abonenta", "numer karty", "numer uslugi", "numer sim"),
        *("abonent", "telefon"),
    ),
    "other": (
        *("numer wybierany", "wybrany numer", "numer docelowy", "numer rozmowcy", "numer wybrany"),
        *("polaczenie z", "rozmowca", "numer polaczenia", "numer wywolywany"),
    ),
    "talk": (
        *("talking", "billsec", "talk time", "czas rozmowy", "talk", "gesprachsdauer", "rozmowa"),
    ),
    "length": (
        *("duration", "czas trwania", "totals", "length", "dlugosc", "dauer", "ilosc", "czas"),
        *("czas trwania polaczenia", "call duration", "total"),
    ),
    "ring": ("ringing", "waittime", "wait time", "czas oczekiwania", "ring"),
    "result": ("status", "disposition", "call status", "wynik", "stan", "result", "odebrane"),
    "direction": (
        *("direction", "call type", "typ polaczenia", "kierunek", "typ", "rodzaj", "type"),
        *("rodzaj polaczenia", "richtung", "rodzaj uslugi", "usluga", "service type"),
    ),
    "id": ("uniqueid", "unique id", "call id", "id", "identyfikator"),
}
_FIELD_OF: Final = {word: field for field, words in _WORDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class CallLayout:
    """The place of each field in a row, and the program that the file looks like."""

    places: Mapping[str, int]
    program: str
    headings: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def name(self, field: str) -> str:
        """The heading of a field, or the number of its column."""
        place = self.places[field]
        return self.headings[place] if self.headings else f"column {place + 1}"


def is_asterisk(cells: Sequence[str]) -> bool:
    """True if a row is one of Asterisk's Master.csv."""
    return (
        len(cells) >= _MIN_ASTERISK
        and cells[_ASTERISK["result"]].strip().upper() in _DISPOSITIONS
        and cells[_ASTERISK["at"]][:4].isdigit()
    )


def asterisk_layout() -> CallLayout:
    """The columns of Master.csv."""
    return CallLayout(_ASTERISK, "Asterisk (Master.csv)")


def layout_by_headings(headings: Sequence[str], mapping: Mapping[str, str]) -> CallLayout:
    """Find the fields by their headings. Raises `ValueError` with the cure."""
    unknown = sorted(set(mapping) - {one.strip() for one in headings})
    if unknown:
        raise ValueError(f"there is no column '{unknown[0]}': {_listed(headings)}")
    wrong = next((field for field in mapping.values() if field not in FIELDS), None)
    if wrong is not None:
        raise ValueError(f"'{wrong}' is no field; fields are {', '.join(FIELDS)}")
    places: dict[str, int] = {}
    ignored = []
    for place, heading in enumerate(headings):
        field = mapping.get(heading.strip()) or _FIELD_OF.get(_bare(heading))
        if field is None or field == "ignore" or field in places:
            ignored.append(heading.strip())
        else:
            places[field] = place
    _require(places, headings)
    named = tuple(one.strip() for one in headings)
    return CallLayout(places, _program(places, headings), named, tuple(filter(None, ignored)))


def _bare(heading: str) -> str:
    """A heading in the form of the words above, without what stands in brackets."""
    plain = fold(re.split(r"[\[(]", heading, maxsplit=1)[0])
    return " ".join(re.sub(r"[^\w]+|_", " ", plain).split())


def _require(places: dict[str, int], headings: Sequence[str]) -> None:
    """Move single fields to where they belong, and refuse a file that lacks one."""
    if "at" not in places and "date" in places and "time" not in places:
        places["at"] = places.pop("date")
    if "at" in places and "time" in places:
        places["date"] = places.pop("at")
    if "own" in places and "other" not in places and "to" in places:
        places["other"] = places.pop("to")
    if "own" in places and "other" in places and "from" not in places:
        places.setdefault("direction", -1)
    missing = []
    if "at" not in places and not {"date", "time"} <= set(places):
        missing.append("the time of the call ('at', or 'date' and 'time')")
    if not ({"from", "to"} <= set(places) or {"own", "other"} <= set(places)):
        missing.append("who rang whom ('from' and 'to', or 'own' and 'other')")
    if not {"talk", "length"} & set(places):
        missing.append("how long ('talk' or 'length')")
    if missing:
        raise ValueError(
            f"the heading does not say {'; nor '.join(missing)}. {_listed(headings)} Name them: "
            """--column 'Heading=field', or over HTTP columns={"Heading": "field"}"""
        )
    if places.get("direction") == -1:
        del places["direction"]


def _program(places: Mapping[str, int], headings: Sequence[str]) -> str:
    words = {_bare(one) for one in headings}
    if "own" in places:
        return "billing of a mobile operator"
    if {"ringing", "talking"} & words:
        return "3CX"
    return "Ringostat" if "calldate" in words else "a call log with headings"


def _listed(headings: Sequence[str]) -> str:
    shown = ", ".join(f"'{one.strip()}'" for one in headings[:20] if one.strip())
    return f"The first line has: {shown or 'nothing'}."
