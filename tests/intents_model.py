"""The shipped model with a small head of intents, which knows a few of them by a few sentences."""

from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np

from inquiry_router.classification.classifier import Classifier
from inquiry_router.classification.head import Head, empty_head, fit_head, targets_of
from inquiry_router.classification.intents import intent_label
from inquiry_router.inquiry.intents import INTENT_BY_ID
from tests.conftest import shipped_model

SAID: Final = {
    "offer_acceptance": [
        "Akceptujemy Państwa ofertę, w załączeniu odsyłam podpisaną kopię.",
        "We accept your quote, please send us the contract.",
    ],
    "tender": [
        "Zapraszamy do złożenia oferty w przetargu na dostawę pomp, termin mija 14 maja.",
        "Invitation to tender for forty pumps, see the attached form and criteria.",
    ],
    "quote_request": [
        "Chcemy kupić 20 krzeseł biurowych, proszę o wycenę.",
        "Please send us a quote for ten desks.",
    ],
    "missing_item": [
        "W paczce brakuje dwóch zaworów, przysłali Państwo osiem zamiast dziesięciu.",
        "One piece is missing in the parcel that came today.",
    ],
    "broken_or_faulty": [
        "Pompa przestała działać i cieknie, proszę o naprawę.",
        "The drill you delivered stopped working after two days.",
    ],
    "supplier_offer": ["Oferujemy Państwu tanie opakowania kartonowe, zapraszamy do współpracy."],
    "job_application": ["Aplikuję na stanowisko magazyniera, w załączeniu CV."],
}


@cache
def model_with_intents(intent_at_least: float = 0.3) -> Classifier:
    """The shipped model, naming the intents of `SAID`. It is never unsure of a category."""
    model = shipped_model()
    numbers = {"threshold": 0.0, "thresholds": {}, "margin": 0.0}
    card = replace(model.card, intent_at_least=intent_at_least, **numbers)
    return replace(model, card=card, intents=intents_head())


@cache
def intents_head() -> Head:
    """A head fitted on the sentences of `SAID`."""
    encoder = shipped_model().encoder
    pairs = [(intent, text) for intent, texts in SAID.items() for text in texts]
    order = [intent_label(INTENT_BY_ID[intent].category, intent) for intent in SAID]
    labels = [intent_label(INTENT_BY_ID[intent].category, intent) for intent, _ in pairs]
    vectors = np.stack([encoder.encode(None, text).vector for _, text in pairs])
    start = empty_head(order, vectors.shape[1])
    return fit_head(vectors, targets_of(labels, order), start, strength=1e-2)
