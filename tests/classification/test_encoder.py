"""The encoder reads any text of any size, and its parts add up."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from inquiry_router.classification.classifier import shipped_folder
from inquiry_router.classification.encoder import (
    MAX_TOKENS,
    TOKENIZER_FILE,
    drop_middle,
    model_text,
    trim_tokens,
)
from inquiry_router.classification.pieces import Pieces
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
def test_any_text_is_encoded_in_bounded_time(text: str) -> None:
    encoder = shipped_model().encoder
    begun = time.process_time()
    encoding = encoder.encode(text, text)
    assert time.process_time() - begun < 1.0
    assert np.isfinite(encoding.vector).all()
    assert len(encoding.parts) == len(encoding.spans) <= MAX_TOKENS


def test_token_parts_add_up_to_the_scores() -> None:
    """The rest is the head's bias, the same for every text."""
    model = shipped_model()
    for encoding in (
        model.encoder.encode(None, "pompa cieknie"),
        model.encoder.encode("Angebot", "Wir brauchen 40 Stühle, was kosten die?"),
    ):
        assert model.intents is not None
        shares = encoding.parts @ model.intents.weights
        biases = model.intents.scores(encoding.vector) - shares.sum(axis=0)
        assert np.allclose(biases, model.intents.biases, atol=1e-3)
    assert model.encoder.width == encoding.vector.shape[0]


def test_same_text_has_the_same_encoding() -> None:
    encoder = shipped_model().encoder
    first, again = (encoder.encode("Zamówienie", "Gdzie jest moja paczka?") for _ in range(2))
    assert (first.parts == again.parts).all()


def test_spans_point_at_the_customers_words() -> None:
    encoding = shipped_model().encoder.encode("Pompa", "Cieknie od środy.")
    said = "".join(encoding.text[begin:end] for begin, end in encoding.spans)
    assert encoding.text[encoding.begin :] == "Pompa\nCieknie od środy."
    assert "".join(said.split()) == "query:PompaCieknieodśrody."


def test_middle_of_long_text_is_dropped() -> None:
    values = list(range(1000))
    assert drop_middle(values, 8) == [0, 1, 2, 3, 4, 5, 998, 999]
    assert drop_middle(values[:8], 8) == values[:8]
    assert len(trim_tokens(values)) == MAX_TOKENS


def test_end_of_a_long_mail_is_kept() -> None:
    shown = model_text("Temat", "Dzień dobry. " * 1000 + "Proszę o cennik.")
    assert shown.startswith("query: Temat\nDzień dobry.")
    assert shown.endswith("Proszę o cennik.")
    assert len(shown) < 2400


def test_text_cannot_contain_special_pieces() -> None:
    """`</s>` in a text is only some punctuation and a letter."""
    pieces = Pieces.from_file(shipped_folder() / TOKENIZER_FILE)
    numbers, _ = pieces.read("query: </s> <pad> <s>")
    assert not {0, 1, 2} & set(numbers)


def test_its_runtime_sends_nothing_and_makes_no_identifier(tmp_path: Path) -> None:
    """Without our word onnxruntime makes one, and looks its vendor's address up."""
    told = ("CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_DISABLE_TELEMETRY")
    given = {name: value for name, value in os.environ.items() if name not in told}
    script = (
        "from inquiry_router.classification.classifier import shipped_folder\n"
        "from inquiry_router.classification.encoder import Encoder\n"
        "Encoder(shipped_folder()).encode(None, 'pompa cieknie')"
    )
    homes = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", script], env=given | homes, check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
