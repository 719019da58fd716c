"""The six categories that always exist. `docs/labelling.md` defines them."""

from dataclasses import dataclass
from typing import Final, Literal

Side = Literal["service", "sales", "triage"]


@dataclass(frozen=True, slots=True)
class Category:
    """A subject of inquiries.

    `side` is the kind of team that handles it. `names` and `choice` map a language code to its name
    and to its line on the correction page; `description` is one English sentence.
    """

    id: str
    side: Side
    names: dict[str, str]
    choice: dict[str, str]
    description: str


DEFECT: Final = "defect"
ORDER_SUPPORT: Final = "order_support"
CATALOG_REQUEST: Final = "catalog_request"
NEW_PURCHASE: Final = "new_purchase"
REFERRAL: Final = "referral"
OTHER: Final = "other"

CATEGORIES: Final = (
    Category(
        DEFECT,
        "service",
        {"pl": "reklamacja", "en": "defect", "de": "Reklamation"},
        {
            "pl": "usterka, reklamacja, naprawa",
            "en": "something is faulty: complaint, repair",
            "de": "etwas ist defekt: Reklamation, Reparatur",
        },
        "Something is wrong with goods already bought or delivered: broken, damaged, wrong or "
        "missing item, repair.",
    ),
    Category(
        ORDER_SUPPORT,
        "service",
        {"pl": "obsługa zamówienia", "en": "order support", "de": "Auftragsabwicklung"},
        {
            "pl": "obsługa zamówienia lub faktury",
            "en": "an order or an invoice",
            "de": "eine Bestellung oder Rechnung",
        },
        "Administration of an existing order or account, nothing faulty: status, invoice, change, "
        "cancellation.",
    ),
    Category(
        CATALOG_REQUEST,
        "service",
        {"pl": "prośba o materiały", "en": "catalogue request", "de": "Kataloganfrage"},
        {
            "pl": "katalog, cennik, dokumentacja, próbki",
            "en": "catalogue, price list, documents, samples",
            "de": "Katalog, Preisliste, Unterlagen, Muster",
        },
        "Catalogues, price lists, datasheets, manuals, certificates, pictures, samples.",
    ),
    Category(
        NEW_PURCHASE,
        "sales",
        {"pl": "zakup", "en": "purchase", "de": "Kaufanfrage"},
        {
            "pl": "zakup, wycena, spotkanie handlowe",
            "en": "wants to buy: order, quote, meeting",
            "de": "möchte kaufen: Bestellung, Angebot, Termin",
        },
        "Wants to buy: order, quote, price or availability, demo or meeting, renewal, becoming a "
        "reseller.",
    ),
    Category(
        REFERRAL,
        "sales",
        {"pl": "polecenie klienta", "en": "referral", "de": "Empfehlung"},
        {
            "pl": "polecenie klienta (ktoś kogoś poleca)",
            "en": "a referral (somebody recommends somebody)",
            "de": "eine Empfehlung (jemand empfiehlt jemanden)",
        },
        "Recommends a prospect, says who referred them, or asks about the referral programme.",
    ),
    Category(
        OTHER,
        "triage",
        {"pl": "inne", "en": "other", "de": "Sonstiges"},
        {
            "pl": "żadne z tych: spam, oferta dostawcy, pomyłka",
            "en": "none of these: spam, a supplier's offer, a mistake",
            "de": "nichts davon: Spam, Angebot eines Lieferanten, Irrtum",
        },
        "None of these: spam, supplier offers, applications, auto-replies, wrong numbers, "
        "unintelligible speech.",
    ),
)

CATEGORY_IDS: Final = tuple(category.id for category in CATEGORIES)
SERVICE_IDS: Final = tuple(category.id for category in CATEGORIES if category.side == "service")
SALES_IDS: Final = tuple(category.id for category in CATEGORIES if category.side == "sales")
# Whatever a policy says, these never ring a salesperson. A company's own categories may.
NEVER_SALES: Final = frozenset(CATEGORY_IDS) - frozenset(SALES_IDS)
