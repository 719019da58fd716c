"""What a mail is once it has been read."""

from dataclasses import dataclass
from typing import Literal

from inquiry_router.inquiry.model import Automatic, Contact

Kind = Literal["quote", "signature", "footer", "forward_header"]


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of the mail that is not what the customer asks now, as it stood there."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A mail as it has been read.

    `text` is what the customer asks now; `cut` is what was taken out, in the order in which it stood. `sender` is the
    writer of a forwarded mail and `forwarded_by` the one who passed it on; both are None for a mail that was not
    forwarded or does not say. Whether the forwarder is a colleague, only the reader of the header_block can know.
    `automatic` says that no person wrote it now.
    """

    text: str
    cut: tuple[Cut, ...] = ()
    sender: Contact | None = None
    forwarded_by: Contact | None = None
    automatic: Automatic | None = None
