"""Drop files that are written into a text (data: URIs) while the text streams in. Pure.

A screenshot pasted into a mail is a few megabytes of base64 within the HTML. Nobody reads it.
"""

import re
from typing import Final, NamedTuple

# The end of what stands before the bytes of the file: `data:image/png;base64,`.
_MAX_MARKER_BYTES: Final = 13
# Broken lines of base64 are at least that long; a shorter line is words again.
_MIN_LINE: Final = 40
# The longest character of base64 and the longest line break, as escapes.
_MAX_ESCAPE_BYTES: Final = 6
_MAX_UNDECIDED: Final = _MIN_LINE * _MAX_ESCAPE_BYTES + 8 * _MAX_ESCAPE_BYTES


class Spelling(NamedTuple):
    """The way in which a text writes base64: as it is, in JSON, or in a form."""

    marker: re.Pattern[bytes]
    run: re.Pattern[bytes]
    undecided: re.Pattern[bytes]


def _spelling(marker: bytes, plain: bytes, escaped: bytes, newline: bytes, cut: bytes) -> Spelling:
    one = rb"(?:%b%b)" % (plain, escaped)
    return Spelling(
        re.compile(marker, re.IGNORECASE),
        re.compile(
            rb"(?:%b++%b|(?:%b){1,8}(?=%b{%d}))*+" % (plain, escaped, newline, one, _MIN_LINE)
        ),
        re.compile(rb"(?:%b){0,8}%b{0,%d}(?:%b)?" % (newline, one, _MIN_LINE, cut)),
    )


PLAIN: Final = _spelling(rb";base64,", rb"[A-Za-z0-9+/=_%-]", rb"", rb"[\r\n]", rb"")
JSON: Final = _spelling(
    rb";base64,",
    rb"[A-Za-z0-9+/=_%-]",
    rb"|\\/|\\u00(?:2[bBfF]|3[dD])",
    rb"\\[rn]",
    rb"\\(?:u(?:0(?:0[23]?)?)?)?",
)
FORM: Final = _spelling(
    rb"(?:;|%3b)base64(?:,|%2c)",
    rb"[A-Za-z0-9_-]",
    rb"|%2[BbFf]|%3[Dd]",
    rb"%0[AaDd]",
    rb"%[023]?",
)


class DataUriDropper:
    """Copy a text chunk by chunk without the bytes of the files in it."""

    def __init__(self, spelling: Spelling = PLAIN) -> None:
        self._spelling = spelling
        self._rest = b""
        self._is_dropping = False

    def feed(self, chunk: bytes) -> bytes:
        """Return the next bytes of the text."""
        return self._read(self._rest + chunk, is_last=False)

    def finish(self) -> bytes:
        """Return the rest."""
        return self._read(self._rest, is_last=True)

    def _read(self, data: bytes, *, is_last: bool) -> bytes:
        kept: list[bytes] = []
        at, self._rest = 0, b""
        while at < len(data):
            if self._is_dropping:
                at = self._end_of_run(data, at)
                if not is_last and self._may_go_on(data, at):
                    self._rest = data[at:]
                    break
                self._is_dropping = False
            else:
                marker = self._spelling.marker.search(data, at)
                end = marker.end() if marker else len(data)
                if marker is None and not is_last:
                    end = max(at, end - _MAX_MARKER_BYTES + 1)
                    self._rest = data[end:]
                kept.append(data[at:end])
                self._is_dropping = marker is not None
                at = end if marker else len(data)
        return b"".join(kept)

    def _end_of_run(self, data: bytes, at: int) -> int:
        run = self._spelling.run.match(data, at)
        return run.end() if run else at

    def _may_go_on(self, data: bytes, at: int) -> bool:
        """True if the next chunk decides whether the file has ended."""
        left = len(data) - at
        return left < _MAX_UNDECIDED and bool(self._spelling.undecided.fullmatch(data, at))
