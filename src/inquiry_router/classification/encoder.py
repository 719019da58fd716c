"""The fine-tuned encoder: a small transformer, run by onnxruntime on one thread.

The time for a text is linear in its length. So texts are cut before anything is computed, to most
of the beginning and some of the end, where people put their request.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import onnxruntime as ort

from inquiry_router.classification.features import Floats
from inquiry_router.classification.pieces import Pieces

MODEL_FILE: Final = "model.onnx"
TOKENIZER_FILE: Final = "tokenizer.json"
MAX_TOKENS: Final = 160
_PREFIX: Final = "query: "
_MAX_TEXT_CHARS: Final = 2000
_MAX_SUBJECT_CHARS: Final = 300
_BEGINNING: Final = 0
_END: Final = 2
# One part in four of the limit is kept for the end of a long text.
_TAIL_PART: Final = 4

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Encoding:
    """The result of encoding a text.

    `text` is the encoded text; the customer's words begin at `begin`. `parts` has the shape
    (tokens, width): the share of each token in the text's vector, which is their sum. `spans` are
    the tokens' places in `text`, half open, and empty for the marks of beginning and end.

    The vector's first half comes from the last layer, tuned to our categories; the second from a
    middle layer, which knows more about everything else.
    """

    text: str
    begin: int
    parts: Floats
    spans: tuple[tuple[int, int], ...]

    @property
    def vector(self) -> Floats:
        """The vector of the text, of shape (width,)."""
        vector: Floats = self.parts.sum(axis=0)
        return vector


class Encoder:
    """A loaded encoder. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        options.enable_mem_pattern = False
        options.log_severity_level = 3
        self._session = ort.InferenceSession(
            folder / MODEL_FILE, options, providers=["CPUExecutionProvider"]
        )
        self._pieces = Pieces.from_file(folder / TOKENIZER_FILE)

    def encode(self, subject: str | None, text: str) -> Encoding:
        """Encode a text of any length and content."""
        shown_text = model_text(subject, text)
        numbers, places = self._pieces.read(shown_text)
        tokens = np.array(trim_tokens(numbers), dtype=np.int64)
        spans = ((0, 0), *drop_middle(places, MAX_TOKENS - 2), (0, 0))
        (parts,) = self._session.run(None, {"tokens": tokens})
        return Encoding(shown_text, len(_PREFIX), parts, spans)

    @property
    def width(self) -> int:
        """The length of the vectors."""
        return int(self._session.get_outputs()[0].shape[1])


def model_text(subject: str | None, text: str) -> str:
    """Return subject and text in the form that the encoder was trained on.

    The length is bounded, and nothing in it breaks a tokenizer.
    """
    joined = f"{subject[:_MAX_SUBJECT_CHARS] if subject else ''}\n{_cut_text(text)}".strip()
    return f"{_PREFIX}{joined.encode('utf-8', 'replace').decode('utf-8')}"


def trim_tokens(tokens: list[int], max_count: int = MAX_TOKENS) -> list[int]:
    """Put tokens between the marks of beginning and end; drop their middle if they are too many."""
    return [_BEGINNING, *drop_middle(tokens, max_count - 2), _END]


def drop_middle(values: list[_Value], max_count: int) -> list[_Value]:
    """Keep at most `max_count` values: three quarters from the beginning, the rest from the end."""
    if len(values) <= max_count:
        return values
    tail = max_count // _TAIL_PART
    return values[: max_count - tail] + values[-tail:]


def _cut_text(text: str) -> str:
    if len(text) <= _MAX_TEXT_CHARS:
        return text
    tail = _MAX_TEXT_CHARS // _TAIL_PART
    return f"{text[: _MAX_TEXT_CHARS - tail]} {text[-tail:]}"
