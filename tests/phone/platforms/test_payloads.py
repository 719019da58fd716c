"""Requests of every platform, and any other input."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.phone.caller import read_caller
from inquiry_router.phone.conversation import advance
from inquiry_router.phone.model import Action, DialStatus, Heard
from inquiry_router.phone.platforms import PLATFORMS
from inquiry_router.phone.platforms.platform import (
    PhoneRequest,
    confidence_of,
    dial_status_of,
    digits_of,
    language_of,
    read_request,
    seconds_of,
    text_of,
)
from tests.phone.people import settings_of, situation_of, understood

ALL = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted(Path("tests/phone/payloads").glob("*.json"))
}
# An assignment is no request of a call; tests/phone/platforms/test_taskrouter.py has it.
PAYLOADS = {
    name: payload for name, payload in ALL.items() if "reservation" not in payload["expect"]
}


def read(payload: dict[str, Any], query: str = "") -> Heard:
    body = json.dumps(payload["body"]) if "body" in payload else urlencode(payload.get("form", {}))
    asked = urlencode(payload.get("query", {})) or query
    request = read_request(asked, payload["content_type"], body.encode())
    return PLATFORMS[payload["system"].replace("-", "_")].read(request)


def test_every_platform_has_a_payload() -> None:
    systems = {payload["system"].replace("-", "_") for payload in PAYLOADS.values()}
    assert systems | {"generic"} == set(PLATFORMS)


@pytest.mark.parametrize("name", PAYLOADS)
def test_payload_is_read(name: str) -> None:
    expect, call = PAYLOADS[name]["expect"], read(PAYLOADS[name])
    assert call.call_id == expect.get("call_id", expect.get("external_id"))
    number = expect.get("requester_phone") or expect.get("from")
    if number:
        assert read_caller(call.caller).number == number
    assert call.speech == expect.get("text")
    assert call.digits == expect.get("digits")
    if "stt_confidence" in expect:
        assert call.speech_confidence == expect["stt_confidence"]
    if "dial_status" in expect:
        assert call.dial_status is DialStatus.NO_ANSWER
    assert not call.ended and not call.news_only


@pytest.mark.parametrize(
    "name", [name for name in PAYLOADS if "category" in PAYLOADS[name]["expect"]]
)
def test_caller_reaches_their_team(name: str) -> None:
    expect, call = PAYLOADS[name]["expect"], read(PAYLOADS[name])
    situation = situation_of(
        caller=call.caller,
        abilities=PLATFORMS[PAYLOADS[name]["system"].replace("-", "_")].abilities,
    )
    state, move = advance(None, call, understood(expect["category"]), situation, settings_of())
    if expect["category"] == "other":
        assert move.action is Action.ASK
        state, move = advance(state, call, understood("other"), situation, settings_of())
    assert (move.action, move.team) == (Action.TRANSFER, expect["team"])


def test_step_is_read_from_url_or_body() -> None:
    assert read(PAYLOADS["twilio-gather-dtmf"], "step=3").step == "3"
    assert read(PAYLOADS["jambonz-gather-speech"], "step=3").step == "3"
    genesys = PAYLOADS["genesys-data-action"]
    assert read({**genesys, "body": {**genesys["body"], "step": "3"}}).step == "3"
    connect = PAYLOADS["amazon-connect-lambda-event"]
    details = {
        **connect["body"]["Details"],
        "Parameters": {"step": "3", "digits": "1", "dial_status": "busy"},
    }
    call = read({**connect, "body": {"Details": details}})
    assert (call.step, call.digits, call.dial_status, call.language) == (
        "3",
        "1",
        DialStatus.BUSY,
        "pl",
    )


def form(kind: str, **fields: str) -> Heard:
    return PLATFORMS[kind].read(
        read_request("step=4", "application/x-www-form-urlencoded", urlencode(fields).encode())
    )


def test_recordings_and_the_end_of_a_call_are_read() -> None:
    message = form(
        "twilio",
        CallSid="CA1",
        RecordingUrl="https://api.example.com/RE1",
        RecordingDuration="17",
        CallStatus="completed",
    )
    assert (message.recording_url, message.recording_seconds, message.ended) == (
        "https://api.example.com/RE1",
        17,
        True,
    )
    message = form(
        "plivo",
        CallUUID="1",
        RecordUrl="https://api.example.com/1",
        RecordingDuration="17.4",
        Event="Hangup",
    )
    assert (message.recording_url, message.recording_seconds, message.ended) == (
        "https://api.example.com/1",
        17,
        True,
    )
    assert form("freeswitch", session_id="1", exiting="true").ended
    assert form("asterisk", uniqueid="1", hangup="1").ended


def test_freeswitch_parameter_is_keys_or_words() -> None:
    assert form("freeswitch", session_id="1", input="2", input_type="dtmf").digits == "2"
    spoken = form(
        "freeswitch", session_id="1", input="chcę kupić 2 pompy", input_type="detected_speech"
    )
    assert (spoken.digits, spoken.speech) == (None, "chcę kupić 2 pompy")


def vonage(query: str, **body: Any) -> Heard:
    return PLATFORMS["vonage"].read(
        read_request(query, "application/json", json.dumps(body).encode())
    )


def test_vonage_event_of_the_dialled_leg_keeps_the_call_id() -> None:
    ringing = vonage("step=2&call=aaaa", uuid="bbbb", status="ringing")
    assert ringing.call_id == "aaaa" and ringing.news_only
    for status, result in (
        ("timeout", DialStatus.NO_ANSWER),
        ("busy", DialStatus.BUSY),
        ("rejected", DialStatus.BUSY),
        ("completed", DialStatus.COMPLETED),
    ):
        ended = vonage("step=2&call=aaaa", uuid="bbbb", status=status)
        assert (ended.call_id, ended.dial_status, ended.ended, ended.news_only) == (
            "aaaa",
            result,
            False,
            False,
        )
    assert vonage("", uuid="aaaa", status="completed").ended
    assert vonage("", uuid="aaaa", dtmf="2").digits == "2"  # the older form of the event


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("1", "1"),
        (2, "2"),
        ("", None),
        (None, None),
        ("#", "#"),
        ("57624939#", "57624939"),
        ("w1 ", "1"),
        ([1], None),
        (True, None),
    ],
)
def test_digits_of_a_value(written: object, digits: str | None) -> None:
    assert digits_of(written) == digits


@pytest.mark.parametrize(
    ("written", "confidence"),
    [
        *(("0.91", 0.91), (0.5, 0.5), ("0,91", 0.91), (87, 0.87)),
        *((nothing, None) for nothing in ("", "high", "NaN", -1, 1000, "1e999", None, True, [])),
    ],
)
def test_confidence_of_a_value(written: object, confidence: float | None) -> None:
    assert confidence_of(written) == confidence


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("completed", DialStatus.COMPLETED),
        ("ANSWER", DialStatus.ANSWERED),
        ("busy", DialStatus.BUSY),
        ("USER_BUSY", DialStatus.BUSY),
        ("NOANSWER", DialStatus.NO_ANSWER),
        ("no-answer", DialStatus.NO_ANSWER),
        ("timeout", DialStatus.NO_ANSWER),
        ("CHANUNAVAIL", DialStatus.FAILED),
        ("something new", DialStatus.FAILED),
        ("canceled", DialStatus.GONE),
        ("", None),
        (None, None),
    ],
)
def test_dial_status_of_a_value(written: object, status: DialStatus | None) -> None:
    assert dial_status_of(written) is status


def test_seconds_language_and_text_of_values() -> None:
    assert [language_of(tag) for tag in ("pl-PL", "PL", "en_GB", "polski", "", None)] == [
        "pl",
        "pl",
        "en",
        None,
        None,
        None,
    ]
    assert [seconds_of(one) for one in ("17", 17.9, "", "long", None, "-3")] == [
        17,
        17,
        None,
        None,
        None,
        None,
    ]
    assert text_of(" a\x00\nb ") == "a b" and text_of({"a": 1}) is None and text_of(False) is None


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = sorted(
    {
        key
        for payload in PAYLOADS.values()
        for key in (*payload.get("form", {}), *payload.get("body", {}), *payload.get("query", {}))
    }
)


@pytest.mark.parametrize("kind", PLATFORMS)
@given(
    st.one_of(anything, st.dictionaries(st.sampled_from(KEYS), anything, max_size=8)),
    st.dictionaries(st.sampled_from(KEYS), st.text(max_size=8)),
)
def test_any_value_may_be_missing_null_or_of_a_wrong_type(
    kind: str, body: Any, fields: dict[str, str]
) -> None:
    for request in (
        PhoneRequest(body=body),
        PhoneRequest(form=fields),
        PhoneRequest(query=fields, body=body),
    ):
        call = PLATFORMS[kind].read(request)
        assert isinstance(call.call_id, str)
        assert call.speech_confidence is None or 0 <= call.speech_confidence <= 1


@given(
    st.binary(max_size=60),
    st.sampled_from(["application/json", "application/x-www-form-urlencoded", "", "text/xml"]),
    st.text(max_size=20),
)
def test_any_bytes_are_accepted(body: bytes, content_type: str, query: str) -> None:
    request = read_request(query, content_type, body)
    assert all(isinstance(door.read(request), Heard) for door in PLATFORMS.values())
