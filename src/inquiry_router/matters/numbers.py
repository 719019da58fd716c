"""Specific numbers: tokens by which people name one order, complaint, device or delivery.

Any number of some length counts, unless it is known to be something else: a date, a price, a
quantity, a size, a phone or tax number. The words before it tell its kind.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from inquiry_router.entities.surroundings import PRICES, word_after, words_before
from inquiry_router.entities.units import UNITS
from inquiry_router.entities.words import word_set
from inquiry_router.inquiry.model import Entity, EntityKind
from inquiry_router.matters.settings import Number
from inquiry_router.text.folding import fold
from inquiry_router.text.spoken_numbers import with_digits

# `common`: a contract, a batch, a building, an account. It has many matters.
# `code`: written like the name of a product.
NumberKind = Number | Literal["common", "code"]
MAX_NUMBERS: Final = 20
_MAX_CHARS: Final = 4_000
_MAX_TRIED: Final = 60
_DIGITS: Final = re.compile("[0-9]+")
_REST: Final = re.compile(r"[\w/.-]{0,24}")
_MAX_LETTERS: Final = 12
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_NO_NUMBER: Final = re.compile(
    r"(?:19|20)\d\d|\d{1,3}(?:[.]\d{3})+|\d+[.]\d{1,2}|\d{1,4}(?:[xX]\d{1,4})+\w{0,2}|\d{2}-\d{3}"
    r"|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}[/-]\d{1,2}[/-](?:19|20)?\d\d"
    r"|(?:RAL|DN|EN|ISO|DIN|PN)-?\d+"
)
_CUT: Final = frozenset(
    {EntityKind.DATE, EntityKind.PHONE, EntityKind.TAX_ID, EntityKind.QUANTITY, EntityKind.EMAIL}
)
# Beginnings of folded words; those of up to three letters are whole words. pl, en, de, cs.
_LABELS: Final[tuple[tuple[NumberKind | None, tuple[str, ...]], ...]] = (
    (
        None,
        tuple(
            "nip regon krs bdo pesel vat ust ustid ustidnr tax tel telefon fax kom mobil phone hrb "
            "handelsreg kapital iban rachun bank kod plz zip ral iso din norm cena kwot price total "
            "preis suma betrag rok roku jahr year godz wew blz bic swift".split()
        ),
    ),
    (
        "serial_number",
        tuple(
            "seryjn ser sn s/n fabr serienn serial hull ramy frame vyrobni vyr vin imei "
            "fahrgestell geratenum".split()
        ),
    ),
    (
        "order_number",
        tuple(
            "zamow zam zlec order po bestell best auftrag objedn ord zk zs so purchase zakup "
            "dostaw wz lieferschein lieferung delivery dn dodavk dodac paczk przesyl parcel package "
            "paket sendung tracking przewoz awiz shipment consignment vydejk".split()
        ),
    ),
    (
        "complaint_number",
        tuple(
            "reklam rekl zglosz zgl rma case complaint ticket spraw vorgang schaden szkod claim "
            "kwit napraw repair protok usterk service serwis stoerung storung servis incident "
            "vergang".split()
        ),
    ),
    (
        "invoice_number",
        tuple("faktur fv fs fvs invoice inv rechnung re nota paragon receipt proform beleg".split()),
    ),
    (
        "other_number",
        tuple(
            "zapyt zap zp ofert angebot anfrage quote quotation offer rez reserv booking buchung "
            "return zwrot rucksend retour".split()
        ),
    ),
    (
        "common",
        tuple(
            "umow contract vertrag wartungsvertrag smlouv klient kunde customer kontrahent konto "
            "account acct objekt obiekt object site budyn building lokal mieszk flat wohnung haus "
            "projekt project partia partii partie parti batch lot charge seria serii serie karta "
            "karty model typ art artikel indeks index symbol kod code katalog katalogow licenc "
            "license lizenz anlage".split()
        ),
    ),
)
_WHOLE_CHARS: Final = 3
_NUMBER_WORDS: Final = word_set(
    "nr no numer numeru numerem number num nummer n c cis cislo to der die das mit of a pod z do"
)
_LABEL_DISTANCE: Final = 4
_UNITS: Final = (
    UNITS.keys()
    | PRICES
    | word_set(
        "kg g mg dkg t ton tony tonn l litr litry litrow liter liters litres ml m mb mkw cm mm km "
        "w kw kwh mw v kv a ma hz khz mhz ghz bar pa kpa c h min godz godzin godziny dni dniach osob "
        "osoby zl kcal lm mah obr rpm kva gb mb tb dpi km/h m2 m3 ft inch cali cale ° % \" ″ ' "
        "mies miesiecy lat years tage days hours stunden uhr people seats miejsc guests st worki"
    )
)


@dataclass(frozen=True, slots=True)
class SpecificNumber:
    """A number that names something.

    `value` is in capitals, without separators and without letters before the first digit, so that
    "ZS/1190" is "1190". `core` is its longest part: 3318 of 2026-3318.
    """

    value: str
    core: str | None
    kind: NumberKind

    @property
    def values(self) -> tuple[str, ...]:
        """All values by which it may be written again."""
        return (self.value,) if self.core is None else (self.value, self.core)

    @property
    def shape(self) -> str:
        """Digits and letters of the value: numbers of one kind at one company look alike."""
        return "".join("9" if one.isdigit() else "A" for one in self.value)


def find_specific_numbers(
    subject: str | None, text: str, entities: Iterable[Entity] = ()
) -> tuple[SpecificNumber, ...]:
    """Find the specific numbers of a message, at most 20, those of the subject first.

    `entities` are those of the message; the text of dates, phone numbers and the like is left out.
    """
    cut = {entity.text for entity in entities if entity.kind in _CUT}
    found: dict[str, SpecificNumber] = {}
    for written in (subject or "", text[:_MAX_CHARS]):
        readable = with_digits(_without(written, cut))
        for one in _numbers(readable):
            known = found.get(one.value)
            if known is None or known.kind in ("code", "other_number"):
                found[one.value] = one
    return tuple(found.values())[:MAX_NUMBERS]


def _without(text: str, cut: Iterable[str]) -> str:
    for one in cut:
        text = text.replace(one, " ; ")
    return text


def _numbers(text: str) -> Iterator[SpecificNumber]:
    end = tried = 0
    for match in _DIGITS.finditer(text):
        if match.start() < end:
            continue
        tried += 1
        if tried > _MAX_TRIED:
            return
        begin = _begin(text, match.start())
        rest = _REST.match(text, match.end())
        token = text[begin : rest.end() if rest else match.end()].rstrip("./-_")
        end = begin + len(token)
        number = _read(text, begin, end, token)
        if number is not None:
            yield number


def _begin(text: str, place: int) -> int:
    lowest = max(0, place - _MAX_LETTERS)
    while place > lowest and (text[place - 1].isalnum() or text[place - 1] in "/-"):
        place -= 1
    return place


def _read(text: str, begin: int, end: int, token: str) -> SpecificNumber | None:
    value = _value(token)
    digits = sum(map(str.isdigit, value))
    if not 3 <= digits <= len(value) <= 24 or _is_something_else(text, begin, end, token):
        return None
    labelled, kind = _kind(text, begin, token)
    if labelled and kind is None:
        return None
    if not labelled:
        kind = _kind_by_shape(text, begin, end, token, digits)
    return None if kind is None else SpecificNumber(value, _core(token, value), kind)


def _value(token: str) -> str:
    place = next(place for place, one in enumerate(token) if one.isdigit())
    return "".join(one for one in token[place:].upper() if one.isalnum())


def _core(token: str, value: str) -> str | None:
    """Return the one long part of a number whose other parts are short, or a year."""
    parts = [part for part in re.split(r"[^0-9]+", token) if part]
    long = [part for part in parts if len(part) >= 4 and not _YEAR.fullmatch(part)]
    short = all(len(part) <= 2 or _YEAR.fullmatch(part) for part in parts if part not in long)
    return long[0] if len(long) == 1 and short and long[0] != value else None


def _is_something_else(text: str, begin: int, end: int, token: str) -> bool:
    if _NO_NUMBER.fullmatch(token) or text[begin - 1 : begin] in ("+", "@", "€", "$", "£"):
        return True
    if text[end : end + 1] in (",", ":") and text[end + 1 : end + 2].isdigit():
        return token.isdigit()  # "4118,04", "12:30"
    return fold(word_after(text, end)) in _UNITS and token.isdigit()


def _kind(text: str, begin: int, token: str) -> tuple[bool, NumberKind | None]:
    """Return if words, or letters of the token, tell what it numbers, and the kind."""
    letters = re.match(r"[^\W\d_]*", token)
    before = words_before(text, begin, _LABEL_DISTANCE)
    for word in (letters[0] if letters else "", *before):
        word = fold(word)
        if not word or word in _NUMBER_WORDS or (len(word) <= 2 and word.isalpha()):
            label = _label(word)
            if label is None:
                continue
            return label
        label = _label(word)
        if label is not None:
            return label
        if word is not before and word in before and word != (before[0] if before else ""):
            break
    return False, None


def _label(word: str) -> tuple[bool, NumberKind | None] | None:
    for kind, stems in _LABELS:
        for stem in stems:
            if word == stem or (len(stem) > _WHOLE_CHARS and word.startswith(stem)):
                return True, kind
    return None


def _kind_by_shape(
    text: str, begin: int, end: int, token: str, digits: int
) -> NumberKind | None:
    if token[0].isalpha():
        return "other_number" if digits >= 5 else "code" if digits == 4 else None
    if digits == 4:
        return "other_number" if token.isdigit() else "code"
    if digits == 5 and token.isdigit() and _is_postcode(text, begin, end):
        return None
    return "other_number" if digits >= 5 else None


def _is_postcode(text: str, begin: int, end: int) -> bool:
    """True for "10115 Berlin" at the begin of a line or after a comma."""
    starts = text[:begin].rstrip(" ").endswith((",", "\n", "D-", ";")) or not text[:begin].strip()
    return starts and text[end : end + 1] == " " and text[end + 1 : end + 2].isupper()
