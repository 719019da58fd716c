"""Cues in a message's own words: they told of it before, or it is something else.

The classifier reads from the whole message if it goes on with something (`Incoming.goes_on`). These
words are what is said in so many words; they also stand where there is no model.
"""

from dataclasses import dataclass
from typing import Final

from inquiry_router.entities.words import phrase_list
from inquiry_router.text.folding import Words, phrase_pattern
from inquiry_router.text.phrases import Phrases

# The writer, or somebody else, has told of it before. pl, en, de, cs, uk.
_TOLD: Final = phrase_list(
    "dzwonil*|zadzwonil*|telefonowal*|pisal*|napisal*|mailowal*|zglaszal*|zglosil*|zgloszon*"
    "|rozmawial*|mowil*|wspomnial*|wspominal*|prosil*|poprosil*|obiecal*|obiecan*|ustalil*"
    "|umawial*|umowil*|przypomin*|przypomnieni*|ponagl*|ponawia*|dosyla*|uzupelni*|jeszcze raz"
    "|to znowu ja|w nawiazaniu do|nawiazujac do|w odpowiedzi na|odnosnie mo*|zgodnie z rozmow*"
    "|zgodnie z ustaleni*|po rozmowie|bez odpowiedzi|brak odpowiedzi|nikt nie od*"
    "|czekam na odpowiedz|czekamy na odpowiedz|nadal czekam*|dalej czekam*|wciaz czekam*"
    "|w imieniu|w zastepstwie|przejmuje|przejal*|moje zgloszenie|mojego zgloszenia"
    "|moja reklamacja|mojej reklamacji|panstwa ofert*|wasza ofert*"
    "|as promised|as discussed|as agreed|as requested|as mentioned|as arranged|as told|i rang"
    "|i called|i phoned|i wrote|i emailed|i reported|i asked|we spoke|we talked|rang|reported"
    "|promised|following up|chasing|reminder|any news|any update*|still waiting|no reply"
    "|no answer|not heard|haven t heard|further to|in reply to|on behalf of|taking over"
    "|taken over|covering for|my email|my call|my report|your quote|your reply|your engineer"
    "|your technician|your colleague"
    "|wie besprochen|wie telefonisch|wie vereinbart|wie versprochen|wie gewunscht"
    "|wie angekundigt|angerufen|geschrieben|gemeldet|gesprochen|zugesagt|versprochen|telefonat"
    "|erinnerung|nachtrag|noch einmal|nochmals|erneut|keine antwort|keine ruckmeldung"
    "|warte noch|warten noch|warte immer noch|warten immer noch|warten seit|warte seit"
    "|bezugnehmend|im namen|in vertretung|im auftrag von|ubernehme|ihr angebot|ihre antwort"
    "|ihr monteur|ihr techniker|ihr kollege|meine anfrage|meiner anfrage|meine meldung"
    "|volal*|psal*|hlasil*|slibil*|pripomina*|urgu*|doplnuj*|dekuji za nabid*|dekuji za odpov*"
    "|як домовл*|писав*|писала|дзвонив*|дзвонила|нагадую|додаю|чекаю на відповідь|обіця*"
)
# Another matter. These words stop every join but that of a ticket or a mail thread.
_SOMETHING_ELSE: Final = phrase_list(
    "inna sprawa|innej sprawie|inny temat|inne zamowieni*|innego zamowieni*|innym zamowieni*"
    "|inny problem|inna usterka|inna budow*|innej budow*|inny obiekt|innym obiekcie|inny adres"
    "|co innego|cos innego|osobn*|oddzieln*|nie laczyc|nie mieszac|nie ma zwiazku"
    "|nie ma nic wspolnego|niezaleznie od|nie dotyczy|nowe zamowieni*|nowa sprawa|nowy temat"
    "|nowe zapytani*|nowe zgloszeni*|nowa reklamacj*|druga sprawa|drugi temat|drugi problem"
    "|drugie zamowieni*|kolejna sprawa|kolejny temat|kolejne zamowieni*|kolejna reklamacj*"
    "|tym razem|przy okazji|przy tej okazji|korzystajac z|z innej beczki|cos nowego|inna rzecz"
    "|innej rzeczy|innym temacie|innego tematu|na inny temat|inne pytanie|innej sprawy"
    "|stary watek|starego watku|starym watku|stary mail|starego maila|starej wiadomosci"
    "|druga rzecz|jeszcze jedna sprawa|jeszcze jedna rzecz|inna faktur*|innej faktur*"
    "|inna maszyn*|innej maszyn*|inne urzadzeni*|innego urzadzeni*|inny klient*|innego klient*"
    "|innym kliencie|inna klientk*|innej klientk*|inny lokal*|innego lokal*|odrebn*"
    "|tamto juz|tamta juz|tamta sprawa|sprawa zalatwiona"
    "|another matter|different matter|different thing|another issue|different issue|another order"
    "|different order|another question|separate|separately|unrelated|something else|new order"
    "|new enquiry|new inquiry|new question|new issue|new request|new job|second order|this time"
    "|on another note|different subject|other thing|another thing|while i m at it"
    "|while i have you|old thread|old email|old mail|another customer|another client"
    "|another site|another machine|another invoice|different invoice|different machine"
    "|different site|on a different|not related|nothing to do with|not the same|already settled"
    "|already sorted"
    "|andere sache|anderes thema|anderes anliegen|neue anfrage|neue bestellung|neues anliegen"
    "|neuer auftrag|neues thema|neue sache|separat|getrennt|etwas anderes|nichts zu tun|diesmal"
    "|anderen sache|andere frage|bei der gelegenheit|bei dieser gelegenheit|ubrigens"
    "|alte mail|alten mail|anderer kunde|anderen kunden|andere rechnung|anderen rechnung"
    "|zu einer anderen|zu einem anderen|was anderes|etwas neues|andere maschine|anderen maschine"
    "|andere bestellung|anderer auftrag|anderen auftrag|weitere bestellung|zweite bestellung"
    "|eigener vorgang|eigenen auftrag|eigener auftrag|eigenes ticket"
    "|jina vec|jine veci|jina zalezitost|ina vec|inej veci|nieco ine|iny problem"
    "|neco jineho|nova objednavka|samostatn*|tentokrat|nesuvis*|nesouvis*"
    "|інша справа"
    "|інше питання|нове замовлення"
)
# Verbs of telling, in the past and by the writer: "prosiłam", "zgłaszaliśmy". They are written
# here without their endings.
_TELLING: Final = phrase_list(
    "dzwoni|zadzwoni|telefonowa|pisa|napisa|odpisa|mailowa|mowi|rozmawia|pyta|zapyta|prosi"
    "|poprosi|zglasza|zglosi|informowa|poinformowa|wspomina|wspomnia|obieca|umawia|umowi|ustala"
    "|ustali|reklamowa|zareklamowa|kontaktowa|skontaktowa|wysyla|wysla|przesla|przesyla|dosla"
    "|poda|opisa|opisywa|pokazywa|tlumaczy"
)
_PAST: Final = ("lem", "lam", "lismy", "lysmy")
_TOLD_WORDS: Final = frozenset(f"{verb}{ending}" for verb in _TELLING for ending in _PAST) | set(
    phrase_list(
        "geschrieben|angerufen|gemeldet|geschickt|gesendet|gesprochen|gefragt|gebeten|mitgeteilt"
        "|telefoniert|angefragt|nachgefragt|zugesagt|versprochen|vereinbart|besprochen"
        "|abgesprochen|durchgegeben|spoke|emailed|phoned|promised|chased|mailed|messaged"
    )
)
_PHRASES: Final = Phrases(
    {
        f"{name} {phrase}": phrase_pattern(phrase)
        for name, phrases in (("told", _TOLD), ("something_else", _SOMETHING_ELSE))
        for phrase in phrases
    }
)


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of a message.

    `told`: its writer, or somebody else, has told of it before. `something_else`: it is another
    matter than one they had before.
    """

    told: bool = False
    something_else: bool = False


NO_CUES: Final = Cues()


def find_cues(words: Words) -> Cues:
    """Find the cues in a message's own words, which are those of its subject and text."""
    names = {name.partition(" ")[0] for name in _PHRASES.find_in(words)}
    told = "told" in names or not _TOLD_WORDS.isdisjoint(words.spaced.split())
    return Cues(told, "something_else" in names)
