"""Find the header lines that programs put above a quoted or forwarded mail.

From, Sent, To and Subject in many languages.
"""

import re
from dataclasses import dataclass
from typing import Final

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.lines import MailLines
from inquiry_router.text.folding import fold

_LABELS: Final = {
    "from": "od from von de da van fra från від от nadawca absender",
    "to": "do to an à a para komu aan til кому dla",
    "sent": "wysłano sent gesendet envoyé enviado inviato odesláno odoslané verzonden надіслано"
    " отправлено data date datum дата fecha",
    "subject": "temat subject betreff objet asunto oggetto předmět predmet onderwerp тема ämne emne"
    " assunto",
    "other": "cc dw udw bcc kopia kopie priorytet priority importance ważność wichtigkeit"
    " organization reply-to message-id",
}
_KIND_OF: Final = {fold(word): kind for kind, words in _LABELS.items() for word in words.split()}
_LABEL: Final = re.compile(
    r"(?:> ?)?\*{0,2}([^\W\d_][^\W\d_-]{0,14}(?:-[a-z]{2,4})?) ?(?:: ?\*{0,2}|\*{1,2} ?:)(?!//)"
)
# Below a marker, labels of languages outside the table count too.
_UNKNOWN_LABEL: Final = re.compile(r"(?:> ?)?\*{0,2}([^\W\d_][^:\n]{0,24}):\*{0,2}[ \t]\S")
_MARKER: Final = re.compile(r"(?:> ?)?[-_=*]{2,}\s{0,3}([^-_=*\s][^_=*]{2,60}?)\s{0,3}[-_=*]{2,}")
_RULE: Final = re.compile(r"(?:> ?)?[-_]{10,}")
_BEGIN: Final = re.compile(
    r"(?:> ?)?(?:begin forwarded message|poczatek przek\w+ (?:dalej )?wiadomosci"
    r"|wiadomosc przekazana dalej"
    r"|anfang der weitergeleiteten (?:nachricht|e-?mail)|debut du message (?:transfere|reexpedie)"
    r"|inicio del mensaje reenviado"
    r"|inizio messaggio inoltrato|zacatek preposlane zpravy) ?:?"
)
_FORWARDED: Final = re.compile(
    "forwarded|przekaz|przeslan|weitergeleitet|transfer|reenviad|inoltrat|preposlan|doorgestuurd"
    "|пересл|пересил|переадр"
)
_ORIGINAL: Final = re.compile(
    "origin|oryginal|ursprungl|puvodni|povodna|oorspronkelijk|оригинал|оригінал|исходн|початков"
    "|вихідн"
)
_ADDRESS: Final = re.compile(
    r"[^\s<>\[\]()\"',;:@]{1,64}@[^\s<>\[\]()\"',;:@.]{1,63}\.[^\s<>\[\]()\"',;:@]{1,120}"
)
_NAME_STRIP_CHARS: Final = " \t\"'*,;<>[]„”“"
_MAX_HEADERS: Final = 16


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """A block of header lines, from `start` to before `end`.

    `forwarded` is True if its marker calls the mail forwarded.
    """

    start: int
    end: int
    forwarded: bool
    sender: Contact | None
    recipient: Contact | None
    subject: str | None


def read_header_block(mail: MailLines, at: int, end: int, expected: bool) -> HeaderBlock | None:
    """Return the header block that begins with this line, if there is one.

    `expected` is True if the subject is one of a reply or a forwarded mail. A form may say "Od:
    Warszawa, Do: Kraków" too: without a marker, and if it is not expected, a header block must hold
    a subject or an address.
    """
    marker = _marker(mail.folded[at])
    first = mail.next_nonblank(at + 1, end) if marker is not None else at
    # Outlook puts a rule above the headers, some programs a marker and a rule.
    if marker is not None and first < end and _RULE.fullmatch(mail.folded[first]):
        first = mail.next_nonblank(first + 1, end)
    fields, field_end = _fields(mail, first, end, marker is not None)
    if not _is_header_block(fields, marker, expected):
        return None
    values = dict(reversed(fields))
    return HeaderBlock(
        at,
        field_end if fields else first,
        marker is not None and bool(_FORWARDED.search(marker)),
        parse_mailbox(values.get("from")),
        parse_mailbox(values.get("to")),
        values.get("subject"),
    )


def _is_header_block(fields: list[tuple[str, str]], marker: str | None, expected: bool) -> bool:
    kinds = {kind for kind, _ in fields}
    if marker is not None:
        known = "from" in kinds and len(fields) > 1
        return bool(marker) or known or _in_unknown_language(fields)
    addressed = any("@" in value for _, value in fields)
    plausible = expected or "subject" in kinds or addressed
    enough = len(kinds) > 1 or (expected and addressed)
    return plausible and enough and fields[0][0] == "from"


def parse_mailbox(value: str | None) -> Contact | None:
    """Return the person that a From or To line names; None for nobody and for several."""
    if not value or value.count("@") > 2 or ";" in value.rstrip("; "):
        return None
    found = _ADDRESS.search(value[:400])
    name = (value[: found.start()] if found else value).replace("mailto:", "")
    # An address without a domain ("zwroty@") is not a name either.
    name = " ".join(name.split("<")[0].strip(_NAME_STRIP_CHARS).split())[:200]
    email = found[0].lower().rstrip(".") if found else None
    if not name or "@" in name:
        return Contact(None, email) if email else None
    return Contact(name, email)


def _marker(line: str) -> str | None:
    """Return the words of a marker such as `----- Original Message -----`.

    Return "" for a rule without words, None for other lines.
    """
    if line[:1] not in "-_=*>bpwadiz":
        return None
    if _BEGIN.fullmatch(line):
        return "forwarded"
    if _RULE.fullmatch(line):
        return ""
    found = _MARKER.fullmatch(line)
    if found is None:
        return None
    return found[1] if _FORWARDED.search(found[1]) or _ORIGINAL.search(found[1]) else ""


def _fields(mail: MailLines, at: int, end: int, marked: bool) -> tuple[list[tuple[str, str]], int]:
    """Read header lines from `at` on, as kinds and values. Return also the line after the last."""
    fields: list[tuple[str, str]] = []
    field_end = at
    while at < end and len(fields) < _MAX_HEADERS:
        kind = _kind(mail.folded[at], marked)
        if kind is not None:
            fields.append((kind, mail.lines[at].split(":", 1)[1].strip(" \t*")))
            field_end = at = at + 1
            continue
        # A header may follow a blank line, or the second line of many recipients.
        following = mail.next_nonblank(at + 1, end) if not mail.folded[at] else at + 1
        if (
            not fields
            or following >= end
            or fields[-1][0] == "subject"
            or _kind(mail.folded[following], False) is None
        ):
            break
        at = following
    return fields, field_end


def _kind(line: str, marked: bool) -> str | None:
    found = _LABEL.match(line)
    kind = _KIND_OF.get(found[1]) if found else None
    return kind or ("unknown" if marked and _UNKNOWN_LABEL.match(line) else None)


def _in_unknown_language(fields: list[tuple[str, str]]) -> bool:
    return len(fields) > 2 and any("@" in value for _, value in fields)
