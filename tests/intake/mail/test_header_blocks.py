"""Header blocks in many languages begin quotes and name senders."""

import pytest

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.parsing import parse_mail
from tests.intake.mail.mails import ASKED, kinds


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
