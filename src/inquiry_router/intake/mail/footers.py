"""Cut legal footers, requests to save paper, and warnings added by mail servers."""

import re
from typing import Final

from inquiry_router.intake.mail.lines import MailLines
from inquiry_router.intake.mail.signatures import is_contact

_FOOTER: Final = re.compile(
    # Polish
    r"(?:tresc |niniejsz\w+ |(?:ta|tej|te) )?(?:wiadomos|korespondencj|e-?mail)\w*\b.{0,90}"
    r"(?:\bpoufn|przeznaczon\w+ (?:jest )?(?:wylacznie|tylko|jedynie)"
    r"|(?:wylacznie|tylko|jedynie) .{0,30}adresat)"
    r"|^.{0,20}\badministratorem\b.{0,60}\bdanych\b.{0,30}\b(?:jest|sa)\b"
    r"|^.{0,12}\bklauzul\w+ (?:informacyjn|rodo|poufn)|^rodo:"
    r"|^(?:informacj\w+ )(?:o przetwarzaniu danych|zawarte w (?:tej|niniejszej))"
    r"|^zgodnie z (?:art\w*\.? ?\d+.{0,40}\brodo\b"
    r"|rodo (?:moze|maja|przysluguje|informuj|administrator))"
    r"|^(?:jesli|jezeli) .{0,80}(?:wiadomos|e-?mail|korespondencj|adresat).{0,60}"
    r"(?:omylk|pomylk|adresat|usun|zniszcz|nadawc)"
    r"|^.{0,20}(?:pomysl o|chron|zadbaj o|dbajmy o|szanuj) (?:nasze )?srodowisk\w*"
    r"(?:\W*$|.{0,80}(?:druk|mail|wiadomos))"
    r"|^zanim .{0,30}druk\w+.{0,40}(?:wiadomos|mail|srodowisk|pomysl|zastanow|drzew|papier)"
    r"|^(?:prosz\w+ )?(?:zastanow|pomysl).{0,60}druk"
    r"|^czy .{0,30}(?:musi\w*|potrzebuj\w*|konieczn\w*) .{0,30}druk\w+"
    r".{0,30}(?:wiadomos|mail|\bto\?|srodowisk)"
    r"|(?:spolka|firma) wpisana do (?:rejestru|krs)|kapital zakladowy\b.{0,25}\d"
    r"|^.{0,60}tajemnic\w+ (?:przedsiebiorstwa|handlow\w+)"
    # English
    r"|^.{0,40}(?:this|the information (?:contained )?in this|the contents? of this)\b.{0,40}"
    r"(?:e-?mail|message|communication|transmission)\b.{0,90}(?:confidential|privileged"
    r"|intended (?:solely|only|for))"
    r"|^confidential(?:ity)?(?: (?:notice|note|and privileged)|\.|:)|^confidential - "
    r"|if you(?: a|')re not the (?:intended|named)"
    r"|^if you (?:have )?received? this.{0,60}(?:error|mistake|not the intended)"
    r"|^(?:please )?(?:consider|think of) (?:the|our) environment(?:\W*$|.{0,60}print)"
    r"|registered in [a-z &]{3,40}(?:[.,:]? (?:under |with )?(?:company |vat |reg\w* )?"
    r"(?:no|number|nr)\b|\W{1,3}\d{6})"
    r"|^(?:registered (?:office|company|address)|company reg)\b.{0,60}\d"
    # German
    r"|^(?:diese|der inhalt dieser|die information\w* in dieser)\b.{0,12}(?:e-?mail|mail"
    r"|nachricht)\b.{0,90}(?:vertraulich|(?:nur|ausschliesslich|allein)\b.{0,60}bestimmt"
    r"|bestimmt.{0,20}adressat|adressaten bestimmt)"
    r"|^(?:wenn|falls|sollten) sie (?:diese .{0,30}irrtumlich|nicht der (?:richtige|vorgesehene"
    r"|beabsichtigte) (?:adressat|empfanger))"
    r"|^(?:hinweise? |informationen )zu[rm]? (?:verarbeitung ihrer|datenschutz)"
    r"|^(?:unsere |die )?datenschutz(?:hinweis|information|erklarung)"
    r"|^(?:denken sie|bitte (?:denken|pruf\w+|beruck\w+)).{0,60}(?:umwelt|druck)"
    r"|^bitte .{0,40}(?:umwelt|(?:e-?mail|nachricht) .{0,30}(?:druck|gedruckt))"
    r"|^muss diese .{0,20}(?:mail|nachricht) .{0,30}(?:gedruckt|druck)"
    r"|(?:amtsgericht|registergericht|handelsregister)\b.{0,40}\bhr[ab]\b"
    # Czech, Slovak, French, Spanish, Italian
    r"|^(?:tato zprava|tento e-?mail|obsah (?:tohoto )?e-?mailu"
    r"|obsah (?:tejto )?spravy)\b.{0,90}(?:duvern|dovern)"
    r"|^upozornenie: .{0,40}dovern|^(?:ce (?:message|courriel|mail)|este (?:mensaje|correo)"
    r"|(?:questo|il presente) messaggio)\b.{0,90}(?:confiden|riservat|exclusiv)"
    # Forms and mail programs
    r"|^(?:this|ten|ta|te|diese)\b.{0,20}(?:e-?mail|message|wiadomosc|nachricht)\b.{0,30}"
    r"(?:sent|wyslan|wygenerowan|gesendet).{0,40}(?:form|stron|site)"
    r"|^(?:wiadomosc|e-?mail|message|nachricht) (?:zostal\w* )?(?:wyslan|sent|gesendet).{0,20}"
    r"(?:form|stron|site)"
    r"|^this is a notification that a .{0,20}form was submitted"
    r"|^.{0,60}(?:nie obsluguje|does not (?:support|display)|cannot (?:display|show)|unterstutzt"
    r"|kann .{0,20}nicht (?:anzeigen|darstellen)).{0,40}html"
    r"|^this (?:is an? |message (?:is|was sent) (?:in|as) )html.{0,60}"
    r"|^.{0,60}(?:format\w* html|html (?:compatible|capable|e-?mail viewer)|mime format"
    r"|program\w* pocztow\w+ obslugujac\w+ html|wyswietlani\w+ html).{0,60}"
    r"|^(?:please )?(?:use|enable) an? html.{0,80}"
    # A text part that has nothing to say but that there is an HTML part
    r"|^(?:view|read|open|see) (?:this|the|it).{0,40} (?:online|in (?:your|a|the) (?:web )?browser)"
    r"|^.{0,20}(?:e-?mail (?:client|program)|program pocztowy|e-?mail-?programm)\b.{0,30}"
    r"(?:cannot|can't|can not|does not|nie (?:moze|potrafi)|kann).{0,20}\b(?:read|display|show"
    r"|wyswietl\w*|odczyta\w*|diese)\b.{0,20}(?:this|e-?mail|wiadomosc|nachricht|message)"
    r"|^(?:zobacz|otworz|wyswietl|przeczytaj) (?:te |ta )?(?:wiadomosc|mail\w*|e-?mail\w*)"
    r" (?:w|online)\b.{0,80}"
    r"|^(?:diese )?(?:e-?mail|nachricht|newsletter) (?:im browser|online) (?:anzeigen|ansehen"
    r"|offnen|lesen)"
    r"|^(?:if you (?:cannot|can't|can not|are unable to|have trouble)|(?:falls|wenn) sie"
    r"|(?:.{0,40}\bhtml\b.{0,3})?(?:jesli|jezeli) nie (?:widzi\w+|mo\w+|wyswietla))\b.{0,40}"
    r"\b(?:see|read|view|lesen|sehen|anzeigen|widzi\w*|wyswietl\w*|odczyta\w*|tresci)\b"
    r".{0,40}(?:click|klick|klikn|browser|przegladar|online)"
    r"|^(?:to|aby) (?:view|read|wyswietlic|zobaczyc) .{0,30}(?:online|(?:przegladar|browser)\w*)"
)
_WARNING: Final = re.compile(
    r"\W{0,3}(?:uwaga.{0,12}wiadomosc .{0,40}(?:spoza|z zewnatrz)"
    r"|(?:caution|warning|external)\b.{0,60}(?:originat|outside))"
)
# What no footer says: a request for anything but silence, and a report of one's own.
_REQUEST: Final = re.compile(
    r"\b(?:(?:prosz[ea]?|prosimy|prosba)\b(?!.{0,70}(?:usun|zniszcz|skasow|niszczen|poinform|powiad"
    r"|zawiad|nadawc|druk|srodowisk|niezwloczn|nie (?:odpow|kopi|udost|rozp)))"
    r"|please\b(?!.{0,80}(?:go here|click|delet|destroy|notif|inform|sender|print|environment"
    r"|consider|disregard"
    r"|contact us immediately|do not|html))"
    r"|bitte\b(?!.{0,80}(?:losch|vernicht|informier|absender|druck|umwelt|pruf|benachricht|hier\b"
    r"|homepage|zuruck))"
    r"|zadam|zadamy|chc[ea]|chcemy|chcial\w*|domaga\w+|cofam|rezygnuj\w+|potrzebuj\w+|brakuj\w+"
    r"|wymian\w+|zwrot\w*|kupil\w*|zamowil\w*|wyslaliscie|przyslaliscie|dostalem|dostalam"
    r"|ciek\w+|przeciek\w+|zepsu\w+|nie dziala\w*|reklam\w+|we need|i need|we want|i want|leaks?"
    r"|broken|warranty|refund|our invoices?|ich mochte|wir mochten|defekt|kaputt|undicht|reklam\w+)"
    r"(?!\w)"
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
    "html",
    "form",
    "stron",
    "site",
    "online",
    "browser",
    "przegladar",
    "client",
    "program",
    "klick",
    "klikn",
    "click",
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
