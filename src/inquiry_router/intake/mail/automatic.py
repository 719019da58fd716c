"""Detect automatic mail: replies, bounces and receipts that no person wrote.

The patterns prefer a miss to a false alarm, which would silence a customer. Mail that a program or
a list passes on for a person is no automatic mail; it is only never acknowledged.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from inquiry_router.inquiry.model import Attachment, Automatic
from inquiry_router.intake.mail.automatic_words import (
    ABSENCE,
    BOUNCE,
    CALENDAR,
    COMPLAINT,
    CONFIRMATION,
    DIAGNOSIS,
    GOODS,
    HINTS,
    INSTEAD,
    RECALL,
    RECEIPT,
    REPLY,
    SUBJECT_BOUNCE,
    SUBJECT_CALENDAR,
    SUBJECT_RECALL,
    SUBJECT_RECEIPT,
    SUBJECT_REPLY,
    WISH,
)
from inquiry_router.text.folding import fold

_MAX_TEXT_CHARS: Final = 600
_MAX_CALENDAR_CHARS: Final = 20


def automatic_kind(
    subject: str | None, beginning: str, headers: Mapping[str, str] | None = None
) -> Automatic | None:
    """Return the kind of automatic mail by headers (RFC 3834 and older ones), subject and text.

    Return None if a person wrote it. `beginning` is the beginning of the text, folded, on one line.
    """
    text = beginning[:_MAX_TEXT_CHARS].strip()
    line = fold((subject or "")[:200]).strip()
    return _by_headers(_lowered(headers)) or _by_subject(line, text) or _by_text(text)


def forbids_reply(headers: Mapping[str, str]) -> bool:
    """True if the headers say that a program or a list sent the mail: nobody acknowledges it."""
    found = _lowered(headers)
    return (
        _submitted(found) not in ("no", "")
        or found.get("x-auto-response-suppress", "none") not in ("none", "")
        or found.get("precedence") in ("bulk", "list", "junk")
        # A company's own address may be a Google group: then every customer's mail has these.
        or (
            "x-google-group-id" not in found
            and bool(found.keys() & {"list-id", "list-unsubscribe"})
        )
    )


def is_calendar_answer(subject: str | None, text: str, files: Iterable[Attachment]) -> bool:
    """True for an answer to an invitation: hardly any text, and the entry of a calendar."""
    entry = any(one.name.lower().endswith(".ics") or "calendar" in one.type for one in files)
    answers = SUBJECT_CALENDAR.match(fold((subject or "")[:200]).strip()) is not None
    return entry and answers and len(text.strip()) <= _MAX_CALENDAR_CHARS


def _lowered(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {name.lower(): value.strip().lower() for name, value in (headers or {}).items()}


def _by_headers(headers: dict[str, str]) -> Automatic | None:
    if _is_bounce(headers):
        return "bounce"
    content_type = headers.get("content-type", "").replace('"', "")
    if "report-type=disposition-notification" in content_type:
        return "receipt"
    if content_type.startswith("text/calendar") and "method=reply" in content_type:
        return "receipt"
    return "auto_reply" if _is_reply(headers) else None


def _is_bounce(headers: dict[str, str]) -> bool:
    content_type = headers.get("content-type", "").replace('"', "")
    if "x-failed-recipients" in headers or "report-type=delivery-status" in content_type:
        return True
    sender = headers.get("from", "")
    # Nobody writes as MAILER-DAEMON; a person may write as postmaster.
    by_postmaster = "postmaster@" in sender
    return "mailer-daemon" in sender or (
        by_postmaster and (_has_null_sender(headers) or _submitted(headers) != "no")
    )


def _is_reply(headers: dict[str, str]) -> bool:
    return (
        headers.get("x-autoreply", "no") != "no"
        or "x-autorespond" in headers
        or "x-autoresponder" in headers
        or _has_null_sender(headers)
        or _submitted(headers) == "auto-replied"
        or headers.get("precedence") == "auto_reply"
        or headers.get("x-freescout-mail-type", "").startswith("auto")
    )


def _has_null_sender(headers: dict[str, str]) -> bool:
    return headers.get("return-path") == "<>"


def _submitted(headers: dict[str, str]) -> str:
    return headers.get("auto-submitted", "no").split(";")[0].strip()


def _by_subject(subject: str, text: str) -> Automatic | None:
    """Judge the subject; where people use the same words, the text must agree."""
    if SUBJECT_BOUNCE.match(subject) and not GOODS.search(subject):
        agrees = not text or DIAGNOSIS.search(text) or BOUNCE.match(text)
        if agrees:
            return "bounce"
    if SUBJECT_REPLY.match(subject) and not WISH.search(text):
        return "auto_reply"
    if SUBJECT_RECEIPT.match(subject) and RECEIPT.search(text):
        return "receipt"
    if SUBJECT_CALENDAR.match(subject) and CALENDAR.search(text):
        return "receipt"
    return "receipt" if SUBJECT_RECALL.match(subject) and RECALL.search(text) else None


def _by_text(text: str) -> Automatic | None:
    if not any(hint in text for hint in HINTS):
        return None
    if BOUNCE.match(text) and DIAGNOSIS.search(text):
        return "bounce"
    if REPLY.match(text) or _is_confirmation(text):
        return "auto_reply"
    absent = "?" not in text and ABSENCE.search(text[:300]) and INSTEAD.search(text)
    return "auto_reply" if absent and not WISH.search(text) else None


def _is_confirmation(text: str) -> bool:
    """True if another desk confirms that it received something."""
    if not CONFIRMATION.match(text):
        return False
    return WISH.search(text) is None and COMPLAINT.search(text) is None
