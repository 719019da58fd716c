"""The fine-tuned encoder: a small transformer run by onnxruntime on one thread, over the pieces that our languages need.

The time of one text is linear in its length, so texts are cut before anything is computed; what is read is most of the beginning
and some of the end, where people put what they want.
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
_MAX_CHARACTERS: Final = 2000
_MAX_SUBJECT: Final = 300
_BEGINNING: Final = 0
_END: Final = 2
# One part in four of what may be read is kept for the end of a long text.
_TAIL: Final = 4

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the encoder makes of a text.

    `text` is what it read, the customer's words from `begin` on. `parts` has the shape (tokens, width): what each token brought
    to the text's vector, which is their sum. `spans` are the tokens' places in `text`, half open, empty for the marks of
    beginning and end. The vector's first half is the last layer's, tuned to our categories; the second a middle layer's, which
    knows more of everything else.
    """

    text: str
    begin: int
    parts: Floats
    spans: tuple[tuple[int, int], ...]

    @property
    def vector(self) -> Floats:
        """The text as a vector of shape (width,)."""
        vector: Floats = self.parts.sum(axis=0)
        return vector


class Encoder:
    """A loaded encoder. It may be used by several threads."""

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

    def read(self, subject: str | None, text: str) -> Reading:
        """Read a text of any length and content."""
        shown = model_text(subject, text)
        numbers, places = self._pieces.read(shown)
        tokens = np.array(cut(numbers), dtype=np.int64)
        spans = ((0, 0), *cut_middle(places, MAX_TOKENS - 2), (0, 0))
        (parts,) = self._session.run(None, {"tokens": tokens})
        return Reading(shown, len(_PREFIX), parts, spans)

    @property
    def width(self) -> int:
        """How long the vectors are."""
        return int(self._session.get_outputs()[0].shape[1])


def model_text(subject: str | None, text: str) -> str:
    """Subject and text as the encoder was trained to see them, cut to a bounded length, with nothing that breaks a tokenizer."""
    joined = f"{subject[:_MAX_SUBJECT] if subject else ''}\n{_cut_text(text)}".strip()
    return f"{_PREFIX}{joined.encode('utf-8', 'replace').decode('utf-8')}"


def cut(tokens: list[int], most: int = MAX_TOKENS) -> list[int]:
    """The tokens between the marks of beginning and end, without their middle when there are too many."""
    return [_BEGINNING, *cut_middle(tokens, most - 2), _END]


def cut_middle(values: list[_Value], most: int) -> list[_Value]:
    """At most so many values: three quarters from the beginning, the rest from the end."""
    if len(values) <= most:
        return values
    tail = most // _TAIL
    return values[: most - tail] + values[-tail:]


def _cut_text(text: str) -> str:
    if len(text) <= _MAX_CHARACTERS:
        return text
    tail = _MAX_CHARACTERS // _TAIL
    return f"{text[: _MAX_CHARACTERS - tail]} {text[-tail:]}"
