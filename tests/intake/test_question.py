"""The classifier reads the request without thread, signature and footer."""

import pytest

from inquiry_router.inquiry.model import Attachment, Channel, Draft, Provenance
from inquiry_router.intake.question import own_words, question_of

MAIL = """Dzień dobry,
pompa znowu cieknie, proszę o serwis.

Pozdrawiam
Anna Kowalska
Hydro-Bud sp. z o.o.
tel. 601 234 567

W dniu 3.11.2025 o 14:22 Serwis pisze:
> Dziękujemy za zamówienie katalogu i cennika.
"""


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.FORM, Channel.NOTE, Channel.API])
def test_mail_is_cut_to_the_request(channel: Channel) -> None:
    read = question_of(Draft(channel, MAIL, "Pompa"))
    assert "pompa znowu cieknie, proszę o serwis." in read.text
    assert "katalogu" not in read.text
    assert "601 234 567" not in read.text
    assert read.subject == "Pompa"


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.CHAT])
def test_speech_and_chat_are_read_whole(channel: Channel) -> None:
    assert question_of(Draft(channel, MAIL)).text == MAIL


def test_text_without_cuts_is_the_same_object() -> None:
    draft = Draft(Channel.EMAIL, "pompa cieknie\nproszę o serwis")
    assert question_of(draft) is draft


def test_attachments_are_read_by_their_names() -> None:
    draft = Draft(
        Channel.EMAIL,
        "W załączniku.",
        provenance=Provenance(attachments=(Attachment("uszkodzenie.jpg", "image/jpeg", 9),)),
    )
    assert question_of(draft).text == "W załączniku.\nZałącznik: uszkodzenie.jpg"


def test_own_words_are_without_the_quote_that_a_short_answer_refers_to() -> None:
    text = "Dziękuję\n\nOn Mon, Nov 2, 2026 at 10:00 AM Service <s@acme.example> wrote:\n> Iskrzy?"
    draft = Draft(Channel.EMAIL, text, subject="Re: Pompa")
    assert own_words(draft).text == "Dziękuję"
    assert "Iskrzy?" in question_of(draft).text
    spoken = Draft(Channel.PHONE, text)
    assert own_words(spoken) is spoken
