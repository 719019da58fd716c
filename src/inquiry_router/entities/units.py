"""Words that count goods, and the unit that each stands for."""

from typing import Final

_WORDS_BY_UNIT: Final = {
    "szt": (
        "szt sztuk sztuki sztukę sztuka sztukach pcs pc pieces piece units stück stücke stk stck ks"
        " kus kusy kusů kusov шт штук штуки штуку unidades uds ud pièces pièce pezzi pz"
    ),
    "par": "par pary parę pairs pair paar párů пар",
    "kpl": (
        "kpl komplet komplety kompletów kompletow zestaw zestawy zestawów sets sätze satz sad"
        " комплектів комплекти"
    ),
    "opak": (
        "opak opakowań opakowania opakowanie packs packets packungen balení упаковок confezioni"
        " paquetes paczek paczki"
    ),
    "karton": (
        "karton kartony kartonów kartonow cartons boxes kartons krabic krabíc коробок cajas boîtes"
        " scatole crates skrzynek skrzynki kisten"
    ),
    "paleta": "palet palety paletę pallets paletten palette palett palets palettes pallet bancali",
    "rolka": "rolek rolki rolls rollen rolí rotoli рулонів",
    "worek": "worków worki workow bags säcke pytlů sacchi sacos мішків",
}
UNITS: Final = {word: unit for unit, words in _WORDS_BY_UNIT.items() for word in words.split()}
