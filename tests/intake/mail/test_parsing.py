"""A mail is cut to the present request, which is never lost."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.lines import MAX_LINES
from inquiry_router.intake.mail.model import ParsedMail
from inquiry_router.intake.mail.parsing import parse_mail

CORPUS = Path(__file__).parents[3] / "src/inquiry_router/classification/corpus"
ASKED = "Dzień dobry,\nproszę o fakturę korygującą do zamówienia 12/2025."
QUOTED = "> Dzień dobry,\n> towar wysłaliśmy wczoraj."


def kinds(mail: ParsedMail) -> list[str]:
    return [cut.kind for cut in mail.cut]


@pytest.mark.parametrize(
    "attribution",
    [
        "W dniu 3.11.2025 o 14:22, Jan Kowalski pisze:",
        "W dniu pon., 3 lis 2025 o 14:22 Jan Kowalski <jan@firma.example> napisał(a):",
        "pon., 3 lis 2025 o 14:22 Jan Kowalski <jan@firma.example> napisał(a):",
        "pon., 3 lis 2025 o 14:22 Jan Kowalski\n<jan@firma.example> napisał(a):",
        (
            "W dniu poniedziałek, 3 listopada 2025 14:22:11 CET\nJan Kowalski"
            " <jan.kowalski@bardzo-dluga-nazwa.example>\nnapisał(a):"
        ),
        (
            "Wiadomość napisana przez Jan Kowalski <jan@firma.example> w dniu 3 lis 2025, o "
            "godz. 14:22:"
        ),
        "On Mon, Nov 3, 2025 at 2:22 PM Jan Kowalski <jan@firma.example> wrote:",
        "On 3 Nov 2025, at 14:22, Jan Kowalski <jan@firma.example>\nwrote:",
        "Am 03.11.2025 um 14:22 schrieb Jan Kowalski:",
        "Am Mo., 3. Nov. 2025 um 14:22 Uhr schrieb Jan Kowalski <\njan@firma.example>:",
        "Dne po 3. 11. 2025 14:22 uživatel Jan Kowalski <jan@firma.example> napsal:",
        "Le lun. 3 nov. 2025 à 14:22, Jan Kowalski <jan@firma.example> a écrit :",
        "El lun, 3 nov 2025 a las 14:22, Jan Kowalski (<jan@firma.example>) escribió:",
        "Il giorno lun 3 nov 2025 alle ore 14:22 Jan Kowalski <jan@firma.example> ha scritto:",
        "пн, 3 лист. 2025 р. о 14:22 Jan Kowalski <jan@firma.example> пише:",
    ],
)
@pytest.mark.parametrize(
    "quoted", [QUOTED, "Dzień dobry,\ntowar wysłaliśmy wczoraj."], ids=["marked", "bare"]
)
def test_quote_of_a_reply_is_cut(attribution: str, quoted: str) -> None:
    mail = parse_mail("Re: zamówienie", f"{ASKED}\n\n{attribution}\n\n{quoted}\n")
    assert mail.text == ASKED
    assert kinds(mail) == ["quote"]
    assert mail.cut[0].text.startswith(attribution.split("\n")[0])
    assert "wysłaliśmy" in mail.cut[0].text


@pytest.mark.parametrize(
    "block",
    [
        (
            "Od: Jan Kowalski <jan@firma.example>\n"
            "Wysłano: poniedziałek, 3 listopada 2025 14:22\nDo: Anna\nTemat: zamówienie"
        ),
        (
            "________________________________\nOd: Jan Kowalski\n"
            "Wysłano: 3 listopada 2025 14:22\nDo: Anna\nTemat: zamówienie"
        ),
        (
            "-----Wiadomość oryginalna-----\nFrom: Jan Kowalski\n"
            "Sent: Monday, November 3, 2025 2:22 PM\nTo: Anna"
        ),
        (
            "-----Original Message-----\nFrom: Jan Kowalski [mailto:jan@firma.example]\n"
            "Sent: Monday\nTo: Anna\nSubject: order"
        ),
        (
            "Von: Jan Kowalski <jan@firma.example>\nGesendet: Montag, 3. November 2025 14:22\n"
            "An: Anna\nBetreff: Bestellung"
        ),
        (
            "*From:* Jan Kowalski <jan@firma.example>\n*Sent:* Monday\n*To:* Anna;\n Bartek\n"
            "*Subject:* order"
        ),
        "De : Jan Kowalski\nEnvoyé : lundi 3 novembre 2025 14:22\nÀ : Anna\nObjet : commande",
        (
            "________________________________\nLähettäjä: Jan Kowalski <jan@firma.example>\n"
            "Lähetetty:"
            " maanantai\nVastaanottaja: Anna"
        ),
    ],
)
def test_header_blocks_begin_quotes_in_a_reply(block: str) -> None:
    mail = parse_mail("Odp: zamówienie", f"{ASKED}\n\n{block}\n\nTowar wysłaliśmy wczoraj.")
    assert (mail.text, kinds(mail), mail.sender) == (ASKED, ["quote"], None)


@pytest.mark.parametrize(
    ("subject", "marker"),
    [
        ("Fwd: cieknie", "---------- Forwarded message ---------"),
        ("PD: cieknie", "---------- Przekazana wiadomość ----------"),
        ("cieknie", "-------- Przekazana wiadomość --------"),
        ("WG: cieknie", "-------- Weitergeleitete Nachricht --------"),
        ("Fwd: cieknie", "Begin forwarded message:\n"),
        ("Fwd: cieknie", "Początek przekazywanej wiadomości:\n"),
        ("FW: cieknie", ""),
        ("PD: cieknie", "-----Original Message-----"),
    ],
)
def test_forwarded_mail_is_the_customers_and_the_note_stays(subject: str, marker: str) -> None:
    block = (
        "Od: Anna Nowak <Anna@Hydro-Bud.example>\nData: 3 listopada 2025\nTemat: cieknie\n"
        "Do: Bartek Lis <bl@firma.example>"
    )
    text = (
        f"Ola, zajmij się tym\n\n{marker}\n{block}\n\nPompa cieknie od wczoraj.\n\nPozdrawiam\n"
        "Anna Nowak\ntel. 600 100 200"
    )
    mail = parse_mail(subject, text)
    assert mail.text == "Ola, zajmij się tym\n\nPompa cieknie od wczoraj."
    assert mail.sender == Contact("Anna Nowak", "anna@hydro-bud.example")
    assert mail.forwarded_by == Contact("Bartek Lis", "bl@firma.example")
    assert kinds(mail) == ["forward_header", "signature"]


@pytest.mark.parametrize("subject", ["WG: Pumpe", None])
def test_german_and_english_header_blocks_name_the_sender(subject: str | None) -> None:
    block = (
        "Von: Gudrun Weigelt <g@weigelt.example>\nGesendet: Montag\nAn: Sylwia Drozd\n"
        "Betreff: Pumpe"
    )
    german = f"Bitte übernehmen.\n\n{block}\n\nDie Pumpe ist defekt."
    assert parse_mail("WG: Pumpe", german).sender == Contact("Gudrun Weigelt", "g@weigelt.example")
    bare = "From: Gareth <g@hotel.example>\nTo: sales@\nSubject: pump\n\nThe pump leaks."
    assert parse_mail(subject, bare).sender == Contact("Gareth", "g@hotel.example")
    assert parse_mail(subject, bare).text == "The pump leaks."


def test_sender_of_a_mail_forwarded_twice_is_the_innermost() -> None:
    text = (
        "Od: Magazyn <magazyn@firma.example>\nDo: biuro@firma.example\nTemat: Fwd: pompa\n\n"
        "Proszę o pomoc\n\n"
        "---------- Forwarded message ---------\nOd: Anna <anna@x.example>\nTemat: pompa\n\n"
        "Pompa nie działa.\n\n"
        "W dniu 1.11.2025 o 10:00 Firma <biuro@firma.example> napisał(a):\n> Jak działa pompa?"
    )
    mail = parse_mail("PD: Fwd: pompa", text)
    assert mail.text == "Proszę o pomoc\n\nPompa nie działa."
    assert mail.sender == Contact("Anna", "anna@x.example")
    assert mail.forwarded_by == Contact("Magazyn", "magazyn@firma.example")
    assert kinds(mail) == ["forward_header", "forward_header", "quote"]


def test_forwarder_is_named_by_headers_or_signature() -> None:
    text = (
        "Proszę, zajmijcie się. Bartek\n\n---------- Forwarded message ---------\n"
        "Od: Anna <a@x.example>\nTemat: x\n\nCieknie."
    )
    assert parse_mail("Fwd: x", text).forwarded_by == Contact("Bartek", None)
    headers = {"From": "Bartek Lis <B@firma.example>"}
    assert parse_mail("Fwd: x", text, headers=headers).forwarded_by == Contact(
        "Bartek Lis", "b@firma.example"
    )
    unsigned = text.replace(" Bartek", "")
    assert parse_mail("Fwd: x", unsigned).forwarded_by is None


def test_long_text_above_a_forwarded_mail_is_the_customers() -> None:
    own = (
        "Kupiłam u Państwa trzy takie pompy i wszystkie trzy przeciekają na tej samej uszczelce. "
        * 4
    )
    mail = parse_mail(
        "Fwd: promocja",
        f"{own}\n\n-- Forwarded message --\nOd: Sklep <s@y.example>\nTemat: promocja\n\nRabat!",
    )
    assert mail.sender is None
    assert mail.text.startswith("Kupiłam") and mail.text.endswith("Rabat!")


@pytest.mark.parametrize(
    "prefixed",
    [
        "> Od: Anna <a@x.example>\n> Temat: x\n>\n> Cieknie.",
        "Od: Anna <a@x.example>\nTemat: x\n\n> Cieknie.",
    ],
)
def test_forwarded_mail_behind_quote_marks_is_read(prefixed: str) -> None:
    mail = parse_mail("Fwd: x", f"Dla serwisu\n\n{prefixed}")
    assert (mail.text, mail.sender) == (
        "Dla serwisu\n\nCieknie.",
        Contact("Anna", "a@x.example"),
    )


@pytest.mark.parametrize(
    "above",
    [
        "",
        "Dzień dobry,",
        "j.w.",
        "See below",
        "Bitte siehe unten",
        "Proszę o odpowiedź jak niżej.",
        "Pozdrawiam\nJan Lis",
    ],
)
def test_quote_below_an_empty_note_stays(above: str) -> None:
    text = (
        f"{above}\n\nOn Mon, Nov 3, 2025 at 2:22 PM Anna <a@x.example> wrote:\n"
        "> Pompa cieknie.\n>\n> > Jak pompa?\n> > Jan"
    )
    mail = parse_mail("Re: pompa", text)
    assert "Pompa cieknie." in mail.text
    assert "Jak pompa?" not in mail.text
    assert "wrote:" not in mail.text


def test_sender_of_an_answered_mail_is_not_the_customer() -> None:
    text = (
        "ok\n\nOd: Firma <biuro@firma.example>\nWysłano: wtorek\nDo: Anna\nTemat: oferta\n\n"
        "Czy przygotować ofertę?"
    )
    mail = parse_mail("Re: oferta", text)
    assert (mail.text, mail.sender) == ("ok\n\nCzy przygotować ofertę?", None)


def test_answers_between_quoted_lines_stay() -> None:
    text = (
        "W dniu 3.11.2025 o 14:22 Jan <j@x.example> pisze:\n> Ile sztuk?\n\nDwanaście.\n\n"
        "> Na kiedy?\n> I dokąd?\n\n"
        "Na piątek, do Łodzi.\n\nPozdrawiam\nAnna"
    )
    mail = parse_mail("Re: ilość", text)
    assert mail.text == "Dwanaście.\n\nNa piątek, do Łodzi."
    assert kinds(mail) == ["quote", "quote", "signature"]


@pytest.mark.parametrize(
    "text",
    [
        "Proszę o wagę:\n> 20 kg\nalbo mniej",
        "Od: Warszawa\nDo: Kraków\nData: 5 maja\nIle kosztuje przewóz 12 palet?",
        "On Monday your colleague wrote:\nwe will come on Friday.\nNobody came.",
        "Am Montag schrieb mir Ihr Kollege:\ner kommt.\nEr kam nicht.",
        "A: dwa zawory\nDe: jeden\nVan: trzy",
        "-----\nlista zakupów\n-----\nzawór 4 szt.",
    ],
)
def test_text_similar_to_a_quote_stays(text: str) -> None:
    assert parse_mail("zapytanie", text) == ParsedMail(text)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "> ", "--", "Pozdrawiam\nJan", "Wysłane z iPhone'a\n", "halo\r\n\r\n"]
)
def test_mail_is_kept_whole_if_nothing_would_be_left(text: str) -> None:
    assert parse_mail(None, text).text == text


def test_windows_newlines_stay_in_text_without_cuts() -> None:
    assert parse_mail("x", "Pompa\r\ncieknie").text == "Pompa\r\ncieknie"
    assert (
        parse_mail(
            "Re: x", f"{ASKED}\n\nOn 3 Nov 2025 at 14:22 Jan wrote:\n{QUOTED}".replace("\n", "\r\n")
        ).text
        == ASKED
    )


def test_html_is_read_if_the_text_is_a_stub() -> None:
    html = (
        "<p>Pompa cieknie.</p><div class='gmail_quote'><div class='gmail_attr'>W dniu "
        "3.11.2025 o 14:22 Jan pisze:</div>"
        "<blockquote>A u Pani?</blockquote></div>"
    )
    assert parse_mail("Re: x", "", html).text == "Pompa cieknie."
    assert parse_mail("Re: x", "This message is in HTML.", html).text == "Pompa cieknie."
    assert parse_mail("Re: x", "Cieknie.", html).text == "Cieknie."


def test_texts_other_than_mail_pass_unchanged() -> None:
    changed = total = 0
    for file in CORPUS.glob("*.jsonl"):
        for line in file.read_text().splitlines():
            example = json.loads(line)
            if example["channel"] not in ("email", "form"):
                total += 1
                changed += parse_mail(example["subject"], example["text"]).text != example["text"]
    assert total > 1_000
    assert changed * 200 <= total


@given(st.text(alphabet=st.sampled_from("a>:\n -_?@.1zP"), max_size=200) | st.text(max_size=200))
def test_every_character_is_kept_or_cut(text: str) -> None:
    mail = parse_mail("Re: Fwd: x", text)
    together = mail.text + "".join(cut.text for cut in mail.cut)
    assert sorted(filter(str.isalnum, together)) == sorted(filter(str.isalnum, text))


def test_text_behind_too_many_lines_is_kept() -> None:
    mail = parse_mail("x", "a\n" * MAX_LINES + "dalej\nbez\nkońca")
    assert mail.text.endswith("dalej\nbez\nkońca")


def test_all_lines_of_a_long_footer_are_cut() -> None:
    footer = (
        "This message is confidential and intended only for the one to whom it was sent.\n" * 20
    )
    mail = parse_mail("x", f"Proszę o ofertę.\n\n{footer}")
    assert mail.text == "Proszę o ofertę."
    assert [(cut.kind, cut.text) for cut in mail.cut] == [("footer", footer.strip())]
