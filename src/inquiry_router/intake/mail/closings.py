"""Recognise closing words ("Pozdrawiam, Jan") and lines that hold only a name."""

import re
from typing import Final

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
_MAX_CHARS: Final = 70
_FILLERS: Final = frozenset(
    fold(
        "serdecznie gorąco ciepło bardzo mocno uprzejmie również i z oraz życzę życzymy dla państwa"
        " wszystkich wszystkim góry and to all you very much so in advance from the und aus an alle"
        " ihnen auch im voraus nochmals recht herzlich schöne schönen tag wochenende miłego dnia"
        " weekendu"
    ).split()
)
# Parts of names that begin with a small letter, and titles.
_PARTICLES: Final = frozenset(
    [
        "von",
        "van",
        "de",
        "der",
        "den",
        "da",
        "di",
        "del",
        "la",
        "le",
        "zu",
        "i",
        "and",
        "und",
        "oraz",
        "&",
        "-",
        "–",
        "/",
        "|",
        "mgr",
        "inż",
        "inż.",
        "dr",
        "prof",
        "prof.",
        "ing",
        "ing.",
        "i.",
        "a.",
        "i.a.",
        "i.v.",
        "v.",
        "mba",
        "ppa",
        "ppa.",
    ]
)
_MAX_NAME_WORDS: Final = 5
_SENTENCE: Final = re.compile(r"[?!:;\d@]|\.$")


def is_closing(line: str, folded: str) -> bool:
    """True if the line consists of closing words, with or without a name behind them.

    "Pozdrawiam, pompa cieknie" is no closing: behind it stands no name.
    """
    found = _CLOSING.match(folded) if len(folded) <= _MAX_CHARS else None
    if found is None or found.end() < len(folded):
        return False
    count = sum(any(map(str.isalnum, word)) for word in found[1].split())
    behind = line.split()[-count:] if count else []
    return count <= _MAX_WORDS_BEHIND and all(map(_is_filler_or_name, behind))


def is_name(line: str) -> bool:
    """True if the line can be nothing but the name of a person, a place or a company."""
    words = line.strip(" \t*_,").split()
    if not 1 <= len(words) <= _MAX_NAME_WORDS or _SENTENCE.search(line.strip()):
        return False
    return all(
        word[0].isupper() or word.strip("(,)").lower() in _PARTICLES or not word[0].isalpha()
        for word in words
    ) and any(word[0].isupper() for word in words)


def _is_filler_or_name(word: str) -> bool:
    letters = word.strip("\"'(),.!;:-–~*_")
    return not letters or letters[0].isupper() or fold(letters) in _FILLERS
