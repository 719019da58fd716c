"""Decide which open inquiry a message is part of, by the strongest sign. Pure.

A number, a domain or an address alone is no matter: a switchboard is forty people.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from inquiry_router.inquiry.matter import Candidate, Hint, Joining, LinkKind, SaidBefore
from inquiry_router.inquiry.model import Contact, Status
from inquiry_router.matters.likeness import jaccard, likeness, telling_words
from inquiry_router.matters.people import Kinship, kinship
from inquiry_router.matters.settings import MatterRules
from inquiry_router.text.folding import fold_words

_COPY: Final = 0.9
_LIKE: Final = 0.75
_LIKE_ALL: Final = 0.55
_MIN_TELLING_WORDS: Final = 4
_MIN_SUBJECT_WORDS: Final = 2
_MAX_HINTS: Final = 3
_REPLY: Final = re.compile(
    r"^\s*(?:(?:re|odp|aw|fwd?|pd|wg|sv|antw|vs)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
_HINT_KINDS: Final = ("tax_id", "product_code")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message whose matter is looked for.

    `signs` are its own; `replies_to` those of the mails it replies to; `references` those quoted.
    `text` is the customer's part, without quotes. `at` is the time it was received.
    """

    at: datetime
    subject: str | None
    text: str = field(repr=False)
    contact: Contact
    signs: tuple[str, ...]
    replies_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    candidate: Candidate
    sign: str
    certainty: float
    copy: bool = False


def join(message: Incoming, candidates: Iterable[Candidate], rules: MatterRules) -> Joining:
    """Find the inquiry that a message is part of. The strongest sign decides, then the newest."""
    known = sorted(candidates, key=lambda one: one.last_at, reverse=True)
    for look in _SIGNS:
        found = next((one for one in (look(message, each, rules) for each in known) if one), None)
        if found is not None:
            return _join_or_continue(message, found, known, rules)
    return Joining(hints=_hints(message, known, rules))


def _join_or_continue(
    message: Incoming, found: _Found, known: Sequence[Candidate], rules: MatterRules
) -> Joining:
    """Join, unless the inquiry was resolved too long ago: then a new one continues it."""
    candidate = found.candidate
    if candidate.progress.status is Status.RESOLVED and not found.copy:
        resolved_at = candidate.resolved_at or candidate.last_at
        if message.at - resolved_at > timedelta(days=rules.reopen_within_days):
            why = f"{found.sign}, but it was resolved more than {rules.reopen_within_days} days ago"
            return Joining(hints=(Hint(candidate.inquiry_id, LinkKind.CONTINUES, why),))
    others = [one for one in known if one is not candidate]
    return Joining(
        candidate, found.sign, found.certainty, found.copy, _hints(message, others, rules)
    )


def _by_ticket(message: Incoming, candidate: Candidate, _: MatterRules) -> _Found | None:
    if _shared(message.signs, candidate, "ticket"):
        return _Found(candidate, "the same ticket", 1.0)
    return None


def _by_copy(message: Incoming, candidate: Candidate, _: MatterRules) -> _Found | None:
    """The same mail, sent to two addresses of the company. Some programs use an id twice."""
    if not _shared(message.signs, candidate, "mail"):
        return None
    for said in candidate.messages:
        if f"mail:{said.mail_id}" in message.signs and _is_copy(message, said):
            return _Found(candidate, "the same mail", 1.0, copy=True)
    return None


def _by_reply(message: Incoming, candidate: Candidate, _: MatterRules) -> _Found | None:
    if any(sign in candidate.signs for sign in message.replies_to):
        return _Found(candidate, "a reply to a mail of it", 1.0)
    return None


def _by_reference(message: Incoming, candidate: Candidate, _: MatterRules) -> _Found | None:
    if candidate.reference in message.references and _kin(message, candidate) > Kinship.NONE:
        return _Found(candidate, f"the reference {candidate.reference}", 0.99)
    return None


def _by_number(message: Incoming, candidate: Candidate, rules: MatterRules) -> _Found | None:
    shared = _shared(message.signs, candidate, *rules.numbers)
    if not shared or not _is_recent(message, candidate, rules):
        return None
    if _kin(message, candidate) is not Kinship.PERSON:
        return None
    return _Found(candidate, f"the same person and {_in_words(shared)}", 0.95)


def _by_words(message: Incoming, candidate: Candidate, rules: MatterRules) -> _Found | None:
    """Nearly the same words by the same person: they mail and fill in the form."""
    window = timedelta(hours=rules.same_words_within_hours)
    words = telling_words(message.text)
    if len(words) < _MIN_TELLING_WORDS:
        return None
    for said in candidate.messages:
        if abs(message.at - said.at) > window:
            continue
        if kinship(message.contact, said.author) is not Kinship.PERSON:
            continue
        before = telling_words(said.text)
        if len(before) < _MIN_TELLING_WORDS:
            continue
        if likeness(words, before) >= _LIKE and jaccard(words, before) >= _LIKE_ALL:
            return _Found(candidate, "the same person and nearly the same words", 0.9)
    return None


def _by_subject(message: Incoming, candidate: Candidate, rules: MatterRules) -> _Found | None:
    """A reply whose headers were lost: "Re:" and the subject of the same person."""
    if not _REPLY.match(message.subject or "") or not _is_recent(message, candidate, rules):
        return None
    subject = _bare_subject(message.subject)
    if len(subject.split()) < _MIN_SUBJECT_WORDS:
        return None
    for said in candidate.messages:
        same = _bare_subject(said.subject) == subject
        if same and kinship(message.contact, said.author) is Kinship.PERSON:
            return _Found(candidate, "a reply to the same subject by the same person", 0.9)
    return None


_SIGNS: Final[tuple[Callable[[Incoming, Candidate, MatterRules], _Found | None], ...]] = (
    _by_ticket,
    _by_copy,
    _by_reply,
    _by_reference,
    _by_number,
    _by_subject,
    _by_words,
)


def _hints(
    message: Incoming, candidates: Sequence[Candidate], rules: MatterRules
) -> tuple[Hint, ...]:
    """The inquiries that have perhaps to do with the message: shown as links, nothing more."""
    found = []
    for candidate in candidates:
        why = _why_perhaps(message, candidate, rules)
        if why is not None:
            found.append(Hint(candidate.inquiry_id, LinkKind.PERHAPS, why))
    return tuple(found[:_MAX_HINTS])


def _why_perhaps(message: Incoming, candidate: Candidate, rules: MatterRules) -> str | None:
    if candidate.reference in message.references:
        return f"the reference {candidate.reference} is quoted, but by somebody else"
    if candidate.progress.status is Status.RESOLVED or not _is_recent(message, candidate, rules):
        return None
    kin = _kin(message, candidate)
    shared = _shared(message.signs, candidate, *rules.numbers)
    if shared and kin is Kinship.COMPANY:
        return f"the same company and {_in_words(shared)}"
    shared = _shared(message.signs, candidate, *_HINT_KINDS)
    if shared and kin is Kinship.PERSON:
        return f"the same person and {_in_words(shared)}"
    return None


def _kin(message: Incoming, candidate: Candidate) -> Kinship:
    return max(kinship(message.contact, said.author) for said in candidate.messages)


def _is_recent(message: Incoming, candidate: Candidate, rules: MatterRules) -> bool:
    return abs(message.at - candidate.last_at) <= timedelta(days=rules.join_within_days)


def _is_copy(message: Incoming, said: SaidBefore) -> bool:
    if _bare_subject(message.subject) != _bare_subject(said.subject):
        return False
    words, before = telling_words(message.text), telling_words(said.text)
    return words == before or jaccard(words, before) >= _COPY


def _shared(signs: Iterable[str], candidate: Candidate, *kinds: str) -> list[str]:
    return [sign for sign in signs if sign in candidate.signs and sign.partition(":")[0] in kinds]


def _in_words(signs: list[str]) -> str:
    kind, _, value = signs[0].partition(":")
    return f"{kind.replace('_', ' ')} {value}"


def _bare_subject(subject: str | None) -> str:
    return fold_words(_REPLY.sub("", subject or "")).strip()
