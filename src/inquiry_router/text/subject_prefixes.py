"""Recognise replies and forwarded mail by the prefix of the subject."""

import re
from typing import Final

from inquiry_router.text.folding import fold

_PREFIX: Final = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?([^\W\d_]{1,6})(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?\.?[:：]"
)
_REPLY: Final = frozenset({"re", "odp", "aw", "antw", "sv", "rif", "res", "ynt", "回复", "答复"})
_FORWARD: Final = frozenset(
    {
        *("fw", "fwd", "pd", "wg", "tr", "rv", "przek", "doorst", "enc", "fs", "i", "vs", "vb"),
        *("vl", "tov", "ilt", "redir", "prosl", "转发", "轉寄"),
    }
)


def is_reply(subject: str) -> bool:
    """True if the first prefix is one of a reply: Re, Odp, AW."""
    return _first_prefix(subject) in _REPLY


def is_forward(subject: str) -> bool:
    """True if the first prefix is one of a forwarded mail: Fwd, PD, WG."""
    return _first_prefix(subject) in _FORWARD


def without_prefix(subject: str) -> str:
    """Return the subject without its first prefix."""
    found = _PREFIX.match(subject) if _first_prefix(subject) else None
    return subject[found.end() :].strip() if found else subject


def _first_prefix(subject: str) -> str | None:
    found = _PREFIX.match(subject[:200])
    word = fold(found[1]) if found else None
    return word if word in _REPLY or word in _FORWARD else None
