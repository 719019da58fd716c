"""The acknowledgement: to whom it is sent, by which way, in which words. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from inquiry_router.inquiry.model import Channel, Draft, Flag, Receipt
from inquiry_router.routing.acknowledgement import Confirmation
from inquiry_router.telling.model import CUSTOMER, Notice, Receiver
from inquiry_router.telling.settings import AcknowledgementSettings, CustomerText
from inquiry_router.telling.texts import MAX_SUBJECT_CHARS, WrittenNotice, fill_lines

ACKNOWLEDGEMENT: Final = "acknowledgement"
# A colleague passed a message on; `introductions/` does the rest.
FORWARDED: Final = "forwarded"
# More to one address within an hour is a loop of two machines, not a customer.
MAX_AN_HOUR: Final = 5
_RE: Final = re.compile(r"\s*(re|odp|aw|fwd?|pd|wg)\s*:", re.IGNORECASE)
_USUAL: Final = (
    "{safety}\n\n{thanks} {team}\n{reference}\n{promise}\n{person}\n\n{answering}\n\n{our_name}"
)
_SENTENCES: Final = ("safety", "thanks", "team", "reference", "promise")
_SUBJECTS: Final = {
    "pl": "Przyjęliśmy Państwa sprawę {number}",
    "en": "We have received your inquiry {number}",
    "de": "Wir haben Ihre Anfrage {number} erhalten",
}
_PERSONS: Final = {
    "pl": "Osoba, która się nią zajmuje: {assignee}.",
    "en": "The person who takes care of it: {assignee}.",
    "de": "Darum kümmert sich: {assignee}.",
}
_ANSWERING: Final = {
    "pl": "Jeśli chcą Państwo coś dodać, wystarczy odpowiedzieć na tę wiadomość.",
    "en": "If you want to add something, just answer this message.",
    "de": "Wenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese Nachricht.",
}


@dataclass(frozen=True, slots=True)
class CustomerMessage:
    """A subject, a text and the name of the sender, for a customer."""

    written: WrittenNotice
    sender_name: str | None = None


def acknowledgement_notice(
    settings: AcknowledgementSettings, receipt: Receipt, draft: Draft, sentences: Confirmation
) -> Notice | None:
    """The notice that acknowledges an inquiry; None for machines, suppliers and in shadow.

    The sentences are kept as they are now: they are a promise.
    """
    if not is_acknowledged(settings, receipt, draft):
        return None
    facts = sentence_facts(receipt, draft, sentences)
    key = f"{ACKNOWLEDGEMENT}:{receipt.id}"
    return Notice(ACKNOWLEDGEMENT, key, Receiver(group=CUSTOMER), facts, receipt.id)


def forwarded_notice(
    receipt: Receipt, draft: Draft, sentences: Confirmation, message_id: str
) -> Notice | None:
    """The notice that a colleague passed a message on; None if nobody did."""
    by = draft.provenance.forwarded_by
    if by is None or draft.provenance.shadow:
        return None
    facts = {
        **sentence_facts(receipt, draft, sentences),
        "name": by.name,
        "email": by.email,
        "how": "api" if draft.channel is Channel.NOTE else "forward",
    }
    key = f"{FORWARDED}:{message_id}"
    return Notice(FORWARDED, key, Receiver(group="forwarder"), facts, receipt.id)


def sentence_facts(receipt: Receipt, draft: Draft, sentences: Confirmation) -> dict[str, Any]:
    """The facts of a text for a customer: the sentences as they are now."""
    account = draft.account.sure
    return {
        "language": sentences.language,
        "spoken": receipt.classification.language,
        "thanks": sentences.thanks,
        "team": sentences.team,
        "reference": sentences.reference,
        "promise": sentences.promise,
        "safety": sentences.safety,
        "source": draft.origin.system if draft.origin is not None else None,
        "brand": account.brand if account is not None else None,
    }


def is_acknowledged(settings: AcknowledgementSettings, receipt: Receipt, draft: Draft) -> bool:
    """True if the customer is to hear that this inquiry arrived, and can."""
    contact, origin = draft.contact, draft.origin
    if settings.by == "nobody" or receipt.acknowledgement is None or draft.provenance.shadow:
        return False
    if draft.channel is Channel.NOTE or (origin and origin.system in settings.but_not_from):
        return False
    if Flag.UNDECIDED in receipt.decision.flags or receipt.waits:
        return False
    has_number = contact.phone is not None and settings.phone_channel is not None
    return contact.email is not None or has_number or origin is not None


def choose_text(
    texts: Sequence[CustomerText], facts: Mapping[str, Any], category: str
) -> CustomerText | None:
    """Choose the text that fits best; None if none fits."""
    spoken = facts.get("spoken") or facts.get("language")
    known = {
        "brand": facts.get("brand"),
        "source": facts.get("source"),
        "category": category,
        "language": spoken,
    }
    best, most = None, -1
    for text in texts:
        asked = {name: getattr(text, name) for name in known if getattr(text, name) is not None}
        fits = all(
            str(value).casefold() == str(known[name] or "").casefold()
            or (name == "language" and value == facts.get("language"))
            for name, value in asked.items()
        )
        if fits and len(asked) > most:
            best, most = text, len(asked)
    return best


def write_acknowledgement(
    texts: Sequence[CustomerText], facts: Mapping[str, Any], category: str, words: Mapping[str, Any]
) -> CustomerMessage:
    """Write the acknowledgement. `words` are those of the inquiry: number, name, subject, ...

    The advice to ring 112 stands first in texts that have no place for it.
    """
    language = str(facts["language"])
    chosen = choose_text(texts, facts, category)
    sentences = {name: facts.get(name) for name in _SENTENCES}
    said = {**words, **sentences, "answering": _ANSWERING[language]}
    if words.get("assignee"):
        said["person"] = _PERSONS[language].format(assignee=words["assignee"])
    text = chosen.text if chosen is not None else _USUAL
    if "{safety}" not in text:
        text = "{safety}\n\n" + text
    body = fill_lines(text.splitlines(), said)
    usual = answer_subject(words.get("subject"), str(words["number"])) or _SUBJECTS[
        language
    ].format(number=words["number"])
    own = chosen.subject if chosen is not None else None
    subject = (fill_lines([own], said) if own is not None else "") or usual
    sender_name = chosen.sender_name if chosen is not None else None
    return CustomerMessage(WrittenNotice(subject[:MAX_SUBJECT_CHARS], body), sender_name)


def answer_subject(subject: object, number: str) -> str | None:
    """The subject of an answer to a mail, with the reference; None if the mail had none."""
    if not isinstance(subject, str) or not subject.strip():
        return None
    plain = " ".join(subject.split())[: MAX_SUBJECT_CHARS - 20]
    answered = plain if _RE.match(plain) else f"Re: {plain}"
    return answered if number in answered else f"{answered} [{number}]"
