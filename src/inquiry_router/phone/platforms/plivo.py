"""Plivo: form in, Plivo XML out (plivo.com/docs/voice/xml)."""

from typing import Final
from xml.etree.ElementTree import Element

from inquiry_router.phone.model import Abilities, Action, Heard, Move, Target
from inquiry_router.phone.platforms.platform import (
    PhoneDocument,
    PhoneRequest,
    confidence_of,
    dial_status_of,
    digits_of,
    element,
    seconds_of,
    step_url,
    tag_of,
    text_of,
    xml_document,
)

_VOICES: Final = {"pl": "Polly.Ewa", "en": "Polly.Amy", "de": "Polly.Marlene"}
_OVER: Final = frozenset({"completed", "busy", "failed", "timeout", "no-answer", "cancel"})


class Plivo:
    """Plivo Voice."""

    kind = "plivo"
    title = "Plivo Voice (XML)"
    abilities = Abilities()

    def read(self, request: PhoneRequest) -> Heard:
        """Read the form of an answer URL or of an action."""
        fields = request.fields
        return Heard(
            call_id=text_of(fields.get("CallUUID")) or "",
            caller=text_of(fields.get("From")),
            called=text_of(fields.get("To")),
            step=text_of(fields.get("step")),
            digits=digits_of(fields.get("Digits")),
            speech=text_of(fields.get("Speech")),
            speech_confidence=confidence_of(fields.get("SpeechConfidenceScore")),
            dial_status=dial_status_of(fields.get("DialStatus")),
            recording_url=text_of(fields.get("RecordUrl")),
            recording_seconds=seconds_of(fields.get("RecordingDuration")),
            ended=text_of(fields.get("Event")) == "Hangup"
            or text_of(fields.get("CallStatus")) in _OVER,
        )

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """Write Plivo XML."""
        root = Element("Response")
        back = {"action": step_url(address, move), "method": "POST", "redirect": True}
        if move.action is Action.ASK:
            _speak(element(root, "GetInput", {**back, **_input(move)}), move)
            element(root, "Redirect", {"method": "POST"}, step_url(address, move))
            return xml_document(root)
        _speak(root, move)
        if move.action is Action.TRANSFER:
            target = move.targets[0] if move.targets else Target()
            dial = element(root, "Dial", {**back, "timeout": move.timeout_s})
            element(dial, "User" if target.sip else "Number", {}, target.sip or target.number or "")
        elif move.action is Action.VOICEMAIL:
            record = {**back, "maxLength": move.timeout_s, "finishOnKey": "#", "playBeep": True}
            element(root, "Record", record)
            element(root, "Redirect", {"method": "POST"}, step_url(address, move))
        else:
            if move.link is not None:
                element(root, "Message", {"src": heard.called, "dst": move.send_to}, move.link)
            element(root, "Hangup", {})
        return xml_document(root)


def _input(move: Move) -> dict[str, object]:
    return {
        "inputType": "dtmf speech",
        "language": tag_of(move.language),
        "executionTimeout": max(move.timeout_s, 5),
        "numDigits": move.keys,
        "finishOnKey": "#",
        "hints": ",".join(move.hints) or None,
    }


def _speak(parent: Element, move: Move) -> None:
    for spoken in move.say:
        element(
            parent,
            "Speak",
            {"language": tag_of(spoken.language), "voice": _VOICES.get(spoken.language)},
            spoken.text,
        )
