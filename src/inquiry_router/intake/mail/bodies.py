"""Choose between the two parts of a mail: plain text and HTML."""

import re
from typing import Final

from inquiry_router.intake.mail.html import html_to_text
from inquiry_router.text.folding import fold

# At most every tenth word of the HTML part may be missing in a text part that carries it.
_MAX_MISSING: Final = 0.1
# Not words: links, and the names of images in the text.
_NO_WORDS: Final = re.compile(
    r"https?://\S+|<mailto:[^<>\s]*>|\[(?:cid|image|obraz|bild|inline image)\b[^\]\n]{0,200}\]"
    r"|\bcid:\S+",
    re.IGNORECASE,
)
_LINK_MARKS: Final = ("://", "<mailto:", "[", "cid:")
_WORD: Final = re.compile(r"\w+")


def read_body(text: str, html: str | None) -> str:
    """Return the text part if it carries the words of the HTML part, else those of the HTML part.

    Below the HTML part stands the text part, if that says something else: nothing is lost.
    """
    if not html or not html.strip():
        return text
    shown = html_to_text(html)
    of_html, of_text = _words(shown), _words(text)
    if not of_html:
        return text if of_text else shown or text
    if len(of_html - of_text) <= _MAX_MISSING * len(of_html):
        return text
    if len(of_text - of_html) <= _MAX_MISSING * len(of_text):
        return shown
    return f"{shown}\n\n{text.strip()}"


def _words(text: str) -> set[str]:
    if any(mark in text for mark in _LINK_MARKS):
        text = _NO_WORDS.sub(" ", text)
    return set(fold(" ".join(set(_WORD.findall(text)))).split())
