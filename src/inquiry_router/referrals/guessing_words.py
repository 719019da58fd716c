"""Words by which a guess weighs people in a message that recommends somebody: pl, en, de.

Patterns are looked for in lower case and without marks on Latin letters.
"""

import re
from typing import Final

from inquiry_router.entities.words import word_set
from inquiry_router.text.folding import unmarked


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + ")")


def _plain_set(written: str) -> frozenset[str]:
    return word_set(unmarked(written))


# The writer was sent to us.
CAME: Final = _any(
    r"(?:mi|mnie|nam|nas)\s+(?:was|panstwa|panstwu|pania|pana)?\s*(?:bardzo\s+|goraco\s+)?"
    r"(?:polec|rekomend|wskaz|podal|dal\b|dala\b|podpowied|podrzuc|doradz|poradz|przysl|skierow|"
    r"nagada|zachwal|chwali|namaw|namow|powiedzial|mowil|mowi\b|opowiad|wspomn|kazal|pokaz|szepn)",
    r"(?:polecil|poleca|polecila|polecili|polecono|rekomend|zarekomend)\w*",
    r"kaza[lo]\w*|kaze\b|godo\b|pado\b|rzek\w+|powiada\b|powiedzial\w*|mowil[aio]?\b|twierdz\w+",
    r"(?:nie\s+)?(?:moze|mogl\w*|moga)\s+(?:sie\s+)?(?:\w+\s+)?nachwalic",
    r"zachwal\w+|chwali\w*|zachwyc\w+|zadowolon\w+",
    r"powol\w+\s+sie|powoluj\w+|z\s+polecen\w+|z\s+rekomend\w+|za\s+(?:rada|namowa|sprawa)",
    r"(?:namiar|kontakt|numer|adres|wizytowk|cynk|link)\w*\s+(?:\w+\s+){0,3}(?:od|dal|dostal|mam)",
    r"(?:dal|dala|podal|podala|dostal\w*|mam|zapisal\w*|wreczyl\w*)\s+(?:\w+\s+){0,3}"
    r"(?:namiar|kontakt|numer|nr\b|adres|wizytowk|telefon|ulotk)\w*",
    r"(?:ma|maja|mial|miala|bral|brala|bierze|kupil|kupila|kupowal|zamawia|robil\w*|montowal\w*|"
    r"wzial|wziela|korzysta|wspolprac\w+)\s+(?:\w+\s+){0,3}(?:u|od)\s+(?:was|wos|panstwa|pana)",
    r"(?:od|u)\s+(?:was|panstwa)\s+(?:ma|maja|bral|bierze|kupil|wzial|kupuje)\w*",
    r"u\s+(?:niego|niej|nich|ktore\w+)\s+(?:robil|montowal|stawial|kladl)\w*",
    r"skierowal\w*|przyslal\w*|przysyla\b|wyslal\w*\s+(?:mnie|nas|do)|odeslal\w*",
    r"(?:uslysz|slysz|dowiedzial|trafi|wiem|przychodz|dzwoni|pisze|jestem|jestesmy|jest)\w*\s+"
    r"(?:\w+\s+){0,4}(?:od|przez|dzieki|za\s+posrednictwem)",
    r"(?:ja|to|dobry|halo|hej)\s+od\b|skad\s+(?:o\s+nas\s+)?wie|zrodlo|podpow\w+|doradzil\w*",
    r"recommend\w*|referred|suggested|told\s+(?:me|us)|sent\s+(?:me|us)|gave\s+(?:me|us)|"
    r"pointed|put\s+(?:me|us)|mentioned|swears?\b|raves?\b|speaks|spoke|praised?|says?\b|said\b|"
    r"reckons|heard\s+(?:about|of|from)|thanks\s+to|passed|happy\s+with|courtesy|via\b|"
    r"(?:your|you)\s+(?:name|number|details)|uses\s+you|bought\s+from\s+you|did\s+(?:his|"
    r"her|their)",
    r"empf\w+|geraten|gesagt|meinte|sagt\b|schickt|geschickt|gegeben|gelobt|lobt\b|schwarmt|"
    r"verwiesen|aufmerksam|gehort|nummer\s+(?:von|habe)|zufrieden|erzahlt|tipp\b|hinweis\b|"
    r"begeistert|erfahren",
    r"od\s+(?:p\.|pana\b|pani\b|ks\.|ksiedza|doktora|dr\b)|od\s+\w+(?:a|y|i)\s+ze?\b",
    r"(?:mnie|nas)\s+do\s+(?:was|panstwa|pana|pani)\b|dowiedzial\w*\s+sie",
    r"(?:podal|dal|pokazal|wyslal|zostawil)\w*\s+(?:mi|mnie|nam|nas)\b|za\s+wskazaniem|wskazal\w*|"
    r"wypowiada\s+sie|oceni[al]\w*|ma(?:ja)?\s+(?:takie|taki|taka|wasz\w*)\b|lunch\s+with",
    r"chval\w+|koupil\w*\s+u\s+vas|хвал\w+|(?:взяв|купи\w+)\s+у\s+вас|сказа\w+",
    r"doporuc\w+|odporuc\w+|порад\w+|рекоменд\w+|recomend\w+|recommand\w+|consigli\w+|raccomand\w+",
)
# The writer sends us to somebody.
OFFERS: Final = _any(
    r"(?:zadzwon|oddzwon|dzwon|przedzwon)\w*\s+(?:\w+\s+){0,3}do\s+(?!was|panstwa|mnie|nas|pana\b)",
    r"(?:odezw\w*|odzyw\w*|zglos\w*|uderz\w*|pisz\w*|napisz\w*|zajrz\w*|zakrec\w*)\s+(?:sie\s+)?"
    r"(?:\w+\s+)?(?:do|z)\s+(?!was|panstwa|mnie|nas)",
    r"skontaktuj\w*|skontaktow\w+\s+(?:sie\s+)?z\s+(?!wami|panst)",
    r"(?:do|z|od)\s+(?:niego|niej|nich|nim|nia|nimi)\b",
    r"(?:szuka|szukaja|potrzebuje|potrzebuja|potrzebowal\w*|chcial[aby]*|chce|chca|rozglada|"
    r"planuje|planuja|otwiera|otwieraja|buduje|buduja|stawia|remontuj\w+|zaklada|wymienia|"
    r"przejmuje|prowadzi)\b",
    r"(?:dalem|dalam|podalem|podalam|zostawilem|zostawilam|przekazalem|przekazalam)\s+(?:\w+\s+)"
    r"{0,2}(?:was|wasz\w*|panstwa|numer|namiar|kontakt|wizyt\w*)",
    r"polecil[ae]m|polecam\b|polece\b|chc\w+\s+polecic|chcial\w+\s+polecic|rekomenduje\b",
    r"mam\s+(?:\w+\s+){0,2}(?:dla\s+)?(?:was|panstwa|pana|pani)\s+(?:\w+\s+)?klient",
    r"przyprowadz\w*|w\s+kopii|przedstawiam|zapoznaj\w*|(?:ihren|deinen)\s+namen\s+(?:fallen|gen)",
    r"(?:ode|na)\s+mnie\b|zgodzi\w+\s+sie|mozna\s+(?:do|smialo)|czeka\s+na\s+(?:\w+\s+)?telefon",
    r"przesylam\s+(?:\w+\s+)?(?:namiar|kontakt|dane)\w*|przekazuje\s+(?:namiar|kontakt|dane)\w*",
    r"opowiedzial[ae]m|wspomnial[ae]m|powiedzial[ae]m|pochwalil[ae]m",
    r"introduce|(?:call|ring|contact|email|reach\s+out\s+to|get\s+in\s+touch\s+with)\s+"
    r"(?:him|her|them|my|mr|mrs|[a-z]+\s+at)|looking\s+for|is\s+after|(?:needs?|wants?)\b|"
    r"i\s+told\s+(?!you)|passed\s+(?:on\s+)?your|gave\s+(?:him|her|them)|opening\s+a|"
    r"expect(?:ing)?\s+(?:a|your)\s+call|mention\s+(?:me|my)|i\s+recommended|i(?:'d|"
    r"\s+would)\s+like"
    r"\s+to\s+recommend|put\s+you\s+in\s+touch",
    r"(?:rufen|ruft|kontaktier\w+|melden|meldet|schreiben)\s+(?:sie\s+)?(?:\w+\s+){0,2}(?:bei|ihn|"
    r"sie\b\s+an|an)|sucht\b|braucht\b|mochte\b|eroffnet|interessiert\s+sich|wartet\s+auf|"
    r"weiterempf\w+|empfehle\b|ihre\s+nummer\s+gegeben|von\s+ihnen\s+erzahlt",
    r"хоче|шукає|потрібн\w+\s+йому|зателефонуй\w*|hleda|shani|potrebuje",
)
# The writer's own wishes, which without marks look like those of somebody else.
FIRST_PERSON: Final = re.compile(
    r"\b(?:potrzebuj|chc|planuj|prowadz|buduj|remontuj|wymieni|otwier|zakład|"
    r"stawi)(?:ę|am|amy|emy)\b"
)
# Words that count twice: they can hardly be said by the other one.
SURELY_CAME: Final = _any(
    r"kaza[lo]\w*\s+(?:\w+\s+){0,3}(?:dzwoni|zadzwoni|pisa|napisa|powola|brac|pyta|wspomn|pojsc|"
    r"przyj|uderz|wola|powiedz|isc|zglos)",
    r"(?:mi|mnie|nam|nas)\s+(?:\w+\s+){0,2}(?:polec|skierow|przysl|wskaz|namow|zachec|podpow|"
    r"dal\b|dala\b|doradz|poradz|nagada|wysl|odesl)",
    r"(?:polec|skierow|przysl|wskaz|namow|zachec)\w*\s+(?:mi|mnie|nam|nas)\b",
    r"powolu\w+\s+sie|z\s+polecenia|(?:zebym|zebysmy|mam)\s+(?:\w+\s+){0,3}(?:powolac|dzwonic)",
    r"ze\s+(?:mam|od\s+niego|od\s+niej)|(?:tez|tak\w+)\s+(?:bysmy\s+|bym\s+)?chc\w+",
    r"recommended\s+(?:you|us|your)|told\s+me\s+to|referred\s+by|your\s+(?:name|number)\s+"
    r"(?:was|from|by|off)|said\s+(?:to|i\s+should)|heard\s+(?:about|of)\s+you",
    r"hat\s+(?:sie|euch|mir|mich|uns)\b|empfehlung\s+von|von\s+ihnen\s+(?:gehort|erfahren)|"
    r"schickt\s+mich|auf\s+sie\s+aufmerksam|(?:mir|uns)\s+(?:\w+\s+){0,2}empfohlen",
)
SURELY_OFFERS: Final = _any(
    r"(?:dal|podal|przekazal|zostawil|opowiedzial|powiedzial|mowil|wspomnial|pochwalil)[ae]m\s+"
    r"(?:\w+\s+){0,3}(?:mu|jej|im|was|wasz\w*|panstw\w*|kolezance|koledze|siostrze|bratu|o)\b",
    r"niech\s+(?:\w+\s+){0,5}(?:zadzwoni|odezwie|oddzwoni|do\b)|prosze\s+(?:\w+\s+){0,2}do\s+ni",
    r"(?:szwagier|szwagierka|sasiad|sasiadka|kolega|kolezanka|brat|siostra|znajom[ya]|kuzyn\w*|"
    r"corka|syn|ziec|tesc\w*|ciotka|ciocia|wujek|kum|szef|klient\w*)\b(?:\W+\w+){0,8}\W+(?:szuka|"
    r"potrzebuje|otwiera|buduje|stawia|zaklada|remontuje|wymienia|przejmuje|chce|planuje)\b",
    r"(?:na|ode)\s+mnie\b|nie\s+dla\s+siebie|namiar\w*\s+(?:na|do)|(?:podaje|dam|zostawil\w*)\s+"
    r"(?:\w+\s+){0,2}(?:numer|nr|namiar|kontakt|telefon)",
    r"(?:zadzwoncie|dzwoncie|odezwijcie|uderzajcie|piszcie|odezwij|zadzwon)\b|warto\s+(?:sie|by)",
    r"(?:wie|wiedza|zgodzil\w*|pozwolil\w*)\s*,?\s+(?:ze\s+)?(?:zadzwoni|dzwonicie|sie|zebym|na)",
    r"(?:call|ring|contact|email|phone|text)\s+(?:him|her|them)|my\s+(?:\w+\s+){1,3}(?:is|wants?|"
    r"needs?)\b|(?:he|she|they)(?:'s|'re|\s+is|\s+are)?\s+(?:\w+\s+)?(?:looking|after|need\w*|"
    r"want\w*|opening|expecting)|(?:gave|told|passed)\s+(?:him|her|them)|introduce|"
    r"mention\s+(?:me|my)|not\s+for\s+me",
    r"(?:mein\w*|unser\w*)\s+(?:\w+\s+){1,4}(?:sucht|braucht|mochte|eroffnet|baut)|(?:ihm|"
    r"ihr|ihnen)"
    r"\s+(?:\w+\s+){0,3}(?:nummer|gegeben|erzahlt)|(?:rufen|melden)\s+sie\s+(?:ihn|"
    r"sich\s+(?:bei|mal))"
    r"|weiterempfohlen|nicht\s+fur\s+mich",
)
_NUMBER: Final = r"(?<!\d)(?:\+?\d[\s-]?){7,}"
GIVES_NUMBER: Final = re.compile(
    rf"(?:tel|nr|numer|number|kontakt|telefon|insta)\W*\w*\W*{_NUMBER}|{_NUMBER}"
)
# Somebody talks about us in such a sentence.
TOLD: Final = _any(
    r"was\b|wami\b|wasz\w*|panstw\w*|u\s+pana|you\b|your\b|sie\b|ihnen\b|euch\b|ihr\w*"
)
# Whoever stands behind these is the writer.
SELF: Final = re.compile(
    r"(?:nazywam sie|mam na imie|z tej strony|z powazaniem|pozdrawiam|pozdrowienia|podpisano|"
    r"tu mowi|mowi|my name is|name's|this is|i am|i'm|ich bin|ich heisse|mein name ist|"
    r"mit freundlichen|grusse|gruss|regards|zdrowie|tutaj|hier ist|hier spricht|\btu)\s*[,:]?\s*"
    r"(?:pan |pani |dr |inz\.? |mgr |ks\.? )?$"
)
# A name behind these is addressed.
ADDRESSED: Final = _plain_set("panie hej czesc witaj dear hi hello hallo liebe lieber servus drogi")
# Behind these stands a place, unless it is a first name.
PLACE_BEFORE: Final = _plain_set("w we z ze na pod spod do nad w: in at from aus im bei of kolo")
# No names, though they may have a capital letter or stand behind a title.
NO_NAME: Final = _plain_set(
    "dyrektor dyrektorka prezes kierownik burmistrz wojt soltys proboszcz ktory ktora dawny nasz "
    "sprzedaz handlowiec handlowy konsultant serwis dzial biuro firma firmie oferta cennik katalog "
    "zapytanie prosba kontakt telefon numer email mail nip pln vat poniedzialek wtorek sroda "
    "czwartek piatek sobota niedziela monday tuesday wednesday thursday friday montag dienstag "
    "donnerstag freitag angebot katalog preisliste polska polski europa allegro google facebook "
    "osp dps mops gops pks sp lo zus nfz bok crm pdf ps ktos nikt pewien jeden inny drugi tez tak "
    "obok dobra pytanie starostwo gmina gminy urząd sąd biblioteka montaż no angel macie robicie "
    "needs wants looking say asks called caller owner just got nine other he'll he's she's i'm my "
    "the our his her one two three new who what when where how tell call mister professor message "
    "jeszcze dacie bierz bierzcie prawil professor słuchajcie polecenie źródło message dear sirs "
    "obok dobra dobry dzien witam szanowni panstwo boze szczesc godzina ulica ul osiedle rynek"
)
# A note of one of our people about somebody who rang or came.
REPORTS: Final = re.compile(
    r"^\W*(?:tel\b|tel\.|telefon\w*|dzw\b|dz\b|dzwonil\w*|zadzwonil\w*|oddzwonil\w*|byl\b|byla\b|"
    r"przyszedl|przyszla|wpadl\w*|rozmowa|staly|stala|klient\w*|p\.|pan\s+[a-z]+\s*\(|anruf|"
    r"call\s+from|rang|visit|besuch|spotkanie|wizyta|od\s+p\.)|"
    r"\b(?:mowi|mowil[a]?|powiedzial[a]?|prosi|wspomnial[a]?|zostawil[a]?|podal[a]?|podaje|daje|"
    r"poleca|sagt|says|said)\s*,?\s*(?:ze|zeby|nam|namiar|numer|dass|that|\w+\s+namiar)"
)
# Names of companies that are one word.
LIKE_COMPANY: Final = re.compile(
    r"\w{3,}(?:ex|pol|bud|met|trans|tech|max|mix|plast|stal|medic|med|dent|agro|mat|pack|soft)"
)
# Relations and callings by which whoever sent the writer is told of without a name.
RELATIONS: Final = _plain_set(
    "szwagier szwagierka sąsiad sąsiadka brat siostra teść teściowa kuzyn kuzynka wujek ciotka "
    "ciocia kum kolega koleżanka znajomy znajoma kumpel ziomek mechanik hydraulik elektryk "
    "kierowca listonosz sołtys sołtyska proboszcz fryzjerka fryzjer księgowa szef szefowa mąż żona "
    "syn córka zięć tata mama ojciec matka dziadek babcia weterynarz lekarz dekarz murarz stolarz "
    "instalator architekt architektka geodeta notariusz trener nauczycielka dyrektorka kurier "
    "brother sister neighbour neighbor friend mate colleague cousin uncle aunt dad mum boss "
    "plumber builder electrician accountant schwager nachbar nachbarin bruder schwester freund "
    "freundin kollege kollegin onkel tante chef chefin vater mutter tchán švagr soused kamarád "
    "кум сусід друг брат сестра"
)
# Verbs in the past, which may stand behind a title: "pani kazała".
VERBS: Final = re.compile(
    r"(?:powiedzial|mowil|kazal|polecil|dal|podal|przyslal|skierowal|zachwalal|chwalil|wskazal|"
    r"radzil|doradzil|poradzil|namowil|prosil|twierdzil|pokazal|zapisal|wspomnial|opowiadal|"
    r"kupil|kupowal|bral|wzial|zadzwonil|dzwonil|pytal|szukal|chcial|byl|mial|ma|jest|mowi|"
    r"nazywa|chce|szuka|potrzebuje|bierze|robi|prowadzi|buduje|otwiera|poleca|chwali|radzi|kaze)"
    r"(?:|a|o|i|am|em|y)|said|says|told|sent|gave|put|recommended|recommends|mentioned|reckons|"
    r"swears|keeps|meinte|sagt|sagte|schickt|hat"
)
_STEMS: Final = (
    "adam adrian agat agnies albert aleks alfred alicj alin aloj amel anast anatol andrz andrzej "
    "andrew angel aniel ank anna anny anne ani antek antka antoni ark arkad artur asi august "
    "barb bart bartosz basi beat bernard bog bogd boguś bogum boles bożen bronis bruno cecyl "
    "celin cezar czesł czesi damian daniel danus danut dari dark dawid dagmar domin dorot "
    "edek edka edyt edmund edward eli elżbiet emil ernest eryk eugen ew ewel fabian felic "
    "feliks filip florian francisz franek frank gabr gen gienk gerard grac graż grzeg grześ "
    "grzesi gust hal halin hani hank hann helen hen heniek henry herm hieron hilar hub ign "
    "ilon iren ireneusz irek irk irmin iw iwon iza izabel iz jac jacek jack jadwig jadzi "
    "jakub jan janin jank janek janusz jar jarek jark jarosł jerz jędrz joann joas joli jol "
    "józ józef jul julian jurek jurk just karol karolin kas kasi katarz kaz kazik kazimierz "
    "king klar klaud konrad kornel krysi krystian krystyn krzys krzysi krzyś krzysz kub kuba "
    "lech leszek leszk len leon leonard lid lidi lil lilian lucj lucjan ludw ludwik luiz łuc "
    "łuk łukasz maci magd maj małgorz małgosi gosi gos maks marc marcel marcin mare marek "
    "mark mari marian mariol mariusz mart marzen maryl marysi mat mateusz maur michał michal "
    "mich mieczys mietek mietk mikoł milen miłosz mir mirek mirk mirosł monik mon monia nadi "
    "natal nat nikod nin norbert ol ola olek olk olg olaf oliwi oskar patr patryk paul paulin "
    "paw pawe pawł piotr piotrek piotrk pioter przem przemek przemk przemysł raf rafał remig "
    "robert rom roman romek romk ryszard ryś rysi rysiek ryśk rysz sabin sandr sebastian "
    "sebast seweryn sław sławek sławk sławom stan stanisł staszek staś staszk stach stasi "
    "stefan sylw sylwest szczep szym szymon tad tadek tadk tadeusz tadzik tadzi tamar tekl "
    "teodor teres tom tomasz tomek tomk urszul ul ula ulk wac wacek wack wacław wal waldek "
    "waldk waldemar wand wawrz weron wies wiesiek wieśk wiesław wikt wiktor wiktori wincent "
    "wit witek witk witold wład władek władk władysł włodek włodzim wojci wojtek wojtk zbig "
    "zbigniew zbysz zbyszek zbyszk zdzis zdzich zdzisł zen zenek zenk zenon zof zos zosi zuz "
    "zygm zygmunt żanet "
)
# First names of others, which have no cases.
_PLAIN_NAMES: Final = (
    "james jim jimmy john johnny dave david mike mick mickey michael steve stephen bob bobby "
    "rob robbie bill billy will willy william tom tommy joe joey jack harry harold george "
    "frank fred freddie ted eddie pete peter paul phil kev kevin ken kenny keith ron ronnie "
    "reg ray roy sid stan stu stuart sean shaun pat paddy declan liam callum angus ian iain "
    "gareth rhys dai owen huw sue susan sarah sally jane janet jean joan julie karen kate "
    "kathy linda lisa liz lucy mary maggie margaret meg moira nora pam pauline ruth sheila "
    "shirley trish wendy deb debbie emma fiona gemma heather helen nicola carol cath claire "
    "ann anne annie priya raj ahmed ali mohamed mehmet fatima yusuf omar hassan ibrahim chidi "
    "ngozi kwame hans heinz horst jurgen klaus dieter uwe ulrich ulli wolfgang werner gunther "
    "gerd bernd stefan sepp franz fritz karl kurt lothar manfred rainer ralf rolf rudi thomas "
    "thorsten torsten sabine petra monika ursula ute heike ingrid inge gisela renate birgit "
    "brigitte claudia andrea susanne silke anke katrin jens lars sven olaf matthias markus "
    "martin "
)
_ENDINGS: Final = (
    r"(?:|a|ę|e|y|i|ie|u|ą|em|iem|owi|ego|emu|ej|ek|ka|ki|kę|ko|kiem|kowi|ia|ii|iu|ię|ią|io|o|"
    r"usz|usza|uszem|usia|usi|eusz|sław|sława|sławem|sława|isław|isława|isławem|isławy|ian|iana|"
    r"ianem|ina|iny|iną|ow|in|ka|ką|ce|ik|ika|ikiem|icz|ek|eczka|eczek|onika|aria|ria)"
)
# First names: those of Poland in their cases.
FIRST_NAMES: Final = re.compile(
    rf"(?:{'|'.join(sorted(set(unmarked(_STEMS).split()), key=len, reverse=True))})"
    rf"{unmarked(_ENDINGS)}|{'|'.join(_PLAIN_NAMES.split())}"
)
