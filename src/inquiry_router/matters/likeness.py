"""The likeness of two texts: the share of telling words that they have in common."""

from collections.abc import Set
from typing import Final

from inquiry_router.entities.words import word_set
from inquiry_router.text.folding import fold_words

# Longer words are compared by their beginnings, because Polish endings vary.
_STEM_CHARS: Final = 5
_MIN_CHARS: Final = 3
_MAX_CHARS: Final = 4_000
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


def telling_words(text: str) -> frozenset[str]:
    """Return the beginnings of the words that tell what a text is about."""
    words = fold_words(text[:_MAX_CHARS]).split()
    return frozenset(
        word[:_STEM_CHARS]
        for word in words
        if len(word) >= _MIN_CHARS and word not in COMMON_WORDS and not word.isdigit()
    )


def likeness(one: Set[str], other: Set[str]) -> float:
    """Return the share of the smaller set that is in the larger one, 0 to 1."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def jaccard(one: Set[str], other: Set[str]) -> float:
    """Return the share of all words that both have, 0 to 1."""
    every = len(one | other)
    return len(one & other) / every if every else 0.0
