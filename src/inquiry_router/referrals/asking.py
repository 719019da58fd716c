"""The right moment to ask for a recommendation, and the words for it. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Final

from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.text.yaml_reading import load_shipped_yaml


class HintReason(StrEnum):
    """The good moment that a hint is about."""

    COMPLAINT_SOLVED = "complaint_solved"
    PROMISE_KEPT = "promise_kept"
    PURCHASE = "purchase"
    PRAISE = "praise"


class HintState(StrEnum):
    """The state of a hint: open -> asked | not_now | never | over."""

    OPEN = "open"
    ASKED = "asked"
    NOT_NOW = "not_now"
    NEVER = "never"
    OVER = "over"


FAST: Final = timedelta(days=3)
# "Not now" is asked again after this time at the earliest.
NOT_NOW_FOR: Final = timedelta(days=30)
MAX_UNRELIABLE: Final = 2
_PRAISE: Final = re.compile(
    r"(?:bardzo|ogromnie|naprawdę)\s+(?:dziękuj|jestem\s+zadowolon|jesteśmy\s+zadowol|miło)|"
    r"\b(?:świetn|znakomit|rewelac|wspania|ekspresow|super\s+(?:obsług|robot|serwis)|polecam\s+was)"
    r"\w*|działa\s+(?:idealnie|jak\s+nowa|świetnie)|jestem\s+zachwycon|jesteśmy\s+zachwycen|"
    r"\b(?:excellent|brilliant|fantastic|superb|great\s+(?:job|work|service)|delighted|"
    r"very\s+(?:happy|pleased|impressed))\b|"
    r"\b(?:hervorragend|ausgezeichnet|großartig|tolle\s+arbeit|sehr\s+zufrieden|begeistert)\w*",
    re.IGNORECASE,
)
_NO_PRAISE: Final = re.compile(
    r"\bnie\s+(?:jest|był|działa|polec|jestem|jesteśmy)|\bale\b|niestety|\bnot\b|\bbut\b|n't\b|"
    r"unfortunately|\bnicht\b|\baber\b|leider|cieknie|zepsu|reklam|broken|leak|kaputt|no,?\s+super",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?]*")


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """Everything about a customer that decides if they may be asked now."""

    owner: str | None
    open_complaint: bool = False
    last_hint_at: datetime | None = None
    last_hint_state: HintState | None = None
    last_ask_at: datetime | None = None
    never: bool = False
    unreliable: int = 0


def may_hint(facts: CustomerFacts, rules: ReferralRules, now: datetime) -> bool:
    """True if a salesperson may be given a hint about this customer."""
    if facts.owner is None or facts.open_complaint or facts.never:
        return False
    if facts.unreliable >= MAX_UNRELIABLE:
        return False
    pause = timedelta(days=rules.hint_every_days)
    if facts.last_ask_at is not None and now < facts.last_ask_at + pause:
        return False
    if facts.last_hint_at is None:
        return True
    if facts.last_hint_state is HintState.NOT_NOW:
        return now >= facts.last_hint_at + min(NOT_NOW_FOR, pause)
    return now >= facts.last_hint_at + pause


def praise_in(text: str) -> str | None:
    """The words of praise in a text; None if there are none, or a "but" stands beside them."""
    if _NO_PRAISE.search(text):
        return None
    for sentence in _SENTENCE.finditer(text[:2000]):
        if _PRAISE.search(sentence[0]):
            return " ".join(sentence[0].split())[:200]
    return None


def wordings(language: str, reason: str) -> dict[str, str]:
    """The ready wordings of a reason, by way: mail, phone, in_person."""
    known = _wordings().get(language, _wordings()["en"])
    return {way: f"{known['openings'][reason]} {text}" for way, text in known["asks"].items()}


@cache
def _wordings() -> dict[str, dict[str, dict[str, str]]]:
    texts: dict[str, dict[str, dict[str, str]]] = load_shipped_yaml(
        "inquiry_router.referrals", "asking.yaml"
    )
    return texts
