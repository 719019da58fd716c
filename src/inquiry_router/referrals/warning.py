"""Words that advise against us, in the languages of our customers. Pure.

The model may be wrong; a reward for whoever warns of us may not be. So these silence a message.
"""

import re
from typing import Final

from inquiry_router.text.folding import unmarked, without_marks

_PATTERNS: Final = (
    r"nie\s+(?:\w+\s+){0,2}(?:polec|rekomend|powoł)\w*",
    r"(?:nikt|nikomu)\b.{0,30}(?:polec|rekomend)",
    r"odradza\w*",
    r"(?:not|never|cannot|can't|nobody|no one|no longer)\b(?:\s+\w+){0,6}\s+recommend\w*",
    r"\w+n['’]t\s+recommend\w*",
    r"(?:nicht|nie|niemand|kaum|keinem|niemandem)\b(?:\s+\w+){0,6}\s+(?:weiter)?empf[eoi]hl\w*",
    r"(?:weiter)?empf[eoi]hl\w*\s+(?:\w+\s+){0,4}nicht",
    r"rate\s+\w+\s+ab\b",
    r"gewarnt",
    r"nedoporu\w+",
    r"neodpor[uú]\w+",
    r"no\s+(?:los\s+)?recomiendo",
    r"не\s+(?:порад|рекоменд)\w*",
    r"нікому\s+\w+\s+не",
    r"ne\s+recommande\w*\s+pas",
    r"non\s+consigli\w+",
)
_WARNING: Final = re.compile(without_marks(r"\b(?:" + "|".join(_PATTERNS) + ")"))
_MAX_CHARS: Final = 4000


def advises_against(text: str) -> bool:
    """True for a text that advises others against us."""
    return _WARNING.search(unmarked(text[:_MAX_CHARS])) is not None
