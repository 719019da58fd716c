"""A mail is cut to the present request, which is never lost."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.parsing import parse_mail
from tests.intake.mail.mails import ASKED, QUOTED, kinds

CORPUS = Path(__file__).parents[3] / "src/inquiry_router/classification/corpus"


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


def test_sender_of_an_answered_mail_is_not_the_customer() -> None:
    text = (
        "ok\n\nOd: Firma <biuro@firma.example>\nWysłano: wtorek\nDo: Anna\nTemat: oferta\n\n"
        "Czy przygotować ofertę?"
    )
    mail = parse_mail("Re: oferta", text)
    assert (mail.text, mail.sender) == ("ok\n\nCzy przygotować ofertę?", None)


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
