"""Decide which open inquiry a message is part of, by the strongest sign. Pure.

A number, a domain or an address alone is no matter: a switchboard is forty people.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from inquiry_router.inquiry.matter import Candidate, Hint, Joining, LinkKind, SaidBefore
from inquiry_router.inquiry.model import Channel, Status
from inquiry_router.matters.comparison import Compared
from inquiry_router.matters.evidence import Weighed, weigh
from inquiry_router.matters.incoming import Incoming
from inquiry_router.matters.likeness import is_same_said, jaccard, telling_words
from inquiry_router.matters.people import Kinship
from inquiry_router.matters.perhaps import why_perhaps
from inquiry_router.matters.settings import MatterRules
from inquiry_router.matters.sides import MessageSide
from inquiry_router.matters.subjects import bare_subject

_COPY: Final = 0.9
# Evidence is never certain.
_MAX_BY_EVIDENCE: Final = 0.99
_MAX_HINTS: Final = 3
_SAME_CHAT_WITHIN: Final = timedelta(minutes=30)
_SENT_TWICE_WITHIN: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class _Found:
    sign: str
    certainty: float
    copy: bool = False


_Weighed = tuple[Compared, Weighed]


def join(message: Incoming, candidates: Iterable[Candidate], rules: MatterRules) -> Joining:
    """Find the inquiry that a message is part of, by evidence.

    If it speaks for two open inquiries alike, it joins none of them. What no model has read joins
    by the strongest sign, then to the newest inquiry.
    """
    newest = sorted(candidates, key=lambda one: one.last_at, reverse=True)
    own = MessageSide(message)
    known = [Compared(own, one, rules) for one in newest]
    for looks, weak in _looks_for(message):
        for look in looks:
            found = [(one, sign) for one in known if (sign := look(one)) is not None]
            if weak:
                found = [each for each in found if not each[0].is_resolved] or found
                if len(found) > 1:
                    return Joining(hints=_unclear([(one, sign.sign) for one, sign in found]))
            if found:
                return _join_or_continue(*found[0], known)
    weighed = [(one, result) for one in known if (result := weigh(one)) is not None]
    chosen = _by_evidence(weighed)
    if chosen is not None:
        return _join_or_continue(*chosen, known)
    return _leave_thread(known) or Joining(
        hints=_unclear([(one, found.sign) for one, found in _only_likely(weighed)])
        or _hints(known, dict(weighed))
    )


def _leave_thread(known: Sequence[Compared]) -> Joining | None:
    """Leave the inquiry in whose thread the message came; None if there is none."""
    one = next((one for one in known if one.is_in_thread), None)
    if one is None or (weighed := weigh(one)) is None:
        return None
    sign, certainty = f"{weighed.sign}, but about another matter", 1.0 - weighed.certainty
    left = _join_or_continue(one, _Found(sign, round(certainty, 2)), known)
    return replace(left, apart=left.matter is not None)


def _only_likely(known: Sequence[_Weighed]) -> list[_Weighed]:
    return [each for each in known if each[1].is_likely]


def _join_or_continue(one: Compared, found: _Found, known: Sequence[Compared]) -> Joining:
    """Join, unless the inquiry was resolved too long ago: then a new one continues it."""
    if not found.copy:
        joining = continue_resolved(one.candidate, found.sign, one.rules, one.message.at)
        if joining is not None:
            return joining
    others = [other for other in known if other is not one]
    return Joining(one.candidate, found.sign, found.certainty, found.copy, _hints(others))


def continue_resolved(
    candidate: Candidate, sign: str, rules: MatterRules, at: datetime
) -> Joining | None:
    """Let a new inquiry continue one that was resolved too long ago; None if it was not."""
    days = rules.reopen_within_days
    if candidate.progress.status is not Status.RESOLVED:
        return None
    if at - (candidate.resolved_at or candidate.last_at) <= timedelta(days=days):
        return None
    why = f"{sign}, but it was resolved more than {days} days ago"
    return Joining(hints=(Hint(candidate.inquiry_id, LinkKind.CONTINUES, why),))


def _by_ticket(one: Compared) -> _Found | None:
    return _Found("the same ticket", 1.0) if one.shares("ticket") else None


def _by_conversation(one: Compared) -> _Found | None:
    """The next line of a chat, which has one ticket."""
    return _by_ticket(one) if one.message.channel is Channel.CHAT else None


def _by_copy(one: Compared) -> _Found | None:
    """The same mail, sent to two addresses of the company. Some programs use an id twice."""
    if not one.shares("mail"):
        return None
    for said in one.candidate.messages:
        if f"mail:{said.mail_id}" in one.message.signs and _is_copy(one.message, said):
            return _Found("the same mail", 1.0, copy=True)
    return None


def _by_reply(one: Compared) -> _Found | None:
    return _Found("a reply to a mail of it", 1.0) if one.is_answer else None


def _by_reference(one: Compared) -> _Found | None:
    """A quoted reference. Others quote it too: as an example, or in the place of their own."""
    if not one.is_referred_to:
        return None
    if one.message.cues.something_else or one.contradicts_alike:
        return None
    if one.kinship is Kinship.MENTION:
        fits = one.message.cues.told
    else:
        fits = one.kinship >= Kinship.COMPANY or one.is_same_given_name
    if fits or one.same_subject:
        return _Found(f"the reference {one.candidate.reference}", 0.99)
    return None


def _by_number(one: Compared) -> _Found | None:
    """An order, complaint or serial number, and the same person or somebody of their name."""
    if not one.numbers or not one.is_recent or _is_of_another_matter(one):
        return None
    if one.kinship is Kinship.PERSON:
        return _Found(f"the same person and the number {one.numbers[0]}", 0.97)
    if one.kinship is Kinship.NAME:
        return _Found(f"the same name and the number {one.numbers[0]}", 0.95)
    return None


def _by_subject(one: Compared) -> _Found | None:
    """A reply whose headers are lost, by the same person."""
    if one.kinship is not Kinship.PERSON or not one.repeats_subject or not one.is_recent:
        return None
    if one.contradicts or _is_of_another_matter(one):
        return None
    return _Found("the same person and a reply to the same subject", 0.9)


def _is_of_another_matter(one: Compared) -> bool:
    """True if the words stand against a number in common."""
    told = one.message.cues.told
    return (
        one.message.cues.something_else
        or one.shares_system
        or one.names_another_reference
        or (one.is_resolved and not one.topics and not told)
        or (one.is_another_model and not told)
    )


def _by_misquoted_reference(one: Compared) -> _Found | None:
    """A reference with one wrong character, by the same person."""
    if one.kinship is Kinship.PERSON and one.misquotes and not one.message.cues.something_else:
        return _Found(f"the same person and nearly the reference {one.candidate.reference}", 0.9)
    return None


def _by_chat(one: Compared) -> _Found | None:
    """The next line in a chat whose source gives no id of the conversation."""
    if one.message.channel is not Channel.CHAT or one.shares_system:
        return None
    is_chat = one.candidate.progress.channel is Channel.CHAT
    if is_chat and one.kinship is Kinship.PERSON and one.is_within(_SAME_CHAT_WITHIN):
        return _Found("the next line of the same person's chat", 0.9)
    return None


def _by_words(one: Compared) -> _Found | None:
    """Nearly the same words by the same person: they mail and fill in the form.

    By the same way, equal words some hours later are a standing order, not a repetition.
    """
    window = timedelta(hours=one.rules.same_words_within_hours)
    if one.message.channel is one.candidate.progress.channel:
        window = min(window, _SENT_TWICE_WITHIN)
        if one.new_in_subject:
            return None
    if one.message.cues.told:
        window = one.follow_up
    if one.kinship is not Kinship.PERSON or not one.is_within(window) or one.shares_system:
        return None
    if one.contradicts or one.message.cues.something_else or one.is_another_one:
        return None
    if any(is_same_said(one.message.text, said.text, one.names) for said in one.candidate.messages):
        return _Found("the same person and nearly the same words", 0.9)
    return None


_Look = Callable[[Compared], _Found | None]
_ALWAYS: Final[tuple[_Look, ...]] = (
    _by_conversation,
    _by_copy,
    _by_reference,
    _by_misquoted_reference,
)
_STRONG: Final[tuple[_Look, ...]] = (
    _by_ticket,
    _by_copy,
    _by_reply,
    _by_reference,
    _by_number,
)
_WEAK: Final[tuple[_Look, ...]] = (
    _by_misquoted_reference,
    _by_subject,
    _by_chat,
    _by_words,
)


def _looks_for(message: Incoming) -> Sequence[tuple[tuple[_Look, ...], bool]]:
    """Return the signs that join before evidence is weighed, and if several are unclear."""
    is_unread = message.goes_on is None
    return ((_STRONG, False), (_WEAK, True)) if is_unread else ((_ALWAYS, False),)


def find_sign(one: Compared) -> str | None:
    """Return the sign that joins before evidence is weighed, or None."""
    looks = (look for each, _ in _looks_for(one.message) for look in each)
    found = next((sign for look in looks if (sign := look(one)) is not None), None)
    return found.sign if found is not None else None


def _by_evidence(known: Sequence[_Weighed]) -> tuple[Compared, _Found] | None:
    """Choose the inquiry that the evidence speaks for.

    Of several that it may be, one must be much likelier than the others together. A thread that it
    goes on with comes first; of two inquiries in one thread the likelier is meant.
    """
    threads = [each for each in _only_likely(known) if each[0].is_in_thread]
    if threads:
        one, weighed = max(threads, key=lambda each: each[1].log_odds)
        return one, _Found(weighed.sign, min(_MAX_BY_EVIDENCE, round(weighed.certainty, 2)))
    if any(not one.is_resolved for one, _ in _only_likely(known)):
        known = [each for each in known if not each[0].is_resolved]
    odds = [math.exp(weighed.log_odds) for _, weighed in known]
    for (one, weighed), own in zip(known, odds, strict=True):
        share = own / (1.0 + sum(odds))
        if share >= weighed.joins_from:
            return one, _Found(weighed.sign, min(_MAX_BY_EVIDENCE, round(share, 2)))
    return None


def _unclear(found: Sequence[tuple[Compared, str]]) -> tuple[Hint, ...]:
    return tuple(
        Hint(one.candidate.inquiry_id, LinkKind.PERHAPS, f"{sign}, but others fit as well")
        for one, sign in found[:_MAX_HINTS]
    )


def _hints(
    known: Sequence[Compared], weighed: Mapping[Compared, Weighed] | None = None
) -> tuple[Hint, ...]:
    """The inquiries that have perhaps to do with the message: shown as links, nothing more."""
    found = []
    for one in known:
        why = why_perhaps(one, weigh(one) if weighed is None else weighed.get(one))
        if why is not None:
            found.append(Hint(one.candidate.inquiry_id, LinkKind.PERHAPS, why))
    return tuple(found[:_MAX_HINTS])


def _is_copy(message: Incoming, said: SaidBefore) -> bool:
    if bare_subject(message.subject) != bare_subject(said.subject):
        return False
    words, before = telling_words(message.text), telling_words(said.text)
    return words == before or jaccard(words, before) >= _COPY
