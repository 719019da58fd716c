"""Find the header lines that programs put above a quoted or forwarded mail.

From, Sent, To and Subject in many languages.
"""

import re
from dataclasses import dataclass
from typing import Final

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.header_labels import FORWARDED, KIND_OF, ORIGINAL
from inquiry_router.intake.mail.lines import MailLines

_LABEL: Final = re.compile(
    r"(?:> ?)*\*{0,2}([^\W\d_][^:：*|<>@]{0,24}?)(?: ?[:：] ?\*{0,2}|\*{1,2} ?[:：])(?!//)"
)
# Below a marker, addresses behind labels of languages outside the table count too.
_UNKNOWN_LABEL: Final = re.compile(
    r"(?:> ?)?\*{0,2}([^\W\d_][^:@\n]{0,24}):\*{0,2}[ \t][^@]{0,80}@"
)
_MARKER: Final = re.compile(r"(?:> ?)?[-_=*]{2,}\s{0,3}([^-_=*\s][^_=*]{2,60}?)\s{0,3}[-_=*]{2,}")
_RULE: Final = re.compile(r"(?:> ?)?[-_]{10,}")
# "Begin forwarded message:", in any language, above header lines.
_BEGIN: Final = re.compile(r"(?:> ?)?[^-_=*>:：.!?][^:：.!?]{4,50} ?[:：]")
# "Przekazuję wiadomość:" is written by a person.
_BY_PERSON: Final = re.compile(r"(?:> ?)?(?:przekazuj|forwarding|forwarded (?:from|by|for|to) )")
_ADDRESS: Final = re.compile(
    r"[^\s<>\[\]()\"',;:@]{1,64}@[^\s<>\[\]()\"',;:@.]{1,63}\.[^\s<>\[\]()\"',;:@]{1,120}"
)
_TIME: Final = re.compile(r"\b\d{1,2}:\d{2}\b")
_COLON: Final = re.compile("[:：]")
_MAILTO: Final = re.compile(r"<mailto:[^<>]{0,200}>")
_NAME_STRIP_CHARS: Final = " \t\"'*,;<>[](|„”“«»"
_MAX_BEGIN_CHARS: Final = 60
_MAX_HEADERS: Final = 16
_MAX_VALUE_CHARS: Final = 400


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """A block of header lines, from `start` to before `end`.

    `forwarded` is True if its marker calls the mail forwarded, `complete` if it has a sender, a
    recipient, a time and a subject.
    """

    start: int
    end: int
    forwarded: bool
    sender: Contact | None
    recipient: Contact | None
    subject: str | None
    complete: bool = False


def read_header_block(mail: MailLines, at: int, end: int, expected: bool) -> HeaderBlock | None:
    """Return the header block that begins with this line, if there is one.

    `expected` is True if the subject is one of a reply or a forwarded mail. A customer may write
    "Od: Warszawa, Do: Kraków" or "Od: 12.12., Do: 15.12." too: without a marker in words, a header
    block must name an address, or a subject and a time.
    """
    marker = _marker(mail, at, end)
    if marker is None and _kind(mail.folded[at], False) != "from":
        return None
    first = _skip_blank(mail, at + 1, end) if marker is not None else at
    # Outlook puts a rule above the headers, some programs a marker and a rule.
    if marker is not None and first < end and _RULE.fullmatch(mail.folded[first]):
        first = _skip_blank(mail, first + 1, end)
    fields, field_end = _fields(mail, first, end, bool(marker))
    if not _is_header_block(fields, marker, expected):
        return None
    below = mail.next_nonblank(field_end, end)
    if marker and below < end and mail.folded[below] == mail.folded[at]:
        field_end = below + 1  # Zoho writes its marker below the headers too
    values = dict(reversed(fields))
    return HeaderBlock(
        at,
        field_end if fields else first,
        bool(marker) and FORWARDED.search(marker or "") is not None,
        parse_mailbox(values.get("from")),
        parse_mailbox(values.get("to")),
        values.get("subject"),
        {"from", "to", "sent", "subject"} <= set(values),
    )


def _is_header_block(fields: list[tuple[str, str]], marker: str | None, expected: bool) -> bool:
    kinds = {kind for kind, _ in fields}
    if marker:
        return bool(fields) or expected
    addressed = any("@" in value for kind, value in fields if kind in ("from", "to"))
    if "from" not in kinds or (len(kinds) < 2 and not (expected and addressed)):
        return False
    if addressed:
        return expected or marker is not None or bool(kinds & {"subject", "sent"})
    values = dict(reversed(fields))
    if any(map(str.isdigit, values["from"])):
        return False  # "Od: 12.12.2026"
    timed = _TIME.search(values.get("sent", "")) is not None
    return (
        ("subject" in kinds or timed) if expected else {"subject", "sent"} <= kinds and marker == ""
    )


def parse_mailbox(value: str | None) -> Contact | None:
    """Return the person that a From or To line names; None for nobody and for several."""
    value = _MAILTO.sub("", (value or "")[:_MAX_VALUE_CHARS])
    if not value or value.count("@") > 2 or ";" in value.rstrip("; "):
        return None
    found = _ADDRESS.search(value)
    name = (value[: found.start()] if found else value).replace("mailto:", "")
    # An address without a domain ("zwroty@") is not a name either.
    name = " ".join(name.split("<")[0].strip(_NAME_STRIP_CHARS).split())[:200]
    email = found[0].lower().rstrip(".") if found else None
    if not name or "@" in name:
        return Contact(None, email) if email else None
    return Contact(name, email)


def _marker(mail: MailLines, at: int, end: int) -> str | None:
    """Return the words of a marker such as `----- Original Message -----`.

    Return "" for a rule without words, None for other lines.
    """
    line = mail.folded[at]
    if line[:1] in "-_=*>":
        if _RULE.fullmatch(line):
            return ""
        found = _MARKER.fullmatch(line)
        if found is not None:
            return found[1] if FORWARDED.search(found[1]) or ORIGINAL.search(found[1]) else ""
    if len(line) > _MAX_BEGIN_CHARS or not _BEGIN.fullmatch(line):
        return None
    if not (FORWARDED.search(line) or ORIGINAL.search(line)) or _BY_PERSON.match(line):
        return None
    first = _skip_blank(mail, at + 1, end)
    return line if first < end and _kind(mail.folded[first], False) is not None else None


def _skip_blank(mail: MailLines, at: int, end: int) -> int:
    """Return the first line from here with more than a quotation mark."""
    while at < end and mail.folded[at] in ("", ">"):
        at += 1
    return at


def _fields(mail: MailLines, at: int, end: int, marked: bool) -> tuple[list[tuple[str, str]], int]:
    """Read header lines from `at` on, as kinds and values. Return also the line after the last."""
    fields: list[tuple[str, str]] = []
    field_end = at
    while at < end and len(fields) < _MAX_HEADERS:
        kind = _kind(mail.folded[at], marked)
        if kind is not None:
            fields.append((kind, _COLON.split(mail.lines[at], 1)[1].strip(" \t*|")))
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
    kind = KIND_OF.get(found[1].strip()) if found else None
    return kind or ("unknown" if marked and _UNKNOWN_LABEL.match(line) else None)
