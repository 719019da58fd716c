"""HTML mail as the plain text a person would read, with quoted mails marked as mail programs mark them in plain text."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from itertools import islice
from typing import Final, Literal

_SILENT: Final = frozenset({"head", "style", "script", "title", "template", "svg"})
_PARAGRAPHS: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"})
_BLOCKS: Final = _PARAGRAPHS | frozenset(
    {"div", "li", "tr", "section", "article", "header", "footer", "address", "dl", "dt", "dd", "hr", "form", "center"}
)
# Outlook draws this rule above a quoted mail in plain text too.
_RULE: Final = "_" * 32
# Deeper nesting is no mail, and would take quadratic time.
_DEEPEST: Final = 12
# The parser takes 4 us a tag; of what follows so many, the tags are just dropped.
_MOST_TAGS: Final = 12_000
# What separates lines is noted while reading and becomes newlines at the end: a break, a block's edge, a paragraph's edge.
_BREAK: Final = "\n"
_EDGE: Final = "\x01"
_GAP: Final = "\x02"
_SEPARATORS: Final = re.compile("[ \n\x01\x02]*[\n\x01\x02][ \n\x01\x02]*")
_SPACES: Final = re.compile(r"[\s\x00-\x08\xa0]+")
_CONTROLS: Final = re.compile(r"[\x00-\x08]")
_BORDER_TOP: Final = re.compile(r"border:\s*none;\s*border-top:\s*solid", re.IGNORECASE)
_TAG: Final = re.compile("<")
_WHOLE_TAG: Final = re.compile("<[^<>]*>?")
_RUN: Final = re.compile("<{3,}")
_NO_TAG: Final = re.compile(r"<(?![a-zA-Z/])")

_FrameKind = Literal["body", "table", "cell", "quote", "blockquote"]


def text_of_html(html: str) -> str:
    """The text of an HTML mail: a line for each block, `- ` before items, ` | ` between cells, `> ` before quoted lines."""
    tame = _tame(html)
    many = next((tag.start() for tag in islice(_TAG.finditer(tame), _MOST_TAGS, None)), None)
    end = len(tame) if many is None else tame.rfind(">", 0, many) + 1
    reader = _Reader()
    reader.feed(tame[:end])
    reader.close()
    rest = _SPACES.sub(" ", unescape(_WHOLE_TAG.sub(" ", tame[end:])))
    return f"{reader.text()}\n{rest}".strip()


def _tame(html: str) -> str:
    """The HTML without comments, and with each `<` that opens no tag as text.

    The parser would look for their ends again and again, in quadratic time.
    """
    kept: list[str] = []
    at, closed = 0, True
    while (found := html.find("<!", at)) >= 0:
        kept.append(html[at:found])
        end = html.find("-->", found) if closed and html.startswith("<!--", found) else -1
        closed = closed and (end >= 0 or not html.startswith("<!--", found))
        end = end + 3 if end >= 0 else html.find(">", found) + 1
        at = end or found + 2
        if not end:
            break
    kept.append(html[at:])
    whole = _RUN.sub("<<", "".join(kept))
    last = whole.rfind(">") + 1
    return _NO_TAG.sub("&lt;", whole[:last]) + whole[last:].replace("<", "&lt;")


@dataclass(slots=True)
class _Frame:
    """A part of the mail that is put together when it ends; a table keeps the cells of its current row."""

    kind: _FrameKind
    parts: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects the text of one mail."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._frames = [_Frame("body")]
        self._silent: str | None = None
        self._preformatted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a block, a cell or a quote."""
        if self._silent is not None and tag != "body":
            return
        if tag in _SILENT or tag == "body":
            # A head that is never closed ends where the body begins; what follows an unclosed script is the script.
            self._silent = tag if tag in _SILENT else None
        elif tag == "br":
            self._note(_BREAK)
        elif tag in ("td", "th"):
            self._begin_cell()
        elif tag == "img":
            self._note((dict(attrs).get("alt") or "")[:80])
        elif tag in _BLOCKS:
            self._begin_block(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened."""
        if self._silent is not None:
            self._silent = None if tag == self._silent else self._silent
        elif tag in ("td", "th"):
            self._end("cell", within="table")
        elif tag == "tr":
            self._end_row()
        elif tag in _BLOCKS:
            if tag == "table":
                self._end("table")
            elif tag == "blockquote":
                self._end("quote", "blockquote", within="cell")
            self._preformatted = self._preformatted and tag != "pre"
            self._note(_GAP if tag in _PARAGRAPHS - {"p"} else _EDGE)

    def handle_data(self, data: str) -> None:
        """Take the text, with white space as a browser shows it."""
        if self._silent is None:
            self._note(_CONTROLS.sub("", data) if self._preformatted else _SPACES.sub(" ", data))

    def text(self) -> str:
        """All that was collected."""
        while len(self._frames) > 1:
            self._pop()
        return _laid_out(self._frames[0].parts)

    def _note(self, part: str) -> None:
        self._frames[-1].parts.append(part)

    def _begin_block(self, tag: str, attrs: dict[str, str | None]) -> None:
        classes = attrs.get("class") or ""
        self._note(_GAP if tag in _PARAGRAPHS and "mso" not in classes.lower() else _EDGE)
        if tag == "table":
            self._push("table")
        elif tag == "tr":
            self._end_row()
        elif tag == "blockquote":
            # An indented paragraph is a blockquote too, without a border; a quoted mail says so or has neither.
            indented = attrs.get("type") != "cite" and "border:none" in (attrs.get("style") or "").replace(" ", "")
            self._push("blockquote" if indented else "quote")
        elif tag == "li":
            self._note("- ")
        elif tag == "pre":
            self._preformatted = True
        elif tag == "div" and (_is_reply(attrs, classes)):
            self._note(f"{_RULE}{_EDGE}")

    def _begin_cell(self) -> None:
        self._end("cell", within="table")
        if any(frame.kind == "table" for frame in self._frames):
            self._push("cell")
        else:
            self._note(_EDGE)

    def _end_row(self) -> None:
        self._end("cell", within="table")
        frame = self._frames[-1]
        if frame.kind == "table" and frame.cells:
            cells = [cell for cell in frame.cells if cell]
            frame.cells = []
            frame.parts += [(_EDGE if any("\n" in cell for cell in cells) else " | ").join(cells), _EDGE]

    def _push(self, kind: _FrameKind) -> None:
        if len(self._frames) < _DEEPEST:
            self._frames.append(_Frame(kind))

    def _end(self, *kinds: _FrameKind, within: _FrameKind | None = None) -> None:
        """End the innermost part of these kinds and all inside it, without leaving the part it is within."""
        for order in range(len(self._frames) - 1, 0, -1):
            if self._frames[order].kind in kinds:
                while len(self._frames) > order:
                    self._pop()
                return
            if self._frames[order].kind == within:
                return

    def _pop(self) -> None:
        if self._frames[-1].kind == "table":
            self._end_row()
        frame = self._frames.pop()
        text = _laid_out(frame.parts)
        if frame.kind == "cell" and self._frames[-1].kind == "table":
            self._frames[-1].cells.append(text)
        elif text:
            if frame.kind == "quote":
                text = "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))
            self._frames[-1].parts += [_EDGE, text, _EDGE]


def _is_reply(attrs: dict[str, str | None], classes: str) -> bool:
    """Whether the block is the one that Outlook or Yahoo put a quoted mail in, or its headers."""
    if (attrs.get("id") or "").lower().endswith("divrplyfwdmsg") or "yahoo_quoted" in classes:
        return True
    return _BORDER_TOP.match(attrs.get("style") or "") is not None


def _laid_out(parts: list[str]) -> str:
    return _SEPARATORS.sub(_newlines, "".join(parts)).strip()


def _newlines(found: re.Match[str]) -> str:
    """One newline or a blank line: a break at the end of a block adds nothing, an empty block is a blank line."""
    run = found[0].replace(" ", "")
    breaks = run.count(_BREAK) + (run[0] != _BREAK)
    return "\n\n" if _GAP in run or breaks > 1 else "\n"
