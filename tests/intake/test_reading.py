"""Reading a draft: text, question, words and entities together."""

from inquiry_router.inquiry.model import Channel, Draft
from inquiry_router.intake.reading import keep_unread, read
from inquiry_router.text.folding import read_words

MAIL = "Pompa cieknie, zamówienie 20418.\n\nPozdrawiam\nJan Lis\ntel. 601 234 567"


def test_entities_are_those_of_the_question() -> None:
    reading = read(Draft(Channel.EMAIL, f" {MAIL}", "Reklamacja"))
    assert reading.draft.text == MAIL
    assert reading.question.text == "Pompa cieknie, zamówienie 20418."
    assert [entity.value for entity in reading.entities] == ["20418"]
    assert reading.words == read_words("Reklamacja", MAIL)


def test_automatic_mail_is_marked_in_the_draft() -> None:
    reading = read(Draft(Channel.EMAIL, "Jestem na urlopie.", "Odpowiedź automatyczna: pompa"))
    assert reading.draft.provenance.automatic == "auto_reply"


def test_unread_draft_is_kept_without_unstorable_characters() -> None:
    reading = keep_unread(Draft(Channel.EMAIL, "pompa\x00 \ud800", "PL", language="pl"))
    assert reading.draft.text == "pompa "
    assert reading.draft.provenance.unread
    assert reading.entities == ()
