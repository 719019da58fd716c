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
