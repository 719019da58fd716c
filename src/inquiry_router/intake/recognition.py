"""Has it come before? The keys by which a second sending is recognised, and the fingerprint that tells whether it is the same."""

import hashlib
import json

from inquiry_router.inquiry.model import Draft


def intake_keys(draft: Draft, sender: str, idempotency_key: str | None) -> tuple[str, ...]:
    """Every key of a draft. `sender` keeps two clients that happen to choose the same Idempotency-Key apart."""
    keys = []
    if idempotency_key is not None:
        keys.append(f"key:{sender}:{idempotency_key}")
    if draft.origin is not None:
        keys.append(f"source:{draft.origin.system}:{draft.origin.id}")
    return tuple(keys)


def fingerprint(draft: Draft) -> str:
    """SHA-256 over everything the sender said, as hexadecimal digits."""
    contact, origin = draft.contact, draft.origin
    said = (
        draft.channel,
        draft.text,
        draft.subject,
        draft.language,
        (contact.name, contact.email, contact.phone, contact.company),
        (origin.system, origin.id, origin.url) if origin else None,
        draft.received_at.isoformat() if draft.received_at else None,
    )
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
