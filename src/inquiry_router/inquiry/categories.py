"""The six categories that always exist. Their meaning is the product's; see `docs/labelling.md`."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Category:
    """One thing an inquiry can be about.

    `names` maps a language code to the word shown to people; `description` is one English sentence.
    """

    id: str
    names: dict[str, str]
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
        {"pl": "reklamacja", "en": "defect", "de": "Reklamation"},
        "Something is wrong with goods already bought or delivered: broken, damaged, wrong or missing item, repair.",
    ),
    Category(
        ORDER_SUPPORT,
        {"pl": "obsługa zamówienia", "en": "order support", "de": "Auftragsservice"},
        "Administration of an existing order or account, nothing faulty: status, invoice, change, cancellation.",
    ),
    Category(
        CATALOG_REQUEST,
        {"pl": "prośba o materiały", "en": "catalogue request", "de": "Kataloganfrage"},
        "Catalogues, price lists, datasheets, manuals, certificates, pictures, samples.",
    ),
    Category(
        NEW_PURCHASE,
        {"pl": "zakup", "en": "purchase", "de": "Kaufanfrage"},
        "Wants to buy: order, quote, price or availability, demo or meeting, renewal, becoming a reseller.",
    ),
    Category(
        REFERRAL,
        {"pl": "polecenie", "en": "referral", "de": "Empfehlung"},
        "Recommends a prospect, says who referred them, or asks about the referral programme.",
    ),
    Category(
        OTHER,
        {"pl": "inne", "en": "other", "de": "Sonstiges"},
        "None of these: spam, supplier offers, applications, auto-replies, wrong numbers, unintelligible speech.",
    ),
)

CATEGORY_IDS: Final = tuple(category.id for category in CATEGORIES)
