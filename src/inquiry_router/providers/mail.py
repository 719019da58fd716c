"""Kind `mail`: raw mails (RFC 5322, MIME) by POST, for mail servers and programs that forward.

Facts: RFC 5322, RFC 2045 to 2047, RFC 2231, RFC 3462; postfix.org (pipe), for an example.
"""

from typing import Final

from inquiry_router.providers.kit.inbound_mail import MailSettings, raw_mail_event
from inquiry_router.providers.kit.reading import Read
from inquiry_router.providers.kit.source import (
    BODY,
    MAIL_BODY_BYTES,
    IncomingRequest,
    SourceKind,
    Unreadable,
)

# Every mail has at least one of these.
_USUAL: Final = frozenset({"from", "date", "message-id", "received", "subject"})


class MailSource(SourceKind[MailSettings]):
    """Mails as they are, with the token."""

    kind = "mail"
    title = "Mail as raw MIME"
    settings_model = MailSettings
    max_body = MAIL_BODY_BYTES
    mail_in = BODY

    def read(self, settings: MailSettings, request: IncomingRequest) -> Read:
        """Read the mail. Its Message-ID is the delivery key, or else a digest of its content."""
        mail = request.mail
        if mail is None or not any(name.lower() in _USUAL for name, _ in mail.headers):
            raise Unreadable(
                "The body is no mail: it has neither From nor Date, Subject or Message-ID. POST "
                "the mail as it is, headers first, with Content-Type message/rfc822."
            )
        return (raw_mail_event(settings, mail),)
