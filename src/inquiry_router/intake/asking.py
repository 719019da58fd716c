"""What the customer asks now: the inquiry as the classifier is to read it, without quoted mail, signatures and legal footers."""

from dataclasses import replace
from typing import Final

from inquiry_router.inquiry.model import Channel, Draft
from inquiry_router.intake.mail.reading import read_letter

# What people say or type in a chat has neither thread nor footer.
_MAY_HOLD_MAIL: Final = (Channel.EMAIL, Channel.FORM, Channel.NOTE, Channel.API)


def asked(draft: Draft) -> Draft:
    """The cleaned draft with the words that matter only. The inquiry itself is stored whole."""
    if draft.channel not in _MAY_HOLD_MAIL or "\n" not in draft.text:
        return draft
    letter = read_letter(draft.subject, draft.text)
    return replace(draft, text=letter.text) if letter.cut else draft
