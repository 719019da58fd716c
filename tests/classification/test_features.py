"""Texts as hashed grams."""

import numpy as np
import pytest

from inquiry_router.classification.features import MAX_CHARS, grams, prepare, vector


def test_prepared_text_is_folded_words_with_spaces_around() -> None:
    assert prepare("Żółta POMPA", "cieknie, od środy!") == " zolta pompa cieknie od srody "
    assert prepare(None, "?!").strip() == ""


def test_long_text_keeps_beginning_and_end() -> None:
    prepared = prepare("temat", "środek " * 1000 + "koniec")
    assert prepared.startswith(" temat srodek ")
    assert prepared.endswith(" koniec ")
    assert len(prepared) <= MAX_CHARS + 3


def test_same_words_have_the_same_buckets_at_every_place() -> None:
    first, second = grams(" pompa cieknie "), grams(" dzien dobry pompa cieknie ")
    assert set(first.buckets) <= set(second.buckets)


def test_spans_cover_words_and_pairs() -> None:
    text = grams(" ab cd ")
    spans = set(zip(text.starts.tolist(), text.ends.tolist(), strict=True))
    assert {(1, 3), (4, 6), (1, 6)} <= spans
    assert all(0 <= begin < end <= len(text.text) for begin, end in spans)


@pytest.mark.parametrize("text", ["", "  ", "a"])
def test_short_texts_have_a_vector(text: str) -> None:
    found = vector(grams(text), None)
    assert np.isfinite(found.values).all()


def test_vector_is_scaled_to_length_one_and_weighted() -> None:
    text = grams(" pompa cieknie pompa ")
    found = vector(text, None)
    assert float(found.values @ found.values) == pytest.approx(1.0, abs=1e-6)
    assert (np.diff(found.buckets) > 0).all()
    idf = np.zeros(1 << 18, dtype=np.float32)
    idf[found.buckets[0]] = 2.0
    assert vector(text, idf).values.tolist() == [1.0] + [0.0] * (len(found.buckets) - 1)
