"""FreeSWITCH with mod_httapi: form in, a document of work out.

Sources: mod_httapi_doc.txt, mod_httapi.c.
"""

from typing import Final
from xml.etree.ElementTree import Element

from inquiry_router.phone.model import (
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
    dial_status_of,
    digits_of,
    element,
    language_of,
    seconds_of,
    step_url,
    text_of,
    xml_document,
)

# Silence after which a message counts as finished, in seconds; mod_httapi's own two are a pause.
_SILENCE_AFTER_MESSAGE_S: Final = 5
_INPUT: Final = "input"
# The name under which the setup page configures the speech engine of the machine.
_ENGINE: Final = "router"


class FreeSwitch:
    """FreeSWITCH. It sends keys and words in one parameter, and their type in another."""

    kind = "freeswitch"
    title = "FreeSWITCH (mod_httapi)"
    abilities = Abilities(texts=False, dial_report=DialReport.UNKNOWN)

    def read(self, request: PhoneRequest) -> Heard:
        """Read the parameters of a session, and the input that the last document asked for."""
        fields = request.fields
        words = text_of(fields.get("input_type")) == "detected_speech"
        given = fields.get(_INPUT)
        status = text_of(fields.get("dial_status")) or text_of(
            fields.get("variable_originate_disposition")
        )
        return Heard(
            call_id=text_of(fields.get("session_id")) or text_of(request.query.get("call")) or "",
            caller=text_of(fields.get("Caller-Caller-ID-Number")),
            called=text_of(fields.get("Caller-Destination-Number")),
            step=text_of(fields.get("step")),
            digits=None if words else digits_of(given),
            speech=text_of(given) if words else text_of(fields.get("utterance")),
            speech_confidence=confidence_of(fields.get("confidence")),
            language=language_of(fields.get("language")),
            dial_status=dial_status_of(status),
            dial_seconds=seconds_of(fields.get("dial_seconds")),
            recording_url=text_of(fields.get("recording_url")),
            recording_seconds=seconds_of(fields.get("recording_seconds")),
            ended=text_of(fields.get("exiting")) == "true",
        )

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """Write a document of work.

        Only `text/xml` is understood; FreeSWITCH requests anything else again, without end.
        """
        root = Element("document", {"type": "xml/freeswitch-httapi"})
        element(root, "params", {})
        variables = element(root, "variables", {})
        for name in ("team", "category", "reference"):
            if (value := getattr(move, name)) is not None:
                element(variables, f"router_{name}", {}, value)
        work = element(root, "work", {})
        back = step_url(address, move)
        for spoken in move.say if move.action is not Action.ASK else move.say[:-1]:
            _speak(work, spoken, {})
        if move.action is Action.ASK and move.say:
            _ask(work, move, back)
        elif move.action is Action.TRANSFER:
            element(variables, "call_timeout", {}, str(move.timeout_s))
            element(work, "dial", {"action": back}, _dialled(move))
        elif move.action is Action.VOICEMAIL:
            # A recording may be too large to be read, and the call goes on.
            _record(work, move, step_url(address, move, call=heard.call_id))
        else:
            element(work, "hangup", {})
        return xml_document(root)


def _ask(work: Element, move: Move, back: str) -> None:
    timeout = move.timeout_s * 1000
    more = {"name": _INPUT, "action": back, "input-timeout": timeout, "loops": 0}
    asked = _speak(work, move.say[-1], more)
    element(asked, "bind", {"strip": "#"}, rf"~[0-9*]{{1,{move.keys}}}#?")


def _record(work: Element, move: Move, back: str) -> None:
    attributes = {
        "name": "message",
        "file": "message.wav",
        "action": back,
        "limit": move.timeout_s,
        "silence-hits": _SILENCE_AFTER_MESSAGE_S,
        "terminators": "#",
        "beep-file": "tone_stream://%(500,0,800)",
    }
    # The terminators count only if there is a bind (mod_httapi.c, parse_record).
    element(element(work, "record", attributes), "bind", {"strip": "#"}, "#")


def _speak(work: Element, spoken: Spoken, more: dict[str, object]) -> Element:
    return element(
        work, "speak", {"engine": _ENGINE, "voice": spoken.language, "text": spoken.text, **more}
    )


def _dialled(move: Move) -> str:
    """A number is an extension of the dialplan; a SIP address goes through the external profile."""
    target = move.targets[0] if move.targets else Target()
    if target.sip is not None:
        return f"sofia/external/{target.sip.partition(':')[2]}"
    return target.number or ""
