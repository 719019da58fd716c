"""Words that state a danger to people or buildings: fire, electricity, gas, water, an injury.

Precision before recall. Only forms that state the danger count: "dymi się" but not "czujnik dymu",
"smells of gas" but not "gas stove".
"""

import re
from typing import Final

from inquiry_router.entities.mention import Mention
from inquiry_router.entities.word_search import find_phrases
from inquiry_router.entities.words import phrase_list
from inquiry_router.inquiry.model import EntityKind

DANGER_STEMS: Final = frozenset(
    phrase_list(
        "iskrz|zaiskrz|zadymi|dymi|kopci|dym |zalewa|zalało|zalalo|poraż|poraz|kopie|kopn|razi|prąd"
        "|prad|czuć|czuc "
        "|śmierdz|smierdz|ulatnia|swąd|swad|gaz się|gaz sie|wyciek gazu|wybuch|eksplod|zapali|stopi"
        "|w ogniu|leci dym"
        "|idzie dym|sparking|sparks|smok|smell|electric shock|gas leak|caught fire|on fire"
        "|into flames|explod"
        "|flooding|qualm|raucht|funken|schmor|verschmor|geschmor|durchschmor|stromschl|gasgeruch"
        "|brandgeruch"
        "|überflutet|riecht|in flammen|steht unter wasser|unter strom|jisk|čoud|kouří|vytop|iskrí"
        "|dymí|cítit|cítiť"
        "|kopl|іскр|димить|дим|пахне|струм|залива|загорі|étincelle|fumée|sent le|odeur de|fuite de"
        "|électroc|pris feu"
        "|prend feu|inondé|chispa|humo|huele|fuga de gas|calambre|descarga el|scintill|fumo"
        "|odore di|puzza di"
        "|scossa el|prende la sc|dà la sc|preso fuoco|prende fuoco|allagat"
        "|się pali|sie pali|się coś pali|sie cos pali|się palą|sie pala|pali |palą |pala |pożar"
        "|pozar|ogień|ogien|płonie|plonie|dymu|wszędzie dym|wszedzie dym|wszędzie jest dym"
        "|pełno dymu|pelno dymu|kłęby dymu|kleby dymu|czuj|czad |tlenek węgla|tlenek wegla"
        "|ranny|ranna|ranne|ranni|rannych|rannego|ciężko rann|ciezko rann|fire"
        "|full of smoke|injured|hurt|brennt|es brennt|feuer|rauch |überall rauch"
        "|brand |verletzt|schwer verletzt|widać ogień|widac ogien|widzę ogień|widze ogien"
    )
)
# Lamps "burn" too in Polish and German, and so does the fire in a stove.
_LIGHT: Final = r"""
    (?:lamp|kontrol|diod|led\b|led[yó]|[sś]wiat[ełl]|[zż]ar[oó]w|czerwon|zielon|[zż][oó][łl]t
    |pomara[nń]cz|niebiesk|ikon|symbol|wy[sś]wietl|przycisk|ekran|sygnaliz|neon|choink|latar
    |reflektor|[sś]wiec|znicz|kinkiet|halogen|[zż]yrandol|pod[sś]wietl|o[sś]wietl|napis|check
    |papieros|p[łl]omie|palnik)\w*
"""
_BESIDE_LIGHT: Final = r"""
    (?:mi|mu|nam|mnie|u|ta|ten|to|te|tylko|wci[aą][zż]|ci[aą]gle|ca[łl]y|czas|nadal|dalej|te[zż]
    |jaka[sś]|jeden|jedna|dwie|trzy|obie|wszystkie|[zż]adn\w+|na|w|przy|panelu|pilocie|tablicy
    |desce|ma[łl]\w+|du[zż]\w+|taka|si[eę])\s+
"""
_NO_FIRE_AFTER: Final = rf"""
    (?!\s+(?:{_BESIDE_LIGHT}){{0,4}}(?:{_LIGHT}|grunt\w*|temat\w*|robot\w+
    |b[łl][aą]d\w*|kod\w*|alarm\w*|awari\w+|[a-z]\s?\d+))
    (?!\s+(?:do|w\s+r[eę]kach|w\s+(?:piecu|kominku|kotle|palenisku|kozie|grillu))\b)
"""
_PLACE: Final = r"""
    (?:piwnic|kot[łl]owni|kuchni|gara[zż]|hal[aięe]|magazyn|dom(?:u|ku|em)?\b|mieszkan|biur|sklep
    |budyn|pokoj|[łl]azien|serwerown|rozdzieln|warszta|korytarz|klat(?:ce|k)|poddasz|strych|dach
    |szaf|silnik|pomp|pral|gniazd|szop|stodo|salon|[sś]rodku|szko[łl]|fabry|zak[łl]ad|blok
    |pi[eę]tr|parter|maszyn|urz[aą]dze|autobus|auci?e|samoch|schod|wentyla|obudow|wtyczk|kabl
    |lod[oó]w|zmywar|skrzynk|licznik|laptop|bateri|akumul|kompres|spr[eę][zż]ar)\w*
"""
_ROOM: Final = r"""
    (?:basement|cellar|kitchen|garage|hall|hallway|warehouse|house|flat|apartment|office|shop
    |building|room|bathroom|boiler|server|workshop|corridor|attic|loft|roof|cabinet|motor|engine
    |pump|store|plant|factory|school|stairwell|barn|shed|production|machine|kiln|dryer|plug|socket
    |panel|battery|fridge|washer|copier|handle|unit)\w*
"""
_BURNING_THINGS: Final = phrase_list(
    "keller|pumpe|motor|maschine|waschmaschine|haus|dach|halle|küche|kabel|stecker|steckdose|lager"
    "|werkstatt|auto|wohnung|gebäude|trockner|akku|batterie|alles"
)
_INJURED: Final = phrase_list("jest|jestem|są|sa|został|została|zostało|zostali|dziecko|ktoś|ktos")
_PERSONS: Final = phrase_list(
    "i am|child is|son is|daughter is|somebody is|someone is|somebody got|someone got|he is|she is"
    "|worker is|colleague is|customer is"
)
_PERSONS_DE: Final = phrase_list(
    "bin|sich|kind ist|sohn ist|tochter ist|frau ist|mann ist|mitarbeiter ist|mitarbeiterin ist"
    "|kollege ist|kollegin ist|jemand ist|fahrer ist|monteur ist|mutter ist|vater ist|person ist"
    "|er ist|sie ist|kind wurde|jemand wurde|mitarbeiter wurde|kollege wurde"
)


def _after(phrases: tuple[str, ...]) -> str:
    """Return a pattern for a place right after one of the phrases."""
    behind = (rf"(?<=\b{phrase} )".replace(" ", r"\s") for phrase in phrases)
    return f"(?:{'|'.join(behind)})"


def _not_after(words: str) -> str:
    """Return a pattern for a place right after none of the words."""
    return "".join(rf"(?<!\b{word}\s)" for word in words.split())


_BURNING: Final = rf"""
    (?:si[eę]\s+(?:co[sś]\s+)?pal(?:i|ą|a)\b
      |pal(?:i|ą|a)\s+(?:(?:mi|mu|jej|nam|im|pani|panu)\s+)?si[eę]\b) {_NO_FIRE_AFTER}
    | {_after(phrase_list("zaczyna|zaczęło|zaczelo|zaczęła|zaczela|zaczął|zaczal"))}
      si[eę]\s+pali[cć]\b {_NO_FIRE_AFTER}
    | (?:czu[cć]|[sś]mierdzi)\s+jakby\s+(?:si[eę]\s+)?(?:co[sś]\s+)?(?:si[eę]\s+)?pali[łl]o\b
    | {_not_after("na przez był byl mieliśmy mielismy jak gasić gasic ugasić ugasic lub albo")}
      po[zż]ar\b(?!\s+(?:i|lub|oraz|czy)\s+(?:zalan|pow[oó]d|kradzie|w[łl]am))
      (?!\s+\w+\s+\w+\s+\(?w\s+przeno[sś]ni)
    | {_not_after("na")} ogie[nń]\s+(?:jest\s+)?
      (?:(?:w|na)\s+(?:\w+\s+)?{_PLACE}|wsz[eę]dzie\b|(?:i\s+)?dym\b
      |(?:bucha|leci|idzie|wychodzi|wali)\b)
    | (?:wida[cć]|widz[eę])\s+ogie[nń]\b(?!\s+w\s+(?:piec|komin|kotle|palen)) | \Afire\s*[!.,]
    | p[łl]onie\b(?!\s+(?:znicz|[sś]wiec|ognisk|ze?\b))
    | dym\s+(?:jest\s+)?(?:(?:w|na|po|z)\s+(?:\w+\s+)?{_PLACE}|wsz[eę]dzie\b|i\s+ogie[nń]\b)
    | (?:wsz[eę]dzie\s+(?:jest\s+)?dym|(?:pe[łl]no|k[łl][eę]by)\s+dymu)\b
    | {_after(phrase_list("is a|'s a|’s a|is|have a|got a|see a"))}
      fire\b(?=\s*(?:[.,!?;]|\Z)|\s+(?:in|at|on|near|behind|inside|here|please)\b)
      (?!\s+(?:in|at|on)\s+(?:the|our|my)\s+(?:stove|fireplace|oven|hearth|pit|range|grate|wood))
    | fire\s+in\s+(?:the|our|my)\s+(?:\w+\s+)?{_ROOM} | fire\s+(?:has\s+)?(?:broken?|broke)\s+out\b
    | {_not_after("people guests they we you who to not can may workers staff drivers")}
      smoke\s+(?:(?:in|from|all\s+over)\s+(?:the|our|my)\s+(?:\w+\s+)?{_ROOM}|everywhere\b)
    | full\s+of\s+smoke\b
    | {_not_after("wo")} (?:es\s+brennt|brennt\s+es|{_after(_BURNING_THINGS)}brennt)\b
      (?!\s+(?:mir|uns|ihm|ihr)?\s*unter\s+den\s+n[aä]geln)
      (?!\s+(?:(?:nur|immer|noch|kein\w*|eine?|die|das|der|rote?|gr[uü]ne?|gelbe?|im|ofen|kamin)\s+)
      {{0,4}}(?:licht|lampe|led|leucht|kontroll|kerze|anzeige|diode|birne|feuer\s+im\s+kamin))
    | {_not_after("dem")} (?:feuer|rauch|brand)\s+
      (?:im|in\s+(?:der|unserer|meiner|einer|dem|unserem|meinem))\s+(?:\w+en\s+)?
      (?!ofen|kamin|kessel|grill|schornstein|herz|feuerraum|brennraum|smoker|räucher|jahr|\d)\w+
    | (?:überall\s+rauch|rauch\s+überall)\b | (?:feuer|brand)\s+(?:ist\s+)?ausgebrochen\b
"""
_INJURY: Final = rf"""
    {_after(_INJURED)} rann(?:y|a|e|i)\b(?!\s+(?:zmian|godzin|por[ay]|kurs|ptasz|dostaw|tras))
    | {_after(("mamy", "są", "sa"))} rann(?:ych|ego)\b | ci[eę][zż]ko\s+rann(?:y|a|e|i|ych|ego)\b
    | {_after(phrase_list("is|are|am|got|been|badly|seriously"))} injured\b
    | {_after(_PERSONS)} hurt\b
    | {_after(_PERSONS_DE)} (?:schwer\s+)?verletzt\b | {_after(("gibt", "haben"))} verletzte\b
"""
_FIRE: Final = rf"""
    {_BURNING}
    | (?:za)?iskrz(?:y|ą|ył[ao]?|yl[ao])\b(?!\s+(?:mi[eę]dzy|w\s+oczach))
    | (?:za)?dymi(?:ą|[łl][ao]?|[łl]y)?\b(?:\s+si[eę]\b)?
    | kopci\b(?:\s+si[eę]\b)? | dym\s+(?:leci|idzie|wali|poszed[łl]|wydobywa|i[sš]iel)\b
    | (?:leci|idzie)\s+dym\b
    | (?:czu[cć]|czuj(?:[eę]|emy)|[sś]mierdzi)\s+(?:\w+\s+){{0,2}}?
      (?:spalen\w+|spalon\w+|palon\w+|przypalon\w+|dym(?:em)?\b|sw[aą]d\w*)
    | sw[aą]d\s+spal\w+ | (?:wybuch[łl]|eksplodowa[łl])[aoy]?\b(?!\s+[sś]miech)
    | zapali[łl][aoy]?\s+si[eę]\b(?!\s+(?:lamp|kontrol|diod|czerwon|zielon|żół|światł|ikon))
    | stopi[łl][aoy]?\s+si[eę]\s+(?:wtyczk|kab|przew|gniazd|obudow|izolac)\w* | w\s+ogniu\b
    | sparking\b | sparks\s+(?:are\s+|were\s+)?(?:fly|com|shoot|out|everywhere)\w*
    | smoke\s+(?:is\s+|was\s+|started\s+)?(?:com|pour|billow|ris)\w+(?:\s+out)?
    | smoking\s+(?:badly|and\s+sparking)
    | smell(?:s|ed|ing)?\s+(?:strongly\s+)?(?:of|like)\s+(?:a\s+|an\s+|something\s+)?
      (?:burn(?:ing|t)|smoke\b)
    | caught\s+fire\b | (?:(?<=\bis\s)|(?<=\bwas\s)|(?<=\bare\s)|(?<=\bwent\s))on\s+fire\b
    | into\s+flames\b
    | exploded\b(?!\s+(?:view|drawing|diagram|parts))
    | (?:ver|ge|durch)?schmor(?:t|te|ten|en)\b | schmorgeruch
    | (?:qualmt|qualmen|raucht\s+(?:es\s+)?(?:aus|stark|und))\b
    | funken\s+(?:sprüh|flieg|schlag|hinten|raus|spr[uü])\w* | brandgeruch\b | in\s+flammen\b
    | riecht\s+(?:\w+\s+){{0,2}}?(?:verbrannt|verschmort|verkokelt|angebrannt|nach\s+rauch)\b
    | jiskří\b | iskrí\b | čoudí\b | kouří\s+se\b | dymí\b
    | cítiť?\s+(?:\w+\s+)?(?:spálenin|spálen|kouř|dym)\w*
    | (?:іскрить|іскрять|димить|димиться)\b | дим\s+(?:іде|йде|пішов)\b
    | пахне\s+(?:пален|горіл|дим)\w+
    | загорі(?:лося|вся|лась)\b
    | étincelles?\b | fumée\s+(?:qui\s+)?sort\w* | (?:sent\s+le|odeur\s+de)\s+br[uû]lé\b
    | (?:pris|prend)\s+feu\b
    | chispas\b | humo\s+(?:que\s+)?sal\w+ | huele\s+a\s+quemado\b | scintille\b
    | fumo\s+(?:che\s+)?esce\b
    | (?:odore|puzza)\s+di\s+bruciat[oa]\b | (?:preso|prende)\s+fuoco\b
"""
_ELECTRICITY: Final = r"""
    pora(?:ż|z)en(?:ie|ia)\s+pr[aą]dem | pora(?:ż|z)i[łl]o?a?\s+(?:\w+\s+)?pr[aą]d\b
    | (?:kopie|kopn[aą][łl]|razi)\s+(?:\w+\s+)?pr[aą]d(?:em)?\b
    | pr[aą]d(?:em)?\s+(?:\w+\s+)?(?:kopie|kopn[aą][łl]|razi|porazi[łl])\b
    | electric\s+shocks?\b(?!\s+(?:protect|hazard|risk))
    | stromschlag\b(?!schutz) | unter\s+strom\b | kopl[aeo]?\s+(?:\w+\s+)?(?:proud|elektri)\w*
    | струмом\s+(?:б'є|бʼє|б’є|вдарило) | électrocut(?:é|ée|e)\b | calambres?\b
    | descarga\s+el[eé]ctrica\b
    | scossa\s+elettrica\b | (?:prende|dà)\s+la\s+scossa\b
"""
_GAS: Final = rf"""
    (?:czu[cć]|czuj(?:[eę]|emy)|[sś]mierdzi|ulatnia\s+si[eę])\s+(?:\w+\s+){{0,2}}?
      (?:gaz|czad)(?:em)?\b | ulatnia\s+si[eę]\s+(?:\w+\s+)?tlenek\s+w[eę]gla\b
    | (?:gaz|czad|tlenek\s+w[eę]gla)\s+si[eę]\s+ulatnia\b
    | {_after(("gaz", "czad"))} ulatnia\s+si[eę]\b | wyciek\s+gazu\b
    | smell(?:s|ed|ing)?\s+(?:(?:strongly\s+)?(?:of|like)\s+)?gas\b
    | gas\s+leak(?:s|ing)?\b(?!\s+(?:detect|sensor|test|alarm|spray))
    | riecht\s+(?:\w+\s+){{0,2}}?nach\s+gas\b | gasgeruch\b | cítiť?\s+(?:\w+\s+)?plyn\b
    | пахне\s+газом\b
    | (?:sent\s+le|odeur\s+de|fuite\s+de)\s+gaz\b | huele\s+a\s+gas\b | fuga\s+de\s+gas\b
    | (?:odore|puzza)\s+di\s+gas\b
"""
_FLOOD: Final = r"""
    zalewa\s+(?:nas|nam|mnie|mi|wszystko|ca[łl]\w+|mieszkani|kuchni|łazienk|lazienk|piwnic
      |s[aą]siad|biuro|hal[eęi]|sklep|pok[oó]j|dom)\w*
    | zala[łl]o\s+(?:nas|nam|mieszkani|kuchni|łazienk|lazienk|s[aą]siad|hal[eę]|serwer)\w*
    | flooding\s+(?:the|our|my|us)\b | überflutet\b | steht\s+unter\s+wasser\b
    | vytopil[oa]?\s+(?:nás|nám|sousedy|susedov)
    | заливає\s+(?:нас|сусідів|підлогу|квартиру|кухню) | inondée?\b(?!\s+de) | inundad[oa]\b
    | allagat[oaie]\b
"""
_DANGER: Final = re.compile(
    rf"(?:(?P<fire>{_FIRE})|(?P<electricity>{_ELECTRICITY})|(?P<gas>{_GAS})|(?P<flood>{_FLOOD})"
    rf"|(?P<injury>{_INJURY}))",
    re.IGNORECASE | re.VERBOSE,
)
# "nie iskrzy", "nothing is on fire", "ochrona przed porażeniem". The word stands right before, or
# one of a few between: "nie działa dymi się" is a danger.
_NEGATED_BEFORE: Final = re.compile(
    r"(?:\b(?:nie|nic|nikt|bez|ani|przed|przeciw|między|miedzy|not|no|never|nothing|nobody|none"
    r"|without|kein\w*|nicht|nichts|niemand|ohne|ne|není|не|без|pas|sans|aucune?|sin|non|senza"
    r"|anti)|n['’]t)[\s-]+"
    r"(?:(?:jest|są|był[aoy]?|został\w*|się|sie|nie|nami|wami|mi|nam|mu|już|juz|tam|tu|to|bardzo"
    r"|wcale|nawet|jeszcze|any|a|the|is|are|was|been|really|even|yet|actually|there|electric|ist"
    r"|wirklich|mehr|hier|plus|de|hay|está)\s+)?\Z",
    re.IGNORECASE,
)
# "żeby nic nie iskrzyło", "if it smells of gas".
_SUPPOSED_BEFORE: Final = re.compile(
    r"\b(?:żeby|zeby|aby|gdyby|jakby|jeśli|jesli|jeżeli|jezeli|if|falls|wenn|если|якщо)"
    r"\W+(?:\w+\W+)?\Z",
    re.IGNORECASE,
)
_HARMLESS_AFTER: Final = re.compile(
    r"\s+(?:(?:hier|gar|mehr|aber|auch|noch|jetzt|überhaupt|es|bei|uns)\s+)?nicht\b"
    r"|[\s-]+(?:alarm|sensor|melder|detector)s?\b(?!\s+(?:is|ist|wyje|piszczy|geht|dzwoni))",
    re.IGNORECASE,
)
# "lampka się pali", "kontrolka awarii cały czas się pali", "w piecu słabo się pali".
_LIGHT_BEFORE: Final = re.compile(
    rf"""(?:\b{_LIGHT}(?:,?\s+kt[oó]r\w+)?(?:\s+\w+(?:i|y|u|ej|ego)(?<!\bi)\b){{0,2}}
    (?:\s+(?:mi|nam|wci[aą][zż]|ci[aą]gle|ca[łl]y|czas|nadal|dalej|te[zż]|tylko|na|s[łl]abo
    |[zż][oó][łl]to|si[eę]))*
    |\b(?:w\s+(?:piecu|kominku|kotle|palenisku|kozie|grillu)(?:\s+\w+)?
    |s[łl]abo|kiepsko|dobrze|[łl]adnie|[zź]le))\s+\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_BURNS: Final = re.compile(r"(?:si[eę]\s+)?pal", re.IGNORECASE)


def find_danger(text: str, lower: str, stems: frozenset[str]) -> list[Mention]:
    """Find statements of danger: "fire", "electricity", "gas", "flood" or "injury".

    `lower` is the text in lower case, `stems` are those of `DANGER_STEMS` that occur in it.
    """
    return [
        Mention(EntityKind.DANGER, match.start(), match.end(), match.lastgroup)
        for match in find_phrases(text, lower, stems, _DANGER)
        if not _is_harmless(text, match.start(), match.end())
    ]


def _is_harmless(text: str, begin: int, end: int) -> bool:
    before, after = text[max(0, begin - 28) : begin], text[end : end + 28]
    if _NEGATED_BEFORE.search(before) or _SUPPOSED_BEFORE.search(before):
        return True
    burns = _BURNS.match(text, begin)
    if burns and _LIGHT_BEFORE.search(text[max(0, begin - 60) : begin]):
        return True
    return _HARMLESS_AFTER.match(after) is not None
