"""HTML mail as the plain text a person would read, with quoted mails marked as in plain text.

Tags are found here and not by `html.parser`: that one takes quadratic time for tags that are never
closed, and its reading of broken HTML changes from one patch of Python to the next. No tree is
built, for that takes quadratic time by the very rules of HTML5.
"""

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Literal

from inquiry_router.text.html_text import unescape

_SILENT: Final = frozenset({"head", "title", "template", "svg"})
_PARAGRAPHS: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"}
)
_BLOCKS: Final = _PARAGRAPHS | frozenset(
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
# Outlook draws this rule above a quoted mail in plain text too.
_RULE: Final = "_" * 32
# Deeper nesting is no mail, and each level is laid out anew.
_MAX_DEPTH: Final = 12
# A tag takes a few microseconds, and the longest newsletters have 5,000. Behind so many all text is
# kept, and tags are only dropped.
MAX_TAGS: Final = 12_000
_MAX_ATTRIBUTES: Final = 40
_MAX_ALT: Final = 80
# What separates lines is noted while reading and becomes newlines at the end: a break, a block's edge, a paragraph's edge.
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
# What stands between these tags is no HTML.
_END_OF_RAW: Final = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style")
}

_FrameKind = Literal["body", "table", "cell", "quote", "blockquote"]


def html_to_text(html: str) -> str:
    """The text of an HTML mail: a line for each block, `- ` before items, ` | ` between cells, `> ` before quoted lines."""
    head, closing, tail = html.rpartition("-->")
    reader = _TextExtractor()
    rest = reader.read(_COMMENT.sub("", head + closing) + tail)
    return f"{reader.text()}\n{rest}".strip()


@dataclass(slots=True)
class _Frame:
    """A part of the mail that is put together when it ends; a table keeps the cells of its current row."""

    kind: _FrameKind
    parts: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)


class _TextExtractor:
    """Collects the text of one mail."""

    def __init__(self) -> None:
        self._frames = [_Frame("body")]
        self._silent: str | None = None
        self._preformatted = False

    def read(self, html: str) -> str:
        """Take in the HTML. Return the text behind the last tag that is read, without tags."""
        at, last = 0, html.rfind(">") + 1
        for _ in range(MAX_TAGS):
            markup = _MARKUP.search(html, at, last)
            if markup is None:
                self._take_text(html[at:])
                return ""
            self._take_text(html[at : markup.start()])
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
        if tag in _SILENT or tag == "body":
            # A head that is never closed ends where the body begins.
            self._silent = tag if tag in _SILENT else None
        elif tag == "br":
            self._note(_BREAK)
        elif tag in ("td", "th"):
            self._begin_cell()
        elif tag == "img":
            self._note(_attributes(attributes).get("alt", "")[:_MAX_ALT])
        elif tag in _BLOCKS:
            self._begin_block(tag, _attributes(attributes))

    def _close(self, tag: str) -> None:
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

    def _take_text(self, written: str) -> None:
        """Take the text, with white space as a browser shows it."""
        if written and self._silent is None:
            data = unescape(written)
            self._note(_CONTROLS.sub("", data) if self._preformatted else _SPACES.sub(" ", data))

    def text(self) -> str:
        """All that was collected."""
        while len(self._frames) > 1:
            self._pop()
        return _laid_out(self._frames[0].parts)

    def _note(self, part: str) -> None:
        self._frames[-1].parts.append(part)

    def _begin_block(self, tag: str, attrs: dict[str, str]) -> None:
        classes = attrs.get("class", "")
        self._note(_GAP if tag in _PARAGRAPHS and "mso" not in classes.lower() else _EDGE)
        if tag == "table":
            self._push("table")
        elif tag == "tr":
            self._end_row()
        elif tag == "blockquote":
            # An indented paragraph is a blockquote too, without a border; a quoted mail says so or has neither.
            indented = attrs.get("type") != "cite" and "border:none" in attrs.get(
                "style", ""
            ).replace(" ", "")
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
            frame.parts += [
                (_EDGE if any("\n" in cell for cell in cells) else " | ").join(cells),
                _EDGE,
            ]

    def _push(self, kind: _FrameKind) -> None:
        if len(self._frames) < _MAX_DEPTH:
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


def _is_reply(attrs: dict[str, str], classes: str) -> bool:
    """Whether the block is the one that Outlook or Yahoo put a quoted mail in, or its headers."""
    if attrs.get("id", "").lower().endswith("divrplyfwdmsg") or "yahoo_quoted" in classes:
        return True
    return _BORDER_TOP.match(attrs.get("style", "")) is not None


def _attributes(written: str) -> dict[str, str]:
    found = islice(_ATTRIBUTE.finditer(written), _MAX_ATTRIBUTES)
    return {one[1].lower(): unescape(one[2] or one[3] or one[4] or "") for one in found}


def _laid_out(parts: list[str]) -> str:
    return _BETWEEN_LINES.sub(_newlines, "".join(parts)).strip()


def _newlines(found: re.Match[str]) -> str:
    """One newline or a blank line: a break at the end of a block adds nothing, an empty block is a blank line."""
    run = found[0].replace(" ", "")
    if not run:
        return found[0]
    breaks = run.count(_BREAK) + (run[0] != _BREAK)
    return "\n\n" if _GAP in run or breaks > 1 else "\n"
