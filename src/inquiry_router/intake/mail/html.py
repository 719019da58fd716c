"""Convert HTML mail to plain text, with quoted mail marked by `>`.

Tags are found here and not by `html.parser`, which takes quadratic time for tags that are never
closed and reads broken HTML differently from one patch of Python to the next. No tree is built: by
the rules of HTML5 themselves that takes quadratic time.
"""

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Literal

from inquiry_router.text.html_text import unescape

_SILENT_TAGS: Final = frozenset({"head", "title", "template", "svg"})
_PARAGRAPH_TAGS: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"}
)
_BLOCK_TAGS: Final = _PARAGRAPH_TAGS | frozenset(
    {
        "div",
        "li",
        "tr",
        "section",
        "article",
        "header",
        "footer",
        "address",
        "dl",
        "dt",
        "dd",
        "hr",
        "form",
        "center",
    }
)
# Outlook draws the same rule above a quoted mail in plain text.
_RULE: Final = "_" * 32
# No mail nests deeper. Each level costs another pass over its text.
_MAX_DEPTH: Final = 12
# A tag takes a few microseconds, and the longest newsletters have 5,000. Further tags are dropped,
# and all text between them is kept.
MAX_TAGS: Final = 12_000
_MAX_ATTRIBUTES: Final = 40
_MAX_ALT_CHARS: Final = 80
# Separators of lines, which become newlines at the end: a break, the edge of a block, the edge of a
# paragraph.
_BREAK: Final = "\n"
_EDGE: Final = "\x01"
_GAP: Final = "\x02"
# Runs are matched whole: looking for a separator from each blank of a run took half a minute
# for 40 kB.
_BETWEEN_LINES: Final = re.compile("[ \n\x01\x02]{2,}|[\n\x01\x02]")
_SPACES: Final = re.compile(r"[\s\x00-\x08\xa0]+")
_CONTROLS: Final = re.compile(r"[\x00-\x08]")
_BORDER_TOP: Final = re.compile(r"border:\s*none;\s*border-top:\s*solid", re.IGNORECASE)
# Searched up to the last "-->" only, so that each search finds an end.
_COMMENT: Final = re.compile(r"<!(?=--).*?-->", re.DOTALL)
# Searched up to the last ">" only, for the same reason. A ">" in quotes is part of its tag, unless
# the quotes go on to another tag: then they were never closed.
_MARKUP: Final = re.compile(
    r"""<(?:
        (?P<end>/\s*+)?(?P<name>[a-zA-Z][^\s/>]*)
        (?P<attributes>(?:[^<>"']++|"[^"<]*"|'[^'<]*')*+|[^>]*)
        | [!?/][^>]*
    )>""",
    re.VERBOSE,
)
_ATTRIBUTE: Final = re.compile(
    r"""(?<![^\s"'/])([^\s"'<>/=]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""",
)
# The content of these elements is not HTML.
_END_OF_RAW: Final = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style")
}

_FrameKind = Literal["body", "table", "cell", "quote", "blockquote"]


def html_to_text(html: str) -> str:
    """Convert the HTML of a mail to text.

    Each block is a line. Items begin with `- `, quoted lines with `> `; ` | ` separates cells.
    """
    head, closing, tail = html.rpartition("-->")
    reader = _TextExtractor()
    rest = reader.read(_COMMENT.sub("", head + closing) + tail)
    return f"{reader.text()}\n{rest}".strip()


@dataclass(slots=True)
class _Frame:
    """A part of the mail that becomes text when it ends.

    A table keeps the cells of its current row.
    """

    kind: _FrameKind
    parts: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)


class _TextExtractor:
    """Extract the text of one mail."""

    def __init__(self) -> None:
        self._frames = [_Frame("body")]
        self._silent: str | None = None
        self._preformatted = False

    def read(self, html: str) -> str:
        """Read HTML. Return the text behind the last tag that is read, without tags."""
        at, last = 0, html.rfind(">") + 1
        for _ in range(MAX_TAGS):
            markup = _MARKUP.search(html, at, last)
            if markup is None:
                self._add_text(html[at:])
                return ""
            self._add_text(html[at : markup.start()])
            at = markup.end()
            name, attributes = (markup["name"] or "").lower(), markup["attributes"] or ""
            if markup["end"]:
                self._close(name)
            elif name in _END_OF_RAW and not attributes.endswith("/"):
                end = _END_OF_RAW[name].search(html, at)
                at = end.end() if end else len(html)
            elif name:
                self._open(name, attributes)
                if attributes.endswith("/"):
                    self._close(name)
        return _SPACES.sub(" ", unescape(_MARKUP.sub(" ", html[at:last]) + html[max(at, last) :]))

    def _open(self, tag: str, attributes: str) -> None:
        """Open a block, a cell or a quote."""
        if self._silent is not None and tag != "body":
            return
        if tag in _SILENT_TAGS or tag == "body":
            # A head that is never closed ends where the body begins.
            self._silent = tag if tag in _SILENT_TAGS else None
        elif tag == "br":
            self._append(_BREAK)
        elif tag in ("td", "th"):
            self._open_cell()
        elif tag == "img":
            self._append(_parse_attributes(attributes).get("alt", "")[:_MAX_ALT_CHARS])
        elif tag in _BLOCK_TAGS:
            self._open_block(tag, _parse_attributes(attributes))

    def _close(self, tag: str) -> None:
        """Close an open tag."""
        if self._silent is not None:
            self._silent = None if tag == self._silent else self._silent
        elif tag in ("td", "th"):
            self._end_frame("cell", within="table")
        elif tag == "tr":
            self._close_row()
        elif tag in _BLOCK_TAGS:
            if tag == "table":
                self._end_frame("table")
            elif tag == "blockquote":
                self._end_frame("quote", "blockquote", within="cell")
            self._preformatted = self._preformatted and tag != "pre"
            self._append(_GAP if tag in _PARAGRAPH_TAGS - {"p"} else _EDGE)

    def _add_text(self, written: str) -> None:
        """Add text, with white space as a browser shows it."""
        if written and self._silent is None:
            data = unescape(written)
            self._append(_CONTROLS.sub("", data) if self._preformatted else _SPACES.sub(" ", data))

    def text(self) -> str:
        """Return the extracted text."""
        while len(self._frames) > 1:
            self._end_innermost()
        return _join_parts(self._frames[0].parts)

    def _append(self, part: str) -> None:
        self._frames[-1].parts.append(part)

    def _open_block(self, tag: str, attrs: dict[str, str]) -> None:
        classes = attrs.get("class", "")
        self._append(_GAP if tag in _PARAGRAPH_TAGS and "mso" not in classes.lower() else _EDGE)
        if tag == "table":
            self._open_frame("table")
        elif tag == "tr":
            self._close_row()
        elif tag == "blockquote":
            # An indented paragraph is a blockquote without a border. A quoted mail has the type
            # "cite", or no such style.
            style = attrs.get("style", "").replace(" ", "")
            indented = attrs.get("type") != "cite" and "border:none" in style
            self._open_frame("blockquote" if indented else "quote")
        elif tag == "li":
            self._append("- ")
        elif tag == "pre":
            self._preformatted = True
        elif tag == "div" and _holds_quoted_mail(attrs, classes):
            self._append(f"{_RULE}{_EDGE}")

    def _open_cell(self) -> None:
        self._end_frame("cell", within="table")
        if any(frame.kind == "table" for frame in self._frames):
            self._open_frame("cell")
        else:
            self._append(_EDGE)

    def _close_row(self) -> None:
        self._end_frame("cell", within="table")
        frame = self._frames[-1]
        if frame.kind == "table" and frame.cells:
            cells = [cell for cell in frame.cells if cell]
            frame.cells = []
            separator = _EDGE if any("\n" in cell for cell in cells) else " | "
            frame.parts += [separator.join(cells), _EDGE]

    def _open_frame(self, kind: _FrameKind) -> None:
        if len(self._frames) < _MAX_DEPTH:
            self._frames.append(_Frame(kind))

    def _end_frame(self, *kinds: _FrameKind, within: _FrameKind | None = None) -> None:
        """End the innermost frame of these kinds and all inside it.

        Do nothing if a frame of the kind `within` is met first.
        """
        for order in range(len(self._frames) - 1, 0, -1):
            if self._frames[order].kind in kinds:
                while len(self._frames) > order:
                    self._end_innermost()
                return
            if self._frames[order].kind == within:
                return

    def _end_innermost(self) -> None:
        if self._frames[-1].kind == "table":
            self._close_row()
        frame = self._frames.pop()
        text = _join_parts(frame.parts)
        if frame.kind == "cell" and self._frames[-1].kind == "table":
            self._frames[-1].cells.append(text)
        elif text:
            if frame.kind == "quote":
                text = "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))
            self._frames[-1].parts += [_EDGE, text, _EDGE]


def _holds_quoted_mail(attrs: dict[str, str], classes: str) -> bool:
    """True if Outlook or Yahoo puts a quoted mail, or its headers, into this block."""
    if attrs.get("id", "").lower().endswith("divrplyfwdmsg") or "yahoo_quoted" in classes:
        return True
    return _BORDER_TOP.match(attrs.get("style", "")) is not None


def _parse_attributes(written: str) -> dict[str, str]:
    found = islice(_ATTRIBUTE.finditer(written), _MAX_ATTRIBUTES)
    return {one[1].lower(): unescape(one[2] or one[3] or one[4] or "") for one in found}


def _join_parts(parts: list[str]) -> str:
    return _BETWEEN_LINES.sub(_newlines, "".join(parts)).strip()


def _newlines(found: re.Match[str]) -> str:
    """Return one newline or a blank line for a run of separators.

    A break at the end of a block adds nothing; an empty block is a blank line.
    """
    run = found[0].replace(" ", "")
    if not run:
        return found[0]
    breaks = run.count(_BREAK) + (run[0] != _BREAK)
    return "\n\n" if _GAP in run or breaks > 1 else "\n"
