"""Subjects of mails: replies and forwards, and the subject without them."""

import re
from typing import Final

from inquiry_router.text.folding import fold_words

_REPLY: Final = re.compile(
    r"\s*(?:(?:re|odp|aw|fwd?|pd|wg|sv|antw|vs)\s?\.?\s?(?:\[\d+\])?\s?:\s*)+", re.IGNORECASE
)
_FORWARD: Final = re.compile(r"\s*(?:fwd?|pd|wg|tr|przek)\s?\.?\s?:", re.IGNORECASE)
_BRACKETED: Final = re.compile(r"\[[^\]]{1,40}\]")
_MAX_CHARS: Final = 500


def is_reply(subject: str | None) -> bool:
    """True if it begins with "Re:", "Odp:", "AW:", "Fwd:", "WG:" and the like."""
    return _REPLY.match(_line(subject)) is not None


def is_forward(subject: str | None) -> bool:
    """True if it begins with "Fwd:", "WG:" or "PD:"."""
    return _FORWARD.match(_line(subject)) is not None


def bare_subject(subject: str | None) -> str:
    """Return the folded words of a subject without "Re:" and what stands in brackets."""
    return fold_words(_REPLY.sub("", _line(subject), count=1)).strip()


def _line(subject: str | None) -> str:
    return _BRACKETED.sub(" ", (subject or "")[:_MAX_CHARS])
