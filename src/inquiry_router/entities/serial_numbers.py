"""Serial numbers: by the words before them ("nr seryjny 2231-A8", "S/N: 8842190", "Seriennr.").

A device has one for all its life, so a customer who names it speaks about that device.
"""

import re
from typing import Final

from inquiry_router.entities.surroundings import NUMBER_WORDS
from inquiry_router.entities.words import word_set

_MIN_CHARS: Final = 4
_MIN_CHARS_AFTER_SN: Final = 6
_MIN_DIGITS: Final = 2
# Words that say it alone.
_SERIAL: Final = word_set(
    "serial serials s/n sn seriennummer seriennummern seriennr serien-nr serialnummer serial-nr"
    " fabriknummer fabriknr fabrik-nr maschinennummer maschinennr maschinen-nr gerätenummer"
    " seryjny seryjnego seryjnym"
)
_NUMBERS: Final = NUMBER_WORDS | word_set("numery numerów nos numbers nummern čísla номери номера")
# Words that say it after "numer" ("numer fabryczny", "número de serie") or before it ("výrobní
# číslo"). Alone they do not: "ul. Fabryczna 33".
_AFTER_NUMBER: Final = word_set(
    "ser seryjne seryjnych fabryczny fabrycznego fabrycznym fabryczne fabr série serie matricola"
)
_BEFORE_NUMBER: Final = word_set(
    "výrobní výr výrobného výrobné sériové sériového серійний серійного заводський заводського"
)
# Words between it and the number.
_BETWEEN: Final = _NUMBERS | word_set(
    "to is ist lautet je є urządzenia maszyny pompy sprzętu produktu kotła silnika drukarki lodówki"
    " pralki piły wózka the of der des"
)
# A vehicle's and a mobile telephone's number have a fixed shape.
_VEHICLE_WORDS: Final = word_set(
    "vin nadwozia podwozia fahrgestellnummer fahrgestellnr fahrgestell-nr fin chassis karoserie"
)
_VEHICLE: Final = re.compile("(?=.*[0-9])(?=.*[A-Z])[A-HJ-NPR-Z0-9]{17}", re.IGNORECASE)
_PHONE: Final = re.compile("[0-9]{2}-?[0-9]{6}-?[0-9]{6}-?[0-9]{1,2}")
# "serial 2019", "S/N 4.50": a year, an amount.
_NO_SERIAL: Final = re.compile(r"(?:19|20)\d\d|\d+[.,:]\d{1,2}|\d+[x×]\d.*|rs-?\d+", re.IGNORECASE)


def is_serial_number(words: list[str], token: str) -> bool:
    """True if the words before a token, nearest first, say that it is a serial number."""
    for place, word in enumerate(words):
        if word in _VEHICLE_WORDS:
            return _VEHICLE.fullmatch(token) is not None
        if word == "imei":
            return _PHONE.fullmatch(token) is not None
        if word in _SERIAL or _is_of_number(words, place):
            return _has_shape(token, word, marked=not _NUMBERS.isdisjoint(words[: place + 2]))
        if word not in _BETWEEN:
            return False
    return False


def _is_of_number(words: list[str], place: int) -> bool:
    """True if a word says that a number is a serial one, and a word for a number is beside it."""
    if words[place] in _AFTER_NUMBER:
        before = [word for word in words[place + 1 :] if word not in ("de", "di")]
        return bool(before) and before[0] in _NUMBERS
    return words[place] in _BEFORE_NUMBER and place > 0 and words[place - 1] in _NUMBERS


def _has_shape(token: str, word: str, *, marked: bool) -> bool:
    """True if a token can be a serial number. "SN 15/0,4 kV" is a voltage."""
    digits = sum(character.isdigit() for character in token)
    if len(token) < (_MIN_CHARS_AFTER_SN if word == "sn" else _MIN_CHARS) or digits < _MIN_DIGITS:
        return False
    return marked or _NO_SERIAL.fullmatch(token) is None
