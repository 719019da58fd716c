"""Tax numbers of companies: the Polish NIP with its check digit, and VAT numbers of others."""

import re
from typing import Final

_WEIGHTS: Final = (6, 5, 7, 2, 3, 4, 5, 6, 7)
_FOREIGN: Final = re.compile(r"[A-Z]{2}[0-9A-Z]{2,13}")
_MARKS: Final = re.compile(r"[\s.\-/]+")


def is_nip(digits: str) -> bool:
    """True for ten digits of which the last one is the check digit of the others."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return digits.strip("0") != "" and total % 11 == int(digits[9])


def read_tax_number(written: str) -> str:
    """Return ten digits for a Polish company, or the country and number of another one.

    Raises `ValueError` with a sentence if it can be no tax number.
    """
    bare = _MARKS.sub("", written).upper().removeprefix("NIP:").removeprefix("NIP")
    digits = bare.removeprefix("PL")
    if digits.isascii() and digits.isdigit():
        if len(digits) != 10:
            raise ValueError(f"'{written}' has {len(digits)} digits; a NIP has 10")
        if not is_nip(digits):
            raise ValueError(f"'{written}' is no NIP: its check digit is wrong, look for a typo")
        return digits
    if _FOREIGN.fullmatch(bare) and not bare.startswith("PL") and any(map(str.isdigit, bare)):
        return bare
    raise ValueError(
        f"'{written}' is no tax number: write the 10 digits of a NIP, or a foreign VAT number "
        "with its country, such as DE123456789"
    )
