"""The HTML beside the plain text of a mail: the same words, with links that are links.

Everything is escaped, and nothing is loaded from elsewhere.
"""

import html
import re
from typing import Final

_LINK: Final = re.compile(r"https?://[^\s<>\"']{1,2000}")
# Marks at the end of an address that belong to the sentence.
_AFTER_LINK: Final = ".,;:!?)]}”»"
_PAGE: Final = (
    '<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"></head>\n'
    '<body style="font-family:sans-serif;font-size:15px;line-height:1.5">\n{body}\n</body></html>\n'
)


def mail_html(text: str, language: str) -> str:
    """Write a text as HTML: a paragraph for each block between blank lines."""
    blocks = re.split(r"\n[ \t]*\n", text.strip().replace("\r\n", "\n"))
    paragraphs = ("<p>" + _with_links(block).replace("\n", "<br>\n") + "</p>" for block in blocks)
    return _PAGE.format(language=html.escape(language), body="\n".join(paragraphs))


def _with_links(block: str) -> str:
    written, end = [], 0
    for found in _LINK.finditer(block):
        address = found[0].rstrip(_AFTER_LINK)
        written.append(html.escape(block[end : found.start()]))
        written.append(f'<a href="{html.escape(address)}">{html.escape(address)}</a>')
        end = found.start() + len(address)
    return "".join((*written, html.escape(block[end:])))
