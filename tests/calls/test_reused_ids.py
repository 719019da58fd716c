"""A telephone system gives the id of an ended call to another call later: that is a new call."""

from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import delete

from inquiry_router.calls.model import Call
from inquiry_router.calls.service import CallService
from inquiry_router.calls.situations import Line
from inquiry_router.calls.tables import calls
from inquiry_router.house import House
from inquiry_router.phone.model import Abilities, Action, CallState, DialStatus, Heard, Move, Stage
from tests.calls.conftest import Ring
from tests.calls.test_service import BROKEN, BUY, events, inquiries
from tests.phone.people import ANNA, LINE, NOW

pytestmark = pytest.mark.anyio
DAWID = "+48602222222"
SOON, LATER = timedelta(seconds=20), timedelta(hours=5)


def heard(**more: Any) -> Heard:
    return Heard(**{"call_id": "pbx-18", "caller": ANNA, "called": LINE, **more})


def call_at(stage: Stage, *requests: Heard) -> Call:
    call = Call("line-1", "pbx-18", ANNA, LINE, NOW)
    for request in requests:
        state = CallState("pl", stage, 1)
        call = call.with_answer(request, state, Move(Action.GOODBYE, "pl"), NOW)
    return call


ENDED = call_at(Stage.ENDED, heard(), heard(dial_status=DialStatus.ANSWERED))
RINGING = call_at(Stage.RINGING, heard(), heard(digits="1"))


@pytest.mark.parametrize("after", [SOON, LATER])
@pytest.mark.parametrize("caller", [ANNA, DAWID, None])
@pytest.mark.parametrize("more", [{}, {"digits": "1"}, {"speech": BROKEN}])
def test_first_request_after_the_end_begins_a_new_call(
    after: timedelta, caller: str | None, more: dict[str, Any]
) -> None:
    assert ENDED.begins_anew(heard(**more), caller, NOW + after)


@pytest.mark.parametrize(
    "more",
    [
        {"dial_status": DialStatus.ANSWERED},
        {"ended": True},
        {"recording_url": "https://media.example.com/1"},
        {"step": "2"},
        {"step": "2", "digits": "1"},
    ],
)
def test_late_report_belongs_to_the_ended_call(more: dict[str, Any]) -> None:
    assert not ENDED.begins_anew(heard(**more), ANNA, NOW + SOON)
    assert not ENDED.begins_anew(heard(**more), DAWID, NOW + SOON)


def test_end_of_a_call_hours_after_the_end_is_another_call() -> None:
    assert ENDED.begins_anew(heard(ended=True), DAWID, NOW + LATER)


def test_repeated_last_request_of_an_ended_call_begins_nothing() -> None:
    promised = call_at(Stage.ENDED, heard(), heard(digits="2"))
    assert not promised.begins_anew(heard(digits="2"), ANNA, NOW + SOON)
    assert promised.begins_anew(heard(digits="2"), DAWID, NOW + SOON)
    assert promised.begins_anew(heard(digits="2"), ANNA, NOW + LATER)


def test_call_under_way_goes_on_without_steps() -> None:
    assert not RINGING.begins_anew(heard(digits="1"), ANNA, NOW + SOON)
    assert not RINGING.begins_anew(heard(), ANNA, NOW + SOON)
    # Some platforms report the number that is being dialled.
    assert not RINGING.begins_anew(heard(digits="1"), DAWID, NOW + SOON)
    assert not RINGING.begins_anew(heard(dial_status=DialStatus.BUSY), DAWID, NOW + LATER)


def test_call_that_never_ended_does_not_catch_another_caller() -> None:
    assert RINGING.begins_anew(heard(), DAWID, NOW + SOON)
    assert RINGING.begins_anew(heard(digits="1"), ANNA, NOW + LATER)


async def test_other_caller_with_a_used_id_is_greeted_and_hears_no_foreign_reference(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    await ring()
    first = await ring(step="1", digits="1")
    assert (await ring(step="2", dial_status="answered"))["action"] == "goodbye"
    stranger = {"from": DAWID}
    greeted = await ring(**stranger)
    assert (greeted["action"], greeted["step"], greeted["reference"]) == ("ask", "1", None)
    assert greeted["say"].startswith("Dzień dobry") and "nacisnąć 4" not in greeted["say"]
    second = await ring(step="1", speech=BUY, **stranger)
    assert second["action"] == "transfer" and second["team"] == "sales"
    assert second["reference"] not in (None, first["reference"])
    assert await ring(step="1", speech=BUY, **stranger) == second
    mine = {one["reference"]: one for one in await inquiries(phone)}
    assert len(mine) == 2
    whole = (await phone.get(f"/v1/inquiries/{second['reference']}")).json()
    assert (whole["contact"]["phone"], whole["text"]) == (DAWID, BUY)
    assert [kind for kind, _ in await events(phone, first["reference"])].count("called") == 1


async def test_same_caller_with_the_same_id_again_makes_one_more_call(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    for _ in range(3):
        assert (await ring())["action"] == "ask"
        ringing = await ring(step="1", digits="1")
        await ring(step="2", dial_status="busy")
        await ring(step="3", ended=True)
    (inquiry,) = await inquiries(phone)
    told = await events(phone, inquiry["reference"])
    assert inquiry["reference"] == ringing["reference"]
    assert [details["attempt"] for kind, details in told if kind == "called"] == [1, 2, 3]


async def test_id_comes_again_after_its_call_was_forgotten(house: House, phone: Any) -> None:
    """The inquiry of the first call keeps its key for good, its call is kept for a month."""
    line = Line("line-1", Abilities())
    service = CallService(
        house.database, house.configuration, house.journey, house.calls._spool, lambda: None
    )
    first = await service.answer(line, heard(digits="1"), NOW)
    fresh = CallService(
        house.database, house.configuration, house.journey, house.calls._spool, lambda: None
    )
    later = NOW + timedelta(days=40)
    await house.database.write(lambda connection: connection.execute(delete(calls)))
    second = await fresh.answer(line, heard(caller=DAWID, digits="1"), later)
    assert second.reference is not None and second.reference != first.reference


async def test_used_id_is_noticed_while_the_database_is_away(house: House, phone: Any) -> None:
    line = Line("line-1", Abilities())
    await house.calls.answer(line, heard(digits="1"), NOW)
    await house.calls.answer(line, heard(step="1", dial_status=DialStatus.ANSWERED), NOW)
    service = house.calls
    remembered = service._memory.find("line-1", "pbx-18")
    assert remembered is not None and remembered.use == 1
    greeted = await service.answer(line, heard(caller=DAWID), NOW + LATER)
    assert greeted.action is Action.ASK
    remembered = service._memory.find("line-1", "pbx-18")
    assert remembered is not None and (remembered.use, remembered.caller) == (2, DAWID)
