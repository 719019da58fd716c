"""Find quoted mail: `>` lines, and text below a line such as "On Monday Anna wrote:"."""

import re
from dataclasses import dataclass
from typing import Final

from inquiry_router.intake.mail.header_blocks import HeaderBlock, read_header_block
from inquiry_router.intake.mail.lines import MailLines
from inquiry_router.text.folding import fold

# Beginnings of attributions: words of dates, in pl, en, de, cs, sk, fr, es, it, nl, uk, ru.
_ATTRIBUTION_BEGINNINGS: Final = (
    "on|w dniu|w dn|dnia|dn|am|dne|dňa|dna|le|el|il giorno|il|op|em|den|wiadomość napisana przez"
    "|użytkownik|pon|wt|śr|czw|pt|sob|niedz|ndz|nd|poniedziałek|wtorek|środa|czwartek|piątek|sobota"
    "|niedziela|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday"
    "|sunday|mo|di|mi|do|fr|sa|so|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|po|út"
    "|ut|st|čt|št|pá|pi|ne|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|пн|вт|ср|чт|пт|сб|нд|вс|"
)
_ATTRIBUTION_BEGINNING: Final = re.compile(
    rf"(?:(?:{fold(_ATTRIBUTION_BEGINNINGS)[:-1]})\b|\d{{1,4}}[./ -]\d?\w)"
)
# "wrote" but not "wrote to me", which is the customer's own story.
_WROTE: Final = re.compile(
    fold(
        r"\b(?:(?<!\bi )wrote(?! (?:to )?(?:me|us)\b)|pisze"
        r"|napisał(?:\(a\)|a|/a)?(?! (?:mi|nam|do)\b)"
        r"|schrieb(?:en)?(?! (?:mir|uns|sie|ihr|er|man|ich|wir)\b)"
        r"|napsal(?:\(a\)|a)?(?! (?:mi|nam)\b)|napísal(?:\(a\)|a)?"
        r"|a écrit|escribió|ha scritto|schreef|пише|написав|написал|пишет"
        r"|wiadomość napisana przez)(?!\w)"
    )
)
# An hour, a year or an address. A customer's own "On Monday your colleague wrote:" has none.
_EVIDENCE: Final = re.compile(r"\b\d{1,2}[:.]\d{2}\b|@|\b20\d\d\b")
_MAX_ATTRIBUTION_CHARS: Final = 300
_MAX_ATTRIBUTION_LINES: Final = 3
_QUANTITY: Final = re.compile(r">+\s*\d")


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted mail, up to before `end`.

    The line that names the writer begins at `start`, the quoted text at `body`.
    """

    start: int
    body: int
    end: int


def next_opening(
    mail: MailLines, start: int, end: int, expected: bool
) -> HeaderBlock | Quote | None:
    """Return the first header block or quote in these lines.

    `expected` is True if the subject is one of a reply or a forwarded mail.
    """
    for at in range(start, end):
        line = mail.folded[at]
        if not line:
            continue
        if line[0] == ">":
            found: HeaderBlock | Quote | None = _marked_quote(mail, at, start, end, expected)
        elif line[0] in "-_=*" or ":" in line:
            found = read_header_block(mail, at, end, expected) or _attributed_quote(mail, at, end)
        else:
            found = _attributed_quote(mail, at, end)
        if found is not None:
            return found
    return None


def end_of_quote(mail: MailLines, body: int, end: int) -> int:
    """Return the end of the quote whose first line is `body`.

    It ends after its `>` lines; a quote without them ends with the mail.
    """
    first = mail.next_nonblank(body, end)
    if first >= end or mail.folded[first][0] != ">":
        return end
    last = at = first
    while at < end and (not mail.folded[at] or mail.folded[at][0] == ">"):
        if mail.folded[at]:
            last = at
        at += 1
    return last + 1


def _attributed_quote(mail: MailLines, at: int, end: int) -> Quote | None:
    """Return the quote below an attribution that begins here, on up to three lines.

    An example: "On 3 Nov 2025 at 14:22 Anna <anna@example.com> wrote:".
    """
    if not _ATTRIBUTION_BEGINNING.match(mail.folded[at]):
        return None
    joined = ""
    for after in range(at + 1, min(at + 1 + _MAX_ATTRIBUTION_LINES, end + 1)):
        line = mail.folded[after - 1]
        joined = f"{joined} {line}" if joined else line
        if not line or len(joined) > _MAX_ATTRIBUTION_CHARS:
            return None
        if line[-1] == ":":
            attributed = _WROTE.search(joined) and _EVIDENCE.search(joined)
            return Quote(at, after, end_of_quote(mail, after, end)) if attributed else None
    return None


def _marked_quote(mail: MailLines, at: int, start: int, end: int, expected: bool) -> Quote | None:
    """Return the `>` lines from here as a quote, with the attribution above them.

    One line alone may be "> 20 kg".
    """
    after = end_of_quote(mail, at, end)
    above = at - 1
    while above >= start and not mail.folded[above]:
        above -= 1
    if above >= start and _is_attribution(mail.folded[above]):
        return Quote(above, at, after)
    if (
        expected
        or after - at > 1
        or _WROTE.search(mail.folded[at])
        or not _QUANTITY.match(mail.folded[at])
    ):
        return Quote(at, at, after)
    return None


def _is_attribution(line: str) -> bool:
    """True if a line right above `>` lines is their attribution.

    It must end with a colon and hold a date, an address or "wrote".
    """
    if line[-1] != ":" or len(line) > _MAX_ATTRIBUTION_CHARS:
        return line.startswith(("from: ", "od: ", "von: ")) and len(line) < 80
    return bool(_WROTE.search(line) or _EVIDENCE.search(line) or line[:3].isdigit())
