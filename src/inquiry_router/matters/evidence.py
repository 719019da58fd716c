"""Evidence that a message goes on with an inquiry, weighed. Pure.

Each piece of evidence is a number, mostly 0 or 1, with a weight; the sum is the log-odds that they
are one matter. The weights differ by what ties the two: a thread, the same person, or neither.
`weights.tsv` was fitted on pairs of messages by `python -m training.joining`. What may never join
stands in `forbids`, whatever the sum.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from importlib import resources
from typing import Final

from inquiry_router.matters.comparison import Compared
from inquiry_router.matters.people import Kinship

_FILE: Final = "weights.tsv"
ALWAYS: Final = "always"
JOINS_FROM: Final = "joins_from"
_MIN_SHARED: Final = 1.5
_JUST_NOW_HOURS: Final = 2
_MAX_SENSE: Final = 6.0
# A message that no model has read may go on with something, or not.
_UNREAD: Final = 0.0
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


class Tie(IntEnum):
    """The strongest that ties a message to an inquiry; the columns of the weights."""

    THREAD = 0  # the ticket, or the mail that it replies to
    PERSON = 1
    NEITHER = 2


@dataclass(frozen=True, slots=True)
class Weighed:
    """The evidence on an inquiry: the sign in words, and the log-odds that it is the same.

    It joins from the certainty `joins_from`, which was fitted with the weights.
    """

    sign: str
    log_odds: float
    joins_from: float

    @property
    def certainty(self) -> float:
        """The probability, if there is no other inquiry to choose from."""
        return 1.0 / (1.0 + math.exp(-self.log_odds))

    @property
    def is_likely(self) -> bool:
        """True if it joins, if there is no other inquiry to choose from."""
        return self.certainty >= self.joins_from


def weigh(one: Compared) -> Weighed | None:
    """Weigh the evidence; None if nothing may join them."""
    if forbids(one):
        return None
    weights, column = _weights(), tie_of(one)
    found = measure(one)
    total = weights[ALWAYS][column]
    total += sum(weights[name][column] * value for name, value in found.items())
    if one.message.goes_on is None and not _is_lasting(one):
        total = min(total, _MAX_UNREAD)
    return Weighed(_in_words(one, found), total, weights[JOINS_FROM][column])


def tie_of(one: Compared) -> Tie:
    """Return the strongest that ties the two."""
    if one.is_in_thread:
        return Tie.THREAD
    return Tie.PERSON if one.kinship is Kinship.PERSON else Tie.NEITHER


def forbids(one: Compared) -> bool:
    """True if no evidence may join them.

    That is too late, another reference, another ticket of the same system, a namesake, a stranger
    of another company; "another matter" outside a thread; another lift or order, unless they say
    that they told of it.
    """
    if one.names_another_reference:
        return True
    if one.is_in_thread or one.is_referred_to:
        return False
    is_late = not (one.is_recent if _is_lasting(one) else one.is_within(one.follow_up))
    if is_late or one.shares_system or one.message.cues.something_else:
        return True
    told, is_another = one.message.cues.told, one.is_another_one or one.contradicts_alike
    if is_another and not one.numbers and not told:
        return True
    is_namesake = one.kinship is Kinship.NAME and not one.numbers and one.is_namesake
    return is_namesake or (one.kinship is Kinship.NONE and _forbids_strangers(one))


def _forbids_strangers(one: Compared) -> bool:
    """True if two companies speak, or nothing says that they go on with something."""
    if one.are_of_two_companies:
        return True
    return not one.message.cues.told and _sense_of(one) < _READS_SO


def _is_lasting(one: Compared) -> bool:
    """True if a number, a quotation or the subject speaks for it, which count for longer."""
    return bool(one.numbers) or one.quotes or one.repeats_subject


def measure(one: Compared) -> Mapping[str, float]:
    """Return each piece of evidence by its name."""
    number, sense = float(bool(one.numbers)), _sense_of(one)
    return {
        "same_person": float(one.kinship is Kinship.PERSON),
        "same_name": float(one.kinship is Kinship.NAME),
        "names_the_writer": float(one.kinship is Kinship.MENTION),
        "same_company": float(one.kinship is Kinship.COMPANY),
        "unnamed": float(one.message.contact.name is None),
        "thread": float(one.is_in_thread),
        "reference": float(one.is_referred_to),
        "nearly_the_reference": float(one.misquotes),
        "number": number,
        "number_of_theirs": number * float(one.kinship >= Kinship.NAME),
        "number_of_a_stranger": number * float(one.kinship is Kinship.NONE),
        "number_again": float(one.says_number_again),
        "number_alike": float(one.contradicts_alike),
        "number_alike_in_text": float(one.says_number_alike),
        "another_one_of_a_kind": float(one.is_another_one),
        "same_subject": float(one.same_subject),
        "reply_to_subject": float(one.repeats_subject),
        "quotes": float(one.quotes),
        "same_words": float(one.says_the_same),
        "told": float(one.message.cues.told),
        "something_else": float(one.message.cues.something_else),
        "goes_on": sense,
        "opens": min(0.0, sense),
        "length": math.log1p(one.length),
        "hours": math.log1p(one.hours),
        "just_now": float(one.kinship is Kinship.PERSON and one.hours <= _JUST_NOW_HOURS),
        "resolved": float(one.is_resolved),
        "same_channel": float(one.message.channel is one.candidate.progress.channel),
        "no_words": float(one.shared_rarity < _MIN_SHARED),
        "share_of_words": one.shared_rarity / (one.shared_rarity + one.new_rarity + 1.0),
        "new_words": math.log1p(one.new_rarity),
        "topics": float(len(one.topics)),
        "amount": float(bool(one.shared_amounts)),
    }


def _sense_of(one: Compared) -> float:
    message = one.message
    sense = _UNREAD if message.goes_on is None else message.goes_on
    # Of a short reply above a long quote, the model has mostly read the quote.
    lowest = _UNREAD if one.is_in_thread and len(message.cut) > len(message.text) else -_MAX_SENSE
    return max(lowest, min(_MAX_SENSE, sense))


def _in_words(one: Compared, found: Mapping[str, float]) -> str:
    """Say the sure sign; else who wrote, and what speaks for it."""
    if one.shares("ticket"):
        return "the same ticket"
    if one.is_answer:
        return "a reply to a mail of it"
    if one.is_referred_to:
        return f"the reference {one.candidate.reference}"
    signs = {
        f"the number {one.numbers[0] if one.numbers else ''}": bool(one.numbers),
        "a reply to the same subject": one.repeats_subject,
        "a quotation of it": one.quotes,
        "nearly the same words": found["same_words"] > 0,
        "told of before": one.message.cues.told,
        "words that go on with something": found["goes_on"] > _READS_SO,
        "words in common": not found["no_words"] and not found["same_words"],
    }
    reasons = [sign for sign, is_there in signs.items() if is_there]
    return " and ".join((_WHO[one.kinship], ", ".join(reasons) or "nothing new"))


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, tuple[float, ...]]:
    """Read the weights, one for each tie."""
    text = resources.files("inquiry_router.matters").joinpath(_FILE).read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return {name: tuple(map(float, weights)) for name, *weights in rows}
