"""The words of automatic mail, in Polish, English, German and some in other languages.

All patterns are for folded text.
"""

import re
from typing import Final

# A program ends the words with a colon, or with nothing: "Out of office chairs" is a customer.
_END: Final = r"(?:\s*(?:[:–(\[]|$|- |do |until |bis |re\b))"
SUBJECT_REPLY: Final = re.compile(
    r"\W{0,3}(?:(?:automatic reply|auto(?:matic)? ?-?response|auto-?reply"
    r"|out of (?:the )?office(?: (?:reply|message|auto-?reply|notification))?"
    r"|automatische antwort|abwesenheits(?:notiz|meldung|nachricht)|abwesend"
    r"|odpowiedz automatyczna|automatyczna odpowiedz|autoodpowiedz|autoresponder"
    r"|nieobecnosc w (?:biurze|pracy)|poza biurem"
    r"|automaticka odpoved|reponse automatique|respuesta automatica|risposta automatica"
    rf"|автоматична відповідь|автоответ){_END})"
)
SUBJECT_BOUNCE: Final = re.compile(
    r"\W{0,3}(?:undeliver(?:able|ed)(?: mail)?|delivery status notification"
    r"|mail delivery (?:failed|failure|subsystem)"
    r"|delivery (?:has )?fail(?:ed|ure)"
    r"|returned mail|failure notice|unzustellbar|nicht zustellbar|mail konnte nicht zugestellt"
    r"|niedostarczaln"
    r"|nie mozna dostarczyc|nie udalo sie dostarczyc"
    r"|(?:wiadomosc niedostarczona|niedostarczona wiadomosc)|blad dostarcz|zwrot niedoreczonej)"
)
# The same words about goods are those of a customer.
GOODS: Final = re.compile(
    r"paczk|przesylk|parcel|package|shipment|order|zamowien|paket|sendung|bestell|lieferung|ware\b"
    r"|towar|kurier|courier|pizz|mebl|furniture|mobel|faktur|invoice|rechnung"
)
# Text, not only the subject, shows that a mail server wrote.
DIAGNOSIS: Final = re.compile(
    r"\b[45]\.\d{1,3}\.\d{1,3}\b|\b55\d\b|mailer-daemon|postmaster|\bsmtp\b|mail delivery system"
    r"|(?:mailbox|skrzynk\w+|postfach)\b.{0,40}(?:full|peln|voll|not exist|nie istnieje)"
    r"|(?:skrzynka odbiorcza|recipient(?:'s)? (?:address|mailbox|server)|serwer poczt)"
    r"|(?:address|adres) .{0,40}(?:not found|rejected|nie istnieje|odrzuc)"
)
BOUNCE: Final = re.compile(
    r"\W{0,3}(?:this is the mail (?:system|delivery)"
    r"|this message was created automatically by mail delivery"
    r"|delivery to the following recipients? (?:has )?failed"
    r"|your message (?:to \S+ )?(?:could not be|couldn't be|wasn't) delivered"
    r"|delivery has failed to these|ihre nachricht .{0,80}konnte nicht zugestellt"
    r"|die folgende nachricht konnte nicht"
    r"|(?:twoja |panstwa )?wiadomosc .{0,80}nie (?:zostala|mogla zostac) (?:dostarczona|doreczona)"
    r"|nie (?:udalo|mozna) (?:sie )?dostarczyc (?:wiadomosci|twojej|e-?maila))"
)
_HELLO: Final = (
    r"\W{0,3}(?:(?:dzien dobry|witamy|witaj|szanown\w+ \w+(?: \w+)?|hello|hi|dear [\w ]{2,30}|hallo"
    r"|guten tag|sehr geehrte[\w ]{2,40})[^.:?]{0,20}[,.!:]?\s*)?"
)
_THANKS: Final = (
    r"(?:(?:dziekujemy za|dziekuje za|potwierdzamy? (?:otrzymanie|odbior)|thank you for"
    r"|thanks for|vielen dank fur) [^.!?]{3,90}[.!]\s*){0,2}"
)
REPLY: Final = re.compile(
    rf"{_HELLO}{_THANKS}(?:(?:this is an auto(?:mated|matic)"
    r"|to jest (?:wiadomosc )?automatyczna|jest to automatyczna"
    r"|dies ist eine automatisch\w*(?: erstellte| generierte)?)"
    r" (?:reply|response|out.of.office|odpowiedz|antwort|abwesenheits)|to jest autoodpowiedz)"
)
# Another desk confirms what somebody sent to it.
CONFIRMATION: Final = re.compile(
    rf"{_HELLO}{_THANKS}(?:"
    r"(?:informujemy, ze |potwierdzamy, ze )?(?:twoje|panstwa|pani/pana|pana/pani) "
    r"(?:zgloszenie|zapytanie|wiadomosc|sprawa)\b.{0,60}"
    r"\b(?:zostal[ao]|jest) (?:juz )?(?:przyjet|zarejestrowan|odebran|utworzon|przekazan)"
    r"|(?:nowe )?zgloszenie (?:o )?(?:numer\w*|nr)? ?\S{0,20} zostalo (?:przyjet|zarejestrowan"
    r"|utworzon)"
    r"|zostal[ao] on[oa] (?:zarejestrowan|przyjet)"
    r"|otrzymalismy (?:twoje|twoja|panstwa) (?:zgloszenie|zapytanie|wiadomosc)"
    r"|potwierdzamy (?:przyjecie|otrzymanie|rejestracje) (?:panstwa |twojego )?(?:zgloszenia"
    r"|wiadomosci|zapytania)"
    r"|(?:we have received your|your) (?:request|ticket|message|inquiry|enquiry|case)\b.{0,60}"
    r"(?:has been (?:received|created|registered|logged)|is being (?:reviewed|processed)"
    r"|(?:we|and) will (?:get back|respond|reply)|our team will)"
    r"|(?:we (?:would like to )?|this is to )(?:acknowledge|confirm) (?:that we have received"
    r"|(?:the )?receipt of) your"
    r"|a (?:support )?ticket .{0,40}has been (?:created|opened)"
    r"|ihre (?:anfrage|nachricht|meldung)\b.{0,60}(?:ist (?:bei uns )?eingegangen"
    r"|wurde .{0,40}(?:erfasst|registriert|empfangen)|haben wir erhalten)"
    r"|wir haben ihre (?:anfrage|nachricht|meldung) (?:erhalten|erfasst))"
)
# An absence alone is not enough: the text must also name a substitute, or promise an answer.
ABSENCE: Final = re.compile(
    r"\b(?:i am|i'm|i will be) (?:currently )?(?:out of (?:the )?office"
    r"|on (?:annual |maternity |parental )?leave|away from (?:the|my) (?:office|desk))"
    r"|\b(?:jestem|bede|przebywam) (?:obecnie |aktualnie )?(?:nieobecn[ya]|na urlopie|poza biurem)"
    r"|\b(?:ich bin|bin ich) .{0,60}(?:nicht im (?:buro|haus)|abwesend|im urlaub|ausser haus)"
)
INSTEAD: Final = re.compile(
    r"(?:in|for) (?:all )?urgent|limited access"
    r"|(?:upon|after) my return .{0,40}(?:reply|respond|answer)"
    r"|i (?:will|shall) (?:reply|respond|get back|answer)"
    r"|w (?:pilnych|naglych|sprawach pilnych)|ograniczony dostep|zastepuje mnie"
    r"|(?:odpowiem|odpisze|skontaktuje sie|oddzwonie) .{0,40}po (?:moim )?powrocie"
    r"|po (?:moim )?powrocie .{0,30}(?:odpowiem|odpisze|odpowiedz|skontaktuj|oddzwoni)"
    r"|in dringenden|meine vertretung|nicht weitergeleitet|e-?mails? (?:wird|werden)"
    r"|nach meiner ruckkehr .{0,40}(?:antwort|meld|beantwort|bearbeit)"
    r"|(?:antworte|melde|beantworte) .{0,60}nach meiner ruckkehr"
)
# A customer who mentions a holiday wants something; an absence and a confirmation do not.
WISH: Final = re.compile(
    r"\b(?:chcial\w*|poprosz\w+|chce|chcemy|zamierza\w+|planuj\w+|interesuje|zamawia\w*|reklamuj\w+"
    r"|mojego? (?:zamowieni\w+|zgloszeni\w+)|moja (?:paczka|pompa)|nadal|dalej|ciekn?i?e"
    r"|prosz[ea](?: \w+){0,2} o (?!(?:pilny )?kontakt|telefon (?:do|pod)|kierowanie"
    r"|wiadomosc (?:do|na)"
    r"|przesyl\w+ .{0,20}do|cierpliw|niezwloczn|nieodpow)"
    r"|i (?:would|'d) like|i'd like|i need|i want|we need|could you|can you|please (?:send|deliver"
    r"|quote|offer|repair|refund|cancel|order)|my order"
    r"|ich mochte|wir mochten|ich brauche|wir brauchen|ich benotige|ich wollte"
    r"|bitte (?:senden sie mir|schicken sie mir|liefern|um (?:einen? )?(?:angebot|termin|reparatur"
    r"|ersatz|lieferung|rechnung|austausch)|reparieren)|immer noch (?:nicht|kaputt|defekt)"
    # Somebody who is back, or encloses something, answers below a subject that a machine wrote.
    r"|now (?:that )?i'?m back|(?:just|finally) back from|wrocil[ae]m (?:juz )?z urlopu"
    r"|jestem juz (?:z powrotem|po urlopie)|bin jetzt wieder (?:da|zuruck)"
    r"|attached|w zalaczeniu|zalaczam|anbei)\b"
)
# A customer tells of a confirmation that nothing followed.
COMPLAINT: Final = re.compile(
    r"\b(?:temu|od (?:tygodni\w*|miesiac\w*|dawna)|nikt|cisza|wciaz|nadal|dalej|drugi raz"
    r"|trzeci raz"
    r"|ago|nobody|no one|still|never|vor \w+ (?:tagen|wochen|monaten)|niemand|immer noch|seitdem)\b"
)
SUBJECT_RECEIPT: Final = re.compile(
    r"(?:(?:nie)?przeczytan[oae]|nie przeczytano|usunieto bez|read|not read|gelesen|ungelesen|lu"
    r"|deleted|geloscht|dostarczono|delivered|relayed|zugestellt|precteno|precitane"
    r"|odczytan[oae]|potwierdzenie (?:przeczytania|odczytu|odbioru)|return receipt|read receipt"
    r"|lesebestatigung)\b ?.{0,2}:?"
)
RECEIPT: Final = re.compile(
    r"^\W{0,3}(?:(?:twoja|panstwa) wiadomosc|your message|ihre nachricht|the message you sent"
    r"|wiadomosc wyslana)\b.{0,300}(?:przeczytan|odczytan|wyswietlon|usuniet\w+ bez"
    r"|was (?:read|opened|displayed|deleted)|has been (?:read|displayed|delivered)"
    r"|wurde .{0,60}(?:gelesen|geloscht"
    r"|angezeigt|zugestellt)|dostarczon)"
    r"|^\W{0,3}(?:vase|tato|tvoje) zprava\b.{0,300}(?:byla (?:prectena|zobrazena|odstranena|smazana"
    r"|dorucena))"
    r"|^\W{0,3}(?:vasa|tato) sprava\b.{0,300}bola (?:precitana|zobrazena|odstranena|dorucena)"
    r"|^\W{0,3}(?:this is a|to jest|dies ist eine?) (?:return receipt|potwierdzenie (?:odbioru"
    r"|przeczytania|odczytu)|(?:lese|empfangs)bestatigung)"
    r" (?:wiadomosci|for (?:the|your) (?:e-?mail|mail|message)"
    r"|fur (?:die|ihre) (?:nachricht|e-?mail))"
)
SUBJECT_CALENDAR: Final = re.compile(
    r"(?:accepted|declined|tentative(?:ly accepted)?|zaakceptowan[oaey]|odrzucon[oaey]"
    r"|wstepnie zaakceptowan[oaey]|niezobowiazujaco|zugesagt|abgesagt|angenommen|abgelehnt"
    r"|mit vorbehalt(?: angenommen)?|vorbehaltlich|prijato|odmitnuto|accepte|refuse"
    r"|новая встреча)\b ?:"
)
CALENDAR: Final = re.compile(
    r"\bhas (?:accepted|declined|tentatively accepted|replied).{0,40}\binvitation\b"
    r"|(?:zaakceptowal|odrzucil|przyjal)\S{0,4} (?:to )?zaproszenie"
    r"|hat (?:die|diese|ihre) (?:einladung|besprechung\w*)\b.{0,40}(?:angenommen|abgelehnt|zugesagt"
    r"|abgesagt)"
)
SUBJECT_RECALL: Final = re.compile(r"(?:recall|odwolanie|wycofanie|ruckruf|rappel)\b ?:")
RECALL: Final = re.compile(
    r"(?<!\bi )would like to recall the message|\b(?:chce|chcial\w*) (?:odwolac|wycofac) wiadomosc"
    r"|mochte die nachricht .{0,160}zuruckrufen"
)
HINTS: Final = (
    *("automat", "autoodp", "office", "leave", "away", "biur", "urlop", "nieobecn", "abwes"),
    *("buro", "haus", "deliver", "dostarcz", "zugestellt", "mail", "zgloszeni", "zapytani"),
    *("wiadomosc", "request", "ticket", "message", "inquiry", "enquiry", "case", "anfrage"),
    *("nachricht", "meldung", "sprawa"),
)
