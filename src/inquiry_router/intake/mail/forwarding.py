"""Who forwarded a mail, and whether the words above a quote stand on their own."""

import re
from itertools import takewhile
from typing import Final

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.header_blocks import HeaderBlock
from inquiry_router.intake.mail.lines import MailLines
from inquiry_router.intake.mail.signatures import closing_at

_GREETING: Final = re.compile(
    r"(?:dzien dobry|dobry(?: wieczor)?|witam|czesc|hej|halo|szanown\w+|dear|hello|hi|hey|good (?:morning|afternoon)"
    r"|hallo|guten (?:tag|morgen)|moin|servus|gruss gott|sehr geehrte?r?|liebe?r?|dobry den|ahoj|добрии день|вітаю"
    r"|bonjour|buenos dias|hola"
    r"|buongiorno|fyi|dziekuje|thanks|danke|ok|up)\b"
)
_MOST_GREETING_WORDS: Final = 5
_SEE_BELOW: Final = re.compile(
    r"\b(?:j\.? ?w\b|jak (?:wyzej|nizej)|ponizej|ponizsz\w+|nizej|j\.n\b|see below|below|siehe (?:unten|unterhalb)|unten"
    r"|s\. ?u\.|viz nize|nizsie"
    r"|ci-dessous|abajo|di seguito|fyi|z\. ?k\.|do wiadomosci|nachfolgend|untenstehend\w*"
    # Reminders: what is asked for stands in the quote.
    r"|ponawiam|przypominam|any (?:news|updates?)|reminder|gibt es (?:schon )?neuigkeiten|erinner\w+)\b"
)
_MOST_SEE_BELOW_WORDS: Final = 25
_LONG: Final = 400
_NAME: Final = r"[A-ZĄĆĘŁŃÓŚŹŻÄÖÜČŠŽŘ][^\W\d_]{2,20}"
_SIGNED: Final = re.compile(
    rf"(?:^|[.?!…)]\s{{1,3}}|/\s?|,\s|\s[-–]\s)({_NAME}(?:\s{_NAME}){{0,2}})[\s.]*$"
)
_SAID_BY: Final = re.compile(rf"({_NAME}(?:\s{_NAME})?):\s")


def says_nothing(mail: MailLines, start: int, end: int) -> bool:
    """Whether only a greeting, or nothing, is kept of these lines."""
    words = _said(mail, start, end)
    return words is not None and _is_nothing(words)


def points_below(mail: MailLines, start: int, end: int) -> bool:
    """Whether the words kept there say nothing by themselves, or send the reader to the quote: "j.w.", "see below"."""
    words = _said(mail, start, end)
    if words is None:
        return False
    return _is_nothing(words) or (
        len(words.split()) <= _MOST_SEE_BELOW_WORDS and bool(_SEE_BELOW.search(words))
    )


def forwarder(
    mail: MailLines, start: int, end: int, header_block: HeaderBlock, header_from: Contact | None
) -> Contact | None:
    """Who passed the mail on: as its headers say, else the one person it had come to, else as the note is signed."""
    if header_from is not None:
        return header_from
    recipient = header_block.recipient
    if recipient is not None and recipient.name and len(recipient.name.split()) in (2, 3):
        return recipient
    name = _signed(mail, start, end)
    return Contact(name, None) if name else None


def _signed(mail: MailLines, start: int, end: int) -> str | None:
    lines = [at for at in range(start, end) if mail.folded[at]]
    for order, at in enumerate(lines[:-1]):
        below = mail.lines[lines[order + 1]].strip()
        if closing_at(mail.folded[at]) and re.fullmatch(rf"{_NAME}(?:\s{_NAME}){{0,2}}", below):
            return below
    if not lines:
        return None
    last = mail.lines[lines[-1]][-200:].strip()
    found = _SIGNED.search(last) or _SAID_BY.match(mail.lines[lines[0]].lstrip())
    return found[1] if found else None


def _said(mail: MailLines, start: int, end: int) -> str | None:
    """What stands there above the closing words, for a bare signature says nothing; None for a long text."""
    kept = mail.kept(start, end)
    above = list(takewhile(lambda at: not closing_at(mail.folded[at]), kept))
    if sum(len(mail.folded[at]) for at in above) > _LONG:
        return None
    return " ".join(mail.folded[at] for at in above)


def _is_nothing(words: str) -> bool:
    if not any(map(str.isalnum, words)):
        return True
    return (
        bool(_GREETING.match(words))
        and len(words.split()) <= _MOST_GREETING_WORDS
        and not _asks(words)
    )


def _asks(words: str) -> bool:
    return "?" in words or "prosz" in words or "please" in words or "bitte" in words
