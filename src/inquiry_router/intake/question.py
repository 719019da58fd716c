"""The customer's question: the part of an inquiry that the classifier reads.

Quoted mail, signatures and legal footers are left out.
"""

from dataclasses import replace
from typing import Final

from inquiry_router.inquiry.model import Automatic, Channel, Draft
from inquiry_router.intake.mail.model import Cut, ParsedMail
from inquiry_router.intake.mail.parsing import parse_mail

_MAX_NAMES: Final = 5
# Words that were spoken or typed in a chat have neither thread nor footer.
_MAIL_CHANNELS: Final = (Channel.EMAIL, Channel.FORM, Channel.NOTE, Channel.API)


def customer_part(draft: Draft) -> tuple[Draft, Automatic | None]:
    """Return the draft without quotes and signature, and the kind of automatic mail it is, if any.

    The draft must be cleaned. Headers, which the draft's source has read, take precedence over
    words, and only mail is judged by its words.
    """
    mail = _parsed_mail(draft)
    if mail is None:
        return _with_attachments(draft), draft.provenance.automatic
    kept = replace(draft, text=mail.text) if mail.cut else draft
    by_words = mail.automatic if draft.channel is Channel.EMAIL else None
    return _with_attachments(kept), draft.provenance.automatic or by_words


def question_of(draft: Draft) -> Draft:
    """Return the draft without quotes and signature."""
    return customer_part(draft)[0]


def own_words(draft: Draft) -> Draft:
    """Return the draft without any quote, also without one that a short answer refers to."""
    mail = _parsed_mail(draft, keeps_quotes=False)
    return draft if mail is None else replace(draft, text=mail.text)


def own_text(text: str) -> str:
    """Return the text of a mail without what it quotes."""
    return own_words(Draft(Channel.EMAIL, text)).text


def cut_parts(draft: Draft) -> tuple[Cut, ...]:
    """Return the parts of a stored inquiry that the classifier did not read."""
    mail = _parsed_mail(draft)
    return mail.cut if mail is not None else ()


def _with_attachments(draft: Draft) -> Draft:
    """Add the names of attachments to the text.

    'uszkodzenie.jpg' hints at a defect, 'faktura.pdf' at an order.
    """
    if not draft.provenance.attachments:
        return draft
    return replace(draft, text="\n".join([draft.text, *_name_lines(draft)]))


def without_names_of_files(question: Draft) -> str:
    """Return the text of a question without the names of attachments."""
    names = _name_lines(question)
    return "\n".join(line for line in question.text.splitlines() if line not in names)


def _name_lines(draft: Draft) -> list[str]:
    return [f"Załącznik: {one.name}" for one in draft.provenance.attachments[:_MAX_NAMES]]


def _parsed_mail(draft: Draft, *, keeps_quotes: bool = True) -> ParsedMail | None:
    if draft.channel not in _MAIL_CHANNELS or (
        "\n" not in draft.text and draft.channel is not Channel.EMAIL
    ):
        return None
    return parse_mail(draft.subject, draft.text, keeps_quotes=keeps_quotes)
