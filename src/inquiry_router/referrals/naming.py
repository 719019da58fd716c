"""Read the name of a person and of their company at a place of a sentence. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inquiry_router.entities.names import is_name, nominative
from inquiry_router.inquiry.referral import Quoted, ReferralParty
from inquiry_router.referrals.naming_words import (
    ARTICLES,
    BARRIERS,
    BETWEEN,
    FIRM_WORDS,
    KIN,
    LEGAL,
    NOBODY,
    NUMERALS,
    OF,
    STOP,
    STRICT_OF,
    TITLES,
)
from inquiry_router.text.folding import unmarked, without_marks

_TOKEN: Final = re.compile(r"@?[^\W\d_]+(?:[-'’&][^\W\d_]+)*\.?(?=\W|$)|@|&|[^\w\s]|\d+")
_PLACES: Final = re.compile(
    without_marks(
        r"(?:tartak|warsztat|piekar|cukier|restaurac|hotel|pensjonat|gospodarstw|sad\b|sadu|stajni|"
        r"browar|słodown|mleczar|masar|uboj|młyn|hurtown|sklep|zakład|stolar|szkoł|"
        r"przedszk|przychod|"
        r"szpital|urz[ąę]d|gmin|parafi|spółdziel|wspóln|stowarzysz|fabryk|szklar|kopaln|"
        r"przędzal|cerami|"
        r"tech|auto-|serwis|myjni|leśnict|nadleśnict|wodoci[ąa]g|skup|mechanik|pasiek|"
        r"klub|izb|term\b|"
        r"terma?ch|dom(?:u|em)\b|kwiaciar|kino|apteka|transport|spedycj|instalacj|budow|meble|"
        r"sawmill|bakery|dairy|joinery|nurser|cafe|club|farm|marina|hire|plumbing|co-op|"
        r"clinic|works|"
        r"boats|interiors|marine|schreinerei|tischlerei|zimmerei|sägewerk|bäckerei|"
        r"gärtnerei|molkerei|"
        r"spedition|café|reisen|bau\b|пекарн|pekárn|drevo)"
    ),
    re.IGNORECASE,
)
_ADJECTIVE: Final = re.compile(r"\w+(?:owa|owy|owej|ska|ski|skiej|yjna|yjny|erska|cza|cka)$")
_MAX_BETWEEN: Final = 6


@dataclass(frozen=True, slots=True)
class WordToken:
    """A word or mark of a sentence, with its place in the text.

    `low` is the word in lower case, without marks on Latin letters.
    """

    text: str
    begin: int
    end: int
    low: str

    @property
    def is_capital(self) -> bool:
        """True for a word with a capital letter in front."""
        return self.text.lstrip("@")[:1].isupper() and len(self.text.rstrip(".")) > 1


def tokens_of(sentence: str, offset: int) -> list[WordToken]:
    """Cut a sentence into words and marks."""
    return [
        WordToken(one[0], offset + one.start(), offset + one.end(), unmarked(one[0]))
        for one in _TOKEN.finditer(sentence)
    ]


def read_after(
    tokens: Sequence[WordToken],
    start: int,
    text: str,
    certainty: float,
    *,
    spoken: bool,
    prospect: bool = False,
) -> ReferralParty | None:
    """Read the party that begins at a token, or a few small words behind it.

    In front of a prospect stands no "from".
    """
    position, skipped, titled = start, 0, False
    while position < len(tokens) and skipped <= _MAX_BETWEEN:
        one = tokens[position]
        if prospect and one.low in BARRIERS:
            return None
        found = _party_at(
            tokens,
            position,
            text,
            certainty,
            spoken=spoken,
            titled=titled,
            alone=skipped == 0,
            prospect=prospect,
        )
        if found is not None:
            return found
        if one.low in TITLES or one.low in KIN:
            titled = True
        elif one.low in BETWEEN or one.text in ",:(-–@":
            titled = titled and (one.text in ",:(" or (spoken and one.low != "to"))
        elif not (spoken is False and one.text.islower() and one.low not in STOP):
            return None
        position, skipped = position + 1, skipped + 1
    return None


def read_before(
    tokens: Sequence[WordToken], end: int, text: str, certainty: float, *, spoken: bool
) -> ReferralParty | None:
    """Read the nearest party that stands before a token."""
    for position in range(end - 1, max(-1, end - 14), -1):
        one = tokens[position]
        if one.text in ".!?;":
            return None
        previous = tokens[position - 1] if position else None
        if previous is not None and _is_name_word(previous) and _is_name_word(one):
            continue  # begin with the first word of the name
        titled = previous is not None and (previous.low in TITLES or previous.low in KIN)
        if previous is not None and previous.text == "(" and not _is_kin(tokens, position - 2):
            continue  # the company of whoever stands before it
        found = _party_at(
            tokens[:end], position, text, certainty, spoken=spoken, titled=titled, alone=False
        )
        if found is None:
            continue
        earlier = tokens[position - 2] if position > 1 else None
        nameless = earlier is not None and earlier.low in KIN | TITLES
        if previous is not None and previous.low in STRICT_OF and not titled and not nameless:
            continue
        is_linked = earlier is not None and earlier.low in STRICT_OF and position > 2
        if is_linked and previous is not None and previous.low in FIRM_WORDS | ARTICLES:
            continue  # that is the company or town of whoever stands before it
        is_place = previous is not None and _PLACES.match(previous.low) is not None
        if is_place and earlier is not None and earlier.low in OF:
            continue
        return found
    return None


def is_introduced(tokens: Sequence[WordToken], position: int) -> bool:
    """True if a title, a relation or "from" with a place shows that a word is a name."""
    behind = tokens[position + 1].low if position + 1 < len(tokens) else ""
    return _is_kin(tokens, position - 1) or behind in STRICT_OF


def _is_kin(tokens: Sequence[WordToken], position: int) -> bool:
    return position >= 0 and tokens[position].low in KIN | TITLES


def _is_name_word(token: WordToken) -> bool:
    return (
        token.is_capital
        and token.text not in NOBODY
        and token.low not in NUMERALS
        and token.low not in TITLES
        and token.low not in KIN
    )


def _party_at(
    tokens: Sequence[WordToken],
    position: int,
    text: str,
    certainty: float,
    *,
    spoken: bool,
    titled: bool,
    alone: bool = True,
    prospect: bool = False,
) -> ReferralParty | None:
    """The person or company whose first word stands here."""
    company = company_at(tokens, position, text, certainty, spoken=spoken)
    if company is not None:
        person = _person_behind(tokens, company[1], text, certainty) if prospect else None
        return ReferralParty(name=person, company=company[0])
    end = _name_end(tokens, position, spoken=spoken, titled=titled, alone=alone)
    if end == position:
        return None
    name = _quoted(tokens, position, end, text, certainty)
    if not is_name(name.value) and not spoken:
        return None
    return ReferralParty(name=name, company=company_behind(tokens, end, text, certainty))


def _name_end(
    tokens: Sequence[WordToken], position: int, *, spoken: bool, titled: bool, alone: bool
) -> int:
    """The end of the words of a person's name; the position itself if there is none."""
    end = position
    if spoken:
        if not (titled or alone):
            return position
        while (
            end < len(tokens)
            and end - position < 2 + (end < len(tokens) and titled and end - position == 2)
            and tokens[end].text.isalpha()
            and tokens[end].low not in STOP | TITLES | KIN | BETWEEN | NUMERALS
            and not _PLACES.match(tokens[end].low)
            and len(tokens[end].text) > 2
        ):
            end += 1
        return min(end, position + 2)
    while end < len(tokens) and end - position < 3 and _is_name_word(tokens[end]):
        end += 1
        if tokens[end - 1].text.endswith("."):
            break
    return end


def _quoted(
    tokens: Sequence[WordToken], begin: int, end: int, text: str, certainty: float
) -> Quoted:
    words = text[tokens[begin].begin : tokens[end - 1].end].strip("@.,")
    return Quoted(nominative(words), words, certainty)


def company_at(
    tokens: Sequence[WordToken], position: int, text: str, certainty: float, *, spoken: bool
) -> tuple[Quoted, int] | None:
    """Read the company whose first word stands here, and the token behind it."""
    first = tokens[position]
    if first.low in FIRM_WORDS and position + 1 < len(tokens):
        if tokens[position + 1].low in LEGAL:
            return None
        begin = position + 1
        if _ADJECTIVE.match(tokens[begin].low) and tokens[begin].text.islower():
            begin += 1
        end = _company_end(tokens, begin, spoken=True)
        if end > begin:
            return _quoted(tokens, begin, end, text, certainty), end
        return None
    end = _company_end(tokens, position) if first.is_capital and first.text not in NOBODY else 0
    has_place = any(_PLACES.match(one.low) for one in tokens[position : max(position + 1, end)])
    has_legal = any(one.low in LEGAL - {"i"} for one in tokens[position + 1 : end])
    if end and (has_place or has_legal):
        return _quoted(tokens, position, end, text, certainty), end
    if not first.is_capital and _PLACES.match(first.low):
        end = _company_end(tokens, position + 1, spoken=spoken)
        if end > position + 1:
            return _quoted(tokens, position, end, text, certainty), end
    return None


def _company_end(tokens: Sequence[WordToken], position: int, *, spoken: bool = False) -> int:
    """The end of the words of a company's name; a spoken one is one small word."""
    small, end = spoken, position
    while end < len(tokens) and end - position < 6:
        one = tokens[end]
        before = tokens[end - 1].low if end > position else ""
        follows = end > position and (
            one.low in LEGAL or one.low in {"pod", "nr"} or (one.low == "z" and before == "sp.")
        )
        capital = one.is_capital and one.text not in NOBODY
        spoken = small and end == position and one.text.islower() and len(one.text) > 2
        if not (capital or follows or (spoken and one.low not in STOP)):
            break
        end += 1
        if spoken and not capital:
            break
    while end > position and tokens[end - 1].low in {"i", "&", "pod", "z"}:
        end -= 1
    return end


def _person_behind(
    tokens: Sequence[WordToken], position: int, text: str, certainty: float
) -> Quoted | None:
    """The person of a company: ", osoba: Irena Jodła", "- Paweł Gawron"."""
    limit = min(len(tokens), position + 6)
    seen_mark = False
    for place in range(position, limit):
        one = tokens[place]
        if one.text in ",:-–>":
            seen_mark = True
        elif seen_mark and _is_name_word(one) and not _PLACES.match(one.low):
            end = _name_end(tokens, place, spoken=False, titled=False, alone=True)
            if end - place >= 2:
                return _quoted(tokens, place, end, text, certainty)
            return None
        elif one.text in ".!?;":
            return None
    return None


def company_behind(
    tokens: Sequence[WordToken], position: int, text: str, certainty: float
) -> Quoted | None:
    """Read the company of a person: "z tartaku", "from Frost & Sons", "(Gospodarstwo Szpak)"."""
    place, introduced = position, False
    while place < len(tokens) and place - position < 4:
        one = tokens[place]
        if one.low in OF or one.text in "(,-–":
            introduced = True
            place += 1
            continue
        break
    if not introduced or place >= len(tokens):
        return None
    first = tokens[place]
    found = company_at(tokens, place, text, certainty, spoken=False)
    if found is not None:
        return found[0]
    if _PLACES.match(first.low) and not first.is_capital:
        return _quoted(tokens, place, place + 1, text, certainty)
    end = _company_end(tokens, place)
    words = [one.text for one in tokens[place:end]]
    if first.is_capital and (len(words) > 1 or "-" in first.text):
        return _quoted(tokens, place, end, text, certainty)
    return None
