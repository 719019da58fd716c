"""Every move on every platform, element by element, and escaping of texts."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given

from inquiry_router.phone.model import Move, Spoken
from inquiry_router.phone.platforms import PLATFORMS
from inquiry_router.phone.platforms.generic import plain_answer
from inquiry_router.phone.platforms.genesys import data_action
from inquiry_router.phone.platforms.platform import PhoneRequest
from tests.phone.made_up import odd_texts
from tests.phone.people import ANNA, BARTEK, BEATA, LINE, heard
from tests.phone.platforms.moves import ADDRESS, CALL, MOVES, NEXT, PBX, SIP_CALL
from tests.phone.platforms.shapes import (
    NCCO,
    PLIVO,
    TEXML,
    TWIML,
    VERBS,
    assert_json_shape,
    assert_xml_shape,
)

XML_KINDS = ("twilio", "telnyx", "plivo", "freeswitch")


def xml(kind: str, move: Move) -> ElementTree.Element:
    document = PLATFORMS[kind].answer(move, CALL, ADDRESS)
    assert document.content_type == "text/xml; charset=utf-8"
    return ElementTree.fromstring(document.body)


def tree(element: ElementTree.Element) -> list[Any]:
    """An element as its name, attributes, text and children."""
    return [element.tag, dict(element.attrib), element.text, [tree(child) for child in element]]


def parsed(kind: str, move: Move, call: Any = CALL) -> Any:
    document = PLATFORMS[kind].answer(move, call, ADDRESS)
    assert document.content_type == "application/json"
    return json.loads(document.body)


def test_twilio_asks_for_speech_and_keys() -> None:
    gather = {
        "input": "dtmf speech",
        "language": "pl-PL",
        "numDigits": "1",
        "finishOnKey": "",
        "timeout": "6",
        "speechTimeout": "auto",
        "hints": "reklamacja, cennik",
        "action": NEXT,
        "method": "POST",
        "actionOnEmptyResult": "true",
    }
    says = [
        ["Say", {"language": "pl-PL", "voice": "Polly.Ewa"}, "Dzień dobry.", []],
        ["Say", {"language": "en-GB", "voice": "Polly.Amy"}, "For English, press 8.", []],
    ]
    redirect = ["Redirect", {"method": "POST"}, NEXT, []]
    assert tree(xml("twilio", MOVES["ask"])) == [
        "Response",
        {},
        None,
        [["Gather", gather, None, says], redirect],
    ]


def test_twilio_asks_for_a_reference_of_eight_keys() -> None:
    gather = xml("twilio", MOVES["reference"])[0]
    assert (gather.get("numDigits"), gather.get("finishOnKey"), gather.get("hints")) == (
        "8",
        "#",
        None,
    )


def test_twilio_dials_one_number() -> None:
    dial = {"action": NEXT, "method": "POST", "timeout": "20", "answerOnBridge": "true"}
    say = ["Say", {"language": "pl-PL", "voice": "Polly.Ewa"}, "Już łączymy.", []]
    assert tree(xml("twilio", MOVES["transfer"])) == [
        "Response",
        {},
        None,
        [say, ["Dial", dial, None, [["Number", {}, BARTEK, []]]]],
    ]
    assert tree(xml("twilio", MOVES["sip"])[0][0]) == ["Sip", {}, PBX, []]


def test_twilio_records_sends_texts_and_hangs_up() -> None:
    record = {
        "action": NEXT,
        "method": "POST",
        "maxLength": "180",
        "timeout": "5",
        "finishOnKey": "#",
        "playBeep": "true",
    }
    assert [tree(child) for child in xml("twilio", MOVES["voicemail"])] == [
        ["Say", {"language": "de-DE", "voice": "Polly.Marlene"}, "Bitte sprechen Sie.", []],
        ["Record", record, None, []],
        ["Redirect", {"method": "POST"}, NEXT, []],
    ]
    assert [child.tag for child in xml("twilio", MOVES["link"])] == ["Say", "Sms", "Hangup"]
    assert tree(xml("twilio", MOVES["link"])[1]) == [
        "Sms",
        {"to": ANNA},
        "https://www.example.com/k?a=1&b=2",
        [],
    ]
    for name in ("callback", "goodbye"):
        assert [child.tag for child in xml("twilio", MOVES[name])] == ["Say", "Hangup"]
    assert [child.tag for child in xml("twilio", MOVES["silence"])] == ["Hangup"]


def test_telnyx_gets_no_attributes_of_twilio_only() -> None:
    gather, dial = xml("telnyx", MOVES["ask"])[0], xml("telnyx", MOVES["transfer"])[1]
    assert gather.get("actionOnEmptyResult") is None and gather.get("action") == NEXT
    assert dial.get("answerOnBridge") is None and dial.get("timeout") == "20"
    assert not PLATFORMS["telnyx"].abilities.texts


def test_plivo_xml() -> None:
    answer = xml("plivo", MOVES["ask"])
    assert [child.tag for child in answer] == ["GetInput", "Redirect"]
    assert answer[0].get("inputType") == "dtmf speech" and answer[0].get("redirect") == "true"
    assert [child.tag for child in answer[0]] == ["Speak", "Speak"]
    assert tree(xml("plivo", MOVES["sip"])[0][0]) == ["User", {}, PBX, []]
    assert tree(xml("plivo", MOVES["link"])[1]) == [
        "Message",
        {"src": LINE, "dst": ANNA},
        "https://www.example.com/k?a=1&b=2",
        [],
    ]


@pytest.mark.parametrize(
    ("kind", "shape"), [("twilio", TWIML), ("telnyx", TEXML), ("plivo", PLIVO)]
)
@pytest.mark.parametrize("name", MOVES)
def test_answer_has_only_names_that_the_vendor_knows(
    kind: str, shape: dict[str, Any], name: str
) -> None:
    if not (name == "link" and not PLATFORMS[kind].abilities.texts):
        assert_xml_shape(xml(kind, MOVES[name]), shape)


@pytest.mark.parametrize("name", [name for name in MOVES if name != "link"])
def test_ncco_has_the_documented_shape(name: str) -> None:
    assert_json_shape(parsed("vonage", MOVES[name]), NCCO, "action")


@pytest.mark.parametrize("name", MOVES)
def test_jambonz_verb_has_the_documented_shape(name: str) -> None:
    assert_json_shape(parsed("jambonz", MOVES[name]), VERBS, "verb")


def test_vonage_listens_connects_and_records() -> None:
    back = [f"{NEXT}&call=call-1&called=%2B48220000001"]
    first, second, listening = parsed("vonage", MOVES["ask"])
    assert (first["text"], first["language"], first["bargeIn"], second["language"]) == (
        "Dzień dobry.",
        "pl-PL",
        True,
        "en-GB",
    )
    assert listening["type"] == ["speech", "dtmf"] and listening["eventUrl"] == back
    assert listening["speech"]["context"] == ["reklamacja", "cennik"]
    connect = parsed("vonage", MOVES["transfer"])[1]
    assert connect["endpoint"] == [{"type": "phone", "number": "48220000003"}]
    assert (connect["from"], connect["eventType"], connect["timeout"], connect["eventUrl"]) == (
        "48220000001",
        "synchronous",
        20,
        back,
    )
    assert parsed("vonage", MOVES["transfer"], heard(called=None))[1]["randomFromNumber"] is True
    assert parsed("vonage", MOVES["sip"])[0]["endpoint"] == [{"type": "sip", "uri": PBX}]
    assert parsed("vonage", MOVES["voicemail"])[1]["action"] == "record"
    assert parsed("vonage", MOVES["silence"]) == []


def test_jambonz_says_gathers_dials_and_records() -> None:
    *_, gather = parsed("jambonz", MOVES["ask"])
    assert (gather["verb"], gather["numDigits"], gather["actionHook"]) == ("gather", 1, NEXT)
    assert gather["say"]["text"] == "Dzień dobry."
    assert gather["recognizer"] == {
        "vendor": "default",
        "language": "pl-PL",
        "hints": ["reklamacja", "cennik"],
    }
    assert parsed("jambonz", MOVES["transfer"])[1]["target"] == [
        {"type": "phone", "number": BARTEK}
    ]
    assert parsed("jambonz", MOVES["sip"])[0]["target"] == [{"type": "sip", "sipUri": PBX}]
    message = parsed("jambonz", MOVES["voicemail"])[1]
    assert (message["verb"], message["timeout"], message["bargein"]) == ("gather", 180, False)
    recognizer = message["recognizer"]
    assert (recognizer["asrTimeout"], recognizer["asrDtmfTerminationDigit"]) == (5, "#")
    assert [verb["verb"] for verb in parsed("jambonz", MOVES["link"])] == [
        "say",
        "message",
        "hangup",
    ]


def test_jambonz_hears_callers_while_they_are_asked() -> None:
    """Every text is inside a gather, or keys are heard while it is said."""
    offers = (Spoken("Nikt nie odbiera.", "pl"), Spoken("Jeśli o ósmej, jeden.", "pl"))
    (gather,) = parsed("jambonz", replace(MOVES["ask"], say=offers))
    assert gather["verb"] == "gather" and gather["bargein"] is True
    assert gather["say"]["text"] == "Nikt nie odbiera. Jeśli o ósmej, jeden."
    listening, english, over, gather = parsed("jambonz", MOVES["ask"])
    assert listening["bargeIn"] == {
        "enable": True,
        "input": ["digits"],
        "numDigits": 1,
        "actionHook": NEXT,
    }
    assert english["text"] == "For English, press 8."
    assert over["bargeIn"] == {"enable": False} and gather["verb"] == "gather"


@pytest.mark.parametrize("kind", ["twilio", "telnyx", "plivo"])
@pytest.mark.parametrize(
    ("caller", "shown"),
    [(ANNA, None), ("+266696687", LINE), ("anonymous", LINE), (None, LINE), ("Restricted", LINE)],
)
def test_called_number_is_shown_for_a_caller_who_withholds_theirs(
    kind: str, caller: str | None, shown: str | None
) -> None:
    document = PLATFORMS[kind].answer(MOVES["transfer"], heard(caller=caller, called=LINE), ADDRESS)
    dial = ElementTree.fromstring(document.body).find("Dial")
    assert dial is not None and dial.get("callerId") == shown


def test_plivo_lets_callers_finish_speaking() -> None:
    asked = xml("plivo", MOVES["ask"])[0]
    assert (asked.get("executionTimeout"), asked.get("speechEndTimeout")) == ("20", "2")


def test_freeswitch_ends_a_message_with_the_hash_and_after_a_long_silence() -> None:
    record = xml("freeswitch", MOVES["voicemail"])[2][1]
    assert (record.get("terminators"), record.get("silence-hits")) == ("#", "5")
    assert tree(record[0]) == ["bind", {"strip": "#"}, "#", []]


def test_vonage_shows_the_called_number_at_the_second_dial_too() -> None:
    """The event of a dialled leg has that leg's numbers."""
    vonage = PLATFORMS["vonage"]
    connect = parsed("vonage", MOVES["transfer"])[1]
    query = dict(parse_qsl(urlsplit(connect["eventUrl"][0]).query))
    event = {
        "status": "timeout",
        "direction": "outbound",
        "from": LINE.lstrip("+"),
        "to": BARTEK.lstrip("+"),
    }
    asked = vonage.read(PhoneRequest(query, body=event))
    assert (asked.call_id, asked.caller, asked.called) == ("call-1", None, LINE)
    again = parsed("vonage", MOVES["transfer"], asked)[1]
    assert again["from"] == LINE.lstrip("+") == connect["from"]


@pytest.mark.parametrize("status", ["completed", "busy", "timeout"])
def test_vonage_leg_of_our_own_is_no_call_of_a_customer(status: str) -> None:
    event = {"uuid": "leg-2", "status": status, "direction": "outbound", "from": "48220000001"}
    assert PLATFORMS["vonage"].read(PhoneRequest(body=event)).news_only
    inbound = {**event, "direction": "inbound"}
    assert not PLATFORMS["vonage"].read(PhoneRequest(body=inbound)).news_only


def test_freeswitch_document_of_work() -> None:
    answer = xml("freeswitch", MOVES["ask"])
    assert (answer.tag, answer.attrib, [child.tag for child in answer]) == (
        "document",
        {"type": "xml/freeswitch-httapi"},
        ["params", "variables", "work"],
    )
    greeting, asked = answer[2]
    assert (greeting.tag, greeting.get("text"), greeting.get("voice")) == (
        "speak",
        "Dzień dobry.",
        "pl",
    )
    assert (asked.get("name"), asked.get("action"), asked.get("input-timeout")) == (
        "input",
        NEXT,
        "6000",
    )
    assert tree(asked[0]) == ["bind", {"strip": "#"}, "~[0-9*]{1,1}#?", []]
    ringing = xml("freeswitch", MOVES["transfer"])
    assert {child.tag: child.text for child in ringing[1]} == {
        "router_team": "sales",
        "router_category": "new_purchase",
        "call_timeout": "20",
    }
    assert tree(ringing[2][1]) == ["dial", {"action": NEXT}, BARTEK, []]
    assert xml("freeswitch", MOVES["sip"])[2][0].text == "sofia/external/bok@pbx.example.com:5060"
    assert xml("freeswitch", MOVES["voicemail"])[2][1].tag == "record"
    assert [child.tag for child in xml("freeswitch", MOVES["goodbye"])[2]] == ["speak", "hangup"]


FLAT = {
    "action": "transfer",
    "say": "Już łączymy.",
    "language": "pl",
    "team": "sales",
    "queue": "Sprzedaż & spółka",
    "number": BARTEK,
    "sip": None,
    "timeout_s": 20,
    "keys": 1,
    "step": "2",
    "category": "new_purchase",
    "confidence": 0.9124,
    "reference": None,
    "callback_at": None,
    "link": None,
    "send_to": None,
}


def test_generic_answer_is_flat_json() -> None:
    assert parsed("generic", MOVES["transfer"]) == FLAT
    assert parsed("generic", MOVES["callback"])["callback_at"] == "2026-11-19T11:00:00.000Z"


def test_plain_answer_is_percent_encoded() -> None:
    for document in (
        plain_answer(MOVES["transfer"]),
        PLATFORMS["asterisk"].answer(MOVES["transfer"], CALL, ADDRESS),
    ):
        assert document.content_type == "text/plain; charset=utf-8"
        line = document.body.decode("ascii")
        assert (
            "say=Ju%C5%BC%20%C5%82%C4%85czymy." in line
            and "queue=Sprzeda%C5%BC%20%26%20sp%C3%B3%C5%82ka" in line
        )
        expected = {name: "" if value is None else str(value) for name, value in FLAT.items()}
        assert dict(parse_qsl(line, keep_blank_values=True)) == expected


@pytest.mark.parametrize("name", MOVES)
def test_contact_centres_get_only_plain_values(name: str) -> None:
    connect = parsed("amazon_connect", MOVES[name])
    assert all(isinstance(value, str) for value in connect.values())
    genesys = parsed("genesys", MOVES[name])
    assert all(isinstance(value, str) for key, value in genesys.items() if key != "confidence")
    assert isinstance(genesys["confidence"], float)


def test_contact_centres_get_the_queue() -> None:
    assert parsed("amazon_connect", MOVES["transfer"])["queue_arn"] == "Sprzedaż & spółka"
    genesys = parsed("genesys", MOVES["transfer"])
    assert (genesys["queueName"], genesys["sayText"], genesys["team"], genesys["confidence"]) == (
        "Sprzedaż & spółka",
        "Już łączymy.",
        "sales",
        0.9124,
    )


def test_data_action_of_genesys_fits_requests_and_answers() -> None:
    action = data_action(ADDRESS, "X-Router-Token", "token")
    config, contract = action["config"], action["contract"]
    outputs = set(parsed("genesys", MOVES["transfer"]))
    assert (
        set(config["response"]["translationMap"])
        == set(config["response"]["translationMapDefaults"])
        == outputs
    )
    assert set(contract["output"]["successSchema"]["properties"]) == outputs
    template = config["request"]["requestTemplate"]
    inputs = list(contract["input"]["inputSchema"]["properties"])
    for name in inputs:
        template = template.replace(f"$esc.jsonString(${{input.{name}}})", f"value of {name}")
    assert json.loads(template) == {name: f"value of {name}" for name in inputs}
    success = config["response"]["successTemplate"]
    for name in outputs:
        success = success.replace(
            f"${{{name}}}", config["response"]["translationMapDefaults"][name]
        )
    assert json.loads(success) == {name: 0 if name == "confidence" else "" for name in outputs}
    assert config["request"]["headers"]["X-Router-Token"] == "${credentials.token}"


def test_kamailio_tries_targets_in_order_at_its_domain() -> None:
    answer = parsed("kamailio", MOVES["transfer"], SIP_CALL)
    assert (answer["version"], answer["routing"]) == ("1.0", "serial")
    assert [route["uri"] for route in answer["routes"]] == [
        f"sip:{BARTEK}@acme.example.com:5060;user=phone",
        f"sip:{BEATA}@acme.example.com:5060;user=phone",
    ]
    assert answer["routes"][0]["headers"] == {"extra": "X-Router-Team: sales\r\n"}
    assert (answer["routes"][0]["fr_timer"], answer["routes"][0]["fr_inv_timer"]) == (5000, 20000)
    assert parsed("kamailio", MOVES["sip"], SIP_CALL)["routes"][0]["uri"] == PBX
    assert parsed("kamailio", MOVES["transfer"], CALL)["routes"][0]["uri"] == f"tel:{BARTEK}"
    assert parsed("kamailio", MOVES["goodbye"], SIP_CALL)["routes"] == []


def test_step_url_keeps_the_query_of_the_address() -> None:
    document = PLATFORMS["twilio"].answer(MOVES["ask"], CALL, f"{ADDRESS}?key=a%26b")
    action = ElementTree.fromstring(document.body)[0].get("action") or ""
    assert dict(parse_qsl(urlsplit(action).query)) == {"key": "a&b", "step": "2"}


@pytest.mark.parametrize("kind", XML_KINDS)
@given(odd_texts)
def test_text_cannot_change_the_shape_of_xml(kind: str, evil: str) -> None:
    for name in MOVES:
        plain = MOVES[name]
        say = tuple(Spoken(evil, spoken.language) for spoken in plain.say)
        call = heard(called=evil, call_id=evil, speech=evil, caller=evil)
        fields = {
            "say": say,
            "hints": (evil,) if plain.hints else (),
            "link": evil if plain.link else None,
        }
        document = PLATFORMS[kind].answer(_with(plain, **fields), call, ADDRESS)
        answer = ElementTree.fromstring(document.body)
        assert skeleton(answer) == skeleton(xml(kind, plain))
        if plain.say and evil.isascii() and evil.isprintable():
            spoken = next(one for one in answer.iter() if one.tag in ("Say", "Speak", "speak"))
            assert evil in (spoken.text, spoken.get("text"))


@pytest.mark.parametrize("kind", [kind for kind in PLATFORMS if kind not in XML_KINDS])
@given(odd_texts)
def test_text_cannot_change_the_shape_of_json_or_plain_text(kind: str, evil: str) -> None:
    for name in MOVES:
        plain = MOVES[name]
        call = heard(called=evil, call_id="call-1", speech=evil, caller=evil)
        say = tuple(Spoken(evil, spoken.language) for spoken in plain.say)
        body = PLATFORMS[kind].answer(_with(plain, say=say), call, ADDRESS).body
        if kind == "asterisk":
            assert [pair.partition(b"=")[0] for pair in body.split(b"&")] == [
                name.encode() for name in FLAT
            ]
        else:
            assert type(json.loads(body)) is type(parsed(kind, plain))


def _with(move: Move, **changes: Any) -> Move:
    return Move(
        **{name: changes.get(name, getattr(move, name)) for name in Move.__dataclass_fields__}
    )


def skeleton(element: ElementTree.Element) -> list[Any]:
    return [element.tag, sorted(element.attrib), [skeleton(child) for child in element]]
