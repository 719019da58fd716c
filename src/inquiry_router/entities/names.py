"""Patterns of people's names, and the nominative of names where it is certain."""

import re
from typing import Final

from inquiry_router.entities.words import word_set

_UPPER: Final = "A-ZÀ-ÖØ-ÞĄĆĘŁŃÓŚŹŻČĎĚŇŘŠŤŮŽĽĹŔА-ЩЮЯІЇЄҐ"
_WORD: Final = (
    rf"[{_UPPER}][^\W\d_]{{1,20}}(?:['’][{_UPPER}]?[^\W\d_]{{1,20}})?"
    rf"(?:-[{_UPPER}][^\W\d_]{{1,20}})?"
)
TITLE: Final = (
    r"(?:(?:[Pp]an(?:a|i|ią|ie|em|u|ów)?|[Pp]\.|[Dd]r\.?|[Kk]s\.?|mgr|inż\.?|prof\.?|dyr\.?"
    r"|dyrektor(?:a|ka|ki)?|prezes(?:a|ka|ki)?|doktor(?:a)?"
    r"|mecenas|kierowni\w+|Hr\.|Herrn?|Frau|Fr\.|Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?|Mag\.|Mme|sig\.|Don"
    r"|капітан"
    r"|пан[аиі]?|mister)\s*)"
)
# After one of these, a name is that of a place: "mój szwagier w Skierniewicach".
NO_PLACE: Final = (
    r"(?<!\s[wzuWZU]\s)(?<!\s(?:ze|we|do|od|na|in|at|of)\s)"
    r"(?<!\s(?:pod|nad|von|aus|der|die|das|dem|the)\s)(?<!\sfrom\s)"
)
# One or two words with a capital, and an initial before them; a title is not part of the name.
NAME: Final = rf"(?P<name>(?:[{_UPPER}]\.[ ]?)?{_WORD}(?:[ ]{_WORD})?)"
# Words with a capital that are not names of people.
_NOBODY: Final = word_set(
    "Państwa Państwo Państwu Pana Pani Panu Panią Panie Was Wam Wami Wasz Wasza Waszą Waszych Firma"
    " Firmę Facebook Google Internet Internecie You Your The They He She It We Who Somebody Someone"
    " Everyone Nobody This That There And But So Also I My Our One Sie Er Ihr Ihnen Wir Es Das Die"
    " Der Kollege Kollegin Nachbar Nachbarin Freund Freundin Bekannter Bekannte Chef Chefin Kunde"
    " Kundin Mann Frau Herr Herrn Steuerberater Jemand Niemand Allegro Instagram Instagrama"
    " LinkedIn LinkedInie Dzień Dobry Hello Hi Hey Hallo Moin Servus Witam Cześć Szanowni"
    " Poniedziałek Monday Tuesday Wednesday Thursday Friday Saturday Sunday Fwd Re Subject From To"
    " Temat Od Do Your Client Customer Klient Klientka Robot Support Numer Adres Program Polecenie"
    " Polecam Ktoś Nikt Sąsiad Sąsiadka Kolega Koleżanka Szwagier Mój Moja Nasz Nasza Vorstand"
    " Geschäftsführer Meister Lehrling Generał Generała Burmistrz Burmistrza Burmistrzowa Wójt"
    " Wójta Proboszcz Proboszcza Ksiądz Księdza Technikum Szkoła Przedszkole Parafia Dyrektor"
    " Dyrektora Prezes Prezesa Kierownik Kierownika Szef Szefa Administrator Hurtownia Hurtowni"
    " Wysłano Data Jej Jego Ten Ta To"
)
# "Roberta", "Stanisława" and the like are left out: each is a man in the genitive, or a woman.
_NOMINATIVES_TEXT: Final = word_set(
    "Kasi:Kasia Joli:Jola Ani:Ania Oli:Ola Zosi:Zosia Basi:Basia Gosi:Gosia Marysi:Marysia"
    " Krysi:Krysia Jadzi:Jadzia Asi:Asia Beaty:Beata Anny:Anna Ewy:Ewa Marty:Marta Moniki:Monika"
    " Agnieszki:Agnieszka Barbary:Barbara Zofii:Zofia Marii:Maria Julii:Julia Haliny:Halina"
    " Jolę:Jola Kasię:Kasia Annę:Anna Ewę:Ewa Magdy:Magda Iwony:Iwona Doroty:Dorota Danuty:Danuta"
    " Marka:Marek Jacka:Jacek Tomka:Tomek Wojtka:Wojtek Bartka:Bartek Staszka:Staszek Zenka:Zenek"
    " Jana:Jan Adama:Adam Piotra:Piotr Pawła:Paweł Tomasza:Tomasz Andrzeja:Andrzej"
    " Krzysztofa:Krzysztof Jerzego:Jerzy Antoniego:Antoni Rafała:Rafał Michała:Michał"
    " Łukasza:Łukasz Grzegorza:Grzegorz"
)
_NOMINATIVES: Final = dict(pair.split(":") for pair in _NOMINATIVES_TEXT)
# Endings of surnames in the genitive, and those of their nominative.
# Before a capital letter only: in "firma budowlana Bąk" it belongs to the name.
_COMPANY: Final = re.compile(
    r"^(?:[Ff]irm(?:a|y|ie|ę|ą|o)?|[Ff]irmou|[Cc]ompany|[Фф]ірм(?:а|и|і|у|ою))\s+"
    rf"(?=[„\"«]?[{_UPPER}])"
)
_ADJECTIVES: Final = (
    ("skiego", "ski"),
    ("ckiego", "cki"),
    ("dzkiego", "dzki"),
    ("skiej", "ska"),
    ("ckiej", "cka"),
    ("dzkiej", "dzka"),
)


def is_name(name: str) -> bool:
    """True if these can be names of a person."""
    return not name.endswith(("'s", "’s")) and _NOBODY.isdisjoint(re.split(r"[ .]+", name))


def bare_company(name: str) -> str:
    """Return the name of a company without the word "company" before it: "firmy Hydro-Bud"."""
    return _COMPANY.sub("", name)


def nominative(name: str) -> str:
    """Return the name in the nominative if that of each word is certain, else as written."""
    found = [_word_nominative(word) for word in name.split()]
    return " ".join(word for word in found if word) if all(found) else name


def _word_nominative(word: str) -> str | None:
    if word in _NOMINATIVES:
        return _NOMINATIVES[word]
    return next(
        (
            word.removesuffix(ending) + nominative_ending
            for ending, nominative_ending in _ADJECTIVES
            if word.endswith(ending)
        ),
        None,
    )
