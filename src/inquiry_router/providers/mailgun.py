"""Kind `mailgun`: mails that a Mailgun route forwards as a form.

Facts: documentation.mailgun.com, receive-http and webhook-retries.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from inquiry_router.providers.kit.inbound_mail import (
    MailSettings,
    headers_of,
    mail_event,
    mail_ticket,
    raw_mail_event,
    sender_of,
)
from inquiry_router.providers.kit.mime import read_mail
from inquiry_router.providers.kit.reading import Read
from inquiry_router.providers.kit.signatures import hmac_hex, parse_unix_time, same
from inquiry_router.providers.kit.source import (
    MAIL_BODY_BYTES,
    IncomingRequest,
    SourceKind,
    Unreadable,
)
from inquiry_router.text.charsets import decoded

# Routes to an address that ends with "mime" send the whole mail in this field.
_RAW: Final = "body-mime"


class MailgunSource(SourceKind[MailSettings]):
    """Mails by Mailgun, which retries for eight hours after any status but 200 and 406."""

    kind = "mailgun"
    title = "Mail by Mailgun"
    settings_model = MailSettings
    signs = "always"
    # Mailgun repeats a request for eight hours and need not sign it anew. A replay is recognized by
    # its token.
    max_age = timedelta(hours=8)
    max_body = MAIL_BODY_BYTES
    mail_in = _RAW

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """Compare the hexadecimal HMAC-SHA256 of timestamp and token, without the mail."""
        message = _field(request, "timestamp") + _field(request, "token")
        return bool(secret) and same(
            hmac_hex(secret, message.encode("utf-8")), _field(request, "signature")
        )

    def signed_at(self, request: IncomingRequest) -> datetime:
        """Read the time in seconds since 1970."""
        return parse_unix_time(_field(request, "timestamp"))

    def read(self, settings: MailSettings, request: IncomingRequest) -> Read:
        """Read the whole mail with quotes and signature. The token is the delivery key."""
        mail = request.mail
        if mail is None and _RAW in request.form:  # a small one, in a form without files
            mail = read_mail(request.form[_RAW])
        if mail is not None:
            key = _field(request, "token") or None
            recipient = _field(request, "recipient")
            return (raw_mail_event(settings, mail, key, envelope_to=recipient),)
        if not request.form:
            raise Unreadable(
                "There is no form. Let a route of Mailgun forward mails to this address."
            )
        headers = _headers(request)
        token = _field(request, "token")
        external_id = _field(request, "Message-Id").strip() or headers.get("message-id") or token
        if not external_id:
            raise Unreadable(
                "The form has neither 'Message-Id' nor 'token'. Let a route of Mailgun forward "
                "mails to this address."
            )
        ticket = mail_ticket(
            external_id,
            token or external_id,
            sender_of(_field(request, "from") or headers.get("from") or _field(request, "sender")),
            _field(request, "subject").strip() or None,
            _field(request, "body-plain"),
            _field(request, "body-html") or None,
            headers,
            request.attachments,
            request.documents,
        )
        return (mail_event(settings, ticket),)


def _field(request: IncomingRequest, name: str) -> str:
    return decoded(request.form.get(name, b""), None)


def _headers(request: IncomingRequest) -> Mapping[str, str]:
    """The mail's headers: JSON pairs in one field, a few also in fields of their own."""
    try:
        listed = json.loads(request.form.get("message-headers", b"[]"))
    except (ValueError, RecursionError):
        listed = []
    pairs = (
        [tuple(pair) for pair in listed if isinstance(pair, list) and len(pair) == 2]
        if isinstance(listed, list)
        else []
    )
    headers = headers_of((name, value) for name, value in pairs)
    if "sender" in request.form and not _field(request, "sender").strip():
        headers.setdefault("return-path", "<>")
    if "recipient" in request.form:
        headers["envelope-to"] = _field(request, "recipient")
    for name in ("Date", "Auto-Submitted", "Precedence", "Reply-To", "To", "Cc"):
        if name in request.form:
            headers.setdefault(name.lower(), _field(request, name))
    return headers
