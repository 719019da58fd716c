"""The JSON Schemas of jambonz against our answers, sample payloads and table of shapes."""

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from referencing import Registry
from scripts.install_real import SCHEMAS, SCHEMAS_PACKAGE
from tests.phone.made_up import answered
from tests.phone.platforms.moves import ADDRESS, CALL, MOVES, in_language
from tests.phone.platforms.shapes import VERBS

from inquiry_router.phone.model import DialStatus, Heard, Move
from inquiry_router.phone.platforms import PLATFORMS
from inquiry_router.phone.platforms.platform import PhoneRequest
from tests_real.running import ROOT

pytestmark = pytest.mark.skipif(
    not SCHEMAS.exists(),
    reason=f"{SCHEMAS_PACKAGE} is missing: install npm (Debian: apt-get install npm), "
    "then run `make test-real`",
)
JAMBONZ = PLATFORMS["jambonz"]
BASE = "https://jambonz.org/schema/"
PAYLOADS = {
    path.stem.removeprefix("jambonz-"): json.loads(path.read_text("utf-8"))
    for path in sorted((ROOT / "tests/phone/payloads").glob("jambonz-*.json"))
}
# The schema of a sample, if it has another name.
CALLBACKS = {"gather-speech": "gather"}


def closed(schema: Any) -> Any:
    """Return the schema with unknown names forbidden, unless it allows them explicitly."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {name: closed(value) for name, value in schema.items()}
    return (
        {"additionalProperties": False, **inside}
        if isinstance(schema.get("properties"), dict)
        else inside
    )


@cache
def schemas() -> dict[str, Any]:
    """Return every schema by its address, with unknown names of verbs forbidden."""
    found = {}
    for path in SCHEMAS.rglob("*.schema.json"):
        schema = json.loads(path.read_text("utf-8"))
        found[schema["$id"]] = schema if path.parent.name == "callbacks" else closed(schema)
    # Its description says that it takes the same as the verb, but the schema lets anything pass.
    found[f"{BASE}verbs/gather"]["properties"]["say"] = {"$ref": "say"}
    # The schema names fewer settings of barge-in than jambonz takes (lib/tasks/config.js).
    gather = found[f"{BASE}verbs/gather"]["properties"]
    barge_in = found[f"{BASE}verbs/config"]["properties"]["bargeIn"]["properties"]
    barge_in |= {name: gather[name] for name in ("numDigits", "maxDigits", "finishOnKey")}
    return found


@cache
def validator(name: str) -> Draft202012Validator:
    registry: Registry[Any] = Registry().with_contents(schemas().items())
    return Draft202012Validator(schemas()[BASE + name], registry=registry)


def problems(name: str, value: Any) -> list[str]:
    return [
        f"{error.json_path}: {error.message[:300]}" for error in validator(name).iter_errors(value)
    ]


def verbs_of(move: Move, call: Heard = CALL) -> Any:
    return json.loads(JAMBONZ.answer(move, call, ADDRESS).body)


@pytest.mark.parametrize("language", ["pl", "en", "de"])
@pytest.mark.parametrize("name", MOVES)
def test_every_move_is_a_valid_application(name: str, language: str) -> None:
    assert problems("jambonz-app", verbs_of(in_language(MOVES[name], language))) == []


@settings(deadline=None)
@given(answered(JAMBONZ.abilities))
def test_every_answer_in_a_call_is_a_valid_application(
    answers: list[tuple[Move, Heard]],
) -> None:
    for move, asked in answers:
        assert problems("jambonz-app", verbs_of(move, asked)) == []


@pytest.mark.parametrize(
    "broken",
    [
        [],
        [{"verb": "shout"}],
        [{"verb": "say", "text": 3}],
        [{"verb": "say", "txt": "Dzień dobry."}],
        [{"verb": "say", "text": "a", "synthesizer": {"language": "pl-PL"}}],
        [{"verb": "gather", "input": ["voice"]}],
        [{"verb": "gather", "say": {"text": "a", "tekst": "b"}}],
        [{"verb": "dial", "target": []}],
        [{"verb": "dial", "target": [{"number": "+48220000002"}]}],
        [{"verb": "dial", "target": [{"type": "sip", "uri": "sip:bok@pbx.example.com"}]}],
        [{"verb": "message", "to": "+48601234567", "text": "a"}],
    ],
    ids=json.dumps,
)
def test_invalid_verbs_are_found(broken: list[dict[str, Any]]) -> None:
    assert problems("jambonz-app", broken) != []


@pytest.mark.parametrize("name", PAYLOADS)
def test_sample_follows_the_schema(name: str) -> None:
    assert problems(f"callbacks/{CALLBACKS.get(name, name)}", PAYLOADS[name]["body"]) == []


@pytest.mark.parametrize("verb", VERBS)
def test_own_table_matches_the_verb(
    verb: str,
) -> None:
    schema = schemas()[f"{BASE}verbs/{verb}"]
    needed, known = VERBS[verb]
    assert set(known) <= set(schema["properties"])
    assert set(schema.get("required", ())) <= needed <= set(known)


def test_every_end_of_a_call_is_parsed() -> None:
    ends = {
        "completed": DialStatus.COMPLETED,
        "busy": DialStatus.BUSY,
        "no-answer": DialStatus.NO_ANSWER,
    }
    ends["failed"] = DialStatus.FAILED
    dialled = schemas()[f"{BASE}callbacks/dial"]["properties"]["dial_call_status"]["enum"]
    status = schemas()[f"{BASE}callbacks/base"]["properties"]["call_status"]["enum"]
    assert set(ends) <= set(dialled) and set(ends) <= set(status)
    for word in dialled:
        if word in ends:
            body = {"call_sid": "1", "call_status": "in-progress", "dial_call_status": word}
            assert problems("callbacks/dial", body) == []
            assert JAMBONZ.read(PhoneRequest(body=body)).dial_status is ends[word]
    for word in status:
        body = {"call_sid": "1", "call_status": word}
        assert problems("callbacks/call-status", body) == []
        assert JAMBONZ.read(PhoneRequest(body=body)).ended is (word in ends)
