"""Clean a draft so that it can be stored and read. The customer's words stay. Pure."""

import re
import unicodedata
from dataclasses import replace
from typing import Final

from inquiry_router.inquiry.model import Contact, Draft, MailThread, Provenance
from inquiry_router.text.phone_number import read_phone_number, to_e164

_MAX_MARKS_IN_A_ROW: Final = 8
# Control characters except tab and newline, lone surrogates, and marks that reorder or hide text
# on a screen.
_UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
    "\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
# Nothing of these alone is seen: the characters above, soft hyphens, fillers, blank patterns of
# Braille, selectors of variants and combining marks.
_VISIBLE: Final = re.compile(
    rf"[^\s{_UNPRINTABLE.pattern[1:-1]}\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u2061-\u2064\u206a-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]"
)
# NUL and halves of surrogate pairs.
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_MARK: Final = re.compile("[\u0300-\u036f\u0483-\u0489\u1dc0-\u1dff\u20d0-\u20ff]")
# More than eight marks in a row. Only then is each character looked at.
_TOWER: Final = re.compile(_MARK.pattern + "{9}")
_BRACKETED: Final = re.compile(r"<([^<>\s]+)>")
_NEWLINES: Final = re.compile(r"\r\n?|[\u2028\u2029]")


def clean(draft: Draft) -> Draft:
    """Return the draft with cleaned texts, the e-mail address in lower case, the phone as E.164."""
    contact = draft.contact
    return Draft(
        channel=draft.channel,
        text=clean_text(draft.text),
        subject=clean_line(draft.subject),
        language=draft.language.lower()[:2] if draft.language else None,
        contact=Contact(
            name=clean_line(contact.name),
            email=clean_email(contact.email),
            phone=clean_phone(clean_line(contact.phone)),
            company=clean_line(contact.company),
            extension=_extension_of(clean_line(contact.phone)) or clean_line(contact.extension),
        ),
        origin=draft.origin,
        received_at=draft.received_at,
        provenance=_clean_provenance(draft.provenance),
        thread=_clean_thread(draft.thread),
        enclosed=clean_text(draft.enclosed),
        account=draft.account,
    )


def _clean_provenance(provenance: Provenance) -> Provenance:
    if not provenance.written_to and provenance.called is None:
        return provenance
    addresses = map(clean_email, provenance.written_to)
    return replace(
        provenance,
        written_to=tuple(dict.fromkeys(one for one in addresses if one)),
        called=clean_phone(clean_line(provenance.called)),
    )


def _clean_thread(thread: MailThread) -> MailThread:
    ids = (clean_line(one) for one in thread.replies_to)
    return MailThread(clean_line(thread.mail_id), tuple(one for one in ids if one))


def storable(draft: Draft) -> Draft:
    """Return the draft unchanged except for characters that no database stores."""
    contact = draft.contact
    fields = {
        name: _storable(getattr(contact, name)) for name in ("name", "email", "phone", "company")
    }
    return replace(
        draft,
        text=_UNSTORABLE.sub("", draft.text),
        subject=_storable(draft.subject),
        language=None,
        contact=Contact(**fields),
        thread=MailThread(
            _storable(draft.thread.mail_id),
            tuple(_UNSTORABLE.sub("", one) for one in draft.thread.replies_to),
        ),
    )


def _storable(text: str | None) -> str | None:
    return None if text is None else _UNSTORABLE.sub("", text)


def clean_text(text: str) -> str:
    """Return the text in NFC with Unix newlines, stripped, without control characters.

    Of many combining marks in a row only the first ones are kept.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    if not text.replace("\n", " ").isprintable():
        text = _UNPRINTABLE.sub("", _NEWLINES.sub("\n", text))
    if not unicodedata.is_normalized("NFC", text) or (_MARK.search(text) and _TOWER.search(text)):
        text = unicodedata.normalize("NFC", _without_towers(text))
    return text.strip()


def is_visible(text: str) -> bool:
    """Report if anything of a text can be seen."""
    return _VISIBLE.search(text) is not None


def clean_line(text: str | None) -> str | None:
    """Return the cleaned text on one line, or None if it is empty."""
    return " ".join(clean_text(text).split()) or None if text is not None else None


def clean_email(address: str | None) -> str | None:
    """Return the address in lower case, without the name in `Name <address>`."""
    line = clean_line(address)
    if line is None:
        return None
    # Checked outside the pattern, which would try "<@@@@..." from each "@" in quadratic time.
    addresses = (found for found in _BRACKETED.findall(line) if "@" in found[1:-1])
    return next(addresses, line).lower()


def clean_phone(number: str | None) -> str | None:
    """Return the number as E.164 (+48123456789), or as given if it is not a phone number."""
    return number if number is None else to_e164(number) or number


def _extension_of(number: str | None) -> str | None:
    found = read_phone_number(number) if number is not None else None
    return found.extension if found is not None else None


def _without_towers(text: str) -> str:
    """Drop combining marks after the eighth in a row.

    No language has more, and normalising them takes quadratic time.
    """
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MAX_MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)
