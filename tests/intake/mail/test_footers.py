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
