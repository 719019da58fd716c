"""Signatures and footers are cut; postscripts, requests and requested addresses stay."""

import pytest

from inquiry_router.intake.mail.model import ParsedMail
from inquiry_router.intake.mail.parsing import parse_mail

ASKED = "Dzień dobry,\nproszę o wycenę dwóch pomp."


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nJan Lis\nHydro-Bud",
        "--\nJan Lis, tel. 600 100 200",
        "Pozdrawiam\nJan Lis",
        "pozdrawiam serdecznie, Jan Lis",
        (
            "Z poważaniem\n\nJan Lis\nKierownik zakupów\nHydro-Bud Sp. z o.o.\n"
            "ul. Lipowa 5, 00-950 Warszawa\ntel. +48 600"
            " 100 200\nwww.hydro-bud.example"
        ),
        "Z powazaniem\nJan Lis\nNIP 525-000-00-00, REGON 000000000",
        "Kind regards,\nJan Lis\nBuyer",
        (
            "Mit freundlichen Grüßen\ni. A. Jan Lis\nMusterstr. 5, 01067 Dresden\n"
            "USt-IdNr. DE000000000"
        ),
        "S pozdravem\nIng. Jan Lis",
        "З повагою\nОксана",
        "Wysłane z iPhone'a",
        "Sent from my Samsung Galaxy smartphone.",
        "Von meinem iPhone gesendet",
        "Jan Lis\nHydro-Bud Sp. z o.o.\nul. Lipowa 5\ntel. 600 100 200",
    ],
)
def test_signature_is_cut(signature: str) -> None:
    mail = parse_mail("wycena", f"{ASKED}\n\n{signature}\n")
    assert mail.text == ASKED
    assert {cut.kind for cut in mail.cut} == {"signature"}
    assert "\n".join(cut.text for cut in mail.cut).split() == signature.split()


@pytest.mark.parametrize(
    ("below", "kept"),
    [
        ("Pozdrawiam\nJan Lis\n\nPS Proszę jeszcze o katalog.", "PS Proszę jeszcze o katalog."),
        (
            "Pozdrawiam\nJan Lis\ntel. 600 100 200\nP.S. A czy jest coś taniej?",
            "P.S. A czy jest coś taniej?",
        ),
        ("Z poważaniem\nJan Lis\n\n1. zawór DN50\n2. pompa CR3", "1. zawór DN50\n2. pompa CR3"),
        ("Regards\nJan\n\nvalve 12 pcs", "valve 12 pcs"),
        ("-- \nJan Lis\nKiedy będzie odpowiedź?", "Kiedy będzie odpowiedź?"),
        ("Pozdrawiam i proszę o pilny kontakt", "Pozdrawiam i proszę o pilny kontakt"),
    ],
)
def test_request_below_a_signature_stays(below: str, kept: str) -> None:
    assert parse_mail("wycena", f"{ASKED}\n\n{below}").text == f"{ASKED}\n\n{kept}"


@pytest.mark.parametrize(
    "text",
    [
        "Proszę o fakturę na:\n\nHydro-Bud Sp. z o.o.\nul. Lipowa 5\nNIP 525-000-00-00",
        "Adres dostawy\n\nJan Lis\nul. Lipowa 5\ntel. 600 100 200",
        (
            "Dzień dobry,\npozdrawiam z Krakowa i od razu pytam o dwie pompy do studni "
            "głębinowej.\nJan"
        ),
        "Thanks for the quote\nbut we ordered twelve valves and you have sent us ten of them only.",
        (
            "Pozdrawiam\n\nPiszę w sprawie pompy, którą kupiłem w maju i która od wczoraj "
            "przecieka na uszczelce."
        ),
        "Proszę usunąć moje dane zgodnie z RODO.\nKto jest administratorem moich danych osobowych?",
        "NIP jest w stopce.\n\nPozdrawiam\nJan Lis\nNIP 525-000-00-00\n(w stopce)",
        (
            "Czy ta wiadomość jest poufna i przeznaczona wyłącznie dla adresata?\n"
            "Czekam na odpowiedź.\nJan"
        ),
        "Potrzebuję certyfikatu.\nBitte senden Sie die Datenschutzerklärung und den Katalog.\nJan",
        "Dear all,\nplease consider the environment: we need recyclable packaging.\nJan",
        "A copy please.\nOur registered office moved to 12 High St; please change the invoices.",
        (
            "Uwaga, adres.\nAdministratorem danych osobowych ma być nowa spółka,\n"
            "bo stara już nie istnieje, i tak ma być w umowie."
        ),
        "Zamawiam:\n-- \nzawór 4 szt.\npompa 1 szt.",
    ],
)
def test_text_similar_to_a_signature_stays(text: str) -> None:
    mail = parse_mail("sprawa", text)
    assert mail.text.replace("-- \n", "") == text.replace("-- \n", "")


def test_closing_words_at_the_end_of_a_line_stay() -> None:
    text = "Pompa cieknie, proszę o serwis. Pozdrawiam, Jan"
    assert parse_mail(None, text) == ParsedMail(text)


@pytest.mark.parametrize(
    "below",
    [
        "Pozdrawiam\nJan Lis\npompa cieknie od wczoraj",
        "Pozdrawiam\npompa nadal cieknie",
        "Pozdrawiam, pompa nadal cieknie",
        "Z poważaniem\nJan Lis\ntowar przyszedł uszkodzony",
        "Kind regards\nJan\nthe pump still leaks",
        "Thanks, the second one leaks too",
        "Mit freundlichen Grüßen\nJan Lis\ndie Pumpe ist undicht",
        "Gruß, Pumpe ist kaputt",
        "Wysłano z magazynu zły model",
        "Wysłano pocztą zły model pompy",
        "Sent from Warsaw the wrong pump",
        "Sent via courier, arrived broken",
        "Jan Lis\npompa cieknie, tel. 600 100 200",
        "--\npompa cieknie od wczoraj\ntel. 600 100 200",
        "Imię: Jan\nTelefon: 600 100 200\nproblem z pompą od maja",
        "---\nPompa Grundfos",
        "Best Pump Model",
        "Thanks for the second pump,\nit leaks too",
    ],
)
def test_last_line_that_is_not_surely_a_signature_stays(below: str) -> None:
    text = f"{ASKED}\n\n{below}"
    kept = parse_mail("sprawa", text).text
    said = next(
        line
        for line in reversed(below.split("\n"))
        if any(word in line for word in ("omp", "towar", "pump", "Pump", "leak", "broken", "model"))
    )
    assert said in kept


@pytest.mark.parametrize(
    "signature",
    [
        "Pozdrawiam,\nJan Lis",
        "Serdecznie pozdrawiam,\n\nJan Lis\nDział Zakupów\nHydro-Bud",
        "Pozdrawiam\njan",
        "Pozdrawiam\nJan Lis\nspecjalista ds. zakupów\ntel. kom. 600 100 200",
        "Best regards,\nJan Lis | Buyer | Hydro-Bud Ltd\n+48 600 100 200",
        "Viele Grüße aus Berlin\nJan Lis\nEinkauf",
        "Z wyrazami szacunku\nmgr inż. Jan Lis",
        "Wysłane z aplikacji mobilnej Poczta Onet",
        "Sent from Yahoo Mail on Android",
        "Get Outlook for iOS",
        "Wysłane z telefonu, przepraszam za literówki",
        "Thanks for your patience,\nRhodri ap Gwilym",
        "Sincerely yours,\nDr. Agnieszka Stelmach",
        "Pozdrawiam wiosennie\nAldona Rybak",
        "Roksana z Fali\nAquapark Fala Sp. z o.o.\ntel. 76 000 55 00",
        "Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.",
    ],
)
def test_what_is_surely_a_signature_is_cut(signature: str) -> None:
    assert parse_mail("wycena", f"{ASKED}\n\n{signature}\n").text == ASKED


def test_line_in_doubt_stays_between_lines_of_a_signature() -> None:
    text = f"{ASKED}\n\nPozdrawiam\nJan Lis\nusługi hydrauliczne i gazowe\nul. Lipowa 5, Łódź"
    assert parse_mail("wycena", text).text == f"{ASKED}\n\nusługi hydrauliczne i gazowe"
