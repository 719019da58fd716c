"""How people say who recommended us, and whom they recommend to us: pl, en, de. Names begin with a capital."""

import re
from typing import Final

from inquiry_router.entities.names import NAME, NO_PLACE, TITLE
from inquiry_router.entities.words import phrases_of

_T: Final = f"{TITLE}{{0,3}}"
_P: Final = f"{NO_PLACE}{_T}"
_OBJECT: Final = r"(?:(?:mnie|mi|nam|nas|was|wam|Was|Państwa|państwa|ciebie|Pana|Panią|tu|do|go|ją|firmę|też|ten|kontakt)\s+){0,4}"
_PLACE: Final = r"(?:\s*\([^)\n]{1,40}\)|\s+(?:z|od|ze|from|at|in|of|von|aus|vom)\s[^.,;!?\n]{2,30}?|,[^.,;!?\n]{2,40},)?"

# What must stand in the text in lower case, and the pattern.
RECOMMENDING: Final = tuple(
    (given, re.compile(pattern))
    for given, pattern in (
        (
            ("polec", "rekomend", "przys"),
            (
                rf"\b(?:[Pp]olecił[ai]?|[Pp]olecil[ai]?|[Zz]arekomendował[ai]?|[Pp]rzysłał[ai]?"
                rf"|[Pp]rzyslal[ai]?)[: ]\s*{_OBJECT}{_T}{NAME}"
            ),
        ),
        (
            ("polec", "przys"),
            (
                rf"{_P}{NAME}{_PLACE},?\s+{_OBJECT}(?:polecił[ai]?|polecil[ai]?|poleca|przysłał[ai]?)\b(?=\s+(?:m|n|w|W|P|dw"
                rf"|tr|k|ż|z)|[.,!])"
            ),
        ),
        (("z polecenia", "z rekomendacji"), rf"[Zz] (?:polecenia|rekomendacji)\s+{_T}{NAME}"),
        (
            (
                "polecenie od",
                "polecający",
                "polecająca",
                "polecającej",
                "kto polecił",
                "kto polecil",
            ),
            (rf"(?:[Pp]olecenie od|[Pp]olecając[ya]|[Kk]to polecił|[Kk]to polecil):?\s+{_T}{NAME}"),
        ),
        (
            (
                "ja od ",
                "jestem od ",
                "numer od",
                "nr od",
                "namiar",
                "kontakt od",
                "mam od ",
                "dostałam od",
                "dostałem od",
                "mail od",
                "adres od",
            ),
            (
                rf"\b(?:jestem|[Jj]a|numer|nr|namiar\w*|kontakt|maila?|adres|dzwonię|wizytówkę|telefon)\s+(?:mam\s+"
                rf"|dostał[ae]m\s+)?od\s+{_T}{NAME}"
            ),
        ),
        (("od ",), rf"\A[Oo]d\s+{_T}{NAME}(?!\S*[:@])"),
        (("powoł",), rf"\b[Pp]owoł\w+\s+si[ęe]\s+na\s+{_T}{NAME}"),
        (
            (" dał", " podał", " przekazał"),
            (
                rf"{_P}{NAME}{_PLACE}\s+(?:dał|dała|podał|podała|przekazał|przekazała)\s+(?:mi|nam)\s+(?:\w+\s+){{0,2}}"
                rf"(?:namiar|numer|adres|kontakt|mail|wizytówk)"
            ),
        ),
        (("namiar",), rf"{_P}{NAME}{_PLACE}\s*[–,-]?\s+poda[łl]a?\s+namiar"),
        (
            ("kazał", "przysł", "zachwal"),
            (
                rf"{_P}{NAME}{_PLACE}\s+(?:mnie\s+)?(?:tu\s+)?(?:tak\s+)?(?:kazał[ae]?\s+(?:się\s+powołać|powołać|dzwonić"
                rf"|zadzwonić|się zgłosić)|mnie\s+(?:tu\s+)?przysłał|zachwalał)"
            ),
        ),
        (("mnie tu", "przysłał"), rf"{_P}{NAME} mnie (?:tu |do was |do Was )?przysłał"),
        (
            ("recommended by", "referred by", "referred to", "sent by"),
            (
                rf"\b(?:[Rr]ecommended|[Rr]eferred|[Ss]ent)\s+(?:to\s+\w+\s+)?(?:over\s+)?by:?\s+{_T}{NAME}"
            ),
        ),
        (
            (
                "recommended",
                "told me",
                "told us",
                "gave me your",
                "gave us your",
                "put us on",
                "put me on",
                "referred",
                "sent me",
                "sent us",
            ),
            (
                rf"{_P}{NAME}{_PLACE},?\s+(?:who\s+)?(?:has\s+|had\s+)?(?:recommended\s+(?:you|us|me|I|we)|told\s+(?:us"
                rf"|me)\s+(?:to\s+(?:ring|call|write|contact|ask|get|try|look)|about\s+(?:you|u)\b|you\b|y'all)|gave\s+(?:us"
                rf"|me)\s+your|put\s+(?:us|me)\s+on\s+to\s+(?:you|ye)|referred\s+(?:us|me)|sent\s+(?:us|me)\b(?=\s*(?:[.,!;)]"
                rf"|$|to\s+(?:you|ye)|over|your\s+way|and|so|😉)))"
            ),
        ),
        (
            ("introduction by", "intro from", "introduced by"),
            rf"[Ii]ntro(?:duction|duced)?\s+(?:by|from)\s+{_T}{NAME}",
        ),
        (
            ("empfehlung", "empfohlen", "tipp "),
            (
                rf"(?:Empfehlung|[Ee]mpfohlen|Weiterempfehlung|Tipp)\s+(?:von|vom|durch)\s+{_T}{NAME}"
            ),
        ),
        (
            ("geschickt", "empfohlen", "genannt", "geraten"),
            (
                rf"(?:(?:Herr|Frau|Hr\.|Fr\.|Dr\.)\s+)?{NAME}\s+hat\s+(?:uns|mich|Sie|euch|ihn)(?:\s+\w+){{0,3}}\s+"
                rf"(?:geschickt|empfohlen|genannt|geraten)\b"
            ),
        ),
        (
            ("(stammkund",),
            rf"(?:Herr|Frau|Hr\.|Fr\.)\s*{NAME}\s+\(Stammkund(?:e|in)\)\s+(?:sagt|meint|empfiehlt)",
        ),
    )
)
_KIN_PL: Final = (
    r"(?:mój|moja|mojego|mojej|moją|mojemu|jego|jej|nasz\w{0,4}|Mój|Moja|Nasz|Nasza)\s+(?:szwagier|szwagierk\w"
    r"|kuzyn\w{0,3}|znajom\w{1,3}|koleg\w|koleżank\w|sąsiad\w{0,3}"
    r"|brat|siostr\w|kum|teść|teści\w+|syn|córk\w|wujek|wuj|ciotk\w|przełożon\w|szef\w{0,3}|klient\w{0,3}"
    r"|wspólni\w+|przyjaci\w+)"
)
_KIN_EN: Final = (
    r"\b(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er)\s+(?:brother|sister|cousin|friend|neighbour|neighbor|mate|buddy"
    r"|colleague|boss|uncle|aunt|nephew|niece|son|daughter|opposite\s+number)"
    r"(?:-in-law)?"
)
_KIN_DE: Final = (
    r"\b(?:[Mm]ein|[Uu]nser|[Ss]ein|[Ii]hr)e?[rnm]?\s+(?:Schwager|Schwägerin|Bruder|Schwester|Freund|Freundin"
    r"|Kollege|Kollegin|Nachbar|Nachbarin|Sohn|Tochter|Nachfolger|Cousin|Cousine|Vetter|Onkel)"
)
_KIN_STEMS_PL: Final = phrases_of(
    "szwag|kuzyn|znajom|koleg|koleżan|sąsiad|brat|siostr| kum|teś| syn|córk|wuj|ciotk|przełożon|szef|klient|wspólni|przyjaci"
)
_KIN_STEMS_EN: Final = phrases_of(
    "brother|sister|cousin|friend|neighbo| mate|buddy|colleague|boss|uncle|aunt|nephew|niece| son|daughter|opposite number"
)
_KIN_STEMS_DE: Final = phrases_of(
    "schwager|schwägerin|bruder|schwester|freund|kolleg|nachbar|sohn|tochter|nachfolger|cousin|vetter|onkel"
)
_PROSPECT_PL: Final = r"(?:chce|chciał|szuka|potrzebuje|dzwo|zadzwo|odezw|otwiera|buduje|rozgląda|interes|kontakt|zapytać|pisać)"
_PROSPECT_EN: Final = (
    r"\b(?:wants?|needs?|looking\s+for|(?:is|'s)\s+after|(?:call|ring|give|send|drop|contact|phone)\s+(?:him"
    r"|her|them|us)|expect\w+|interested|builds?|open\w*"
    r"|send\s+(?:him|her)|waiting|retired|number\s+is|he's\s+at|she's\s+at)"
)
_PROSPECT_DE: Final = (
    r"(?:braucht|sucht|wartet|freut|möchte|ruf|anruf|meld|will|richtet|baut|interess)"
)
# The same, and what must stand near the name too: most brothers-in-law in an inquiry buy nothing.
RECOMMENDED: Final = tuple(
    (given, re.compile(pattern), re.compile(cue, re.IGNORECASE))
    for given, pattern, cue in (
        (
            ("nazywa się", "na imię", "nazwisko:"),
            (
                rf"(?:(?<!onkurencja\s)(?<!irma\s)\b[Nn]azywa\s+się|\bma\s+na\s+imię|[Nn]azwisko:)\s+{_T}{NAME}"
            ),
            r"dzwo|odezw|szuka|potrzebuje|czeka|kontakt|interes|uprzedz|mówiła o|żaden|temat",
        ),
        (_KIN_STEMS_PL, rf"{_KIN_PL}(?:\s+[a-ząćęłńóśźż]+){{0,4}},?\s+{_P}{NAME}", _PROSPECT_PL),
        (
            ("koleżan", "koleg", "znajom"),
            (rf"\b(?:koleżan\w+|koleg\w+|znajom\w+)(?:\s+z\s+[a-ząćęłńóśźż ]{{3,30}}?)?,\s+{NAME}"),
            _PROSPECT_PL,
        ),
        (
            ("decyzyjna", "numer do", "zgłaszam", "osoba kontaktowa"),
            (
                rf"(?:[Oo]soba\s+decyzyjna:|[Oo]soba\s+polecana:|\b[Nn]umer\s+do|\bnr\s+do)\s+{_T}{NAME}"
            ),
            _PROSPECT_PL,
        ),
        (
            ("dzwo", "zadzwo", "odezw"),
            (
                rf"\b(?:dzwo[nń]\w*|zadzwo[nń]\w*|odez\w+\s+się)\s+do\s+(?:nie(?:go|j),?\s+)?{TITLE}{{1,3}}{NAME}"
            ),
            r"szuka|chce|potrzebuje|otwiera|buduje|interes",
        ),
        (
            ("szwagr", "teści", "kuzyn"),
            rf"\b(?:szwagrowi|teściowi|kuzynowi|koledze)\W{{1,4}}{NAME}",
            r"polecam|chce|szuka",
        ),
        (("zapisz:", "dopisz:"), rf"\b[Zz]apisz(?:cie)?:\s+{_T}{NAME}", r"powiedz|ode mnie|chce"),
        (
            _KIN_STEMS_EN,
            rf"{_KIN_EN}(?:\s+(?:at|in|from|of|out)\s+(?:the\s+)?[\w ]{{2,25}}?)?[ ,(]+{_P}{NAME}",
            _PROSPECT_EN,
        ),
        (
            ("name is", "name's"),
            rf"\b(?:his|her|His|Her|their)\s+name(?:\s+is|['’]s)\s+{_T}{NAME}",
            _PROSPECT_EN,
        ),
        (("in touch with",), rf"in\s+touch\s+with\s+{_T}{NAME}", r""),
        (
            ("expecting", "might be on", "lemme"),
            (
                rf"\b(?:is|agent\s+is|manager\s+is)\s+{_T}{NAME}(?=[^\n]{{0,120}}(?:expecting|might be on|is on))"
            ),
            _PROSPECT_EN,
        ),
        (
            _KIN_STEMS_DE,
            rf"{_KIN_DE}(?:\s+(?:in|aus|von)\s+[A-ZÄÖÜ]\w+)?(?:\s+heißt)?,?\s+{_P}{NAME}",
            _PROSPECT_DE,
        ),
        (
            ("heißt", "heisst"),
            (
                rf"\b(?:[Ee]r|[Ss]ie|[Dd]er|[Bb]ruder|Nachfolger|[Ss]chwager)\s+hei(?:ß|ss)t\s+{_T}{NAME}"
            ),
            _PROSPECT_DE,
        ),
        (
            ("wartet auf", "freut sich auf"),
            (
                rf"{NAME},?\s+(?:[^.!?\n]{{0,70}}?\s)?(?:wartet|freut\s+sich)\s+auf\s+(?:Ihren\s+|deinen\s+|einen\s+)?Anruf"
            ),
            r"",
        ),
        (
            ("rufen sie an", "rufen ihn an", "sie rufen sie an"),
            rf"Sie rufen (?:sie|ihn) an:\s+{_T}{NAME}",
            r"",
        ),
    )
)
