"""Greetings and thanks say nothing of a matter; a word more, and they do."""

from dataclasses import replace

import pytest

from inquiry_router.inquiry.model import Attachment, Channel, Contact, Draft, Provenance
from inquiry_router.matters.nothing_new import is_thanks, says_nothing

FILE = Provenance(attachments=(Attachment("a.jpg", "image/jpeg", 7),))


def draft(text: str, subject: str | None = None, passage: Provenance | None = None) -> Draft:
    return Draft(Channel.CHAT, text, subject=subject, provenance=passage or Provenance())


@pytest.mark.parametrize(
    "text",
    [
        "Dzień dobry",
        "dzien dobry, mam pytanie",
        "Dzień dobry! Czy mogę o coś zapytać?",
        "Halo, jest tam ktoś?",
        "Szanowni Państwo, mam do Państwa sprawę.",
        "hi there",
        "Hello, I have a question",
        "Guten Tag, ich habe eine Frage",
        "Dobrý den, mám dotaz",
        "Добрий день",
    ],
)
def test_greetings_say_nothing(text: str) -> None:
    assert says_nothing(draft(text))
    assert not is_thanks(draft(text))


@pytest.mark.parametrize(
    "text",
    [
        "Dzień dobry, pompa cieknie",
        "mam pytanie o zamówienie",
        "Dzień dobry, mam pytanie: 4500111?",
        "hello, price?",
        "Guten Tag, Pumpe defekt",
        "",
        "   \n",
        "?!",
        "halo " * 15,
    ],
)
def test_anything_more_says_something(text: str) -> None:
    assert not says_nothing(draft(text))


@pytest.mark.parametrize(
    "text",
    [
        "Dziękuję",
        "dziekuje bardzo i pozdrawiam",
        "Dzięki wielkie, wszystko jasne!",
        "OK, dziękuję za szybką odpowiedź",
        "Thanks a lot, have a nice day",
        "Vielen Dank und schöne Grüße",
        "Děkuji moc",
        "ok",
    ],
)
def test_thanks_are_thanks(text: str) -> None:
    assert is_thanks(draft(text))


@pytest.mark.parametrize(
    "text",
    [
        "Dziękuję, ale dalej cieknie",
        "Dziękuję, czekam na serwisanta",
        "dzięki, a kiedy przyjedzie?",
        "Thank you, but it still leaks",
        "Danke, wann kommt der Techniker",
        "super",
        "pozdrawiam",
        "",
        "dziękuję " * 15,
    ],
)
def test_thanks_and_something_else_are_no_thanks(text: str) -> None:
    assert not is_thanks(draft(text))


def test_subject_counts() -> None:
    assert not says_nothing(draft("Dzień dobry", "Reklamacja pompy"))
    assert says_nothing(draft("Dzień dobry", "Pytanie"))
    assert not is_thanks(draft("Dziękuję", "Reklamacja pompy"))


def test_photo_alone_says_nothing_yet() -> None:
    photo = Provenance(attachments=(Attachment("IMG_2034.jpg", "image/jpeg", 900),))
    order = Provenance(attachments=(Attachment("zamowienie.pdf", "application/pdf", 900),))
    assert says_nothing(draft("\nZałącznik: IMG_2034.jpg", None, photo))
    assert not says_nothing(draft("cieknie\nZałącznik: IMG_2034.jpg", None, photo))
    assert not says_nothing(draft("\nZałącznik: IMG_2034.jpg", "Pompa", photo))
    assert not says_nothing(draft("\nZałącznik: zamowienie.pdf", None, order))


def test_file_says_something() -> None:
    assert not says_nothing(draft("Dzień dobry", passage=FILE))
    assert not is_thanks(draft("Dziękuję", passage=FILE))


@pytest.mark.parametrize(
    "text",
    [
        "Dziękuję.\n\nPozdrawiam\nJan Kowalski\n\nW dniu 1.11.2026 Serwis pisze:\n> Cieknie?\n",
        "Dziękuję!\r\n\r\n-- \r\nJan Kowalski\r\nHydro-Bud sp. z o.o.\r\ntel. 601 234 567",
        "Thank you\n\nOn Mon, Nov 2, 2026 at 10:00 AM Service <s@acme.example> wrote:\n> Done.",
        "Dzięki\nJan",
    ],
)
def test_quotes_signature_and_name_do_not_count_in_a_reply(text: str) -> None:
    thanks = Draft(Channel.EMAIL, text, "Re: Pompa cieknie", contact=Contact("Jan Kowalski"))
    assert is_thanks(thanks)
    more = replace(thanks, text=text.replace("\n", ", ale dalej cieknie\n", 1))
    assert not is_thanks(more)
