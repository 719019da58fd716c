"""A dialled person presses a key before the caller is connected, so that no mailbox takes calls."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

import pytest

from inquiry_router.phone.model import DialStatus, Spoken
from inquiry_router.phone.platforms import PLATFORMS
from inquiry_router.phone.platforms.platform import (
    ConfirmingPlatform,
    PhoneDocument,
    confirmation_of,
    read_request,
)
from tests.phone.platforms.moves import ADDRESS, CALL, MOVES

FORM = "application/x-www-form-urlencoded"
TEXT = Spoken("Dzwoni klient. Aby odebrać, proszę nacisnąć 1.", "pl")
ABLE = ("twilio", "plivo", "jambonz")


def confirmed(kind: str, url: str, **form: str) -> PhoneDocument:
    """Send the request for the dialled person; return the answer."""
    platform = PLATFORMS[kind]
    request = read_request(urlsplit(url).query, FORM, urlencode(form).encode())
    confirm = confirmation_of(request)
    assert confirm == TEXT and isinstance(platform, ConfirmingPlatform)
    return platform.confirm(confirm, request, ADDRESS)


def xml(document: PhoneDocument) -> ElementTree.Element:
    return ElementTree.fromstring(document.body)


def answered(kind: str) -> bytes:
    return PLATFORMS[kind].answer(MOVES["confirmed"], CALL, ADDRESS).body


@pytest.mark.parametrize("kind", PLATFORMS)
def test_ability_and_interface_agree(kind: str) -> None:
    platform = PLATFORMS[kind]
    assert platform.abilities.confirms is isinstance(platform, ConfirmingPlatform) is (kind in ABLE)


def test_other_requests_ask_for_no_confirmation() -> None:
    assert confirmation_of(read_request("step=2", FORM, b"confirm=x&language=pl")) is None


def test_twilio_connects_only_after_the_key() -> None:
    number = ElementTree.fromstring(answered("twilio")).find("Dial/Number")
    assert number is not None
    asked = xml(confirmed("twilio", number.get("url") or "", CallSid="CA2"))
    assert [child.tag for child in asked] == ["Gather", "Hangup"]
    gather = asked[0]
    assert gather.findtext("Say") == TEXT.text and gather.get("numDigits") == "1"
    action = gather.get("action") or ""
    assert list(xml(confirmed("twilio", action, CallSid="CA2", Digits="1"))) == []
    refused = xml(confirmed("twilio", action, CallSid="CA2", Digits="5"))
    assert [child.tag for child in refused] == ["Hangup"]


def test_plivo_waits_for_the_key_itself() -> None:
    dial = ElementTree.fromstring(answered("plivo")).find("Dial")
    assert dial is not None and dial.get("confirmKey") == "1"
    spoken = xml(confirmed("plivo", dial.get("confirmSound") or ""))
    assert [(child.tag, child.text) for child in spoken] == [("Speak", TEXT.text)]


def test_jambonz_connects_only_after_the_key() -> None:
    (dial,) = json.loads(answered("jambonz"))
    (gather,) = json.loads(confirmed("jambonz", dial["confirmHook"]).body)
    assert (gather["verb"], gather["say"]["text"]) == ("gather", TEXT.text)

    def heard(**fields: str) -> Any:
        return json.loads(confirmed("jambonz", gather["actionHook"], **fields).body)

    assert heard(digits="1") == []
    assert heard(reason="timeout") == heard(digits="2") == [{"verb": "hangup"}]


def test_others_ignore_the_wish() -> None:
    assert b"url=" not in answered("telnyx")
    assert b"confirm" not in answered("vonage") + answered("generic")


def test_leg_that_was_never_bridged_reached_nobody() -> None:
    def result(**fields: str) -> Any:
        form = urlencode({"CallSid": "CA1", "DialCallStatus": "completed", **fields})
        return PLATFORMS["twilio"].read(read_request("step=2", FORM, form.encode()))

    assert result(DialBridged="false").dial_status is DialStatus.NO_ANSWER
    assert result(DialBridged="true").dial_status is DialStatus.COMPLETED
    assert result().dial_status is DialStatus.COMPLETED


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("twilio", "DialCallDuration"),
        ("telnyx", "DialCallDuration"),
        ("plivo", "DialBLegDuration"),
        ("vonage", "duration"),
        ("asterisk", "answered"),
        ("freeswitch", "dial_seconds"),
        ("genesys", "dialSeconds"),
        ("generic", "dial_seconds"),
    ],
)
def test_length_of_a_connection_is_read(kind: str, field: str) -> None:
    query = urlencode({"step": "2", "status": "completed"})
    read = PLATFORMS[kind].read
    assert read(read_request(query, FORM, f"{field}=42".encode())).dial_seconds == 42
    assert read(read_request(query, FORM, f"{field}=soon".encode())).dial_seconds is None


def test_url_keeps_the_token_of_the_line() -> None:
    twilio = PLATFORMS["twilio"]
    body = twilio.answer(MOVES["confirmed"], CALL, f"{ADDRESS}?token=t").body
    number = ElementTree.fromstring(body).find("Dial/Number")
    assert number is not None
    asked = dict(parse_qsl(urlsplit(number.get("url") or "").query))
    assert asked == {"token": "t", "confirm": TEXT.text, "language": "pl"}
