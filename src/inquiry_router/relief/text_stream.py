"""Open a text file in a stream, in the encoding that it is written in. Pure but for the file."""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from inquiry_router.text.table_files import refuse_workbook

_SAMPLE_BYTES: Final = 1024 * 1024
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_POLISH: Final = "cp1250"


def encoding_of(sample: bytes) -> str:
    """Tell the encoding of the beginning of a file: by its mark, UTF-8, or Polish Excel's."""
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return _POLISH
    return "utf-8"


@contextmanager
def opened_text(path: Path, encoding: str | None) -> Iterator[Iterator[str]]:
    """Open the lines of a file. Raises `ValueError` with the cure if it is no text.

    A byte that the encoding does not know, later than the first megabyte, becomes a question mark.
    """
    with path.open("rb") as raw:
        sample = _sample(raw)
        refuse_workbook(sample)
        found = encoding or encoding_of(sample)
        try:
            codecs.lookup(found)
        except LookupError:
            raise ValueError(f"there is no encoding '{found}'") from None
        with io.TextIOWrapper(raw, encoding=found, errors="replace", newline="") as text:
            yield (line.replace("\0", "") for line in text)


def _sample(raw: BinaryIO) -> bytes:
    sample = raw.read(_SAMPLE_BYTES)
    raw.seek(0)
    return sample
