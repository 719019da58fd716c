"""The flat answer that platforms without a format of their own get: our names, plain values."""

from typing import Any

from inquiry_router.inquiry.rendering import format_time
from inquiry_router.phone.model import Move


def flat_answer(move: Move) -> dict[str, Any]:
    """The move as one level of names and values; what does not apply is null."""
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
    """The same with nothing but texts; what does not apply is empty."""
    return {name: "" if value is None else str(value) for name, value in flat_answer(move).items()}
