"""The reference of an inquiry: a short code to read out on the phone, for example `K7MA-4XEH`.

Seven random characters and a check character, from 23 characters that do not look alike. 23 is
prime, so a weighted sum modulo 23 detects every single wrong character and every swap of two
neighbours (the principle of ISBN-10). There are 23**7 = 3.4 billion codes.
"""

import secrets
from typing import Final

ALPHABET: Final = "0134679ACEFHJKMNPRTVWXY"
LENGTH: Final = 8
_BASE: Final = len(ALPHABET)
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
# Characters that people write instead of one of the alphabet, if only one can be meant.
_LOOK_ALIKES: Final = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1"})
_SEPARATORS: Final = str.maketrans("", "", " -–—._/\t\n\u00a0")


def new_reference() -> str:
    """Make a random reference."""
    number, payload = secrets.randbelow(_BASE ** (LENGTH - 1)), ""
    for _ in range(LENGTH - 1):
        number, value = divmod(number, _BASE)
        payload += ALPHABET[value]
    return f"{payload[:4]}-{payload[4:]}{_check_character(payload)}"


def read_reference(written: str) -> str | None:
    """Read a reference that was typed or dictated. Returns its normal form, or None.

    Case, spaces, dashes and look-alikes (O for 0, I or L for 1) do not matter; the check character
    must be right.
    """
    if len(written) > 4 * LENGTH:
        return None
    code = written.upper().translate(_SEPARATORS).translate(_LOOK_ALIKES)
    if len(code) != LENGTH or any(character not in _VALUE for character in code):
        return None
    if code[-1] != _check_character(code[:-1]):
        return None
    return f"{code[:4]}-{code[4:]}"


def _check_character(payload: str) -> str:
    total = sum([weight * _VALUE[character] for weight, character in enumerate(payload, start=2)])
    return ALPHABET[-total % len(ALPHABET)]
