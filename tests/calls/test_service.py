"""Calls become inquiries once, repeated calls one inquiry, and callbacks are promised and kept."""

from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import update

from inquiry_router.calls.tables import callbacks
from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from tests.calls.conftest import Ring
from tests.phone.people import ANNA, BARTEK, CELINA

pytestmark = pytest.mark.anyio
BROKEN = "dzień dobry pompa którą u was kupiłem cieknie i nie pompuje wody"
BUY = "dzień dobry chciałbym kupić trzy nowe pompy proszę o wycenę"
# The number for escalated inquiries.
FREE = "+48220000099"


async def inquiries(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    return list((await client.get("/v1/inquiries")).json()["items"])


async def events(client: httpx.AsyncClient, reference: str) -> list[tuple[str, dict[str, Any]]]:
    whole = (await client.get(f"/v1/inquiries/{reference}")).json()
    return [(event["kind"], event["details"]) for event in whole["timeline"]]


async def test_defect_is_connected_to_customer_service_and_becomes_an_inquiry(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    asked = await ring()
    assert (asked["action"], asked["step"]) == ("ask", "1")
    assert await inquiries(phone) == []
    ringing = await ring(step="1", speech=BROKEN, speech_confidence=0.9)
    assert (ringing["action"], ringing["team"], ringing["number"]) == (
        "transfer",
        "customer_service",
        CELINA,
    )
    (inquiry,) = await inquiries(phone)
    assert inquiry["reference"] == ringing["reference"]
    whole = (await phone.get(f"/v1/inquiries/{ringing['reference']}")).json()
    assert (whole["channel"], whole["text"], whole["contact"]["phone"]) == ("phone", BROKEN, ANNA)
    assert (
        whole["classification"]["category"] == "defect"
        and whole["decision"]["team"] == "customer_service"
    )
    assert (await ring(step="2", dial_status="answered"))["action"] == "goodbye"
    assert [kind for kind, _ in await events(phone, ringing["reference"])] == [
        "routed",
        "called",
        "reached",
    ]


async def test_repeated_request_gets_the_same_answer_and_makes_no_second_inquiry(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    first = await ring()
    assert await ring() == first
    ringing = await ring(step="1", digits="3")
    assert ringing["number"] == BARTEK
    assert await ring(step="1", digits="3") == ringing
    assert await ring(step="1", digits="1") == ringing  # a step is answered once
    assert len(await inquiries(phone)) == 1


async def test_platform_without_steps_is_supported(phone: httpx.AsyncClient, ring: Ring) -> None:
    assert (await ring())["action"] == "ask"
    assert (await ring(digits="1"))["number"] == CELINA
    assert (await ring(dial_status="busy"))["sip"] is not None
    assert len(await inquiries(phone)) == 1


async def test_key_decides_the_category(phone: httpx.AsyncClient, ring: Ring) -> None:
    await ring()
    ringing = await ring(step="1", digits="2")
    whole = (await phone.get(f"/v1/inquiries/{ringing['reference']}")).json()
    assert whole["text"] == "Telefon: klient prosi o katalog lub cennik."
    assert (whole["classification"]["category"], whole["classification"]["method"]) == (
        "catalog_request",
        "caller",
    )
    assert whole["decision"]["team"] == "customer_service"


async def test_unclear_words_lead_to_a_person_and_not_to_sales(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    await ring()
    assert (await ring(step="1", speech="yyy no tak tak"))["action"] == "ask"
    person = await ring(step="2", speech="no właśnie mówię")
    assert (person["team"], person["number"]) == ("triage", CELINA)
    (inquiry,) = await inquiries(phone)
    assert inquiry["team"] == "triage"


async def test_caller_who_hangs_up_at_once_becomes_a_missed_call(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    await ring()
    await ring(ended=True)
    (inquiry,) = await inquiries(phone)
    whole = (await phone.get(f"/v1/inquiries/{inquiry['reference']}")).json()
    assert (
        whole["text"].startswith("Nieodebrane połączenie") and whole["decision"]["team"] == "triage"
    )


async def test_caller_who_hangs_up_without_a_number_leaves_nothing(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    await ring(**{"from": "anonymous"})
    await ring(**{"from": "anonymous"}, ended=True)
    assert await inquiries(phone) == []


async def test_callback_is_promised_when_nobody_answers_and_kept(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    await ring()
    await ring(step="1", speech=BUY)
    await ring(step="2", dial_status="busy")
    offer = await ring(step="3", dial_status="no-answer")
    assert offer["action"] == "ask" and "Jeśli mamy oddzwonić" in offer["say"]
    promised = await ring(step="4", digits="1")
    assert promised["action"] == "callback" and promised["say"].startswith("Numer sprawy to ")
    (callback,) = (await phone.get("/v1/callbacks")).json()["items"]
    assert (callback["number"], callback["team"], callback["reference"]) == (
        ANNA,
        "sales",
        promised["reference"],
    )
    assert callback["due_at"] == promised["callback_at"]
    address = f"/v1/callbacks/{callback['id']}"
    assert (await phone.post(f"{address}/owner", json={"who": "Bartek"})).json()[
        "owner"
    ] == "Bartek"
    tried = (
        await phone.post(f"{address}/attempts", json={"who": "Bartek", "reached": False})
    ).json()
    assert (tried["state"], tried["attempts"], tried["escalated"]) == ("pending", 1, False)
    done = (await phone.post(f"{address}/attempts", json={"who": "Bartek", "reached": True})).json()
    assert done["state"] == "done" and done["finished_at"] is not None
    again = await phone.post(f"{address}/attempts", json={"who": "Bartek", "reached": True})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert (await phone.get("/v1/callbacks")).json()["items"] == []
    told = [kind for kind, _ in await events(phone, promised["reference"])]
    assert told == ["routed", "called", "callback", "taken", "rung_back", "rung_back"]


async def test_voicemail_is_part_of_the_inquiry(phone: httpx.AsyncClient, ring: Ring) -> None:
    await ring()
    await ring(step="1", digits="1")
    await ring(step="2", dial_status="busy")
    await ring(step="3", dial_status="busy")
    recording = await ring(step="4")
    assert recording["action"] == "voicemail"
    await ring(step="5", recording_url="https://media.example.com/1", recording_seconds=17)
    (inquiry,) = await inquiries(phone)
    assert ("voicemail", {"url": "https://media.example.com/1", "seconds": 17}) in await events(
        phone, inquiry["reference"]
    )


async def unanswered(ring: Ring, call_id: str, **what: Any) -> dict[str, Any]:
    await ring(call_id=call_id)
    ringing = await ring(call_id=call_id, step="1", **what)
    await ring(call_id=call_id, step="2", ended=True)
    return ringing


async def let_escalate_to(phone: httpx.AsyncClient, number: str) -> None:
    settings = (await phone.get("/v1/phone/settings")).json()
    changed = await phone.put(
        "/v1/phone/settings", json={**settings, "escalation": [number]}, headers={"If-Match": '"2"'}
    )
    assert changed.status_code == 200, changed.text


async def test_repeated_calls_are_one_inquiry_and_escalate(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    await let_escalate_to(phone, FREE)
    first = await unanswered(ring, "call-1", speech=BROKEN)
    for number in (2, 3):
        again = await unanswered(ring, f"call-{number}", digits="0")
        assert again["reference"] == first["reference"] and again["number"] == CELINA
    fourth = await unanswered(ring, "call-4", digits="1")
    assert (fourth["reference"], fourth["number"]) == (first["reference"], FREE)
    assert len(await inquiries(phone)) == 1
    called = [
        details for kind, details in await events(phone, first["reference"]) if kind == "called"
    ]
    assert [details["attempt"] for details in called] == [1, 2, 3, 4]
    assert [details["escalated"] for details in called] == [False, False, False, True]


async def test_another_request_of_the_same_caller_is_another_inquiry(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    first = await unanswered(ring, "call-1", speech=BROKEN)
    second = await unanswered(ring, "call-2", speech=BUY)
    assert second["reference"] != first["reference"] and second["number"] == BARTEK


async def test_caller_stays_the_same_if_the_platform_reports_another_number(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    other = {"from": "+48602222222"}
    await ring()
    await ring(step="1", digits="3", **other)
    await ring(step="2", dial_status="busy", **other)
    await ring(step="3", dial_status="busy", **other)
    assert (await ring(step="4", digits="1", **other))["action"] == "callback"
    (callback,) = (await phone.get("/v1/callbacks")).json()["items"]
    assert callback["number"] == ANNA


async def test_call_about_a_resolved_inquiry_is_a_new_inquiry(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    first = await unanswered(ring, "call-1", speech=BROKEN)
    resolved = await phone.post(
        f"/v1/inquiries/{first['reference']}/resolution", json={"who": "Celina"}
    )
    assert resolved.status_code == 200, resolved.text
    assert (await unanswered(ring, "call-2", digits="1"))["reference"] != first["reference"]


async def test_known_caller_comes_back_to_their_inquiry_with_a_key(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    first = await unanswered(ring, "call-1", speech=BROKEN)
    greeted = await ring(call_id="call-2")
    assert "proszę nacisnąć 4" in greeted["say"]
    resumed = await ring(call_id="call-2", step="1", digits="4")
    assert (resumed["reference"], resumed["team"]) == (first["reference"], "customer_service")


async def test_dictated_reference_is_found_from_any_number(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    first = await unanswered(ring, "call-1", speech=BROKEN)
    await ring(call_id="call-2", **{"from": "+48602222222"})
    spoken = " ".join(first["reference"].replace("-", ""))
    found = await ring(
        call_id="call-2", step="1", speech=f"chodzi o numer {spoken}", **{"from": "+48602222222"}
    )
    assert (found["action"], found["reference"]) == ("transfer", first["reference"])


async def test_team_is_reminded_of_an_overdue_callback_once(
    house: House, phone: httpx.AsyncClient, ring: Ring
) -> None:
    await ring()
    for step, what in enumerate(
        ({"digits": "1"}, {"dial_status": "busy"}, {"dial_status": "busy"}, {"digits": "1"}),
        start=1,
    ):
        promised = await ring(step=str(step), **what)
    assert promised["action"] == "callback"
    assert await house.reminder.remind() == 0
    a_minute_ago = update(callbacks).values(remind_at=utc_now() - timedelta(minutes=1))
    await house.database.write(lambda connection: connection.execute(a_minute_ago))
    assert await house.reminder.remind() == 1
    assert await house.reminder.remind() == 0
    (reminded,) = [
        details
        for kind, details in await events(phone, promised["reference"])
        if kind == "reminded"
    ]
    assert (reminded["number"], reminded["reminders"]) == (ANNA, 1)
