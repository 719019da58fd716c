"""The short code a customer can read out on the phone, for example `K7MA-4XEH`.

Seven random characters and a check character over a 23-character alphabet in which no two look alike. 23 is prime, so a
weighted sum modulo 23 catches every single wrong character and every swap of two different neighbours (the ISBN-10
principle). 23**7 is 3.4 thousand million codes.
"""

import os
import random
import time
from typing import Final

ALPHABET: Final = "0134679ACEFHJKMNPRTVWXY"
LENGTH: Final = 8
_BASE: Final = len(ALPHABET)
# How many characters of the payload differ within one second, and how many references may share the others.
_ENDING: Final = 3
_ALIKE: Final = 32
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
# What people write or hear instead of a character of the alphabet, where only one can be meant.
_LOOK_ALIKES: Final = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1"})
_SEPARATORS: Final = str.maketrans("", "", " -–—._/\t\n\u00a0")


class _Drawing:
    """Draws payloads at random, those of one second with the same beginning.

    So under load references stand on one page of the database's index instead of on as many pages as there are references; and
    at other times no two begin alike.
    """

    def __init__(self) -> None:
        self._random = random.Random()  # noqa: S311 - a reference is no secret: looking it up needs a key
        self._second = 0
        self._beginning = ""
        self._endings: list[int] = []

    def begin_anew(self) -> None:
        """Forked processes must not go on with the same numbers."""
        self._random.seed()
        self._endings = []

    def draw(self) -> str:
        """A payload that this process has not drawn before, as far as it remembers."""
        second = int(time.monotonic())
        if not self._endings or self._second != second:
            self._second = second
            self._beginning = "".join(self._random.choices(ALPHABET, k=LENGTH - 1 - _ENDING))
            self._endings = self._random.sample(range(_BASE**_ENDING), _ALIKE)
        rest, last = divmod(self._endings.pop(), _BASE)
        first, middle = divmod(rest, _BASE)
        return self._beginning + ALPHABET[first] + ALPHABET[middle] + ALPHABET[last]


_drawing = _Drawing()
os.register_at_fork(after_in_child=_drawing.begin_anew)


def new_reference() -> str:
    """A fresh random reference in its written form."""
    payload = _drawing.draw()
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
