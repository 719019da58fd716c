"""Cut signatures: closing words with the names, numbers and addresses below them.

Also lines such as "Sent from my iPhone".
"""

import re
from typing import Final

from inquiry_router.intake.mail.lines import MailLines
from inquiry_router.text.folding import fold

_CLOSINGS: Final = (
    # Polish
    r"(?:serdecznie |gorąco |ciepło |dziękuję i |dzięki i |mocno )?pozdrawia(?:m|my)|pozdrowienia"
    r"|pozdro|pozdr\.?|(?:z |łączę |serdeczne )pozdrowienia(?:mi)?"
    r"|z (?:wyrazami )?(?:głębokim )?(?:poważaniem|szacunkiem|szacunku|uszanowania)"
    r"|(?:łączę |przesyłam )?(?:wyrazy szacunku|ukłony|uściski)"
    r"|z poważaniem|z powazaniem|kłaniam się|miłego dnia|dobrego dnia|buziaki|trzymaj(?:cie)? się"
    r"|uszanowanie"
    # English
    r"|(?:(?:with )?(?:kind|best|warm|warmest|kindest|many) )?(?:regards|wishes|greetings)"
    r"|friendly greetings|best|cheers"
    r"|sincerely"
    r"|yours(?: (?:sincerely|faithfully|truly|ever|in \w+))?|all the best|(?:many |with )thanks"
    r"|thanks|thank you|ta"
    r"|take care|rgds|br|kr"
    # German
    r"|(?:mit )?(?:(?:freundlichen?|besten?|vielen?|lieben?|schönen?|herzlichen?|kollegialen"
    r"|musikalischen) )+(?:grüßen?|grüssen?|gruß|gruss)"
    r"|(?:mit )?(?:grüße|grüßen|gruß|gruss)|mfg|lg|vg|hochachtungsvoll|herzlichst|herzlich"
    r"|mach's gut|vielen dank"
    # Czech, Slovak, Ukrainian, Russian
    r"|s (?:pozdravem|pozdravom|úctou)|hezký den|pekný deň|zdraví|з повагою"
    r"|з найкращими побажаннями|с уважением"
    r"|всього найкращого"
    # French, Spanish, Italian, Dutch
    r"|(?:bien )?cordialement|salutations(?: distinguées)?|bien à vous"
    r"|(?:cordiales |muchos )?saludos"
    r"|un (?:cordial )?saludo|un (?:fuerte )?abrazo|atentamente"
    r"|(?:cordiali |distinti )?saluti|(?:met )?(?:vriendelijke )groet(?:en)?|groeten"
)
_CLOSING: Final = re.compile(rf"(?:{fold(_CLOSINGS)})(?![^\W_])([^?]{{0,40}})")
# Words behind the closing on its line: "Pozdrawiam serdecznie, Jan Kowalski".
_MAX_WORDS_BEHIND: Final = 4
_MOBILE: Final = re.compile(
    r"(?:(?:wyslano|wyslane|napisano) (?:z|za pomoca|przy uzyciu) "
    r"|sent (?:from|via|with|using) (?:my |the |a |outlook|yahoo|mail|proton|gmail)"
    r"|von mein\w* .{2,40} (?:gesendet|aus gesendet)|gesendet (?:von|mit|uber|aus) "
    r"|diese nachricht wurde von mein\w+ "
    r"|envoye (?:de|depuis) mon |enviado (?:desde|do) |inviato da(?:l)? |odeslano z |odoslane z "
    r"|verzonden vanaf |надіслано з "
    r"|get outlook for |pobierz (?:program )?outlook|outlook fur (?:ios|android) (?:holen|beziehen)"
    r"|excuse (?:the )?(?:typos|brevity)).{0,70}"
)
# Most alternatives begin with a word: one `\b` in front of these makes the search four times as
# quick.
_CONTACT: Final = re.compile(
    r"\b(?:(?:tel|telefon|fon|fax|faks|mob|mobil|mobile|kom|phone|gsm|handy|krs|nip|regon|hr[ab]"
    r"|ust-?id\w*|vat|ico|dic|ceidg|siren|z o\. ?o|gmbh|ltd|llc|inc|plc|kg|ag|ug|e\.k)\b|www\."
    r"|https?://|(?:ul|al|os)\. |\d\d-\d{3} \w|sp\. ?[zjk]|s\.[ac]\.|s\.r\.o|sad rejonowy"
    r"|geschaftsfuhr)|\w@\w|\+\d\d|(?:\d[ -]?){9}|\w(?:str\.|strasse )"
)
# Words of a request or a message, which is not part of a signature however short it is.
_REQUEST: Final = re.compile(
    r"\b(?:(?:p\.? ?s|czy|kiedy|please|need|could|can you|bitte|wann|urgent|adres)\b|prosz"
    r"|pros(?:imy|ba)|pilne|zam[ao]w|potrzeb|reklam|czekam|brauch|dringend|dostaw|faktur|invoice"
    r"|rechnung|deliver|liefer|\d+ ?(?:szt|pcs|stk|kpl|op|x|kg|m2|mb|par|l)\b)"
    r"|^(?:\d+[.)] |[-*•–] )"
)
# "The VAT number is in my signature": then the signature stays.
_REFERRED: Final = re.compile(
    r"\b(?:w (?:stopce|podpisie)|(?:in|see) (?:my|the) signature|in der signatur)\b"
)
_DELIMITER: Final = re.compile(r"(?:--|—|––|–|---)")
# "Adres: ul. Lipowa 5" and "E-mail: anna@example.com" are part of a signature nevertheless.
_LABELLED: Final = re.compile(r"(?:e-?mail|tel|mob|adres)\w*\.?:")
_MAX_WORDS: Final = 8
_MAX_CONTACT_WORDS: Final = 24
_MAX_LINES: Final = 15
_MAX_BLOCK_LINES: Final = 8


def mark_signature(mail: MailLines, start: int, end: int) -> None:
    """Cut the signature in these lines. A postscript, and any request below it, stay."""
    for at in mail.kept(start, end):
        if _MOBILE.fullmatch(mail.folded[at]) and "?" not in mail.folded[at]:
            mail.mark(at, at + 1, "signature")
    lines = mail.kept(start, end)
    if any(_REFERRED.search(mail.folded[at]) for at in lines):
        return
    if not (_mark_delimited(mail, lines) or _mark_closed(mail, lines)):
        _mark_block(mail, lines)


def is_closing(line: str) -> bool:
    """True if the folded line consists of closing words, with or without a name behind them."""
    found = _CLOSING.match(line) if len(line) <= 70 else None
    if found is None or found.end() < len(line):
        return False
    behind = found[1].split()
    return len(behind) <= _MAX_WORDS_BEHIND and not _is_request(found[1])


def is_contact(line: str) -> bool:
    """True if the folded line holds contact or register data and makes no request."""
    return bool(_CONTACT.search(line)) and not _REQUEST.search(line)


def _mark_delimited(mail: MailLines, lines: list[int]) -> bool:
    """Cut the signature below a `-- ` line. Return True if there is one."""
    delimiter = next(
        (
            order
            for order, at in enumerate(lines)
            if order and _DELIMITER.fullmatch(mail.folded[at])
        ),
        None,
    )
    if delimiter is None or len(lines) - delimiter > _MAX_LINES:
        return False
    closing = delimiter
    while closing > 1 and delimiter - closing < 4 and not is_closing(mail.folded[lines[closing]]):
        closing -= 1
    if not is_closing(mail.folded[lines[closing]]):
        closing = delimiter
    mail.mark(lines[closing], lines[closing] + 1, "signature")
    _mark_below(mail, lines[closing + 1 :])
    return True


def _mark_closed(mail: MailLines, lines: list[int]) -> bool:
    """Cut the signature below closing words, which may come more than once.

    Return True if there are such words.
    """
    done = False
    below = 0
    for order, at in enumerate(lines):
        if order < max(below, 1) or not is_closing(mail.folded[at]):
            continue
        rest = lines[order + 1 :]
        # Thanks in the middle of a text are followed by more text, not by a name.
        if (
            rest
            and not _is_signature_line(mail.folded[rest[0]])
            and not mail.folded[rest[0]].startswith(("ps", "p.s"))
        ):
            continue
        mail.mark(at, at + 1, "signature")
        below = order + 1 + _mark_below(mail, rest)
        done = True
    return done


def _mark_below(mail: MailLines, lines: list[int]) -> int:
    """Cut the lines of a signature, up to the first other line. Return the number of lines passed.

    A postscript stays to the end of its paragraph; more of the signature may follow it.
    """
    postscript = False
    for order, at in enumerate(lines[:_MAX_LINES]):
        line = mail.folded[at]
        if line.startswith(("ps", "p.s")) and not line[2:3].isalpha():
            postscript = True
        elif _is_signature_line(line) and not (
            postscript and mail.folded[at - 1] and not _CONTACT.search(line)
        ):
            postscript = False
            mail.mark(at, at + 1, "signature")
        elif not postscript:
            return order
    return min(len(lines), _MAX_LINES)


def _mark_block(mail: MailLines, lines: list[int]) -> None:
    """Cut a last paragraph of a name and an address without closing words above it."""
    first = len(lines)
    while (
        first
        and len(lines) - first <= _MAX_BLOCK_LINES
        and _is_signature_line(mail.folded[lines[first - 1]])
    ):
        first -= 1
        if not mail.folded[lines[first] - 1]:
            break
    block = [mail.folded[at] for at in lines[first:]]
    if not first or not 2 <= len(block) <= _MAX_BLOCK_LINES or mail.folded[lines[first] - 1]:
        return
    above = mail.folded[lines[first - 1]]
    # Below "Dane do faktury:" and the like, the address is part of the message.
    told = above.endswith(":") or (
        _is_request(above) and len(above) < 60 and not above.endswith((".", "?", "!"))
    )
    named = len(block[0].split()) <= 5 and not any(character.isdigit() for character in block[0])
    if named and not told and any(_CONTACT.search(line) for line in block[1:]):
        for at in lines[first:]:
            mail.mark(at, at + 1, "signature")


def _is_signature_line(line: str) -> bool:
    """True if the line can be part of a signature.

    It must be short or hold contact data, and make no request.
    """
    words = line.count(" ") + 1
    if words > _MAX_CONTACT_WORDS:
        return False
    if _is_request(line):
        return bool(_LABELLED.match(line)) and "?" not in line
    if words <= _MAX_WORDS and not (words > 4 and line[-1] in ".!"):
        return True
    return bool(_CONTACT.search(line))


def _is_request(line: str) -> bool:
    return "?" in line or line.endswith(":") or bool(_REQUEST.search(line))
