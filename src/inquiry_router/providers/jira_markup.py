"""Jira's wiki markup, in which API v2 takes and gives texts: characters that would mean something.

Facts: Jira's help page on text formatting (a backslash escapes a special character).
"""

import re
from typing import Final

# Links, mentions, macros, pictures, tables, bold and lists. Characters that stand in the path of
# an address (hyphen, underscore, tilde) stay as they are, so that our links are links.
_SPECIAL: Final = re.compile(r"[{}\[\]!|*]")
# Jira Cloud stores documents and writes them as markup again, with more escapes than it was sent.
_ESCAPED: Final = re.compile(r"\\([{}\[\]!|*_+^~?#-])")


def escape_markup(text: str) -> str:
    """A plain text that Jira shows as it is, such as a customer's words."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def unescape_markup(text: str) -> str:
    """A text without the backslashes before special characters."""
    return _ESCAPED.sub(r"\1", text)
