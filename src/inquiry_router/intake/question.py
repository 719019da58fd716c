"""What the customer asks now: the inquiry as the classifier is to read it, without quoted mail, signatures and legal footers."""

from dataclasses import replace
from typing import Final

from inquiry_router.inquiry.model import Automatic, Channel, Draft
from inquiry_router.intake.mail.model import Cut, ParsedMail
from inquiry_router.intake.mail.parsing import parse_mail

_MOST_NAMES: Final = 5
# What people say or type in a chat has neither thread nor footer.
_MAY_HOLD_MAIL: Final = (Channel.EMAIL, Channel.FORM, Channel.NOTE, Channel.API)


def customer_part(draft: Draft) -> tuple[Draft, Automatic | None]:
    """The cleaned draft with the words that matter only, and whether no person wrote it now.

    The inquiry itself is stored whole. What its door knew of it from the headers goes before what the words tell; only mail
    is judged by its words.
    """
    letter = _letter(draft)
    if letter is None:
        return _with_attachments(draft), draft.provenance.automatic
    kept = replace(draft, text=letter.text) if letter.cut else draft
    return _with_attachments(kept), draft.provenance.automatic or (
        letter.automatic if draft.channel is Channel.EMAIL else None
    )


def question_of(draft: Draft) -> Draft:
    """The same without the verdict."""
    return customer_part(draft)[0]


def cut_parts(draft: Draft) -> tuple[Cut, ...]:
    """What the classifier did not read of a stored inquiry, and why."""
    letter = _letter(draft)
    return letter.cut if letter is not None else ()


def _with_attachments(draft: Draft) -> Draft:
    """What came along is read by its name: 'uszkodzenie.jpg' hints at a defect, 'faktura.pdf' at an order."""
    if not draft.provenance.attachments:
        return draft
    names = [f"Załącznik: {one.name}" for one in draft.provenance.attachments[:_MOST_NAMES]]
    return replace(draft, text="\n".join([draft.text, *names]))


def _letter(draft: Draft) -> ParsedMail | None:
    if draft.channel not in _MAY_HOLD_MAIL or (
        "\n" not in draft.text and draft.channel is not Channel.EMAIL
    ):
        return None
    return parse_mail(draft.subject, draft.text)
