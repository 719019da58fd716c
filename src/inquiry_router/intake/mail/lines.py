"""A mail laid out in lines, each of which is kept or marked as cut."""

import re
from dataclasses import dataclass
from typing import Final

from inquiry_router.intake.mail.model import Cut, Kind
from inquiry_router.text.folding import fold

# A long thread of quoted mails has 1,000 lines. What follows is kept as one last line, and only the
# beginning of it is looked at: so no mail can take more than a few hundredths of a second.
MAX_LINES: Final = 2_000
# Patterns look at the beginning of a line only: an attribution or a header is never longer.
SEEN: Final = 400
_NEWLINES: Final = re.compile(r"\r\n?|[\u2028\u2029]")
_GAPS: Final = re.compile(r"\n{3,}")
_MARK_OF_QUOTE: Final = re.compile(r"\s{0,3}> ?")


@dataclass(slots=True)
class MailLines:
    """The lines, the same folded for comparing, and for each line why it was cut, or None."""

    lines: list[str]
    folded: list[str]
    marks: list[Kind | None]

    def mark(self, start: int, end: int, kind: Kind) -> None:
        """Cut the lines from `start` to before `end` that are not cut yet."""
        for at in range(start, end):
            if self.marks[at] is None:
                self.marks[at] = kind

    def kept(self, start: int, end: int) -> list[int]:
        """The numbers of the lines that are neither blank nor cut."""
        return [at for at in range(start, end) if self.marks[at] is None and self.folded[at]]

    def words(self, start: int, end: int) -> str:
        """What is kept there, folded, with single spaces."""
        return " ".join(" ".join(self.folded[at].split()) for at in self.kept(start, end))

    def next_said(self, start: int, end: int) -> int:
        """The first line from `start` that is not blank, or `end`."""
        while start < end and not self.folded[start]:
            start += 1
        return start

    def unquote(self, start: int, end: int) -> None:
        """Take one level of `>` off the lines and keep them."""
        for at in range(start, end):
            self.marks[at] = None
            if self.folded[at].startswith(">"):
                self.lines[at] = _MARK_OF_QUOTE.sub("", self.lines[at], count=1)
                self.folded[at] = self.folded[at][1:].strip()

    def text(self) -> str:
        """What is kept, with at most one blank line in a row."""
        kept = [
            line.rstrip() for line, mark in zip(self.lines, self.marks, strict=True) if mark is None
        ]
        return _GAPS.sub("\n\n", "\n".join(kept)).strip()

    def cuts(self) -> tuple[Cut, ...]:
        """What was cut, neighbours of one kind together."""
        found: list[tuple[Kind, list[str]]] = []
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
    """The text laid out. Newlines of every system count."""
    lines = _NEWLINES.sub("\n", text).split("\n", MAX_LINES)
    joined = "\n".join([line[:SEEN].replace("\xa0", " ").replace("\n", " ") for line in lines])
    folded = [line.strip() for line in fold(joined).split("\n")]
    return MailLines(lines, folded, [None] * len(lines))
