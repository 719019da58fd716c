"""Detection of languages."""

import numpy as np
import pytest

from inquiry_router.classification.language import DEFAULT, fit_language, known_language
from tests.conftest import shipped_model


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Proszę o fakturę i termin dostawy", "pl"),
        ("Please send me the latest price list", "en"),
        ("Bitte schicken Sie mir ein Angebot", "de"),
        ("Prosím o ceník a termín dodání zboží", "cs"),
        ("Будь ласка, надішліть рахунок", "uk"),
        ("PROSZĘ O PILNY KONTAKT", "pl"),
    ],
)
def test_shipped_model_detects_language(text: str, language: str) -> None:
    assert shipped_model().languages.detect(text) == language


@pytest.mark.parametrize("text", ["", " ", "123", "?!"])
def test_text_without_letters_has_the_default_language(text: str) -> None:
    assert shipped_model().languages.detect(text) == DEFAULT


def test_fitted_weights_are_one_distribution_for_each_language() -> None:
    model = fit_language(["pompa cieknie"] * 50 + ["the pump"], ["pl"] * 50 + ["en"])
    totals = np.exp(model.weights.astype(np.float64)).sum(axis=0)
    assert np.allclose(totals, 1.0, atol=0.02)


@pytest.mark.parametrize(
    ("declared", "known"),
    [("pl-PL", "pl"), ("DE", "de"), ("fi", None), ("", None), (None, None)],
)
def test_declared_language_must_be_enabled(declared: str | None, known: str | None) -> None:
    assert known_language(declared) == known
