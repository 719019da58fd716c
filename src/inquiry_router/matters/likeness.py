"""The likeness of two texts, by the words that tell what they are about."""

import re
from collections.abc import Iterable, Set
from typing import Final

from inquiry_router.entities.words import word_set
from inquiry_router.text.folding import fold_words

# Longer words are compared by their beginnings, because Polish endings vary.
_STEM_CHARS: Final = 5
_MIN_CHARS: Final = 3
_VOWELS: Final = "aeiouy"
_MAX_CHARS: Final = 4_000
_MIN_WORDS: Final = 4
_MAX_LONGER: Final = 1.5
_QUOTED: Final = 0.6
_MIN_QUOTED_WORDS: Final = 3
_MIN_NUMBER_CHARS: Final = 3
_YEAR: Final = re.compile("20[0-9]{2}")
# Words that say nothing of a matter: greetings, thanks, little words. pl, en, de.
COMMON_WORDS: Final = word_set(
    """
    dzien dobry dzis witam czesc hej halo panstwo panstwa panstwu pan pani panu pana szanowni
    szanowny szanowna prosze poprosze prosimy prosba dziekuje dziekujemy dzieki pozdrawiam
    pozdrawiamy pozdrowienia powazaniem serdecznie jestem mamy mam moj moja moje nasz nasza nasze
    jest sie nie tak ale oraz albo lub czy dla przez przed pod nad bez ich ten tej tego tym jak juz
    tylko jeszcze bardzo aby zeby moge mozna moze chce chcialbym chcialabym chcielibysmy potrzebuje
    pilnie sprawie temat wiadomosc mail maila telefon wyslane mojego iphone android bedzie byl byla
    bylo kiedy ktory ktora ktore gdzie ile
    hello dear sir madam hi the and you your our for with this that have has are was were please
    thank thanks regards kind best from sent would like can could will not but need know let
    hallo guten tag sehr geehrte geehrter damen herren frau herr der die das und oder mit von fur
    ich wir sie ihr ihre mein meine unser unsere ist sind war haben hat bitte danke vielen dank
    grusse grussen freundlichen mit nicht auch auf aus bei den dem ein eine einen
    """
)


def stem(word: str) -> str:
    """Return the beginning of a word without its ending: "pompa" and "pompie" are "pomp"."""
    beginning = word[:_STEM_CHARS]
    return beginning[:_MIN_CHARS] + beginning[_MIN_CHARS:].rstrip(_VOWELS)


# Beginnings of words that many inquiries have: what people order, complain of, ask for, and when.
_GENERAL: Final = word_set(
    """
    zamow zam zlece order bestel auftr objed rekla zglos napra serwi repai servi paczk przes parce
    paket dosta deliv liefe wysla wysyl wysle otrzy przys przyj przyw odebr odbio odpow odpis
    wiado napis pisal pisze dzwon zadzw telef call calle phone rang wrote email faktu rachu invoi
    rechn numer nummer numbe termi data date datum dzisi jutro wczor rano dzwoni tydzi dni dnia
    godzi ponie wtore srode sroda czwar piate piatk sobot niedz monda tuesd wedne thurs frida
    montag diens mittw donne freit today tomor yeste heute morge geste week woche zdjec zalac photo
    pictu attac anhan bild adres addre infor pytan quest frage czeka waiti still dalej nadal znowu
    klien custo kunde firma compa produ sztuk szt towar artic artik sklep shop interne chodz
    dotyc spraw teraz wiem nadawc kwota wzgle drugi pierw jeden dwa trzy two one three nowy nowa
    nowe new neue dobre dobra super robic zrobi troch tutaj wlasn prawi zaraz potem also just only
    when what which where there here they them then than some same about after before again more
    out get got been does did doing its was wann wie was noch schon mal nur hier kann konnen dass
    wenn aber dann man zum zur beim wird werden wurde ihnen uns mir mich co to za na do od po we ze
    ja my wy on ona oni nam nas was wam mnie mi mu jej jego ich bo wiec skoro gdy jesli tez takze
    zapyt cena ceny cen cennik price preis ofert wycen quote angeb brak umowa termi dzial konto
    konta kont prosi send pleas need stron imie tresc formu nip rest objekt obiekt budyn filia
    filial lokal building site branch
    zmian popra uzupe przyp ponag uwaga wazne pomyl chang updat make more kontak contac remin
    erinn nacht korek bez temat subjec betref foto fotka
    fotki sorry apolo ansch scree img jpg jpeg png heic neue purch
    нагад фото kontaktformular kontaktformul
    fotki skan log logi plik pdf numer seryjny jutra dopis klada
    offer offert anfrage inquiry enquiry request pomoc help hilfe problem informacja dokument
    zlecenie unterlagen vertrag contract nabidka poptavka objednavka dotaz reklamace cenova cenowa
    замовлення запит пропозиція рахунок питання
    """
)
_GENERAL_STEMS: Final = _GENERAL | {stem(word) for word in _GENERAL}


def telling_words(text: str) -> frozenset[str]:
    """Return the beginnings of the words that tell what a text is about."""
    return telling_of(fold_words(text[:_MAX_CHARS]).split())


def telling_of(words: Iterable[str]) -> frozenset[str]:
    """Return the beginnings of those folded words that tell what a text is about."""
    return frozenset(
        [
            stem(word)
            for word in words
            if len(word) >= _MIN_CHARS and word not in COMMON_WORDS and not word.isdigit()
        ]
    )


def names_something(subject: str, names: Set[str]) -> bool:
    """True if a folded subject says more than what people order or ask for, when, and as whom.

    "Oferta" and "Zamówienie 2026" stand above many mails; "Oferta pompy" and "Zamówienie 77104"
    above one.
    """
    words = subject.split()
    numbers = (word for word in words if any(character.isdigit() for character in word))
    if any(len(word) >= _MIN_NUMBER_CHARS and not _YEAR.fullmatch(word) for word in numbers):
        return True
    return bool(topic_words(telling_of(words), names))


def topic_words(words: Set[str], names: Set[str]) -> frozenset[str]:
    """Return the telling words that name a topic: no general ones, and no names of the writers.

    `names` are folded words.
    """
    own = {stem(name) for name in names}
    return frozenset(words) - _GENERAL_STEMS - own


def is_same_said(one: str, other: str, names: Set[str]) -> bool:
    """True if two texts say the same in nearly the same words.

    One may say a little more than the other. But where each has a word of its own, a form letter
    was filled in twice.
    """
    first, second = _said(one, names), _said(other, names)
    if not first or not second:
        return False
    if first == second:
        return True
    shorter, longer = sorted((first, second), key=len)
    if len(longer) > _MAX_LONGER * len(shorter):
        return False
    return len(shorter) >= _MIN_WORDS and all(_is_misspelled(w, longer) for w in shorter - longer)


def _said(text: str, names: Set[str]) -> frozenset[str]:
    words = fold_words(text[:_MAX_CHARS]).split()
    own = {stem(name) for name in names}
    return frozenset(
        stem(word)
        for word in words
        if (len(word) >= _MIN_CHARS or word.isdigit())
        and word not in COMMON_WORDS
        and stem(word) not in own
    )


def _is_misspelled(word: str, known: Set[str]) -> bool:
    """True if it differs from a known word by one letter, and is no number."""
    if any(character.isdigit() for character in word):
        return False
    return any(len(one) == len(word) and sum(map(str.__ne__, one, word)) <= 1 for one in known)


def is_quoted(words: Set[str], quoted: Set[str]) -> bool:
    """True if most of the telling words stand in a quotation."""
    both = len(words & quoted)
    return both >= _MIN_QUOTED_WORDS and both >= _QUOTED * len(words)


def jaccard(one: Set[str], other: Set[str]) -> float:
    """Return the share of all words that both have, 0 to 1."""
    every = len(one | other)
    return len(one & other) / every if every else 0.0
