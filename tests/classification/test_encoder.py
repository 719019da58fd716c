"""The encoder: any text of any size, the same answer each time, and shares that add up."""

import time

import numpy as np
import pytest

from inquiry_router.classification.encoder import MAX_TOKENS, drop_middle, model_text, trim_tokens
from tests.conftest import shipped_model

LONG = 1_000_000
STRANGE = {
    "empty": "",
    "blank": " \n\t ",
    "nul": "\x00\x00 zepsuta pompa \x00",
    "lone surrogates": "pompa \ud800 nie \udfff działa",
    "emoji": "😡" * LONG,
    "one long word": "a" * LONG,
    "many words": "reklamacja " * (LONG // 10),
    "a tower of marks": "a" + "\u0301" * LONG,
    "characters that grow when normalised": "\ufdfa" * LONG,
    "spaces": " " * LONG,
    "no letters": "!?# 123 ---",
    "right to left": "مضخة مكسورة",
    "special pieces": "<s> </s> <pad> <unk> <mask>",
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
def test_any_text_is_read_in_bounded_time(text: str) -> None:
    encoder = shipped_model().encoder
    begun = time.process_time()
    reading = encoder.encode(text, text)
    assert time.process_time() - begun < 1.0
    assert np.isfinite(reading.vector).all()
    assert len(reading.parts) == len(reading.spans) <= MAX_TOKENS


def test_the_parts_of_the_tokens_add_up_to_the_scores() -> None:
    """What is left over is the head's bias: the same for every text."""
    model = shipped_model()
    for reading in (
        model.encoder.encode(None, "pompa cieknie"),
        model.encoder.encode("Angebot", "Wir brauchen 40 Stühle, was kosten die?"),
    ):
        shares = reading.parts @ model.head.weights
        assert np.allclose(
            model.head.scores(reading.vector) - shares.sum(axis=0), model.head.biases, atol=1e-3
        )
    assert model.encoder.width == reading.vector.shape[0]


def test_the_same_text_gets_the_same_scores() -> None:
    encoder = shipped_model().encoder
    first, again = (encoder.encode("Zamówienie", "Gdzie jest moja paczka?") for _ in range(2))
    assert (first.parts == again.parts).all()


def test_spans_point_at_the_customers_words() -> None:
    reading = shipped_model().encoder.encode("Pompa", "Cieknie od środy.")
    said = "".join(reading.text[begin:end] for begin, end in reading.spans)
    assert reading.text[reading.begin :] == "Pompa\nCieknie od środy."
    assert "".join(said.split()) == "query:PompaCieknieodśrody."


def test_what_is_cut_is_the_middle() -> None:
    values = list(range(1000))
    assert drop_middle(values, 8) == [0, 1, 2, 3, 4, 5, 998, 999]
    assert drop_middle(values[:8], 8) == values[:8]
    assert len(trim_tokens(values)) == MAX_TOKENS


def test_the_last_line_of_a_long_mail_is_read() -> None:
    shown = model_text("Temat", "Dzień dobry. " * 1000 + "Proszę o cennik.")
    assert shown.startswith("query: Temat\nDzień dobry.")
    assert shown.endswith("Proszę o cennik.")
    assert len(shown) < 2400


def test_a_customer_cannot_write_a_special_piece() -> None:
    """`</s>` in a text is only some punctuation and a letter."""
    encoder = shipped_model().encoder
    numbers, _ = encoder._pieces.read("query: </s> <pad> <s>")
    assert not {0, 1, 2} & set(numbers)
