"""Evidence that a message goes on with an inquiry, weighed. Pure.

Each piece of evidence is a number, mostly 0 or 1, with a weight; the sum is the log-odds that they
are one matter. `weights.tsv` was fitted on pairs of messages by `python -m training.joining`. What
may never join stands in `forbids`, whatever the sum.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from importlib import resources
from typing import Final

from inquiry_router.matters.comparison import Compared
from inquiry_router.matters.people import Kinship
from inquiry_router.matters.rarity import rarity

_FILE: Final = "weights.tsv"
ALWAYS: Final = "always"
JOINS_FROM: Final = "joins_from"
_JUST_NOW: Final = timedelta(hours=2)
_A_WEEK: Final = timedelta(days=7)
_MIN_SHARED: Final = 1.5
_MAX_SENSE: Final = 6.0
# A message that no model has read counts like one that opens a matter rather than not.
_UNREAD: Final = -1.0
# What no model has read is perhaps the same, and never joins by words alone.
_MAX_UNREAD: Final = 0.0
_READS_SO: Final = 0.5
_WHO: Final = {
    Kinship.PERSON: "the same person",
    Kinship.NAME: "the same name",
    Kinship.MENTION: "somebody who names the writer",
    Kinship.COMPANY: "somebody of the same company",
    Kinship.NONE: "somebody without a name",
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """The evidence on an inquiry: the sign in words, and the log-odds that it is the same."""

    sign: str
    log_odds: float

    @property
    def certainty(self) -> float:
        """The probability, if there is no other inquiry to choose from."""
        return 1.0 / (1.0 + math.exp(-self.log_odds))


def weigh(one: Compared) -> Weighed | None:
    """Weigh the evidence; None if nothing may join them."""
    if forbids(one):
        return None
    weights = _weights()
    found = measure(one)
    total = weights[ALWAYS] + sum(weights[name] * value for name, value in found.items())
    if one.message.goes_on is None and not _is_lasting(one):
        total = min(total, _MAX_UNREAD)
    return Weighed(_in_words(one, found), total)


def joins_from() -> float:
    """Return the certainty from which the evidence joins, fitted with the weights."""
    return _weights()[JOINS_FROM]


def forbids(one: Compared) -> bool:
    """True if no evidence may join them.

    A switchboard, an address or a company alone is no sign, and neither is a number alone. Another
    lift, or another order, is another matter, unless they say that they told of it.
    """
    if one.opens or one.shares_system or one.names_another_reference:
        return True
    is_another = one.is_another_one or one.contradicts_alike
    if is_another and not one.numbers and not one.message.cues.told:
        return True
    if not (one.is_recent if _is_lasting(one) else one.is_within(one.follow_up)):
        return True
    return one.kinship is not Kinship.PERSON and _forbids_others(one)


def _is_lasting(one: Compared) -> bool:
    """True if a number, a quotation or the subject speaks for it, which count for longer."""
    return bool(one.numbers) or one.quotes or (one.is_reply and one.same_subject)


def _forbids_others(one: Compared) -> bool:
    """True if no evidence may join a message by somebody else than the writer."""
    if one.kinship is Kinship.NONE and not (one.numbers and one.is_unnamed_caller):
        return True
    if not one.message.cues.told and _sense_of(one) < _READS_SO:
        return True
    if one.kinship is not Kinship.NONE and not one.numbers:
        if one.shared_rarity < _MIN_SHARED:
            return True
        if one.kinship is Kinship.NAME and one.is_namesake:
            return True
    return one.contradicts or one.is_another_one


def measure(one: Compared) -> Mapping[str, float]:
    """Return each piece of evidence by its name."""
    return {
        "same_person": float(one.kinship is Kinship.PERSON),
        "same_name": float(one.kinship is Kinship.NAME),
        "names_the_writer": float(one.kinship is Kinship.MENTION),
        "same_company": float(one.kinship is Kinship.COMPANY),
        "number": float(bool(one.numbers)),
        "other_number": float(one.contradicts),
        "number_alike": float(one.contradicts_alike),
        "another_one_of_a_kind": float(one.is_another_one),
        "reply_to_subject": float(one.is_reply and one.same_subject),
        "told": float(one.message.cues.told),
        "goes_on": _sense_of(one),
        "opens": min(0.0, _sense_of(one)),
        "length": math.log1p(one.length),
        "just_now": float(one.kinship is Kinship.PERSON and one.is_within(_JUST_NOW)),
        "over_a_week": float(not one.is_within(_A_WEEK)),
        "resolved": float(one.is_resolved),
        "same_channel": float(one.message.channel is one.candidate.progress.channel),
        "no_words": float(one.shared_rarity < _MIN_SHARED),
        "rarest_word": max((rarity(word) for word in one.shared_stems), default=0.0),
        "amount": float(bool(one.shared_amounts)),
        "new_words": math.log1p(one.new_rarity),
    }


def _sense_of(one: Compared) -> float:
    sense = _UNREAD if one.message.goes_on is None else one.message.goes_on
    return max(-_MAX_SENSE, min(_MAX_SENSE, sense))


def _in_words(one: Compared, found: Mapping[str, float]) -> str:
    """Say who wrote, and the strongest that speaks for it."""
    reasons = []
    if one.numbers:
        reasons.append(f"the number {one.numbers[0]}")
    if found["reply_to_subject"]:
        reasons.append("a reply to the same subject")
    if one.quotes:
        reasons.append("a quotation of it")
    if one.message.cues.told:
        reasons.append("told of before")
    if found["goes_on"] > _READS_SO:
        reasons.append("words that go on with something")
    if not found["no_words"]:
        reasons.append("words in common")
    return " and ".join((_WHO[one.kinship], ", ".join(reasons) or "nothing new"))


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, float]:
    text = resources.files("inquiry_router.matters").joinpath(_FILE).read_text("utf-8")
    return {
        name: float(weight) for name, weight in (line.split("\t") for line in text.splitlines())
    }
