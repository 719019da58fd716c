"""Names of priorities, channels, categories and intents that always exist, in three languages."""

from typing import Final

from inquiry_router.inquiry.categories import CATEGORIES
from inquiry_router.inquiry.intents import INTENT_BY_ID

_PRIORITIES: Final = {
    "low": {"pl": "niski", "de": "niedrig"},
    "normal": {"pl": "zwykły", "de": "normal"},
    "high": {"pl": "wysoki", "de": "hoch"},
    "urgent": {"pl": "pilny", "de": "dringend"},
}
_CHANNELS: Final = {
    "email": {"pl": "e-mail", "en": "e-mail", "de": "E-Mail"},
    "phone": {"pl": "telefon", "de": "Telefon"},
    "chat": {"pl": "czat", "de": "Chat"},
    "form": {"pl": "formularz", "de": "Formular"},
    "note": {"pl": "notatka", "de": "Notiz"},
    "api": {"pl": "API", "en": "API", "de": "API"},
}
_ENTITIES: Final = {
    "order_number": {"pl": "numer zamówienia", "de": "Bestellnummer"},
    "invoice_number": {"pl": "numer faktury", "de": "Rechnungsnummer"},
    "complaint_number": {"pl": "numer reklamacji", "de": "Reklamationsnummer"},
    "serial_number": {"pl": "numer seryjny", "de": "Seriennummer"},
    "product_code": {"pl": "symbol produktu", "de": "Artikelnummer"},
    "tax_id": {"pl": "NIP", "de": "Steuernummer"},
    "phone": {"pl": "numer telefonu", "de": "Telefonnummer"},
    "email": {"pl": "adres e-mail", "de": "E-Mail-Adresse"},
    "quantity": {"pl": "ilość", "de": "Menge"},
    "date": {"pl": "data", "de": "Datum"},
    "urgency": {"pl": "pośpiech", "de": "Eile"},
    "danger": {"pl": "niebezpieczeństwo", "de": "Gefahr"},
    "repetition": {"pl": "ponowna prośba", "de": "wiederholte Bitte"},
    "threat": {"pl": "groźba", "de": "Drohung"},
    "person_recommended": {"pl": "polecana osoba", "de": "empfohlene Person"},
    "person_recommending": {"pl": "polecająca osoba", "de": "empfehlende Person"},
}
_DANGERS: Final = {
    "fire": {"pl": "ogień", "de": "Feuer"},
    "smoke": {"pl": "dym", "de": "Rauch"},
    "gas": {"pl": "gaz", "de": "Gas"},
    "carbon_monoxide": {"pl": "czad", "de": "Kohlenmonoxid"},
    "electric_shock": {"pl": "porażenie prądem", "de": "Stromschlag"},
    "flooding": {"pl": "zalanie", "de": "Überflutung"},
    "injury": {"pl": "uraz", "de": "Verletzung"},
    "trapped": {"pl": "uwięziona osoba", "de": "eingeschlossene Person"},
}
_CATEGORIES: Final = {category.id: category.names for category in CATEGORIES}


def built_in_name(kind: str, named: str, language: str) -> str:
    """The name of what always exists; the id of what a company made."""
    match kind:
        case "priority":
            return _PRIORITIES.get(named, {}).get(language, named)
        case "channel":
            return _CHANNELS.get(named, {}).get(language, named)
        case "category":
            return _CATEGORIES.get(named, {}).get(language, named)
        case "intent" if named in INTENT_BY_ID:
            return INTENT_BY_ID[named].name(language)
        case "entity":
            return _name_entity(named, language)
        case _:
            return named


def _name_entity(named: str, language: str) -> str:
    """The name of a kind of entity, with its value if one is given: "danger:gas"."""
    kind, _, value = named.partition(":")
    said = _ENTITIES.get(kind, {}).get(language, kind)
    if not value:
        return said
    return f"{said} ({_DANGERS.get(value, {}).get(language, value)})"
