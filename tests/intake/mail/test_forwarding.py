"""The forwarder of a mail, and the note above it."""

import pytest

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.parsing import parse_mail


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


PUMP = "Die Pumpe ist undicht.\nPompa cieknie od wczoraj."
# Name of a program -> the subject, and the lines above the forwarded words.
PROGRAMS = {
    "gmail": (
        "Fwd: Pompa",
        (
            "---------- Forwarded message ---------\nOd: Jan Rek <jan@x.example>\nDate: pon., 24 "
            "lis "
            "2025 o 10:00\nSubject: Pompa\nTo: <anna@acme.example>"
        ),
    ),
    "gmail in Hungarian": (
        "Fwd: Pompa",
        (
            "---------- Forwarded message ---------\nFeladó: Jan Rek <jan@x.example>\nDate: 2025. "
            "nov. "
            "24., H, 10:00\nSubject: Pompa\nTo: <anna@acme.example>"
        ),
    ),
    "Apple Mail": (
        "Fwd: Pompa",
        (
            "Początek przekazywanej wiadomości:\n\nOd: Jan Rek <jan@x.example>\nTemat: Pompa\n"
            "Data: 24 listopada 2025 o 10:00:00 CET\nDo: anna@acme.example"
        ),
    ),
    "Apple Mail in Ukrainian": (
        "Fwd: Pompa",
        (
            "Початок листа, що пересилається:\n\nВід кого: Jan Rek <jan@x.example>\nТема: Pompa\n"
            "Дата: 24 листопада 2025 р. о 10:00:00\nКому: anna@acme.example"
        ),
    ),
    "Apple Mail in Chinese": (
        "转发：Pompa",
        (
            "开始转发的邮件：\n\n发件人: Jan Rek <jan@x.example>\n主题: Pompa\n"
            "日期: 2025年11月24日 10:00\n收件人: anna@acme.example"
        ),
    ),
    "Apple Mail in Finnish": (
        "Fwd: Pompa",
        (
            "Välitetty viesti alkaa:\n\nLähettäjä: Jan Rek <jan@x.example>\nAihe: Pompa\n"
            "Päivämäärä: 24. marraskuuta 2025\nVastaanottaja: anna@acme.example"
        ),
    ),
    "Outlook on the web": (
        "PD: Pompa",
        (
            "________________________________\nOd: Jan Rek <jan@x.example>\nWysłane: "
            "poniedziałek, 24 "
            "listopada 2025 10:00\nDo: anna@acme.example <anna@acme.example>\nTemat: Pompa"
        ),
    ),
    "Outlook on behalf of somebody": (
        "FW: Pompa",
        (
            "________________________________\nFrom: Jan Rek<mailto:jan@x.example> <jan@x.example"
            "<mailto:jan@x.example>> on behalf of biuro@x.example<mailto:biuro@x.example>\n"
            "Sent: Monday, November 24, 2025 10:00\nTo: anna@acme.example\nSubject: Pompa"
        ),
    ),
    "Outlook 2019 for Mac": (
        "FW: Pompa",
        'On 24/11/2025 10:00, "Jan Rek" <jan@x.example> wrote:',
    ),
    "Outlook 2019 for Mac in Polish": (
        "PD: Pompa",
        "Dnia 24/11/2025, 10:00 użytkownik „Jan Rek” <jan@x.example> napisał:",
    ),
    "Outlook 2019 for Mac in Turkish": (
        "İLT: Pompa",
        '"Jan Rek" <jan@x.example>, 24/11/2025 10:00 tarihinde şunu yazdı:',
    ),
    "new Outlook in Danish": (
        "VS: Pompa",
        (
            "Fra: Jan Rek <jan@x.example>\nDato: mandag, 24. november 2025 kl. 10.00\n"
            "Til: anna@acme.example <anna@acme.example>\nEmne: Pompa"
        ),
    ),
    "Thunderbird": (
        "Fwd: Pompa",
        (
            "-------- Przekazana wiadomość --------\nTemat: \tPompa\nData: \tMon, 24 Nov 2025 "
            "10:00:00 "
            "+0100\nNadawca: \tJan Rek <jan@x.example>\nAdresat: \tanna@acme.example"
        ),
    ),
    "Thunderbird in French": (
        "TR: Pompa",
        (
            "-------- Message transféré --------\nSujet : \tPompa\nDate : \tMon, 24 Nov 2025 "
            "10:00:00 "
            "+0100\nDe : \tJan Rek <jan@x.example>\nPour : \tanna@acme.example\nCopie à : "
            "\ta@b.example"
        ),
    ),
    "Yahoo in German": (
        "WG: Pompa",
        (
            "   ----- Weitergeleitete Nachricht ----- Von: Jan Rek <jan@x.example>An: "
            '"anna@acme.example" <anna@acme.example>Gesendet: Montag, 24. November 2025, 10:00:00 '
            "MEZBetreff: Pompa"
        ),
    ),
    "MailMate": (
        "Fwd: Pompa",
        (
            "Forwarded message:\n\nFrom: Jan Rek <jan@x.example>\nTo: anna@acme.example\n"
            "Subject: Pompa\nDate: Mon, 24 Nov 2025 10:00:00 +0000"
        ),
    ),
    "HubSpot in Japanese": (
        "Fwd: Pompa",
        (
            "---------- メッセージを転送 ---------\n送信元：Jan Rek <jan@x.example>\n"
            "日付：2025年11月24日\n件名：Pompa\n送信先：anna@acme.example"
        ),
    ),
    "Zoho": (
        "Fwd: Pompa",
        (
            "============ Forwarded message ============\nFrom: Jan Rek <jan@x.example>\n"
            "To: <anna@acme.example>\nDate: Mon, 24 Nov 2025 10:00:00 +0100\nSubject: Pompa\n"
            "============ Forwarded message ============"
        ),
    ),
}


@pytest.mark.parametrize("note", ["", "Proszę załatwić.\n\n"], ids=["bare", "with a note"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_forwards_of_mail_programs_name_the_writer(program: str, note: str) -> None:
    subject, above = PROGRAMS[program]
    mail = parse_mail(subject, f"{note}{above}\n\n{PUMP}")
    assert mail.sender == Contact("Jan Rek", "jan@x.example")
    assert mail.text == f"{note}{PUMP}"


@pytest.mark.parametrize("program", ["Apple Mail", "MailMate", "Apple Mail in Ukrainian"])
def test_forwards_behind_quotation_marks_are_read(program: str) -> None:
    subject, above = PROGRAMS[program]
    first, rest = above.split("\n", 1)
    quoted = "\n".join(f"> {line}".rstrip() for line in f"{rest.strip()}\n\n{PUMP}".split("\n"))
    mail = parse_mail(subject, f"{first}\n\n{quoted}")
    assert (mail.sender, mail.text) == (Contact("Jan Rek", "jan@x.example"), PUMP)


def test_line_whose_quotation_mark_was_lost_stays() -> None:
    text = (
        "Forwarded message:\n\n> From: Jan Rek <jan@x.example>\n> Subject: Pompa\n>\n"
        "> Kupiłem pompę do budynku przy ul. Lipowej\n5 i do wczoraj działała.\n>\n> Dziś cieknie."
    )
    assert parse_mail("Fwd: Pompa", text).text == (
        "Kupiłem pompę do budynku przy ul. Lipowej\n5 i do wczoraj działała.\n\nDziś cieknie."
    )


@pytest.mark.parametrize(
    "note",
    [
        "Przekazuję, prośba księgowości jak niżej.",
        "Przekazuję wiadomość od klienta:",
        "Forwarded for your attention - can you do these?",
        "Forwarded from the client:",
        "Do domu przekazuję, sorry, nie ten adres. M.",
    ],
)
def test_note_that_speaks_of_forwarding_is_no_marker(note: str) -> None:
    text = f"{note}\n\nOd: Jan Rek <jan@x.example>\nTemat: Pompa\n\nPompa cieknie."
    mail = parse_mail("PD: Pompa", text)
    assert mail.text == f"{note}\n\nPompa cieknie."
    assert mail.sender == Contact("Jan Rek", "jan@x.example")


def test_single_header_with_an_address_names_the_writer_of_a_forwarded_mail() -> None:
    text = "To nie do mnie.\n\nOd: jan@x.example\nPompa cieknie."
    mail = parse_mail("Fwd: Pompa", text)
    assert (mail.text, mail.sender) == (
        "To nie do mnie.\n\nPompa cieknie.",
        Contact(None, "jan@x.example"),
    )
