"""Quotes of replies are cut; answers between them and similar text stay."""

import pytest

from inquiry_router.intake.mail.model import ParsedMail
from inquiry_router.intake.mail.parsing import parse_mail
from tests.intake.mail.mails import ASKED, QUOTED, kinds


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


OFFER = "Przesyłamy ofertę na 20 krzeseł. Czy chcą Państwo zamówić?"


@pytest.mark.parametrize(
    "opening",
    [
        "---- On Thu, 20 Nov 2025 14:02:50 +0100 Acme <a@acme.example> wrote ----",
        "---- Włączono czw., 20 lis 2025 14:02:50 +0100 Acme <a@acme.example> napisał(a) ----",
        "---- Am Do, 20 Nov 2025 14:02:50 +0100 Acme <a@acme.example> schrieb ----",
        '20.11.2025, 14:02, "Acme" <a@acme.example>:',
        "Четверг, 20 ноября 2025, 14:02 +03:00 от Acme <a@acme.example>:",
        "Thursday, November 20, 2025 2:02 PM +03:00 from Acme <a@acme.example>:",
        "在 2025年11月20日,14:02,Acme <a@acme.example> 写道:",
        "2025年11月20日 14:02,Acme <a@acme.example> 写道：",
        "20 лист. 2025 р. о 14:02 Acme <a@acme.example> написав(-ла):",
        'At 2025-11-20 14:02:11, "Acme" <a@acme.example> wrote:',
        "##- Please type your reply above this line -##",
        "##- Wpisz odpowiedź powyżej tego wiersza -##",
        "--- Odpowiedz powyżej tej linii ---",
        "[Odpowiadając, pisz powyżej tej linii]",
        "Wiadomość oryginalna:\nOd: Acme\nTemat: oferta\nWysłano: 20.11.2025 14:02",
        "-- Please reply above this line --",
        "##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein. -##",
        "=-=-= Reply above this line =-=-=",
        "*** Please do not write below this line ***",
        "--- Prosimy nie pisać poniżej tej linii ---",
        "Від кого: Acme <a@acme.example>\nТема: oferta\nДата: 20 лист. 2025\nКому: Jan",
        "发件人：Acme <a@acme.example>\n发送时间：2025年11月20日 14:02\n收件人：Jan\n主题：offer",
    ],
)
@pytest.mark.parametrize("said", ["Pompa cieknie, proszę o serwis.", "Witam, drukarka nie działa."])
def test_openings_of_other_programs_are_known(opening: str, said: str) -> None:
    mail = parse_mail("Re: oferta", f"{said}\n\n{opening}\n\n{OFFER}")
    assert mail.text == said
    assert kinds(mail) == ["quote"]


@pytest.mark.parametrize(
    "greeting",
    [
        "Witam, drukarka nie działa.",
        "Hello, pump leaks badly.",
        "Hallo, Pumpe undicht",
        "Dzień dobry, cieknie pompa.",
        "Dziękuję, nie zamawiam.",
    ],
)
def test_greeting_and_a_few_words_are_a_message(greeting: str) -> None:
    text = f"{greeting}\n\nW dniu 2025-11-24 o 10:00, Acme <a@acme.example> pisze:\n> {OFFER}"
    assert parse_mail("Re: oferta", text).text == greeting


@pytest.mark.parametrize(
    "greeting", ["Dzień dobry Panie Janie,", "Hi John!", "Sehr geehrte Frau Rek,", "Dear Mr Smith,"]
)
def test_greeting_alone_is_no_message(greeting: str) -> None:
    text = f"{greeting}\n\nW dniu 2025-11-24 o 10:00, Jan <j@x.example> pisze:\n> Pompa cieknie."
    assert "Pompa cieknie." in parse_mail("Re: oferta", text).text


@pytest.mark.parametrize(
    "text",
    [
        # Without "Re:" and without an attribution, nobody answers anything.
        "W imieniu zarządu:\n\n> Pompa nie ciągnie wody,\n> cieknie z boku.\n\nCzekamy.",
        "chcemy wynająć podnośnik.\n\n--------------------\nOd: 12.12.2026\nDo: 15.12.2026\nCena?",
        "Przewóz:\n____________________\nOd: Warszawa\nDo: Kraków\nTemat: 12 palet\nIle?",
        "Van: 3 Stück\nAn: Berlin\nDatum: 5. Mai\nWas kostet das?",
        "W dniu 20.11.2025 o 14:00 Państwa kolega napisał:\nprzyjedziemy w piątek.\nNikt nie był.",
        "Please write the serial number above the line on the label and send it again.",
        "Numer stoi powyżej linii, proszę odpowiedzieć.",
    ],
)
def test_nothing_of_a_mail_that_is_no_reply_is_a_quote(text: str) -> None:
    assert parse_mail("Pismo", text) == ParsedMail(text)


@pytest.mark.parametrize(
    "text",
    [
        "Od: 12.12.2026\nDo: 15.12.2026\nMiejsce: Kraków\nIle to kosztuje?",
        "Od: Warszawa\nDo: Kraków\nData: 5 maja\nIle kosztuje przewóz?",
        "From: Berlin\nTo: Munich\nDate: 5 May\nWhat does it cost?",
        "From: Warsaw\nTo: Berlin\nDate: 12.12.2026\nWhat does it cost?",
    ],
)
def test_places_and_dates_in_a_reply_are_no_header(text: str) -> None:
    assert parse_mail("Re: wynajem", f"Dzień dobry,\n\n{text}").text.endswith(text)


def test_reply_without_its_prefix_is_known_by_an_attribution_with_an_address() -> None:
    text = f"Pompa cieknie.\n\nOn 3 Nov 2025 at 14:22, Acme <a@acme.example> wrote:\n\n{OFFER}"
    assert parse_mail("Pompa", text).text == "Pompa cieknie."
