"""Find the forwarder of a mail, and judge the note above the forwarded text."""

import re
from itertools import takewhile
from typing import Final

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.closings import is_closing
from inquiry_router.intake.mail.header_blocks import HeaderBlock
from inquiry_router.intake.mail.lines import MailLines
from inquiry_router.text.folding import fold

# A greeting and the words around it, folded. Names and titles may stand beside them.
_GREETING_WORDS: Final = frozenset(
    fold(
        "dzień dobry witam witajcie cześć hej halo szanowny szanowna szanowni szanowne państwo"
        " państwa drogi droga drodzy panie pani pan panowie zespole zespół wieczór uprzejmie"
        " serdecznie dear hello hi hey good morning afternoon evening mr mrs ms miss sir madam team"
        " all there everyone hallo guten tag morgen moin servus grüß gott sehr geehrte geehrter"
        " liebe lieber herr frau damen und herren kolleginnen kollegen dobrý den ahoj vážení добрый"
        " добрий день вітаю bonjour buenos dias días hola buongiorno fyi dziękuję dziękujemy bardzo"
        " dzięki thanks thank you very much many danke vielen dank ok okay up a i and z"
    ).split()
)
_MAX_GREETING_WORDS: Final = 8
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
_MARKS: Final = ".,;:!?()[]{}\"'„”“-–—*_>…"
_NAME: Final = r"[A-ZĄĆĘŁŃÓŚŹŻÄÖÜČŠŽŘ][^\W\d_]{2,20}"
_SIGNED: Final = re.compile(
    rf"(?:^|[.?!…)]\s{{1,3}}|/\s?|,\s|\s[-–]\s)({_NAME}(?:\s{_NAME}){{0,2}})[\s.]*$"
)
_SPEAKER: Final = re.compile(rf"({_NAME}(?:\s{_NAME})?):\s")


def is_empty_note(mail: MailLines, start: int, end: int) -> bool:
    """True if the kept lines hold nothing or only a greeting."""
    lines = _short_note(mail, start, end)
    return lines is not None and _is_empty(mail, lines)


def refers_to_quote(mail: MailLines, start: int, end: int) -> bool:
    """True if the kept lines say nothing, or refer to the quote: "j.w.", "see below"."""
    lines = _short_note(mail, start, end)
    if lines is None:
        return False
    words = " ".join(mail.folded[at] for at in lines)
    return _is_empty(mail, lines) or (
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
        if is_closing(mail.lines[at], mail.folded[at]) and re.fullmatch(
            rf"{_NAME}(?:\s{_NAME}){{0,2}}", below
        ):
            return below
    if not lines:
        return None
    last = mail.lines[lines[-1]][-200:].strip()
    found = _SIGNED.search(last) or _SPEAKER.match(mail.lines[lines[0]].lstrip())
    return found[1] if found else None


def _short_note(mail: MailLines, start: int, end: int) -> list[int] | None:
    """Return the kept lines above the closing words, or None if they are long."""
    kept = mail.kept(start, end)
    above = list(takewhile(lambda at: not is_closing(mail.lines[at], mail.folded[at]), kept))
    return above if sum(len(mail.folded[at]) for at in above) <= _MAX_NOTE_CHARS else None


def _is_empty(mail: MailLines, lines: list[int]) -> bool:
    """True if there are only words of a greeting, and names: one other word is a message."""
    words = [
        bare for at in lines for word in mail.lines[at].split() if (bare := word.strip(_MARKS))
    ]
    if not words:
        return True
    greets = fold(words[0]) in _GREETING_WORDS
    return (
        greets
        and len(words) <= _MAX_GREETING_WORDS
        and not any("?" in mail.folded[at] for at in lines)
        and all(fold(word) in _GREETING_WORDS or word[0].isupper() for word in words)
    )
