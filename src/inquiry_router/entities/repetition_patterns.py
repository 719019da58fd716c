"""Patterns for requests that are made again: pl, en, de, cs, sk, uk, a few of fr, es, it.

Not found are repeated purchases ("trzeci raz zamawiam u Państwa") and repeated faults ("pompa
trzeci raz się zepsuła"): nobody left a request unanswered there.
"""

from typing import Final

from inquiry_router.entities.repetition_words import (
    ANSWER,
    ANSWER_DE,
    ANSWER_EN,
    ANSWER_OTHER,
    ASKED,
    ASKED_DE,
    ASKED_EN,
    ASKING,
    MULTIPLES,
    ORDINALS,
    ORDINALS_EN,
    SPAN,
    STILL_NOT,
    WORD,
)
from inquiry_router.entities.wordings import Harmless, after, anywhere, before, joined, wording
from inquiry_router.entities.words import phrase_list

_AGAIN: Final = wording(
    phrase_list(
        f"{ORDINALS}|kolejny|po raz|2 raz|3 raz|4 raz|5 raz|{ORDINALS_EN}|zum zweiten|zum dritten"
        f"|zum vierten|zum fünften|zum wiederholten|zum x|{MULTIPLES}|вчетверте|вкотре|третій"
        "|po třetí|po druhé|po tretie|deuxième|troisième|tercera|segunda|terza|seconda"
    ),
    rf"""
    (?:{ORDINALS}|kolejny|[2-9]) raz\b
    |po raz (?:{ORDINALS}|kolejny|n-ty|\d)\b
    |(?:{ORDINALS_EN}) time\b
    |zum (?:zweiten|dritten|vierten|fünften|wiederholten|x-ten|xten) male?\b
    |(?:{MULTIPLES}|вчетверте|вкотре|третій раз|po (?:třetí|druhé|tretie))\b
    |(?:deuxième|troisième) fois\b|(?:segunda|tercera) vez\b|(?:seconda|terza) volta\b
    """,
    before=before(rf"{ASKING} (?:się )?{WORD}{{0,4}}"),
    after=after(rf"""
    (?:się )?{WORD}{{0,3}}?{ASKING}
    |(?:(?:that|che|que) )?(?:(?:i|we)(?:['’]ve| have| had| am|['’]m)? )?(?:(?:had to|have to|now|je
    |nous|vous|te|os|vi|le) )*{ASKING}
    |of asking
    """),
)
_OFTEN: Final = wording(
    phrase_list(
        "dwa razy|trzy razy|cztery razy|pięć razy|sześć razy|kilka razy|parę razy|wiele razy"
        "|tyle razy|sto razy|2 razy|3 razy|4 razy|5 razy|6 razy|wielokrotn|kilkukrotn|kilkakrotn"
        "|dwukrotn|trzykrotn|dvakrát|třikrát|trikrát|několikrát|niekoľkokrát|opakovan"
    ),
    r"""
    (?:dwa|trzy|cztery|pięć|sześć|kilka|parę|wiele|tyle|sto|\d) razy\b
    |(?:wielo|kilku|kilka|dwu|trzy)krotnie\b
    |(?:dvakrát|třikrát|trikrát|několikrát|niekoľkokrát|opakovan[eě])\b
    """,
    before=before(rf"{ASKED} {WORD}{{0,5}}"),
    after=after(rf"{WORD}{{0,3}}?{ASKED}"),
)
_OFTEN_EN: Final = wording(
    phrase_list(
        "twice|repeatedly|two times|three times|four times|five times|several times|many times"
        "|countless times|2 times|3 times|4 times|5 times"
    ),
    r"(?:twice|repeatedly|(?:two|three|four|five|several|many|countless|\d) times)\b",
    before=before(rf"{ASKED_EN} (?:(?!asking|blink){WORD}){{0,3}}"),
    after=after(rf"(?:i|we)(?:['’]ve| have)? {ASKED_EN}"),
)
_OFTEN_DE: Final = wording(
    phrase_list("zweimal|dreimal|viermal|fünfmal|mehrmals|mehrfach|wiederholt"),
    r"(?:zweimal|dreimal|viermal|fünfmal|mehrmals|mehrfach|wiederholt)\b",
    after=after(rf"{WORD}{{0,3}}?{ASKED_DE}"),
)
_OFTEN_UK: Final = wording(
    phrase_list("двічі|тричі|неодноразово|кілька разів"),
    r"""
    (?:двічі|тричі|неодноразово|кілька разів) (?:писа(?:в|ла|ли)|дзвони(?:в|ла|ли)
    |телефонува(?:в|ла|ли)|проси(?:в|ла|ли)|зверта(?:вся|лася|лися))
    """,
    before=before(r"(?:я|ми) (?:\w+ ){0,3}"),
)
_WAITING: Final = wording(
    phrase_list("czekam|waiting|warte|čekám|čakám|чекаю|чекаємо|esperando"),
    rf"""
    czekam(?:y)? {WORD}{{0,3}}?na {ANSWER}
    |waiting (?:(?:here|now|\w+ days|\w+ weeks) )?(?:for|on) {ANSWER_EN}
    |warten? (?:ich |wir )?auf {ANSWER_DE}
    |(?:čekám|čakám)e? {WORD}{{0,2}}?na {ANSWER_OTHER}
    |чека(?:ю|ємо) {WORD}{{0,2}}?на {ANSWER_OTHER}
    |esperando {ANSWER_OTHER}
    """,
    before=before(rf"""
    (?:nadal|wci[ąa][żz]|ci[ąa]gle|dalej|cały czas|do dziś|do dzisiaj|do tej pory
    |(?:już|od|ponad|juz) {SPAN}|(?:drugi|trzeci|czwarty) (?:tydzień|miesiąc))
    |still (?:been )?|been |(?:immer noch|noch immer|seit \w+(?: \w+)?)
    |(?:stále|pořád|dosud|furt|už \w+(?: \w+)?|досі|все ще|вже \w+(?: \w+)?|sigo|seguimos)
    """),
)
_WAITING_LONG: Final = wording(
    ("czekam", "warte", "waiting"),
    rf"""
    czekam(?:y)? (?:nadal|wciąż|(?:już |juz |od |ponad )+{SPAN}) {WORD}{{0,3}}?na {ANSWER}
    |warten? (?:(?:ich|wir|nun|jetzt) )*(?:immer noch|noch immer|schon|seit
    |weiterhin) {WORD}{{0,4}}?auf {ANSWER_DE}
    |waiting since (?:\w+ ){{1,3}}for {ANSWER_EN}|waiting (?:over|more than|since
    |\w+) {WORD}{{0,3}}?(?:days|weeks|months|week|month) (?:now )?for {ANSWER_EN}
    """,
)
_REPLY: Final = wording(
    phrase_list("reply|response|answer|antwort|rückmeldung|rückruf|odpov|odpowiedzi|відповіді"),
    r"""
    odpowiedzi\b|(?:reply|response|answer)\b|(?:antwort|rückmeldung|rückruf)\b
    |(?:odpověď|odpověd|odpovědi|odpoveď|odpovede)\b|відповіді\b
    """,
    before=before(rf"""
    {STILL_NOT} (?:brak|nie (?:\w+ ){{1,3}}|bez) (?:żadnej )?
    |(?:tydzień|tygodni\w*|dni|miesiąc\w*) i żadnej
    |nie (?:dostał\w+|otrzymał\w+|doczekał\w+ się|mogę się doczekać) (?:\w+ ){{0,2}}
    |(?:pozosta\w+|przesz\w+|nadal|wciąż) bez
    |still (?:(?:had|got|have|get|received) )?no|still without (?:an?|any)
    |(?:\w+n['’]?t|never|not|without) (?:(?:yet|even|ever) )*(?:had|got|gotten|received
    |getting) (?:a|an|any|your|one|a single)
    |(?:immer noch|noch immer|bis heute|bislang|weiterhin|nach wie vor
    |seit \w+ \w+) (?:\w+ )?keine?n?
    |(?:stále|pořád|dosud|zatím|doteraz) (?:\w+ ){{0,2}}(?:žádn|žiadn|bez|ne\w+)\w* ?
    |(?:досі|все ще) (?:немає|нема|не отрима\w+|не маю) (?:\w+ )?
    """),
)
_NONE: Final = wording(
    phrase_list("brak|bez odpowie|bez odze|bez reak|bez echa"),
    r"""
    (?:brak|bez) (?:jakiejkolwiek |jakiegokolwiek |żadnej )?(?:odpowiedzi|odzewu|reakcji|echa)\b
    """,
    before=before(rf"""
    (?:{STILL_NOT}|pozosta\w+|przesz\w+|mail\w*|zgłosze\w+|pism\w*|listy?|wiadomoś\w+) (?:\w+ )?
    """),
    after=after(rf"""
    z (?:państwa|waszej|twojej|pana|pani)
    |na (?:\w+ ){{0,2}}(?:e?-?mail|zgłosz|reklam|pism|wiadom|pyta|zapyt|list|prośb|telefon)\w*
    |od (?:{SPAN}|\d+)
    """),
)
# A message and then silence. "Wciskam guzik i cisza" is a fault.
_SILENCE: Final = wording(
    ("cisz", "тиша", "radio silence", "funkstille"),
    r"cisz[aęy]\b|тиша\b|radio silence\b|funkstille\b",
    before=before(r"""
    (?:(?:na)?pisa[łl][ae]m|(?:za)?dzwoni[łl][ae]m|wys[łl]a[łl][ae]m|przys[łl]a[łl][ae]m
    |zgłosi[łl]\w+|zgłosze\w+|zap[łl]aci[łl]\w+|zap[łl]acon\w+|przelew\w*|wpisa[łl][ae]m
    |poda[łl][ae]m|obieca\w+|mieliście|mail\w*|formularz\w*|reklamacj\w+|prosi[łl][ae]m|numerek
    |zwróciłem|odesła[łl]\w+|писа(?:в|ла)|дзвони(?:в|ла))\b[^.!?\n]{0,56}
    |(?:tydzień|tygodni\w*|dni|miesiąc\w*|тижд\w+|weeks|wochen)[ ,]+(?:i |a |an |of )?(?:\w+ )?
    |głucha|od tamtej pory|od tamtego czasu
    """),
    after=after(rf"""
    ze? (?:\w+ ){{0,2}}stron\w+
    |od (?:{SPAN}|\d\d? \w+|(?:\w+ )?(?:stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia
    |września|października|listopada|grudnia))
    """),
)
_DOES_NOT: Final = joined(r"""
    nie (?:(?:mi|nam|się|na to|mu|jej) )?(?:odpowiada|odpowiedzia[łl]\w*|odpisuje|odpisa[łl]\w*
    |odpisze|oddzwania|oddzwoni[łl]\w*|zareagował\w*|reaguje|raczył\w*|odbiera (?:\w+ )?telefon\w*
    |odezwał\w*|skontaktował\w*|kontaktuje)
""")
_SAID: Final = wording(
    phrase_list(
        "nikt|ponagl|ponawiam|upomin|dopomin|przypomin|ile razy|nie odpisujeci"
        "|nie odpowiadaci|nie oddzwaniaci|nie odbieraci|nie reagujeci|trzeci|drugi|czwarty|zero od"
    ),
    rf"""
    nikt {WORD}{{0,4}}?{_DOES_NOT}\b(?! za\b)(?! na (?!\w*(?:mail|mo[jiz]|nasz|zgłosz|wiadom|telefon
    |pism|prośb|reklam|pyta)))
    |nikt {WORD}{{0,3}}?się (?:\w+ ){{0,2}}?nie (?:odezwał|odzywa|skontaktował|kontaktuje)\b
    |nie (?:odpisujecie|odpowiadacie|oddzwaniacie|odbieracie|reagujecie)\b(?! za\b)
    |ponagla(?:m|my)\b|(?:upomina|dopomina)(?:m|my)? się\b
    |ponawia(?:m|my) (?:\w+ )?(?:prośb|prosb|pytani|zgłoszeni|zapytani|wezwani|reklamacj|mail)\w*
    |przypomina(?:m|my) (?:się|(?:\w+ )?o (?:sw|mo|nasz)\w+ (?:\w+ )?(?:zgłosz|reklam|mail|pyta
    |prośb|spraw|zapyt|wiadom)\w+)
    |ile razy (?:jeszcze |ja |my )*(?:mam|mamy|można|trzeba|muszę) (?:\w+ ){{0,2}}(?:pisać|dzwonić
    |prosić|tłumaczyć|zgłaszać|przypominać|pytać|wysyłać)
    |(?:trzeci|drugi|czwarty|trzecie|drugie) (?:e-?mail|mail|telefon|list|zgłoszenie
    |pismo) [^!?\n]{{0,40}}?w tej (?:samej )?sprawie
    |zero (?:odzewu|odpowiedzi)\b
    """,
)
_AND_NOTHING: Final = wording(
    ("i nic", "i dalej nic", "i nadal nic"),
    r"i (?:dalej |nadal )?nic\b(?! \w+ nie)",
    before=before(rf"{ASKED} {WORD}{{0,6}}"),
)
_NOT_RECEIVED: Final = wording(
    phrase_list("nie dosta|nie otrzyma|nie przysła|nie przysla"),
    r"""
    nie (?:dosta[łl]\w+|otrzyma[łl]\w+|przys[łl]ali\w*) (?:\w+ ){0,2}(?:odpowied|korekt|faktur|zwrot
    |ofert|wycen|pieni[ęe]d|dokument|informacj|protok)\w+
    """,
    before=before(r"nadal|wci[ąa]ż|ci[ąa]gle|dalej|w dalszym ciągu"),
)
_DESPITE: Final = wording(
    phrase_list("mimo|pomimo|trotz"),
    r"""
    (?:po)?mimo (?:\w+ ){0,2}(?:monit|próśb|prosb|ponagleń|ponaglen|telefonów|maili|zgłoszeń
    |interwencj)\w*
    |trotz (?:mehrfacher|wiederholter|zweimaliger|mehrmaliger) (?:nach|an|rück)?(?:frage|bitte)n?\b
    """,
)
_OWN_LETTER: Final = wording(
    phrase_list("drugi|trzeci|czwarty|piąty|druga|trzecia|czwarta|drugie|trzecie"),
    r"""
    (?:drug|trzec|czwart|piąt)(?:i|y|a|ia|ie|e) (?:e-?mail|mail|list(?! polecon)|monit|wiadomość
    |pismo|prośba)\b
    """,
    before=before(r"(?:mój|moja|moje|nasz|nasza|nasze) (?:już )?"),
)
_UNABLE: Final = wording(
    phrase_list("doprosić|doprosic|dodzwonić|dodzwonic"),
    r"(?:doprosi[ćc]|dodzwoni[ćc])\b(?! do (?!państwa|was|pan|firm|biur|serwis|nikogo|infolin))",
    before=before(r"""
    nie (?:mog[ęe]|mo[żz]emy|mog[łl][ae]m|mogliśmy|da|idzie
    |sposób) (?:\w+ ){0,4}si[ęe] (?:\w+ ){0,3}
    |si[ęe] (?:\w+ ){0,2}nie (?:mog[ęe]|mo[żz]emy|mog[łl][ae]m|da|idzie)
    """),
)
_AFRESH: Final = wording(
    ("ponownie",),
    r"ponownie\b",
    before=before(r"zgłaszam(?: się)?|pytam|ponaglam"),
    after=after(r"""
    (?:proszę|prosimy|zgłaszam|pytam|zwracam się|przypominam|wzywam)(?! o (?:wycen|ofert
    |przesłanie ofert))
    """),
)
_SAME_MATTER: Final = wording(
    ("tej samej", "same issue", "same matter"),
    r"""
    tej samej sprawie\b
    |same (?:issue|matter)\b
    """,
    before=before(r"""
    (?:dzwoni[ęe]|pisz[ęe]|dzwonił[ae]m|znowu|znów|ponownie) (?:\w+ ){0,4}w
    |(?:writing|calling|emailing|ringing) (?:\w+ ){0,3}(?:about|regarding) (?:the|this)
    """),
)
_THIS_MATTER: Final = wording(
    ("w tej sprawie",),
    r"w tej sprawie\b",
    before=before(r"""
    (?:pisa[łl][ae]m|pisaliśmy|dzwoni[łl][ae]m|dzwoniliśmy|zgłaszał[ae]m) (?:\w+ ){0,3}
    """),
)
_SAID_EN: Final = wording(
    phrase_list(
        "no one|no-one|nobody|heard|how many|chasing|third request|fourth request|keep|kept"
        "|my second|my third|my fourth|my fifth|our third|our second"
    ),
    r"""
    (?:no one|no-one|nobody)(?:['’]s| has| have| had| ever| will| seems to| bothers to| bothered to
    | can be bothered to| is| from your \w+)* (?:got(?:ten)? back|gets? back|getting back
    |c[ao]me back|replie[ds]|reply|replying|answer(?:ed|s|ing)?|respond(?:ed|s|ing)?
    |(?:call|phone)(?:ed|s|ing)? (?:(?:me|us) )?back|r[aiu]ngs? (?:(?:me|us) )?back|picks? up
    |been in touch)\b(?! (?:the door|why|to a|the (?:ps|parcel))\b)
    |(?:(?<=n't\s)|(?<=n’t\s)|(?<=not\s)|(?<=never\s))heard (?:(?:anything|a thing
    |a word) )?(?:back\b|from (?:you|anyone|anybody) (?:since|about|regarding|yet|despite)\b)
    |heard nothing (?:back|since|from you)\b
    |how many (?:more )?times (?:do|must|have|should|am) (?:i|we)\b
    |chasing (?:this|you|it|the below)(?: up)? (?:again|please|for (?:weeks|months|a|the|two))\b
    |(?:third|fourth) request\b
    |(?:my|our) (?:second|third|fourth|fifth) (?:e-?mail|message|call|letter|request|complaint
    |attempt)\b
    |(?:(?<=i\s)|(?<=i've\s)|(?<=i’ve\s)|(?<=we\s)|(?<=we've\s))(?:keep|kept) (?:calling|e-?mailing
    |ringing|writing|asking|chasing|phoning)\b
    """,
)
_SAID_DE: Final = wording(
    phrase_list("niemand|keiner|nochmals|erneut|zweite mail|dritte mail|dritte anfrage"),
    r"""
    (?:niemand|keiner) (?:\w+ ){0,2}?(?:antwortet|reagiert|(?:meldet|kümmert) sich
    |ruft (?:\w+ )?zurück|geht (?:ans )?(?:telefon|ran))\b
    |niemand zurück\b|(?:niemand|keiner) (?:\w+ ){0,2}?(?:gemeldet|geantwortet|zurückgerufen
    |reagiert)\b
    |(?:(?<=meldet\ssich\s)|(?<=antwortet\s)|(?<=reagiert\s))(?:niemand|keiner)\b
    |(?:(?<=bitte\sich\s)|(?<=ich\sbitte\s)|(?<=bitte\ssie\s)|(?<=bitten\swir\s)|(?<=frage\s)
    |(?<=hake\s))(?:nochmals|erneut)(?= (?:um|nach|auf)\b)
    |(?:zweite|dritte) (?:mail|anfrage)\b(?= (?:\w+ ){0,3}(?:ohne|in dieser|zum))
    """,
)
_SAID_ELSEWHERE: Final = wording(
    phrase_list("nikdo|nikto|urguj|ніхто|третій лист|personne|nadie|nessuno|toujours pas"),
    r"""
    (?:nikdo|nikto) (?:\w+ ){0,2}?(?:neodpov\w+|neozval\w*|nereaguj\w+|neozýv\w+|neber\w+ telefon
    |nedvíha)
    |urguj(?:i|u|em|eme)\b
    |ніхто (?:\w+ ){0,2}?не (?:відповіда\w+|відпові\w+|передзвон\w+|реагу\w+|бере слухавку)
    |третій лист\b
    |personne (?:ne |n['’])(?:m['’]a |nous a |me |nous )?(?:répond\w*|rappel\w+)
    |nadie (?:me |nos )?(?:ha )?(?:contesta\w*|responde|respondido|llamado)
    |nessuno (?:mi |ci )?(?:ha )?(?:risponde|risposto|richiama\w*)
    |toujours pas (?:eu )?(?:de )?(?:réponse|nouvelles)\b
    """,
)
REPETITIONS: Final = (
    _AGAIN,
    _OFTEN,
    _OFTEN_EN,
    _OFTEN_DE,
    _OFTEN_UK,
    _WAITING,
    _WAITING_LONG,
    _REPLY,
    _NONE,
    _SILENCE,
    _AND_NOTHING,
    _NOT_RECEIVED,
    _DESPITE,
    _OWN_LETTER,
    _UNABLE,
    _AFRESH,
    _SAME_MATTER,
    _THIS_MATTER,
    _SAID,
    _SAID_EN,
    _SAID_DE,
    _SAID_ELSEWHERE,
)
NO_REPETITION: Final = Harmless(
    # Others did not answer.
    before=anywhere(r"""
    konkuren|\bo\s+\Z|poprzedni\w* (?:dostaw|firm|wykonaw)|innej firm|inne firmy
    |\b[ud]o? nich\b
    |\btamt(?!ej pory|ego czasu)
    |competitor|(?:previous|former|last|old) supplier|konkurrenz|anderen firma|vorherigen
    """),
    # The customer comes back to buy.
    after=anywhere(r"""
    [^.!?]{0,30}(?:tym razem|z (?:nowym |kolejnym )?(?:zamówien|zapytan)|zamówić|zamawia|kupić
    |to order\b|to buy\b|zu bestellen)
    """),
)
