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
