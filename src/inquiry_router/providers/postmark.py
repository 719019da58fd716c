"""Kind `postmark`: mails that Postmark receives and posts as JSON.

Facts: postmarkapp.com/developer/webhooks/inbound-webhook.
"""

from typing import Any, Final

from inquiry_router.documents.shelf import AttachedDocument, kind_of
from inquiry_router.inquiry.model import Attachment, Contact
from inquiry_router.providers.kit.inbound_mail import (
    MailSettings,
    attachment,
    headers_of,
    mail_event,
    mail_ticket,
    sender_of,
)
from inquiry_router.providers.kit.reading import Read, value_at
from inquiry_router.providers.kit.source import (
    MAIL_BODY_BYTES,
    Ignored,
    IncomingRequest,
    SourceKind,
    Unreadable,
    list_at,
    object_at,
    text_of,
)

# Headers that are in fields of their own.
_OWN_FIELDS: Final = (
    ("date", "Date"),
    ("reply-to", "ReplyTo"),
    ("to", "To"),
    ("cc", "Cc"),
    ("envelope-to", "OriginalRecipient"),
)


class PostmarkSource(SourceKind[MailSettings]):
    """Mails by Postmark, which retries for ten hours after any status but 200 and 403."""

    kind = "postmark"
    title = "Mail by Postmark"
    settings_model = MailSettings
    max_body = MAIL_BODY_BYTES

    def read(self, settings: MailSettings, request: IncomingRequest) -> Read:
        """Read the whole mail, not Postmark's stripped text. Its MessageID is the delivery key."""
        body = request.json_object()
        record = text_of(body, "RecordType")
        if record not in (None, "Inbound"):
            return (Ignored(f"{record} tells of a mail that was sent, not of one that came"),)
        message_id = text_of(body, "MessageID")
        if message_id is None:
            raise Unreadable(
                "The body has no 'MessageID'. Set this address as the inbound webhook of "
                "Postmark's inbound stream."
            )
        ticket = mail_ticket(
            message_id,
            message_id,
            _contact(body),
            text_of(body, "Subject"),
            _text(body, "TextBody"),
            _text(body, "HtmlBody"),
            _headers(body),
            _attachments(body),
            _documents(body, request),
            shares_id=False,
        )
        return (mail_event(settings, ticket),)


def _headers(body: dict[str, Any]) -> dict[str, str]:
    """The listed headers, and those in fields of their own."""
    listed = list_at(body, "Headers")
    headers = headers_of((value_at(one, "Name"), value_at(one, "Value")) for one in listed)
    for name, field in _OWN_FIELDS:
        if (value := text_of(body, field)) is not None:
            headers.setdefault(name, value)
    return headers


def _attachments(body: dict[str, Any]) -> tuple[Attachment, ...]:
    rows = list_at(body, "Attachments")
    files = (
        attachment(
            text_of(row, "Name"), text_of(row, "ContentType"), value_at(row, "ContentLength")
        )
        for row in rows
    )
    return tuple(file for file in files if file is not None)


def _documents(body: dict[str, Any], request: IncomingRequest) -> tuple[AttachedDocument, ...]:
    """The documents among the attachments, with the names of their files."""
    held = {one.name: one for one in request.documents}
    found = []
    for row in list_at(body, "Attachments"):
        document = held.get(text_of(row, "Content") or "")
        name, media_type = text_of(row, "Name"), text_of(row, "ContentType") or ""
        if document is not None and kind_of(name, media_type) == document.kind:
            document.name = name or ""
            found.append(document)
    return tuple(found)


def _contact(body: dict[str, Any]) -> Contact:
    sender = object_at(body, "FromFull")
    address = text_of(sender, "Email")
    if address is None:
        return sender_of(text_of(body, "From"))
    return Contact(text_of(sender, "Name") or text_of(body, "FromName"), address)


def _text(body: dict[str, Any], name: str) -> str | None:
    """A text with the blanks at its ends, which `text_of` strips: they mark quotes."""
    value = body.get(name)
    return value if isinstance(value, str) and value.strip() else None
