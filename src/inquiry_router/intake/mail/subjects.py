"""What the prefixes of a subject say: a reply or a forwarded mail."""

import re
from typing import Final

from inquiry_router.text.folding import fold

_PREFIX: Final = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?([^\W\d_]{2,6})(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?\.?:"
)
_REPLY: Final = frozenset({"re", "odp", "aw", "antw", "sv", "rif", "res", "ynt", "vs"})
_FORWARD: Final = frozenset({"fw", "fwd", "pd", "wg", "tr", "rv", "przek", "doorst", "enc", "fs"})


def is_reply(subject: str) -> bool:
    """Whether the first prefix is one of a reply: Re, Odp, AW."""
    return _first(subject) in _REPLY


def is_forward(subject: str) -> bool:
    """Whether the first prefix is one of a forwarded mail: Fwd, PD, WG."""
    return _first(subject) in _FORWARD


def without_prefix(subject: str) -> str:
    """The subject without its first prefix, if it has one."""
    return (
        subject[found.end() :].strip()
        if _first(subject) and (found := _PREFIX.match(subject))
        else subject
    )


def _first(subject: str) -> str | None:
    found = _PREFIX.match(subject[:200])
    word = fold(found[1]) if found else None
    return word if word in _REPLY or word in _FORWARD else None
