"""Subjects of mails: replies and forwards, and the subject without them."""

import re
from typing import Final

from inquiry_router.inquiry.matter import Candidate
from inquiry_router.inquiry.model import Draft
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


def repeats_subject(draft: Draft, matter: Candidate | None) -> bool:
    """True if a message has only the subject of its inquiry: its ticket's, or that of a reply."""
    if matter is None or not draft.text.strip() or not (subject := bare_subject(draft.subject)):
        return False
    if draft.origin is None and not is_reply(draft.subject):
        return False
    return any(subject == bare_subject(message.subject) for message in matter.messages)


def _line(subject: str | None) -> str:
    return _BRACKETED.sub(" ", (subject or "")[:_MAX_CHARS])
