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
from inquiry_router.inquiry.reference import read_reference
from inquiry_router.matters.settings import Number
from inquiry_router.text.folding import Words, fold, read_words
from inquiry_router.text.spoken_numbers import may_speak_numbers, with_digits

# `common`: a contract, a batch, a building, an account. It has many matters.
# `vague`: short, and nothing tells what it is; perhaps a model.
NumberKind = Number | Literal["common", "vague"]
MAX_NUMBERS: Final = 20
_MIN_DIGITS: Final = 3
# So many digits are a number even if nothing tells what it is.
_SURE_DIGITS: Final = 5
_MAX_GROUP: Final = 7
_MAX_VALUE_CHARS: Final = 24
_WHOLE_CHARS: Final = 3
_MAX_CHARS: Final = 4_000
_MAX_TRIED: Final = 60
_DIGITS: Final = re.compile("[0-9]+")
# "4500 231 877", "7 7 1 0 4"
_GROUPS: Final = re.compile(r"[0-9]{1,5}(?: [0-9]{1,5}){1,9}(?![\w/.,:-])")
_REST: Final = re.compile(r"[\w/.-]{0,24}")
_MAX_LETTERS: Final = 12
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_NO_NUMBER: Final = re.compile(
    r"(?:19|20)\d\d|\d{1,3}(?:[.]\d{3})+|\d+[.]\d{1,2}|\d{1,4}(?:[xX]\d{1,4})+\w{0,2}"
    r"|\d{1,2}-\d{1,3}|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}-\d{2}-\d{2}"
    r"|(?:0?[1-9]|[12]\d|3[01])[/-](?:0?[1-9]|1[0-2])[/-](?:19|20)?\d\d"
    r"|[A-Z]{2}\d{8,12}|(?:RAL|DN|EN|ISO|DIN|PN)-?\d+"
)
_CUT: Final = frozenset(
    {EntityKind.DATE, EntityKind.PHONE, EntityKind.TAX_ID, EntityKind.QUANTITY, EntityKind.EMAIL}
)
# Folded words before a number; longer ones also as beginnings. pl, en, de, cs.
_LABELS_TEXT: Final[dict[NumberKind | Literal["never"], str]] = {
    "never": """
        nip regon krs bdo pesel vat ust ustid ust-id vat-id tax tel telefon fax kom mobil phone hrb
        handelsreg kapital iban rachun bank kod plz zip ral iso din norm cena kwot price total
        preis suma betrag rok roku jahr year godz wew blz bic swift
    """,
    "serial_number": """
        seryjn ser sn s/n fabr serienn serial hull ramy frame vyrobni vyr vin imei fahrgestell
        geratenum
    """,
    "order_number": """
        замовлен посилк доставк
        zamowieni zam zlecen order po bestellung bestellnr bestellnummer bestell-nr auftrag objedn
        ord zk zs so purchase zakup dostaw wz lieferschein lieferung delivery dn dodavk dodac paczk
        przesyl parcel package paket sendung tracking przewoz awiz shipment consignment
    """,
    "complaint_number": """
        рекламац заявк заявц
        reklam rekl zglosz zgl rma case complaint ticket spraw vorgang schaden szkod claim kwit
        napraw repair protok usterk service serwis storung servis incident
    """,
    "invoice_number": """
        рахун
        faktur fv fs fvs invoice inv rechnung re nota paragon receipt proform beleg
    """,
    "other_number": """
        zapyt zap zp ofert angebot anfrage quote quotation offer rez reserv booking buchung return
        zwrot rucksend retour
    """,
    "common": """
        umow contract vertrag wartungsvertrag smlouv klient kunde kd kdnr customer kontrahent konto
        account acct objekt obiekt object site budyn building lokal mieszk flat wohnung haus
        projekt project
        partia partii partie batch lot charge seria serii serie karta karty model typ art artikel
        indeks index symbol code katalog licenc license lizenz anlage
    """,
}
_LABELS: Final = tuple(
    (kind, frozenset(words), tuple(word for word in words if len(word) > _WHOLE_CHARS))
    for kind, written in _LABELS_TEXT.items()
    for words in [written.split()]
)
_NUMBER_WORDS: Final = word_set("nr no numer numeru numerem number num nummer n c cis cislo")
_LABEL_DISTANCE: Final = 4
_UNITS: Final = (
    UNITS.keys()
    | PRICES
    | word_set(
        """
        kg g mg dkg t ton tony tonn l litr litry litrow liter liters litres ml m mb mkw cm mm km w
        kw kwh mw v kv a ma hz khz mhz ghz bar pa kpa c h min godz godzin godziny dni dniach osob
        osoby kcal lm mah obr rpm kva gb mb tb dpi m2 m3 ft inch cali cale ° % " ″ ' mies
        miesiecy lat years tage days hours stunden uhr people seats miejsc guests st worki
        """
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
    def is_vague(self) -> bool:
        """True if it may be the name of a model."""
        return self.kind == "vague"


def shape_of(value: str) -> str:
    """Return the pattern of a value: numbers of one kind at one company look alike."""
    return "".join("9" if one.isdigit() else "A" for one in value)


def find_specific_numbers(
    subject: str | None, text: str, entities: Iterable[Entity] = (), words: Words | None = None
) -> tuple[SpecificNumber, ...]:
    """Find the specific numbers of a message, at most 20, those of the subject first.

    `entities` are those of the message; the text of dates, phone numbers and the like is left out.
    `words` are those of subject and text, if they have been read already.
    """
    cut = {entity.text for entity in entities if entity.kind in _CUT}
    spoken = may_speak_numbers(words or read_words(subject, text[:_MAX_CHARS]))
    found: dict[str, SpecificNumber] = {}
    for written in (subject or "", text[:_MAX_CHARS]):
        readable = _without(written, cut)
        for one in _numbers(with_digits(readable) if spoken else readable):
            known = found.get(one.value)
            if known is None or known.kind in ("vague", "other_number"):
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
        groups = _GROUPS.match(text, begin) if token.isdigit() else None
        whole = _read_groups(text, begin, groups[0]) if groups else None
        if whole is not None:
            end = begin + len(groups[0]) if groups else end
            yield whole
        elif (number := _read(text, begin, end, token)) is not None:
            yield number


def _begin(text: str, place: int) -> int:
    lowest = max(0, place - _MAX_LETTERS)
    while place > lowest and (
        text[place - 1].isalnum()
        or text[place - 1] in "/-"
        or (text[place - 1] == "." and text[place - 2 : place - 1].isalpha())
    ):
        place -= 1
    return place


def _read_groups(text: str, begin: int, written: str) -> SpecificNumber | None:
    """Read a number that is written in groups, where its label or single digits tell so."""
    parts = written.split(" ")
    value = "".join(parts)
    kind = _kind_of_groups(text, begin, parts)
    if kind is None or len(value) < _SURE_DIGITS:
        return None
    if fold(word_after(text, begin + len(written))) in _UNITS:
        return None
    core = parts[0] if len(parts[0]) >= _SURE_DIGITS else None
    return SpecificNumber(value, core, kind)


def _kind_of_groups(text: str, begin: int, parts: list[str]) -> NumberKind | None:
    label = _label(words_before(text, begin, _LABEL_DISTANCE)[:2])
    if label == "never":
        return None
    if label is None:
        return "other_number" if all(len(part) == 1 for part in parts) else None
    return None if label == "common" else label


def _read(text: str, begin: int, end: int, token: str) -> SpecificNumber | None:
    value = value_of(token)
    digits = sum(map(str.isdigit, value))
    if not _MIN_DIGITS <= digits <= len(value) <= _MAX_VALUE_CHARS:
        return None
    if _is_something_else(text, begin, end, token):
        return None
    before = words_before(text, begin, _LABEL_DISTANCE)
    letters = re.match(r"[^\W\d_]*", token)
    label = _label((letters[0] if letters else "", *before))
    if label is None:
        kind = _kind_by_shape(text, begin, end, token, digits)
    elif (
        label == "never"
        or (label == "common" and _is_group(text, begin, end))
        or (digits == _MIN_DIGITS and not _is_marked(text, end, token, before))
    ):
        kind = None
    else:
        kind = label
    return None if kind is None else SpecificNumber(value, _core(token, value), kind)


def value_of(token: str) -> str:
    """Return a number as it is compared: "FV/2026/11/0431" is 2026110431."""
    place = next(place for place, one in enumerate(token) if one.isdigit())
    return "".join(one for one in token[place:].upper() if one.isalnum())


def _core(token: str, value: str) -> str | None:
    """Return the one long part of a number whose other parts are short, or a year."""
    parts = [part for part in re.split(r"[^0-9]+", token) if part]
    long = [part for part in parts if len(part) >= 4 and not _YEAR.fullmatch(part)]
    short = all(len(part) <= 2 or _YEAR.fullmatch(part) for part in parts if part not in long)
    return long[0] if len(long) == 1 and short and long[0] != value else None


def _is_something_else(text: str, begin: int, end: int, token: str) -> bool:
    if (
        read_reference(token)
        or _NO_NUMBER.fullmatch(token)
        or text[begin - 1 : begin] in ("+", "@", "€", "$", "£")
    ):
        return True
    if text[end : end + 1] in (",", ":") and text[end + 1 : end + 2].isdigit():
        return token.isdigit()  # "4118,04", "12:30"
    return fold(word_after(text, end)) in _UNITS and token.isdigit()


def _label(words: Iterable[str]) -> NumberKind | Literal["never"] | None:
    """Return the kind that the nearest label tells; the words are the nearest first."""
    near = True
    for word in map(fold, words):
        if len(word) > 2 or near:
            for kind, whole, beginnings in _LABELS:
                if word in whole or word.startswith(beginnings):
                    return kind
        near = near and (not word or word in _NUMBER_WORDS)
    return None


def _is_marked(text: str, end: int, token: str, before: list[str]) -> bool:
    """True if a short number is surely one: "nr 342", "R 342", "118/B", not "250 rurek"."""
    if not token.isdigit() or not text[end : end + 2].strip(" ").isalnum():
        return True
    word = fold(before[0]) if before else ""
    return word in _NUMBER_WORDS or (len(word) <= 2 and word.isalpha())


def _kind_by_shape(text: str, begin: int, end: int, token: str, digits: int) -> NumberKind | None:
    if digits < _SURE_DIGITS - 1 and "/" in token[1:-1] and len(value_of(token)) > digits:
        return "vague"
    if digits < _SURE_DIGITS - 1 or _is_group(text, begin, end):
        return None
    if digits < _SURE_DIGITS:
        return "vague"
    if digits == _SURE_DIGITS and token.isdigit() and _is_postcode(text, begin, end):
        return None
    return "other_number"


def _is_group(text: str, begin: int, end: int) -> bool:
    """True for a few digits beside others: a part of a phone number or an account."""
    if end - begin > _MAX_GROUP or not text[begin:end].isdigit():
        return False
    before, after = text[max(0, begin - 2) : begin], text[end : end + 2]
    return (before[:1].isdigit() and before[1:] == " ") or (
        after[:1] == " " and after[1:].isdigit()
    )


def _is_postcode(text: str, begin: int, end: int) -> bool:
    """True for "10115 Berlin" at the begin of a line or after a comma."""
    starts = text[:begin].rstrip(" ").endswith((",", "\n", "D-", ";")) or not text[:begin].strip()
    return starts and text[end : end + 1] == " " and text[end + 1 : end + 2].isupper()
