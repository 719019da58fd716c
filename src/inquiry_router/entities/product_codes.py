"""Product codes: letters and digits together, after a word for a product or of a distinct shape."""

import re
from collections.abc import Sequence
from string import ascii_uppercase
from typing import Final

from inquiry_router.entities.mention import Mention
from inquiry_router.entities.surroundings import match_at, words_before
from inquiry_router.entities.words import word_set
from inquiry_router.inquiry.model import EntityKind

_CODE: Final = re.compile(
    r"(?<![\w/.@-])(?P<letters>[A-Z]{1,6}(?:\d[A-Z]{1,3})?)(?P<part>[- ]?)(?P<digits>\d{1,6})"
    r"(?P<rest>[A-Z]{0,3}(?:[/-][A-Z\d]{1,6}){0,2})(?![\w@]|[.,]\d)"
)
_CAPITALS: Final = frozenset(ascii_uppercase)
_MODEL_WORDS: Final = word_set(
    "model modelu modele modell typ typu type symbol indeks index art artikel artikelnummer"
    " artikelnr artykuł sku pn katalogowy modello modelo modèle тип модель device seria serii"
)
# After these words, such a shape is a reference and not a product.
_REFERENCES: Final = (
    *(
        "refer",
        "ref",
        "numer",
        "number",
        "nummer",
        "nr",
        "protok",
        "serial",
        "seryjn",
        "niezgodno",
        "kod",
        "code",
        "objedn",
        "zlec",
        "zam",
    ),
    *(
        "order",
        "bestell",
        "auftrag",
        "oferta",
        "angebot",
        "quote",
        "umow",
        "contract",
        "faktur",
        "invoice",
        "paczk",
        "sendung",
        "starts",
    ),
)
_PRODUCTS: Final = (
    *(
        "pomp",
        "spręż",
        "silnik",
        "zaw",
        "falownik",
        "sterownik",
        "drukark",
        "kocioł",
        "kotł",
        "palnik",
        "grzejnik",
        "klimatyz",
        "filtr",
    ),
    *(
        "łożysk",
        "przenośnik",
        "wiertark",
        "szlifierk",
        "zgrzewark",
        "etykieciark",
        "lad",
        "suszark",
        "zmywark",
        "kosiark",
        "pralk",
        "lamp",
    ),
    *(
        "pump",
        "motor",
        "valve",
        "ventil",
        "compressor",
        "kompressor",
        "drive",
        "printer",
        "drucker",
        "maschine",
        "etikettier",
        "kehrmaschin",
    ),
    *(
        "getriebe",
        "regler",
        "boiler",
        "machine",
        "насос",
        "двигун",
        "treadmill",
        "washer",
        "säge",
        "bagger",
        "stapler",
    ),
)
# Standards, degrees of protection, sizes, papers, countries of post codes and the like.
_NEVER: Final = word_set(
    "IP RAL DN PN EN ISO DIN EAN SP LO PO KW LOT UL AL EU PL CE USB HDMI PIT CIT JPK VAT AC DC RJ"
    " NR NO CO PM COVID MP Q W WZ PZ MM KP KRS BDO NIP SLA WLZ AW D DE A AT CH CZ SK F FR I IT E ES"
    " LT UA B NL BE GB UK US HRB HRA RFQ RFI REF TEL FAX USD EUR PLN GBP AWB NBD FV FS INV OK TV PD"
    " II III IV VI VII RE AB SDS KM ZUS SN S OC ID PC PS LED GPS UDT CR X M ROK FIFA EURO TOP MAX"
    " MIN FAQ UTC GMT CET"
)


def find_product_codes(text: str, runs: Sequence[tuple[int, int]]) -> list[Mention]:
    """Find product codes, in capitals, with one dash or space as written."""
    return [
        Mention(EntityKind.PRODUCT_CODE, match.start(), match.end(), match[0])
        for match in match_at(
            _CODE, text, [_begin(text, run) for run, _ in runs if _after_capital(text, run)]
        )
        if _is_product(match, words_before(text, match.start(), 2))
    ]


def _after_capital(text: str, run: int) -> bool:
    """True if these digits follow a capital, directly or after a dash or a space."""
    before = text[max(0, run - 2) : run]
    return before[-1:] in _CAPITALS or (before[1:] in ("-", " ") and before[0] in _CAPITALS)


def _begin(text: str, run: int) -> int:
    place = run - 1 if text[run - 1] in "- " else run
    lowest = max(0, place - 10)
    while place > lowest and text[place - 1].isalnum():
        place -= 1
    return place


def _is_product(match: re.Match[str], before: list[str]) -> bool:
    letters, digits = match["letters"], match["digits"]
    if before and before[0] in _MODEL_WORDS:
        return letters not in ("NR", "NO") and (match["part"] != " " or len(digits) >= 2)
    if letters in _NEVER or any(word.startswith(_REFERENCES) for word in before):
        return False
    if before and before[0].startswith(_PRODUCTS):
        # "falownik F0004" and "pompa E42" name errors.
        return len(letters) >= 2 and (match["part"] != " " or len(digits) >= 2)
    return (
        match["part"] == "-" and letters.isalpha() and 2 <= len(letters) <= 5 and len(digits) >= 2
    )
