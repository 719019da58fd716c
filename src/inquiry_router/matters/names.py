"""Compare names of people: initials, titles, endings of Polish names, German umlauts."""

import re
from collections.abc import Iterable, Set
from enum import Enum, auto
from typing import Final

from inquiry_router.entities.words import word_set
from inquiry_router.text.folding import fold_words

_TITLES: Final = word_set(
    "pan pani panu pana p mgr inz dr prof arch adw mec ks mr mrs ms miss sir herr herrn frau hr fr "
    "dipl ing med paní von van de druh dyr kier i a ia"
)
# Names of desks and of guests. They name nobody.
_DESKS: Final = word_set(
    """
    biuro sekretariat rejestracja recepcja ksiegowosc kadry magazyn zaopatrzenie zakupy zamowienia
    serwis sprzedaz handlowy logistyka spedycja jakosc dzial oddzial szef kuchni kuchnia kierownik
    dyrektor dyrekcja prezes monter administracja formularz sklep strona kontakt gosc klient
    klientka kupujacy uzytkownik przetargi oferty awizacje awizacja transport punkt infolinia bok
    kancelaria warsztat produkcja utrzymanie ruchu portiernia centrala
    office reception stores accounts accounting purchasing procurement sales service support
    team info admin manager chef kitchen yard guest customer buyer user site desk workshop shop
    warehouse logistics contact form helpdesk dispatch maintenance facilities
    buchhaltung einkauf verkauf vertrieb technik kuche zentrale empfang sekretariat verwaltung
    leitstand lager versand gast kunde kundin besteller praxis abteilung werkstatt hausmeister
    familie recepce ucetni sklad nakup
    """
)
RELATIVES: Final = word_set(
    "maz meza mezem mezowi zona zony zone zonie mama mamy mame tata taty tate matka ojciec ojca "
    "syn syna synowi corka corki corke brat brata siostra siostry siostre babcia dziadek tesc "
    "tesciowa husband wife mother mum mom father dad son daughter brother sister ehemann mann "
    "ehefrau mutter vater sohn tochter bruder schwester manzel manzelka otec dcera"
)
_UMLAUTS: Final = re.compile("ae|oe|ue")
_MIN_SURNAME_CHARS: Final = 4
_MIN_STEM_CHARS: Final = 4
_MIN_HEARD_CHARS: Final = 6
_MAX_UNHEARD: Final = 2
# Endings of surnames by case, sex and family.
_ENDINGS: Final = word_set(
    "owie iemu iego owego owej owna ownej owa owi kowa kowej kowna kowi ego emu ami ach iej em om "
    "ow ej ie ova ovi ek ka ku ki ke kiem"
)
_VOWELS: Final = frozenset("aeiouy")


class Names(Enum):
    """The relation of two names."""

    UNKNOWN = auto()  # one of them is missing, or names a desk
    OTHER = auto()
    FAMILY = auto()  # one surname, two given names
    RENAMED = auto()  # one given name, two surnames: by marriage, or two people
    GIVEN = auto()  # one given name; one surname is not known
    SAME = auto()


def name_words(name: str | None, company: str | None = None) -> tuple[str, ...]:
    """Return the folded words of a person's name; none for the name of a company or a desk."""
    words = [word for word in fold_words(name or "").split() if word not in _TITLES]
    known = set(fold_words(company or "").split())
    if not words or any(not word.isalpha() for word in words):
        return ()
    if any(word in _DESKS for word in words):
        return ()
    # "Nowak" of "Młyn Nowak" is a person; "Lecznice Kłos" and "Hof Brandl" are not.
    if known.issuperset(words) and (len(words) > 1 or len(known) == 1):
        return ()
    return tuple(_UMLAUTS.sub(lambda both: both[0][0], word) for word in words[:4])


def is_desk(word: str) -> bool:
    """True for a folded word that names a desk or a guest, and so nobody."""
    return word in _DESKS


def compare_names(one: tuple[str, ...], other: tuple[str, ...]) -> Names:
    """Compare two names by their words: "M. Cieślak" and "Cieślak Marek" are the same."""
    if not one or not other:
        return Names.UNKNOWN
    shorter, longer = sorted((one, other), key=len)
    left = list(longer)
    for word in shorter:
        match = next((known for known in left if _can_be(word, known)), None)
        if match is not None:
            left.remove(match)
    matched = len(longer) - len(left)
    if matched == len(shorter):
        # "Monika" may be anybody's; "Drzazga" is a surname.
        only_given = matched == 1 and left[-1:] == [longer[-1]]
        return Names.GIVEN if only_given else Names.SAME
    if matched == 0:
        return Names.OTHER
    return Names.RENAMED if _can_be(shorter[0], longer[0]) else Names.FAMILY


def is_surname_among(name: Iterable[str], words: Set[str]) -> bool:
    """True if the surname of a person stands among these folded words, in any case."""
    surname = tuple(name)[-1:]
    if not surname or len(surname[0]) < _MIN_SURNAME_CHARS:
        return False
    beginning = surname[0][:2]
    alike = [word for word in words if word.startswith(beginning)]
    return any(same_surname(surname[0], word) for word in alike)


def same_surname(one: str, other: str) -> bool:
    """True for "mazurek" and "mazurkowa", "sikora" and "sikory", "kohler" and "koehler"."""
    if one[:2] != other[:2] or abs(len(one) - len(other)) > 4:
        return False
    return one == other or not _stems(one).isdisjoint(_stems(other))


def are_misheard(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """True for surnames that sound alike: "Jędrzejczak" was heard as "Jedrzejak"."""
    if not one or not other:
        return False
    first, second = sorted((one[-1], other[-1]), key=len)
    left = iter(second)
    kept = all(letter in left for letter in first)  # in the same order
    return kept and len(first) >= _MIN_HEARD_CHARS and len(second) - len(first) <= _MAX_UNHEARD


def _stems(surname: str) -> frozenset[str]:
    """Return what may be left of a surname without its ending."""
    plain = _UMLAUTS.sub(lambda both: both[0][0], surname)
    stems = {plain, *(plain.removesuffix(end) for end in _ENDINGS)}
    if plain[-1] in _VOWELS and plain[-2:-1] not in _VOWELS:
        stems.add(plain[:-1])
    long = frozenset(stem for stem in stems if len(stem) >= _MIN_STEM_CHARS)
    return long or frozenset({plain})


def _can_be(word: str, known: str) -> bool:
    if 1 in (len(word), len(known)):
        return word[0] == known[0]
    return word == known or same_surname(word, known)
