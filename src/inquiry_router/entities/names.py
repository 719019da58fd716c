"""How people are named, and the first names and surnames whose nominative is certain."""

import re
from typing import Final

from inquiry_router.entities.words import words

_UPPER: Final = "A-ZÀ-ÖØ-ÞĄĆĘŁŃÓŚŹŻČĎĚŇŘŠŤŮŽĽĹŔА-ЩЮЯІЇЄҐ"
_WORD: Final = rf"[{_UPPER}][^\W\d_]{{1,20}}(?:['’][{_UPPER}]?[^\W\d_]{{1,20}})?(?:-[{_UPPER}][^\W\d_]{{1,20}})?"
TITLE: Final = (
    r"(?:(?:[Pp]an(?:a|i|ią|ie|em|u|ów)?|[Pp]\.|[Dd]r\.?|[Kk]s\.?|mgr|inż\.?|prof\.?|dyr\.?|dyrektor(?:a|ka"
    r"|ki)?|prezes(?:a|ka|ki)?|doktor(?:a)?"
    r"|mecenas|kierowni\w+|Hr\.|Herrn?|Frau|Fr\.|Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?|Mag\.|Mme|sig\.|Don|капітан"
    r"|пан[аиі]?|mister)\s*)"
)
# A name after one of these is a place: "mój szwagier w Skierniewicach", "my vet in Tubbercurry".
NO_PLACE: Final = r"(?<!\s[wzuWZU]\s)(?<!\s(?:ze|we|do|od|na|in|at|of)\s)(?<!\s(?:pod|nad|von|aus|der|die|das|dem|the)\s)(?<!\sfrom\s)"
# One or two words (three with an initial) with a capital; a title before does not belong to the name.
NAME: Final = rf"(?P<name>(?:[{_UPPER}]\.[ ]?)?{_WORD}(?:[ ]{_WORD})?)"
# What begins with a capital and is nobody's name.
_NOBODY: Final = words(
    "Państwa Państwo Państwu Pana Pani Panu Panią Panie Was Wam Wami Wasz Wasza Waszą Waszych Firma Firmę"
    " Facebook Google Internet Internecie You Your The They He She It We Who Somebody Someone Everyone Nobody This"
    " That There And But So Also I My Our One Sie Er Ihr Ihnen Wir Es Das Die Der Kollege Kollegin Nachbar"
    " Nachbarin Freund Freundin Bekannter Bekannte Chef Chefin Kunde Kundin Mann Frau Herr Herrn Steuerberater"
    " Jemand Niemand Allegro Instagram Instagrama LinkedIn LinkedInie Dzień Dobry Hello Hi Hey Hallo Moin Servus"
    " Witam Cześć Szanowni Poniedziałek Monday Tuesday Wednesday Thursday Friday Saturday Sunday Fwd Re Subject"
    " From To Temat Od Do Your Client Customer Klient Klientka Robot Support Numer Adres Program Polecenie Polecam"
    " Ktoś Nikt Sąsiad Sąsiadka Kolega Koleżanka Szwagier Mój Moja Nasz Nasza Vorstand Geschäftsführer Meister"
    " Lehrling Generał Generała Burmistrz Burmistrza Burmistrzowa Wójt Wójta Proboszcz Proboszcza Ksiądz Księdza"
    " Technikum Szkoła Przedszkole Parafia Dyrektor Dyrektora Prezes Prezesa Kierownik Kierownika Szef Szefa"
    " Administrator Hurtownia Hurtowni Wysłano Data Jej Jego Ten Ta To"
)
# "Roberta", "Stanisława" and the like are left out: a man in the genitive, or a woman.
_WRITTEN: Final = words(
    "Kasi:Kasia Joli:Jola Ani:Ania Oli:Ola Zosi:Zosia Basi:Basia Gosi:Gosia Marysi:Marysia Krysi:Krysia"
    " Jadzi:Jadzia Asi:Asia Beaty:Beata Anny:Anna Ewy:Ewa Marty:Marta Moniki:Monika Agnieszki:Agnieszka"
    " Barbary:Barbara Zofii:Zofia Marii:Maria Julii:Julia Haliny:Halina Jolę:Jola Kasię:Kasia Annę:Anna Ewę:Ewa"
    " Magdy:Magda Iwony:Iwona Doroty:Dorota Danuty:Danuta Marka:Marek Jacka:Jacek Tomka:Tomek Wojtka:Wojtek"
    " Bartka:Bartek Staszka:Staszek Zenka:Zenek Jana:Jan Adama:Adam Piotra:Piotr Pawła:Paweł Tomasza:Tomasz"
    " Andrzeja:Andrzej Krzysztofa:Krzysztof Jerzego:Jerzy Antoniego:Antoni Rafała:Rafał Michała:Michał"
    " Łukasza:Łukasz Grzegorza:Grzegorz"
)
_NAMED_SO: Final = dict(pair.split(":") for pair in _WRITTEN)
_ADJECTIVES: Final = (
    *(
        ("skiego", "ski"),
        ("ckiego", "cki"),
        ("dzkiego", "dzki"),
        ("skiej", "ska"),
        ("ckiej", "cka"),
        ("dzkiej", "dzka"),
    ),
)


def is_name(name: str) -> bool:
    """Could these be a person's names?"""
    return not name.endswith(("'s", "’s")) and _NOBODY.isdisjoint(re.split(r"[ .]+", name))


def nominative(name: str) -> str:
    """The name as it would stand in a list, where that is certain of each word; else as written."""
    words = [_nominative(word) for word in name.split()]
    return " ".join(word for word in words if word) if all(words) else name


def _nominative(word: str) -> str | None:
    if word in _NAMED_SO:
        return _NAMED_SO[word]
    return next(
        (
            word.removesuffix(ending) + straight
            for ending, straight in _ADJECTIVES
            if word.endswith(ending)
        ),
        None,
    )
