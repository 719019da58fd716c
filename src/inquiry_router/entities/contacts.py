"""E-mail addresses, phone numbers and tax numbers.

Bank accounts and web addresses are found too, so that their digits are not read as other facts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from inquiry_router.entities.mention import Mention
from inquiry_router.entities.surroundings import is_price, match_at, words_before
from inquiry_router.entities.words import word_set
from inquiry_router.inquiry.model import EntityKind
from inquiry_router.text.phone_number import to_e164
from inquiry_router.text.tax_number import is_nip

# Parsing a number takes 40 µs. A text with more candidates is a table, not a signature.
_MAX_CANDIDATES: Final = 12
_MAX_EMAILS: Final = 40

_LOCAL_PART: Final = re.compile(r"[^\W_](?:[\w.+-]{0,62}\w)?\Z")
_DOMAIN: Final = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,5}[^\W\d_]{2,24}(?![\w@])")
_ACCOUNT: Final = re.compile(
    r"(?<!\w)(?:[A-Z]{2}[ ]?)?\d{2}(?:[ -]?\d{4}){6}\b"
    r"|(?<!\w)[A-Z]{2}\d{2}(?:[ ]?[\dA-Z]{4}){3,6}(?:[ ]?\d{1,3})?\b"
)
_WEB_PAGE: Final = re.compile(r"https?://\S{1,2000}")
_TAX_ID: Final = re.compile(
    r"(?<![\w/.-])(?P<digits>\d{3}([- ]?)\d{3}\2\d{2}\2\d{2}|\d{3}-\d{2}-\d{2}-\d{3})(?![\w/-]"
    r"|\.\d)"
)
_TAX_ID_ALONE: Final = re.compile(_TAX_ID.pattern.removeprefix(r"(?<![\w/.-])"))
_TAX_WORDS: Final = frozenset(
    {"nip", "nipu", "vat", "ue", "vat-ue", "podatkowy", "tax", "id", "ust-idnr"}
)

_PHONE: Final = re.compile(r"(?<![\w/.,:#-])[+(]{0,2}\d[\d ()./\u00a0-]{5,20}\d(?![\w]|[.,]\d|@)")
_POLISH_GROUPS: Final = re.compile(
    r"\(?\d{2}\)?[ -]\d{3}[ -]\d{2}[ -]\d{2}|\d{3}([ -])\d{3}\1\d{3}|0\d(?: \d\d){4}|[4-8]\d{8}"
)
_PHONE_WORDS: Final = word_set(
    "tel telefon telefonu telefonicznie kom komórka komórkę komórki mobile mobil mob phone fon cell"
    " fax faks handy rufnummer ring call dzwonić zadzwonić dzwoń dzwońcie zadzwoń zadzwońcie m t"
    " тел телефон téléphone teléfono telefono cel móvil whatsapp sms"
)
_OTHER_NUMBER_WORDS: Final = word_set(
    "krs bdo regon pesel nip konto konta rachunek rachunku iban lot seryjny seryjnego sn s/n fabr"
    " fabryczny seria kod ean pin kwota suma paczka paczki przesyłka przesyłki list listu tracking"
)
_NUMBER_WORDS: Final = frozenset({"nr", "numer", "no", "number", "do", "num", "nr."})


def find_emails(text: str) -> list[Mention]:
    """Find e-mail addresses. The value is in lower case."""
    found: list[Mention] = []
    place = text.find("@")
    while place >= 0 and len(found) < _MAX_EMAILS:
        local = _LOCAL_PART.search(text[max(0, place - 64) : place])
        domain = _DOMAIN.match(text, place + 1)
        if local and domain:
            begin, end = place - len(local[0]), domain.end()
            found.append(Mention(EntityKind.EMAIL, begin, end, text[begin:end].lower()))
        place = text.find("@", place + 1)
    return found


def find_tax_ids(text: str, runs: Sequence[tuple[int, int]]) -> list[Mention]:
    """Find Polish tax numbers (NIP) with a right check digit. The value is ten digits.

    A number without dashes or "PL" must follow a word for it.
    """
    found = []
    for run, _ in runs:
        country = next(
            (prefix for prefix in ("PL", "PL ", "PL-") if text.endswith(prefix, 0, run)), ""
        )
        match = _TAX_ID.match(text, run) if not country else _TAX_ID_ALONE.match(text, run)
        if match and is_nip(digits := re.sub(r"\D", "", match[0])):
            begin = run - len(country)
            if country or "-" in match[0] or _TAX_WORDS.intersection(words_before(text, begin, 3)):
                found.append(Mention(EntityKind.TAX_ID, begin, match.end(), digits))
    return found


def find_phones(text: str, runs: Sequence[tuple[int, int]]) -> list[Mention]:
    """Find phone numbers. The value is E.164, or None if the number cannot be dialled.

    A number without a country code is read as Polish.
    """
    found = []
    for candidate, match in enumerate(match_at(_PHONE, text, _phone_begins(text, runs))):
        if candidate == _MAX_CANDIDATES:
            break
        written = match[0]
        if written.count("(") != written.count(")"):
            written = written.split("(")[0].strip() if "(" in written[1:] else written.lstrip("(")
        begin = match.start() + match[0].find(written)
        if _is_phone(text, written, begin):
            found.append(Mention(EntityKind.PHONE, begin, begin + len(written), to_e164(written)))
    return found


def _phone_begins(text: str, runs: Sequence[tuple[int, int]]) -> Iterator[int]:
    for run, _ in runs:
        place = run
        while place and run - place < 2 and text[place - 1] in "+(":
            place -= 1
        yield place


def _is_phone(text: str, written: str, begin: int) -> bool:
    digits = sum(character.isdigit() for character in written)
    if not 7 <= digits <= 15 or len(set(written) - set(" ()./-+")) == 1:
        return False
    before = words_before(text, begin, 2)
    if _OTHER_NUMBER_WORDS.intersection(before):
        return False
    if written[0] == "+" or _PHONE_WORDS.intersection(before):
        return True
    return bool(_POLISH_GROUPS.fullmatch(written)) and not is_price(text, begin + len(written))


def find_accounts(text: str, runs: Sequence[tuple[int, int]]) -> list[Mention]:
    """Find bank accounts, as text that must not be read as other facts."""
    begins = (max(0, run - 2) if text[max(0, run - 2) : run].isupper() else run for run, _ in runs)
    return [
        Mention(None, match.start(), match.end(), None)
        for match in match_at(_ACCOUNT, text, begins)
    ]


def find_web_pages(text: str) -> list[Mention]:
    """Find web addresses, as text that must not be read as other facts."""
    return [Mention(None, match.start(), match.end(), None) for match in _WEB_PAGE.finditer(text)]
