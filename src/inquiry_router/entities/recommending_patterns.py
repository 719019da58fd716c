"""Patterns for people who recommended us or whom we were recommended to: pl, en, de."""

from typing import Final

from inquiry_router.entities.names import NAME, NO_PLACE, TITLE
from inquiry_router.entities.words import phrase_list

_TITLES: Final = f"{TITLE}{{0,3}}"
_ANY_TITLES: Final = f"{NO_PLACE}{_TITLES}"
_OBJECT: Final = (
    r"(?:(?:mnie|mi|nam|nas|was|wam|Was|Państwa|państwa|ciebie|Pana|Panią|tu|do|go|ją|firmę|też|ten"
    r"|kontakt)\s+){0,4}"
)
_PLACE: Final = (
    r"(?:\s*\([^)\n]{1,40}\)"
    r"|\s+(?:z|od|ze|from|at|in|of|von|aus|vom)\s[^.,;!?\n]{2,30}?|,[^.,;!?\n]{2,40},)?"
)

# Stems, of which one must occur in the text in lower case, and the pattern.
RECOMMENDING: Final = (
    (
        ("polec", "rekomend", "przys"),
        (
            rf"\b(?:[Pp]olecił[ai]?|[Pp]olecil[ai]?|[Zz]arekomendował[ai]?|[Pp]rzysłał[ai]?"
            rf"|[Pp]rzyslal[ai]?)[: ]\s*{_OBJECT}{_TITLES}{NAME}"
        ),
    ),
    (
        ("polec", "przys"),
        (
            rf"{_ANY_TITLES}{NAME}{_PLACE},?\s+{_OBJECT}"
            rf"(?:polecił[ai]?|polecil[ai]?|poleca|przysłał[ai]?)\b"
            rf"(?=\s+(?:m|n|w|W|P|dw|tr|k|ż|z)|[.,!])"
        ),
    ),
    (("z polecenia", "z rekomendacji"), rf"[Zz] (?:polecenia|rekomendacji)\s+{_TITLES}{NAME}"),
    (
        (
            "polecenie od",
            "polecający",
            "polecająca",
            "polecającej",
            "kto polecił",
            "kto polecil",
        ),
        (
            rf"(?:[Pp]olecenie od|[Pp]olecając[ya]|[Kk]to polecił|[Kk]to polecil):?\s+"
            rf"{_TITLES}{NAME}"
        ),
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
            rf"\b(?:jestem|[Jj]a|numer|nr|namiar\w*|kontakt|maila?|adres|dzwonię|wizytówkę"
            rf"|telefon)\s+(?:mam\s+"
            rf"|dostał[ae]m\s+)?od\s+{_TITLES}{NAME}"
        ),
    ),
    (("od ",), rf"\A[Oo]d\s+{_TITLES}{NAME}(?!\S*[:@])"),
    (("powoł",), rf"\b[Pp]owoł\w+\s+si[ęe]\s+na\s+{_TITLES}{NAME}"),
    (
        (" dał", " podał", " przekazał"),
        (
            rf"{_ANY_TITLES}{NAME}{_PLACE}\s+(?:dał|dała|podał|podała|przekazał|przekazała)\s+"
            rf"(?:mi|nam)\s+(?:\w+\s+){{0,2}}(?:namiar|numer|adres|kontakt|mail|wizytówk)"
        ),
    ),
    (("namiar",), rf"{_ANY_TITLES}{NAME}{_PLACE}\s*[–,-]?\s+poda[łl]a?\s+namiar"),
    (
        ("kazał", "przysł", "zachwal"),
        (
            rf"{_ANY_TITLES}{NAME}{_PLACE}\s+(?:mnie\s+)?(?:tu\s+)?(?:tak\s+)?"
            rf"(?:kazał[ae]?\s+(?:się\s+powołać|powołać|dzwonić|zadzwonić|się zgłosić)|mnie\s+"
            rf"(?:tu\s+)?przysłał|zachwalał)"
        ),
    ),
    (("mnie tu", "przysłał"), rf"{_ANY_TITLES}{NAME} mnie (?:tu |do was |do Was )?przysłał"),
    (
        ("recommended by", "referred by", "referred to", "sent by"),
        (
            rf"\b(?:[Rr]ecommended|[Rr]eferred|[Ss]ent)\s+(?:to\s+\w+\s+)?(?:over\s+)?by:?\s+"
            rf"{_TITLES}{NAME}"
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
            rf"{_ANY_TITLES}{NAME}{_PLACE},?\s+(?:who\s+)?(?:has\s+|had\s+)?"
            rf"(?:recommended\s+(?:you|us|me|I|we)|told\s+(?:us|me)\s+"
            rf"(?:to\s+(?:ring|call|write|contact|ask|get|try|look)|about\s+(?:you|u)\b|you\b"
            rf"|y'all)|gave\s+(?:us|me)\s+your|put\s+(?:us|me)\s+on\s+to\s+(?:you|ye)|referred"
            rf"\s+(?:us|me)|sent\s+(?:us|me)\b(?=\s*"
            rf"(?:[.,!;)]|$|to\s+(?:you|ye)|over|your\s+way|and|so|😉)))"
        ),
    ),
    (
        ("introduction by", "intro from", "introduced by"),
        rf"[Ii]ntro(?:duction|duced)?\s+(?:by|from)\s+{_TITLES}{NAME}",
    ),
    (
        ("empfehlung", "empfohlen", "tipp "),
        (
            rf"(?:Empfehlung|[Ee]mpfohlen|Weiterempfehlung|Tipp)\s+(?:von|vom|durch)\s+"
            rf"{_TITLES}{NAME}"
        ),
    ),
    (
        ("geschickt", "empfohlen", "genannt", "geraten"),
        (
            rf"(?:(?:Herr|Frau|Hr\.|Fr\.|Dr\.)\s+)?{NAME}\s+hat\s+(?:uns|mich|Sie|euch|ihn)"
            rf"(?:\s+\w+){{0,3}}\s+(?:geschickt|empfohlen|genannt|geraten)\b"
        ),
    ),
    (
        ("(stammkund",),
        rf"(?:Herr|Frau|Hr\.|Fr\.)\s*{NAME}\s+\(Stammkund(?:e|in)\)\s+(?:sagt|meint|empfiehlt)",
    ),
)
_KIN_PL: Final = (
    r"(?:mój|moja|mojego|mojej|moją|mojemu|jego|jej|nasz\w{0,4}|Mój|Moja|Nasz|Nasza)\s+"
    r"(?:szwagier|szwagierk\w"
    r"|kuzyn\w{0,3}|znajom\w{1,3}|koleg\w|koleżank\w|sąsiad\w{0,3}"
    r"|brat|siostr\w|kum|teść|teści\w+|syn|córk\w|wujek|wuj|ciotk\w|przełożon\w|szef\w{0,3}"
    r"|klient\w{0,3}"
    r"|wspólni\w+|przyjaci\w+)"
)
_KIN_EN: Final = (
    r"\b(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er)\s+(?:brother|sister|cousin|friend|neighbour|neighbor|mate"
    r"|buddy"
    r"|colleague|boss|uncle|aunt|nephew|niece|son|daughter|opposite\s+number)(?:-in-law)?"
)
_KIN_DE: Final = (
    r"\b(?:[Mm]ein|[Uu]nser|[Ss]ein|[Ii]hr)e?[rnm]?\s+"
    r"(?:Schwager|Schwägerin|Bruder|Schwester|Freund|Freundin"
    r"|Kollege|Kollegin|Nachbar|Nachbarin|Sohn|Tochter|Nachfolger|Cousin|Cousine|Vetter|Onkel)"
)
_KIN_STEMS_PL: Final = phrase_list(
    "szwag|kuzyn|znajom|koleg|koleżan|sąsiad|brat|siostr| kum|teś| syn|córk|wuj|ciotk|przełożon"
    "|szef|klient|wspólni|przyjaci"
)
_KIN_STEMS_EN: Final = phrase_list(
    "brother|sister|cousin|friend|neighbo| mate|buddy|colleague|boss|uncle|aunt|nephew|niece| son"
    "|daughter|opposite number"
)
_KIN_STEMS_DE: Final = phrase_list(
    "schwager|schwägerin|bruder|schwester|freund|kolleg|nachbar|sohn|tochter|nachfolger|cousin"
    "|vetter|onkel"
)
_PROSPECT_PL: Final = (
    r"(?:chce|chciał|szuka|potrzebuje|dzwo|zadzwo|odezw|otwiera|buduje|rozgląda|interes|kontakt"
    r"|zapytać|pisać)"
)
_PROSPECT_EN: Final = (
    r"\b(?:wants?|needs?|looking\s+for|(?:is|'s)\s+after|(?:call|ring|give|send|drop|contact|phone)"
    r"\s+(?:him|her|them|us)|expect\w+|interested|builds?|open\w*"
    r"|send\s+(?:him|her)|waiting|retired|number\s+is|he's\s+at|she's\s+at)"
)
_PROSPECT_DE: Final = (
    r"(?:braucht|sucht|wartet|freut|möchte|ruf|anruf|meld|will|richtet|baut|interess)"
)
# Also a cue that must occur near the name: most brothers-in-law in an inquiry buy nothing.
RECOMMENDED: Final = (
    (
        ("nazywa się", "na imię", "nazwisko:"),
        (
            rf"(?:(?<!onkurencja\s)(?<!irma\s)\b[Nn]azywa\s+się|\bma\s+na\s+imię|[Nn]azwisko:)"
            rf"\s+{_TITLES}{NAME}"
        ),
        r"dzwo|odezw|szuka|potrzebuje|czeka|kontakt|interes|uprzedz|mówiła o|żaden|temat",
    ),
    (
        _KIN_STEMS_PL,
        rf"{_KIN_PL}(?:\s+[a-ząćęłńóśźż]+){{0,4}},?\s+{_ANY_TITLES}{NAME}",
        _PROSPECT_PL,
    ),
    (
        ("koleżan", "koleg", "znajom"),
        (rf"\b(?:koleżan\w+|koleg\w+|znajom\w+)(?:\s+z\s+[a-ząćęłńóśźż ]{{3,30}}?)?,\s+{NAME}"),
        _PROSPECT_PL,
    ),
    (
        ("decyzyjna", "numer do", "zgłaszam", "osoba kontaktowa"),
        (
            rf"(?:[Oo]soba\s+decyzyjna:|[Oo]soba\s+polecana:|\b[Nn]umer\s+do|\bnr\s+do)\s+"
            rf"{_TITLES}{NAME}"
        ),
        _PROSPECT_PL,
    ),
    (
        ("dzwo", "zadzwo", "odezw"),
        (
            rf"\b(?:dzwo[nń]\w*|zadzwo[nń]\w*|odez\w+\s+się)\s+do\s+(?:nie(?:go|j),?\s+)?"
            rf"{TITLE}{{1,3}}{NAME}"
        ),
        r"szuka|chce|potrzebuje|otwiera|buduje|interes",
    ),
    (
        ("szwagr", "teści", "kuzyn"),
        rf"\b(?:szwagrowi|teściowi|kuzynowi|koledze)\W{{1,4}}{NAME}",
        r"polecam|chce|szuka",
    ),
    (
        ("zapisz:", "dopisz:"),
        rf"\b[Zz]apisz(?:cie)?:\s+{_TITLES}{NAME}",
        r"powiedz|ode mnie|chce",
    ),
    (
        _KIN_STEMS_EN,
        (
            rf"{_KIN_EN}(?:\s+(?:at|in|from|of|out)\s+(?:the\s+)?[\w ]{{2,25}}?)?[ ,(]+"
            rf"{_ANY_TITLES}{NAME}"
        ),
        _PROSPECT_EN,
    ),
    (
        ("name is", "name's"),
        rf"\b(?:his|her|His|Her|their)\s+name(?:\s+is|['’]s)\s+{_TITLES}{NAME}",
        _PROSPECT_EN,
    ),
    (("in touch with",), rf"in\s+touch\s+with\s+{_TITLES}{NAME}", r""),
    (
        ("expecting", "might be on", "lemme"),
        (
            rf"\b(?:is|agent\s+is|manager\s+is)\s+{_TITLES}{NAME}"
            rf"(?=[^\n]{{0,120}}(?:expecting|might be on|is on))"
        ),
        _PROSPECT_EN,
    ),
    (
        _KIN_STEMS_DE,
        rf"{_KIN_DE}(?:\s+(?:in|aus|von)\s+[A-ZÄÖÜ]\w+)?(?:\s+heißt)?,?\s+{_ANY_TITLES}{NAME}",
        _PROSPECT_DE,
    ),
    (
        ("heißt", "heisst"),
        (
            rf"\b(?:[Ee]r|[Ss]ie|[Dd]er|[Bb]ruder|Nachfolger|[Ss]chwager)\s+hei(?:ß|ss)t\s+"
            rf"{_TITLES}{NAME}"
        ),
        _PROSPECT_DE,
    ),
    (
        ("wartet auf", "freut sich auf"),
        (
            rf"{NAME},?\s+(?:[^.!?\n]{{0,70}}?\s)?(?:wartet|freut\s+sich)\s+auf\s+"
            rf"(?:Ihren\s+|deinen\s+|einen\s+)?Anruf"
        ),
        r"",
    ),
    (
        ("rufen sie an", "rufen ihn an", "sie rufen sie an"),
        rf"Sie rufen (?:sie|ihn) an:\s+{_TITLES}{NAME}",
        r"",
    ),
)
