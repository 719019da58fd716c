"""Cut signatures: closing words with the names, numbers and addresses below them.

Also lines such as "Sent from my iPhone".
"""

import re
from typing import Final

from inquiry_router.intake.mail.closings import is_closing, is_name, may_close
from inquiry_router.intake.mail.lines import MailLines
from inquiry_router.text.folding import fold

# Lines that a program adds, naming itself or the device: "Sent from my iPhone".
_DEVICE: Final = (
    r"i?phone|ipad|ios|android|samsung|galaxy|huawei|xiaomi|redmi|motorola|nokia|pixel|telefon"
    r"|smart[ fp]?|mobil|handy|tablet|outlook|yahoo|gmail|proton|poczt|mail|windows|blackberry"
    r"|aplikacj|wp|o2|onet|interia|web\.de|gmx|t-online|thunderbird|компютер"
)
_MOBILE: Final = re.compile(
    rf"(?:(?:wyslano|wyslane|napisano) (?:z|za pomoca|przy uzyciu) "
    rf"|sent (?:from|via|with|using) |von mein\w* |gesendet (?:von|mit|uber|aus) "
    rf"|diese nachricht wurde von mein\w+ |envoye (?:de|depuis) mon |enviado (?:desde|do) "
    rf"|inviato da(?:l)? |odeslano z |odoslane z |verzonden vanaf |надіслано з "
    rf"|get outlook for |pobierz (?:program )?outlook|outlook fur (?:ios|android) "
    rf"|excuse (?:the )?(?:typos|brevity))(?=.{{0,40}}(?:{_DEVICE}|typos|brevity))[^,;:!]{{0,70}}"
    r"(?:, (?:przepraszam za|sorry for|entschuldig).{0,40})?"
)
_STORY: Final = re.compile(
    r"\b(?:zl[aey]|zly|inn[aey]|wrong|another|bledn\w+|falsch\w*|ciek\w+|nie|not|leaks?)\b"
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
_ROLE: Final = re.compile(
    r"(?:\w+ ){0,2}(?:kierownik|specjalist\w+|dyrektor|menedzer|manager\w*|prezes|wlasciciel\w*"
    r"|koordynator|asystent\w*|ksiegow\w+|sekretariat|biuro|przedstawiciel|doradca|handlowiec"
    r"|inzynier|technik|mechanik|magazynier|zaopatrzeniowiec|dzial|zespol|owner|director|buyer"
    r"|engineer|assistant|head|team|department|consultant|officer|purchasing|sales|support"
    r"|leiter\w*|geschaftsfuhrer\w*|vertrieb|einkauf|buchhaltung|sachbearbeiter\w*|abteilung"
    r"|inhaber\w*|assistenz|meister)(?: [\w&/.-]+){0,5}"
)
_REGISTER: Final = re.compile(r"\b(?:krs|nip|regon|hr[ab]|sad rejonowy|kapital|vat|registered)\b")
_SMALL_WORD: Final = re.compile(r"(?<![\w@./-])[^\W\d_A-ZÀ-Þ][^\W\d_]+(?![\w@/]|\.\w)")
_CONTACT_WORDS: Final = frozenset(
    fold(
        "tel telefon fon fax faks mob mobil mobile mobilny kom komorka komorkowy phone gsm handy"
        " mail email adres address www web ul al os pl lok nip krs regon sp oo and und lub albo i"
    ).split()
)
_MAX_SMALL_WORDS: Final = 1
_MAX_WORDS: Final = 8
_MAX_DOUBTFUL: Final = 2
_MAX_CONTACT_WORDS: Final = 24
_MAX_LINES: Final = 15
_MAX_BLOCK_LINES: Final = 8


def mark_signature(mail: MailLines, start: int, end: int) -> None:
    """Cut the signature in these lines. A postscript, and any request below it, stay."""
    for at in mail.kept(start, end):
        if _is_program_line(mail.folded[at]):
            mail.mark(at, at + 1, "signature")
    lines = mail.kept(start, end)
    if any(_REFERRED.search(mail.folded[at]) for at in lines):
        return
    if not (_mark_delimited(mail, lines) or _mark_closed(mail, lines)):
        _mark_block(mail, lines)


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
    below = lines[delimiter + 1 :]
    if below and not _is_signature_line(mail, below[0]):
        return False
    # A longer rule may stand above a list; RFC 3676 has two dashes.
    told = mail.folded[lines[delimiter]] == "--"
    if not told and not any(_CONTACT.search(mail.folded[at]) for at in below):
        return False
    closing = delimiter
    while closing > 1 and delimiter - closing < 4 and not _closes(mail, lines[closing]):
        closing -= 1
    if not _closes(mail, lines[closing]):
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
        if order < max(below, 1) or not _closes(mail, at):
            continue
        rest = lines[order + 1 :]
        # Thanks in the middle of a text are followed by more text, not by a name.
        if (
            rest
            and not _is_signature_line(mail, rest[0])
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
    doubtful = 0
    for order, at in enumerate(lines[:_MAX_LINES]):
        line = mail.folded[at]
        if line.startswith(("ps", "p.s")) and not line[2:3].isalpha():
            postscript = True
        elif _is_signature_line(mail, at) and not (
            postscript and mail.folded[at - 1] and not _CONTACT.search(line)
        ):
            postscript, doubtful = False, 0
            mail.mark(at, at + 1, "signature")
        elif not postscript:
            # "Usługi hydrauliczne" between a name and an address stays, and the address goes.
            doubtful += 1
            if doubtful > 1 or not order or _is_request(line) or len(line.split()) > _MAX_WORDS:
                return order
    return min(len(lines), _MAX_LINES)


def _mark_block(mail: MailLines, lines: list[int]) -> None:
    """Cut a last paragraph of a name and an address without closing words above it."""
    first = len(lines)
    while first and len(lines) - first <= _MAX_BLOCK_LINES:
        first -= 1
        if not mail.folded[lines[first] - 1]:
            break
    block = lines[first:]
    if not first or not 2 <= len(block) <= _MAX_BLOCK_LINES or mail.folded[block[0] - 1]:
        return
    above = mail.folded[lines[first - 1]]
    # Below "Dane do faktury:" and the like, the address is part of the message.
    told = above.endswith(":") or (
        _is_request(above) and len(above) < 60 and not above.endswith((".", "?", "!"))
    )
    sure = [at for at in block if _is_signature_line(mail, at)]
    doubtful = [mail.folded[at] for at in block if at not in sure]
    named = is_name(mail.lines[block[0]]) and block[0] in sure
    reachable = any(_CONTACT.search(mail.folded[at]) for at in sure[1:])
    if not named or told or not reachable or len(doubtful) > _MAX_DOUBTFUL:
        return
    if not any(_is_request(line) or len(line.split()) > _MAX_WORDS for line in doubtful):
        for at in sure:
            mail.mark(at, at + 1, "signature")


def _is_signature_line(mail: MailLines, at: int) -> bool:
    """True if the line can be nothing but part of a signature. In doubt it is none.

    It must be a name, a role, or contact data with hardly any other words.
    """
    folded = mail.folded[at]
    if len(folded.split()) > _MAX_CONTACT_WORDS:
        return False
    if _is_request(folded):
        return bool(_LABELLED.match(folded)) and "?" not in folded
    line = mail.lines[at].strip()
    if is_name(line) or _ROLE.match(folded) or not any(map(str.isalpha, folded)):
        return True
    if not _CONTACT.search(folded):
        return len(folded.split()) == 1 and mail.folded[at - 1] != "" and folded.isalpha()
    return bool(_REGISTER.search(folded)) or _count_small_words(line) <= _MAX_SMALL_WORDS


def _count_small_words(line: str) -> int:
    """Count the words of a contact line that are neither names nor labels."""
    words = _SMALL_WORD.findall(line)
    return sum(fold(word) not in _CONTACT_WORDS for word in words)


def _is_program_line(line: str) -> bool:
    return _MOBILE.fullmatch(line) is not None and "?" not in line and not _STORY.search(line)


def _closes(mail: MailLines, at: int) -> bool:
    if is_closing(mail.lines[at], mail.folded[at]):
        return True
    below = mail.next_nonblank(at + 1, min(at + 3, len(mail.lines)))
    return below < len(mail.lines) and may_close(mail.folded[at]) and is_name(mail.lines[below])


def _is_request(line: str) -> bool:
    return "?" in line or line.endswith(":") or bool(_REQUEST.search(line))
