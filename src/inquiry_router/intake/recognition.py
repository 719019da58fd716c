"""Recognise repeats by the keys of a sending and a fingerprint of its content."""

import hashlib
import json

from inquiry_router.inquiry.model import NO_THREAD, Draft, Sending


def sending_of(draft: Draft, sender: str, idempotency_key: str | None) -> Sending:
    """Return the sending of a draft by an API client.

    `sender` keeps apart two clients that choose the same Idempotency-Key.
    """
    keys = []
    if idempotency_key is not None:
        keys.append(f"key:{sender}:{idempotency_key}")
    if draft.origin is not None:
        keys.append(f"source:{draft.origin.system}:{draft.origin.id}")
    return Sending(sender, tuple(keys), fingerprint(draft) if keys else None)


def fingerprint(draft: Draft) -> str:
    """Return the SHA-256 of the draft's content, as hexadecimal digits."""
    contact, origin = draft.contact, draft.origin
    content = (
        draft.channel,
        draft.text,
        draft.subject,
        draft.language,
        (contact.name, contact.email, contact.phone, contact.company),
        (origin.system, origin.id, origin.url) if origin else None,
        draft.received_at.isoformat() if draft.received_at else None,
        # Only where there are any: fingerprints of older versions stay as they are.
        *((draft.thread.mail_id, draft.thread.replies_to) if draft.thread != NO_THREAD else ()),
        *((one.name, one.type, one.size) for one in draft.provenance.attachments),
        *(("written to", address) for address in draft.provenance.written_to),
        *(("extension", digits) for digits in [contact.extension] if digits is not None),
        *(("called", number) for number in [draft.provenance.called] if number is not None),
    )
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
