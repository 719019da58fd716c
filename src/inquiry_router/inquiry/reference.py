"""The short code a customer can read out on the phone, for example `K7MA-4XEH`.

Seven random characters and a check character over a 23-character alphabet in which no two look alike. 23 is prime, so a
weighted sum modulo 23 catches every single wrong character and every swap of two different neighbours (the ISBN-10
principle). 23**7 is 3.4 thousand million codes.
"""

import secrets
from typing import Final

ALPHABET: Final = "0134679ACEFHJKMNPRTVWXY"
LENGTH: Final = 8
_BASE: Final = len(ALPHABET)
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
# What people write or hear instead of a character of the alphabet, where only one can be meant.
_LOOK_ALIKES: Final = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1"})
_SEPARATORS: Final = str.maketrans("", "", " -–—._/\t\n\u00a0")


def new_reference() -> str:
    """A random reference in its written form."""
    number, payload = secrets.randbelow(_BASE ** (LENGTH - 1)), ""
    for _ in range(LENGTH - 1):
        number, value = divmod(number, _BASE)
        payload += ALPHABET[value]
    return f"{payload[:4]}-{payload[4:]}{_check_character(payload)}"


def read_reference(written: str) -> str | None:
    """The reference somebody typed or dictated, in its written form; None when it cannot be one.

    Case, spaces, dashes and look-alikes (O for 0, I or L for 1) are forgiven; the check character is not.
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
