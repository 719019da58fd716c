"""Vonage Voice: JSON or a query in, an NCCO out.

Source: developer.vonage.com/voice/voice-api/ncco-reference.
"""

from typing import Any, Final

from inquiry_router.phone.caller import read_number
from inquiry_router.phone.model import Abilities, Action, DialReport, Heard, Move, Target
from inquiry_router.phone.platforms.platform import (
    PhoneDocument,
    PhoneRequest,
    confidence_of,
    dial_status_of,
    digits_of,
    first_of,
    json_document,
    mapping_of,
    seconds_of,
    step_url,
    tag_of,
    text_of,
)

# Limits of the NCCO reference.
_MAX_CHARS: Final = 1500
_MAX_KEY_WAIT_S: Final = 10
_SILENCE_AFTER_WORDS: Final = 1.5
_SILENCE_AFTER_MESSAGE: Final = 5
# Status reports; only other events may be answered with a new NCCO.
_NEWS: Final = frozenset(
    {"started", "ringing", "answered", "human", "machine", "record", "input", "transfer"}
)
_NOT_REACHED: Final = frozenset(
    {"busy", "timeout", "failed", "rejected", "unanswered", "cancelled"}
)


class Vonage:
    """Vonage Voice API. An NCCO has no action for text messages."""

    kind = "vonage"
    title = "Vonage Voice (NCCO)"
    abilities = Abilities(texts=False, dial_report=DialReport.APART)

    def read(self, request: PhoneRequest) -> Heard:
        """Read an answer webhook, an input event, or an event of a connected call.

        Events of the dialled leg carry that leg's uuid and numbers, so the URL of the event carries
        the call's own. Such an event without a step is no call of a customer.
        """
        fields = request.fields
        speech = mapping_of(first_of(mapping_of(fields.get("speech")).get("results")))
        keys = fields.get("dtmf")
        status = text_of(fields.get("status"))
        ended = status in {"completed", *_NOT_REACHED}
        is_step = request.query.get("step") is not None
        is_dialled_leg = text_of(fields.get("direction")) == "outbound"
        return Heard(
            call_id=text_of(request.query.get("call")) or text_of(fields.get("uuid")) or "",
            caller=None if is_dialled_leg else text_of(fields.get("from")),
            called=text_of(request.query.get("called"))
            or (None if is_dialled_leg else text_of(fields.get("to"))),
            step=text_of(request.query.get("step")),
            digits=digits_of(mapping_of(keys).get("digits") if isinstance(keys, dict) else keys),
            speech=text_of(speech.get("text")),
            speech_confidence=confidence_of(speech.get("confidence")),
            dial_status=dial_status_of(status) if is_step and ended else None,
            dial_seconds=seconds_of(fields.get("duration")) if is_step and ended else None,
            recording_url=text_of(fields.get("recording_url")),
            ended=not is_step and ended,
            news_only=status in _NEWS or (is_dialled_leg and not is_step),
        )

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """Write an NCCO. A call ends with its NCCO."""
        called = read_number(heard.called)
        own = {"call": heard.call_id} | ({"called": called} if called is not None else {})
        event = {"eventUrl": [step_url(address, move, **own)], "eventMethod": "POST"}
        ncco: list[dict[str, Any]] = [
            {
                "action": "talk",
                "text": spoken.text[:_MAX_CHARS],
                "language": tag_of(spoken.language),
                "bargeIn": move.action is Action.ASK,
            }
            for spoken in move.say
        ]
        if move.action is Action.ASK:
            listen = {"speech": _speech(move), "dtmf": _keys(move)}
            ncco.append({"action": "input", "type": ["speech", "dtmf"], **listen, **event})
        elif move.action is Action.TRANSFER:
            ncco.append(_connect(move, heard) | event)
        elif move.action is Action.VOICEMAIL:
            ncco.append(_record(move) | event)
        return json_document(ncco)


def _speech(move: Move) -> dict[str, Any]:
    given: dict[str, Any] = {
        "language": tag_of(move.language),
        "endOnSilence": _SILENCE_AFTER_WORDS,
        "startTimeout": move.timeout_s,
    }
    return given | ({"context": list(move.hints)} if move.hints else {})


def _keys(move: Move) -> dict[str, Any]:
    return {
        "maxDigits": move.keys,
        "timeOut": min(move.timeout_s, _MAX_KEY_WAIT_S),
        "submitOnHash": move.keys > 1,
    }


def _record(move: Move) -> dict[str, Any]:
    return {
        "action": "record",
        "endOnSilence": _SILENCE_AFTER_MESSAGE,
        "endOnKey": "#",
        "timeOut": move.timeout_s,
        "beepStart": True,
    }


def _connect(move: Move, heard: Heard) -> dict[str, Any]:
    target = move.targets[0] if move.targets else Target()
    endpoint = (
        {"type": "sip", "uri": target.sip}
        if target.sip
        else {"type": "phone", "number": (target.number or "").lstrip("+")}
    )
    own = read_number(heard.called)
    # The call must show a number of the application, such as the called one.
    shown = {"from": own.lstrip("+")} if own is not None else {"randomFromNumber": True}
    return {
        "action": "connect",
        "endpoint": [endpoint],
        "eventType": "synchronous",
        "timeout": move.timeout_s,
        **shown,
    }
