"""Character references of HTML as the characters they stand for."""

import html
import re
from typing import Final

# Unicode has no such number, and Python refuses to read one of thousands of digits.
_NO_CHARACTER: Final = re.compile(r"&#0*+[0-9]{8,};?")
_REPLACEMENT: Final = "\ufffd"


def unescape(text: str) -> str:
    """Replace `&amp;`, `&#380;` and the like. Any text can be read."""
    return html.unescape(_NO_CHARACTER.sub(_REPLACEMENT, text)) if "&" in text else text
