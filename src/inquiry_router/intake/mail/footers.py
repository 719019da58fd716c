"""Legal footers, requests to spare paper and warnings of mail servers: text that nobody wrote for this mail."""

import re
from typing import Final

from inquiry_router.intake.mail.lines import MailLines
from inquiry_router.intake.mail.signatures import is_contact

_FOOTER: Final = re.compile(
    # Polish
    r"(?:tresc |niniejsz\w+ |(?:ta|tej) )?(?:wiadomos|korespondencj|e-?mail)\w*\b.{0,90}(?:poufn"
    r"|przeznaczon\w+ (?:wylacznie|tylko)|adresat)"
    r"|administratorem\b.{0,60}\bdanych\b"
    r"|(?:klauzul\w+ (?:informacyjn|rodo|poufn))|rodo:"
    r"|(?:informacj\w+ )(?:o przetwarzaniu danych|zawarte w (?:tej|niniejszej))"
    r"|zgodnie z (?:art\w*\.? ?\d+.{0,40}\brodo\b|rodo (?:moze|maja|przysluguje|informuj|administrator))"
    r"|(?:jesli|jezeli) .{0,50}(?:omylkow|nie (?:jest|sa).{0,30}adresat|przez pomylke)"
    r"|(?:pomysl o|chron|zadbaj o|dbajmy o|szanuj) srodowisk"
    r"|zanim wydrukuj|(?:prosz\w+ )?(?:zastanow|pomysl).{0,30}wydruk|czy .{0,30}musi\w* .{0,20}drukowa"
    r"|(?:spolka|firma) wpisana do (?:rejestru|krs)|kapital zakladowy"
    r"|tajemnica (?:przedsiebiorstwa|handlowa)"
    # English
    r"|(?:this|the information (?:contained )?in this|the contents? of this)\b.{0,40}(?:e-?mail|message|communication"
    r"|transmission)"
    r"\b.{0,90}(?:confidential|privileged|intended (?:solely|only|for))"
    r"|confidential(?:ity)?(?: (?:notice|note|and privileged)|\.|:)|confidential - "
    r"|if you(?: a|')re not the (?:intended|named)|if you have received this"
    r"|(?:please )?(?:consider|think of) (?:the|our) environment"
    r"|registered (?:in|office|company)\b.{0,60}\d|company reg"
    # German
    r"|(?:diese|der inhalt dieser|die information\w* in dieser)\b.{0,12}(?:e-?mail|mail|nachricht)\b.{0,90}(?:vertraulich"
    r"|bestimmt|adressat)"
    r"|(?:wenn|falls|sollten) sie nicht der (?:richtige|vorgesehene|beabsichtigte)"
    r"|(?:hinweise? |informationen )zu[rm]? (?:verarbeitung ihrer|datenschutz)|^(?:unsere |die )?datenschutz(?:hinweis"
    r"|information|erklarung)"
    r"|bitte .{0,40}(?:umwelt|ausdruck\w*|gedruckt|drucken) (?:werden|wirklich|mussen|muss|denken|notwendig)"
    r"|denken sie an die umwelt"
    r"|(?:denken sie|bitte pruf\w+).{0,50}(?:umwelt|drucke|gedruckt)"
    r"|(?:amtsgericht|registergericht|handelsregister)\b.{0,40}\bhr[ab]\b"
    # Czech, Slovak, French, Spanish, Italian
    r"|(?:tato zprava|tento e-?mail|obsah (?:tohoto )?e-?mailu|obsah (?:tejto )?spravy)\b.{0,90}(?:duvern|dovern)"
    r"|upozornenie: .{0,40}dovern|(?:ce (?:message|courriel|mail)|este (?:mensaje|correo)|(?:questo|il presente) messaggio)\b"
    r".{0,90}(?:confiden|riservat|exclusiv)"
)
_WARNING: Final = re.compile(
    r"\W{0,3}(?:uwaga.{0,12}wiadomosc .{0,40}(?:spoza|z zewnatrz)|(?:caution|warning|external)\b.{0,60}(?:originat|outside))"
)
# No footer asks for these: "Please change the registered office on our invoices."
_REQUEST: Final = re.compile(
    r"\b(?:potrzebuj\w+|we need|i need|please (?:send|change|correct|update|quote|issue)|bitte (?:senden|schicken"
    r"|andern) sie (?!.{0,20}zuruck)"
    r"|prosz\w+ o (?:faktur|wycen|ofert|umow|przes|wysl|zmian|korekt|katalog))"
)
# One of these stands in every footer; asking for them first spares most mails the long pattern.
_HINTS: Final = [
    "poufn",
    "adresat",
    "administrator",
    "klauzul",
    "rodo",
    "danych",
    "omylk",
    "pomylk",
    "srodowisk",
    "druk",
    "wpisana",
    "kapital",
    "tajemnic",
    "spoza",
    "zewn",
    "przeznaczon",
    "confiden",
    "privileged",
    "intended",
    "environment",
    "registered",
    "company",
    "reg",
    "received",
    "originat",
    "outside",
    "vertraulich",
    "bestimmt",
    "adressat",
    "richtige",
    "vorgesehene",
    "beabsichtigt",
    "datenschutz",
    "verarbeitung",
    "umwelt",
    "gericht",
    "handelsregister",
    "duvern",
    "dovern",
    "riservat",
    "exclusiv",
]
# How far into a line a footer may begin: the line may name the company first.
_BEFORE: Final = 80
# A line that is longer than this was wrapped.
_WRAPPED: Final = 55


def mark_footers(mail: MailLines, start: int, end: int) -> None:
    """Cut the footers below all that was said, and a server's warning above it."""
    joined = "\n".join(mail.folded[start:end])
    if not any(hint in joined for hint in _HINTS):
        return
    ends = _ends(mail, start, end)
    kept = mail.kept(start, end)
    if kept and _WARNING.match(mail.folded[kept[0]]):
        mail.mark(kept[0], ends[kept[0]], "footer")
        kept = mail.kept(start, end)
    footers = {at: ends[at] for at in kept[1:] if _is_footer(mail.folded[at])}
    below = end
    for at in _closing_ones(mail, kept, footers):
        mail.mark(at, min(ends[at], below), "footer")
        below = at


def _closing_ones(mail: MailLines, kept: list[int], ends: dict[int, int]) -> list[int]:
    """The footers that nothing follows but a line of a signature: one above other text is what somebody wrote."""
    closing: list[int] = []
    waiting: list[int] = []
    for at in reversed(kept):
        if at in ends:
            covered = [line for line in waiting if line >= ends[at]]
            if any(not is_contact(mail.folded[line]) for line in covered):
                break
            closing.append(at)
            waiting = []
        else:
            waiting.append(at)
    return closing


def _is_footer(line: str) -> bool:
    if _REQUEST.search(line) or ("?" in line and "druk" not in line and "print" not in line):
        return False
    found = _FOOTER.search(line)
    return found is not None and found.start() <= _BEFORE


def _ends(mail: MailLines, start: int, end: int) -> dict[int, int]:
    """For each line, the end of a footer that begins there.

    Found from below, so that no line is looked at twice.
    """
    ends: dict[int, int] = {}
    for at in reversed(range(start, end)):
        after = at + 1
        goes_on = after < end and _goes_on(mail.folded[at], mail.folded[after])
        ends[at] = ends[after] if goes_on else after
    return ends


def _goes_on(line: str, following: str) -> bool:
    """Whether the following line belongs to the footer, as that of a wrapped sentence does."""
    if not following or "?" in following or len(line) <= _WRAPPED:
        return False
    return line[-1] not in ".!" or _FOOTER.search(following) is not None
