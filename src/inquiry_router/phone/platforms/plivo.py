"""Plivo: form in, Plivo XML out (plivo.com/docs/voice/xml)."""

from typing import Final
from xml.etree.ElementTree import Element

from inquiry_router.phone.model import (
    CONFIRM_KEY,
    Abilities,
    Action,
    DialReport,
    Heard,
    Move,
    Spoken,
    Target,
)
from inquiry_router.phone.platforms.platform import (
    PhoneDocument,
    PhoneRequest,
    confidence_of,
    confirm_url,
    dial_status_of,
    digits_of,
    element,
    seconds_of,
    step_url,
    substitute_caller,
    tag_of,
    text_of,
    xml_document,
)

_VOICES: Final = {"pl": "Polly.Ewa", "en": "Polly.Amy", "de": "Polly.Marlene"}
# The whole time for an answer: who speaks longer is cut off (docs.plivo.com, GetInput).
_MIN_INPUT_S: Final = 20
_SILENCE_AFTER_WORDS_S: Final = 2
_OVER: Final = frozenset({"completed", "busy", "failed", "timeout", "no-answer", "cancel"})


class Plivo:
    """Plivo Voice."""

    kind = "plivo"
    title = "Plivo Voice (XML)"
    abilities = Abilities(confirms=True, dial_report=DialReport.APART)

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
            dial_seconds=seconds_of(fields.get("DialBLegDuration")),
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
            shown = {"callerId": substitute_caller(heard)}
            dialled = {**back, **shown, "timeout": move.timeout_s, **_confirmed(move, address)}
            dial = element(root, "Dial", dialled)
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

    def confirm(self, confirm: Spoken, request: PhoneRequest, address: str) -> PhoneDocument:
        """Write the text for the dialled person. Plivo itself waits for the key."""
        root = Element("Response")
        _speak_one(root, confirm)
        return xml_document(root)


def _confirmed(move: Move, address: str) -> dict[str, object]:
    if move.confirm is None:
        return {}
    return {"confirmSound": confirm_url(address, move.confirm), "confirmKey": CONFIRM_KEY}


def _input(move: Move) -> dict[str, object]:
    return {
        "inputType": "dtmf speech",
        "language": tag_of(move.language),
        "executionTimeout": max(move.timeout_s, _MIN_INPUT_S),
        "speechEndTimeout": _SILENCE_AFTER_WORDS_S,
        "numDigits": move.keys,
        "finishOnKey": "#",
        "hints": ",".join(move.hints) or None,
    }


def _speak(parent: Element, move: Move) -> None:
    for spoken in move.say:
        _speak_one(parent, spoken)


def _speak_one(parent: Element, spoken: Spoken) -> None:
    attributes = {"language": tag_of(spoken.language), "voice": _VOICES.get(spoken.language)}
    element(parent, "Speak", attributes, spoken.text)
