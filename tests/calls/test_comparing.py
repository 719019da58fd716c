"""Words of two calls from one number: about one matter, about two, or to be asked."""

import pytest

from inquiry_router.calls.comparing import Fit, compare, read_spoken

SAME, OTHER, UNSURE = Fit.SAME, Fit.OTHER, Fit.UNSURE
# The words of an open inquiry, those of the next call, and the answer.
PAIRS = [
    # pl same
    (
        "pralka nie działa proszę o serwis",
        "dymi się ta pralka i iskrzy zapaliła się wtyczka a ja mam małe dziecko w domu",
        SAME,
    ),
    (
        "dzień dobry pompa którą u was kupiłem cieknie i nie pompuje wody",
        "dzwoniłem wczoraj w sprawie pompy nadal cieknie",
        SAME,
    ),
    ("pompa cieknie i zalewa piwnicę", "dzwoniłem wczoraj i nikt nie oddzwonił", SAME),
    ("zamówienie 4500111 nie dotarło", "gdzie jest zamówienie numer 4500111", SAME),
    (
        "chciałbym zamówić schody dębowe na poddasze",
        "dzwonię w sprawie tych schodów dębowych kiedy będzie wycena",
        SAME,
    ),
    ("kocioł gazowy wyłącza się i nie grzeje", "kocioł dalej nie grzeje mamy zimno w domu", SAME),
    ("winda w bloku przy lipowej stoi", "znowu winda przy lipowej stoi między piętrami", SAME),
    (
        "okno w sypialni nie domyka się po waszym montażu",
        "chciałam zapytać kiedy ktoś przyjedzie do tego okna w sypialni",
        SAME,
    ),
    ("reklamacja butów rozeszła się podeszwa", "reklamowałem buty i nikt się nie odezwał", SAME),
    (
        "klimatyzacja w serwerowni nie chłodzi",
        "klimatyzacja w serwerowni zaczęła kapać na szafę",
        SAME,
    ),
    ("brama garażowa się nie otwiera", "brama nadal się nie otwiera a auto jest w środku", SAME),
    ("cieknie", "ciągle cieknie proszę o pomoc", SAME),
    (
        "proszę o wycenę fotowoltaiki na dach szkoły",
        "czekam na wycenę tej fotowoltaiki na szkołę",
        SAME,
    ),
    ("lodówka nie mrozi", "chcę tylko zapytać kiedy serwisant przyjedzie", SAME),
    # pl other
    (
        "dzień dobry nasza pompa w hali drugiej cieknie proszę o serwis",
        "lodówka w kantynie przestała chłodzić i nie działa proszę o naprawę",
        OTHER,
    ),
    (
        "chciałbym kupić płytki do łazienki trzydzieści metrów ile kosztują",
        "chcę kupić nową pompę ciepła do domu 150 metrów proszę o ofertę",
        OTHER,
    ),
    ("zamówienie 4500111 nie dotarło", "zamówienie 4500222 przyszło uszkodzone", OTHER),
    ("pralka nie działa proszę o serwis", "suszarka nie działa proszę o serwis", OTHER),
    ("kran w kuchni cieknie", "bojler w łazience cieknie", OTHER),
    ("faktura za maj ma zły adres", "nie działa kosiarka którą kupiłem w zeszłym tygodniu", OTHER),
    ("chcę kupić rower górski", "chcę kupić hulajnogę elektryczną dla syna", OTHER),
    ("reklamacja sofy pękł stelaż", "chciałbym zamówić dwa fotele", OTHER),
    ("kocioł nie grzeje", "dzwonię w innej sprawie chodzi o fakturę za przegląd", OTHER),
    ("drzwi zewnętrzne się nie zamykają", "roleta w salonie się zacięła", OTHER),
    ("winda w bloku stoi", "domofon w klatce nie działa", OTHER),
    ("zgłoszenie numer 778812 w sprawie pieca", "dzwonię do zgłoszenia 778813", OTHER),
    # pl unsure
    ("pralka w lokalu pierwszym nie wiruje", "pralka w lokalu drugim nie wiruje", UNSURE),
    ("pompa cieknie", "druga pompa też cieknie", UNSURE),
    ("pompa w piwnicy cieknie", "dzwoniłem wczoraj chodzi o kocioł", UNSURE),
    ("lodówka nie chłodzi", "cieknie", UNSURE),
    # en
    (
        "the washing machine in flat two is leaking",
        "i called yesterday about the washing machine it still leaks",
        SAME,
    ),
    ("our forklift does not lift anymore", "the forklift is smoking now", SAME),
    ("where is my order 4500111", "my order 4500111 has not arrived", SAME),
    ("i would like a quote for ten office chairs", "i called yesterday nobody rang back", SAME),
    ("boiler makes a loud noise", "the boiler is still making noise", SAME),
    ("the dishwasher does not drain", "the oven does not heat", OTHER),
    ("i want to buy a lawn mower", "i want to buy a chainsaw and a helmet", OTHER),
    ("order 4500111 arrived damaged", "order 4500999 is missing a screw", OTHER),
    (
        "the printer on the first floor jams",
        "something else this time it is about my invoice",
        OTHER,
    ),
    ("the gate motor is broken", "the intercom is broken", OTHER),
    ("the freezer in the kitchen is warm", "another freezer in the kitchen is warm", UNSURE),
    # de
    ("die waschmaschine ist undicht und läuft aus", "die waschmaschine tropft immer noch", SAME),
    ("meine heizung wird nicht warm", "ich habe gestern wegen der heizung angerufen", SAME),
    ("bestellung 4500111 ist nicht angekommen", "wo bleibt meine bestellung 4500111", SAME),
    ("ich möchte ein angebot für eine küche", "gestern hat mich niemand zurückgerufen", SAME),
    ("der aufzug steckt fest", "der aufzug steckt wieder fest im dritten stock", SAME),
    ("die spülmaschine ist kaputt", "der kühlschrank ist kaputt", OTHER),
    ("ich möchte ein fahrrad kaufen", "ich möchte einen kinderwagen kaufen", OTHER),
    ("bestellung 4500111 fehlt", "bestellung 4500333 wurde beschädigt geliefert", OTHER),
    ("das garagentor klemmt", "es geht um etwas anderes die rechnung stimmt nicht", OTHER),
    ("die pumpe im keller ist laut", "die lampe im flur flackert", OTHER),
    (
        "der drucker im ersten stock druckt nicht",
        "der drucker im zweiten stock druckt nicht",
        UNSURE,
    ),
]


@pytest.mark.parametrize(("before", "said", "expected"), PAIRS)
def test_words_of_two_calls(before: str, said: str, expected: Fit) -> None:
    assert compare(read_spoken([said]), read_spoken([before])) is expected


def test_name_of_the_caller_is_no_thing() -> None:
    """Two people of one hospital call about two things."""
    before = read_spoken(["dzień dobry szpital powiatowy dział techniczny zawory przeciekają"])
    said = read_spoken(["halo szpital powiatowy kuchnia podgrzewacz nie działa"])
    assert compare(said, before) is not SAME
    before = read_spoken(["praxis kühn die waage zeigt nichts an"])
    assert compare(read_spoken(["praxis kühn der drucker zieht kein papier"]), before) is OTHER


def test_everything_that_was_said_is_compared() -> None:
    before = read_spoken(["dzień dobry", "pompa cieknie", "proszę na numer zamówienia 4500111"])
    assert compare(read_spoken(["zamówienie 4500111"]), before) is SAME
    assert compare(read_spoken(["ta pompa"]), before) is SAME


def test_telephone_number_in_the_words_is_no_sign() -> None:
    before = read_spoken(["pompa cieknie proszę dzwonić na numer 602333444"])
    assert compare(read_spoken(["kosiarka nie jeździ numer 602333444"]), before) is OTHER


def test_endless_words_are_compared_quickly() -> None:
    before = read_spoken(["pompa " * 5000])
    assert compare(read_spoken(["kosiarka " * 5000 + " 1" * 2000]), before) is OTHER
