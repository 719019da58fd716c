"""Where a quoted mail begins and ends: `>` lines, and lines such as "On Monday Anna wrote:" in many languages."""

import re
from dataclasses import dataclass
from typing import Final

from inquiry_router.intake.mail.header_blocks import HeaderBlock, read_header_block
from inquiry_router.intake.mail.lines import MailLines
from inquiry_router.text.folding import fold

# How the line that says who wrote may begin: words of dates, in pl, en, de, cs, sk, fr, es, it, nl, uk, ru.
_BEGINNINGS: Final = (
    "on|w dniu|w dn|dnia|dn|am|dne|dňa|dna|le|el|il giorno|il|op|em|den|wiadomość napisana przez|użytkownik|"
    "pon|wt|śr|czw|pt|sob|niedz|ndz|nd|poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela|"
    "mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mo|di|mi|do|fr|sa|so|"
    "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|po|út|ut|st|čt|št|pá|pi|ne|"
    "lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|пн|вт|ср|чт|пт|сб|нд|вс|"
)
_BEGINNING: Final = re.compile(rf"(?:(?:{fold(_BEGINNINGS)[:-1]})\b|\d{{1,4}}[./ -]\d?\w)")
# "wrote", unless it is "wrote to me": then the customer tells what happened.
_WROTE: Final = re.compile(
    fold(
        r"\b(?:(?<!\bi )wrote(?! (?:to )?(?:me|us)\b)|pisze|napisał(?:\(a\)|a|/a)?(?! (?:mi|nam|do)\b)"
        r"|schrieb(?:en)?(?! (?:mir|uns|sie|ihr|er|man|ich|wir)\b)|napsal(?:\(a\)|a)?(?! (?:mi|nam)\b)|napísal(?:\(a\)|a)?"
        r"|a écrit|escribió|ha scritto|schreef|пише|написав|написал|пишет|wiadomość napisana przez)(?!\w)"
    )
)
# An hour, a year or an address: a customer's own "On Monday your colleague wrote:" has none.
_EVIDENCE: Final = re.compile(r"\b\d{1,2}[:.]\d{2}\b|@|\b20\d\d\b")
_LONGEST: Final = 300
_MOST_LINES: Final = 3
_QUANTITY: Final = re.compile(r">+\s*\d")


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted lines: who wrote stands from `start` to before `body`, what he wrote from there to before `end`."""

    start: int
    body: int
    end: int


def next_opening(mail: MailLines, start: int, end: int, expected: bool) -> HeaderBlock | Quote | None:
    """The first header_block or quote in these lines. `expected` says that the subject is one of a reply or a forwarded mail."""
    for at in range(start, end):
        line = mail.folded[at]
        if not line:
            continue
        if line[0] == ">":
            found: HeaderBlock | Quote | None = _run(mail, at, start, end, expected)
        elif line[0] in "-_=*" or ":" in line:
            found = read_header_block(mail, at, end, expected) or _attributed(mail, at, end)
        else:
            found = _attributed(mail, at, end)
        if found is not None:
            return found
    return None


def end_of_quote(mail: MailLines, body: int, end: int) -> int:
    """Where a quote ends whose first line is `body`: after its `>` lines, or at the very end when it has none."""
    first = mail.next_said(body, end)
    if first >= end or mail.folded[first][0] != ">":
        return end
    last = at = first
    while at < end and (not mail.folded[at] or mail.folded[at][0] == ">"):
        if mail.folded[at]:
            last = at
        at += 1
    return last + 1


def _attributed(mail: MailLines, at: int, end: int) -> Quote | None:
    """The quote that follows "On 3 Nov 2025 at 14:22 Anna <anna@example.com> wrote:", on up to three lines."""
    if not _BEGINNING.match(mail.folded[at]):
        return None
    joined = ""
    for after in range(at + 1, min(at + 1 + _MOST_LINES, end + 1)):
        line = mail.folded[after - 1]
        joined = f"{joined} {line}" if joined else line
        if not line or len(joined) > _LONGEST:
            return None
        if line[-1] == ":":
            says = _WROTE.search(joined) and _EVIDENCE.search(joined)
            return Quote(at, after, end_of_quote(mail, after, end)) if says else None
    return None


def _run(mail: MailLines, at: int, start: int, end: int, expected: bool) -> Quote | None:
    """The `>` lines from here, with the line above when it says who wrote. One line alone may be "> 20 kg"."""
    after = end_of_quote(mail, at, end)
    above = at - 1
    while above >= start and not mail.folded[above]:
        above -= 1
    if above >= start and _tells_who(mail.folded[above]):
        return Quote(above, at, after)
    if (
        expected
        or after - at > 1
        or _WROTE.search(mail.folded[at])
        or not _QUANTITY.match(mail.folded[at])
    ):
        return Quote(at, at, after)
    return None


def _tells_who(line: str) -> bool:
    """Right above `>` lines, less is asked of the line: it ends with a colon and has a date, an address or "wrote"."""
    if line[-1] != ":" or len(line) > _LONGEST:
        return line.startswith(("from: ", "od: ", "von: ")) and len(line) < 80
    return bool(_WROTE.search(line) or _EVIDENCE.search(line) or line[:3].isdigit())
