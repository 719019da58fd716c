"""Write numbers in digits that were spoken as words: "siedem siedem jeden zero cztery" -> "77104".

Polish, English, German, Czech and Ukrainian. Callers group the digits of a number as they like:
"sześćdziesiąt pięćset pięćdziesiąt jeden" is 60551.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from inquiry_router.text.folding import Words, fold

# Fewer digits are a count ("dwa worki"), and stay words.
_MIN_DIGITS: Final = 3
_MAX_WORDS: Final = 24
_WORD: Final = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)?")
_APOSTROPHES: Final = str.maketrans("", "", "'’ʼ")
_HUNDRED, _THOUSAND, _DOUBLE = -100, -1000, -2
# Two digits in one word are written as this less their value.
_PAIR: Final = -2000
_SEPARATORS: Final = {
    **dict.fromkeys(("lamane", "przez", "ukosnik", "slash", "stroke", "schragstrich"), "/"),
    **dict.fromkeys(("myslnik", "kreska", "minus", "dash", "hyphen", "strich", "bindestrich"), "-"),
}
# Between a separator and the next number, or within one: "one hundred and five".
_LINKING: Final = frozenset({"na", "and"})


class _Run(NamedTuple):
    begin: int
    end: int
    digits: str


def may_speak_numbers(words: Words) -> bool:
    """True if there may be a spoken number among the words of a text."""
    values = [_VALUES[word] for word in words.spaced.split() if word in _VALUES]
    return len(values) >= _MIN_DIGITS or any(abs(value) >= 20 for value in values)


def with_digits(text: str) -> str:
    """Return the text with each spoken number of three or more digits written in digits."""
    written, place = [], 0
    for run in _runs(text):
        written += [text[place : run.begin], run.digits]
        place = run.end
    return "".join([*written, text[place:]]) if written else text


def _runs(text: str) -> Iterator[_Run]:
    """Find the rows of number words. All words of a row belong to one language."""
    row: list[tuple[re.Match[str], str]] = []
    languages = _ALL
    for match in _WORD.finditer(text):
        word = fold(match[0]).translate(_APOSTROPHES)
        if not row and word not in _LANGUAGES:
            continue
        known = _LANGUAGES.get(word)
        linking = bool(row) and (word in _SEPARATORS or word in _LINKING)
        joined = not row or text[row[-1][0].end() : match.start()].strip(" -") == ""
        if joined and len(row) < _MAX_WORDS and (linking or (known and known & languages)):
            row.append((match, word))
            languages &= known or _ALL
            continue
        if row:
            yield from _read(row)
        row, languages = ([(match, word)], known) if known else ([], _ALL)
    yield from _read(row)


def _read(row: list[tuple[re.Match[str], str]]) -> Iterator[_Run]:
    while row and row[-1][1] not in _VALUES:
        row.pop()
    digits = _digits([word for _, word in row])
    if sum(map(str.isdigit, digits)) >= _MIN_DIGITS:
        yield _Run(row[0][0].start(), row[-1][0].end(), digits)


def _digits(words: list[str]) -> str:
    """Join the groups of a number: "sto osiemnaście łamane na jedenaście" -> "118/11"."""
    written, group, room = "", None, 0  # values below `room` still belong to the group
    times = 1
    for word in words:
        if word in _LINKING:
            continue
        if word in _SEPARATORS:
            written, group, room = written + _shown(group) + _SEPARATORS[word], None, 0
            continue
        value = _VALUES[word]
        if value <= _PAIR:
            written, group, room = f"{written}{_shown(group)}{_PAIR - value:02}", None, 0
        elif value == _DOUBLE:
            times = 2
        elif value in (_HUNDRED, _THOUSAND):
            group, room = (group or 1) * -value, -value
        elif group is not None and 0 < value < room:
            group, room = group + value, _room(value)
        else:
            written += _shown(group)
            group, room = value, _room(value)
            if times == 2 and value < 10:
                written, times = written + str(value), 1
    return written + _shown(group)


def _shown(group: int | None) -> str:
    return "" if group is None else str(group)


def _room(value: int) -> int:
    if value >= 100 and value % 100 == 0:
        return 100
    return 10 if value >= 20 and value % 10 == 0 else 0


def _words(written: str) -> list[str]:
    return written.split()


def _polish() -> dict[str, int]:
    names = _words(
        "zero jeden dwa trzy cztery piec szesc siedem osiem dziewiec dziesiec jedenascie dwanascie "
        "trzynascie czternascie pietnascie szesnascie siedemnascie osiemnascie dziewietnascie"
    )
    tens = _words(
        "dwadziescia trzydziesci czterdziesci piecdziesiat szescdziesiat siedemdziesiat "
        "osiemdziesiat dziewiecdziesiat"
    )
    hundreds = "sto dwiescie trzysta czterysta piecset szescset siedemset osiemset dziewiecset"
    return (
        _numbered(names, 0, 1)
        | _numbered(tens, 20, 10)
        | _numbered(_words(hundreds), 100, 100)
        | {"dwie": 2, "jedna": 1, "tysiac": _THOUSAND, "tysiace": _THOUSAND, "tysiecy": _THOUSAND}
        | {"podwojne": _DOUBLE, "podwojny": _DOUBLE}
    )


def _english() -> dict[str, int]:
    names = _words(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen"
    )
    tens = _words("twenty thirty forty fifty sixty seventy eighty ninety")
    return (
        _numbered(names, 0, 1)
        | _numbered(tens, 20, 10)
        | {"oh": 0, "nought": 0, "hundred": _HUNDRED, "thousand": _THOUSAND, "double": _DOUBLE}
    )


def _german() -> dict[str, int]:
    """German writes each number below a thousand as one word: "zweihundertfunfundvierzig"."""
    small = _words(
        "null eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn "
        "funfzehn sechzehn siebzehn achtzehn neunzehn"
    )
    tens = _words("zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig")
    below_hundred = _numbered(small, 0, 1) | _numbered(tens, 20, 10) | {"zwo": 2, "ein": 1}
    units = ["ein", *small[2:10]]
    below_hundred |= {
        f"{unit}und{ten}": 20 + 10 * place + digit
        for place, ten in enumerate(tens)
        for digit, unit in enumerate(units, start=1)
    }
    found = dict(below_hundred)
    for digit, unit in enumerate(("", *units)):
        hundred = 100 * max(digit, 1)
        found[f"{unit}hundert"] = hundred
        found |= {
            f"{unit}hundert{middle}{word}": hundred + value
            for word, value in below_hundred.items()
            for middle in ("", "und")
            if value
        }
    del found["ein"]  # an article, not a number
    # "vierfunf" is one word for two digits.
    digits = [*small[:10], "zwo"]
    found |= {
        f"{one}{other}": _PAIR - 10 * below_hundred[one] - below_hundred[other]
        for one in digits
        for other in digits
    }
    return found | {"tausend": _THOUSAND, "doppel": _DOUBLE}


def _czech() -> dict[str, int]:
    names = _words(
        "nula jedna dva tri ctyri pet sest sedm osm devet deset jedenact dvanact trinact ctrnact "
        "patnact sestnact sedmnact osmnact devatenact"
    )
    tens = _words("dvacet tricet ctyricet padesat sedesat sedmdesat osmdesat devadesat")
    return (
        _numbered(names, 0, 1)
        | _numbered(tens, 20, 10)
        | {"jeden": 1, "dve": 2, "sto": 100, "dveste": 200, "trista": 300, "ctyrista": 400}
        | {"petset": 500, "sestset": 600, "sedmset": 700, "osmset": 800, "devetset": 900}
        | {"tisic": _THOUSAND, "tisice": _THOUSAND}
    )


def _ukrainian() -> dict[str, int]:
    names = _words(
        "нуль один два три чотири пять шість сім вісім девять десять одинадцять дванадцять "
        "тринадцять чотирнадцять пятнадцять шістнадцять сімнадцять вісімнадцять девятнадцять"
    )
    tens = _words("двадцять тридцять сорок пятдесят шістдесят сімдесят вісімдесят девяносто")
    hundreds = "сто двісті триста чотириста пятсот шістсот сімсот вісімсот девятсот"
    return {
        fold(word): value
        for word, value in (
            _numbered(names, 0, 1)
            | _numbered(tens, 20, 10)
            | _numbered(_words(hundreds), 100, 100)
            | {"одна": 1, "дві": 2, "тисяча": _THOUSAND, "тисячі": _THOUSAND, "тисяч": _THOUSAND}
        ).items()
    }


def _numbered(names: list[str], first: int, step: int) -> dict[str, int]:
    return {name: first + step * place for place, name in enumerate(names)}


_BY_LANGUAGE: Final = {
    "pl": _polish(),
    "en": _english(),
    "de": _german(),
    "cs": _czech(),
    "uk": _ukrainian(),
}
_ALL: Final = frozenset(_BY_LANGUAGE)
_VALUES: Final = {word: value for words in _BY_LANGUAGE.values() for word, value in words.items()}
_LANGUAGES: Final = {
    word: frozenset(name for name, words in _BY_LANGUAGE.items() if word in words)
    for word in _VALUES
}
