"""The XML that Twilio and Telnyx share.

Sources: twilio.com/docs/voice/twiml, and TeXML at developers.telnyx.com.
"""

import json
from collections.abc import Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element

from inquiry_router.inquiry.model import Priority
from inquiry_router.phone.model import (
    CONFIRM_KEY,
    Action,
    DialStatus,
    Heard,
    Move,
    Spoken,
    Target,
)
from inquiry_router.phone.platforms.platform import (
    CONFIRM_S,
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

# Voices of Amazon Polly that both platforms offer without surcharge. Other languages get the
# platform's default voice.
_VOICES: Final = {"pl": "Polly.Ewa", "en": "Polly.Amy", "de": "Polly.Marlene"}
_OVER: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
# Silence after which a message counts as finished, in seconds.
_SILENCE_AFTER_MESSAGE: Final = "5"
# The time for TaskRouter to find an agent, in seconds.
_MAX_WAIT_S: Final = 120
# TaskRouter serves the highest number first.
_PRIORITIES: Final = {Priority.LOW: 0, Priority.NORMAL: 10, Priority.HIGH: 20, Priority.URGENT: 30}
# The result of a queue (twilio.com/docs/voice/twiml/enqueue); any other word means that nobody
# was found.
_QUEUE_RESULTS: Final = {
    "bridged": DialStatus.ANSWERED,
    "bridging-in-process": DialStatus.ANSWERED,
    "redirected": DialStatus.ANSWERED,
    "redirected-from-bridged": DialStatus.ANSWERED,
    "hangup": DialStatus.GONE,
}


def read_twiml(request: PhoneRequest) -> Heard:
    """Read the parameters of Gather, Dial, Record and a plain request."""
    fields = request.fields
    return Heard(
        call_id=text_of(fields.get("CallSid")) or "",
        caller=text_of(fields.get("From")) or text_of(fields.get("Caller")),
        called=text_of(fields.get("To")) or text_of(fields.get("Called")),
        step=text_of(fields.get("step")),
        digits=digits_of(fields.get("Digits")),
        speech=text_of(fields.get("SpeechResult")),
        speech_confidence=confidence_of(fields.get("Confidence")),
        language=None,  # Gather only repeats the language that we asked for
        dial_status=_dial_result(fields) or _queue_result(fields.get("QueueResult")),
        dial_seconds=seconds_of(fields.get("DialCallDuration")),
        recording_url=text_of(fields.get("RecordingUrl")),
        recording_seconds=seconds_of(fields.get("RecordingDuration")),
        ended=text_of(fields.get("CallStatus")) in _OVER,
    )


def twiml(move: Move, heard: Heard, address: str, *, twilio: bool) -> PhoneDocument:
    """Write the move as TwiML, for Telnyx without the parts that only Twilio has."""
    root = Element("Response")
    if move.action is Action.ASK:
        _ask(root, move, address, twilio)
    else:
        _say(root, move)
    if move.action is Action.TRANSFER:
        target = move.targets[0] if move.targets else Target()
        if target.workflow is not None:
            _enqueue(root, move, heard, address, target.workflow)
        else:
            _dial(root, move, target, heard, address, twilio)
    elif move.action is Action.VOICEMAIL:
        _record(root, move, address)
    elif move.action is not Action.ASK:
        if move.link is not None:
            element(root, "Sms", {"to": move.send_to}, move.link)
        element(root, "Hangup", {})
    return xml_document(root)


def _say(parent: Element, move: Move) -> None:
    for spoken in move.say:
        _speak(parent, spoken)


def _speak(parent: Element, spoken: Spoken) -> None:
    attributes = {"language": tag_of(spoken.language), "voice": _VOICES.get(spoken.language)}
    element(parent, "Say", attributes, spoken.text)


def _ask(root: Element, move: Move, address: str, twilio: bool) -> None:
    attributes = {
        "input": "dtmf speech",
        "language": tag_of(move.language),
        "numDigits": move.keys,
        "finishOnKey": "#" if move.keys > 1 else "",
        "timeout": move.timeout_s,
        "speechTimeout": "auto",
        "hints": ", ".join(move.hints) or None,
        "action": step_url(address, move),
        "method": "POST",
        "actionOnEmptyResult": True if twilio else None,
    }
    _say(element(root, "Gather", attributes), move)
    # If silence ends Gather without a request, the next verb runs.
    _come_back(root, move, address)


def _dial(
    root: Element, move: Move, target: Target, heard: Heard, address: str, twilio: bool
) -> None:
    attributes = {
        "action": step_url(address, move),
        "method": "POST",
        "timeout": move.timeout_s,
        "answerOnBridge": True if twilio else None,
        "callerId": substitute_caller(heard),
    }
    dial = element(root, "Dial", attributes)
    confirm = move.confirm if twilio else None
    asked = {"url": confirm_url(address, confirm) if confirm is not None else None}
    element(dial, "Sip" if target.sip else "Number", asked, target.sip or target.number or "")


def twiml_confirmation(confirm: Spoken, digits: str | None, address: str) -> PhoneDocument:
    """Ask the dialled person to press the key, and connect them only if they do.

    They are connected when a document ends without a Hangup
    (twilio.com/docs/voice/twiml/number).
    """
    root = Element("Response")
    if digits != CONFIRM_KEY:
        if digits is None:
            attributes = {
                "input": "dtmf",
                "numDigits": 1,
                "timeout": CONFIRM_S,
                "action": confirm_url(address, confirm),
                "method": "POST",
                "actionOnEmptyResult": False,
            }
            _speak(element(root, "Gather", attributes), confirm)
        element(root, "Hangup", {})
    return xml_document(root)


def _enqueue(root: Element, move: Move, heard: Heard, address: str, workflow: str) -> None:
    """Let the caller wait while TaskRouter finds an agent by the attributes of the call.

    Twilio adds `from`, `to` and others itself.
    """
    said = {
        "category": move.category,
        "team": move.team,
        "priority": move.priority,
        "reference": move.reference,
        "language": move.language,
        "call_sid": heard.call_id,
    }
    task = {"priority": _PRIORITIES[move.priority or Priority.NORMAL], "timeout": _MAX_WAIT_S}
    queue = element(
        root,
        "Enqueue",
        {"action": step_url(address, move), "method": "POST", "workflowSid": workflow},
    )
    element(queue, "Task", task, json.dumps(said, ensure_ascii=False))


def _dial_result(fields: Mapping[str, Any]) -> DialStatus | None:
    """Read the result of Dial. A person who did not press the key was never bridged."""
    status = dial_status_of(fields.get("DialCallStatus"))
    answered = status in (DialStatus.ANSWERED, DialStatus.COMPLETED)
    unbridged = text_of(fields.get("DialBridged")) == "false"
    return DialStatus.NO_ANSWER if answered and unbridged else status


def _queue_result(value: object) -> DialStatus | None:
    word = text_of(value)
    return _QUEUE_RESULTS.get(word, DialStatus.FAILED) if word is not None else None


def _record(root: Element, move: Move, address: str) -> None:
    attributes = {
        "action": step_url(address, move),
        "method": "POST",
        "maxLength": move.timeout_s,
        "timeout": _SILENCE_AFTER_MESSAGE,
        "finishOnKey": "#",
        "playBeep": True,
    }
    element(root, "Record", attributes)
    # An empty message is not reported.
    _come_back(root, move, address)


def _come_back(root: Element, move: Move, address: str) -> None:
    element(root, "Redirect", {"method": "POST"}, step_url(address, move))
