"""Legal footers and warnings of mail servers are cut."""

import pytest

from inquiry_router.intake.mail.parsing import parse_mail

ASKED = "Dzień dobry,\nproszę o wycenę dwóch pomp."


@pytest.mark.parametrize(
    "footer",
    [
        "Treść tej wiadomości jest poufna i przeznaczona wyłącznie dla adresata.",
        (
            "Administratorem Pani/Pana danych osobowych jest Hydro-Bud Sp. z o.o. Szczegóły na "
            "stronie."
        ),
        "Klauzula informacyjna RODO jest dostępna na naszej stronie.",
        "Jeżeli otrzymali Państwo tę wiadomość omyłkowo, prosimy o jej usunięcie.",
        "Pomyśl o środowisku, zanim wydrukujesz tę wiadomość.",
        "Sąd Rejonowy dla m.st. Warszawy, KRS 0000000000, kapitał zakładowy 50 000 zł",
        "This e-mail and any attachments are confidential and intended solely for the addressee.",
        "If you have received this message in error, please delete it.",
        "Please consider the environment before printing this e-mail.",
        "Registered in England no. 0000417",
        "Diese E-Mail enthält vertrauliche Informationen. Bitte vernichten Sie sie.",
        "Amtsgericht Dresden HRB 12345",
        "Hinweise zum Datenschutz finden Sie auf unserer Homepage.",
        "Tato zpráva je důvěrná.",
        # Text parts that only say that there is an HTML part
        "Your email client cannot read this email. To view it online, please go here: https://a.b",
        "If you cannot see this message, click here: https://a.example/2",
        "Zobacz tę wiadomość w przeglądarce: https://a.example/2",
        "To jest wiadomość HTML. Jeśli nie widzisz jej treści, kliknij tutaj: https://a.example/1",
        "Falls Sie diese E-Mail nicht lesen können, klicken Sie bitte hier.",
    ],
)
def test_footer_is_cut(footer: str) -> None:
    mail = parse_mail("wycena", f"{ASKED}\n\nPozdrawiam\nJan\n\n{footer}")
    assert mail.text == ASKED
    assert (mail.cut[-1].kind, mail.cut[-1].text) == ("footer", footer)


def test_warning_of_a_server_is_cut() -> None:
    mail = parse_mail(
        "x", f"CAUTION: This email originated from outside of the organization.\n\n{ASKED}"
    )
    assert mail.text == ASKED


def test_all_lines_of_a_long_footer_are_cut() -> None:
    footer = (
        "This message is confidential and intended only for the one to whom it was sent.\n" * 20
    )
    mail = parse_mail("x", f"Proszę o ofertę.\n\n{footer}")
    assert mail.text == "Proszę o ofertę."
    assert [(cut.kind, cut.text) for cut in mail.cut] == [("footer", footer.strip())]


@pytest.mark.parametrize(
    "line",
    [
        "Jeżeli wysłaliście omyłkowo inny model, prosimy o jak najszybszą wymianę na właściwy.",
        "Jeśli przesłali Państwo tę pompę przez pomyłkę, proszę o odbiór.",
        "Zanim wydrukujecie, proszę o podgląd do akceptacji.",
        "Zanim wydrukujecie wizytówki, chcę zmienić numer telefonu.",
        "Czy kurier ma etykietę, czy musimy ją sami wydrukować?",
        "Czy trzeba drukować gwarancję, czy wystarczy numer?",
        "Wiadomość o wysyłce dostał adresat, a paczki nie ma.",
        "Zgodnie z art. 17 RODO żądam usunięcia moich danych.",
        "Administratorem danych w umowie powinna być nasza spółka.",
        "Nasz kapitał zakładowy wzrósł, więc zmieniamy limit kredytu.",
        "Brakuje mi w umowie klauzuli informacyjnej RODO.",
        "Chcemy zadbać o środowisko i kupić pompę ciepła.",
        "It was registered in March 2021 under warranty 44871 and now it leaks badly.",
        "The device is registered in our name, number 5521, and is broken.",
        "If you have received this return, please refund the price.",
        "Please keep it confidential: we want to change the supplier.",
        "Please print the label for me, I have no printer.",
        "Diese Nachricht haben Sie bestimmt schon bekommen, die Pumpe ist undicht.",
        "Wenn Sie nicht der richtige Ansprechpartner sind, leiten Sie es bitte weiter.",
        "Bitte das Etikett ausdrucken und beilegen.",
        "Proszę o instrukcję w formacie HTML albo PDF.",
        "Nie widzę faktury w przeglądarce, proszę o PDF.",
        "If you cannot see the crack in the photo, I will send another one.",
        "Falls Sie das Foto nicht sehen können, schicke ich es noch einmal.",
        "The program on your site does not display my order online.",
        "Falls Sie irrtümlich ein anderes Modell geschickt haben, bitte umtauschen.",
    ],
)
def test_last_line_that_is_a_request_is_no_footer(line: str) -> None:
    text = f"{ASKED}\n\n{line}"
    assert parse_mail("sprawa", text).text == text


@pytest.mark.parametrize(
    "footer",
    [
        "Niniejsza wiadomość jest przeznaczona wyłącznie dla jej adresata.",
        "Jeśli nie są Państwo adresatem tej wiadomości, prosimy o powiadomienie nadawcy.",
        "Czy naprawdę musisz to wydrukować? Pomyśl o środowisku.",
        "Zanim wydrukujesz tę wiadomość, pomyśl o środowisku.",
        "Chroń środowisko!",
        "Registered in England and Wales. Registered number: 01234567",
        "Think of the environment before you print this mail.",
        "Confidentiality notice: this message is intended only for the addressee.",
        "If you have received this e-mail by mistake, please notify the sender.",
        "Diese Nachricht ist nur für den Empfänger bestimmt.",
        "Sollten Sie diese E-Mail irrtümlich erhalten haben, informieren Sie bitte den Absender.",
        "Bitte denken Sie an die Umwelt, bevor Sie diese E-Mail drucken.",
        "This e-mail was sent from a contact form on Acme (https://acme.example)",
        "Twój program pocztowy nie obsługuje HTML.",
        "Ta wiadomość jest w formacie HTML. Użyj programu pocztowego obsługującego HTML.",
        "To view the message, please use an HTML compatible email viewer!",
        "This is a multi-part message in MIME format.",
        "Aby zobaczyć treść wiadomości, włącz wyświetlanie HTML.",
        "Wiadomość wysłana z formularza kontaktowego na Acme (https://acme.example)",
    ],
)
def test_what_is_surely_a_footer_is_cut(footer: str) -> None:
    assert parse_mail("wycena", f"{ASKED}\n\n{footer}").text == ASKED
