"""References and keys as callers say or press them. Pure."""

import re
from typing import Final

from inquiry_router.inquiry.reference import LENGTH, read_reference
from inquiry_router.phone.model import OpenInquiry
from inquiry_router.phone.prompts import speech_of
from inquiry_router.text.folding import fold, fold_words

KEYPAD: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999", "-")
DIGITS: Final = {
    "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
    "en": "zero one two three four five six seven eight nine",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
}
_DASHES: Final = frozenset(
    {"myslnik", "kreska", "pauza", "minus", "dash", "hyphen", "strich", "bindestrich"}
)
_FIRST_WORD: Final = re.compile(r"(\w+)(?:\s*([,.;:!?]))?\s+(?=\S)")
# Letters by their names, and by the words of spelling alphabets.
LETTERS: Final = {
    "pl": {
        "A": "a adam", "B": "be b barbara", "C": "ce c celina cezary", "D": "de d dorota",
        "E": "e ewa", "F": "ef f franciszek",
        "G": "gie g grażyna", "H": "ha h henryk", "I": "i irena", "J": "jot j jadwiga",
        "K": "ka k karol", "L": "el l leon",
        "M": "em m maria", "N": "en n natalia", "O": "o olga", "P": "pe p paweł", "Q": "ku q",
        "R": "er r roman",
        "S": "es s stefan", "T": "te t tadeusz", "U": "u urszula", "V": "fau v violetta",
        "W": "wu w wanda", "X": "iks x",
        "Y": "igrek ypsylon y", "Z": "zet z zygmunt",
    },
    "en": {
        "A": "a alpha", "B": "bee b bravo", "C": "see cee c charlie", "D": "dee d delta",
        "E": "e echo", "F": "ef f foxtrot",
        "G": "gee g golf", "H": "aitch h hotel", "I": "i india", "J": "jay j juliet",
        "K": "kay k kilo", "L": "el l lima",
        "M": "em m mike", "N": "en n november", "O": "o oscar", "P": "pee p papa",
        "Q": "cue q quebec", "R": "ar r romeo",
        "S": "ess s sierra", "T": "tee t tango", "U": "you u uniform", "V": "vee v victor",
        "W": "w whiskey", "X": "ex x xray",
        "Y": "why y yankee", "Z": "zed zee z zulu",
    },
    "de": {
        "A": "a anton", "B": "be b berta", "C": "ce c cäsar", "D": "de d dora", "E": "e emil",
        "F": "ef f friedrich",
        "G": "ge g gustav", "H": "ha h heinrich", "I": "i ida", "J": "jot j julius",
        "K": "ka k kaufmann", "L": "el l ludwig",
        "M": "em m martha", "N": "en n nordpol", "O": "o otto", "P": "pe p paula",
        "Q": "ku q quelle", "R": "er r richard",
        "S": "es s samuel", "T": "te t theodor", "U": "u ulrich", "V": "vau v viktor",
        "W": "we w wilhelm", "X": "ix x xanthippe",
        "Y": "ypsilon y", "Z": "zet z zacharias",
    },
}  # fmt: skip


def _tables() -> dict[str, dict[str, str]]:
    tables = {}
    for language, letters in LETTERS.items():
        table = {
            word: letter for letter, words in letters.items() for word in fold_words(words).split()
        }
        table |= {
            word: str(digit) for digit, word in enumerate(fold_words(DIGITS[language]).split())
        }
        tables[language] = table
    return tables


_TABLES: Final = _tables()


def spoken_key(words: str, language: str) -> str | None:
    """Read a key that the caller said, `jeden` or `1` -> `1`; None if they said more."""
    said = fold_words(words).split()
    if len(said) != 1:
        return None
    key = _table(language).get(said[0], said[0])
    return key if len(key) == 1 and key.isascii() and key.isdigit() else None


def is_answer(words: str, language: str) -> bool:
    """True for words that only answer a question of ours: a key, yes or no."""
    speech = speech_of(language)
    answers = {fold(word) for word in (*speech.agreeing, *speech.refusing)}
    beside = {fold(word) for word in speech.beside_answers}
    said = set(fold_words(words).split())
    answered = not said or not said.isdisjoint(answers)
    return spoken_key(words, language) is not None or (answered and said <= answers | beside)


def cut_answer(words: str, language: str) -> str:
    """Return what a caller said beside yes or no; "" if they only answered.

    Without a comma after it, a word stays that may belong to the next: "nie chłodzi lodówka",
    "no power in the house".
    """
    if is_answer(words, language):
        return ""
    speech, rest = speech_of(language), words.strip()
    answers = {fold(word) for word in (*speech.agreeing, *speech.refusing)}
    while (first := _FIRST_WORD.match(rest)) is not None:
        word, comma = fold(first[1]), first[2]
        if word not in speech.only_answers and not (comma and word in answers):
            break
        rest = rest[first.end() :]
    return rest


def spoken_references(words: str, language: str) -> tuple[str, ...]:
    """Find every reference that the words may spell, in the order of speech.

    Each run of letters and digits is tried at every place; the check character sorts out accidents.
    """
    table = _table(language)
    characters = ""
    for word in fold_words(words).split():
        if word in table:
            characters += table[word]
        elif (
            len(word) <= LENGTH
            and word.isascii()
            and any(character.isdigit() for character in word)
        ):
            characters += word.upper()
        elif word not in _DASHES:
            characters += " "
    found = dict.fromkeys(
        reference
        for run in characters.split()
        for begin in range(len(run) - LENGTH + 1)
        if (reference := read_reference(run[begin : begin + LENGTH])) is not None
    )
    return tuple(found)


def keyed_inquiry(digits: str, inquiries: tuple[OpenInquiry, ...]) -> OpenInquiry | None:
    """Find the open inquiry whose reference was keyed, with letters on their phone keys."""
    keyed = digits.strip("*#")
    return next(
        (inquiry for inquiry in inquiries if inquiry.reference.translate(KEYPAD) == keyed), None
    )


def spell(reference: str) -> str:
    """Write a reference so that a voice spells it, with a pause in the middle."""
    return ", ".join(" ".join(half) for half in reference.split("-"))


def _table(language: str) -> dict[str, str]:
    return _TABLES.get(language, _TABLES["en"])
