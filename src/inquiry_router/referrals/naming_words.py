"""Words beside names of people and companies: pl, en, de, and some of others."""

from typing import Final

from inquiry_router.entities.words import word_set
from inquiry_router.text.folding import unmarked


def _plain_set(written: str) -> frozenset[str]:
    return word_set(unmarked(written))


# Titles and callings, which are no part of a name.
TITLES: Final = _plain_set(
    "pan pani pana panu panem panią panie panowie p p. pp. pań dr dr. doktor doktora mgr inż inż. "
    "inżynier inżyniera prof. dyr dyr. dyrektor dyrektora dyrektorem prezes prezesa prezesem ks "
    "ks. ksiądz księdza proboszcz proboszcza kier. kierownik kierownika komandor wójt mr mr. mrs "
    "mrs. ms ms. miss mister doctor herr herrn frau fr. hr. direktor пан пана пані pán paní "
    "monsieur madame señor señora sig. wirt tante onkel wujek ciocia ciotka instalator architekt "
    "hydraulika hydraulik użytkownik professor profesor druh mechanik mechanika elektryk elektryka "
    "informatyk notariusz mecenas ordynator ordynatorka trener dekarz leśniczy kierowca murarz "
    "stolarz księgowa sołtys sołtyska geodeta weterynarz komendant naczelnik rzeczoznawca fryzjer "
    "fryzjerka inspektor technolog agronom organista kościelny"
)
# Relations.
KIN: Final = _plain_set(
    "szwagier szwagra szwagrowi kolega kolegę kolegi koleżanka koleżankę koledze znajomy znajoma "
    "znajomego znajomej znajomi sąsiad sąsiada sąsiadka sąsiadkę sąsiadce brat brata bratu "
    "siostra siostry siostrę siostrze teść teścia tata taty kuzyn kuzyna kuzynka mąż męża żona "
    "żony syn syna synowi córka córkę córki zięcia zięć kumpel kumpla ziomek ziomka klient "
    "klienta klientka klientki podwykonawca przełożona przełożony szef księgowej partner mate "
    "buddy friend neighbor neighbour colleague cousin sister brother brother-in-law daughter son "
    "tenant landlord architect nachbar nachbarin kollege kollegen bruder schwester schwager "
    "freund freundin partnerin kunde друга kolegu"
)
# Words that may stand between a cue and a name.
BETWEEN: Final = _plain_set(
    "mi mnie nam nas was wam państwa państwu tu też go ją tylko już bardzo od o z ze do do: na "
    "mojej mojego mojemu mój moja moją swojej swojemu nasz nasza naszego waszego wasz firma firmę "
    "firmy firmą kontakt on ona ona: jako zadowolony klient klientka ten to tego tym się że był "
    "który która wieloletniego waszej twojej branży pracy a my our your his her the of over me us "
    "you customer customers one old long-standing called named is friend neighbour das der die "
    "den dem mein meine meinen meiner unser unsere unserer ihr ihnen ihren ihre eurer einen einem "
    "auf von vom uns mich sie an bitte doch mal vám mě k vás вас мені свого vi jus la vostra "
    "ditta heißt s: -"
)
# Words that end a spoken name.
STOP: Final = _plain_set(
    "że ale bo który która więc czy jak gdy żeby i a oraz lub to no tak już nie się jest był była "
    "mówi mówił powiedział polecił polecał potrzebuję potrzebuje chciałem chciałbym proszę z ze w "
    "we na do od po przy u pod nad dla ten ta co on ona oni ja my wy wam was mi mnie nam nas mam "
    "ma kazał dał żebym firmy firma and or who that he she they said says told over from at in of "
    "for is has have you your need needs wants und oder der die das hat ist mir mich uns ich sie "
    "von vom bei wegen auch kto szuka buduje otwiera zakłada chce by numer bierze kupił teraz tam "
    "tutaj dzisiaj wczoraj ostatnio lat dawna razu początku waszej waszego państwa robi looking "
    "uses one dwóch trzech dużo kogoś kogo nich niego niej niemu czego tego"
)
# Words with a capital letter that begin sentences and forms.
NOBODY: Final = word_set(
    "Dzień Dobry Dobra Witam Proszę Poproszę Szukam Szukamy Szukając Kontakt Temat Polecenie "
    "Polecający Polecany Rekomendacja Wiadomość Skąd Zapytanie Nowy Źródło Klient Klientka "
    "Klienta Wasz Wasza Waszą Wasze Waszego Waszej Waszych Wam Was Państwa Państwo Państwu Pan "
    "Pani Pana Panią Panie Firma Firmę Firmy Numer Tel Hej Hejka Cześć Siema Chciałbym Chciałabym "
    "Czy Czytałem Z Za Na Od Do Po W Powołuję Piszę Jestem Dzwonił Dzwonię Spotkanie Byłem "
    "Rozmowa Zadzwonić Przekazał Moja Mój Moją Nasza Nasz Kuzyn Szwagier Sąsiad Sąsiadka Kolega "
    "Koleżanka Znajoma Znajomy Syn Córka Mąż Mamy Mam Dla Dowiedziałem Zgłaszam Przekazuję "
    "Uprzejmie Szanowni Szanowny Namiary Dostałem Dostałam Poleca Poleć Wójt Instalator Prosta "
    "Naprawa Kupiłbym Hello Hi Hey Good Morning Please My Your Our On I I'd I'm We We've You "
    "You've Cool Before Still Other As Met Referral Could Would Thanks Introduced Message How "
    "Tell Contact Customer Does Also Not Nobody What They Are May Sehr Guten Tag Ihr Ihre Mein "
    "Meine Bitte Durch Auf Gerne Gern Ich Wir Über Empfohlen Anfrage Tipp Servus Nachricht "
    "Könnten Welche Die Der Das Herr Frau Inhaberin Inhaber Ansprechpartner Kunde Kunden Freund "
    "Dobrý Добрий Доброго Мені Нас Хочу Я Rád Bonjour Je Buenos Buongiorno Goedendag Laba PS PS. "
    "P Dyr Angebot Wie Zgodnie CX CX-20 CX-40 Dom Czechy Google Internet Allegro Osoba Ta Ten Ona "
    "Wczoraj Kiedyś Jak Ile Interesuje Potrzebuję Potrzebujemy Prosimy Zamówiłem Dziękuję "
    "Pozdrawiam Dzięki"
)
# Legal forms, and words inside names of companies.
LEGAL: Final = _plain_set(
    "sp. o.o. s.a. gmbh ag kg ltd ltd. limited llc inc. s.c. sp.j. s.r.o. a.s. & i syn sons"
)
# Times and numbers.
NUMERALS: Final = _plain_set(
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada "
    "grudnia poniedziałku wtorku środy czwartku piątku soboty niedzieli rana wczoraj miesiąca "
    "mittwoch montag dienstag freitag dwudziestu dziesięciu pięciu dwóch trzech czterech roku lat "
    "paru kilku wielu zawsze niedawna"
)
# Words in front of the name of a company.
FIRM_WORDS: Final = _plain_set("firma firmy firmą firmę firm firmie company business фірма фірми")
# Words between a person and their company.
OF: Final = _plain_set(
    "z ze w we od from at of over von vom aus der bei з firmy firma dem the in u"
)
# The same, without articles.
STRICT_OF: Final = _plain_set("z ze w we from at of von vom aus bei з u")
# Articles.
ARTICLES: Final = _plain_set("der dem the den")
# Words behind which stands whoever gave the number.
BARRIERS: Final = _plain_set("od from by von vom off")
