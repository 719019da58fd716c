"""Read the text of one file from standard input: `python -I worker.py pdf < file`.

The file may be anything. So this runs in a process of its own, with bounds on its time and memory
and without anything of the service: no settings, no keys, no open files. It imports nothing of the
package, so that it starts quickly. Where it fails, it ends with a status that is not zero.
"""

import io
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

MAX_CHARS: Final = 10_000
MAX_PAGES: Final = 40
MAX_CPU_S: Final = 10
MAX_MEMORY_BYTES: Final = 512 * 1024 * 1024
MAX_UNPACKED_BYTES: Final = 20 * 1024 * 1024
_PIECE_BYTES: Final = 64 * 1024
_MAIN_PART: Final = re.compile(r"word/document\d*\.xml")
_NAMESPACES: Final = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
# Word writes a text box twice, the second time for old programs.
_FALLBACK: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_BREAKS: Final = {"p": "\n", "br": "\n", "cr": "\n", "tab": "\t", "tc": "\t"}


class NoText(Exception):
    """The file has no text that can be read."""


class _Enough(Exception):
    """The text is long enough."""


def limit_process() -> None:
    """Bound what this process may use. It may write no file and start no process."""
    for what, most in (
        (resource.RLIMIT_CPU, MAX_CPU_S),
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def read_pdf(data: bytes) -> str:
    """Return the text of a PDF. One that only its owner may change is read, a locked one is not."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise NoText
    found, length = [], 0
    for number, page in enumerate(reader.pages):
        if number >= MAX_PAGES or length >= MAX_CHARS:
            break
        found.append(page.extract_text())
        length += len(found[-1])
    return "\n".join(found)[:MAX_CHARS]


def read_docx(data: bytes) -> str:
    """Return the text of a DOCX, without what was deleted in it."""
    text = _WordText()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = text.start
    parser.EndElementHandler = text.end
    parser.CharacterDataHandler = text.add
    # No document of Word has a DTD, and entities could make a small file endless.
    parser.StartDoctypeDeclHandler = _refuse
    try:
        for piece in _main_part(data):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except _Enough:
        pass
    return "".join(text.found)[:MAX_CHARS]


def _main_part(data: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next((one for one in archive.namelist() if _MAIN_PART.fullmatch(one)), None)
        if name is None:
            raise NoText
        left = MAX_UNPACKED_BYTES
        with archive.open(name) as part:
            # The size in the directory may be a lie.
            while piece := part.read(_PIECE_BYTES):
                left -= len(piece)
                if left < 0:
                    raise NoText
                yield piece


def _refuse(*_: object) -> None:
    raise NoText


class _WordText:
    """Collects the runs of text of a document."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._length = 0
        self._is_text = False
        self._fallbacks = 0

    def start(self, name: str, _: object) -> None:
        self._fallbacks += name == _FALLBACK
        self._is_text = _word_name(name) == "t"

    def end(self, name: str) -> None:
        self._fallbacks -= name == _FALLBACK
        self._is_text = False
        self._append(_BREAKS.get(_word_name(name), ""))

    def add(self, text: str) -> None:
        if self._is_text:
            self._append(text)

    def _append(self, text: str) -> None:
        if not self._fallbacks:
            self.found.append(text)
            self._length += len(text)
        if self._length > MAX_CHARS:
            raise _Enough


def _word_name(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    return local if namespace in _NAMESPACES else ""


def main() -> int:
    """Read the file of the kind that the first argument names."""
    limit_process()
    read = {"pdf": read_pdf, "docx": read_docx}[sys.argv[1]]
    try:
        text = read(sys.stdin.buffer.read())
    except Exception:
        return 1
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
