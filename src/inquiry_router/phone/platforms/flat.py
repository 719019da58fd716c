"""The answer for platforms without a format of their own: flat names and plain values."""

from typing import Any

from inquiry_router.inquiry.rendering import format_time
from inquiry_router.phone.model import Move


def flat_answer(move: Move) -> dict[str, Any]:
    """Write the move as one level of names and values; null where one does not apply."""
    return {
        "action": move.action.value,
        "say": move.text,
        "language": move.language,
        "team": move.team,
        "queue": move.queue,
        "number": move.number,
        "sip": move.sip,
        "timeout_s": move.timeout_s,
        "keys": move.keys,
        "step": move.step,
        "category": move.category,
        "confidence": round(move.confidence, 4) if move.confidence is not None else None,
        "reference": move.reference,
        "callback_at": format_time(move.callback_at),
        "link": move.link,
        "send_to": move.send_to,
    }


def flat_texts(move: Move) -> dict[str, str]:
    """Write the same with texts only; empty where one does not apply."""
    return {name: "" if value is None else str(value) for name, value in flat_answer(move).items()}
