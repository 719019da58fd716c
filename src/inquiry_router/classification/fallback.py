"""Classifications without a model."""

from dataclasses import replace
from typing import Final

from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.intents import AUTOMATIC
from inquiry_router.inquiry.model import UNAVAILABLE, UNREAD, Classification, Draft, Ranked

_DEFAULT_LANGUAGE: Final = "pl"


def unavailable(draft: Draft) -> Classification:
    """Classify a draft that the classifier could not answer: `other`, unsure."""
    return _unsure(draft, UNAVAILABLE)


def unread(draft: Draft) -> Classification:
    """Classify a draft that could not be read: `other`, unsure."""
    return _unsure(draft, UNREAD)


def of_automatic_mail(classification: Classification) -> Classification:
    """Classify automatic mail: `other`, whatever its words; only the language is kept."""
    return replace(
        classification,
        category=OTHER,
        confidence=1.0,
        secondary=None,
        ranking=(Ranked(OTHER, 1.0),),
        evidence=(),
        method="automatic",
        unsure=False,
        intent=AUTOMATIC,
        intent_confidence=1.0,
        goes_on=None,
        rival_evidence=(),
        maybe_sale=False,
    )


def _unsure(draft: Draft, method: str) -> Classification:
    language = draft.language or _DEFAULT_LANGUAGE
    return Classification(OTHER, 0.0, language, method, "none", unsure=True)
