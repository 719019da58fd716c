"""Public replies: what a helpdesk writes to the customer for us."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from inquiry_router.text.html_text import unescape

_HTML_TAG: Final = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class PublicReply:
    """An answer to the customer, which they read in their own language."""

    subject: str
    text: str = field(repr=False)
    language: str

    @property
    def html(self) -> str:
        """The text as HTML."""
        return "<br>".join(html.escape(line) for line in self.text.splitlines())

    def is_among(self, texts: Iterable[object]) -> bool:
        """True if one of these texts, plain or HTML, has it."""
        said = _bare(self.text)
        return any(said in _bare(unescape(one)) for one in texts if isinstance(one, str))


def _bare(text: str) -> str:
    """A text without tags and with single spaces, as helpdesks may change both."""
    return " ".join(_HTML_TAG.sub(" ", text).split())
