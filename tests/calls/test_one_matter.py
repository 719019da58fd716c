"""Calls about one matter are one inquiry, other matters are others, and no word is lost."""

from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import select

from inquiry_router.calls.situations import Line
from inquiry_router.calls.tables import calls
from inquiry_router.house import House
from inquiry_router.phone.model import Abilities
from tests.calls.conftest import Ring
from tests.calls.stories import DAWID, MONDAY, URL, heard, nobody_answers
from tests.calls.test_service import inquiries, unanswered
from tests.phone.people import ANNA, CELINA

pytestmark = pytest.mark.anyio
PUMP = "pompa cieknie i zalewa piwnicę"
LINE = Line("line-1", Abilities())


async def whole(phone: httpx.AsyncClient, reference: str) -> dict[str, Any]:
    return dict((await phone.get(f"/v1/inquiries/{reference}")).json())


async def texts(phone: httpx.AsyncClient, reference: str) -> list[str]:
    return [one["text"] for one in (await whole(phone, reference))["messages"]]


async def found_by(phone: httpx.AsyncClient, q: str) -> list[str]:
    listed = await phone.get("/v1/inquiries", params={"q": q})
    return [one["reference"] for one in listed.json()["items"]]


async def test_danger_in_a_second_call_raises_the_inquiry(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    washer = "pralka nie działa proszę o serwis"
    burns = "dymi się ta pralka i iskrzy zapaliła się wtyczka a ja mam małe dziecko w domu"
    first = await unanswered(ring, "call-1", speech=washer)
    second = await unanswered(ring, "call-2", speech=burns)
    assert second["reference"] == first["reference"] and second["action"] == "transfer"
    assert await texts(phone, first["reference"]) == [washer, burns]
    inquiry = await whole(phone, first["reference"])
    assert inquiry["decision"]["priority"] == "urgent"
    (said,) = [one for one in inquiry["timeline"] if one["kind"] == "message"]
    assert said["details"]["change"]["kind"] == "raised"
    assert await found_by(phone, "iskrzy") == [first["reference"]]


async def test_second_purchase_of_a_number_is_an_inquiry_of_its_own(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    tiles = "chciałbym kupić płytki do łazienki trzydzieści metrów ile kosztują"
    heat_pump = "chcę kupić nową pompę ciepła do domu 150 metrów proszę o ofertę"
    await ring(call_id="call-1")
    first = await ring(call_id="call-1", step="1", speech=tiles)
    await ring(call_id="call-1", step="2", dial_status="answered")
    await ring(call_id="call-2")
    second = await ring(call_id="call-2", step="1", speech=heat_pump)
    assert second["reference"] not in (None, first["reference"])
    await ring(call_id="call-2", step="2", dial_status="no-answer")
    offer = await ring(call_id="call-2", step="3", dial_status="no-answer")
    await ring(call_id="call-2", step=offer["step"], digits="1")
    (callback,) = (await phone.get("/v1/callbacks")).json()["items"]
    assert callback["reference"] == second["reference"]
    assert await texts(phone, second["reference"]) == [heat_pump]
    due = [(await whole(phone, one["reference"]))["decision"]["due_at"] for one in (first, second)]
    assert all(due) and due[1] > due[0]


async def test_two_people_of_a_switchboard_have_an_inquiry_each(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    pump = "dzień dobry nasza pompa w hali drugiej cieknie proszę o serwis"
    fridge = "lodówka w kantynie przestała chłodzić i nie działa proszę o naprawę"
    first = await unanswered(ring, "call-1", speech=pump)
    second = await unanswered(ring, "call-2", speech=fridge)
    assert second["reference"] != first["reference"]
    assert await texts(phone, second["reference"]) == [fridge]


async def test_words_at_the_offer_stand_in_the_inquiry(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    offer = await nobody_answers(ring)
    said = "proszę dzwonić na numer 602 333 444 do pani Anny po piętnastej"
    recording = await ring(step=offer["step"], speech=said)
    await ring(step=recording["step"], recording_url=URL, recording_seconds=15)
    inquiry = await whole(phone, offer["reference"])
    assert [one["text"] for one in inquiry["messages"]][1:] == [said]
    kinds = [one["kind"] for one in inquiry["timeline"]]
    assert kinds.count("message") == 1 and "voicemail" in kinds
    assert await found_by(phone, "pani Anny") == [offer["reference"]]


async def test_spoken_key_is_no_message(phone: httpx.AsyncClient, ring: Ring) -> None:
    offer = await nobody_answers(ring)
    promised = await ring(step=offer["step"], speech="jeden")
    assert promised["action"] == "callback"
    assert len(await texts(phone, offer["reference"])) == 1


async def test_vague_second_call_joins_and_its_words_are_kept(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    first = await unanswered(ring, "call-1", speech=PUMP)
    again = "dzwoniłem wczoraj i nikt nie oddzwonił"
    await ring(call_id="call-2")
    asked = await ring(call_id="call-2", step="1", speech=again)
    if asked["action"] == "ask":  # it says too little to know the team
        asked = await ring(call_id="call-2", step="2", digits="0")
    assert asked["reference"] == first["reference"]
    assert again in " ".join(await texts(phone, first["reference"]))


async def ask_about_second_pump(ring: Ring) -> tuple[str, dict[str, Any]]:
    first = await unanswered(ring, "call-1", speech=PUMP)
    await ring(call_id="call-2")
    asked = await ring(call_id="call-2", step="1", speech="druga pompa też cieknie")
    assert asked["action"] == "ask" and "pompa cieknie i zalewa piwnicę?" in asked["say"]
    assert asked["reference"] is None
    return first["reference"], asked


@pytest.mark.parametrize("yes", [{"digits": "1"}, {"speech": "tak o tę samą"}])
async def test_caller_who_is_asked_and_says_yes_continues_the_inquiry(
    phone: httpx.AsyncClient, ring: Ring, yes: dict[str, str]
) -> None:
    reference, asked = await ask_about_second_pump(ring)
    ringing = await ring(call_id="call-2", step=asked["step"], **yes)
    assert (ringing["action"], ringing["number"]) == ("transfer", CELINA)
    assert ringing["reference"] == reference
    assert "druga pompa też cieknie" in " ".join(await texts(phone, reference))
    assert len(await inquiries(phone)) == 1


@pytest.mark.parametrize("no", [{"digits": "2"}, {"speech": "nie to inna"}])
async def test_caller_who_says_no_has_an_inquiry_of_its_own(
    phone: httpx.AsyncClient, ring: Ring, no: dict[str, str]
) -> None:
    reference, asked = await ask_about_second_pump(ring)
    ringing = await ring(call_id="call-2", step=asked["step"], **no)
    assert ringing["action"] == "transfer" and ringing["reference"] not in (None, reference)
    assert (await whole(phone, ringing["reference"]))["links"] == []


@pytest.mark.parametrize("said", ["nie", "Nie, to inna sprawa", "nie dziękuję", "dwa"])
async def test_no_is_no_part_of_the_inquiry(
    phone: httpx.AsyncClient, ring: Ring, said: str
) -> None:
    _, asked = await ask_about_second_pump(ring)
    ringing = await ring(call_id="call-2", step=asked["step"], speech=said)
    assert await texts(phone, ringing["reference"]) == ["druga pompa też cieknie"]


@pytest.mark.parametrize("said", ["tak", "tak o tę samą", "jeden"])
async def test_yes_is_no_part_of_the_inquiry(
    phone: httpx.AsyncClient, ring: Ring, said: str
) -> None:
    reference, asked = await ask_about_second_pump(ring)
    await ring(call_id="call-2", step=asked["step"], speech=said)
    assert await texts(phone, reference) == [PUMP, "druga pompa też cieknie"]


async def test_words_beside_the_answer_stand_in_the_inquiry(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    _, asked = await ask_about_second_pump(ring)
    ringing = await ring(
        call_id="call-2", step=asked["step"], speech="nie, chodzi o pompę w garażu"
    )
    said = "\n".join(await texts(phone, ringing["reference"]))
    assert said == "druga pompa też cieknie\nchodzi o pompę w garażu"


async def test_answer_is_kept_with_the_call(house: House, ring: Ring) -> None:
    _, asked = await ask_about_second_pump(ring)
    await ring(call_id="call-2", step=asked["step"], speech="nie")
    stored = select(calls.c.state).where(calls.c.call_id == "call-2")
    state = await house.database.read(lambda connection: connection.execute(stored).scalar_one())
    assert state["answered"] == "nie" and state["is_other"]
    assert state["words"] == ["druga pompa też cieknie"]


@pytest.mark.parametrize("silent", [{}, {"ended": True}])
async def test_caller_who_does_not_answer_has_a_linked_inquiry(
    phone: httpx.AsyncClient, ring: Ring, silent: dict[str, Any]
) -> None:
    reference, asked = await ask_about_second_pump(ring)
    await ring(call_id="call-2", step=asked["step"], **silent)
    other = next(one for one in await inquiries(phone) if one["reference"] != reference)
    (link,) = (await whole(phone, other["reference"]))["links"]
    assert (link["kind"], link["reference"]) == ("perhaps", reference)


async def test_caller_in_danger_is_not_asked(phone: httpx.AsyncClient, ring: Ring) -> None:
    first = await unanswered(ring, "call-1", speech=PUMP)
    await ring(call_id="call-2")
    burning = "druga pompa iskrzy i zapaliła się wtyczka"
    ringing = await ring(call_id="call-2", step="1", speech=burning)
    assert ringing["action"] == "transfer"
    inquiry = await whole(phone, ringing["reference"])
    assert inquiry["decision"]["priority"] == "urgent"
    assert ringing["reference"] != first["reference"] and len(inquiry["links"]) == 1


async def test_key_on_a_telephone_of_several_customers_joins_nothing(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    for name, text in (("Anna Nowak", "Pompa cieknie."), ("Jan Lis", "Drzwi się nie zamykają.")):
        contact = {"name": name, "phone": ANNA}
        body = {"channel": "form", "text": text, "contact": contact}
        assert (await phone.post("/v1/inquiries", json=body)).status_code == 201
    assert len(await inquiries(phone)) == 2
    await unanswered(ring, "call-1", digits="1")
    assert len(await inquiries(phone)) == 3


async def test_words_of_a_call_that_was_stored_late_are_added(
    house: House, phone: httpx.AsyncClient
) -> None:
    """The first try made the inquiry, but the call itself could not be stored."""
    await house.calls.answer(LINE, heard(), MONDAY)
    ringing = await house.calls.answer(LINE, heard(step="1", speech=PUMP), MONDAY)
    service = house.calls
    call = service._memory.find("line-1", "call-1")
    assert call is not None and call.state is not None and ringing.reference is not None
    from dataclasses import replace

    more = "i proszę dzwonić po piętnastej"
    state = replace(call.state, words=(PUMP, more), told=0, step=call.state.step + 1)
    forgotten = replace(call, inquiry_id=None, state=state)
    for _ in range(2):
        await service._storage.store_spooled(forgotten, MONDAY + timedelta(minutes=1))
    assert await texts(phone, ringing.reference) == [PUMP, more]
    assert len(await inquiries(phone)) == 1


async def test_second_call_from_another_number_does_not_join_by_words(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    await unanswered(ring, "call-1", speech=PUMP)
    await ring(call_id="call-2", **{"from": DAWID})
    await ring(call_id="call-2", step="1", speech=PUMP, **{"from": DAWID})
    assert len(await inquiries(phone)) == 2


@pytest.mark.parametrize(
    ("words", "reopened"),
    [
        ({"speech": "ta pompa znowu cieknie i zalewa piwnicę"}, True),
        ({"speech": "lodówka nie chłodzi"}, False),
        ({"digits": "1"}, False),
    ],
)
async def test_call_about_the_same_thing_reopens_a_resolved_inquiry(
    phone: httpx.AsyncClient, ring: Ring, words: dict[str, str], reopened: bool
) -> None:
    first = await unanswered(ring, "call-1", speech=PUMP)
    address = f"/v1/inquiries/{first['reference']}/resolution"
    assert (await phone.post(address, json={"who": "Ania"})).status_code == 200
    again = await unanswered(ring, "call-2", **words)
    assert (again["reference"] == first["reference"]) is reopened
    status = (await whole(phone, first["reference"]))["status"]
    assert status == ("waiting_for_us" if reopened else "resolved")
