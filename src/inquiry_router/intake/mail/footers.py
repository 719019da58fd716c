"""Cut legal footers, requests to save paper, and warnings added by mail servers."""

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
    r"|zgodnie z (?:art\w*\.? ?\d+.{0,40}\brodo\b"
    r"|rodo (?:moze|maja|przysluguje|informuj|administrator))"
    r"|(?:jesli|jezeli) .{0,50}(?:omylkow|nie (?:jest|sa).{0,30}adresat|przez pomylke)"
    r"|(?:pomysl o|chron|zadbaj o|dbajmy o|szanuj) srodowisk"
    r"|zanim wydrukuj|(?:prosz\w+ )?(?:zastanow|pomysl).{0,30}wydruk"
    r"|czy .{0,30}musi\w* .{0,20}drukowa"
    r"|(?:spolka|firma) wpisana do (?:rejestru|krs)|kapital zakladowy"
    r"|tajemnica (?:przedsiebiorstwa|handlowa)"
    # English
    r"|(?:this|the information (?:contained )?in this|the contents? of this)\b.{0,40}(?:e-?mail"
    r"|message|communication|transmission)\b.{0,90}(?:confidential|privileged"
    r"|intended (?:solely|only|for))"
    r"|confidential(?:ity)?(?: (?:notice|note|and privileged)|\.|:)|confidential - "
    r"|if you(?: a|')re not the (?:intended|named)|if you have received this"
    r"|(?:please )?(?:consider|think of) (?:the|our) environment"
    r"|registered (?:in|office|company)\b.{0,60}\d|company reg"
    # German
    r"|(?:diese|der inhalt dieser|die information\w* in dieser)\b.{0,12}(?:e-?mail|mail"
    r"|nachricht)\b.{0,90}(?:vertraulich|bestimmt|adressat)"
    r"|(?:wenn|falls|sollten) sie nicht der (?:richtige|vorgesehene|beabsichtigte)"
    r"|(?:hinweise? |informationen )zu[rm]? (?:verarbeitung ihrer|datenschutz)"
    r"|^(?:unsere |die )?datenschutz(?:hinweis|information|erklarung)"
    r"|bitte .{0,40}(?:umwelt|ausdruck\w*|gedruckt|drucken) (?:werden|wirklich|mussen|muss|denken"
    r"|notwendig)"
    r"|denken sie an die umwelt"
    r"|(?:denken sie|bitte pruf\w+).{0,50}(?:umwelt|drucke|gedruckt)"
    r"|(?:amtsgericht|registergericht|handelsregister)\b.{0,40}\bhr[ab]\b"
    # Czech, Slovak, French, Spanish, Italian
    r"|(?:tato zprava|tento e-?mail|obsah (?:tohoto )?e-?mailu"
    r"|obsah (?:tejto )?spravy)\b.{0,90}(?:duvern|dovern)"
    r"|upozornenie: .{0,40}dovern|(?:ce (?:message|courriel|mail)|este (?:mensaje|correo)"
    r"|(?:questo|il presente) messaggio)\b.{0,90}(?:confiden|riservat|exclusiv)"
)
_WARNING: Final = re.compile(
    r"\W{0,3}(?:uwaga.{0,12}wiadomosc .{0,40}(?:spoza|z zewnatrz)"
    r"|(?:caution|warning|external)\b.{0,60}(?:originat|outside))"
)
# Requests, which no footer makes: "Please change the registered office on our invoices."
_REQUEST: Final = re.compile(
    r"\b(?:potrzebuj\w+|we need|i need|please (?:send|change|correct|update|quote|issue)"
    r"|bitte (?:senden|schicken|andern) sie (?!.{0,20}zuruck)"
    r"|prosz\w+ o (?:faktur|wycen|ofert|umow|przes|wysl|zmian|korekt|katalog))"
)
# Each footer holds one of these. Looking for them first spares most mails the long pattern.
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
# A line may name the company before the footer begins.
_MAX_CHARS_BEFORE: Final = 80
# A line longer than this was wrapped.
_MIN_WRAPPED_CHARS: Final = 55


def mark_footers(mail: MailLines, start: int, end: int) -> None:
    """Cut the footers below the customer's text, and a server's warning above it."""
    joined = "\n".join(mail.folded[start:end])
    if not any(hint in joined for hint in _HINTS):
        return
    ends = _footer_ends(mail, start, end)
    kept = mail.kept(start, end)
    if kept and _WARNING.match(mail.folded[kept[0]]):
        mail.mark(kept[0], ends[kept[0]], "footer")
        kept = mail.kept(start, end)
    footers = {at: ends[at] for at in kept[1:] if _is_footer(mail.folded[at])}
    below = end
    for at in _closing_footers(mail, kept, footers):
        mail.mark(at, min(ends[at], below), "footer")
        below = at


def _closing_footers(mail: MailLines, kept: list[int], ends: dict[int, int]) -> list[int]:
    """Return the footers that nothing follows except lines of a signature.

    A footer above other text was written by a person.
    """
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
    return found is not None and found.start() <= _MAX_CHARS_BEFORE


def _footer_ends(mail: MailLines, start: int, end: int) -> dict[int, int]:
    """Return for each line the end of a footer that begins there.

    Found from below, so that each line is looked at once.
    """
    ends: dict[int, int] = {}
    for at in reversed(range(start, end)):
        after = at + 1
        goes_on = after < end and _continues(mail.folded[at], mail.folded[after])
        ends[at] = ends[after] if goes_on else after
    return ends


def _continues(line: str, following: str) -> bool:
    """True if the following line continues the footer, like that of a wrapped sentence."""
    if not following or "?" in following or len(line) <= _MIN_WRAPPED_CHARS:
        return False
    return line[-1] not in ".!" or _FOOTER.search(following) is not None
