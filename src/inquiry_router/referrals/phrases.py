"""Find the people and companies that a message names as recommender or prospect. Pure.

Each sentence is looked at alone. One with a negation recommends nobody. A cue says on which side of
it the name stands.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from inquiry_router.inquiry.model import Draft, Entity, EntityKind
from inquiry_router.inquiry.referral import Quoted, ReferralParty
from inquiry_router.referrals import cues
from inquiry_router.referrals.naming import (
    WordToken,
    is_introduced,
    read_after,
    read_before,
    tokens_of,
)
from inquiry_router.text.folding import unmarked

_STATED: Final = 0.95  # the sentence has a word for recommending, or for the number or address
_NAMED: Final = 0.85
_ASKED: Final = 0.8
_WEAK: Final = 0.7
_MAX_CHARS: Final = 4000
_SENTENCE: Final = re.compile(
    r"(?:[^.!?;\n]|\.(?=\S)|(?<=\b[pP])\.|(?<=\b(?:ks|dr|mr|ms|hr|fr|nr|sp))\."
    r"|(?<=\b(?:inż|mrs|dyr|tel|mgr))\."
    r"|(?<=\bo\.o)\.)+[.!?;\n]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """The parties that a message names. `negated`: it advises against somebody."""

    recommender: ReferralParty | None = None
    prospect: ReferralParty | None = None
    negated: bool = False

    @property
    def is_empty(self) -> bool:
        """True if nobody is named."""
        return self.recommender is None and self.prospect is None

    @property
    def certainty(self) -> float:
        """The certainty of the surest name."""
        quoted = (
            one
            for party in (self.recommender, self.prospect)
            if party is not None
            for one in (party.name, party.company)
            if one is not None
        )
        return max((one.certainty for one in quoted), default=0.0)


def find_named(draft: Draft, entities: Iterable[Entity]) -> Named:
    """Find the recommender and the prospect that the words name."""
    text = "\n".join(filter(None, (draft.subject, draft.text)))[:_MAX_CHARS]
    spoken = not any(letter.isupper() for letter in text[:200])
    named, blocked = Named(), []
    for begin, sentence in sentences_of(text):
        lower = unmarked(sentence)
        if cues.NEGATED.search(lower):
            return Named(negated=True)  # rather miss one than reward somebody who warns of us
        if cues.OTHER_SENSE.search(lower):
            blocked.append((begin, begin + len(sentence)))
        else:
            named = _heard(named, tokens_of(sentence, begin), lower, begin, text, spoken=spoken)
    shift = len(draft.subject) + 1 if draft.subject else 0
    for one in entities:
        place = one.begin + (shift if one.field == "text" else 0)
        if not any(begin <= place < end for begin, end in blocked):
            named = _with_entity(named, one)
    return named


def _heard(
    named: Named, tokens: list[WordToken], lower: str, begin: int, text: str, *, spoken: bool
) -> Named:
    """Add the parties of one sentence."""
    prospect = named.prospect or _prospect_in(tokens, lower, begin, text, spoken=spoken)
    found = _recommender_in(tokens, lower, begin, text, spoken=spoken)
    if not _is_same(found, prospect):
        return Named(named.recommender or found, prospect)
    if _certainty(found) > _certainty(prospect):
        return Named(named.recommender or found)
    return Named(named.recommender, prospect)


def _with_entity(named: Named, one: Entity) -> Named:
    """Add a person whom the entities name, if nobody is known yet."""
    party = ReferralParty(name=Quoted(one.value or one.text, one.text, _STATED))
    if one.kind is EntityKind.PERSON_RECOMMENDING and not _is_same(party, named.prospect):
        return Named(named.recommender or party, named.prospect)
    if one.kind is EntityKind.PERSON_RECOMMENDED and not _is_same(party, named.recommender):
        return Named(named.recommender, named.prospect or party)
    return named


def sentences_of(text: str) -> Iterator[tuple[int, str]]:
    """Cut a text into sentences, each with its place."""
    for one in _SENTENCE.finditer(text):
        yield one.start(), one[0]


def _recommender_in(
    tokens: list[WordToken], lower: str, begin: int, text: str, *, spoken: bool
) -> ReferralParty | None:
    for cue in cues.RECOMMENDER_AFTER.finditer(lower):
        word = cue[0].strip()
        if cues.NEEDS_SOURCE.match(word) and not cues.SOURCE_WORDS.search(lower):
            continue
        if cues.WEAK_BEFORE.match(word) and not cues.ABOUT_US.search(lower):
            continue
        place = _token_at(tokens, begin + cue.end())
        bare = cues.NEEDS_SOURCE.match(word) is not None
        certainty = _STATED if cues.STATED.search(lower if bare else word) else _NAMED
        found = read_after(tokens, place, text, certainty, spoken=spoken)
        if found is not None and not _is_doubtful(found, tokens, lower, bare=bare and spoken):
            return found
    for cue in cues.RECOMMENDER_BEFORE.finditer(lower):
        weak = cues.WEAK_BEFORE.search(cue[0]) is not None
        if weak and not cues.ABOUT_US.search(lower):
            continue
        place = _token_at(tokens, begin + cue.start())
        certainty = _WEAK if weak else _STATED
        found = read_before(tokens, place, text, certainty, spoken=spoken)
        if found is not None and not _is_doubtful(found, tokens, lower, bare=weak):
            return found
    return None


def _is_doubtful(found: ReferralParty, tokens: list[WordToken], lower: str, *, bare: bool) -> bool:
    """True for one word alone that need not be a name: in German, or behind a small word."""
    if found.name is None or found.company is not None or " " in found.name.words:
        return False
    if not bare and not cues.GERMAN.search(lower):
        return False
    words = found.name.words
    place = next((i for i, one in enumerate(tokens) if one.text.strip("@.,") == words), 0)
    return not is_introduced(tokens, place)


def _prospect_in(
    tokens: list[WordToken], lower: str, begin: int, text: str, *, spoken: bool
) -> ReferralParty | None:
    bought_here = cues.BOUGHT_HERE.search(lower) is not None
    for cue in cues.PROSPECT_AFTER.finditer(lower):
        if bought_here and cue[0].startswith("nazywa"):
            continue
        place = _token_at(tokens, begin + cue.end())
        certainty = _STATED if cues.SURE_PROSPECT.search(cue[0]) else _ASKED
        found = read_after(tokens, place, text, certainty, spoken=spoken, prospect=True)
        if found is not None and not _is_doubtful(found, tokens, lower, bare=spoken):
            return found
    if not cues.RECOMMENDING.search(lower):
        return None
    for cue in cues.PROSPECT_BEFORE.finditer(lower):
        place = _token_at(tokens, begin + cue.start())
        found = read_before(tokens, place, text, _WEAK, spoken=spoken)
        if found is not None and not _is_doubtful(found, tokens, lower, bare=True):
            return found
    return None


def _token_at(tokens: list[WordToken], place: int) -> int:
    """The first token that begins at a place or behind it."""
    return bisect_left([one.begin for one in tokens], place)


def _certainty(party: ReferralParty | None) -> float:
    quoted = (party.name or party.company) if party is not None else None
    return quoted.certainty if quoted is not None else 0.0


def _is_same(one: ReferralParty | None, other: ReferralParty | None) -> bool:
    if one is None or other is None:
        return False
    mine, theirs = one.name or one.company, other.name or other.company
    if mine is None or theirs is None:
        return False
    return mine.words in theirs.words or theirs.words in mine.words
