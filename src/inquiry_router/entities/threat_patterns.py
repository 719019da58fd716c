"""Patterns for threats in Polish, and all threats together.

The value of a threat is "court" (with lawyers), "authority", "police", "publicity" or "withdrawal".
Courts, lawyers and authorities are customers too: they are a threat only beside a verb of the
writer ("oddam sprawę do sądu").
"""

from typing import Final

from inquiry_router.entities.foreign_threat_patterns import FOREIGN_THREATS
from inquiry_router.entities.wordings import Harmless, after, anywhere, before, joined, wording
from inquiry_router.entities.words import phrase_list

# Words of the same sentence between a verb and its object.
_FEW: Final = r"(?:[\w'’„”\"–-]+,? ){0,5}"
_MORE: Final = r"(?:[^.!?\n]|\n(?!\n)){0,44}"
_MATTER: Final = (
    r"(?:spraw[ęe]|to|was|państwa|firmę|skarg[ęi]|zawiadomienie|pozew|doniesienie|tym|pomoc)\b"
)
_WILL: Final = joined(r"""
    (?<!nie\s)(?:oddam|oddamy|skieruj[ęe]|skierujemy|wnios[ęe]|wniesiemy|pójd[ęe]|pojde|pójdziemy
    |wyst[ąa]pi[ęe]|wystąpimy|poda(?:m|my) (?:was|to|państwa|firmę|spraw[ęe])|zawiadomi[ęe]
    |zawiadomimy|zawiadamiam|powiadomi[ęe]|powiadomimy|z[łl]o[żz](?:[ęe]|ymy) (?:\w+ )?(?:skarg
    |pozew|zawiadom|doniesien)\w*|zg[łl]osz[ęe](?! si[ęe]\b)|zg[łl]osimy|udam si[ęe]|udaj[ęe] si[ęe]
    |zwr[óo]c[ęe] si[ęe]|zwrócimy się|id[ęe] (?:z tym|ze spraw[ąa]|prosto)
    |(?:zostanie|będzie) (?:skierowan|przekazan|oddan|zgłoszon)\w+|(?:spraw[ay]|to) (?:trafi
    |sko[ńn]czy si[ęe]|znajdzie swój fina[łl]|pójdzie)|b[ęe]d[ęe] dochodzi\w*|będziemy dochodzi\w*
    |wejd[ęe]|wejdziemy|podejm[ęe]|podejmiemy|podejmuj[ęe]|wszczn[ęe])\b
""")
_WILL_HAND_OVER: Final = joined(rf"""
    (?<!nie\s)(?:zg[łl]aszam|zg[łl]aszamy|kieruj[ęe]|kierujemy|sk[łl]adam|składamy|przekazuj[ęe]
    |przeka[żz][ęe]|przekażemy|oddaj[ęe]|oddajemy|wnosz[ęe]|zwracam si[ęe]) (?:\w+ )?{_MATTER}
    |spraw[ęe] (?:kieruj[ęe]|kierujemy|oddaj[ęe]|przekazuj[ęe]|zg[łl]aszam)
""")
_OUR_FAULT: Final = joined(r"""
    [^.!?\n]{0,24}(?:z (?:\w+ )?winy|opó[źz]ni\w+|niedostarcz\w+|niewykonani\w+|zwłok\w+
    |nienależyt\w+|niewywiąz\w+|nierzeteln\w+|braku (?:reakcji|odpowiedzi|dostawy|kontaktu))
""")
_FORCED: Final = joined(r"""
    (?:zmuszon\w+|zmuszeni|zamierzam\w*|b[ęe]d[ęe] musia\w+|rozwa[żz]am|gotow\w+|zawaham\w*
    |pozosta\w+ (?:mi|nam)) (?:\w+ ){0,3}?(?:oddać|oddania|skierowa\w+|pójść|wystąpi\w+|zgłosi\w+
    |zgłoszenia|powiadomi\w+|zawiadomi\w+|dochodzi\w+|wejść|wejścia|podj\w+
    |złoż\w+ (?:\w+ )?(?:skarg|pozew|zawiadom|doniesien)\w*)
    |pozosta\w+ (?:mi|nam) (?:tylko|już|jedynie)
""")
_NEXT: Final = joined(r"""
    (?:potem|inaczej|w przeciwnym razie|rozważam|(?:następn|kolejn)\w+ (?:krok|list|mail
    |pismo)\w*(?: \w+){0,2}?)[ ,:–-]+(?:(?:od|już|tylko|mojego|naszego|mój|nasz) )*
""")
_REPORT_BEFORE: Final = before(rf"""
    (?:{_WILL}|{_WILL_HAND_OVER}|{_FORCED}) {_FEW}
    |(?<!nie\s)(?:z[łl]o[żz](?:[ęe]|ymy|yć)|złożenia|sk[łl]adam)
    |{_NEXT}
    """)
_REPORT_AFTER: Final = after(r"""
    (?:\w+ ){0,3}?(?:zg[łl]osz[ęe](?! się)|oddam|pójd[ęe]|skieruj[ęe]|wnios[ęe]|zawiadomi[ęe]
    |wyst[ąa]pi[ęe])
    """)
_COURT: Final = wording(
    phrase_list("sądu|sądow|prawne|prawnych|prawnik|adwokat|adwokackie|pozew|pozwu"),
    r"""
    (?:(?<=do\s)|(?<=do\se-)|(?<=e-))sądu\b
    |(?:(?<=drogę\s)sądową|(?<=drodze\s)sądowej|(?<=droga\s)sądowa|(?<=postępowania\s)sądowego)\b
    |(?<=kroki\s)prawne\b|(?<=kroków\s)prawnych\b|prawne kroki\b
    |prawnik(?:owi|a|iem|om)?\b|adwokat(?:owi|a|em|om)?\b
    |(?:(?<=kancelarii\s)|(?<=kancelarię\s))(?:prawn|adwokack)(?:ej|ą)\b
    |poz(?:ew|wu)\b
    """,
    before=_REPORT_BEFORE,
    after=_REPORT_AFTER,
    value="court",
)
_COURT_SAID: Final = wording(
    phrase_list(
        "pozwę|pozwiemy|mój prawnik|nasz prawnik|mój adwokat|nasz adwokat|moja kancelaria"
        "|do sadu|wzywam|prawnik w"
    ),
    r"""
    (?<!nie\s)pozw(?:ę|iemy)\b
    |(?:mój|nasz|moja) (?:prawnik|adwokat|kancelaria) (?:(?:już|się|z państwem|z wami|wam) )*
    (?:odezwie|skontaktuje|zajmie|przygotuj|napisze|wystąpi|szykuje|pisze pozew)\w*
    |(?:(?<=spraw[ęea]\s)|(?<=was\s)|(?<=pojde\s))do sadu\b
    |wzywam(?:y)? (?:(?:państwa|was|firmę|ponownie|ostatecznie) )*do (?:\w+ )?(?:zwrotu|zapłaty
    |wymiany|naprawy|wydania|wykonania|usunięcia)\b
    |prawnik w tle\b
    """,
    value="court",
)
_IN_COURT: Final = wording(
    phrase_list("w sądzie|mój prawnik|nasz prawnik|mój adwokat|nasz adwokat"),
    r"w sądzie\b|(?:mój|nasz) (?:prawnik|adwokat)\b",
    before=before(r"""
    (?:spot(?:kamy|ykamy|kać) się|widzimy się|zobaczymy się|do zobaczenia|skończy się|finał
    |dochodzi\w+|(?:odezwie|skontaktuje|zgłosi) się) (?:\w+ ){0,3}
    """),
    value="court",
)
_PRE_COURT: Final = wording(
    phrase_list("wezwani|przedsądow"),
    r"""
    przedsądowe(?:go|mu)? wezwani\w+
    |wezwani(?:e|a) (?:przedsądowe|(?:do zapłaty )?pod rygorem)
    """,
    before=before(r"""
    (?:wysyłam|wysyłamy|przesyłam|przesyłamy|składam|kieruj[ęe]|doręczam|załączam|ostateczne|to jest
    |niniejszym|traktować jako) (?:\w+ ){0,3}
    |\A
    """),
    value="court",
)
_AUTHORITY: Final = wording(
    phrase_list("uokik|rzecznik|inspekcj|konsument|sanepid|uodo|federacj|ochrony konkur"),
    r"""
    uokik\w*
    |rzeczni(?:k|ka|kowi|kiem)\b(?! prasow)(?: (?:praw )?konsument\w+)?
    |inspekcj[ięeąa]\b(?: (?:handlow|pracy|sanitarn)\w+)?
    |(?:sanepid|uodo)\w*
    |federacj[ięe] konsumentów\b
    |(?<=urzędu\s)ochrony konkurencji\b|(?<=ochrony\s)konsumentów\b
    """,
    before=_REPORT_BEFORE,
    after=_REPORT_AFTER,
    value="authority",
)
_POLICE: Final = wording(
    phrase_list("policj|prokuratur|przestępstw|oszustw"),
    r"""
    policj[ięa]\b|prokuratur\w+|(?<=o\s)(?:przestępstwie|oszustwie)\b
    |(?:(?<=popełnieniu\s)|(?<=popełnienia\s))(?:przestępstwa|oszustwa)\b
    """,
    before=_REPORT_BEFORE,
    after=_REPORT_AFTER,
    value="police",
)
_PUBLICITY: Final = wording(
    phrase_list("opini|ocen|recenzj|komentarz|gwiazd"),
    r"(?:opini[ęei]|ocen[ęey]|recenzj[ęei]|komentarz\w*)\b|gwiazdk[ęąa]\b",
    before=before(r"""
    (?<!nie\s)(?:wystawi[ęe]|wystawimy|wystawiam|napisz[ęe]|napiszemy|zamieszcz[ęe]|dam|zostawi[ęe]
    |dodam|opublikuj[ęe]|dostaniecie|b[ęe]dzie|daj[ęe]) (?:\w+ ){0,4}(?:(?:negatywn|złą|najgorsz
    |fataln|stosown|odpowiedni|jednogwiazdkow|krytyczn|miażdżąc|kiepsk)\w*|zla|jedn[ąa]|1)
    """),
    value="publicity",
)
_PRESS: Final = wording(
    phrase_list("medi|pras|gazet|gazecie|telewizj|tvn|facebook|internecie|fb"),
    r"""
    (?:mediach|mediów|mediom|media(?! ?(?:markt|expert))|prasie|prasy|prasę|gazet(?:y|ach|om)
    |gazecie|telewizj[iąęa]|tvn|facebooku|internecie|fb)\b
    """,
    before=before(rf"""
    (?<!nie\s)(?:opisz[ęe]|opiszemy|nag[łl]o[śs]ni[ęe]|nagłośnimy|zainteresuj[ęe]|zainteresujemy
    |powiadomi[ęe]|zawiadomi[ęe]|ostrzeg[ęe]|zg[łl]osz[ęe](?! się)|p[óo]jd[ęe]|id[ęe] z tym
    |napisz[ęe] o (?:was|tym|państwu))\b {_FEW}
    """),
    value="publicity",
)
_PRESS_SAID: Final = wording(
    phrase_list("nagłośni|naglosni"),
    r"(?<!nie\s)nag[łl]o[śs]ni(?:ę|e|my) (?:(?:t[ęe]|ca[łl][ąa]) )*(?:spraw[ęe]|to|histori[ęe])\b",
    value="publicity",
)
# Without a reason that is our fault, to withdraw is a return of goods.
_WITHDRAWAL: Final = wording(
    phrase_list("odstąpi|odstapi|rozwiąż|wypowiem"),
    r"""
    odst[ąa]pi[ęe]\b(?= od (?:\w+ )?umowy)|(?:rozwi[ąa][żz][ęe]
    |wypowi(?:em|emy)) (?:\w+ )?umow[ęe]\b
    """,
    before=before(rf"(?:je[śs]li|je[żz]eli|inaczej|w przeciwnym|albo|jak nie|wobec) {_MORE}"),
    after=after(rf"(?:od (?:\w+ )?umowy,? )?(?:je[śs]li|je[żz]eli|{_OUR_FAULT})"),
    value="withdrawal",
)
_WITHDRAWAL_NOW: Final = wording(
    phrase_list("odstąpi|odstępuj|odstepuj|rozwiązuj|wypowiada"),
    r"""
    odstąpi(?:ć|enia)\b(?= od (?:\w+ )?umowy)|odst[ęe]puj[ęe](?:my)? od (?:\w+ )?umowy\b
    |(?:rozwiązuj[ęe](?:my)?|wypowiada(?:m|my)) (?:\w+ )?umowę\b
    """,
    before=before(
        r"(?:zmuszon\w+|zmuszeni|z powodu opóźnie\w+|z (?:państwa|waszej) winy) (?:\w+ ){0,3}"
    ),
    after=after(_OUR_FAULT),
    value="withdrawal",
)
_BREAK_OFF: Final = wording(
    phrase_list("zerw|zrywa"),
    r"(?<!nie\s)(?:zerw[ęe]|zrywam[y]?) (?:z \w+ )?(?:t[ęe] )?(?:umow[ęe]|wspó[łl]prac[ęe])\b",
    value="withdrawal",
)
THREATS: Final = (
    *(_COURT, _COURT_SAID, _IN_COURT, _PRE_COURT, _AUTHORITY, _POLICE),
    *(_PUBLICITY, _PRESS, _PRESS_SAID, _WITHDRAWAL, _WITHDRAWAL_NOW, _BREAK_OFF),
    *FOREIGN_THREATS,
)
NO_THREAT: Final = Harmless(
    # Notices at the end of a mail.
    before=anywhere(r"unauthori[sz]ed|recipient|disclos|reserve the right"),
    # They are the customer.
    after=anywhere(r" (?:zamawia|zaprasza|potrzebuje|bestellt|orders|would like)\b"),
)
