"""Guess who is named in a message that recommends somebody in words that we do not know. Pure.

Everybody whom the text names is weighed: by their title or relation, by the shape of the name, and
by words of recommending in the same sentence. A person confirms the guess.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from inquiry_router.entities.names import is_name, nominative
from inquiry_router.inquiry.referral import Quoted, ReferralParty, Speaker
from inquiry_router.referrals.cues import GERMAN
from inquiry_router.referrals.guessing_words import (
    ADDRESSED,
    CAME,
    FIRST_NAMES,
    FIRST_PERSON,
    GIVES_NUMBER,
    LIKE_COMPANY,
    NO_NAME,
    OFFERS,
    PLACE_BEFORE,
    RELATIONS,
    REPORTS,
    SELF,
    SURELY_CAME,
    SURELY_OFFERS,
    TOLD,
    VERBS,
)
from inquiry_router.referrals.naming import WordToken, company_at, company_behind, tokens_of
from inquiry_router.referrals.naming_words import KIN, NOBODY, NUMERALS, STOP, STRICT_OF, TITLES
from inquiry_router.referrals.phrases import sentences_of
from inquiry_router.text.folding import unmarked

GUESSED: Final = 0.6
_LEAST: Final = 1.5
_NEAR: Final = 14
_MAX_WORDS: Final = 3
_MIN_NAME_CHARS: Final = 3
_MAX_SIGNED: Final = 6


@dataclass(frozen=True, slots=True)
class WeighedName:
    """Somebody whom a sentence names, and the weight of the name alone."""

    begin: int
    end: int
    weight: float


def guess_speaker(text: str) -> Speaker:
    """The part of the writer, by the words around: they were sent, or they send somebody."""
    plain = unmarked(FIRST_PERSON.sub(" ", text.lower()))
    came = len(CAME.findall(plain)) + 2 * len(SURELY_CAME.findall(plain))
    offered = len(OFFERS.findall(plain)) + 2 * len(SURELY_OFFERS.findall(plain))
    offered += GIVES_NUMBER.search(plain) is not None
    return Speaker.RECOMMENDER if offered > came else Speaker.PROSPECT


def read_signature(text: str) -> Quoted | None:
    """Read the name with which the writer signs."""
    sentences = list(sentences_of(text))
    begin = _signature(sentences) if sentences else None
    if begin is None:
        return None
    tokens = tokens_of(text[begin:], begin)
    for position in range(len(tokens)):
        end = _end_of_name(tokens, position, spoken=False)
        if end > position + 1:
            words = text[tokens[position].begin : tokens[end - 1].end].strip("@.,")
            return Quoted(words, words, GUESSED)
    return None


def is_report(text: str) -> bool:
    """True for a note about somebody who rang or came, which one of our people wrote."""
    return REPORTS.search(unmarked(text)) is not None


def guess_party(text: str, own: frozenset[str], *, sent: bool) -> ReferralParty | None:
    """The person or company whom the text most likely names; `sent`: as the recommender.

    `own` are the words of the writer's own name.
    """
    sentences = list(sentences_of(text))
    best: tuple[float, ReferralParty] | None = None
    cues = CAME if sent else OFFERS
    signed = _signature(sentences) if sentences else None
    for number, (begin, sentence) in enumerate(sentences):
        tokens, plain = tokens_of(sentence, begin), unmarked(sentence)
        places = [begin + one.start() for one in cues.finditer(plain)]
        talks = TOLD.search(plain) is not None
        for one in _mentions(tokens, own, first=number == 0):
            place = tokens[one.begin].begin
            if signed is not None and place >= signed:
                continue
            weight = one.weight + _weight_of_cues(place, places, talks=talks)
            if weight >= _LEAST and (best is None or weight > best[0]):
                best = weight, _party(tokens, one, text)
    if best is not None:
        return best[1]
    return _company(text, sentences) or _relation(text, sentences) if sent else None


def _weight_of_cues(place: int, cues: Sequence[int], *, talks: bool) -> float:
    if not cues:
        return 0.5 if talks else 0.0
    nearest = min(abs(place - one) for one in cues)
    return max(0.5, 3.5 - nearest / 40)


def _mentions(
    tokens: Sequence[WordToken], own: frozenset[str], *, first: bool
) -> Iterator[WeighedName]:
    """List whom a sentence names. Those who are addressed and the writer are left out."""
    spoken = not any(one.is_capital for one in tokens[1:])
    german = GERMAN.search(" ".join(one.low for one in tokens)) is not None
    position = 0
    while position < len(tokens):
        end = _end_of_name(tokens, position, spoken=spoken)
        if end == position:
            position += 1
            continue
        weight = _weight(tokens, position, end, spoken=spoken)
        words = {one.low.rstrip(".") for one in tokens[position:end]}
        if not (words & own) and not _is_aside(tokens, position, end, first=first):
            bare = german and end == position + 1 and not _is_titled(tokens, position)
            yield WeighedName(position, end, weight - 3 * bare)
        position = end


def _end_of_name(tokens: Sequence[WordToken], position: int, *, spoken: bool) -> int:
    end = position
    titled = _is_titled(tokens, position)
    while end < len(tokens) and end - position < _MAX_WORDS:
        one = tokens[end]
        known = is_first_name(one.low)
        follows = end > position and (known or is_first_name(tokens[end - 1].low) or titled)
        follows = follows or (end == 0 and _speaks(tokens, end + 1))
        if _is_name_like(one) or (spoken and (known or follows or titled) and _may_be_name(one)):
            end += 1
            if one.text.endswith("."):
                break
            continue
        break
    return end


def _speaks(tokens: Sequence[WordToken], behind: int) -> bool:
    """True if a verb of speaking, or "from" with a place, stands behind the first word."""
    if behind >= len(tokens):
        return False
    word = tokens[behind].low
    if word in ("mnie", "mi", "nas", "nam") and behind + 1 < len(tokens):
        return VERBS.fullmatch(tokens[behind + 1].low) is not None
    return word in STRICT_OF or word in ("in", "at") or VERBS.fullmatch(word) is not None


def _is_name_like(one: WordToken) -> bool:
    return (
        one.is_capital
        and one.text not in NOBODY
        and one.low not in TITLES | KIN | NUMERALS | NO_NAME
        and is_name(one.text)
        and not one.text.isupper()
        and not _is_verb(one.low)
    )


def _is_verb(word: str) -> bool:
    return VERBS.fullmatch(word) is not None


def _may_be_name(one: WordToken) -> bool:
    word = one.low
    return (
        word.isalpha()
        and len(word) >= _MIN_NAME_CHARS
        and word not in STOP | TITLES | KIN | NUMERALS | NO_NAME
        and not _is_verb(word)
    )


def is_first_name(word: str) -> bool:
    """True for a first name in one of its cases, in lower case and without marks."""
    return FIRST_NAMES.fullmatch(word) is not None


def _is_titled(tokens: Sequence[WordToken], position: int) -> bool:
    return position > 0 and tokens[position - 1].low in TITLES | KIN


def _weight(tokens: Sequence[WordToken], begin: int, end: int, *, spoken: bool) -> float:
    words = tokens[begin:end]
    known = any(is_first_name(one.low) for one in words)
    weight = 1.0 + (len(words) > 1) + known * 1.5 + _is_titled(tokens, begin) * 1.5
    before = tokens[begin - 1].low if begin else ""
    behind = tokens[end].low if end < len(tokens) else ""
    weight += 1.5 * (VERBS.fullmatch(behind) is not None)
    if before in PLACE_BEFORE and not known:
        weight -= 2
    if begin == 0 and len(words) == 1 and not known:
        weight -= 1.5
    return weight - spoken * 0.25


def _is_aside(tokens: Sequence[WordToken], begin: int, end: int, *, first: bool) -> bool:
    """True for whoever is addressed, and for the writer who introduces themselves."""
    before = [one.low for one in tokens[max(0, begin - 4) : begin]]
    if before and before[-1] in ADDRESSED:
        return True
    behind = tokens[end].text if end < len(tokens) else ""
    if before and before[-1] == "pani" and tokens[begin].low.endswith("o"):
        return True
    if first and behind in (",", "!") and begin <= 3 and before and before[-1] in ("pani", "frau"):
        return True
    return SELF.search(" ".join(before) + " ") is not None


def _signature(sentences: Sequence[tuple[int, str]]) -> int | None:
    """The place at which the writer signs; None if they do not."""
    begin, last = sentences[-1]
    words = last.split()
    if len(sentences) < 2 or len(words) > _MAX_SIGNED or re.search(r"\d{3}|[:–]", last):
        return None
    capitals = sum(word[:1].isupper() for word in words)
    plain = unmarked(last)
    verbs = CAME.search(plain) or OFFERS.search(plain)
    return begin if capitals * 2 >= len(words) and not verbs else None


def _relation(text: str, sentences: Sequence[tuple[int, str]]) -> ReferralParty | None:
    """The relation or calling of whoever sent the writer, where no name is said: "szwagier"."""
    for begin, sentence in sentences:
        if CAME.search(unmarked(sentence)) is None:
            continue
        tokens = tokens_of(sentence, begin)
        for one in tokens:
            if one.low in RELATIONS:
                words = text[one.begin : one.end]
                return ReferralParty(name=Quoted(words, words, GUESSED))
    return None


def _party(tokens: Sequence[WordToken], one: WeighedName, text: str) -> ReferralParty:
    words = text[tokens[one.begin].begin : tokens[one.end - 1].end].strip("@.,")
    if one.end - one.begin == 1 and LIKE_COMPANY.fullmatch(unmarked(words)):
        return ReferralParty(company=Quoted(words, words, GUESSED))
    name = Quoted(nominative(words), words, GUESSED)
    return ReferralParty(name=name, company=company_behind(tokens, one.end, text, GUESSED))


def _company(text: str, sentences: Sequence[tuple[int, str]]) -> ReferralParty | None:
    """The company that sent the writer, where no person is named."""
    for begin, sentence in sentences:
        if CAME.search(unmarked(sentence)) is None:
            continue
        tokens = tokens_of(sentence, begin)
        for position in range(len(tokens)):
            found = company_at(tokens, position, text, GUESSED, spoken=False)
            if found is not None:
                return ReferralParty(company=found[0])
    return None
