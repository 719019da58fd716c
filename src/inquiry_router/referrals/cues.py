"""Words that say that somebody recommends somebody: pl, en, de, and the plainest of others.

Each pattern is looked for in one sentence, in lower case and without marks on Latin letters, which
many people leave out.
"""

import re
from typing import Final

from inquiry_router.text.folding import without_marks


def _any(*patterns: str) -> re.Pattern[str]:
    return _compiled(r"\b(?:" + "|".join(patterns) + ")")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(without_marks(pattern))


# A sentence with one of these recommends nobody, whoever it names.
NEGATED: Final = _any(
    r"nie\s+(?:\w+\s+){0,2}(?:polec|rekomend|powoł)\w*",
    r"(?:nikt|nikomu)\b.{0,30}(?:polec|rekomend)",
    r"nie\s+polec",
    r"odradza\w*",
    r"(?:nie mogę|nie mógłbym|nie mogłabym)\s+polec",
    r"(?:not|never|cannot|can't|nobody|no one|no longer)\b(?:\s+\w+){0,6}\s+recommend\w*",
    r"remove me from",
    r"\w+n['’]t\s+recommend\w*",
    r"(?:nicht|nie|niemand|kaum|keinem|niemandem)\b(?:\s+\w+){0,6}\s+(?:weiter)?empf[eoi]hl\w*",
    r"(?:weiter)?empf[eoi]hl\w*\s+(?:\w+\s+){0,4}nicht",
    r"rate\s+\w+\s+ab\b",
    r"gewarnt",
    r"nedoporu\w+",
    r"neodpor[uú]\w+",
    r"no\s+(?:los\s+)?recomiendo",
    r"не\s+(?:порад|рекоменд)\w*",
    r"нікому\s+\w+\s+не",
    r"ne\s+recommande\w*\s+pas",
    r"non\s+consigli\w+",
)
# No recommendations, though they have the word: orders of a boss, registered letters, advice asked.
OTHER_SENSE: Final = _any(
    r"list\w*\s+polec\w+",
    r"poleceniem",
    r"poleceni\w+\s+(?:przelewu|zapłaty|z dnia)",
    r"z polecenia\s+(?:szefa|prezesa|dyrektora|przełożon\w+|kierownika)\b"
    r"(?!\s+[a-ząćęłńóśźż]+\s+z\b)",
    r"polecenia od szefa",
    r"poleca\s+się",
    r"(?:co|jak[ąi]\w*|jakie)\b.{0,30}\bpolec",
    # Advice to do something, or to take a thing.
    r"poleci\w+\s+(?:mi\s+|nam\s+|mu\s+|jej\s+)?(?:\w+[^n]ć\b|te\b|ten\b|tę\b|takie\b|taki\b)",
    r"wybra\w+\s+(?:\w+\s+){0,2}polecon\w+",
    r"któr[yąe]\s+(?:\w+\s+){0,2}polec",
    r"polecacie",
    r"(?:państwo|wy)\s+polecali\s+mi",
    r"kto\s+wam\s+polecił",
    r"rekomendacją producenta",
    r"kod\w*\s+polecaj\w+",
    r"polecam\s+pani\s+żeby",
    r"(?:what|which)\b.{0,40}\brecommend",
    r"recommends\b(?!\s+(?:you|us|me))",
    r"recommended\s+(?:maintenance|by the manufacturer|a different|dose|setting|interval)",
    r"referral\s+(?:code|fee|program)",
    r"(?:welche|was|welchen)\b.{0,40}empfehl",
    r"empfohlene\w*\s",
    r"empfehlung(?:en)?\s+des\s+herstellers",
    r"empfehlungscode",
    r"jaké\b.{0,30}doporuč",
    r"що\s+порад",
)
# The recommender stands behind these.
RECOMMENDER_AFTER: Final = _any(
    r"z\s+(?:polecenia|rekomendacji)(?:\s+od)?",
    r"(?:dzięki|na podstawie)\s+(?:rekomendacji|poleceniu)?",
    r"za\s+(?:wskazaniem|namową|radą|pośrednictwem|rekomendacją)",
    r"powoł\w+\s+się\s+na",
    r"(?:po\s+rozmowie|do\s+rozmowy)\s+z",
    r"poleca(?:my)?\s+(?:państwa|was|nas)\b",
    r"poleceni\s+przez",
    r"polecono\s+\w+\s+\w+\s+(?:w|na|przez)(?=\s)",
    r"(?:namiar\w*|numer|kontakt|adres|link|ulotk\w*|wizytówk\w*)\s+(?:\w+\s+){0,3}"
    r"(?:dał|podał|przekazał|podesłał|przysłał|wręczył|zostawił)[ao]?\b(?:\s+(?:mi|nam))?",
    r"(?:powiedział|mówił|twierdził|zapewniał|zachwalał|opowiadał|słyszał\w*|przekazał|"
    r"radził|kazał|"
    r"namawiał)[ai]?\s+(?:mi|mnie|nam|nas|tak)\b",
    r"tak\s+(?:mówił|powiedział|twierdził)[ai]?",
    r"(?:przekazał|polecił|wspomniał)[ai]?\s+(?:o\s+)?nas\s+dalej:?",
    r"(?:źródło|skąd\s+wie|z\s+inicjatywy|na\s+prośbę|dzięki|przez)(?=\W)\s*:?",
    r"(?:państwa|wasz\w*|one\s+of\s+your)\s+(?:wieloletni\w*\s+)?(?:klient\w*|customers?),?",
    r"(?:rozmowa\s+z|byłem\s+u|klient:|tak\s+twierdzi|najbardziej)",
    r"polecon[yai]\w*\s+od:?",
    r"polecając[ay]\w*:?",
    r"kto\s+(?:mnie\s+|nas\s+)?polecił\w*:",
    r"polecenie(?:\s+od|\s*-|:)",
    r"rekomendacja:?",
    r"od(?=\s)",
    r"ze\s+strony",
    r"z\s+ramienia",
    r"(?:skierowan[ya]|polecon[yaeoi]\w*|zaproszon[ya]|namówion[ya]|zachęcon[ya])\s+przez",
    r"(?:zachęcił|namówił|podpowiedział|doradził|poradził|podsunął|podrzucił|zasugerował)[ai]?"
    r"\s+(?:mi|mnie|nam|nas)\b",
    r"(?:trafił\w*|znalazł\w*)\b.{0,30}(?:przez|dzięki)",
    r"(?:polecają|wspomniał[ai]?|opowiadał[ai]?|mówił[ai]?)\s+(?:mi|nam)\s+o\s+(?:was|państwu)",
    r"w\s+(?:porozumieniu|uzgodnieniu)\s+z",
    r"(?:was|państwa)\s+(?:poleca|polecił|zachwalał|chwalił)[ai]?\b",
    r"(?:courtesy\s+of|good\s+things\s+from|was\s+told\s+by|word\s+from|pointed\s+(?:to\s+you\s+)?"
    r"by|via)",
    r"(?:number|name|details)\s+(?:off|through)",
    r"(?:gehört|schickt\s+mich|gesendet)\s*(?:von)?",
    r"von(?=\s)",
    r"радив|радила",
    r"kupił\w*\s+u\s+was\b.{0,60}nazywa\s+się",
    r"(?:przekazał|przysłał|skierował|polecił|polecił[ao]|polecono)\s+(?:\w+\s+){0,2}?(?:w\s)?",
    r"(?:polecili|polecał[ao]?|polecała|polecił[ao]?|przysłał[ao]?|skierował[ao]?)",
    r"(?:recommended|referred|introduced|sent)\s+(?:to\s+you\s+)?by:?",
    r"(?:recommendation|suggestion|introduction|advice|introduced|tip)\s+(?:of|from|by|by:)",
    r"as\s+suggested\s+by(?:\s+your\s+customer)?",
    r"referral\s*(?:from|-|:)",
    r"heard\s+(?:about|of)\s+you\s+(?:from|through)",
    r"(?:name|number)\s+(?:was\s+)?(?:\w+\s+){0,4}(?:from|by|off)",
    r"(?:given|passed)\s+(?:\w+\s+){0,4}by",
    r"told\s+to\s+(?:call|ring|contact|write\s+to)\s+you\s+by",
    r"(?:thanks\s+to|spoke\s+with|passed\s+on\s+(?:to\s+\w+\s+)?by)",
    r"(?:auf\s+)?empfehlung\s+(?:von|vom|durch)",
    r"empfohlen\s+(?:von|durch):?",
    r"(?:tipp|hinweis)\s+(?:von|vom)",
    r"(?:nummer|kontakt|adresse|karte)\s+(?:\w+\s+)?(?:von|vom)",
    r"(?:von\s+herrn|von\s+frau|von\s+einem\s+ihrer\s+kunden,?)",
    r"(?:durch|über)(?:\s+unsere\w*\s+\w+)?(?=\s)",
    r"wurde\s+(?:uns|mir)\s+von",
    r"(?:komme|bin)\s+(?:vom|von)",
    r"(?:wurden|worden)\s+von(?:\s+einem\s+ihrer\s+kunden,)?",
    r"порадив|порадила|рекомендувала|рекомендував|від(?=\s)|дала|дав",
    r"doporučil[ai]?|na\s+doporučení|poslal[ai]?|od(?=\s)",
    r"odporučil[ai]?",
    r"de\s+la\s+part\s+de|recomend[óo]|consigliato|aanbevolen|rekomendavo",
)
# "od" and the like speak only beside one of these, before or behind them in the sentence.
_SOURCE: Final = (
    r"kontakt|numer|nr\b|namiar|wizytów|mail|link|wiem|usłysza|słysza|dowiedzia|jestem|\bja\b|"
    r"pozdrow|dzwonię|polec|rekomend|mamy|dostał|otrzyma|powiedzieć|temat"
)
NEEDS_SOURCE: Final = _compiled(
    r"^(?:od|przez|z inicjatywy|na prośbę|durch|von|via|über|"
    r"від|дала|дав|poslal[ai]?|spoke with|dzięki.*)$"
)
SOURCE_WORDS: Final = _compiled(
    rf"{_SOURCE}|jsem|kontakt|\bich\b|\bbin\b|\bхочу\b|\bя\b|номер|praise|tu\b|trafi|erfahren|"
    r"aufmerksam|gelandet|k\s+vám|rozmow"
)
# The recommender stands before these.
RECOMMENDER_BEFORE: Final = _any(
    r"(?:mi\s+|mnie\s+|nam\s+|nas\s+|was\s+|państwa\s+|tak\s+|tylko\s+)*"
    r"(?:polecił[ai]?|polecili|poleca(?:ją|ł[ai]?)?\b|rekomend(?:uje|ował[ai]?)|"
    r"zarekomendował[ai]?)",
    r"(?:mnie\s+|nas\s+)?(?:tu\s+|do\s+(?:was|państwa)\s+)*(?:skierował|przysłał|przekonał|skłonił)"
    r"[ai]?",
    r"(?:mi\s+|nam\s+|tak\s+|mnie\s+)*(?:powiedział|mówił|mówi|twierdzi|zapewnił|wspomniał|radził|"
    r"namawiał|zachwala|chwalił|kazał|prosił|wskazał)[ai]?\b",
    r"(?:mi\s+|nam\s+)?(?:dał|podał|przekazał)[ai]?\s+(?:\w+\s+){0,2}"
    r"(?:namiar|numer|link|kontakt|wasz|ulotk|wizytów)",
    r"(?:bardzo\s+|naprawdę\s+|mocno\s+)?(?:państwa\s+|was\s+|pochlebnie\s+)?"
    r"(?:chwalił|mówił|namawiał)[ai]?",
    r"(?:jest|był[ay]?)\s+(?:mega\s+|bardzo\s+)?(?:zachwycon|zadowolon)[ya]",
    r"(?:mnie\s+|mi\s+|nam\s+|nas\s+|ostatecznie\s+|mocno\s+)*(?:zachęcił|namówił|podpowiedział|"
    r"doradził|poradził|podsunął|podrzucił|zasugerował|sugerował|odesłał|podesłał|wysłał)[ai]?\b",
    r"(?:ma|mają)\s+(?:u\s+was|wasz\w*|państwa)",
    r"(?:dostał|zamówił|zamawia|naprawiał|montowali|pochwalił)[ai]?\s+(?:\w+\s+)?(?:u|"
    r"od)?\s*(?:was|"
    r"państwa|sobie)",
    r"(?:kupił|kupował|bierze|kupuje|korzysta)[ai]?\s+(?:u\s+(?:was|państwa)|od\s+was)",
    r"wystawił[ai]?\s+państwu",
    r"(?:has\s+|had\s+|have\s+|highly\s+|also\s+)*(?:recommended|recommends|referred|suggested)",
    r"(?:has\s+)?(?:told|urged|sent)\s+(?:me|us)\b",
    r"(?:said|says|reckons|swears|mentioned|speaks\s+very|couldn't\s+praise|bought\s+a|uses\s+your|"
    r"has\s+one\s+of\s+your)",
    r"(?:put|passed|gave|pointed|sent|directed|steered)\s+(?:me|us)\b",
    r"(?:keeps\s+|has\s+been\s+|can't\s+stop\s+)?(?:raving|rave|vouch|swear|prais|speak|talk)\w*",
    r"(?:uses|buys|bought|got|gets|orders|had)\b(?:\s+\w+){0,4}\s+(?:from\s+you|your|by\s+you)",
    r"hat\s+(?:sie\s+|uns\s+|mich\s+|ihnen\s+)*(?:uns\s+|auf\s+)?(?:empfohlen|geschickt|gesagt|"
    r"verwiesen|bei\s+ihnen\s+gekauft|auf\s+sie)",
    r"(?:ist|war)\s+(?:sehr\s+)?zufrieden",
    r"hat\s+(?:mir|uns)\s+(?:\w+\s+){0,3}(?:geraten|gegeben|gesagt|erzählt)",
    r"hat\s+(?:sie|euch)\s+(?:\w+\s+){0,2}gelobt",
    r"schickt\s+(?:mich|uns)",
    r"(?:meinte|sagt|schwärmt|lobt|empfiehlt|legt\s+für\s+sie|gab\s+mir)",
    r"(?:mir|uns)?\s*(?:die|ihre)?\s*nummer\s+gegeben",
    r"m'a\s+recommandé|heeft\s+u\s+aanbevolen",
)
# These need a word about us in the sentence: "mówił" alone may be about anything.
WEAK_BEFORE: Final = _compiled(
    r"\bma\b|mają|dostał|zamówił|zamawia|naprawia|montowali|pochwalił|rav|vouch|swear|"
    r"prais|speak|talk|"
    r"buys|\bgot\b|gets|orders|\bhad\b|wysłał|odesłał|gehört|zufrieden|geraten|gelobt|"
    r"powiedział|mówi|twierdzi|zapewni|wspomni|radzi|namawia|zachwala|chwali|kazał|prosi|wskazał|"
    r"zadowolon|zachwycon|kupił|kupował|bierze|kupuje|korzysta|\bdał|podał|przekazał|wystawi|"
    r"said|says|reckons|swears|mentioned|speaks|praise|bought|uses|has one|told|gave|put|passed|"
    r"meinte|sagt|schwärmt|lobt|gab|gegeben|legt|gesagt|gekauft"
)
ABOUT_US: Final = _compiled(
    r"\bnas\b|\bnami\b|\bwas\b|\bwam\b|\bwy\b|wasz|\bpaństw|pani(?:\s|ą)|u\s+was|"
    r"do\s+nich|do\s+was|dzwo[nń]|rabat|"
    r"pomp|cen[aęy]|\bbrał|skłonił|gwarancj|zgłosi|powoła|pisać|brać|\byou\b|\byour\b|"
    r"\bu\b|pump|ring|"
    r"\bsie\b|\bihr|\beuch|\bihnen|nummer|melden|anrufen|kauf|you've|\bbiorę\b|realizac"
)
# The writer recommends whoever stands behind these.
PROSPECT_AFTER: Final = _any(
    r"(?:chciał[ab]\w*|chcę|chętnie|z przyjemnością|rad[aeo]?\b)?\s*(?:polecam|polecić|rekomenduję|"
    r"zarekomendować|polecę)\s+(?:państwu\s+|wam\s+|waszą\s+firmę\s+|państwa\s+firmę\s+|"
    r"kontakt\s+z\s+)*",
    r"polecił[ae]m\s+(?:\w+\s+)?(?:już\s+)?",
    r"(?:skontaktow\w+|kontakt\w*)\s+(?:się\s+)?(?:w\s+moim\s+imieniu\s+)?z(?=\s)",
    r"(?:zadzwo\w+|dzwonić|telefon|odez\w+(?:\s+się)?|numer|tel|nr|kontakt)\s+do(?=\s)"
    r"(?!\s+(?:państwa|was|nas|pana|pani)\b)",
    r"(?:nazywa\s+się|na\s+imię)",
    r"(?:namiary\s+na|polecan[yae]:|polecenie\s+dla|zgłaszam\w*(?:\s+\w+){0,3}:|zgłoszenie:)",
    r"(?:zainteresowan\w+|osoba(?:\s+do\s+kontaktu)?|konkretnie|prosi\s+o\s+kontakt\s+dla\s+\w+|"
    r"nowy\s+lead|kontakt|obietnicą|właściciel\w*|ansprechpartner|inhaberin?|contact|lead)\b:?",
    r"^\s*dzwonił[ai]?\b",
    r"(?:introduce|give|call|ring|contact|reach\s+out\s+to|put\s+me\s+on\s+to|new\s+lead|recommend)"
    r"(?=\s)",
    r"(?:told\s+my|recommended\s+your\s+\w+\s+to)(?=\s)",
    r"(?:named|(?:his|her|their)\s+name(?:\s+is|'s))",
    r"(?:empfehle|rufen\s+sie|kontaktieren|interessenten\s+melden:|weiter\s+an|"
    r"könnten\s+sie\s+bitte)"
    r"(?:\s+ihnen|\s+doch|\s+mal)*",
    r"(?:порекомендувати|його\s+звати|її\s+звати)",
    r"(?:doporučil\s+kolegu,\s+)?jmenuje\s+se",
    r"mam\s+dla\s+was\s+klienta",
    r"(?:dał|dała)\s+(?:namiar|kontakt)\w*\s+(?:na|do)",
    r"wskażemy\s+was\s+\w+\s+\w+",
    r"przedstawił[a]?\s+mi",
    r"poleca\s+(?:firmę|p\.|pana|panią)",
    r"(?:polecił[ai]?|wspomniał[ai]?)\s+(?:o\s+)?nas\s+(?:swoje\w+\s+\w+\s+)?",
    r"polecił\s+(?=p\.)",
    r"poleca\s+nas\s+\w+\.?\s+konkretnie:",
)
# The person before these may buy.
PROSPECT_BEFORE: Final = _any(
    r"(?:tak\w+\s+)?(?:szuka|otwiera|buduje|zakłada|prowadzi|rozgląda\s+się|remontuje|planuj[eą]|"
    r"przyjdzie|czeka\s+na\s+telefon|chciał[aby]*\s+(?:kupić|zamówić))",
    r"(?:on\s+|ona\s+)?(?:potrzebuje|by\s+od\s+was\s+brał|co\s+kupi|chce(?:\s+kupić)?|"
    r"zgodziła\s+się)",
    r"(?:wants?|needs?|is\s+(?:looking|after|opening)|'s\s+(?:looking|after|opening)|she's\s+keen|"
    r"runs\s+a)",
    r"(?:sucht|braucht|interessiert\s+sich)",
    r"szuka",
)
# A sentence of somebody who recommends, so that whoever is named in it may buy.
RECOMMENDING: Final = _compiled(
    r"\bmój\b|\bmoj\w+|\bmam\b|znajom|koleg|koleżank|kumpl|ziom|sąsiad|szwag|kuzyn|siostr|"
    r"brat|córk|"
    r"\bsyn|\bmy\b|friend|\bours\b|colleague|buddy|neighbou?r|mein\w*|freund|kolleg|partner|nasz|"
    r"księgow|numer|ode\s+mnie|klient|podwykonaw|odbiorc"
)
# Somebody who buys from us already recommends; they are no prospect.
BOUGHT_HERE: Final = _compiled(r"(?:kupił|kupował|bierze)\w*\s+(?:u\s+was|od\s+was)")
# The others ask for a call only, and the name may be that of whoever gave the number.
SURE_PROSPECT: Final = _compiled(
    r"polec|rekomend|namiary|zgłasz|zgłosz|introduce|empf|порек|doporu|klienta|recommend|nazywa|"
    r"named|name|lead"
)
# Somebody is recommended in so many words, or gave our number or address.
STATED: Final = _compiled(
    r"polec|rekomend|skierow|przysł|namiar|kontakt|numer|nr\b|wizytów|ulotk|powoł|usłysz|dowiedz|"
    r"recommend|referr|suggest|introduc|number|\bname|empf|nummer|karte|aufmerksam|verwies|порад|"
    r"рекоменд|doporu|odporu|recomend|consigli|aanbev|rekomend|namow|rad[ąa]\b|pośredn"
)
# German writes all nouns with a capital letter.
GERMAN: Final = _compiled(r"\b(?:der|die|das|und|ich|sie|wir|nicht|ist|ihr|euch|habt)\b")
