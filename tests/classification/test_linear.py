"""The linear model over n-grams."""

from pathlib import Path

import numpy as np
import pytest

from inquiry_router.classification.features import vector
from inquiry_router.classification.linear import LinearModel, fit, load, read_text, save, softmax

TEXTS = ["pompa cieknie", "zawór cieknie mocno", "proszę o cennik", "cennik i katalog proszę"] * 5
TARGETS = [0, 0, 1, 1] * 5


@pytest.fixture(scope="module")
def model() -> LinearModel:
    return LinearModel(*fit([read_text(None, text) for text in TEXTS], TARGETS, 2))


def scores(model: LinearModel, text: str) -> np.ndarray:
    return model.scores(vector(read_text(None, text), model.idf))


def test_fitted_model_separates_the_labels(model: LinearModel) -> None:
    assert scores(model, "silnik cieknie").argmax() == 0
    assert scores(model, "katalog").argmax() == 1


def test_contributions_add_up_to_the_score_above_the_mean(model: LinearModel) -> None:
    text = read_text("zawór", "cieknie")
    above_mean = (scores(model, "zawór cieknie") - model.biases)[0] - (
        scores(model, "zawór cieknie") - model.biases
    ).mean()
    assert float(model.contributions(text, 0).sum()) == pytest.approx(float(above_mean), abs=1e-4)


def test_same_seed_gives_the_same_weights(model: LinearModel) -> None:
    again = fit([read_text(None, text) for text in TEXTS], TARGETS, 2)
    assert (again[0] == model.weights).all()


def test_grams_of_a_single_text_weigh_nothing() -> None:
    once, twice = read_text(None, "zawór"), read_text(None, "pompa")
    _, _, idf = fit([once, twice, twice], [0, 1, 1], 2)
    assert idf[np.setdiff1d(once.buckets, twice.buckets)].max() == 0.0
    assert idf[twice.buckets].min() > 0.0


def test_saved_model_scores_nearly_the_same(model: LinearModel, tmp_path: Path) -> None:
    save(model, tmp_path)
    again = load(tmp_path)
    assert np.allclose(scores(again, "pompa cieknie"), scores(model, "pompa cieknie"), atol=0.05)


def test_softmax_of_large_scores_is_finite() -> None:
    found = softmax(np.array([[1e4, 0.0], [0.0, 0.0]], dtype=np.float32))
    assert found.tolist() == [[1.0, 0.0], [0.5, 0.5]]
