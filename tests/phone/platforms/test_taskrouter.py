"""TaskRouter: callers handed over in TwiML, and assignment callbacks."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import Enqueue, VoiceResponse

from inquiry_router.inquiry.model import Priority
from inquiry_router.phone.model import Action, DialStatus, Heard, Move, Spoken, Target
from inquiry_router.phone.platforms import PLATFORMS
from inquiry_router.phone.platforms.platform import read_request
from inquiry_router.phone.platforms.taskrouter import Reservation, instruct, read_reservation
from tests.phone.made_up import answered, odd_texts
from tests.phone.people import BARTEK, CELINA, LINE, TEAMS, WORKFLOW, heard, settings_of
from tests.phone.platforms.moves import ADDRESS, NEXT
from tests.phone.platforms.shapes import TWIML, assert_xml_shape
from tests.phone.platforms.test_payloads import ALL

SAMPLE = ALL["twilio-taskrouter-assignment"]
HANDED_OVER = Move(
    Action.TRANSFER,
    "pl",
    (Spoken("Już łączymy.", "pl"),),
    step="2",
    timeout_s=20,
    team="customer_service",
    targets=(Target(workflow=WORKFLOW), Target(number=CELINA)),
    category="defect",
    reference="K7MA-4XEY",
    priority=Priority.HIGH,
)
TASK = {
    "category": "defect",
    "team": "customer_service",
    "priority": "high",
    "reference": "K7MA-4XEY",
    "language": "pl",
    "call_sid": "call-1",
}


def test_handover_equals_that_of_twilios_library() -> None:
    expected = VoiceResponse()
    expected.say("Już łączymy.", language="pl-PL", voice="Polly.Ewa")
    queue = Enqueue(None, action=NEXT, method="POST", workflow_sid=WORKFLOW)
    queue.task(json.dumps(TASK, ensure_ascii=False), priority=20, timeout=120)
    expected.append(queue)
    written = PLATFORMS["twilio"].answer(HANDED_OVER, heard(), ADDRESS).body
    assert ElementTree.canonicalize(written) == ElementTree.canonicalize(str(expected))


def test_urgent_caller_has_a_higher_priority() -> None:
    def priority(given: Priority | None) -> int:
        written = (
            PLATFORMS["twilio"].answer(replace(HANDED_OVER, priority=given), heard(), ADDRESS).body
        )
        return int(ElementTree.fromstring(written)[1][0].attrib["priority"])

    assert [priority(one) for one in Priority] == [0, 10, 20, 30] and priority(None) == 10


@pytest.mark.slow
@given(answered(replace(PLATFORMS["twilio"].abilities, workflow=WORKFLOW)))
def test_answers_with_a_workflow_are_twiml(
    answers: list[tuple[Move, Heard]],
) -> None:
    for move, asked in answers:
        answer = ElementTree.fromstring(PLATFORMS["twilio"].answer(move, asked, ADDRESS).body)
        assert_xml_shape(answer, TWIML)
        for task in answer.iter("Task"):
            assert set(json.loads(task.text or "")) == set(TASK)


@given(odd_texts)
def test_text_cannot_leave_the_task(evil: str) -> None:
    written = (
        PLATFORMS["twilio"]
        .answer(replace(HANDED_OVER, category=evil), heard(call_id=evil), ADDRESS)
        .body
    )
    (_, queue) = ElementTree.fromstring(written)
    assert [one.tag for one in queue.iter()] == ["Enqueue", "Task"]
    if evil.isprintable():
        assert json.loads(queue[0].text or "")["category"] == evil


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("bridged", DialStatus.ANSWERED),
        ("redirected-from-bridged", DialStatus.ANSWERED),
        ("hangup", DialStatus.GONE),
        ("leave", DialStatus.FAILED),
        ("error", DialStatus.FAILED),
        ("system-error", DialStatus.FAILED),
        ("queue-full", DialStatus.FAILED),
        ("something new", DialStatus.FAILED),
    ],
)
def test_result_of_the_queue_is_read(word: str, status: DialStatus) -> None:
    body = urlencode({"CallSid": "CA1", "QueueResult": word, "QueueTime": "31"}).encode()
    call = PLATFORMS["twilio"].read(
        read_request("step=2", "application/x-www-form-urlencoded", body)
    )
    assert (call.dial_status, call.step) == (status, "2")


def reservation_of(**changes: Any) -> Reservation:
    """The reservation of the sample, with other fields in its form."""
    fields = {
        name: value for name, value in {**SAMPLE["form"], **changes}.items() if value is not None
    }
    return read_reservation(read_request("", SAMPLE["content_type"], urlencode(fields).encode()))


def test_sample_is_read() -> None:
    assert reservation_of() == Reservation(
        id=SAMPLE["expect"]["reservation"],
        call_id="CA00000000000000000000000000000001",
        category="defect",
        contact=CELINA,
    )


def told(reservation: Reservation, **settings: Any) -> tuple[dict[str, str], str | None]:
    made = instruct(reservation, TEAMS, settings_of(**settings), "WA01")
    assert (made.reason is None) is (made.body["instruction"] == "dequeue")
    return made.body, made.reason


def test_worker_is_dialled_from_the_called_number() -> None:
    body, _ = told(replace(reservation_of(), called=LINE))
    assert body == {"instruction": "dequeue", "from": LINE, "post_work_activity_sid": "WA01"}


def test_unknown_values_are_left_out() -> None:
    assert instruct(reservation_of(), TEAMS, settings_of(), None).body == {"instruction": "dequeue"}


def instruction(task: dict[str, Any], worker: dict[str, Any], **settings: Any) -> str:
    attributes = {
        "TaskAttributes": json.dumps({"call_sid": "CA1", **task}),
        "WorkerAttributes": json.dumps(worker),
    }
    return told(reservation_of(**attributes), **settings)[0]["instruction"]


SERVICE = {"team": "customer_service", "contact_uri": CELINA}
SALES = {"team": "sales", "contact_uri": BARTEK}
PURCHASE = {"team": "sales", "category": "new_purchase"}


def test_worker_gets_calls_of_their_team() -> None:
    assert instruction({"team": "customer_service", "category": "defect"}, SERVICE) == "dequeue"
    assert instruction({"team": "triage", "category": "new_purchase"}, SERVICE) == "dequeue"
    assert instruction(PURCHASE, SALES) == "dequeue"
    assert instruction(PURCHASE, SERVICE) == "dequeue"


@pytest.mark.parametrize("category", ["defect", "order_support", "catalog_request", "other", None])
@pytest.mark.parametrize("team", ["customer_service", "triage", "sales", "nobody", None])
@pytest.mark.parametrize(
    "worker",
    [
        SALES,
        {"team": "sales", "contact_uri": "client:bartek"},
        {"contact_uri": BARTEK},  # known by the number
        {"contact_uri": f"sip:{BARTEK}@pbx.example.com"},
        {"team": "Sales", "contact_uri": "+48220000077"},  # a team that is not known may be sales
        {"team": ["customer_service", "sales"], "contact_uri": "+48220000077"},
    ],
    ids=str,
)
def test_sales_is_not_dialled_for_service(
    category: str | None, team: str | None, worker: dict[str, Any]
) -> None:
    task = {name: value for name, value in {"category": category, "team": team}.items() if value}
    assert instruction(task, worker) == "reject"


def test_sales_is_not_dialled_for_uncertain_calls() -> None:
    for team in ("triage", "customer_service", "nobody"):
        assert instruction({"team": team, "category": "new_purchase"}, SALES) == "reject"
    assert instruction({"category": "new_purchase"}, SALES) == "reject"


@pytest.mark.parametrize(
    "spelling",
    [
        "sip:dorota@pbx.example.com",
        "SIP:Dorota@PBX.example.com:5060;transport=tls",
        "sips:dorota@pbx.example.com:5061",
    ],
)
def test_salesperson_is_known_by_any_spelling_of_their_address(spelling: str) -> None:
    own = [{"name": "Dorota", "number": "sip:dorota@pbx.example.com"}]
    assert (
        instruction({"category": "defect"}, {"contact_uri": spelling}, salespeople=own) == "reject"
    )
    assert (
        instruction(
            {"category": "defect"}, {"contact_uri": "sip:celina@pbx.example.com"}, salespeople=own
        )
        == "dequeue"
    )


def test_task_without_call_is_guarded_too() -> None:
    assert instruction({"category": "defect", "call_sid": None}, SALES) == "reject"
    assert instruction({"category": "defect", "call_sid": None}, SERVICE) == "accept"


def test_salesperson_with_own_customers_is_known_by_number() -> None:
    own = [{"name": "Dorota", "number": "+48220000055"}]
    worker = {"contact_uri": "+48 22 000 00 55"}
    assert instruction({"category": "defect"}, worker) == "dequeue"
    assert instruction({"category": "defect"}, worker, salespeople=own) == "reject"


@pytest.mark.parametrize(
    "contact", ["client:celina", "sip:celina@pbx.example.com", CELINA, "+48 22 000 00 02"]
)
def test_worker_is_dialled_by_number_sip_or_client(contact: str) -> None:
    assert (
        instruction({"category": "defect"}, {"team": "customer_service", "contact_uri": contact})
        == "dequeue"
    )


@pytest.mark.parametrize("contact", [None, "", "celina", 7, ["+48220000002"], {"number": CELINA}])
def test_worker_without_address_is_rejected(contact: object) -> None:
    assert (
        instruction({"category": "defect"}, {"team": "customer_service", "contact_uri": contact})
        == "reject"
    )


def test_task_without_call_is_accepted() -> None:
    body, reason = told(
        reservation_of(TaskAttributes=json.dumps({"channel": "chat", "category": "defect"}))
    )
    assert body == {"instruction": "accept"} and "no call" in str(reason)


def test_call_of_another_application_is_rejected() -> None:
    assert told(reservation_of(TaskAttributes=json.dumps({"call_sid": "CA1"})))[0] == {
        "instruction": "reject"
    }


anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from([*TEAMS.by_id, BARTEK]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=4,
)
attributes = st.one_of(
    st.text(max_size=20),
    st.dictionaries(
        st.sampled_from(["call_sid", "team", "category", "called", "to", "contact_uri"]),
        anything,
        max_size=6,
    ).map(json.dumps),
    st.just("[" * 5000),
)


forms = st.fixed_dictionaries(
    {},
    optional={
        "TaskAttributes": attributes,
        "WorkerAttributes": attributes,
        "ReservationSid": st.text(),
    },
)


@given(forms)
def test_any_request_gets_the_same_instruction_twice(
    form: dict[str, str],
) -> None:
    reservation = read_reservation(
        read_request("", SAMPLE["content_type"], urlencode(form, errors="replace").encode())
    )
    first = told(reservation)
    assert first[0]["instruction"] in ("dequeue", "accept", "reject")
    assert all(isinstance(value, str) for value in first[0].values())
    assert told(reservation) == first
