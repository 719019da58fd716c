"""Attributions: the lines by which mail programs and helpdesks introduce a quoted mail.

"On 3 Nov 2025 at 14:22 Anna <anna@example.com> wrote:", "Reply above this line", and so on.
"""

import re
from dataclasses import dataclass
from typing import Final

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.header_blocks import parse_mailbox
from inquiry_router.intake.mail.lines import MailLines
from inquiry_router.text.folding import fold

# Beginnings of attributions: words of dates, in pl, en, de, cs, sk, fr, es, it, nl, uk, ru.
_BEGINNINGS: Final = (
    "on|w dniu|w dn|dnia|dn|am|dne|dňa|dna|le|el|il giorno|il|op|em|den|d|at|wiadomość napisana "
    "przez|użytkownik|pon|wt|śr|czw|pt|sob|niedz|ndz|nd|poniedziałek|wtorek|środa|czwartek|piątek"
    "|sobota|niedziela|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday"
    "|saturday|sunday|mo|di|mi|do|fr|sa|so|montag|dienstag|mittwoch|donnerstag|freitag|samstag"
    "|sonntag|po|út|ut|st|čt|št|pá|pi|ne|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|пн|вт|ср"
    "|чт|пт|сб|нд|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|понеділок"
    "|вівторок|середа|четвер|п'ятниця|субота|неділя"
)
_BEGINNING: Final = re.compile(rf"(?:(?:{fold(_BEGINNINGS)})\b|在|\d{{1,4}}[./ -]\d?\w|\d{{4}}年)")
# "wrote" but not "wrote to me", which is the customer's own story.
_WROTE: Final = re.compile(
    fold(
        r"\b(?:(?<!\bi )wrote(?! (?:to )?(?:me|us)\b)|pisze"
        r"|napisał(?:\(a\)|a|/a)?(?! (?:mi|nam|do)\b)"
        r"|schrieb(?:en)?(?! (?:mir|uns|sie|ihr|er|man|ich|wir)\b)"
        r"|napsal(?:\(a\)|a)?(?! (?:mi|nam)\b)|napísal(?:\(a\)|a)?"
        r"|a écrit|escribió|escreveu|ha scritto|schreef|geschreven|skrev|kirjoitti|ezt írta|a scris"
        r"|yazdı|пише|написав(?:\(-?ла\)|\(ла\))?|написал(?:\(а\))?|пишет"
        r"|wiadomość napisana przez)(?!\w)|写道|寫道"
    )
)
# An hour, a year or an address. A customer's own "On Monday your colleague wrote:" has none.
_EVIDENCE: Final = re.compile(r"\b\d{1,2}[:.]\d{2}\b|@|\b20\d\d\b")
_TIME: Final = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
_DAY: Final = re.compile(r"\b20\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d\d\b|\d{4}年")
_ADDRESS: Final = re.compile(r"[<(\[]\S{1,80}@\S{1,120}[>)\]]")
_FRAMED: Final = re.compile(r"-{3,4} ?(.{10,250}?) ?-{3,4}")
# A marketplace passes on what a person wrote to us: "Użytkownik jan12 napisał:".
_PASSED_ON: Final = re.compile(
    r"(?:uzytkownik|kupujac[ya]|klient\w*|(?:the )?(?:user|buyer|customer|member)"
    r"|(?:der )?(?:nutzer|kaufer|kunde)|(?:die )?(?:nutzerin|kauferin|kundin))\b"
)
_ABOVE: Final = re.compile(
    r"\b(?:above|powyzej|ponad|nad|oberhalb|uber|au-dessus|arriba|encima|sopra|boven|vyse|вище"
    r"|выше)\b.{0,20}\b(?:this|the|tej|tego|ta|tym|dieser|diese|cette|esta|questa|deze|toto|цієї"
    r"|этой)\b"
    r".{0,12}\b(?:line|text|lini|linii|linia|wiersza?|zeile|linie|ligne|linea|riga|lijn|radek"
    r"|лінії|строки|черты)"
)
_NOT_BELOW: Final = re.compile(
    r"\b(?:do not|don't|please do not|nie|nicht|nichts)\b.{0,30}"
    r"\b(?:below (?:this|the) line|ponizej tej lini\w*|pod ta lini\w*"
    r"|unter(?:halb)? dieser (?:zeile|linie))"
)
_REPLY: Final = re.compile(
    r"\b(?:reply|replies|respond|type|write|answer|odpowied\w*|odpisz\w*|odpisuj\w*|odpowiada\w*"
    r"|wpisz\w*|pisz\w*"
    r"|antwort\w*|schreib\w*|eingeben|geben|repon\w*|respuesta|respond\w*|rispond\w*|antwoord\w*"
    r"|odpov\w*|відповід\w*|ответ\w*)"
)
_MAX_CHARS: Final = 300
_MAX_LINES: Final = 3
_MAX_MARKER_WORDS: Final = 16
_NO_NAMES: Final = frozenset({"AM", "PM", "CET", "CEST", "Uhr", "GMT", "UTC", "EET", "EEST"})


@dataclass(frozen=True, slots=True)
class Attribution:
    """An attribution that ends before the line `end`.

    `addressed` is True if it names an address, `passed_on` if a marketplace passes on what a person
    wrote to us. `words` are its lines, as written.
    """

    end: int
    addressed: bool
    passed_on: bool
    words: str

    def writer(self) -> Contact | None:
        """Return the person it names."""
        return _writer(self.words)


def read_attribution(mail: MailLines, at: int, end: int) -> Attribution | None:
    """Return the attribution that begins with this line, on up to three lines."""
    first = mail.folded[at]
    framed = _FRAMED.fullmatch(first)
    if framed is not None and _WROTE.search(framed[1]) and _EVIDENCE.search(framed[1]):
        return _attribution(mail, at, at + 1, framed[1])
    if not _BEGINNING.match(first) and "@" not in first:
        return None
    joined = ""
    for after in range(at + 1, min(at + 1 + _MAX_LINES, end + 1)):
        line = mail.folded[after - 1]
        joined = f"{joined} {line}" if joined else line
        if not line or len(joined) > _MAX_CHARS:
            return None
        if line[-1] in ":：":
            return _attribution(mail, at, after, joined) if _is_attribution(joined) else None
    return None


def is_reply_marker(line: str) -> bool:
    """True for "Please reply above this line" and the like: all below it is ours."""
    return (
        len(line) <= 160
        and "?" not in line
        and len(line.split()) <= _MAX_MARKER_WORDS
        and (_NOT_BELOW.search(line) or (_ABOVE.search(line) and _REPLY.search(line))) is not None
    )


def is_attribution_above(line: str) -> bool:
    """True if a line right above `>` lines is their attribution.

    It must end with a colon and hold a date, an address or "wrote".
    """
    if line[-1] not in ":：" or len(line) > _MAX_CHARS:
        return line.startswith(("from: ", "od: ", "von: ")) and len(line) < 80
    return bool(_WROTE.search(line) or _EVIDENCE.search(line) or line[:3].isdigit())


def _is_attribution(joined: str) -> bool:
    """True for "wrote" with a time or an address; programs of Mail.ru and Yandex leave it out."""
    if _WROTE.search(joined):
        beginning = _BEGINNING.match(joined) or (_ADDRESS.search(joined) and _DAY.search(joined))
        return bool(beginning and _EVIDENCE.search(joined))
    return bool(_ADDRESS.search(joined) and _TIME.search(joined) and _DAY.search(joined))


def _attribution(mail: MailLines, at: int, end: int, joined: str) -> Attribution:
    words = " ".join(line.strip() for line in mail.lines[at:end])
    passed_on = _PASSED_ON.match(joined) is not None and "@" not in joined
    return Attribution(end, "@" in joined, passed_on, words)


def _writer(words: str) -> Contact | None:
    found = _ADDRESS.search(words[:_MAX_CHARS])
    if found is None:
        return None
    name: list[str] = []
    for word in reversed(words[: found.start()].replace("«", '"').replace("»", '"').split()):
        bare = word.strip("\"'„”“,()<")
        if not bare and word in ('"', "<", "("):
            continue
        if not bare[:1].isupper() or bare in _NO_NAMES or any(map(str.isdigit, bare)):
            break
        name.append(bare)
        if word[0] in "\"'„“":
            break
    return parse_mailbox(f"{' '.join(reversed(name))} {found[0]}".strip())
