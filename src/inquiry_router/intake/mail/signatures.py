"""Signatures: the closing words with the names, numbers and addresses below them, and "Sent from my iPhone"."""

import re
from typing import Final

from inquiry_router.intake.mail.lines import MailLines
from inquiry_router.text.folding import fold

_CLOSINGS: Final = (
    # Polish
    r"(?:serdecznie |gorąco |ciepło |dziękuję i |dzięki i |mocno )?pozdrawia(?:m|my)|pozdrowienia|pozdro|pozdr\.?|(?:z "
    r"|łączę |serdeczne )pozdrowienia(?:mi)?"
    r"|z (?:wyrazami )?(?:głębokim )?(?:poważaniem|szacunkiem|szacunku|uszanowania)|(?:łączę "
    r"|przesyłam )?(?:wyrazy szacunku|ukłony|uściski)"
    r"|z poważaniem|z powazaniem|kłaniam się|miłego dnia|dobrego dnia|buziaki|trzymaj(?:cie)? się|uszanowanie"
    # English
    r"|(?:(?:with )?(?:kind|best|warm|warmest|kindest|many) )?(?:regards|wishes|greetings)|friendly greetings|best|cheers"
    r"|sincerely"
    r"|yours(?: (?:sincerely|faithfully|truly|ever|in \w+))?|all the best|(?:many |with )thanks|thanks|thank you|ta"
    r"|take care|rgds|br|kr"
    # German
    r"|(?:mit )?(?:(?:freundlichen?|besten?|vielen?|lieben?|schönen?|herzlichen?|kollegialen|musikalischen) )+(?:grüßen?"
    r"|grüssen?|gruß|gruss)"
    r"|(?:mit )?(?:grüße|grüßen|gruß|gruss)|mfg|lg|vg|hochachtungsvoll|herzlichst|herzlich|mach's gut|vielen dank"
    # Czech, Slovak, Ukrainian, Russian
    r"|s (?:pozdravem|pozdravom|úctou)|hezký den|pekný deň|zdraví|з повагою|з найкращими побажаннями|с уважением"
    r"|всього найкращого"
    # French, Spanish, Italian, Dutch
    r"|(?:bien )?cordialement|salutations(?: distinguées)?|bien à vous|(?:cordiales |muchos )?saludos"
    r"|un (?:cordial )?saludo|un (?:fuerte )?abrazo|atentamente"
    r"|(?:cordiali |distinti )?saluti|(?:met )?(?:vriendelijke )groet(?:en)?|groeten"
)
_CLOSING: Final = re.compile(rf"(?:{fold(_CLOSINGS)})(?![^\W_])([^?]{{0,40}})")
# Words that may stand behind the closing on its line: "Pozdrawiam serdecznie, Jan Kowalski".
_MOST_WORDS_BEHIND: Final = 4
_MOBILE: Final = re.compile(
    r"(?:(?:wyslano|wyslane|napisano) (?:z|za pomoca|przy uzyciu) |sent (?:from|via|with|using) (?:my |the |a |outlook"
    r"|yahoo|mail|proton|gmail)"
    r"|von mein\w* .{2,40} (?:gesendet|aus gesendet)|gesendet (?:von|mit|uber|aus) |diese nachricht wurde von mein\w+ "
    r"|envoye (?:de|depuis) mon |enviado (?:desde|do) |inviato da(?:l)? |odeslano z |odoslane z |verzonden vanaf |надіслано з "
    r"|get outlook for |pobierz (?:program )?outlook|outlook fur (?:ios|android) (?:holen|beziehen)"
    r"|excuse (?:the )?(?:typos|brevity))"
    r".{0,70}"
)
# All but a few begin at the beginning of a word: one `\b` in front of them makes the search four times as quick.
_CONTACT: Final = re.compile(
    r"\b(?:(?:tel|telefon|fon|fax|faks|mob|mobil|mobile|kom|phone|gsm|handy|krs|nip|regon|hr[ab]|ust-?id\w*|vat|ico|dic"
    r"|ceidg|siren"
    r"|z o\. ?o|gmbh|ltd|llc|inc|plc|kg|ag|ug|e\.k)\b|www\.|https?://|(?:ul|al|os)\. |\d\d-\d{3} \w|sp\. ?[zjk]|s\.[ac]\."
    r"|s\.r\.o"
    r"|sad rejonowy|geschaftsfuhr)|\w@\w|\+\d\d|(?:\d[ -]?){9}|\w(?:str\.|strasse )"
)
# What asks or tells, and is no line of a signature however short it is.
_ASKS: Final = re.compile(
    r"\b(?:(?:p\.? ?s|czy|kiedy|please|need|could|can you|bitte|wann|urgent|adres)\b|prosz|pros(?:imy|ba)|pilne|zam[ao]w"
    r"|potrzeb|reklam"
    r"|czekam|brauch|dringend|dostaw|faktur|invoice|rechnung|deliver|liefer|\d+ ?(?:szt|pcs|stk|kpl|op|x|kg|m2|mb|par|l)\b)"
    r"|^(?:\d+[.)] |[-*•–] )"
)
# "The VAT number is in my signature": then it stays.
_REFERRED: Final = re.compile(
    r"\b(?:w (?:stopce|podpisie)|(?:in|see) (?:my|the) signature|in der signatur)\b"
)
_DELIMITER: Final = re.compile(r"(?:--|—|––|–|---)")
# "Adres: ul. Lipowa 5" and "E-mail: anna@example.com" belong to a signature all the same.
_LABELLED: Final = re.compile(r"(?:e-?mail|tel|mob|adres)\w*\.?:")
_MOST_WORDS: Final = 8
_MOST_CONTACT_WORDS: Final = 24
_MOST_LINES: Final = 15
_MOST_BLOCK: Final = 8


def mark_signature(mail: MailLines, start: int, end: int) -> None:
    """Cut the signature of what was written there. A postscript and whatever asks something below it stay."""
    for at in mail.kept(start, end):
        if _MOBILE.fullmatch(mail.folded[at]) and "?" not in mail.folded[at]:
            mail.mark(at, at + 1, "signature")
    lines = mail.kept(start, end)
    if any(_REFERRED.search(mail.folded[at]) for at in lines):
        return
    if not (_mark_delimited(mail, lines) or _mark_closed(mail, lines)):
        _mark_block(mail, lines)


def closing_at(line: str) -> bool:
    """Whether the folded line is one of closing words, with a name behind them or not."""
    found = _CLOSING.match(line) if len(line) <= 70 else None
    if found is None or found.end() < len(line):
        return False
    behind = found[1].split()
    return len(behind) <= _MOST_WORDS_BEHIND and not _asks(found[1])


def is_contact(line: str) -> bool:
    """Whether the folded line has a number, an address or a company's register in it, and asks nothing."""
    return bool(_CONTACT.search(line)) and not _ASKS.search(line)


def _mark_delimited(mail: MailLines, lines: list[int]) -> bool:
    """What stands below `-- `."""
    delimiter = next(
        (
            order
            for order, at in enumerate(lines)
            if order and _DELIMITER.fullmatch(mail.folded[at])
        ),
        None,
    )
    if delimiter is None or len(lines) - delimiter > _MOST_LINES:
        return False
    closing = delimiter
    while closing > 1 and delimiter - closing < 4 and not closing_at(mail.folded[lines[closing]]):
        closing -= 1
    if not closing_at(mail.folded[lines[closing]]):
        closing = delimiter
    mail.mark(lines[closing], lines[closing] + 1, "signature")
    _mark_below(mail, lines[closing + 1 :])
    return True


def _mark_closed(mail: MailLines, lines: list[int]) -> bool:
    """What stands below "Pozdrawiam" and its like; they may come more than once."""
    done = False
    below = 0
    for order, at in enumerate(lines):
        if order < max(below, 1) or not closing_at(mail.folded[at]):
            continue
        rest = lines[order + 1 :]
        # Words of thanks in mid text are followed by more text, not by a name.
        if (
            rest
            and not _fits(mail.folded[rest[0]])
            and not mail.folded[rest[0]].startswith(("ps", "p.s"))
        ):
            continue
        mail.mark(at, at + 1, "signature")
        below = order + 1 + _mark_below(mail, rest)
        done = True
    return done


def _mark_below(mail: MailLines, lines: list[int]) -> int:
    """Cut the lines of a signature up to the first that says something; how many were passed.

    A postscript stays to the end of its paragraph, and more of the signature may follow it.
    """
    postscript = False
    for order, at in enumerate(lines[:_MOST_LINES]):
        line = mail.folded[at]
        if line.startswith(("ps", "p.s")) and not line[2:3].isalpha():
            postscript = True
        elif _fits(line) and not (postscript and mail.folded[at - 1] and not _CONTACT.search(line)):
            postscript = False
            mail.mark(at, at + 1, "signature")
        elif not postscript:
            return order
    return min(len(lines), _MOST_LINES)


def _mark_block(mail: MailLines, lines: list[int]) -> None:
    """A last paragraph of a name and an address, where no closing words stand above it."""
    first = len(lines)
    while first and len(lines) - first <= _MOST_BLOCK and _fits(mail.folded[lines[first - 1]]):
        first -= 1
        if not mail.folded[lines[first] - 1]:
            break
    block = [mail.folded[at] for at in lines[first:]]
    if not first or not 2 <= len(block) <= _MOST_BLOCK or mail.folded[lines[first] - 1]:
        return
    above = mail.folded[lines[first - 1]]
    # "Dane do faktury:" and the like: then the address is what the customer tells us.
    told = above.endswith(":") or (
        _asks(above) and len(above) < 60 and not above.endswith((".", "?", "!"))
    )
    named = len(block[0].split()) <= 5 and not any(character.isdigit() for character in block[0])
    if named and not told and any(_CONTACT.search(line) for line in block[1:]):
        for at in lines[first:]:
            mail.mark(at, at + 1, "signature")


def _fits(line: str) -> bool:
    """Whether the line could be one of a signature: short, or with a number or address, and asking nothing."""
    words = line.count(" ") + 1
    if words > _MOST_CONTACT_WORDS:
        return False
    if _asks(line):
        return bool(_LABELLED.match(line)) and "?" not in line
    if words <= _MOST_WORDS and not (words > 4 and line[-1] in ".!"):
        return True
    return bool(_CONTACT.search(line))


def _asks(line: str) -> bool:
    return "?" in line or line.endswith(":") or bool(_ASKS.search(line))
