"""FreeSWITCH with mod_httapi: form in, a document of work out (mod_httapi_doc.txt, mod_httapi.c)."""

from typing import Final
from xml.etree.ElementTree import Element

from inquiry_router.phone.model import Abilities, Action, Heard, Move, Spoken, Target
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

_INPUT: Final = "input"
# The speech engine and the voices are whatever the machine has; the setup page says how to name them so.
_ENGINE: Final = "router"


class FreeSwitch:
    """FreeSWITCH. It sends one parameter for keys and words and says which of them it is."""

    kind = "freeswitch"
    title = "FreeSWITCH (mod_httapi)"
    abilities = Abilities(texts=False)

    def read(self, request: PhoneRequest) -> Heard:
        """The parameters of a session, and what the last document asked for."""
        fields = request.fields
        words = text_of(fields.get("input_type")) == "detected_speech"
        given = fields.get(_INPUT)
        status = text_of(fields.get("dial_status")) or text_of(
            fields.get("variable_originate_disposition")
        )
        return Heard(
            call_id=text_of(fields.get("session_id")) or "",
            caller=text_of(fields.get("Caller-Caller-ID-Number")),
            called=text_of(fields.get("Caller-Destination-Number")),
            step=text_of(fields.get("step")),
            digits=None if words else digits_of(given),
            speech=text_of(given) if words else text_of(fields.get("utterance")),
            speech_confidence=confidence_of(fields.get("confidence")),
            language=language_of(fields.get("language")),
            dial_status=dial_status_of(status),
            recording_url=text_of(fields.get("recording_url")),
            recording_seconds=seconds_of(fields.get("recording_seconds")),
            ended=text_of(fields.get("exiting")) == "true",
        )

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """A document of work. Only `text/xml` is understood: anything else is asked for again without end."""
        root = Element("document", {"type": "xml/freeswitch-httapi"})
        element(root, "params", {})
        variables = element(root, "variables", {})
        for name, value in (
            ("router_team", move.team),
            ("router_category", move.category),
            ("router_reference", move.reference),
        ):
            if value is not None:
                element(variables, name, {}, value)
        work = element(root, "work", {})
        back = step_url(address, move)
        for spoken in move.say if move.action is not Action.ASK else move.say[:-1]:
            _speak(work, spoken, {})
        if move.action is Action.ASK and move.say:
            asked = _speak(
                work,
                move.say[-1],
                {
                    "name": _INPUT,
                    "action": back,
                    "input-timeout": move.timeout_s * 1000,
                    "loops": 0,
                },
            )
            element(asked, "bind", {"strip": "#"}, rf"~[0-9*]{{1,{move.keys}}}#?")
        elif move.action is Action.TRANSFER:
            element(variables, "call_timeout", {}, str(move.timeout_s))
            element(work, "dial", {"action": back}, _dialled(move))
        elif move.action is Action.VOICEMAIL:
            record = {
                "name": "message",
                "file": "message.wav",
                "action": back,
                "limit": move.timeout_s,
                "terminators": "#",
            }
            element(work, "record", {**record, "beep-file": "tone_stream://%(500,0,800)"})
        else:
            element(work, "hangup", {})
        return xml_document(root)


def _speak(work: Element, spoken: Spoken, more: dict[str, object]) -> Element:
    return element(
        work, "speak", {"engine": _ENGINE, "voice": spoken.language, "text": spoken.text, **more}
    )


def _dialled(move: Move) -> str:
    """A number is an extension of the dialplan; a SIP address is dialled through the external profile."""
    target = move.targets[0] if move.targets else Target()
    if target.sip is not None:
        return f"sofia/external/{target.sip.partition(':')[2]}"
    return target.number or ""
