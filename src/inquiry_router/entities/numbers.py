"""Order, invoice, complaint and serial numbers: by the word before them, or by their shape.

A number is a run of letters and digits with slashes or dashes ("FV/2025/10/123", "ZS/1190",
"4471/B"). The word before tells its kind; "nr", "no." and the like may stand between.
"""

import re
from collections.abc import Sequence
from typing import Final

from inquiry_router.entities.dates import MONTHS, is_written_date
from inquiry_router.entities.mention import Mention
from inquiry_router.entities.serial_numbers import is_serial_number
from inquiry_router.entities.surroundings import (
    NUMBER_WORDS,
    PRICES,
    match_at,
    word_after,
    words_before,
)
from inquiry_router.entities.units import UNITS
from inquiry_router.inquiry.model import EntityKind

_MAX_TOKEN_CHARS: Final = 32
_TOKEN: Final = re.compile(r"[0-9](?:[\w/.-]{0,31}\w)?")
_INVOICE, _ORDER, _COMPLAINT = (
    EntityKind.INVOICE_NUMBER,
    EntityKind.ORDER_NUMBER,
    EntityKind.COMPLAINT_NUMBER,
)
# Beginnings of words in pl, en, de, cs, sk, uk, fr, es, it; the short ones are whole words.
_STEMS: Final = (
    (_INVOICE, ("faktur", "faktúr", "invoice", "rechnung", "fattur", "factur", "рахун")),
    (
        _ORDER,
        (
            "zamówieni",
            "zamowieni",
            "zleceni",
            "bestell",
            "auftrag",
            "commande",
            "pedido",
            "objednáv",
            "objednav",
            "замовлен",
            "ordin",
        ),
    ),
    (
        _COMPLAINT,
        (
            "reklamac",
            "reklamat",
            "рекламац",
            "zgłoszeni",
            "zgloszeni",
            "complaint",
            "reclam",
            "réclam",
            "ticket",
        ),
    ),
)
_WORDS: Final = {
    **dict.fromkeys(("fv", "fs", "fvs", "f-ra", "f-ry", "inv", "fakt", "rg"), _INVOICE),
    **dict.fromkeys(("zam", "zlec", "order", "orders", "po", "p/o"), _ORDER),
    **dict.fromkeys(("rma", "zgł", "rekl", "case"), _COMPLAINT),
}
_NO_NUMBER_BEFORE: Final = PRICES | MONTHS.keys()
_BETWEEN: Final = NUMBER_WORDS | frozenset(
    [
        "vat",
        "pro",
        "forma",
        "proforma",
        "proformy",
        "korekty",
        "korygująca",
        "zaliczkowa",
        "końcowa",
        "sprzedaży",
        "der",
        "mit",
        "o",
        "purchase",
    ]
)
_PREFIX: Final = re.compile(
    r"(?:(FV|FVS|FS|FA|FK|INV|RE)|(ZAM|ZK|ZS|ZZ|ZO|ORD|SO|PO|B2B)"
    r"|(RMA|REK|REKL|ZGL|ZGŁ|TICKET))[-/]?\d",
    re.IGNORECASE,
)
_JOINED: Final = re.compile(
    r"\??,?\s+(?:(?:i|oraz|lub|albo|a|and|or|und|oder|et|e|y|або|та)\s+)?|\s*[,;]\s*"
)
_NO_CODE: Final = re.compile(
    r"(?:19|20)\d\d|\d{1,2}[:.]\d{2}|\d+[x×]\d.*|\d+[.,]\d{1,2}", re.IGNORECASE
)


def find_numbers(text: str, runs: Sequence[tuple[int, int]]) -> list[Mention]:
    """Find the numbers. Their value is in capitals, without spaces."""
    found: list[Mention] = []
    for match in match_at(_TOKEN, text, [run for run, _ in runs]):
        begin, end = _begin(text, match.start()), match.end()
        token = text[begin:end]
        kind = _kind(text, begin, end, token) or _by_listing(text, found, begin, token)
        if kind is not None and (not found or found[-1].end <= begin):
            found.append(Mention(kind, begin, end, token.upper().lstrip("#")))
    return found


def _begin(text: str, place: int) -> int:
    """Return the begin of the run of letters, digits, slashes and dashes around `place`."""
    lowest = max(0, place - _MAX_TOKEN_CHARS)
    while place > lowest and (text[place - 1].isalnum() or text[place - 1] in "/-"):
        place -= 1
    while not text[place].isalnum():
        place += 1
    return place


def _kind(text: str, begin: int, end: int, token: str) -> EntityKind | None:
    words = words_before(text, begin, 5)
    if is_serial_number(words, token):
        return EntityKind.SERIAL_NUMBER
    kind = _by_shape(token) or _by_words(text, words, begin, end, token)
    if kind is None or is_written_date(token) or word_after(text, end) in _NO_NUMBER_BEFORE:
        return None
    return kind


def _by_shape(token: str) -> EntityKind | None:
    shape = _PREFIX.match(token) if len(token) >= 5 else None
    return (_INVOICE, _ORDER, _COMPLAINT)[(shape.lastindex or 1) - 1] if shape else None


def _by_words(text: str, words: list[str], begin: int, end: int, token: str) -> EntityKind | None:
    for word in words:
        kind = _kind_of_word(word)
        if kind is not None:
            marked = text[begin - 1 : begin] == "#" or words[0] in NUMBER_WORDS
            return kind if _is_number_of(text, end, token, word, marked=marked) else None
        if word not in _BETWEEN:
            return None
    return None


def _kind_of_word(word: str) -> EntityKind | None:
    if word in _WORDS:
        return _WORDS[word]
    for kind, stems in _STEMS:
        if word.startswith(stems):
            return kind
    return None


def _is_number_of(text: str, end: int, token: str, word: str, *, marked: bool) -> bool:
    """True if a token after such a word is its number, not a count, an amount or a time."""
    following = word_after(text, end)
    if (
        following in UNITS
        or (_NO_CODE.fullmatch(token) and not marked)
        or text[end : end + 1] == "%"
    ):
        return False
    # In Polish "po 14" means after two o'clock.
    if word == "po" and "PO" not in text[max(0, end - len(token) - 16) : end]:
        return False
    if marked:
        return True
    if word in ("po", "case"):
        return len(token) >= 5
    if token.isdigit():
        return len(token) >= (5 if following.endswith("s") else 4) or (
            len(token) == 3 and _kind_of_word(word) is _INVOICE
        )
    return (
        any(character in "/-" for character in token)
        and sum(character.isdigit() for character in token) >= 3
    )


def _by_listing(text: str, found: list[Mention], begin: int, token: str) -> EntityKind | None:
    """Return the kind of the previous number if this one is listed with it.

    An example: "zamówienia 20418 i 20481".
    """
    if not found or not 0 < begin - found[-1].end <= 10:
        return None
    last = found[-1].value or ""
    alike = len(token) == len(last) and token.isdigit() == last.isdigit() and len(token) >= 3
    return found[-1].kind if alike and _JOINED.fullmatch(text, found[-1].end, begin) else None
