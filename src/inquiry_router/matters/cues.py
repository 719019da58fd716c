"""Cues in a message's own words: it goes on with something, or it is about something else."""

import re
from dataclasses import dataclass
from typing import Final

from inquiry_router.entities.words import phrase_list
from inquiry_router.text.folding import Words, phrase_pattern
from inquiry_router.text.phrases import Phrases

# The writer says that they have told of it before.
_TOLD_BEFORE: Final = phrase_list(
    "czekam na odpowiedz w sprawie|czekamy na odpowiedz w sprawie|dzien czekam|tydzien czekam"
    "|tygodnie czekam|czekam od|czekamy od|poprzednia wiadomosc|poprzednia wiadomosc*"
    "|poprzedniej wiadomosci|ucielo|ucielo mi|chodzi o te|chodzi o ten|chodzi o ta|rozlaczyl*"
    "|przerwalo nam|przerwalo rozmowe|urwalo rozmowe|cut off|got disconnected|line dropped"
    "|we were disconnected|gemailt|unterbrochen|verbindung war weg|aufgelegt|dzwonil wczesniej"
    "|dzwonila wczesniej|ciag dalszy|cd|c d|dzwonie jeszcze raz|jeszcze raz|tak jak bylo"
    "|continued|fortsetzung|jeszcze o tej|jeszcze o tym|jeszcze o ten|jeszcze do tej"
    "|jeszcze do tego|co do tej|co do tego|nikt sie nie odz*|nie odzywa*|nie odezwal*"
    "|nie oddzwonil*|nie odpisal*|nie odpowiedzial*|juz dziala|dziala juz|juz jest ok"
    "|juz wszystko|juz po sprawie|juz sobie poradzil*|poradzilem sobie|poradzilam sobie"
    "|udalo sie|rozwiazane|problem zniknal|sprawa nieaktualna|juz nieaktualne|ile to jeszcze"
    "|ile jeszcze|jak dlugo jeszcze|ile mozna czekac|ile mam czekac|ile mamy czekac"
    "|minal tydzien|minely dwa|mija tydzien|cisza|no i co|i co z|czy juz|czy wiadomo"
    "|czy cos wiadomo|czy sa jakies|panstwa cen*|wasza cen*|wasza propozycj*|panstwa propozycj*"
    "|przyslana oferta|przyslanej oferty|panstwa mail*|wasz mail|waszego mail*|waszym mail*"
    "|z waszej strony|od was odpowiedzi|obiecaliscie|mieliscie|mial pan|miala pani"
    "|mieli panstwo|umowiony|umowiona|umowilismy|solved|sorted now|works now|working now"
    "|all good now|false alarm|how much longer|how long until|gone quiet|radio silence"
    "|what s happening|what is happening|where are we with|is it ready|are they ready"
    "|your price|your email|your mail|you promised|you were going to|was supposed to"
    "|were supposed to|nobody called|nobody has called|no one has called|nobody came"
    "|no one came|nobody turned up|never called back|call me back|funktioniert jetzt"
    "|funktioniert wieder|geht jetzt|geht wieder|klappt jetzt|hat geklappt|fehlalarm"
    "|wie lange noch|schon raus|schon unterwegs|schon fertig|wo bleibt|wo bleiben|ihr preis"
    "|ihre mail|ihrer mail|ihr anruf|ihren anruf|sollte kommen|sollten kommen|sollte heute"
    "|niemand gekommen|keiner gekommen|keiner da|niemand meldet|keiner meldet|niemand hat sich"
    "|keiner hat sich|zuruckgerufen|ruckruf|w odpowiedzi|nawiazujac do|w nawiazaniu do"
    "|w odniesieniu do|dot zgloszenia|dotyczy zgloszenia|uzupelnienie zgloszenia|mail z|mejl z"
    "|z wczorajszej rozmowy|z wczorajszego mail*|we said|we agreed|i told|i have told|i ve told"
    "|i sent|we sent|i have sent|i ve sent|we emailed|we called|we rang|we wrote|we reported"
    "|i complained|earlier today|earlier this week|last message|last mail|previous message"
    "|previous mail|laut telefonat|laut absprache|siehe meine|siehe mail|bezuglich meiner"
    "|bezug auf|jak mowil*|jak pisal*|jak wspomin*|jak wspomnial*|jak obieca*|jak ustal*"
    "|jak uzgodn*|jak rozmawia*|jak dzwonil*|jak zglasza*|jak umawia*|zgodnie z rozmowa"
    "|zgodnie z ustaleni*|zgodnie z umowa telefoniczn*|zgodnie z zapowiedzia"
    "|zgodnie z obietnic*|po rozmowie|po naszej rozmowie|w nawiazaniu do rozmowy"
    "|w nawiazaniu do telef*|w nawiazaniu do naszej|w nawiazaniu do mail*"
    "|w nawiazaniu do mojeg*|w nawiazaniu do mojej|w nawiazaniu do zgloszen*"
    "|w nawiazaniu do reklamac*|w nawiazaniu do wczorajsz*|w nawiazaniu do poprzedn*"
    "|nawiazujac do mo*|nawiazujac do rozm*|nawiazujac do naszej|nawiazujac do poprz*"
    "|w slad za*|odnosnie mojeg*|odnosnie mojej|odnosnie wczorajsz*|dzwonilem|dzwonilam"
    "|dzwonilismy|zadzwonilem|telefonowalem|telefonowalam|rozmawialem|rozmawialam|rozmawialismy"
    "|pisalem|pisalam|pisalismy|napisalem|napisalam|mailowalem|mailowalam|mailowalismy|mowilem"
    "|mowilam|mowilismy|pytalem|pytalam|pytalismy|zglaszalem|zglaszalam|zglaszalismy|zglosilem"
    "|zglosilam|zglosilismy|zgloszon*|reklamowalem|reklamowalam|wspominalem|wspominalam"
    "|wspomnialem|wspomnialam|prosilem|prosilam|prosilismy|obiecalem|obiecalam|obiecan*"
    "|zapowiedzian*|w mailu|w mejlu|w poprzednim mail*|w poprzedniej wiadomosci"
    "|w moim zgloszeni*|moje zgloszenie|mojego zgloszenia|mojego maila|moj mail"
    "|mojej wiadomosci|moja wiadomosc|moja reklamacja|mojej reklamacji|do zgloszenia"
    "|do reklamacji|przez telefon|telefonicznie zgl*|rozmowa telefoniczna|rozmowy telefonicznej"
    "|ponawiam|ponawiamy|ponownie pisze|pisze ponownie|pisze jeszcze raz|dzwonie znowu"
    "|dzwonie ponownie|przypominam|przypominamy|przypomnienie|ponaglenie|ponaglam|nadal czekam*"
    "|wciaz czekam*|dalej czekam*|ciagle czekam*|czekam juz|czekamy juz|nadal brak odpowiedzi"
    "|brak odpowiedzi|bez odpowiedzi|nikt nie odpowiada|nikt nie odpisal|nikt nie oddzwonil"
    "|nikt nie dzwonil|nikt sie nie odezwal|mial ktos oddzwonic|mieliscie oddzwonic"
    "|mieli panstwo oddzwonic|wiadomo cos|cos wiadomo|juz cos wiadomo|cos juz wiadomo"
    "|wiadomo juz|jak tam moj*|co z moj*|jakies wiesci|i jak tam|i co dalej|to jak bedzie"
    "|wracam do tematu|wracajac do|w tej samej sprawie|ta sama sprawa|jeszcze w sprawie"
    "|to znowu ja|to jeszcze ja|znow ja|znowu ja|jeszcze raz ja|ja jeszcze raz"
    "|to ja jeszcze raz|dosylam*|uzupelniam*|w uzupelnieniu|uzupelnienie|prosze dopisac"
    "|prosze dolaczyc do|dziekuje za odp*|dziekuje za info*|dziekuje za ofert*"
    "|dziekuje za szybk*|dziekuje za wycen*|dziekuje za wiadom*|dziekuje za przesl*"
    "|dziekuje za kontakt|dziekujemy za odp*|dziekujemy za ofert*|dziekujemy za info*"
    "|dzieki za odp*|dzieki za info*|dzieki za ofert*|na panstwa pytanie|na pana pytanie"
    "|na pani pytanie|odpowiadajac na|w odpowiedzi na|pytal pan|pytala pani|prosil pan"
    "|prosila pani|prosiliscie|kazal pan|kazala pani|pan kazal|pani kazala|pan mowil"
    "|pani mowila|pan prosil|pani prosila|jak pan chcial|jak pani chciala|panstwa oferte"
    "|panstwa oferta|panstwa odpowiedz|wasza oferte|wasza oferta|wasza odpowiedz"
    "|otrzymana oferta|przeslana oferta|przeslanej oferty|oferte otrzyma*|prostuje|sprostowanie"
    "|pomylilem|pomylilam|zle podalem|zle podalam|zle dalem|zle dalam|zle napisalem"
    "|zle napisalam|blednie podalem|blednie podalam|as told|as discussed|as mentioned"
    "|as promised|as requested|as agreed|as i said|like i said|as per our|as per my"
    "|per our call|as arranged|i rang|i called|i phoned|i emailed|i e mailed|i mailed|i wrote"
    "|i reported|i asked|i mentioned|we spoke|i spoke|we talked|i talked|spoke to|following up"
    "|follow up to|follow up on|followup|chasing|chase|any news|any update|any updates|any luck"
    "|any progress|any word|any movement|filled in your form|filled out your form"
    "|used your form|sent you|has anyone|is anyone|still waiting|still nothing|haven t heard"
    "|have not heard|heard nothing|not heard back|no reply|no answer|no response|further to"
    "|in addition to my|reminder|me again|it s me again|on the phone|by phone|over the phone"
    "|on the chat|in the chat|my earlier|my previous|my last mail|my last email|my last message"
    "|my first mail|my email|my call|my message|my report|resending|sending again|once more"
    "|please add to|to add to|addendum|regarding my|about my email|called earlier|rang earlier"
    "|rang this morning|wrote yesterday|called yesterday|rang yesterday|emailed yesterday"
    "|called this morning|emailed this morning|wrote last week|called last week|rang last week"
    "|emailed last week|thanks for your reply|thanks for the reply|thanks for the quick"
    "|thanks for your quick|thanks for your answer|thanks for the quote|thanks for your quote"
    "|thanks for getting back|thanks for coming back|thank you for your reply"
    "|thank you for the quote|thank you for your quote|thank you for your email"
    "|thank you for your answer|in reply to|in response to|to answer your|your question"
    "|your reply|your quote|your offer|you said|you told|your colleague said"
    "|your colleague told|your man|your engineer|your technician|your driver said|you asked for"
    "|you wanted|your colleague asked|you requested|danke fur ihre antwort"
    "|danke fur die antwort|danke fur das angebot|danke fur ihr angebot|danke fur die schnelle"
    "|danke fur die ruckmeldung|danke fur ihre ruckmeldung|dank fur ihre|dank fur das"
    "|dank fur die|zu ihrer frage|auf ihre frage|ihre ruckfrage|ihr angebot|ihre antwort"
    "|ihr kollege|ihre kollegin|ihrem kollegen|ihr monteur|ihr techniker|sie hatten|sie wollten"
    "|sie sagten|wie telefonisch|wie besprochen|wie vereinbart|wie gewunscht|wie angekundigt"
    "|wie versprochen|wie erwahnt|wie gesagt|wie erbeten|wie geschrieben|wie verlangt|gewunscht"
    "|angerufen|angefragt hatt*|telefonat|telefonisch|am telefon|nochmals|noch einmal|nochmal"
    "|noch mal|erneut|erinnerung|erinnere|nachgefragt|nachfrage zu|ich frage nach|gibt es schon"
    "|gibt es etwas neues|gibt s schon|gibt s was neues|neuigkeiten|wie ist der stand"
    "|wie sieht es aus|warte noch|warte immer noch|warten immer noch|warten noch|warte seit"
    "|warten seit|noch keine antwort|keine antwort|keine ruckmeldung|nichts gehort|nachtrag"
    "|erganzung|erganzend|bezugnehmend auf|bezug nehmend|meine mail|meiner mail|meine anfrage"
    "|meiner anfrage|unsere anfrage|meine meldung|meiner meldung|meine reklamation"
    "|habe ihnen geschrieben|hatte geschrieben|gestern geschrieben|hatte gemeldet|gemeldet"
    "|jak jsme mluvili|jak jste chteli|jak jste psal*|volal jsem|volala jsem|psal jsem"
    "|psala jsem|pripominam|urguji|urgence|doplnuji|navazuji|dekuji za nabid*|dekuji za odpov*"
    "|stale cekam|як домовлялись|як домовлялися|я писав|я писала|я дзвонив|я дзвонила|нагадую"
    "|додаю|чекаю на відповідь|досі чекаю|питає чи|писав вам|дзвонив вам"
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
# An answer to a question begins so.
_ANSWER: Final = re.compile(
    r"\s*(?:tak|nie|owszem|zgadza się|yes|yep|no|nope|correct|ja|nein|doch|genau|ano|ne|ok|okej"
    r"|okay|dobrze|zgoda|jasne|так|ні)\s*[,.!:;\n–-]",
    re.IGNORECASE,
)
# It reads like the second part of something.
_GOES_ON: Final = phrase_list(
    "prosze o status|jaki status|jaki jest status|prosze o informacje kiedy|prosze o info kiedy"
    "|na jakim etapie|what is the status|what s the status|status of|status meiner"
    "|wie ist der status|stand meiner|stand der dinge|czekam na odpowiedz|czekamy na odpowiedz"
    "|adres do|adres dostawy|adres wysylki|lieferadresse|lieferung an|delivery address|фото"
    "|додаю фото|przesylam|przesylamy|podsylam|zalaczam|podaje|oto|hier der|hier ist|hier sind"
    "|im anhang|enclosed|here s my|here is my|nadal|wciaz|do tej pory|do dzis|do dzisiaj"
    "|minal tydzien|minelo juz|juz tydzien|ile mam czekac|byl u nas|byl u mnie|byla u nas"
    "|byla u mnie|technik byl|monter byl|kurier byl|serwisant byl|pan byl wczoraj|po wizycie"
    "|po naprawie|po wymianie|jeszcze nie|dotad nie|still|not yet|so far|by now|it has been"
    "|it s been|days ago|a week ago|came today|came yesterday|came this morning|was here"
    "|has been here|has just been|after the visit|after the repair|noch nicht|bis heute|bisher"
    "|war da|war hier|war gestern|nach der reparatur|nach dem besuch|i jeszcze|jeszcze zdjeci*"
    "|jeszcze co do|zapomnialem|zapomnialam|zapomnielismy|korekta|poprawka|cz 2|czesc 2"
    "|czesc druga|ad 1|ad 2|ad 3|ad 4|pkt 1|pkt 2|pkt 3|par 9|bez zmian|reszta tak jak"
    "|reszta bez|jednak|dalej to samo|nadal to samo|to samo|wciaz to samo|nadal nie|dalej nie"
    "|ciagle nie|nadal brak|dalej brak|wciaz brak|przyszlo juz|juz przyszl*|juz doszl*"
    "|juz dotarl*|znalazl sie|znalazly sie|odnalazl*|mozna zamknac|mozecie zamknac|nieaktualn*"
    "|odwoluje|wycofuje|zmiana terminu|zmieniam|przesunac|przelozyc|ten pan|ta pani|i tu|a tu"
    "|tu zdjeci*|te zdjecia|to zdjecie|ten numer to|numer to|adres to|chodzilo mi|chodzilo o"
    "|mialem na mysli|kiedy wreszcie|kiedy w koncu|kiedy ktos|czy ktos|ma ktos|mial ktos"
    "|miala byc|mial byc|mialo byc|co sie dzieje|i kiedy|no to kiedy|to kiedy|kiedy decyzja"
    "|co z tym|co z ta|co z tymi|potwierdzam|akceptuj*|zgadzam sie|zgoda|bierzemy|wezmiemy"
    "|przyjmujemy|oferta przyjeta|wybieram*|wariant*|rezygnuj*|anuluj*|zrezygnow*|odwolac"
    "|nowy termin|inny termin|nowy adres|inny adres|nowy numer telefonu|zmiana adresu"
    "|zmiana ilosci|dopisac|dolozyc|dorzucic|dodac|dolaczyc|aktualizacja|update|stan na dzis"
    "|po sprawdzeniu|sprawdzilem|sprawdzilam|sprawdzilismy|zmierzylem|zmierzylam|zmierzylismy"
    "|okazalo sie|okazuje sie|znalazlem|znalazlam|znalezlismy|zgubilem|wydaje sie ze"
    "|mialam na mysli|przepraszam|errata|w zal|w zalaczeniu|w zalaczniku|forgot|forgot to"
    "|here is the|here are the|here s the|photo as|correction|part 2|2 2|2 of 2|we ll take"
    "|we will take|happy with|happy to accept|we accept|i accept|go ahead|approved|we checked"
    "|i checked|i have checked|it turns out|found it|i found|we found|i measured|we measured"
    "|have tried|has tried|tried that|did that|done that|attached|as above|additional photo"
    "|more photos|another photo|more info|you can close|can be closed|please close|turned up"
    "|has arrived|arrived now|still the same|same again|still not|still no|still leaking"
    "|also attached|ps|never mind|no longer needed|please cancel that|typo|i meant|sorry"
    "|change it to|make that|as well as that|that photo|those photos|picture attached"
    "|photos attached|schon raus|schon da|schon unterwegs|schon erledigt|noch immer|wann kommt"
    "|wo bleibt|wo bleiben|noch ein foto|hier das foto|hier die fotos|anbei das foto"
    "|anbei die fotos|teil 2|vergessen|einverstanden|wir nehmen|bestatigen wir|wir bestatigen"
    "|freigabe|variante|haben gepruft|habe gepruft|haben gemessen|habe gemessen|inzwischen"
    "|mittlerweile|neuer termin|neue adresse|andere adresse|doch nicht|korrektur|berichtigung"
    "|immer noch|weiterhin|anbei|ist wieder da|hat sich erledigt|erledigt|stattdessen"
    "|statt dessen|bitte andern|entschuldigung|tippfehler|dekuji za nabid*|dekuji za odpov*"
    "|bereme|jeste|omlouvam|zapomnel*|posilam|надсилаю|забув|забула"
)
# It is settled: nobody opens a matter with these words.
_SETTLED: Final = phrase_list(
    "juz dziala*|dziala juz|juz jest ok|juz wszystko gra|juz po sprawie|temat zamkniety"
    "|mozna zamknac|mozecie zamknac|prosze zamknac|nieaktualn*|udalo sie|rozwiazane"
    "|problem zniknal|znalazl sie|znalazla sie|znalazlo sie|znalazly sie|odnalazl*|dotarl* dzis"
    "|doszl* dzis|juz doszl*|juz dotarl*|juz przyszl*|poradzilem sobie|poradzilam sobie"
    "|falszywy alarm|nie trzeba przyjezdzac|nie trzeba juz|solved|sorted now|sorted itself"
    "|works now|working now|all good now|false alarm|you can close|can be closed|please close"
    "|turned up|never mind|no longer needed|funktioniert jetzt|funktioniert wieder"
    "|geht jetzt wieder|geht wieder|klappt jetzt|hat geklappt|hat sich erledigt|fehlalarm"
    "|wieder aufgetaucht|hat sich gefunden|uz funguje|nasla se|nasel se|vyreseno|вже працює"
    "|знайшл*"
)
# Somebody else has written or rung before.
_SOMEBODY_WROTE: Final = phrase_list(
    "maz do panstwa|maz oddal|maz zamawial|zona zamawiala|pisal*|dzwonil*|zglaszal*|zglosil*"
    "|kontaktowal*|rozmawial*|zamawial*|mowil ze*|mowila ze*|oddal*|prosil*|czekam na odpowiedz"
    "|czekamy na odpowiedz|w imieniu|przypomnienie|przypominam*|ponawiam*|rang|called|phoned"
    "|emailed|wrote|reported|spoke|on behalf of|reminder|still waiting|any news|any update"
    "|took over|picked this up|taken over|taking over|off until|on leave|following up|chasing"
    "|asked me to|for my husband|for my wife|covering for|hat angerufen|hat geschrieben"
    "|hatte geschrieben|hatte angerufen|hat gemeldet|im namen|in vertretung|i a|im auftrag von"
    "|erinnerung|warten noch|warten immer noch|telefonisch gemeldet|telefonisch besprochen"
    "|wie telefonisch|wie besprochen|na zwolnieniu|na urlopie|na l4|przejmuje|przejalem"
    "|przejelam|w zastepstwie|za kolege|za kolezanke|za szefa|przekazuje|im urlaub|ist krank"
    "|ubernehme|ubernommen|manzel volal|manzel psal|psal vam|volal vam|питає|писав|дзвонив"
)
# Another matter. These words stop every join but that of a ticket or a mail thread.
_SOMETHING_ELSE: Final = phrase_list(
    "na inna budowe|na innej budowie|na inny obiekt|na innym obiekcie|na inny adres|do innego"
    "|do innej|inna sprawa|innej sprawie|inny temat|inna robota|inne zamowienie"
    "|innego zamowienia|innym zamowieni*|inna rzecz|inna sztuka|inny problem|inna usterka"
    "|co innego|cos innego|osobna|osobne|osobny|osobno|osobnej|osobnego|osobnym|oddzieln*"
    "|nie mieszac|nie laczyc|nie ma zwiazku|nie ma nic wspolnego|nowe zamowienie|nowa sprawa"
    "|nowy temat|nowe zapytanie|nowe zgloszenie|nowa reklamacja|z innej beczki|tym razem"
    "|druga sprawa|drugie zamowienie|drugiego zamowienia|drugi problem|kolejne zamowienie"
    "|kolejna sprawa|kolejna reklamacja|niezaleznie od|nie dotyczy|dla siebie|wlasny numer"
    "|wg wzoru|nie moj|teraz inn*|przy okazji inn*|jest jego nie moj|ja mam zamowienie"
    "|u mnie chodzi o|dawno zalatwion*|juz zalatwion*|sprawa zalatwiona|sprawa zamknieta"
    "|tamto juz|tamta juz|tamta sprawa|another matter|different matter|another issue"
    "|different issue|separate|separately|unrelated|something else|another order"
    "|different order|new order|new enquiry|new inquiry|new question|new issue|new request"
    "|this time|different topic|another question|another one|on another note|not related"
    "|nothing to do with|second order|not the same|settled already|already settled"
    "|already sorted|mine is|besides that matter|andere sache|anderes thema|anderes anliegen"
    "|neue anfrage|neue bestellung|neues anliegen|neuer auftrag|neues thema|separat|getrennt"
    "|getrennte|etwas anderes|nichts zu tun|diesmal|andere bestellung|anderer auftrag"
    "|anderen auftrag|neue sache|neuer vorgang|eigener vorgang|weitere bestellung"
    "|zweite bestellung|bereits erledigt|ist erledigt|jina vec|jine veci|neco jineho"
    "|nova objednavka|samostatn*|tentokrat|інша справа|інше питання"
)
# One more of a kind: perhaps the same, perhaps another.
_ONE_MORE: Final = phrase_list(
    "tez|rowniez|takze|drug*|kolejn*|nastepn*|inn*|znow*|ponown*|i jeszcze jed*|also|too"
    "|as well|second|third|another|other|next|again|one more|similar|auch|ebenfalls|zweit*"
    "|dritt*|weiter*|ander*|wieder|noch ein*|ahnlich*|taky|take|dals*|druh*|jin*|nov*|znovu"
    "|opet|також|теж|друг*|інш*"
)
# It asks for something of its own, orders, or tells of a defect: so it may open a matter.
_OPENS: Final = phrase_list(
    "pyta o|pyta ile|robicie|prywatnie|pytanie o|asks about|asks for|wants to buy|fragt nach"
    "|mochte wissen|czy macie|czy maja panstwo|czy panstwo maja|czy jest dost*|czy sa dost*"
    "|czy da sie|czy mozna|czy robicie|czy prowadzicie|czy oferujecie|czy sprzedajecie"
    "|czy pasuj*|czy zalatwia*|potrzebuj*|potrzebny|potrzebna|potrzebne|potrzeba"
    "|prosze o|prosimy o|poprosze|poprosimy|prosba o|chcial*|chcemy|chce|zamawiam*|zamowie"
    "|szukam*|poszukuj*|ile kosztuj*|jaka cena|jaki koszt|ile za|ile bedzie|w jakiej cenie"
    "|po ile|dajcie znac czy|wycen*|zapytanie|interesuje mnie|interesuje nas|kupic|domowic"
    "|dokupic|zamowic|wynajac|zglaszam|zglaszamy|reklamuj*|reklamacja|skladam|nie dziala*"
    "|nie wlacza*|nie startuj*|nie odpala*|nie grzeje*|nie chlodzi*|nie trzyma*|nie wiruj*"
    "|nie swieci|nie otwiera*|nie zamyka*|nie drukuj*|nie laduj*|nie bije|zepsul*|zepsut*|pekl*"
    "|pekniet*|uszkodz*|cieknie|ciekna|przeciek*|kapie|halasuj*|zlaman*|urwan*|urwal*|porysow*"
    "|zarysow*|stluczon*|rozbit*|wgniec*|niekomplet*|awari*|usterk*|brakuj*|brak|nie doszl*"
    "|nie dotarl*|nie przyszl*|odstepuj*|rezerw*|awizuj*|wypowiedz*|usunac|usuniecie"
    "|do you have|do you stock|do you sell|do you do|could you|can you|can i|could i|please"
    "|we need|i need|need|needed|would need|we require|quote|how much|price|would like|i d like"
    "|looking for|interested in|order|to buy|to rent|to hire|broken|cracked|missing|does not"
    "|do not work|doesn t|don t work|not working|won t|leaks|leaking|faulty|damaged|torn|wrong"
    "|haben sie|hatten sie|fuhren sie|wir brauch*|brauche|brauchen|brauchten|wir such*|suche"
    "|bitte|bitten|wir bestell*|bestelle|mochte|mochten|angebot uber|preis|was kostet|kosten"
    "|defekt|kaputt|fehlt|fehlen|funktioniert nicht|geht nicht|schleudert nicht|undicht"
    "|beschadigt|gerissen|zerbrochen|prosim|prosime|poptav*|chybi|nefunguje|mate|objednav*"
    "|chtel bych|chtela bych|прошу|потрібн*|чи є у вас|хочу|не працює"
)
# What is only sent on: in a message of a few words it is a part of what was said before.
_SENT_ON: Final = phrase_list(
    "img*|jpg|jpeg|png|pdf|heic|scree*|anschrift|zdjeci*|fot*|skan*|zalacz*|w zalaczeniu"
    "|filmik*|potwierdzeni*|photo*|picture*|pics|attach*|scan*|video*|bild*|anhang|anbei"
    "|priloh*|adres*|ul|ulica|street|strasse|address|adresse"
)
_FEW_WORDS: Final = 10  # with the greeting
_PHRASES: Final = Phrases(
    {
        f"{name} {phrase}": phrase_pattern(phrase)
        for name, phrases in (
            ("told_before", _TOLD_BEFORE),
            ("goes_on", _GOES_ON),
            ("settled", _SETTLED),
            ("somebody_wrote", _SOMEBODY_WROTE),
            ("something_else", _SOMETHING_ELSE),
            ("one_more", _ONE_MORE),
            ("opens", _OPENS),
            ("sent_on", _SENT_ON),
        )
        for phrase in phrases
    }
)


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of a message.

    `told_before`: its writer has told of it before. `goes_on`: it reads like the second part of
    something. `settled`: it says that a thing is settled. `somebody_wrote`: somebody has told of
    it before. `something_else`: it is another matter than one they had before. `opens`: it asks
    for something of its own or tells of a defect. `one_more`: it may be about one more thing of a
    kind.
    """

    told_before: bool = False
    goes_on: bool = False
    settled: bool = False
    somebody_wrote: bool = False
    something_else: bool = False
    opens: bool = False
    one_more: bool = False

    @property
    def any_before(self) -> bool:
        """True if the writer or somebody else has told of it before."""
        return self.told_before or self.somebody_wrote


NO_CUES: Final = Cues()


def find_cues(words: Words, text: str) -> Cues:
    """Find the cues in a message's own words, which are those of its subject and text."""
    names = {name.partition(" ")[0] for name in _PHRASES.find_in(words)}
    few_words = len(words.beginnings) <= _FEW_WORDS
    told = not _TOLD_WORDS.isdisjoint(words.spaced.split()) or _ANSWER.match(text) is not None
    return Cues(
        told_before=told or "told_before" in names,
        goes_on="goes_on" in names or (few_words and "sent_on" in names),
        settled="settled" in names,
        somebody_wrote="somebody_wrote" in names,
        something_else="something_else" in names,
        opens="opens" in names,
        one_more="one_more" in names,
    )
