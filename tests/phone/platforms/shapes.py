"""Shapes of answers in the vendors' libraries and schemas: names, types and ranges.

TwiML: twilio 9.13.0; TeXML: developers.telnyx.com; Plivo XML: plivo 4.63.0; NCCO: vonage-voice
1.5.1; jambonz: @jambonz/schema.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

URL = re.compile(r"https://\S+").fullmatch
SECONDS = re.compile(r"[1-9]\d{0,3}").fullmatch
TAG = re.compile(r"[a-z]{2}-[A-Z]{2}").fullmatch
VOICE = re.compile(r"Polly\.(Ewa|Amy|Marlene)").fullmatch
WORKFLOW_SID = re.compile(r"WW[0-9a-f]{32}").fullmatch
E164 = re.compile(r"\+[1-9]\d{6,14}").fullmatch
SIP = re.compile(r"sips?:\S+@\S+").fullmatch
Check = Callable[[str], Any]


def one_of(*values: str) -> Check:
    return lambda value: value in values


def anything(value: str) -> bool:
    return bool(value)


def json_object(value: str) -> bool:
    return isinstance(json.loads(value), dict)


TWIML: dict[str, tuple[set[str], dict[str, Check], Check | None]] = {
    "Response": (
        {"Gather", "Redirect", "Say", "Dial", "Enqueue", "Record", "Sms", "Hangup"},
        {},
        None,
    ),
    "Gather": (
        {"Say"},
        {
            "input": one_of("dtmf speech"),
            "language": TAG,
            "numDigits": one_of("1", "8"),
            "finishOnKey": one_of("", "#"),
            "timeout": SECONDS,
            "speechTimeout": one_of("auto"),
            "hints": anything,
            "action": URL,
            "method": one_of("POST"),
            "actionOnEmptyResult": one_of("true"),
        },
        None,
    ),
    "Say": (set(), {"language": TAG, "voice": VOICE}, anything),
    "Dial": (
        {"Number", "Sip"},
        {
            "action": URL,
            "method": one_of("POST"),
            "timeout": SECONDS,
            "answerOnBridge": one_of("true"),
            "callerId": E164,
        },
        None,
    ),
    "Number": (set(), {"url": URL}, E164),
    "Sip": (set(), {"url": URL}, SIP),
    "Enqueue": (
        {"Task"},
        {"action": URL, "method": one_of("POST"), "workflowSid": WORKFLOW_SID},
        None,
    ),
    "Task": (set(), {"priority": one_of("0", "10", "20", "30"), "timeout": SECONDS}, json_object),
    "Record": (
        set(),
        {
            "action": URL,
            "method": one_of("POST"),
            "maxLength": SECONDS,
            "timeout": SECONDS,
            "finishOnKey": one_of("#"),
            "playBeep": one_of("true"),
        },
        None,
    ),
    "Redirect": (set(), {"method": one_of("POST")}, URL),
    "Sms": (set(), {"to": E164}, anything),
    "Hangup": (set(), {}, None),
}
TEXML = {name: shape for name, shape in TWIML.items() if name not in ("Sms", "Enqueue", "Task")}
PLIVO: dict[str, tuple[set[str], dict[str, Check], Check | None]] = {
    "Response": (
        {"GetInput", "Redirect", "Speak", "Dial", "Record", "Message", "Hangup"},
        {},
        None,
    ),
    "GetInput": (
        {"Speak"},
        {
            "action": URL,
            "method": one_of("POST"),
            "redirect": one_of("true"),
            "inputType": one_of("dtmf speech"),
            "language": TAG,
            "executionTimeout": re.compile(r"1[5-9]|[2-5]\d|60").fullmatch,
            "speechEndTimeout": re.compile(r"[2-9]|10").fullmatch,
            "numDigits": one_of("1", "8"),
            "finishOnKey": one_of("#"),
            "hints": anything,
        },
        None,
    ),
    "Speak": (set(), {"language": TAG, "voice": VOICE}, anything),
    "Dial": (
        {"Number", "User"},
        {
            "action": URL,
            "method": one_of("POST"),
            "redirect": one_of("true"),
            "timeout": SECONDS,
            "callerId": E164,
            "confirmSound": URL,
            "confirmKey": one_of("1"),
        },
        None,
    ),
    "Number": (set(), {}, E164),
    "User": (set(), {}, SIP),
    "Record": (
        set(),
        {
            "action": URL,
            "method": one_of("POST"),
            "redirect": one_of("true"),
            "maxLength": SECONDS,
            "finishOnKey": one_of("#"),
            "playBeep": one_of("true"),
        },
        None,
    ),
    "Redirect": (set(), {"method": one_of("POST")}, URL),
    "Message": (set(), {"src": E164, "dst": E164}, anything),
    "Hangup": (set(), {}, None),
}


def assert_xml_shape(
    element: Element, shapes: dict[str, tuple[set[str], dict[str, Check], Check | None]]
) -> None:
    children, attributes, text = shapes[element.tag]
    for name, value in element.attrib.items():
        assert name in attributes, f"{element.tag} has no {name}"
        assert attributes[name](value), f"{element.tag} {name}={value}"
    assert text(element.text or "") if text else element.text is None, element.tag
    for child in element:
        assert child.tag in children, f"{element.tag} holds {child.tag}"
        assert_xml_shape(child, shapes)


def url_list(value: object) -> bool:
    return isinstance(value, list) and len(value) == 1 and bool(URL(value[0]))


def whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 1500


def texts(value: object) -> bool:
    return isinstance(value, list) and all(text(one) for one in value)


def flag(value: object) -> bool:
    return isinstance(value, bool)


def record_of(**checks: Callable[[Any], Any]) -> Callable[[Any], bool]:
    """A JSON object with no other names than these, each with a value that its check accepts."""
    return lambda value: (
        isinstance(value, dict)
        and set(value) <= set(checks)
        and all(checks[name](one) for name, one in value.items())
    )


_SPEECH = record_of(
    language=TAG,
    endOnSilence=lambda value: 0.4 <= value <= 10,
    startTimeout=whole(1, 60),
    context=texts,
)
_DTMF = record_of(maxDigits=whole(1, 20), timeOut=whole(0, 10), submitOnHash=flag)
_ENDPOINT = record_of(
    type=one_of("phone", "sip"), number=re.compile(r"[1-9]\d{6,14}").fullmatch, uri=SIP
)
_EVENT = {"eventUrl": url_list, "eventMethod": one_of("POST")}
NCCO: dict[str, tuple[set[str], dict[str, Callable[[Any], Any]]]] = {
    "talk": ({"text"}, {"text": text, "language": TAG, "bargeIn": flag}),
    "input": (
        {"type", "eventUrl"},
        {
            "type": lambda value: value == ["speech", "dtmf"],
            "speech": _SPEECH,
            "dtmf": _DTMF,
            **_EVENT,
        },
    ),
    "connect": (
        {"endpoint", "eventUrl"},
        {
            "endpoint": lambda value: len(value) == 1 and _ENDPOINT(value[0]),
            "from": re.compile(r"[1-9]\d{6,14}").fullmatch,
            "randomFromNumber": flag,
            "eventType": one_of("synchronous"),
            "timeout": whole(1, 120),
            **_EVENT,
        },
    ),
    "record": (
        {"eventUrl"},
        {
            "endOnSilence": whole(3, 10),
            "endOnKey": one_of("#"),
            "timeOut": whole(3, 7200),
            "beepStart": flag,
            **_EVENT,
        },
    ),
}
_SYNTHESIZER = record_of(vendor=one_of("default"), language=TAG)
_RECOGNIZER = record_of(
    vendor=one_of("default"),
    language=TAG,
    hints=texts,
    asrTimeout=whole(1, 10),
    asrDtmfTerminationDigit=one_of("#"),
)
_BARGE_IN = record_of(
    enable=flag, input=lambda value: value == ["digits"], numDigits=whole(1, 1), actionHook=URL
)
_TARGET = record_of(type=one_of("phone", "sip"), number=E164, sipUri=SIP)
VERBS: dict[str, tuple[set[str], dict[str, Callable[[Any], Any]]]] = {
    "say": ({"text"}, {"text": text, "synthesizer": _SYNTHESIZER}),
    "gather": (
        {"input", "actionHook"},
        {
            "input": lambda value: value == ["speech", "digits"],
            "actionHook": URL,
            "timeout": whole(1, 600),
            "bargein": flag,
            "numDigits": whole(1, 1),
            "maxDigits": whole(8, 8),
            "finishOnKey": one_of("#"),
            "recognizer": _RECOGNIZER,
            "say": record_of(text=text, synthesizer=_SYNTHESIZER),
        },
    ),
    "config": ({"bargeIn"}, {"bargeIn": _BARGE_IN}),
    "dial": (
        {"target", "actionHook"},
        {
            "target": lambda value: len(value) == 1 and _TARGET(value[0]),
            "actionHook": URL,
            "confirmHook": URL,
            "timeout": whole(1, 120),
            "answerOnBridge": flag,
        },
    ),
    "message": ({"to", "from", "text"}, {"to": E164, "from": E164, "text": text}),
    "hangup": (set(), {}),
}


def assert_json_shape(
    answer: Any, shapes: dict[str, tuple[set[str], dict[str, Callable[[Any], Any]]]], kind: str
) -> None:
    assert isinstance(answer, list)
    for entry in answer:
        needed, checks = shapes[entry[kind]]
        given = {name: value for name, value in entry.items() if name != kind}
        assert needed <= set(given)
        for name, value in given.items():
            assert name in checks, f"{entry[kind]} has no {name}"
            assert checks[name](value), f"{entry[kind]} {name}={value}"
