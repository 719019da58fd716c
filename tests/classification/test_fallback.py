"""Classifications without a model."""

import pytest

from inquiry_router.classification.fallback import of_automatic_mail, unavailable, unread
from inquiry_router.inquiry.model import Channel, Classification, Draft, Evidence, Ranked


@pytest.mark.parametrize(("language", "expected"), [("de", "de"), (None, "pl")])
def test_fallbacks_are_unsure_and_keep_the_language(language: str | None, expected: str) -> None:
    draft = Draft(Channel.CHAT, "pompa", language=language)
    for found in (unavailable(draft), unread(draft)):
        assert (found.category, found.confidence, found.unsure) == ("other", 0.0, True)
        assert found.language == expected
    assert unavailable(draft).method != unread(draft).method


def test_automatic_mail_is_other_in_its_language() -> None:
    found = of_automatic_mail(
        Classification(
            "new_purchase",
            0.6,
            "de",
            "model",
            "test-1",
            secondary="defect",
            ranking=(Ranked("new_purchase", 0.6), Ranked("defect", 0.4)),
            evidence=(Evidence("kaufen", 1.0),),
            unsure=True,
            rival_evidence=(Evidence("kaputt", 0.3),),
            maybe_sale=True,
        )
    )
    assert found == Classification(
        "other",
        1.0,
        "de",
        "automatic",
        "test-1",
        ranking=(Ranked("other", 1.0),),
        intent="automatic",
        intent_confidence=1.0,
    )
