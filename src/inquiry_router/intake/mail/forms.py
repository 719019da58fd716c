"""Read the mails that a form on a web site sends: labelled lines with a person and a message.

The labels are Polish, English and German. Only the lines that name the person are cut, and the line
that says that this is a form.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.header_blocks import parse_mailbox
from inquiry_router.intake.mail.lines import MailLines

_FieldKind = Literal["name", "email", "phone", "company", "from", "message", "other"]
_CONTACT_KINDS: Final = frozenset({"name", "email", "phone", "company", "from"})
_FIELD: Final = re.compile(
    r"(?:[-*•–>] ?)?\*{0,2}(?P<label>[^\W\d_][^:：|=?!<>@*]{0,38}?)(?: ?\([^()]{0,30}\))?[ *]{0,3}"
    r"(?P<separator>[:：](?!//)|[|=\t]| [-–] )[ *|]{0,3}(?P<value>.*)"
)
_BRACKETED: Final = re.compile(r"\[([^\W\d_][^\[\]]{0,38})\]")
_SEPARATOR: Final = re.compile(r".{1,72}?[:：|=\t–-]")
# Behind a label: "Telefon klienta", "E-mail of the customer".
_WHOSE: Final = (
    r"(?: (?:klient(?:a|ki)|zglaszajace(?:go|j)|kontaktow[ya]|nadawcy|kupujace(?:go|j)|osoby \w+"
    r"|des (?:kunden|absenders|kaufers)|of (?:the )?(?:customer|sender|buyer)))?"
)
_KINDS: Final[dict[_FieldKind, re.Pattern[str]]] = {
    "email": re.compile(rf"(?:\w+ ){{0,2}}(?:e-?mail|mail)(?:[ -]?ad+res+e?)?{_WHOSE}"),
    "phone": re.compile(
        r"(?:\w+\.? ){0,2}(?:tel|fon|telefon\w*|komorka|phone|mobile|handy\w*|rufnummer|mobil\w*)"
        r"\.?"
        rf"(?: (?:number|no|nummer|kontaktowy|komorkowy))?{_WHOSE}"
    ),
    "name": re.compile(
        r"(?:twoje |pana |pani |panstwa )?(?:imie(?: ?(?:i|/|,|oraz) ?nazwisko)?|nazwisko"
        r"(?: ?(?:i|/|,) ?imie)?)(?: \w+){0,2}"
        r"|(?:(?:your|full|first|last|contact|customer|sender|ihr)[ -]?)?(?:name|surname)"
        r"|(?:vor|nach)name|vor- und nachname|name, vorname|osoba (?:kontaktowa|zglaszajaca)"
        r"|ansprechpartner\w*|zglaszajac[ya]|kupujac[ya]|nadawca|absender|klient|customer|buyer"
        r"|kunde|(?:pytanie|wiadomosc|zgloszenie|zapytanie) od(?: klienta)?"
        r"|nazwa (?:klienta|kupujacego|uzytkownika)|name des (?:kunden|absenders)"
    ),
    "company": re.compile(
        r"(?:nazwa )?firm[ay]|(?:your )?company(?: name)?|firmenname|unternehmen|organi[sz]ation"
        r"|organizacja"
    ),
    "from": re.compile(r"od|from|von"),
    "message": re.compile(
        r"(?:\w+ ){0,2}(?:wiadomosc|tresc|pytanie|zapytanie|zgloszenie|opis|komentarz|uwagi|message"
        r"|comments?|question|inquiry|enquiry|description|details|nachricht|mitteilung|anfrage"
        r"|frage|kommentar|beschreibung|\w*beschreibung|anliegen)(?: \w+){0,2}"
    ),
}
_FORM: Final = re.compile(
    r"formular|(?:nowe|nowa|nowy) (?:zgloszeni|zapytani|wiadomosc|kontakt)|ze? strony"
    r"|otrzyma\w+ (?:panstwo )?(?:nowa |nowe )?(?:wiadomosc|zapytanie|zgloszenie)|uzytkownik"
    r"|neue (?:nachricht|anfrage|kontaktanfrage)|kontaktanfrage|webseite|website|web ?form"
    r"|(?:contact|inquiry|enquiry|request|quote) form|form (?:submission|entry)|submitted|lead\b"
    r"|new (?:message|inquiry|enquiry|submission|lead|entry|contact|request)"
    r"|you have (?:received|a new)"
)
_REQUEST: Final = re.compile(
    r"\?|\b(?:prosz|pros(?:imy|ba)|please|bitte|chcia|chce|i need|we need)"
)
_MAX_INTRO_LINES: Final = 4
_MAX_INTRO_WORDS: Final = 40
_MAX_PLAIN_INTRO_WORDS: Final = 8
_MIN_PHONE_DIGITS: Final = 7
_MAX_LABEL_CHARS: Final = 40


@dataclass(frozen=True, slots=True)
class _Field:
    """A labelled line, with its value up to before the line `end`."""

    kind: _FieldKind
    start: int
    end: int
    value: str


def mark_form(mail: MailLines, subject: str) -> Contact | None:
    """Cut the lines of a form that name the person, and return the person.

    Return None, and cut nothing, if the mail is no form. `subject` is folded.
    """
    fields = _read_fields(mail)
    named = [one for one in fields if one.kind in _CONTACT_KINDS]
    if not named or not _is_form(mail, fields, subject):
        return None
    contact = _contact(named)
    if contact == Contact():
        return None
    for one in named:
        mail.mark(one.start, one.end, "form_field")
    for at in range(fields[0].start):
        line = mail.folded[at]
        if (_FORM.search(line) and not _REQUEST.search(line)) or not any(map(str.isalnum, line)):
            mail.mark(at, at + 1, "form_field")
    return contact


def _is_form(mail: MailLines, fields: list[_Field], subject: str) -> bool:
    """True if the labelled lines are those of a form, and not a signature or an address.

    They must have a message, or text below them, and no request of the sender above them.
    """
    intro = mail.kept(0, fields[0].start)
    words = mail.words(0, fields[0].start)
    count = len(words.split())
    if len(intro) > _MAX_INTRO_LINES or count > _MAX_INTRO_WORDS or _REQUEST.search(words):
        return False
    says_so = bool(_FORM.search(words) or _FORM.search(subject))
    if any(one.kind == "message" and one.value for one in fields):
        return says_so or count <= _MAX_PLAIN_INTRO_WORDS
    below = mail.kept(fields[-1].end, len(mail.lines))
    return says_so and bool(below)


def _read_fields(mail: MailLines) -> list[_Field]:
    fields: list[_Field] = []
    at, end = 0, len(mail.lines)
    while at < end:
        label = _label(mail.folded[at])
        if label is None:
            at += 1
            continue
        kind, separator = label
        after = at + 1
        value = mail.lines[at].partition(separator)[2].strip(" \t*|:") if separator else ""
        if not value:
            below = mail.next_nonblank(after, end)
            if below < end and _label(mail.folded[below]) is None:
                value, after = mail.lines[below].strip(), below + 1
        fields.append(_Field(kind, at, after, value))
        at = after
    return fields


def _label(line: str) -> tuple[_FieldKind, str] | None:
    """Return the kind of a labelled line and its separator; "" if the value is on the next line."""
    bracketed = _BRACKETED.match(line)
    if bracketed is not None:
        kind = _kind(bracketed[1])
        return (kind, "]") if kind is not None else None
    found = _FIELD.fullmatch(line) if _SEPARATOR.match(line) else None
    if found is None and (line.count(" ") > 1 or _FORM.search(line)):
        return None
    kind = _kind(found["label"] if found else line)
    return (kind, found["separator"] if found else "") if kind is not None else None


def _kind(label: str) -> _FieldKind | None:
    if not label or len(label) > _MAX_LABEL_CHARS:
        return None
    bare = label.replace("_", " ").strip(" .*")
    kinds = (kind for kind, pattern in _KINDS.items() if pattern.fullmatch(bare))
    return next(kinds, None)


def _contact(fields: list[_Field]) -> Contact:
    names: list[str] = []
    email = phone = company = None
    for one in fields:
        if one.kind in ("email", "from") or "@" in one.value:
            person = parse_mailbox(one.value)
            email = email or (person.email if person else None)
            if one.kind != "email" and person is not None and person.name:
                names.append(person.name)
        elif one.kind == "phone" and sum(map(str.isdigit, one.value)) >= _MIN_PHONE_DIGITS:
            phone = phone or one.value
        elif one.kind == "company":
            company = company or one.value or None
        elif one.kind == "name" and one.value:
            names.append(one.value)
    return Contact(" ".join(dict.fromkeys(names))[:200] or None, email, phone, company)
