"""Replace HTML character references by their characters."""

import html
import re
from typing import Final

# Unicode has no number of that length, and Python refuses to read one of thousands of digits.
_INVALID_NUMBER: Final = re.compile(r"&#0*+[0-9]{8,};?")
_REPLACEMENT: Final = "\ufffd"


def unescape(text: str) -> str:
    """Replace `&amp;`, `&#380;` and the like. Never raises."""
    return html.unescape(_INVALID_NUMBER.sub(_REPLACEMENT, text)) if "&" in text else text
