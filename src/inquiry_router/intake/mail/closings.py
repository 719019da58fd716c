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
    r"|uszanowanie|dzięki z góry|z wyrazami \w+|szczęść boże|z panem bogiem|uśmiechy"
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
    r"|(?:cordiali |distinti |tanti )?saluti|(?:met )?(?:vriendelijke )groet(?:en)?|groeten"
)
_CLOSING: Final = re.compile(rf"(?:{fold(_CLOSINGS)})(?![^\W_])([^?]{{0,40}})")
# Words behind the closing on its line: "Pozdrawiam serdecznie, Jan Kowalski".
_MAX_WORDS_BEHIND: Final = 4
_MAX_CHARS: Final = 70
# "Best Pump Ltd" closes nothing: behind these words there must be a mark.
_AMBIGUOUS: Final = frozenset(("best", "ta", "br", "kr", "lg", "vg", "cheers", "pozdr"))
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
    fold("von der den oraz and und mgr inż inż. prof. ing. i.a. i.v. mba ppa. lic.").split()
)
_MAX_PARTICLE_CHARS: Final = 3
_MAX_NAME_WORDS: Final = 5
_SENTENCE: Final = re.compile(r"[?!:;\d@]|\.$")


def is_closing(line: str, folded: str) -> bool:
    """True if the line consists of closing words, with or without a name behind them.

    "Pozdrawiam, pompa cieknie" is no closing: behind it stands no name.
    """
    behind = _behind(folded)
    if behind is None or (behind[:1] == " " and folded.partition(" ")[0] in _AMBIGUOUS):
        return False
    if behind[-1:] == "," and "," not in behind[:-1]:
        return True  # "Thanks for your patience,"
    count = sum(any(map(str.isalnum, word)) for word in behind.split())
    return all(map(_is_filler_or_name, line.split()[-count:] if count else []))


def may_close(folded: str) -> bool:
    """True for closing words with one other word: "Pozdrawiam wiosennie". A name must follow."""
    behind = _behind(folded)
    return behind is not None and behind[1:].isalpha() and behind[:1] == " "


def is_name(line: str) -> bool:
    """True if the line can be nothing but the name of a person, a place or a company."""
    words = line.strip(" \t*_,").split()
    if not 1 <= len(words) <= _MAX_NAME_WORDS or _SENTENCE.search(line.strip()):
        return False
    return any(word[0].isupper() for word in words) and all(map(_is_part_of_name, words))


def _behind(folded: str) -> str | None:
    """The few words behind closing words on their line; None if it does not begin with such."""
    found = _CLOSING.match(folded) if len(folded) <= _MAX_CHARS else None
    if found is None or found.end() < len(folded):
        return None
    return found[1].rstrip() if len(found[1].split()) <= _MAX_WORDS_BEHIND else None


def _is_part_of_name(word: str) -> bool:
    bare = word.strip("(,)")
    return (
        not bare[:1].isalpha()
        or bare[0].isupper()
        or len(bare) <= _MAX_PARTICLE_CHARS
        or fold(bare) in _PARTICLES
    )


def _is_filler_or_name(word: str) -> bool:
    letters = word.strip("\"'(),.!;:-–~*_")
    return not letters or letters[0].isupper() or fold(letters) in _FILLERS
