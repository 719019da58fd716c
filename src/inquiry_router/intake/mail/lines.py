"""A mail split into lines. Each line is kept or marked as cut."""

import re
from dataclasses import dataclass
from typing import Final

from inquiry_router.intake.mail.header_labels import split_glued_headers
from inquiry_router.intake.mail.model import Cut, CutKind
from inquiry_router.text.folding import fold

# A long thread of quoted mails has 1,000 lines. The rest is kept as one last line, and only its
# beginning is looked at: so no mail takes more than a few hundredths of a second.
MAX_LINES: Final = 2_000
# Patterns see only the beginning of a line: no attribution and no header is longer.
MAX_FOLDED_CHARS: Final = 400
_NEWLINES: Final = re.compile(r"\r\n?|[\u2028\u2029]")
_GAPS: Final = re.compile(r"\n{3,}")
_QUOTE_PREFIX: Final = re.compile(r"\s{0,3}> ?")


@dataclass(slots=True)
class MailLines:
    """The lines, the lines folded for comparison, and for each line the reason of a cut, if any."""

    lines: list[str]
    folded: list[str]
    marks: list[CutKind | None]

    def mark(self, start: int, end: int, kind: CutKind) -> None:
        """Cut the lines from `start` to before `end` that are not cut yet."""
        for at in range(start, end):
            if self.marks[at] is None:
                self.marks[at] = kind

    def kept(self, start: int, end: int) -> list[int]:
        """Return the numbers of lines that are neither blank nor cut."""
        return [at for at in range(start, end) if self.marks[at] is None and self.folded[at]]

    def words(self, start: int, end: int) -> str:
        """Return the kept lines, folded, on one line with single spaces."""
        return " ".join(" ".join(self.folded[at].split()) for at in self.kept(start, end))

    def next_nonblank(self, start: int, end: int) -> int:
        """Return the first line from `start` that is not blank, or `end`."""
        while start < end and not self.folded[start]:
            start += 1
        return start

    def unquote(self, start: int, end: int) -> None:
        """Remove one level of `>` from the lines and keep them."""
        for at in range(start, end):
            self.marks[at] = None
            if self.folded[at].startswith(">"):
                self.lines[at] = _QUOTE_PREFIX.sub("", self.lines[at], count=1)
                self.folded[at] = self.folded[at][1:].strip()

    def text(self) -> str:
        """Return the kept text, with at most one blank line in a row."""
        kept = [
            line.rstrip() for line, mark in zip(self.lines, self.marks, strict=True) if mark is None
        ]
        return _GAPS.sub("\n\n", "\n".join(kept)).strip()

    def cuts(self) -> tuple[Cut, ...]:
        """Return the cut pieces; neighbours of one kind are one piece."""
        found: list[tuple[CutKind, list[str]]] = []
        together = False
        for line, folded, mark in zip(self.lines, self.folded, self.marks, strict=True):
            if mark is None:
                together = together and not folded
            elif together and found[-1][0] == mark:
                found[-1][1].append(line)
            else:
                found.append((mark, [line]))
                together = True
        pieces = [Cut(kind, "\n".join(lines).strip()) for kind, lines in found]
        return tuple(piece for piece in pieces if piece.text)


def split_lines(text: str) -> MailLines:
    """Split a mail into lines, at the newlines of every system."""
    lines = _NEWLINES.sub("\n", text).split("\n", MAX_LINES)
    if "----- " in text:
        lines = [part for line in lines for part in split_glued_headers(line)]
    beginnings = [line[:MAX_FOLDED_CHARS].replace("\xa0", " ").replace("\n", " ") for line in lines]
    folded = [line.strip() for line in fold("\n".join(beginnings)).split("\n")]
    return MailLines(lines, folded, [None] * len(lines))
