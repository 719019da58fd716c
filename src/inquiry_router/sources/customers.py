"""Find the customer of a mail: its sender, the writer of a forwarded one, the person of a form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from inquiry_router.inquiry.model import Automatic, Channel, Contact
from inquiry_router.intake.mail.automatic import forbids_reply, is_calendar_answer
from inquiry_router.intake.mail.parsing import parse_mail
from inquiry_router.providers.kit.inbound_mail import is_colleague, sender_of
from inquiry_router.providers.kit.source import SourceSettings, Ticket

NOBODY: Final = Contact()
# Local parts of addresses that only programs use.
_PROGRAM: Final = re.compile(
    r"(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|nie[-_.]?odpowiadaj|keine[-_.]?antwort"
    r"|mailer[-_.]?daemon|wordpress|formularz|form(?:ular|s)?|kontaktformular|contact[-_.]?form"
    r"|web[-_.]?form|www(?:-data)?|webmaster|mailer|bounces?|notifications?|powiadomienia"
    r"|automat)(?:[-+_.0-9][\w.+-]*)?"
)


@dataclass(frozen=True, slots=True)
class MailFacts:
    """The people of a ticket, and the machine that wrote it, by its headers and words."""

    customer: Contact
    forwarded_by: Contact | None = None
    automatic: Automatic | None = None
    no_reply: bool = False


def read_facts(ticket: Ticket, text: str, settings: SourceSettings) -> MailFacts:
    """Find the customer, the colleague who forwarded their mail, and the kind of automatic mail."""
    if ticket.channel is not Channel.EMAIL:
        return MailFacts(ticket.contact)
    mail = parse_mail(ticket.subject, text, _headers(ticket))
    automatic = mail.automatic
    if automatic is None and is_calendar_answer(ticket.subject, text, ticket.attachments):
        automatic = "receipt"
    facts = MailFacts(_answerable(ticket, settings), None, automatic, forbids_reply(ticket.headers))
    if mail.form is not None:
        return replace(facts, customer=_who_filled(mail.form, facts.customer, settings))
    if mail.sender is None or not _is_passed_on(ticket.contact, mail.sender, settings):
        return facts
    forwarder = ticket.contact if ticket.contact != NOBODY else mail.forwarded_by
    return replace(facts, customer=mail.sender, forwarded_by=forwarder)


def _headers(ticket: Ticket) -> Mapping[str, str]:
    """The headers of a mail; helpdesks leave them out, but name the sender."""
    sender = {"from": ticket.contact.email} if ticket.contact.email else {}
    return {**sender, **ticket.headers}


def _answerable(ticket: Ticket, settings: SourceSettings) -> Contact:
    """Return the sender, or who is named in Reply-To if the sender is our own or a program."""
    if not _is_ours(ticket.contact, settings):
        return ticket.contact
    named = sender_of(ticket.headers.get("reply-to"))
    return ticket.contact if named.email is None or _is_ours(named, settings) else named


def _who_filled(form: Contact, sender: Contact, settings: SourceSettings) -> Contact:
    """Return the person of a form. What the form leaves out may be known of the sender."""
    if _is_ours(form, settings):
        form = replace(form, email=None)
    if _is_ours(sender, settings):
        return form
    same = form.email is None or form.email == (sender.email or "").lower()
    return Contact(
        form.name or (sender.name if same else None),
        form.email or sender.email,
        form.phone or sender.phone,
        form.company or sender.company,
    )


def _is_passed_on(forwarder: Contact, writer: Contact, settings: SourceSettings) -> bool:
    """True if our company passed the writer's mail on, and the writer is none of us.

    Nobody is known to be a colleague before `own_domains` says so: a customer forwards mail too.
    """
    ours = forwarder.email is None or _is_ours(forwarder, settings)
    return ours and not is_colleague(settings, writer.email)


def _is_ours(contact: Contact, settings: SourceSettings) -> bool:
    """True for an address of the company, and for one that only a program uses."""
    local = (contact.email or "").rpartition("@")[0].lower()
    return is_colleague(settings, contact.email) or _PROGRAM.fullmatch(local) is not None
