"""Patterns for threats: pl, en, de, and the plainest of cs, sk, uk.

The value of a threat is "court" (with lawyers), "authority", "police", "publicity" or "withdrawal".
Courts, lawyers and authorities are customers too: they are a threat only beside a verb of the
writer ("oddam sprawę do sądu").
"""

from typing import Final

from inquiry_router.entities.claims import Harmless, after, anywhere, before, claim, joined
from inquiry_router.entities.words import phrase_list

# Words of the same sentence between a verb and its object.
_FEW: Final = r"(?:[\w'’„”\"–-]+,? ){0,5}"
_MORE: Final = r"(?:[^.!?\n]|\n(?!\n)){0,44}"
# ---- Polish -----------------------------------------------------------------------------------
_MATTER: Final = (
    r"(?:spraw[ęe]|to|was|państwa|firmę|skarg[ęi]|zawiadomienie|pozew|doniesienie|tym|pomoc)\b"
)
_WILL: Final = joined(r"""
    (?<!nie\s)(?:oddam|oddamy|skieruj[ęe]|skierujemy|wnios[ęe]|wniesiemy|pójd[ęe]|pojde|pójdziemy
    |wyst[ąa]pi[ęe]|wystąpimy|poda(?:m|my) (?:was|to|państwa|firmę|spraw[ęe])|zawiadomi[ęe]
    |zawiadomimy|zawiadamiam|powiadomi[ęe]|powiadomimy|z[łl]o[żz][ęe](?! zam[óo]wieni)|złożymy pozew
    |zg[łl]osz[ęe](?! si[ęe]\b)|zg[łl]osimy|udam si[ęe]|udaj[ęe] si[ęe]|zwr[óo]c[ęe] si[ęe]
    |zwrócimy się|id[ęe] (?:z tym|ze spraw[ąa]|prosto)|(?:zostanie|będzie) (?:skierowan|przekazan
    |oddan|zgłoszon)\w+|(?:spraw[ay]|to) (?:trafi|sko[ńn]czy si[ęe]|znajdzie swój fina[łl]|pójdzie)
    |b[ęe]d[ęe] dochodzi\w*|będziemy dochodzi\w*|wejd[ęe]|wejdziemy|podejm[ęe]|podejmiemy
    |podejmuj[ęe]|wszczn[ęe])\b
""")
_WILL_HAND_OVER: Final = joined(rf"""
    (?<!nie\s)(?:zg[łl]aszam|zg[łl]aszamy|kieruj[ęe]|kierujemy|sk[łl]adam|składamy|przekazuj[ęe]
    |przeka[żz][ęe]|przekażemy|oddaj[ęe]|oddajemy|wnosz[ęe]|zwracam si[ęe]) (?:\w+ )?{_MATTER}
    |spraw[ęe] (?:kieruj[ęe]|kierujemy|oddaj[ęe]|przekazuj[ęe]|zg[łl]aszam)
""")
_FORCED: Final = joined(r"""
    (?:zmuszon\w+|zmuszeni|zamierzam\w*|b[ęe]d[ęe] musia\w+|musz[ęe]|pozosta\w+ (?:mi|nam)
    |rozwa[żz]am
    |gotow\w+|zawaham\w*|planuj[ęe]|przyjdzie mi|trzeba będzie) (?:\w+ ){0,3}?(?:oddać|oddania
    |skierowa\w+|złoży\w+|złożenia|pójść|wystąpi\w+|zgłosi\w+|zgłoszenia|powiadomi\w+|zawiadomi\w+
    |dochodzi\w+|wejść|wejścia|podj\w+|droga|drogę|tylko|już)
""")
_NEXT: Final = joined(r"""
    (?:potem|inaczej|w przeciwnym razie|rozważam|(?:następn|kolejn)\w+ (?:krok|list|mail|pismo)\w*
    (?: \w+){0,2}?)[ ,:–-]+(?:(?:od|już|tylko|mojego|naszego|mój|nasz) )*
""")
_REPORT_BEFORE: Final = before(rf"(?:{_WILL}|{_WILL_HAND_OVER}|{_FORCED}) {_FEW}|{_NEXT}")
_REPORT_AFTER: Final = after(r"""
    (?:\w+ ){0,3}?(?:zg[łl]osz[ęe](?! się)|oddam|pójd[ęe]|skieruj[ęe]|wnios[ęe]|z[łl]o[żz][ęe]
    |zawiadomi[ęe]
    |wyst[ąa]pi[ęe])
    """)
_COURT: Final = claim(
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
_COURT_SAID: Final = claim(
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
_IN_COURT: Final = claim(
    phrase_list("w sądzie|mój prawnik|nasz prawnik|mój adwokat|nasz adwokat"),
    r"w sądzie\b|(?:mój|nasz) (?:prawnik|adwokat)\b",
    before=before(r"""
    (?:spot(?:kamy|ykamy|kać) się|widzimy się|zobaczymy się|do zobaczenia|skończy się|finał
    |dochodzi\w+|(?:odezwie|skontaktuje|zgłosi) się) (?:\w+ ){0,3}
    """),
    value="court",
)
_PRE_COURT: Final = claim(
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
_AUTHORITY: Final = claim(
    phrase_list("uokik|rzecznik|inspekcj|konsument|sanepid|uodo|federacj|ochrony konkur"),
    r"""
    uokik\w*
    |rzeczni(?:k|ka|kowi|kiem)\b(?: (?:praw )?konsument\w+)?
    |inspekcj[ięeąa]\b(?: (?:handlow|pracy|sanitarn)\w+)?
    |(?:sanepid|uodo)\w*
    |federacj[ięe] konsumentów\b
    |(?<=urzędu\s)ochrony konkurencji\b|(?<=ochrony\s)konsumentów\b
    """,
    before=_REPORT_BEFORE,
    after=_REPORT_AFTER,
    value="authority",
)
_POLICE: Final = claim(
    phrase_list("policj|prokuratur|przestępstw|oszustw"),
    r"""
    policj[ięa]\b|prokuratur\w+|(?<=o\s)(?:przestępstwie|oszustwie)\b
    |(?:(?<=popełnieniu\s)|(?<=popełnienia\s))(?:przestępstwa|oszustwa)\b
    """,
    before=_REPORT_BEFORE,
    after=_REPORT_AFTER,
    value="police",
)
_PUBLICITY: Final = claim(
    phrase_list("opini|ocen|recenzj|komentarz|gwiazd"),
    r"(?:opini[ęei]|ocen[ęey]|recenzj[ęei]|komentarz\w*)\b|gwiazdk[ęąa]\b",
    before=before(r"""
    (?<!nie\s)(?:wystawi[ęe]|wystawimy|wystawiam|napisz[ęe]|napiszemy|zamieszcz[ęe]|dam|zostawi[ęe]
    |dodam|opublikuj[ęe]|dostaniecie|b[ęe]dzie|daj[ęe]) (?:\w+ ){0,4}(?:(?:negatywn|złą|najgorsz
    |fataln|stosown|odpowiedni|jednogwiazdkow|krytyczn|miażdżąc|kiepsk)\w*|zla|jedn[ąa]|1)
    """),
    value="publicity",
)
_PRESS: Final = claim(
    phrase_list("medi|pras|gazet|gazecie|telewizj|tvn|facebook|internecie|fb"),
    r"""
    (?:mediach|mediów|mediom|media|prasie|prasy|prasę|gazet(?:y|ach|om)|gazecie|telewizj[iąęa]|tvn
    |facebooku|internecie|fb)\b
    """,
    before=before(rf"""
    (?<!nie\s)(?:opisz[ęe]|opiszemy|nag[łl]o[śs]ni[ęe]|nagłośnimy|zainteresuj[ęe]|zainteresujemy
    |powiadomi[ęe]|zawiadomi[ęe]|ostrzeg[ęe]|zg[łl]osz[ęe](?! się)|p[óo]jd[ęe]|id[ęe] z tym
    |napisz[ęe] o (?:was|tym|państwu))\b {_FEW}
    """),
    value="publicity",
)
_PRESS_SAID: Final = claim(
    phrase_list("nagłośni|naglosni"),
    r"(?<!nie\s)nag[łl]o[śs]ni(?:ę|e|my) (?:(?:t[ęe]|ca[łl][ąa]) )*(?:spraw[ęe]|to|histori[ęe])\b",
    value="publicity",
)
_WITHDRAWAL: Final = claim(
    phrase_list("odstąpi|odstapi|odstępuj|odstepuj|rozwiąż|rozwiązuj|wypowiem|wypowiada"),
    r"""
    odst[ąa]pi[ęćc]\b(?= od (?:\w+ )?umowy)|odst[ęe]puj[ęe](?:my)? od (?:\w+ )?umowy\b
    |(?:rozwi[ąa][żz][ęe]|rozwiązuj[ęe](?:my)?|wypowi(?:em|emy|adam|adamy)) (?:\w+ )?umow[ęe]\b
    """,
    before=before(rf"""
    (?:je[śs]li|je[żz]eli|inaczej|w przeciwnym|albo|jak nie|skoro|wobec|z powodu|z winy|zmuszon\w+
    |zmuszeni|do (?:piątku|poniedziałku|jutra|końca|\d+)) {_MORE}
    """),
    after=after(r"""
    (?:od (?:\w+ )?umowy )?[^.!?\n]{0,24}(?:z winy|opó[źz]ni\w+|niedostarcz\w+|niewykonani\w+
    |zwłok\w+
    |nienależyt\w+|niewywiąz\w+|nierzeteln\w+|braku (?:reakcji|odpowiedzi|dostawy|kontaktu)|je[śs]li
    |je[żz]eli)
    """),
    value="withdrawal",
)
_BREAK_OFF: Final = claim(
    phrase_list("zerw|zrywa"),
    r"(?<!nie\s)(?:zerw[ęe]|zrywam[y]?) (?:z \w+ )?(?:t[ęe] )?(?:umow[ęe]|wspó[łl]prac[ęe])\b",
    value="withdrawal",
)
# ---- English ----------------------------------------------------------------------------------
_I_WILL: Final = joined(r"""
    (?:(?:i|we)(?:['’]?ll| will| shall|['’]m| am|['’]re| are| may| might| intend| plan| need)
    |(?<!not\s)going to|have to|forced to|left to|(?:choice|option|alternative) but to|ready to
    |prepared to|happy to|tempted to|or (?:i|we)|before (?:i|we)|let me)
""")
_COURT_EN: Final = claim(
    phrase_list("court|small claims|sue"),
    r"(?:small claims(?: court)?|court)\b|sue (?:you|your|the company)\b",
    before=before(rf"""
    (?:see|meet) you in (?:the )?
    |tak(?:e|ing) (?:you|this|it|them|the matter|your company) (?:(?:all the way
    |further) )?to (?:the )?
    |{_I_WILL} (?:\w+ ){{0,2}}?(?:go|going|end up|file|filing) (?:to|in|with|at) (?:the )?
    |(?:will|['’]ll|shall|(?<!not\s)going to|gonna|have to|forced to|could|might|may|or i)
    """),
    value="court",
)
_LAWYER_EN: Final = claim(
    phrase_list("solicitor|lawyer|attorney|legal"),
    r"(?:solicitor|lawyer|attorney)s?\b(?! general)|legal (?:action|proceedings|steps)\b",
    before=before(rf"""
    hear(?:ing)? from (?:my|our|a)
    |{_I_WILL} (?:\w+ ){{0,2}}?(?:contact|instruct|consult|involv|hir|call|get|pass|hand|putt?)(?:e
    |ing)? (?:(?:this|it|the matter|over|on|to|in the hands of|with) )*(?:my|our|a|the) (?:\w+ )?
    |{_I_WILL} (?:\w+ ){{0,2}}?(?:speak|talk)(?:ing)? (?:to|with) (?:my|our|a) (?:\w+ )?
    |(?:tak|start|begin|commenc|pursu|consider|initiat)(?:e|ing|ning)? (?:(?:the|any|further
    |immediate) )?
    |resort(?:ing)? to
    """),
    after=after(r"(?:will|is going to|are going to) (?:be in touch|contact you|write to you)"),
    value="court",
)
_REPORT_EN: Final = joined(rf"""
    {_I_WILL} (?:\w+ ){{0,2}}?(?:report|complain|go|tak|contact|refer|escalat|notify|inform|speak
    |talk
    |fil|lodg|rais)(?:e|ing)?\b(?! you to (?:ask|say))(?! you (?:about|because|regarding)){_MORE}
    |next (?:step|stop|call|letter|e-?mail) (?:is |will be )?(?:to )?(?:the )?
    |report(?:ing)? (?:you|this|it|your company) to (?:the )?
""")
_AUTHORITY_EN: Final = claim(
    phrase_list(
        "trading standards|ombudsman|citizens advice|better business|consumer|watchdog|attorney"
    ),
    r"""
    trading standards\b|(?:consumer |financial )?ombudsman\b|citizens advice\b|watchdog\b
    |better business bureau\b|attorney general\b|consumer (?:protection|affairs|rights|council)\b
    """,
    before=before(_REPORT_EN),
    value="authority",
)
_POLICE_EN: Final = claim(
    phrase_list("police|fraud squad|action fraud"),
    r"(?:police|fraud squad|action fraud)\b",
    before=before(_REPORT_EN),
    value="police",
)
_PUBLICITY_EN: Final = claim(
    phrase_list("review|press|papers|newspaper|media|trustpilot"),
    r"""
    reviews?\b|trustpilot\b
    |(?:(?<=the\s)|(?<=local\s)|(?<=social\s))(?:press|papers|newspapers?|media)\b(?! office)
    """,
    before=before(rf"""
    {_I_WILL} (?:\w+ ){{0,2}}?(?:leav|writ|post|giv)(?:e|ing)? (?:\w+ ){{0,3}}?(?:bad|negative
    |terrible
    |(?:one|1|zero)[- ]star|scathing|awful|honest|damning|poor|stinking|horrible) (?:\w+ )?
    |{_I_WILL} (?:\w+ ){{0,2}}?(?:go|going|tak(?:e|ing) this|contact(?:ing)?|talk(?:ing)?
    |speak(?:ing)?) (?:to )?(?:the )?(?:local |social )?
    """),
    value="publicity",
)
_WITHDRAWAL_EN: Final = claim(
    phrase_list("cancel|terminat|withdraw|rescind"),
    r"""
    (?:cancel|terminate|rescind|withdraw from|cancelling|terminating|withdrawing from) (?:the|this
    |our|my) (?:\w+ )?contract\b
    """,
    before=before(rf"(?:if|unless|otherwise|or else|forced|no choice|or)\b{_MORE}"),
    after=after(r"[^.!?\n]{0,20}(?:if|unless|because of (?:your|the) (?:delay|failure)\w*)"),
    value="withdrawal",
)
# ---- German -----------------------------------------------------------------------------------
_LAWYER_DE: Final = claim(
    phrase_list("anwalt|anwält|rechtsanwalt"),
    r"(?:rechts)?anw[aä]lt\w*",
    before=before(r"""
    (?:schalten?|übergeben?|gehen?|nehmen?|beauftragen?) (?:ich|wir) [^.!?\n]{0,40}
    |(?:ich|wir) (?:schalten?|übergeben?|gehen?|beauftragen?) [^.!?\n]{0,40}
    |(?:das|es|die sache|der fall) (?:geht|landet) (?:\w+ ){0,3}
    |(?:geht|landet) (?:das|die sache|der fall) (?:\w+ ){0,3}
    |hören (?:sie )?von (?:meinem|unserem)
    """),
    after=after(r"(?:einschalten|einzuschalten|beauftragen|übergeben|(?:wird|meldet) sich)"),
    value="court",
)
_COURT_DE: Final = claim(
    phrase_list("rechtliche|klage|verklag|gericht|mahnbescheid|rechtsweg"),
    r"""
    rechtlichen? schritten?\b|rechtsweg\b|mahnbescheid\b|klage\b|(?<=vor\s)gericht\b
    |verklagen?\b
    """,
    before=before(r"""
    (?:leiten?|prüfen?|behalten?|gehen?|ziehen?|erheben?|reichen?|beantragen?|sehen|treffen|werden?
    |treten?) (?:ich|wir|mir|uns) [^.!?\n]{0,40}
    |(?:ich|wir) (?:leiten?|prüfen?|behalten?|ziehen?|gehen?|erheben?|reichen?|beantragen?|werden?)
    [^.!?\n]{0,40}
    |(?:das|es|die sache|der fall) (?:geht|landet) (?:\w+ ){0,3}
    """),
    after=after(r"""
    (?:einleiten|einreichen|erheben|einzuleiten|einzureichen|zu erheben|beantragen|(?:ich
    |wir) (?:sie|euch))
    """),
    value="court",
)
_AUTHORITY_DE: Final = claim(
    phrase_list("verbraucher|gewerbeaufsicht|schlichtungsstelle|ombudsmann|konsumentenschutz"),
    r"""
    (?:verbraucher(?:zentrale|schutz\w*)|gewerbeaufsicht|schlichtungsstelle|ombudsmann
    |konsumentenschutz)\b
    """,
    before=before(r"""
    (?:wenden?|melden?|gehen?|schalten?|informieren?|übergeben?) (?:ich|wir|mich|uns) [^.!?\n]{0,40}
    |(?:ich|wir) (?:wenden?|melden?|gehen?|schalten?|informieren?|werden?) [^.!?\n]{0,40}
    |(?:sonst|ansonsten|nächster schritt)[ ,:]+(?:(?:die|zur|ist die|bei der) )?
    """),
    after=after(r"(?:einschalten|wenden|informieren|einzuschalten)"),
    value="authority",
)
_POLICE_DE: Final = claim(
    phrase_list("anzeige|strafanzeige|polizei"),
    r"(?:straf)?anzeige\b|polizei\b",
    before=before(r"""
    (?:erstatten?|gehen?) (?:ich|wir) [^.!?\n]{0,30}
    |(?:ich|wir) (?:erstatten?|gehen?) [^.!?\n]{0,30}
    """),
    after=after(r"(?:erstatten|zu erstatten|wegen betrugs?|anzeigen)"),
    value="police",
)
_PUBLICITY_DE: Final = claim(
    phrase_list("bewertung|presse|zeitung|google-bewertung|rezension"),
    r"(?:google-)?bewertung\b|rezension\b|(?:(?<=die\s)|(?<=zur\s))(?:presse|zeitung)\b",
    before=before(r"""
    (?:schreiben?|hinterlassen?|gibt|bekommen|geben?|posten?|dann) [^.!?\n]{0,30}(?:schlechte
    |negative|entsprechende|vernichtende|miese|1-sterne|ein-stern)\w*[ -](?:google )?
    |(?:ich|wir) (?:gehen?|wenden?) [^.!?\n]{0,30}(?:an die|zur)
    |(?:gehen?|wenden?) (?:ich|wir) [^.!?\n]{0,30}(?:an die|zur)
    """),
    value="publicity",
)
_WITHDRAWAL_DE: Final = claim(
    phrase_list("vertrag|kaufvertrag"),
    r"(?<=vom\s)(?:kauf)?vertrag zurück(?:treten|zutreten)?\b",
    before=before(
        r"(?:sonst|ansonsten|andernfalls|falls|wenn|wegen|nicht|gezwungen)\b[^.!?\n]{0,60}"
    ),
    after=after(r"[^.!?\n]{0,20}(?:wenn|falls|sollte)"),
    value="withdrawal",
)
# ---- Czech, Slovak, Ukrainian -----------------------------------------------------------------
_COURT_ELSEWHERE: Final = claim(
    phrase_list("soud|súd|právn|advokát|žalob|суд|адвокат|юрист"),
    r"(?:soud|soudu|súd|súde|soudně|súdne|právn[ií]k\w*|advokát\w*|žalob\w+|суду?|адвокат\w*|юрист\w*)\b",
    before=before(r"""
    (?:obr[áa]t[íi]m|obracím|obraciam|předám|podám|podávám|dám|odovzdám|(?:budu
    |budem) (?:to )?(?:řešit
    |riešiť)
    |zažaluj[iu]) [^.!?\n]{0,30}
    |(?:подам|подаю|подамо|подаємо|звернусь|звернуся|звернемось|звернемося|піду
    |передам) [^.!?\n]{0,30}
    """),
    value="court",
)
_AUTHORITY_ELSEWHERE: Final = claim(
    phrase_list("čoi|soi|obchodní inspek|obchodnú inšp|держпродспожив|споживач"),
    r"""
    (?:čoi|soi)\b|obchodní inspekc\w+|obchodnú inšpekciu\b|держпродспоживслужб\w*
    |(?<=прав\s)споживач\w+
    """,
    before=before(r"""
    (?:obr[áa]t[íi]m|obracím|obraciam|nahl[áa]s[íi]m|podám|dám) [^.!?\n]{0,40}
    |(?:звернусь|звернуся|звернемось|звернемося|напишу|поскаржусь|поскаржуся|подам) [^.!?\n]{0,40}
    """),
    value="authority",
)
_POLICE_ELSEWHERE: Final = claim(
    phrase_list("policii|polícii|поліці"),
    r"policii\b|polícii\b|поліці\w+",
    before=before(r"""
    (?:obr[áa]t[íi]m|nahl[áa]s[íi]m|podám|půjdu|pôjdem|звернусь|звернуся|напишу|піду
    |подам) [^.!?\n]{0,40}
    """),
    value="police",
)
THREATS: Final = (
    *(_COURT, _COURT_SAID, _IN_COURT, _PRE_COURT, _AUTHORITY, _POLICE),
    *(_PUBLICITY, _PRESS, _PRESS_SAID, _WITHDRAWAL, _BREAK_OFF),
    *(_COURT_EN, _LAWYER_EN, _AUTHORITY_EN, _POLICE_EN, _PUBLICITY_EN, _WITHDRAWAL_EN),
    *(_LAWYER_DE, _COURT_DE, _AUTHORITY_DE, _POLICE_DE, _PUBLICITY_DE, _WITHDRAWAL_DE),
    *(_COURT_ELSEWHERE, _AUTHORITY_ELSEWHERE, _POLICE_ELSEWHERE),
)
NO_THREAT: Final = Harmless(
    # Notices at the end of a mail.
    before=anywhere(r"unauthori[sz]ed|recipient|disclos|reserve the right"),
    # They are the customer.
    after=anywhere(r" (?:zamawia|zaprasza|potrzebuje|bestellt|orders|would like)\b"),
)
