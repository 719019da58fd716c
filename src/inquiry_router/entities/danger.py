"""Words that state a danger to people or buildings: fire, electricity, gas, water.

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
    )
)
_FIRE: Final = r"""
    (?:za)?iskrz(?:y|ą|ył[ao]?|yl[ao])\b(?!\s+(?:mi[eę]dzy|w\s+oczach))
    | (?:za)?dymi(?:ą|[łl][ao]?|[łl]y)?\b(?:\s+si[eę]\b)?
    | kopci\b(?:\s+si[eę]\b)? | dym\s+(?:leci|idzie|wali|poszed[łl]|wydobywa|i[sš]iel)\b
    | (?:leci|idzie)\s+dym\b
    | (?:czu[cć]|[sś]mierdzi)\s+(?:\w+\s+){0,2}?
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
    | riecht\s+(?:\w+\s+){0,2}?(?:verbrannt|verschmort|verkokelt|angebrannt|nach\s+rauch)\b
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
_GAS: Final = r"""
    (?:czu[cć]|[sś]mierdzi|ulatnia\s+si[eę])\s+(?:\w+\s+){0,2}?gaz(?:em)?\b
    | gaz\s+si[eę]\s+ulatnia\b | wyciek\s+gazu\b
    | smell(?:s|ed|ing)?\s+(?:(?:strongly\s+)?(?:of|like)\s+)?gas\b
    | gas\s+leak(?:s|ing)?\b(?!\s+(?:detect|sensor|test|alarm|spray))
    | riecht\s+(?:\w+\s+){0,2}?nach\s+gas\b | gasgeruch\b | cítiť?\s+(?:\w+\s+)?plyn\b
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
    rf"(?:(?P<fire>{_FIRE})|(?P<electricity>{_ELECTRICITY})|(?P<gas>{_GAS})|(?P<flood>{_FLOOD}))",
    re.IGNORECASE | re.VERBOSE,
)
# "nie iskrzy", "żeby nic nie iskrzyło", "isn't sparking", "ochrona przed porażeniem",
# "if it smells of gas".
_HARMLESS_BEFORE: Final = re.compile(
    r"(?:\b(?:nie|nic|bez|ani|żeby|zeby|aby|gdyby|jakby|przed|przeciw|między|miedzy|not|no|never"
    r"|nothing|without|if|kein\w*|nicht|nichts|ohne|falls|wenn|ne|není|nic|bez|если|якщо|не|без"
    r"|pas|sans|aucune?|sin|non|senza|anti)|n['’]t)\W+(?:\w+\W+)?\Z",
    re.IGNORECASE,
)
_HARMLESS_AFTER: Final = re.compile(
    r"\W+(?:\w+\W+)?(?:nicht|nie|keine?|alarm|sensor|melder|detector)\b", re.IGNORECASE
)


def find_danger(text: str, lower: str, stems: frozenset[str]) -> list[Mention]:
    """Find statements of danger. The value is "fire", "electricity", "gas" or "flood".

    `lower` is the text in lower case, `stems` are those of `DANGER_STEMS` that occur in it.
    """
    return [
        Mention(EntityKind.DANGER, match.start(), match.end(), match.lastgroup)
        for match in find_phrases(text, lower, stems, _DANGER)
        if not _is_harmless(text, match.start(), match.end())
    ]


def _is_harmless(text: str, begin: int, end: int) -> bool:
    return bool(
        _HARMLESS_BEFORE.search(text[max(0, begin - 28) : begin])
        or _HARMLESS_AFTER.match(text[end : end + 28])
    )
