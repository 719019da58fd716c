"""Lines of phone platforms: authenticated, read, and answered in the format of the platform."""

import hashlib
import hmac
import json
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from inquiry_router.phone.platforms import PLATFORMS
from tests.calls.outages import Unreliable, calls_on
from tests.conftest import client_of
from tests.phone.people import ANNA, BARTEK, CELINA, WORKFLOW

pytestmark = pytest.mark.anyio
SECRET = "0123456789abcdef0123456789abcdef"
PATH = "/v1/phone/lines/line-1"
CALL = {"CallSid": "CA1", "From": ANNA, "To": "+48220000001", "CallStatus": "ringing"}
FORM = "application/x-www-form-urlencoded"
SAMPLE = json.loads(
    Path("tests/phone/payloads/twilio-taskrouter-assignment.json").read_text("utf-8")
)["form"]


async def add(phone: httpx.AsyncClient, provider: str, secret: str | None = None) -> dict[str, Any]:
    entry = {
        "id": "line-1",
        "name": "The line",
        "kind": provider,
        **({"secret": secret} if secret else {}),
    }
    made = await phone.post("/v1/sources", json=entry)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def send(house: House, url: str, body: bytes, **headers: str) -> httpx.Response:
    async with client_of(house, None) as platform:
        return await platform.post(
            url.removeprefix("http://router.test"), content=body, headers=headers
        )


async def twilio(
    house: House,
    fields: dict[str, str],
    url: str = f"http://router.test{PATH}",
    secret: str = SECRET,
) -> httpx.Response:
    message = url + "".join(name + fields[name] for name in sorted(fields))
    signature = b64encode(
        hmac.new(secret.encode(), message.encode(), hashlib.sha1).digest()
    ).decode()
    headers = {"x-twilio-signature": signature, "content-type": FORM}
    return await send(house, url, urlencode(fields).encode(), **headers)


async def test_twilio_call_reaches_customer_service(house: House, phone: httpx.AsyncClient) -> None:
    made = await add(phone, "twilio", SECRET)
    assert made["url"].endswith(PATH) and made["token"] is None
    asked = await twilio(house, CALL)
    assert (asked.status_code, asked.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    back = ElementTree.fromstring(asked.text)[0].get("action") or ""
    assert dict(parse_qsl(urlsplit(back).query)) == {"step": "1"}
    ringing = ElementTree.fromstring((await twilio(house, {**CALL, "Digits": "1"}, back)).text)
    assert ringing.findtext("Dial/Number") == CELINA
    (inquiry,) = (await phone.get("/v1/inquiries")).json()["items"]
    whole = (await phone.get(f"/v1/inquiries/{inquiry['reference']}")).json()
    assert whole["source"] == {"system": "line-1", "id": "CA1", "url": None}


async def test_forged_and_unsigned_calls_are_refused_and_not_stored(
    house: House, phone: httpx.AsyncClient
) -> None:
    await add(phone, "twilio", SECRET)
    forged = [
        await twilio(house, {**CALL, "Digits": "1"}, secret="another"),
        await send(
            house, PATH, urlencode({**CALL, "Digits": "1"}).encode(), **{"content-type": FORM}
        ),
        await send(house, f"{PATH}?token=guess", b""),
    ]
    for refused in forged:
        assert (refused.status_code, refused.json()["code"]) == (403, "call_not_proven")
    assert (await phone.get("/v1/inquiries")).json()["items"] == []


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind, door in PLATFORMS.items()
        if kind not in ("twilio", "telnyx", "plivo", "vonage", "jambonz")
    ],
)
async def test_any_request_with_the_token_is_answered(
    house: House, phone: httpx.AsyncClient, kind: str
) -> None:
    made = await add(phone, kind)
    for body, content_type in (
        (b"", ""),
        (b"{", "application/json"),
        (b'{"call_id": null, "digits": [], "from": {}}', "application/json"),
        (b"\xff\xfe", FORM),
        (b"[" * 2000, "application/json"),
        (b"x" * 300_000, "application/json"),
    ):
        answered = await send(house, made["url"], body, **{"content-type": content_type})
        assert answered.status_code == 200, (body[:20], answered.text)
        assert answered.content


async def test_action_url_has_the_token_where_there_is_no_signature(
    house: House, phone: httpx.AsyncClient
) -> None:
    made = await add(phone, "freeswitch")
    answered = await send(
        house, made["url"], urlencode({"session_id": "1"}).encode(), **{"content-type": FORM}
    )
    action = next(
        one.get("action")
        for one in ElementTree.fromstring(answered.text).iter("speak")
        if one.get("action")
    )
    assert action.startswith(made["url"]) and action.endswith("&step=1")


async def test_trailing_slash_and_status_reports_are_accepted(
    house: House, phone: httpx.AsyncClient
) -> None:
    made = await add(phone, "generic")
    url, _, token = made["url"].partition("?")
    assert (
        await send(house, f"{url}/?{token}", b"{}", **{"content-type": "application/json"})
    ).json()["action"] == "ask"


def jwt(body: bytes) -> str:
    import time

    parts = [
        {"alg": "HS256"},
        {"iat": int(time.time()), "payload_hash": hashlib.sha256(body).hexdigest()},
    ]
    written = ".".join(
        b64encode(json.dumps(part).encode(), b"-_").decode().rstrip("=") for part in parts
    )
    seal = hmac.new(SECRET.encode(), written.encode(), hashlib.sha256).digest()
    return f"Bearer {written}.{b64encode(seal, b'-_').decode().rstrip('=')}"


async def test_status_reports_of_vonage_change_nothing(
    house: House, phone: httpx.AsyncClient
) -> None:
    await add(phone, "vonage", SECRET)
    for status, code in (("ringing", 204), ("answered", 204), ("busy", 200)):
        body = json.dumps({"uuid": "b", "status": status}).encode()
        url = f"{PATH}?step=2&call=a"
        answered = await send(
            house, url, body, authorization=jwt(body), **{"content-type": "application/json"}
        )
        assert answered.status_code == code


ACTIVITY = "WA0123456789abcdef0123456789abcdef"
ASSIGNMENT = f"http://router.test{PATH}/assignment"


async def add_with_workflow(phone: httpx.AsyncClient) -> None:
    settings = {"workflow_sid": WORKFLOW, "post_work_activity_sid": ACTIVITY}
    entry = {
        "id": "line-1",
        "name": "The line",
        "kind": "twilio",
        "secret": SECRET,
        "settings": settings,
    }
    made = await phone.post("/v1/sources", json=entry)
    assert made.status_code == 201, made.text


def reserved(task: dict[str, str], worker: dict[str, str]) -> dict[str, str]:
    """Make the sample's form for another task and worker."""
    return {**SAMPLE, "TaskAttributes": json.dumps(task), "WorkerAttributes": json.dumps(worker)}


async def test_caller_is_queued_in_taskrouter_and_its_worker_is_dialled(
    house: House, phone: httpx.AsyncClient
) -> None:
    await add_with_workflow(phone)
    asked = ElementTree.fromstring((await twilio(house, CALL)).text)
    answer = await twilio(house, {**CALL, "Digits": "1"}, asked[0].get("action") or "")
    queue = ElementTree.fromstring(answer.text).find("Enqueue")
    assert queue is not None and queue.get("workflowSid") == WORKFLOW
    task = json.loads(queue.findtext("Task") or "")
    (inquiry,) = (await phone.get("/v1/inquiries")).json()["items"]
    assert task == {
        "category": "defect",
        "team": "customer_service",
        "priority": inquiry["priority"],
        "reference": inquiry["reference"],
        "language": "pl",
        "call_sid": "CA1",
    }
    worker = {"team": "customer_service", "contact_uri": CELINA}
    for _ in range(2):
        told = await twilio(house, reserved(task, worker), ASSIGNMENT)
        assert (told.status_code, told.headers["content-type"]) == (200, "application/json")
        assert told.json() == {
            "instruction": "dequeue",
            "from": CALL["To"],
            "post_work_activity_sid": ACTIVITY,
        }
    salesman = {"team": "sales", "contact_uri": BARTEK}
    assert (await twilio(house, reserved(task, salesman), f"{ASSIGNMENT}/")).json() == {
        "instruction": "reject"
    }
    assert len((await phone.get("/v1/inquiries")).json()["items"]) == 1
    back = await twilio(house, {**CALL, "QueueResult": "queue-full"}, queue.get("action") or "")
    assert ElementTree.fromstring(back.text).findtext("Dial/Number") == CELINA


async def test_assignment_is_answered_from_the_stored_call(
    house: House, phone: httpx.AsyncClient, tmp_path: Path
) -> None:
    await add_with_workflow(phone)
    assert (await twilio(house, SAMPLE, ASSIGNMENT)).json() == {
        "instruction": "dequeue",
        "post_work_activity_sid": ACTIVITY,
    }
    await twilio(
        house, {**CALL, "CallSid": json.loads(SAMPLE["TaskAttributes"])["call_sid"], "Digits": "1"}
    )
    expected = {
        "instruction": "dequeue",
        "from": "+48220000001",
        "post_work_activity_sid": ACTIVITY,
    }
    assert (await twilio(house, SAMPLE, ASSIGNMENT)).json() == expected
    # Another process has the call in its database only.
    database = Unreliable(house)
    house.calls = calls_on(house, database, tmp_path)
    assert (await twilio(house, SAMPLE, ASSIGNMENT)).json() == expected
    # Without a database the caller is connected all the same.
    database.error = OSError("disk")
    assert (await twilio(house, SAMPLE, ASSIGNMENT)).json()["instruction"] == "dequeue"


async def test_forged_assignments_are_refused(house: House, phone: httpx.AsyncClient) -> None:
    await add_with_workflow(phone)
    form = reserved(
        {"call_sid": "CA1", "team": "customer_service", "category": "defect"},
        {"contact_uri": CELINA},
    )
    forged = [
        await twilio(house, form, ASSIGNMENT, secret="another"),
        await send(house, f"{PATH}/assignment", urlencode(form).encode(), **{"content-type": FORM}),
        await send(house, f"{PATH}/assignment", b""),
    ]
    for refused in forged:
        assert (refused.status_code, refused.json()["code"]) == (403, "call_not_proven")
    assert (await phone.get("/v1/inquiries")).json()["items"] == []


async def test_only_twilio_lines_have_assignments(house: House, phone: httpx.AsyncClient) -> None:
    made = await add(phone, "generic")
    assert (await send(house, made["url"].replace("?", "/assignment?"), b"{}")).status_code == 404
    assert (await send(house, "/v1/phone/lines/nobody/assignment", b"")).status_code == 404


async def test_invalid_workflow_is_refused_with_an_explanation(phone: httpx.AsyncClient) -> None:
    entry = {"name": "The line", "kind": "twilio", "settings": {"workflow_sid": "my workflow"}}
    refused = await phone.post("/v1/sources", json=entry)
    assert refused.status_code == 422 and "settings.workflow_sid" in refused.text
    elsewhere = {"name": "The line", "kind": "telnyx", "settings": {"workflow_sid": WORKFLOW}}
    assert (await phone.post("/v1/sources", json=elsewhere)).status_code == 422


async def test_unknown_line_is_not_found(house: House, phone: httpx.AsyncClient) -> None:
    await phone.post("/v1/sources", json={"id": "line-1", "name": "x", "kind": "generic"})
    assert (await send(house, "/v1/phone/lines/nobody", b"")).status_code == 404
    assert (await send(house, "/v1/hooks/line-1", b"")).status_code == 404


async def test_decide_needs_a_key_and_can_answer_in_plain_text(
    house: House, phone: httpx.AsyncClient
) -> None:
    async with client_of(house, None) as nobody:
        assert (await nobody.post("/v1/phone/decide", json={"call_id": "1"})).status_code == 401
    for address, headers in (
        ("/v1/phone/decide?format=plain", {}),
        ("/v1/phone/decide", {"Accept": "text/plain"}),
    ):
        answered = await phone.post(address, json={"call_id": "7", "digits": "1"}, headers=headers)
        assert answered.headers["content-type"] == "text/plain; charset=utf-8"
        assert dict(parse_qsl(answered.text))["number"] == CELINA


async def test_settings_are_versioned_and_refuse_numbers_of_sales(phone: httpx.AsyncClient) -> None:
    present = await phone.get("/v1/phone/settings")
    assert present.headers["etag"] == '"2"' and present.json()["fallback"] == CELINA
    assert (await phone.put("/v1/phone/settings", json={})).status_code == 428
    assert (
        await phone.put("/v1/phone/settings", json={}, headers={"If-Match": '"7"'})
    ).status_code == 412
    wrong = {"desks": {"sales": {"numbers": [CELINA]}}, "fallback": CELINA}
    refused = await phone.put("/v1/phone/settings", json=wrong, headers={"If-Match": '"2"'})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert "is a number of sales" in refused.json()["detail"]


async def test_only_genesys_sources_have_a_data_action(phone: httpx.AsyncClient) -> None:
    await add(phone, "genesys")
    action = (await phone.get("/v1/phone/lines/line-1/data-action")).json()
    assert action["config"]["request"]["requestUrlTemplate"].endswith(PATH)
    assert (await phone.get("/v1/phone/lines/nobody/data-action")).status_code == 404
