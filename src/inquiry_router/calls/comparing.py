"""Compare the words of a call with those of an open inquiry: one matter or another one? Pure.

Callers are compared by the things that they name: a pump, a room, an order number. Words that any
caller says (greetings, "not working", "I want to buy") tell nothing. Who only says that they called
yesterday has no new matter. Recognised speech has no punctuation and wrong endings, so words are
compared by their beginnings.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from inquiry_router.entities.finding import find_entities
from inquiry_router.entities.words import word_set
from inquiry_router.matters.likeness import COMMON_WORDS
from inquiry_router.matters.numbers import find_specific_numbers
from inquiry_router.text.folding import fold, fold_words
from inquiry_router.text.spoken_numbers import with_digits

_MIN_CHARS: Final = 3
_SHORT_CHARS: Final = 4
_ENOUGH_IN_COMMON: Final = 0.5
_MAX_WORDS: Final = 200
_MAX_CHARS: Final = 1_500
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d{5,12}(?!\d)")
_PHONE_DIGITS: Final = (9, 11)


def _patterns(written: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Read folded words, and beginnings of words, which have a star."""
    words = fold(written).split()
    whole = frozenset(word for word in words if not word.endswith("*"))
    return whole, tuple(word[:-1] for word in words if word.endswith("*"))


# Words that any caller says, whatever it is about. pl, en, de.
_ANYBODY: Final = _patterns("""
    dzwon* telefon* polacz* rozmaw* rozmow* mowi* mowie slysz* chodzi chodzilo chcial* chce
    prosi* prosz* mog* mozli* potrz* wlasnie teraz zaraz dzis* jutro* wczor* przedw* ostatn*
    tydzien tygod* miesi* godzin* minut* dni dnia dniem rano wieczor* ponied* wtor* srode srody
    czwart* piatek piatku sobot* niedz* znow* ponown* kolejn* nadal wciaz ciagl* jeszcz* dalej
    caly cala calej czas* taki taka takie takich jakis jakas jakies jakie jaka jakim ktos cos
    czego czemu dlaczego nikt nikogo nic niec* odezw* oddzw* odbier* odebr* czeka* kontakt*
    konsult* pracown* obslug* biur* firm* kupi* kupow* zakup* zamow* zamaw* ofert* wycen* cen*
    koszt* katalog* sprzeda* now* dostaw* wysyl* wysla* przesyl* faktur* plac* platn* zapl*
    zwrot* zwroc* rekla* gwaran* serwi* napra* ustere* usterk* awari* problem* klopot* spraw*
    zglos* zglasz* pytan* zapyt* pyta* informa* pomoc* pomoz* dzial* zepsu* popsu* uszkod* byl*
    jest* mamy mam mial* nasz* wasz* pani pana panu panem panstw* witam dobry tutaj tam sobie
    mnie nas was ich moj* swoj* dom domu metr* sztuk* kilka dwa dwie trzy cztery piec szesc
    siedem osiem dziewiec dziesi* jedena* dwana* dwadz* trzydz* czterd* sto jeden jedna jedno
    jednego numer* tych tym tymi tego temu ten tej te ta tamten tamta tamte tamt* drug* pierwsz*
    trzec* inn* sam sama same samo tylko przyj* przyd* ktor* kiedy gdzie bardzo moze trzeba
    musz* juz mialem ktorych podob* wiem wiec call* phone* number* speak* talk* ring* rang again
    still yester* today* tomor* week* month* hour* minute* some* any* nobody wait* answer*
    issue* broke* work* service* repair* fix* help* warran* compl* order* buy* purch* quote*
    quotation* price* cost* offer* catalog* invoice* deliver* ship* refund* return* want* would
    could need* about hello good morning afternoon just really very thing* new one two three
    four five six seven eight nine hundred metre* meter* piece* please house home does doesn did
    didn not now back since ago other different second first third get got come came send sent
    take our his her its they them there here what when where who how why any mich mir dich uns
    euch anruf* anger* rufe* ruck* zuruck* telef* sprech* warte* gester* heute morgen woche*
    monat* stunde* wieder* immer noch nochm* jemand niemand* kaputt* defekt* funktio* geht gehen
    servic* repar* garant* bestel* kauf* angebo* preis* kosten katal* rechn* liefer* brauch*
    moech* mocht* wollte* will habe hatte hat guten ein eine einen einem neu neue neuen neues
    zwei drei vier funf sechs sieben acht neun zehn stuck* haus* unser* ihre* wegen uber dritte*
    zweite* erste* andere* anderes sache* wurde werden wird man bleibt sich nicht wann wie warum
    seit schon auch
""")
# What goes wrong: it tells something only where no thing is named.
_SYMPTOMS: Final = _patterns("""
    ciekn* cieci* przeci* kapi* kapa* wycie* zalew* zalal* leci halas* szumi* stuka* buczy
    trzes* dymi* dym pali zapal* iskrz* smierd* grzej* grzac* grzeje chlod* mroz* ziebi* pompuj*
    wylac* wlacz* reset* blad bledy error* mokro woda wody wode otwier* zamyk* domyk* zacina
    zaciel* stoi wiruj* rozesz* pek* przest* leak* drip* flood* noise* noisy smok* burn* spark*
    smell* heat* cool* water* drain* stuck jam jams flicker* warm* tropf* undicht* rauch* brenn*
    funke* stink* heizt kuhlt lauf* wasser* laut gerausch* klemm* flacker* druckt steckt aus
    fehl* beschad*
""")
# Callers say who they are; their company is no thing that they call about. With its name, the next
# words.
_ORGANISATIONS: Final = _patterns("""
    szpital* przychodn* urzad* urzed* spoldziel* hotel* szkol* przedszkol* gmin* parafi* aptek*
    hurtown* zaklad* restaurac* recepcj* oddzial* dzial rejestrac* ksiegow* kierown* dyrekt* doktor*
    prezes* seniora wspolnot* klinik* gabinet* uniwersytet* fundacj* stowarzysz* starost* bud
    budow* hospital* centre center reception* council* school* surger* practice agents college*
    praxis arztehaus* sanitatshaus* filial* verein* krankenhaus* schule* gemeinde* hausverwaltung*
    gmbh klinik*
""")
_NAME_WORDS: Final = 2
# Words for the same thing as before, and for another one.
_AGAIN: Final = word_set(
    fold("""
    znowu znow ponownie nadal wciaz wczoraj przedwczoraj dzwonilem dzwonilam dzwonilismy pisalem
    zglaszalem zglaszalam zglosilem zglosilam rozmawialem rozmawialam again still yesterday called
    rang wieder immer gestern angerufen nochmal gemeldet
    """)
)
_OTHER: Final = word_set(
    fold("""
    inna inny inne innej innego innym inna druga drugi drugie drugiej drugiego drugim kolejna
    kolejny kolejne nowa nowe nowy another other second different neu neue andere anderen anderes
    anderer zweite zweiten zweiter
    """)
)
_OTHER_PHRASES: Final = (
    " inna sprawa ", " w innej sprawie ", " inny temat ", " nowa sprawa ", " druga sprawa ",
    " cos innego ", " innego tematu ", " jeszcze jedna sprawa ", " another matter ",
    " different matter ", " something else ", " another problem ", " different problem ",
    " etwas anderes ", " andere sache ", " anderes problem ", " neue sache ", " anderes anliegen ",
)  # fmt: skip
# Ordinals tell rooms, floors and devices apart.
_ORDINALS: Final = {
    word: place
    for place, words in enumerate(
        (
            "pierwsza pierwszy pierwsze pierwszej pierwszym first erste ersten erster",
            "druga drugi drugie drugiej drugim second zweite zweiten zweiter",
            "trzecia trzeci trzecie trzeciej trzecim third dritte dritten dritter",
            "czwarta czwarty czwarte czwartej czwartym fourth vierte vierten vierter",
            "piata piaty piate piatej piatym fifth funfte funften funfter",
            "szosta szosty szoste szostej szostym sixth sechste sechsten sechster",
        ),
        start=1,
    )
    for word in words.split()
}


class Fit(IntEnum):
    """The answer to "is this call about that inquiry?"."""

    OTHER = 0
    UNSURE = 1  # the caller has to be asked
    SAME = 2


@dataclass(frozen=True, slots=True)
class CallWords:
    """The words of a caller, or of an inquiry, as they are compared.

    `numbers` maps the numbers that name something to their kinds.
    """

    things: frozenset[str]
    symptoms: frozenset[str]
    numbers: dict[str, str]
    places: frozenset[int]
    again: bool
    other: bool
    surely_other: bool

    @property
    def says_nothing(self) -> bool:
        """True if the words name nothing: "I called yesterday"."""
        return not (self.things or self.symptoms or self.numbers)


def read_spoken(texts: Iterable[str]) -> CallWords:
    """Read words for comparison; the first 1,500 characters, because a caller is waiting."""
    return _read(" . ".join(texts)[:_MAX_CHARS])


# The steps of a call compare the same inquiries.
@lru_cache(maxsize=512)
def _read(text: str) -> CallWords:
    folded = fold_words(text)
    words = folded.split()[:_MAX_WORDS]
    telling = {
        word
        for word in _without_names(words)
        if len(word) >= _MIN_CHARS
        and word.isalpha()
        and word not in COMMON_WORDS
        and word not in _ORDINALS
        and not _is_one_of(word, _ANYBODY)
    }
    symptoms = frozenset(word for word in telling if _is_one_of(word, _SYMPTOMS))
    return CallWords(
        things=frozenset(telling - symptoms),
        symptoms=symptoms,
        numbers=_numbers(text),
        places=frozenset(_ORDINALS[word] for word in words if word in _ORDINALS),
        again=not _AGAIN.isdisjoint(words),
        other=not _OTHER.isdisjoint(words),
        surely_other=any(phrase in folded for phrase in _OTHER_PHRASES),
    )


def _without_names(words: list[str]) -> Iterator[str]:
    """Leave out organisations and the words after them, which are their names."""
    left = 0
    for word in words:
        if _is_one_of(word, _ORGANISATIONS):
            left = _NAME_WORDS
        elif left > 0:
            left -= len(word) >= _MIN_CHARS
        else:
            yield word


def compare(said: CallWords, before: CallWords) -> Fit:
    """Compare the words of a call with everything that was said about an inquiry."""
    by_number = _compare_numbers(said, before)
    if by_number is not None:
        return by_number
    if said.surely_other:
        return Fit.OTHER
    if said.says_nothing or before.says_nothing:
        return Fit.SAME if said.says_nothing else Fit.UNSURE
    fit = _compare_words(said, before)
    if said.again:
        return max(fit, Fit.UNSURE)
    other_place = bool(said.places and before.places) and said.places.isdisjoint(before.places)
    is_other = said.other and not said.places & before.places
    return min(fit, Fit.UNSURE) if other_place or is_other else fit


def _compare_numbers(said: CallWords, before: CallWords) -> Fit | None:
    if said.numbers.keys() & before.numbers.keys():
        return Fit.SAME
    for value, kind in said.numbers.items():
        for other, other_kind in before.numbers.items():
            if kind == other_kind != "common" or len(value) == len(other):
                return Fit.OTHER
    return None


def _compare_words(said: CallWords, before: CallWords) -> Fit:
    if said.things and before.things:
        shared = _count_shared(said.things, before.things)
        if shared == 0:
            return Fit.OTHER
        share = shared / min(len(said.things), len(before.things))
        return Fit.SAME if share >= _ENOUGH_IN_COMMON else Fit.UNSURE
    return Fit.SAME if _count_shared(said.symptoms, before.symptoms) else Fit.UNSURE


def _count_shared(said: frozenset[str], before: frozenset[str]) -> int:
    return sum(any(_is_same(word, other) for other in before) for word in said)


def _is_same(one: str, other: str) -> bool:
    """Compare two words by their beginnings, because Polish and German endings vary."""
    shorter = min(len(one), len(other))
    least = _MIN_CHARS if shorter <= _SHORT_CHARS else max(_SHORT_CHARS, shorter - 3)
    return one[:least] == other[:least]


def _is_one_of(word: str, patterns: tuple[frozenset[str], tuple[str, ...]]) -> bool:
    whole, beginnings = patterns
    return word in whole or word.startswith(beginnings)


def _numbers(text: str) -> dict[str, str]:
    """Find the numbers that name something; without a label, any long one but phone numbers."""
    readable = with_digits(text)
    found = {
        number: "other_number"
        for number in _LONG_NUMBER.findall(readable)
        if len(number) not in _PHONE_DIGITS
    }
    for one in find_specific_numbers(None, readable, find_entities(None, readable)):
        found.update(dict.fromkeys(one.values, one.kind))
    return found
