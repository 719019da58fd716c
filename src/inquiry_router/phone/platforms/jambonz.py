"""jambonz: JSON in, an array of verbs out (npm @jambonz/schema)."""

from typing import Any, Final

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
    CONFIRM_S,
    PhoneDocument,
    PhoneRequest,
    confidence_of,
    confirm_url,
    dial_status_of,
    digits_of,
    first_of,
    json_document,
    mapping_of,
    step_url,
    tag_of,
    text_of,
)

# Silence after which a message counts as finished, in seconds.
_SILENCE_AFTER_MESSAGE_S: Final = 5
_OVER: Final = frozenset({"completed", "failed", "busy", "no-answer"})


class Jambonz:
    """jambonz by webhooks. It has no verb that records: a message is taken as recognised words."""

    kind = "jambonz"
    title = "jambonz"
    abilities = Abilities(confirms=True, dial_report=DialReport.APART)

    def read(self, request: PhoneRequest) -> Heard:
        """Read a new session, or the report of an action hook."""
        fields = request.fields
        speech = mapping_of(fields.get("speech"))
        best = mapping_of(first_of(speech.get("alternatives")))
        dialled = dial_status_of(fields.get("dial_call_status"))
        return Heard(
            call_id=text_of(fields.get("call_sid")) or "",
            caller=text_of(fields.get("from")),
            called=text_of(fields.get("to")),
            step=text_of(request.query.get("step")),
            digits=digits_of(fields.get("digits")),
            speech=text_of(best.get("transcript")),
            speech_confidence=confidence_of(best.get("confidence")),
            dial_status=dialled,
            ended=dialled is None and text_of(fields.get("call_status")) in _OVER,
        )

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """Write an array of verbs."""
        hook = {"actionHook": step_url(address, move)}
        if move.action is Action.ASK:
            return json_document(_ask(move, hook))
        verbs = [_say(spoken.text, spoken.language) for spoken in move.say]
        if move.action is Action.TRANSFER:
            asked = move.confirm
            confirm = {"confirmHook": confirm_url(address, asked)} if asked is not None else {}
            verbs.append(_dial(move) | hook | confirm)
        elif move.action is Action.VOICEMAIL:
            verbs.append(_take_message(move) | hook)
        else:
            if move.link is not None:
                message = {"to": move.send_to, "from": heard.called or "", "text": move.link}
                verbs.append({"verb": "message", **message})
            verbs.append({"verb": "hangup"})
        return json_document(verbs)

    def confirm(self, confirm: Spoken, request: PhoneRequest, address: str) -> PhoneDocument:
        """Ask the dialled person for the key, and hang up unless they press it.

        They are connected when the verbs end without a hangup (docs.jambonz.org, dial).
        """
        if request.query.get("asked") is not None:
            pressed = self.read(request).digits == CONFIRM_KEY
            return json_document([] if pressed else [{"verb": "hangup"}])
        gather = {
            "verb": "gather",
            "input": ["digits"],
            "numDigits": 1,
            "timeout": CONFIRM_S,
            "actionHook": f"{confirm_url(address, confirm)}&asked=1",
            "say": _inside(_say(confirm.text, confirm.language)),
        }
        return json_document([gather])


def _ask(move: Move, hook: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask so that callers may answer while they are being asked.

    jambonz hears keys and words only while a gather runs (lib/tasks/gather.js). A gather has one
    voice, so texts in other languages come first, and `config.bargeIn` listens to keys meanwhile.
    """
    text = " ".join(spoken.text for spoken in move.say if spoken.language == move.language)
    others = [spoken for spoken in move.say if spoken.language != move.language]
    said = {"say": _inside(_say(text, move.language))} if text else {}
    asked = _gather(move) | hook | said
    if not others:
        return [asked]
    listening = {"enable": True, "input": ["digits"], "numDigits": 1, **hook}
    return [
        {"verb": "config", "bargeIn": listening},
        *(_say(spoken.text, spoken.language) for spoken in others),
        {"verb": "config", "bargeIn": {"enable": False}},
        asked,
    ]


def _say(text: str, language: str) -> dict[str, Any]:
    return {
        "verb": "say",
        "text": text,
        "synthesizer": {"vendor": "default", "language": tag_of(language)},
    }


def _inside(say: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in say.items() if name != "verb"}


def _gather(move: Move) -> dict[str, Any]:
    keys = {"numDigits": 1} if move.keys == 1 else {"maxDigits": move.keys, "finishOnKey": "#"}
    recognizer = _recognizer(move) | ({"hints": list(move.hints)} if move.hints else {})
    return {
        "verb": "gather",
        "input": ["speech", "digits"],
        "timeout": move.timeout_s,
        "bargein": True,
        **keys,
        "recognizer": recognizer,
    }


def _take_message(move: Move) -> dict[str, Any]:
    """Listen to a message with pauses, to its end (docs.jambonz.org, continuous ASR)."""
    pauses = {"asrTimeout": _SILENCE_AFTER_MESSAGE_S, "asrDtmfTerminationDigit": "#"}
    return {
        "verb": "gather",
        "input": ["speech", "digits"],
        "timeout": move.timeout_s,
        "bargein": False,
        "finishOnKey": "#",
        "recognizer": _recognizer(move) | pauses,
    }


def _recognizer(move: Move) -> dict[str, Any]:
    return {"vendor": "default", "language": tag_of(move.language)}


def _dial(move: Move) -> dict[str, Any]:
    target = move.targets[0] if move.targets else Target()
    phone = {"type": "phone", "number": target.number or ""}
    return {
        "verb": "dial",
        "timeout": move.timeout_s,
        "answerOnBridge": True,
        "target": [{"type": "sip", "sipUri": target.sip} if target.sip else phone],
    }
