"""Cleaning keeps words and drops characters that are none."""

import unicodedata
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.inquiry.model import (
    Attachment,
    Channel,
    Contact,
    Draft,
    MailThread,
    Origin,
    Provenance,
)
from inquiry_router.intake.cleaning import (
    clean,
    clean_email,
    clean_line,
    clean_phone,
    clean_text,
    is_visible,
    storable,
)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\ud800b", "ab"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("zażółć", "zażółć"),
        ("z\u0307", "ż"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("\ufeffcześć\u200b", "cześć"),
        ("👩\u200d🔧 tak", "👩\u200d🔧 tak"),
        ("tab\tzostaje", "tab\tzostaje"),
        ("   ", ""),
    ],
)
def test_clean_text(sent: str, kept: str) -> None:
    assert clean_text(sent) == kept


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", False),
        (" \t\n\u3000", False),
        ("\u200b", False),
        ("\u200b\u00ad \ufeff\x00", False),
        ("\u3164\u2800\ufe0f\u0301", False),
        ("\u200b" * 250_000, False),
        ("\u200ba", True),
        ("?", True),
        ("\U0001f44d", True),
        ("ł", True),
    ],
)
def test_what_nobody_sees_is_no_text(text: str, seen: bool) -> None:
    assert is_visible(text) is seen


def test_combining_marks_in_a_row_are_limited() -> None:
    assert len(clean_text("a" + "\u0301" * 200_000)) < 20


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=300))
def test_cleaned_text_is_storable_and_stable(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned
    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)


def test_clean_line() -> None:
    assert clean_line("  a \n b ") == "a b"
    assert clean_line(" \n ") is None
    assert clean_line(None) is None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Anna@Firma.PL", "anna@firma.pl"),
        ("Anna K. <Anna@firma.pl>", "anna@firma.pl"),
        ("Anna <brak> <Anna@firma.pl>", "anna@firma.pl"),
        ("<@> <a@> <@b>", "<@> <a@> <@b>"),
        ("brak", "brak"),
        ("", None),
        (None, None),
    ],
)
def test_clean_email(sent: str | None, kept: str | None) -> None:
    assert clean_email(sent) == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("601 234 567", "+48601234567"),
        ("+48 601-234-567", "+48601234567"),
        ("0048 601234567", "+48601234567"),
        ("(22) 555 12 34", "+48225551234"),
        ("+49 30 1234567", "+49301234567"),
        ("022 123 45 67", "+48221234567"),
        ("22 123 45 67 wew. 12", "+48221234567"),
        ("22 123 45 67, 601 234 567", "+48221234567"),
        ("wewn. 12", "wewn. 12"),
        ("anonymous", "anonymous"),
        ("9" * 5000, "9" * 5000),
        (None, None),
    ],
)
def test_clean_phone(sent: str | None, kept: str | None) -> None:
    assert clean_phone(sent) == kept


def test_extension_is_kept_apart_from_the_number() -> None:
    draft = Draft(Channel.FORM, "tekst", contact=Contact(phone="22 123 45 67 wew. 12"))
    cleaned = clean(draft)
    assert cleaned.contact == Contact(phone="+48221234567", extension="12")
    assert clean(cleaned) == cleaned


def test_cleaning_a_draft_is_idempotent() -> None:
    draft = Draft(
        Channel.FORM,
        " tekst\x00 ",
        " temat\n",
        "PL-pl",
        Contact(" Anna ", "A@B.pl", "601234567", " \x07 "),
    )
    cleaned = clean(draft)
    assert cleaned == Draft(
        Channel.FORM, "tekst", "temat", "pl", Contact("Anna", "a@b.pl", "+48601234567", None)
    )
    assert clean(cleaned) == cleaned


def test_fields_without_text_are_kept() -> None:
    provenance = Provenance(
        hops=2, shadow=True, attachments=(Attachment("a.pdf", "application/pdf", 7),)
    )
    source, received_at = (
        Origin("erp", "1", "https://erp.example"),
        datetime(2026, 11, 20, tzinfo=UTC),
    )
    draft = Draft(
        Channel.NOTE,
        "tekst",
        "temat",
        "pl",
        Contact("Anna"),
        source,
        received_at,
        provenance,
        MailThread("2@mail.example", ("1@mail.example",)),
        "pismo",
    )
    assert [
        field.name for field in fields(Draft) if getattr(draft, field.name) == field.default
    ] == ["account"]  # found later
    assert clean(draft) == draft


def test_mail_ids_are_cleaned() -> None:
    draft = Draft(
        Channel.EMAIL, "tekst", thread=MailThread(" 2@a.example\n", ("1\x00@a.example", ""))
    )
    assert clean(draft).thread == MailThread("2@a.example", ("1@a.example",))
    assert storable(draft).thread == MailThread(" 2@a.example\n", ("1@a.example", ""))
