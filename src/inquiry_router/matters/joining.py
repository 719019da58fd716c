"""Decide which open inquiry a message is part of, by the strongest sign. Pure.

A number, a domain or an address alone is no matter: a switchboard is forty people.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from inquiry_router.inquiry.matter import Candidate, Hint, Joining, LinkKind, SaidBefore
from inquiry_router.inquiry.model import Channel, Status
from inquiry_router.matters.comparison import Compared
from inquiry_router.matters.incoming import Incoming
from inquiry_router.matters.likeness import is_same_said, jaccard, telling_words
from inquiry_router.matters.people import Kinship
from inquiry_router.matters.perhaps import why_perhaps
from inquiry_router.matters.settings import MatterRules
from inquiry_router.matters.sides import MessageSide
from inquiry_router.matters.subjects import bare_subject

_COPY: Final = 0.9
_MIN_SUBJECT_WORDS: Final = 2
_MAX_HINTS: Final = 3
_SOME_TOPICS: Final = 2
_MANY_TOPICS: Final = 3
_FEW_TOPICS: Final = 4
_COLLEAGUE_TOPICS: Final = 4
_MAX_SENT_ON: Final = 8
_SAME_CHAT_WITHIN: Final = timedelta(minutes=30)
_SENT_TWICE_WITHIN: Final = timedelta(hours=2)
_SENT_ON_WITHIN: Final = timedelta(days=2)
_JUST_NOW: Final = timedelta(hours=3)
_TOLD_WITHIN: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Found:
    sign: str
    certainty: float
    copy: bool = False


def join(message: Incoming, candidates: Iterable[Candidate], rules: MatterRules) -> Joining:
    """Find the inquiry that a message is part of.

    The strongest sign decides, then the newest inquiry. A weak sign that points to two open
    inquiries joins none of them.
    """
    newest = sorted(candidates, key=lambda one: one.last_at, reverse=True)
    own = MessageSide(message)
    known = [Compared(own, one, rules) for one in newest]
    for looks, weak in ((_STRONG, False), (_WEAK, True)):
        for look in looks:
            found = [(one, sign) for one in known if (sign := look(one)) is not None]
            if weak:
                found = [each for each in found if not each[0].is_resolved] or found
                if len(found) > 1:
                    return Joining(hints=_unclear(found))
            if found:
                return _join_or_continue(*found[0], known)
    return Joining(hints=_hints(known))


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


def _by_copy(one: Compared) -> _Found | None:
    """The same mail, sent to two addresses of the company. Some programs use an id twice."""
    if not one.shares("mail"):
        return None
    for said in one.candidate.messages:
        if f"mail:{said.mail_id}" in one.message.signs and _is_copy(one.message, said):
            return _Found("the same mail", 1.0, copy=True)
    return None


def _by_reply(one: Compared) -> _Found | None:
    if any(sign in one.candidate.signs for sign in one.message.replies_to):
        return _Found("a reply to a mail of it", 1.0)
    return None


def _by_reference(one: Compared) -> _Found | None:
    """A quoted reference. Others quote it too: as an example, or in the place of their own."""
    if one.candidate.reference not in one.message.references:
        return None
    if one.message.cues.something_else or one.contradicts_alike:
        return None
    if one.kinship is Kinship.MENTION:
        fits = one.message.cues.somebody_wrote
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
    return _by_number_of_others(one)


def _is_of_another_matter(one: Compared) -> bool:
    """True if the words stand against a number in common."""
    told = one.message.cues.any_before
    return (
        one.message.cues.something_else
        or one.asks_for_something_else
        or (one.is_resolved and not one.topics and not told)
        or (one.is_another_model and not told)
    )


def _by_number_of_others(one: Compared) -> _Found | None:
    """A number, and a colleague, a relative or somebody else who has to do with it.

    They say who wrote before, or ask for nothing of their own. Equal numbers of two firms, and new
    owners of a device, ask for something.
    """
    cues = one.message.cues
    number = f"the number {one.numbers[0]}"
    told = cues.any_before or one.quotes or (one.is_reply and one.same_subject)
    if one.kinship is Kinship.COMPANY and (told or (cues.goes_on and not cues.opens)):
        return _Found(f"the same company and {number}", 0.9)
    if one.kinship is Kinship.MENTION and (told or (one.topics and not cues.opens)):
        return _Found(f"the name of its writer and {number}", 0.9)
    is_told = cues.any_before and len(one.topics) >= _SOME_TOPICS
    if is_told or (cues.somebody_wrote and one.names_an_author):
        return _Found(f"the name of its writer and {number}", 0.85)
    if one.message.contact.name is None and (one.shares("phone", "email") or one.is_unknown_caller):
        return _Found(f"{number}, by a caller without a name", 0.85)
    return None


def _by_common_number(one: Compared) -> _Found | None:
    """A contract or a batch has many matters: the message must go on with one of them."""
    cues = one.message.cues
    if not one.common_numbers or not one.is_recent or cues.something_else:
        return None
    if one.kinship >= Kinship.MENTION and one.topics and cues.any_before:
        return _Found(f"the same name and the number {one.common_numbers[0]}", 0.85)
    return None


def _by_subject(one: Compared) -> _Found | None:
    """A reply whose headers were lost: "Re:" and the subject of the same person."""
    if not one.is_reply or one.kinship is not Kinship.PERSON or not one.is_recent:
        return None
    if not one.same_subject or one.contradicts_alike or one.message.cues.something_else:
        return None
    return _Found("a reply to the same subject by the same person", 0.9)


def _by_quote(one: Compared) -> _Found | None:
    """Others quote what came before and go on with it; some write below it of something else."""
    if not (one.message.cut or one.is_forward) or one.kinship is Kinship.NONE:
        return None
    forwards = one.is_forward and one.same_subject and len(one.topics) >= _MANY_TOPICS
    if not (one.quotes or forwards) or not one.is_recent:
        return None
    if one.contradicts_alike or one.message.cues.something_else:
        return None
    if one.same_subject or one.message.cues.any_before:
        return _Found("a quotation of it", 0.9)
    return None


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
    if one.message.cues.told_before:
        window = one.follow_up
    if one.kinship is not Kinship.PERSON or not one.is_within(window) or one.shares_system:
        return None
    if one.contradicts or one.message.cues.something_else or one.is_another_one:
        return None
    if any(is_same_said(one.message.text, said.text, one.names) for said in one.candidate.messages):
        return _Found("the same person and nearly the same words", 0.9)
    return None


def _by_cue(one: Compared) -> _Found | None:
    """The same person has told of it before: "as I said on the phone", "any news?"."""
    cues = one.message.cues
    if not cues.told_before or cues.something_else or one.kinship is not Kinship.PERSON:
        return None
    if not one.is_within(one.follow_up):
        return None
    if one.is_another_one or one.subject_tells_another:
        return None
    if one.contradicts_alike:
        fits = one.misnumbers and bool(one.topics)
    else:
        fits = bool(one.topics) or one.same_subject or len(one.own_topics) <= _FEW_TOPICS
    return _Found("the same person, who has told of it before", 0.8) if fits else None


def _by_settling(one: Compared) -> _Found | None:
    """The same person says that it is settled."""
    cues = one.message.cues
    if not cues.settled or cues.opens or cues.something_else:
        return None
    if one.kinship is not Kinship.PERSON or not one.is_within(one.follow_up):
        return None
    if one.contradicts or one.is_another_one:
        return None
    return _Found("the same person, who says that it is settled", 0.75)


def _by_going_on(one: Compared) -> _Found | None:
    """The second part of something, by the same person."""
    cues = one.message.cues
    if cues.something_else or not (cues.goes_on or cues.somebody_wrote or one.is_reply):
        return None
    if one.kinship is not Kinship.PERSON or not one.is_within(one.follow_up):
        return None
    if one.contradicts or one.is_another_one or one.subject_tells_another:
        return None
    fits = one.same_subject or one.is_about_it or (bool(one.topics) and not cues.opens)
    return _Found("the same person, who goes on with it", 0.75) if fits else None


def _by_sending_on(one: Compared) -> _Found | None:
    """The same person sends something on, in words that ask for nothing of their own."""
    cues = one.message.cues
    if not cues.goes_on or cues.opens or cues.one_more or cues.something_else:
        return None
    if one.kinship is not Kinship.PERSON or not one.is_within(_SENT_ON_WITHIN):
        return None
    if one.contradicts or one.has_topic_in_subject or one.is_another_one:
        return None
    if len(one.own_topics) > _MAX_SENT_ON:
        return None
    return _Found("the same person, who sends something on", 0.7)


def _by_same_thing(one: Compared) -> _Found | None:
    """The same person names the same thing, and asks for nothing of its own."""
    cues = one.message.cues
    if cues.opens or cues.one_more or cues.something_else or one.is_resolved:
        return None
    if one.kinship is not Kinship.PERSON or not one.is_within(_TOLD_WITHIN):
        return None
    if one.tells_of_the_same and not one.contradicts and not one.is_another_one:
        return _Found("the same person and thing, and nothing new", 0.7)
    return None


def _by_name(one: Compared) -> _Found | None:
    """The same name from another address or telephone tells of a call or a mail before."""
    cues = one.message.cues
    if cues.something_else or not cues.any_before or one.kinship < Kinship.NAME:
        return None
    if one.kinship is Kinship.NAME and one.is_namesake:
        return None
    if one.contradicts or not one.is_within(_TOLD_WITHIN):
        return None
    if one.is_another_one or one.subject_tells_another:
        return None
    if_full_name = 1 if cues.told_before else _SOME_TOPICS
    if_surname = 1 if cues.told_before and one.is_within(_JUST_NOW) else _MANY_TOPICS
    enough = if_full_name if one.is_full_name else if_surname
    if len(one.topics) >= enough:
        return _Found("the same name and topic, and told of before", 0.75)
    return None


def _by_colleague(one: Compared) -> _Found | None:
    """A colleague, or somebody who names the writer, tells of a call or a mail before.

    Both tell of the same thing in several words: two clerks of one customer have two matters.
    """
    cues = one.message.cues
    if one.kinship not in (Kinship.COMPANY, Kinship.MENTION) or not cues.any_before:
        return None
    if cues.something_else or one.is_resolved or not one.is_within(_TOLD_WITHIN):
        return None
    if one.contradicts or one.is_another_one or one.subject_tells_another:
        return None
    if len(one.topics) >= _COLLEAGUE_TOPICS and one.is_about_it:
        return _Found("a colleague, who tells of the same and of what was said before", 0.75)
    return None


_STRONG: Final[tuple[Callable[[Compared], _Found | None], ...]] = (
    _by_ticket,
    _by_copy,
    _by_reply,
    _by_reference,
    _by_number,
)
_WEAK: Final[tuple[Callable[[Compared], _Found | None], ...]] = (
    _by_common_number,
    _by_quote,
    _by_misquoted_reference,
    _by_subject,
    _by_chat,
    _by_words,
    _by_cue,
    _by_settling,
    _by_going_on,
    _by_name,
    _by_colleague,
    _by_sending_on,
    _by_same_thing,
)


def _unclear(found: Sequence[tuple[Compared, _Found]]) -> tuple[Hint, ...]:
    return tuple(
        Hint(one.candidate.inquiry_id, LinkKind.PERHAPS, f"{sign.sign}, but others fit as well")
        for one, sign in found[:_MAX_HINTS]
    )


def _hints(known: Sequence[Compared]) -> tuple[Hint, ...]:
    """The inquiries that have perhaps to do with the message: shown as links, nothing more."""
    found = []
    for one in known:
        why = why_perhaps(one)
        if why is not None:
            found.append(Hint(one.candidate.inquiry_id, LinkKind.PERHAPS, why))
    return tuple(found[:_MAX_HINTS])


def _is_copy(message: Incoming, said: SaidBefore) -> bool:
    if bare_subject(message.subject) != bare_subject(said.subject):
        return False
    words, before = telling_words(message.text), telling_words(said.text)
    return words == before or jaccard(words, before) >= _COPY
