"""Find the forwarder of a mail, and judge the note above the forwarded text."""

import re
from itertools import takewhile
from typing import Final

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.header_blocks import HeaderBlock
from inquiry_router.intake.mail.lines import MailLines
from inquiry_router.intake.mail.signatures import is_closing

_GREETING: Final = re.compile(
    r"(?:dzien dobry|dobry(?: wieczor)?|witam|czesc|hej|halo|szanown\w+|dear|hello|hi|hey"
    r"|good (?:morning|afternoon)"
    r"|hallo|guten (?:tag|morgen)|moin|servus|gruss gott|sehr geehrte?r?|liebe?r?|dobry den|ahoj"
    r"|добрии день|вітаю"
    r"|bonjour|buenos dias|hola"
    r"|buongiorno|fyi|dziekuje|thanks|danke|ok|up)\b"
)
_MAX_GREETING_WORDS: Final = 5
_SEE_BELOW: Final = re.compile(
    r"\b(?:j\.? ?w\b|jak (?:wyzej|nizej)|ponizej|ponizsz\w+|nizej|j\.n\b|see below|below"
    r"|siehe (?:unten|unterhalb)|unten"
    r"|s\. ?u\.|viz nize|nizsie"
    r"|ci-dessous|abajo|di seguito|fyi|z\. ?k\.|do wiadomosci|nachfolgend|untenstehend\w*"
    # Reminders: the request is in the quote.
    r"|ponawiam|przypominam|any (?:news|updates?)|reminder|gibt es (?:schon )?neuigkeiten"
    r"|erinner\w+)\b"
)
_MAX_SEE_BELOW_WORDS: Final = 25
_MAX_NOTE_CHARS: Final = 400
_NAME: Final = r"[A-ZĄĆĘŁŃÓŚŹŻÄÖÜČŠŽŘ][^\W\d_]{2,20}"
_SIGNED: Final = re.compile(
    rf"(?:^|[.?!…)]\s{{1,3}}|/\s?|,\s|\s[-–]\s)({_NAME}(?:\s{_NAME}){{0,2}})[\s.]*$"
)
_SPEAKER: Final = re.compile(rf"({_NAME}(?:\s{_NAME})?):\s")


def is_empty_note(mail: MailLines, start: int, end: int) -> bool:
    """True if the kept lines hold nothing or only a greeting."""
    words = _short_note(mail, start, end)
    return words is not None and _is_empty(words)


def refers_to_quote(mail: MailLines, start: int, end: int) -> bool:
    """True if the kept lines say nothing, or refer to the quote: "j.w.", "see below"."""
    words = _short_note(mail, start, end)
    if words is None:
        return False
    return _is_empty(words) or (
        len(words.split()) <= _MAX_SEE_BELOW_WORDS and bool(_SEE_BELOW.search(words))
    )


def find_forwarder(
    mail: MailLines, start: int, end: int, header_block: HeaderBlock, header_from: Contact | None
) -> Contact | None:
    """Return the person who forwarded the mail.

    The headers name them; else they are the only person the mail had come to; else their name is
    below the note.
    """
    if header_from is not None:
        return header_from
    recipient = header_block.recipient
    if recipient is not None and recipient.name and len(recipient.name.split()) in (2, 3):
        return recipient
    name = _find_signed_name(mail, start, end)
    return Contact(name, None) if name else None


def _find_signed_name(mail: MailLines, start: int, end: int) -> str | None:
    lines = [at for at in range(start, end) if mail.folded[at]]
    for order, at in enumerate(lines[:-1]):
        below = mail.lines[lines[order + 1]].strip()
        if is_closing(mail.folded[at]) and re.fullmatch(rf"{_NAME}(?:\s{_NAME}){{0,2}}", below):
            return below
    if not lines:
        return None
    last = mail.lines[lines[-1]][-200:].strip()
    found = _SIGNED.search(last) or _SPEAKER.match(mail.lines[lines[0]].lstrip())
    return found[1] if found else None


def _short_note(mail: MailLines, start: int, end: int) -> str | None:
    """Return the kept text above the closing words, or None if it is long."""
    kept = mail.kept(start, end)
    above = list(takewhile(lambda at: not is_closing(mail.folded[at]), kept))
    if sum(len(mail.folded[at]) for at in above) > _MAX_NOTE_CHARS:
        return None
    return " ".join(mail.folded[at] for at in above)


def _is_empty(words: str) -> bool:
    if not any(map(str.isalnum, words)):
        return True
    return (
        bool(_GREETING.match(words))
        and len(words.split()) <= _MAX_GREETING_WORDS
        and not _is_request(words)
    )


def _is_request(words: str) -> bool:
    return "?" in words or "prosz" in words or "please" in words or "bitte" in words
