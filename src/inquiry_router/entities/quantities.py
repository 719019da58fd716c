"""Quantities: a number in digits and a word that counts goods ("20 szt.", "3 pallets", "2 ks")."""

import re
from collections.abc import Sequence
from typing import Final

from inquiry_router.entities.mention import Mention
from inquiry_router.entities.surroundings import match_at
from inquiry_router.entities.units import UNITS
from inquiry_router.inquiry.model import EntityKind

_QUANTITY: Final = re.compile(
    r"(?<![\w/.,:+-])(\d{1,3}(?:[ .\u00a0]\d{3}){1,2}|\d{1,7})[ \u00a0]?([^\W\d_]{2,12})\b"
)
_RATE: Final = re.compile(
    r"\.?\s*(?:/|(?:za|na|per|pro|par|an|each|in der|a)\s+(?:godz|hod|hour|day|week|month|stunde"
    r"|tag|dob[eę]|jour|semaine|mois|personn))",
    re.I,
)


def find_quantities(text: str, runs: Sequence[tuple[int, int]]) -> list[Mention]:
    """Find quantities. The value is the number and one word for the unit.

    "3 000 par" is "3000 par", "5 Stück" is "5 szt".
    """
    return [
        Mention(EntityKind.QUANTITY, match.start(), match.end(), f"{_digits(match[1])} {unit}")
        for match in match_at(_QUANTITY, text, [run for run, end in runs if end < len(text)])
        if (unit := UNITS.get(match[2].lower())) and not _RATE.match(text, match.end())
    ]


def _digits(written: str) -> str:
    return "".join(character for character in written if character.isdigit())
