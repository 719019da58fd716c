"""Cues in a message's own words: it goes on with something, or it is about something else."""

from dataclasses import dataclass
from typing import Final

from inquiry_router.entities.words import phrase_list
from inquiry_router.text.folding import Words, phrase_pattern, read_words
from inquiry_router.text.phrases import Phrases

_MAX_CHARS: Final = 2_000
# They have written or rung before, or add something.
_GOES_ON: Final = phrase_list(
    "jak mowil*|jak pisal*|jak wspomin*|jak wspomnial*|jak obieca*|jak ustal*|jak uzgodn*"
    "|jak rozmawia*|jak prosil*|jak pani prosila|jak pan prosil|jak dzwonil*|zgodnie z prosba"
    "|zgodnie z rozmowa|po rozmowie|po naszej rozmowie|w nawiazaniu do rozmowy"
    "|w nawiazaniu do naszej rozmowy|w nawiazaniu do mail*|w nawiazaniu do mojeg*"
    "|w nawiazaniu do mojej|w nawiazaniu do zgloszen*|w nawiazaniu do reklamac*"
    "|w nawiazaniu do wczorajsz*|nawiazujac do mo*|nawiazujac do rozm*"
    "|dzwonilem|dzwonilam|dzwonilismy|rozmawialem|rozmawialam|rozmawialismy|pisalem|pisalam"
    "|pisalismy|mailowalem|mailowalam|zglaszalem|zglaszalam|zglaszalismy|zglosilem|zglosilam"
    "|zgloszon*|reklamowalem|reklamowalam|wysylalem|wysylalam"
    "|ponawiam|ponawiamy|ponownie pisze|pisze ponownie|pisze jeszcze raz|dzwonie jeszcze raz"
    "|przypominam|przypominamy|przypomnienie|czekam na odpowiedz|czekamy na odpowiedz"
    "|nadal czekam*|wciaz czekam*|dalej czekam*|ciagle czekam*|nadal brak odpowiedzi"
    "|brak odpowiedzi|nikt nie odpowiada|nikt nie odpisal|wiadomo cos|cos wiadomo|juz cos wiadomo"
    "|co z moj*|jak tam moj*|jakies wiesci|cos nowego w|i jeszcze|jeszcze zdjeci*|jeszcze co do"
    "|jeszcze jedno zdjecie|zapomnialem dod*|zapomnialam dod*|zapomnialem dopis*"
    "|zapomnialam dopis*|zapomnialem zal*|zapomnialam zal*|zapomnialem pod*|zapomnialam pod*"
    "|dosylam*|doslac obiecan*|przesylam obiecan*|uzupelniam*|w uzupelnieniu|uzupelnienie"
    "|korekta do|korekta|poprawka|sprostowanie|prostuje|pomylilem|pomylilam|zle podalem"
    "|zle podalam|zle dalem|zle dalam|cz 2|czesc 2|czesc druga|ad 1|ad 2|ad 3|ad 4"
    "|prosze dopisac|prosze dolaczyc do|wracam do tematu|wracajac do|w tej samej sprawie"
    "|ta sama sprawa|jeszcze w sprawie|bez zmian|to znowu ja|to jeszcze ja|znow ja|znowu ja"
    "|jeszcze raz ja|ja jeszcze raz|reszta tak jak bylo|w zalaczeniu obiecan*|tak jak obieca*"
    "|jak tata dzwonil|maz dzwonil|maz pisal|zona dzwonila|zona pisala"
    "|as told|as discussed|as mentioned|as promised|as requested|as agreed|as i said|i rang"
    "|i called|i phoned|i emailed|i mailed|i wrote|we spoke|i spoke|spoke to|following up"
    "|follow up|follow up to|chasing|any news|any update|any updates|any luck|any progress"
    "|still waiting|haven t heard|have not heard|no reply|no answer|no response|further to"
    "|forgot to|here is the photo|here are the photos|here s the photo|photo as|reminder"
    "|correction|part 2|me again|on the phone earlier|by phone|over the phone|my earlier"
    "|my previous|my last mail|my last email|resending|you can close it|please add to|to add to"
    "|addendum|ps to my|regarding my call|regarding my email|called earlier|rang earlier"
    "|rang this morning|wrote yesterday|called yesterday|rang yesterday|emailed yesterday"
    "|wie telefonisch|wie besprochen|wie vereinbart|wie gewunscht|wie angekundigt"
    "|wie versprochen|wie erwahnt|wie gesagt|habe angerufen|hatte angerufen|vorhin angerufen"
    "|gestern angerufen|telefonat|nochmal|nochmals|noch mal|noch einmal|erneut|erinnerung"
    "|neuigkeiten|warte noch|warte immer noch|warten immer noch|warten noch|keine antwort"
    "|nachtrag|erganzung|korrektur|noch ein foto|hier das foto|hier die fotos|anbei das foto"
    "|teil 2|vergessen|habe ihnen geschrieben|hatte geschrieben|gestern geschrieben"
    "|jak jsme mluvili|volal jsem|volala jsem|psal jsem|psala jsem|pripominam|urguji|doplnuji"
    "|як домовлялись|я писав|я писала|я дзвонив|я дзвонила|нагадую|додаю"
)
# Somebody else has written or rung before.
_SOMEBODY_WROTE: Final = phrase_list(
    "maz do panstwa|maz pisal|maz dzwonil|maz zglaszal|maz oddal|maz zamawial|zona dzwonila"
    "|zona pisala|zona zglaszala|zona zamawiala|pisal*|dzwonil*|zglaszal*|kontaktowal*"
    "|czekam na odpowiedz|czekamy na odpowiedz|w imieniu|przypomnienie|przypominam*|ponawiam*"
    "|rang|called|phoned|emailed|wrote|on behalf of|reminder|still waiting|any news|any update"
    "|took over|picked this up|taken over|off until|on leave|following up|chasing"
    "|hat angerufen|hat geschrieben|hatte geschrieben|hatte angerufen|im namen|in vertretung"
    "|i a|im auftrag|erinnerung|warten noch|warten immer noch|telefonisch gemeldet"
    "|telefonisch besprochen|wie telefonisch|wie besprochen|na zwolnieniu|na urlopie|przejmuje"
    "|przejalem|przejelam|w zastepstwie"
)
# Another matter. These words stop every join but that of a ticket or a mail thread.
_SOMETHING_ELSE: Final = phrase_list(
    "inna sprawa|innej sprawie|inny temat|inna robota|inne zamowienie|innego zamowienia"
    "|innym zamowieni*|inna rzecz|inna sztuka|inny problem|inna usterka|co innego|cos innego"
    "|osobna|osobne|osobny|osobno|osobnej|osobnego|osobnym|osobnego|oddzieln*|nie mieszac"
    "|nie laczyc|nie ma zwiazku|nie ma nic wspolnego|nowe zamowienie|nowa sprawa|nowy temat"
    "|nowe zapytanie|nowe zgloszenie|nowa reklamacja|z innej beczki|tym razem|druga sprawa"
    "|drugie zamowienie|drugiego zamowienia|drugi problem|kolejne zamowienie|kolejna sprawa"
    "|kolejna reklamacja|niezaleznie od|nie dotyczy|dla siebie|wlasny numer|wg wzoru|nie moj"
    "|teraz inn*|przy okazji inn*|jest jego nie moj|ja mam zamowienie|u mnie chodzi o"
    "|dawno zalatwion*|juz zalatwion*|sprawa zalatwiona|sprawa zamknieta|tamto juz|tamta juz"
    "|tamta sprawa"
    "|another matter|different matter|another issue|different issue|separate|separately"
    "|unrelated|something else|another order|different order|new order|new enquiry|new inquiry"
    "|new question|new issue|new request|this time|different topic|another question|another one"
    "|on another note|not related|nothing to do with|second order|not the same|settled already"
    "|already settled|already sorted|mine is|besides that matter"
    "|andere sache|anderes thema|anderes anliegen|neue anfrage|neue bestellung|neues anliegen"
    "|neuer auftrag|neues thema|separat|separate|getrennt|getrennte|etwas anderes"
    "|nichts zu tun|diesmal|andere bestellung|anderer auftrag|anderen auftrag|neue sache"
    "|neuer vorgang|eigener vorgang|weitere bestellung|zweite bestellung|bereits erledigt"
    "|ist erledigt"
    "|jina vec|jine veci|neco jineho|nova objednavka|samostatn*|tentokrat|інша справа|інше питання"
)
# What is only sent on: in a message of a few words it is a part of what was said before.
_SENT_ON: Final = phrase_list(
    "zdjeci*|fot*|skan*|zalacz*|w zalaczeniu|filmik*|potwierdzeni*|photo*|picture*|pics|attach*"
    "|scan*|video*|bild*|anhang|anbei|priloh*|adres*|address|adresse"
)
_MAX_WORDS_SENT_ON: Final = 8
_PHRASES: Final = Phrases(
    {
        f"{name} {phrase}": phrase_pattern(phrase)
        for name, phrases in (
            ("goes_on", _GOES_ON),
            ("somebody_wrote", _SOMEBODY_WROTE),
            ("something_else", _SOMETHING_ELSE),
            ("sent_on", _SENT_ON),
        )
        for phrase in phrases
    }
)


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of a message.

    `goes_on`: its writer has told of it before. `somebody_wrote`: somebody has. `something_else`:
    it is another matter than one they had before.
    """

    goes_on: bool = False
    somebody_wrote: bool = False
    something_else: bool = False


NO_CUES: Final = Cues()


def find_cues(subject: str | None, text: str) -> Cues:
    """Find the cues in the own words of a message."""
    words: Words = read_words(subject, text[:_MAX_CHARS])
    names = {name.partition(" ")[0] for name in _PHRASES.find_in(words)}
    only_sent_on = "sent_on" in names and len(words.beginnings) <= _MAX_WORDS_SENT_ON
    return Cues(
        goes_on="goes_on" in names or only_sent_on,
        somebody_wrote="somebody_wrote" in names,
        something_else="something_else" in names,
    )
