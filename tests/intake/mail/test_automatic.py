"""Automatic mail is recognised by headers and typical words, customers' mail is not."""

import json
from pathlib import Path

import pytest

from inquiry_router.intake.mail.parsing import parse_mail

CORPUS = Path(__file__).parents[3] / "src/inquiry_router/classification/corpus"


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Auto-Submitted": "auto-replied"}, "auto_reply"),
        ({"auto-submitted": "auto-generated; x=y"}, "auto_reply"),
        ({"Auto-Submitted": "no"}, None),
        ({"X-Autoreply": "yes"}, "auto_reply"),
        ({"X-Auto-Response-Suppress": "All"}, "auto_reply"),
        ({"X-Auto-Response-Suppress": "OOF"}, None),
        ({"Precedence": "auto_reply"}, "auto_reply"),
        ({"Precedence": "bulk"}, "list"),
        ({"List-Id": "<news.shop.example>"}, "list"),
        ({"List-Unsubscribe": "<mailto:x@shop.example>"}, "list"),
        ({"List-Id": "<info.firma.example>", "Precedence": "list", "X-Google-Group-Id": "1"}, None),
        ({"Return-Path": "<>"}, "auto_reply"),
        ({"Return-Path": "<>", "From": "MAILER-DAEMON@x.example"}, "bounce"),
        ({"X-Failed-Recipients": "a@x.example"}, "bounce"),
        ({"Content-Type": 'multipart/report; report-type="delivery-status"; boundary=x'}, "bounce"),
        ({"Return-Path": "<anna@x.example>", "From": "anna@x.example"}, None),
        ({}, None),
    ],
)
def test_automatic_kind_by_headers(headers: dict[str, str], kind: str | None) -> None:
    assert parse_mail("pompa", "Pompa cieknie.", headers=headers).automatic == kind


@pytest.mark.parametrize(
    ("subject", "text", "kind"),
    [
        ("Automatic reply: order", "", "auto_reply"),
        ("Odpowiedź automatyczna: wycena", "Jestem na urlopie.", "auto_reply"),
        ("Automatische Antwort: Angebot", "", "auto_reply"),
        ("Abwesenheitsnotiz", "", "auto_reply"),
        ("Undelivered Mail Returned to Sender", "", "bounce"),
        ("Unzustellbar: Angebot", "", "bounce"),
        ("Niedostarczalne: oferta", "", "bounce"),
        (
            None,
            "I am out of the office until Monday.\nIn urgent cases please write to Jan.",
            "auto_reply",
        ),
        (
            None,
            (
                "Dzień dobry, przebywam na urlopie do 5 maja. W pilnych sprawach proszę o "
                "kontakt z Janem."
            ),
            "auto_reply",
        ),
        (
            None,
            "Ich bin bis 14.08. nicht im Büro. In dringenden Fällen wenden Sie sich an Frau Uhlig.",
            "auto_reply",
        ),
        (None, "To jest automatyczna odpowiedź, prosimy na nią nie odpowiadać.", "auto_reply"),
        (
            None,
            "This is the mail system at host mx.example.\n<a@x.example>: 550 5.1.1 unknown",
            "bounce",
        ),
        ("Re: Automatic reply: order", "So when does Jan come back?", None),
        (
            "pompa",
            "Jestem na urlopie do piątku, proszę o telefon po powrocie. Czy pompa będzie gotowa?",
            None,
        ),
        ("pompa", "I am out of the office on Friday, so please deliver on Monday.", None),
        ("automat", "Automatyczna pralka nie działa, proszę o serwis.", None),
        ("Delivery", "Your message was not clear: the delivery failed again, nobody came.", None),
        (
            "zamówienie 12",
            (
                "Zamawiamy 12 pomp. Wiadomość wygenerowana automatycznie, prosimy na nią nie "
                "odpowiadać."
            ),
            None,
        ),
    ],
)
def test_automatic_kind_by_words(subject: str | None, text: str, kind: str | None) -> None:
    assert parse_mail(subject, text).automatic == kind


def test_inquiries_of_the_corpus_are_not_automatic() -> None:
    examples = [
        json.loads(line)
        for file in CORPUS.glob("*.jsonl")
        for line in file.read_text().splitlines()
    ]
    automatic = [
        example for example in examples if parse_mail(example["subject"], example["text"]).automatic
    ]
    assert len(automatic) > 20
    assert [example["id"] for example in automatic if example["label"] != "other"] == []
