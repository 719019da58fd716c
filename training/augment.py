"""Vary texts like people and programs do, anew in each epoch. Seeded, not stored."""

import random
import re
import unicodedata
from collections.abc import Callable
from typing import Final

_WHOLE_LETTERS: Final = str.maketrans("łŁđĐøØ", "lLdDoO")
_UMLAUTS: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
)
_PUNCTUATION: Final = re.compile(r"[^\w\s]|_")
_FILLERS: Final = {
    "pl": ("yyy", "no", "eee", "znaczy", "tak", "no nie", "wie pan"),
    "en": ("uh", "um", "like", "you know", "erm", "so"),
    "de": ("äh", "ähm", "also", "ja", "halt"),
    "cs": ("ehm", "no", "jako", "prostě"),
    "sk": ("ehm", "no", "akože", "proste"),
    "uk": ("ем", "ну", "значить", "це"),
    "fr": ("euh", "ben", "alors", "voilà"),
    "es": ("eh", "pues", "bueno", "o sea"),
    "it": ("ehm", "allora", "cioè", "insomma"),
    "lt": ("nu", "tai", "žinot", "na"),
    "hu": ("hát", "izé", "szóval", "ugye"),
    "ro": ("ăă", "deci", "păi", "adică"),
}
_FOOTERS: Final = (
    "Pozdrawiam",
    "Z poważaniem",
    "Wysłane z iPhone'a",
    "Wysłano z Androida",
    "Kind regards",
    "Best",
    "Sent from my phone",
    "Mit freundlichen Grüßen",
    "MfG",
    "S pozdravem",
    "S pozdravom",
    "З повагою",
    "Cordialement",
    "Un saludo",
    "Cordiali saluti",
)
_KEYBOARD: Final = "qwertyuiopasdfghjklzxcvbnm"


def augment(
    subject: str | None, text: str, lang: str, channel: str, dice: random.Random
) -> tuple[str | None, str]:
    """Return a variant of an inquiry.

    About a third stay unchanged; the others are changed in one or more ways.
    """
    if dice.random() < 0.35:
        return subject, text
    if subject and len(text.split()) > 5 and dice.random() < 0.12:
        subject = None
    elif subject and dice.random() < 0.08:
        subject, text = None, f"{subject}\n{text}"
    if dice.random() < 0.10:
        text = _shorten(text, dice)
    if dice.random() < 0.08:
        text = f"{text}\n{dice.choice(_FOOTERS)}\n{_contact(dice)}"
    if channel != "email" and dice.random() < 0.10:
        text = _as_speech(text, lang, dice)
    if dice.random() < 0.25:
        text = _add_typos(text, dice, share=dice.choice((0.02, 0.05, 0.1)))
    return _change_throughout(subject, text, lang, dice)


def _change_throughout(
    subject: str | None, text: str, lang: str, dice: random.Random
) -> tuple[str | None, str]:
    """Apply changes of a keyboard or a channel: no diacritics, another case, no punctuation."""
    changes: list[Callable[[str], str]] = []
    if lang != "uk" and dice.random() < 0.22:
        changes.append(_strip_marks if lang != "de" or dice.random() < 0.3 else _expand_umlauts)
    draw = dice.random()
    if draw < 0.18:
        changes.append(str.lower)
    elif draw < 0.21:
        changes.append(str.upper)
    if dice.random() < 0.12:
        changes.append(lambda words: " ".join(_PUNCTUATION.sub(" ", words).split()))
    for change in changes:
        text = change(text)
        subject = change(subject) if subject else subject
    return subject, text


def _strip_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.translate(_WHOLE_LETTERS))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _expand_umlauts(text: str) -> str:
    return text.translate(_UMLAUTS)


def _shorten(text: str, dice: random.Random) -> str:
    """Drop the first or the last few words, at most a seventh of all."""
    words = text.split(" ")
    count = dice.randint(0, len(words) // 7)
    return " ".join(words[count:] if dice.random() < 0.5 else words[: len(words) - count])


def _as_speech(text: str, lang: str, dice: random.Random) -> str:
    words = []
    for word in _PUNCTUATION.sub(" ", text.lower()).split():
        if dice.random() < 0.06:
            words.append(dice.choice(_FILLERS[lang]))
        if dice.random() < 0.04:
            words.append(word)
        if dice.random() >= 0.03:
            words.append(word)
    return " ".join(words)


def _add_typos(text: str, dice: random.Random, share: float) -> str:
    return " ".join(
        _typo(word, dice) if len(word) > 3 and dice.random() < share else word
        for word in text.split(" ")
    )


def _typo(word: str, dice: random.Random) -> str:
    place = dice.randrange(1, len(word) - 1)
    kind = dice.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    if kind == 2:
        return word[:place] + word[place] + word[place:]
    return word[:place] + dice.choice(_KEYBOARD) + word[place + 1 :]


def _contact(dice: random.Random) -> str:
    digits = "".join(dice.choice("0123456789") for _ in range(9))
    return dice.choice(
        (f"tel. {digits[:3]} {digits[3:6]} {digits[6:]}", f"+48 {digits}", f"T: {digits}", "")
    )
