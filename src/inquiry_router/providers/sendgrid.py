"""Kind `sendgrid`: mails by SendGrid's Inbound Parse, as a form with a charset for each field.

Facts: twilio.com/docs/sendgrid (setting-up-the-inbound-parse-webhook,
securing-your-parse-webhooks) and the package sendgrid.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from email.parser import HeaderParser
from functools import partial
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from inquiry_router.inquiry.model import Attachment
from inquiry_router.providers.kit.inbound_mail import (
    MailSettings,
    attachment,
    headers_of,
    mail_event,
    mail_ticket,
    raw_mail_event,
    sender_of,
)
from inquiry_router.providers.kit.reading import Read
from inquiry_router.providers.kit.recipients import addresses_in
from inquiry_router.providers.kit.seals import Seal
from inquiry_router.providers.kit.signatures import parse_unix_time
from inquiry_router.providers.kit.source import (
    MAIL_BODY_BYTES,
    IncomingRequest,
    SourceKind,
    Unreadable,
    text_of,
)
from inquiry_router.text.charsets import decoded

_SIGNATURE: Final = "x-twilio-email-event-webhook-signature"
_TIMESTAMP: Final = "x-twilio-email-event-webhook-timestamp"


class SendGridSource(SourceKind[MailSettings]):
    """Mails by SendGrid, which retries for up to three days after a 5xx."""

    kind = "sendgrid"
    title = "Mail by SendGrid"
    settings_model = MailSettings
    signs = "optional"
    max_body = MAIL_BODY_BYTES
    mail_in = "email"

    def seals(self, secret: str, request: IncomingRequest) -> tuple[Seal, ...]:
        """ECDSA on P-256 over timestamp and raw body, with a public key in base64 or PEM."""
        key = _public_key(secret)
        if key is None:
            return ()
        given = request.headers.get(_SIGNATURE, "")
        before = request.headers.get(_TIMESTAMP, "").encode("utf-8", "replace")
        return (Seal(hashlib.sha256(before), partial(_is_signed_by, key, given)),)

    def signed_at(self, request: IncomingRequest) -> datetime | None:
        """Read the timestamp header."""
        return parse_unix_time(request.headers.get(_TIMESTAMP))

    def read(self, settings: MailSettings, request: IncomingRequest) -> Read:
        """Read the mail. Its Message-ID is the delivery key, or else a digest of its content."""
        form = request.form
        if request.mail is not None:
            return (raw_mail_event(settings, request.mail, **_envelope(form)),)
        if "headers" not in form and "from" not in form:
            raise Unreadable(
                "The form has no 'headers'. Set this address as the destination URL of SendGrid's "
                "Inbound Parse."
            )
        charsets = _json_object(form.get("charsets"))
        fields = {name: decoded(value, text_of(charsets, name)) for name, value in form.items()}
        headers = _headers(fields.get("headers", ""), _json_object(form.get("envelope")))
        external_id = headers.get("message-id") or _fingerprint(form)
        ticket = mail_ticket(
            external_id,
            external_id,
            sender_of(fields.get("from") or headers.get("from")),
            fields.get("subject", "").strip() or headers.get("subject"),
            fields.get("text"),
            fields.get("html") or None,
            headers,
            request.attachments or _announced(_json_object(form.get("attachment-info"))),
            request.documents,
        )
        return (mail_event(settings, ticket),)


def _is_signed_by(key: EllipticCurvePublicKey, given: str, digest: bytes) -> bool:
    try:
        signature = base64.b64decode(given, validate=True)
        key.verify(signature, digest, ECDSA(Prehashed(SHA256())))
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _public_key(written: str) -> EllipticCurvePublicKey | None:
    """Parse a public key; None if it is no key on P-256."""
    text = "".join(
        written.replace("-----BEGIN PUBLIC KEY-----", "")
        .replace("-----END PUBLIC KEY-----", "")
        .split()
    )
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return None
    return (
        key
        if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
        else None
    )


def _json_object(written: bytes | None) -> dict[str, Any]:
    try:
        value = json.loads(written or b"{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _headers(block: str, envelope: dict[str, Any]) -> dict[str, str]:
    """The mail's headers from their block. Bounces have an empty sender in the envelope."""
    headers = headers_of(HeaderParser().parsestr(block, headersonly=True).items())
    if envelope.get("from") == "":
        headers.setdefault("return-path", "<>")
    if envelope.get("to"):
        headers["envelope-to"] = " ".join(addresses_in(envelope["to"]))
    return headers


def _envelope(form: Mapping[str, bytes]) -> dict[str, str]:
    """The sender and the recipients of a raw mail, as headers."""
    envelope = _json_object(form.get("envelope"))
    bounce = {"return_path": "<>"} if envelope.get("from") == "" else {}
    recipients = " ".join(addresses_in(envelope.get("to")))
    return {**bounce, **({"envelope_to": recipients} if recipients else {})}


def _fingerprint(form: Mapping[str, bytes]) -> str:
    """A digest that stays the same when the mail is sent again."""
    said = b"\0".join(
        form.get(name, b"") for name in ("headers", "from", "to", "subject", "text", "html")
    )
    return f"sha256-{hashlib.sha256(said).hexdigest()[:32]}"


def _announced(info: dict[str, Any]) -> tuple[Attachment, ...]:
    """The attachments that the form lists, without their sizes."""
    files = (
        attachment(text_of(one, "filename") or text_of(one, "name"), text_of(one, "type"), 0)
        for one in info.values()
    )
    return tuple(file for file in files if file is not None)
