"""A mail after parsing."""

from dataclasses import dataclass
from typing import Literal

from inquiry_router.inquiry.model import Automatic, Contact

CutKind = Literal["quote", "signature", "footer", "forward_header", "form_field"]


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of the mail that is not the customer's present question, as written."""

    kind: CutKind
    text: str


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """The result of parsing a mail.

    `text` is the customer's present question. `cut` holds the pieces that were taken out, in their
    order. `sender` is the writer of a forwarded mail and `forwarded_by` the person who forwarded
    it; both are None if the mail was not forwarded or does not tell. The forwarder may be a
    customer or a colleague: only the caller, who knows the company's addresses, can tell.
    `form` is the person who filled in a form on a web site, which sent the mail.
    `automatic` is set if no person wrote the mail.
    """

    text: str
    cut: tuple[Cut, ...] = ()
    sender: Contact | None = None
    forwarded_by: Contact | None = None
    automatic: Automatic | None = None
    form: Contact | None = None
