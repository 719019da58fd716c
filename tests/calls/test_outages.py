"""Whatever is down, the caller reaches customer service in time, and the call is stored later."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import select

from inquiry_router.calls import service
from inquiry_router.calls.service import CallService
from inquiry_router.calls.situations import Line
from inquiry_router.calls.spool import Spool
from inquiry_router.calls.tables import calls as calls_table
from inquiry_router.house import House
from inquiry_router.inquiry.errors import Overloaded, Unavailable
from inquiry_router.phone.model import Abilities, Action, Heard, Stage
from inquiry_router.process.clock import utc_now
from tests.calls.conftest import Ring
from tests.calls.outages import HangingClassifier, Unreliable, calls_on
from tests.calls.test_spool import spooled_call
from tests.phone.people import ANNA, BARTEK, CELINA

pytestmark = pytest.mark.anyio
BROKEN = "dzień dobry pompa którą u was kupiłem cieknie i nie pompuje wody"
LINE = Line("line-1", Abilities())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the spool."""
    return tmp_path / "calls"


@pytest.fixture
def database(house: House) -> Unreliable:
    return Unreliable(house)


@pytest.fixture
async def calls(
    house: House, phone: httpx.AsyncClient, database: Unreliable, folder: Path
) -> CallService:
    return calls_on(house, database, folder)


def heard(**more: Any) -> Heard:
    return Heard(**{"call_id": "call-1", "caller": ANNA, "called": "+48220000001", **more})


async def test_call_that_cannot_be_stored_is_on_disk_before_it_is_answered(
    calls: CallService, database: Unreliable, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inquiry_router.calls.service.SPOOL_S", 10.0)  # a busy machine is slow
    database.error = Unavailable()
    for number in range(5):
        await calls.answer(LINE, heard(call_id=f"call-{number}"), utc_now())
        assert len(Spool(folder).list_calls()) == number + 1


@pytest.mark.parametrize(
    "error", [Unavailable(), Overloaded(), OSError("disk"), ValueError("odd")], ids=repr
)
async def test_without_a_database_the_caller_is_helped_and_stored_later(
    phone: httpx.AsyncClient, calls: CallService, database: Unreliable, error: Exception
) -> None:
    database.error = error
    first = await calls.answer(LINE, heard(), utc_now())
    assert first.action in (Action.ASK, Action.TRANSFER)
    ringing = await calls.answer(LINE, heard(step="1", speech=BROKEN), utc_now())
    assert (ringing.action, ringing.number) == (Action.TRANSFER, CELINA)
    assert ringing.reference is None
    calls.close()
    database.error = None
    assert await calls.store_spooled(utc_now()) == 1
    assert await calls.store_spooled(utc_now()) == 0
    (inquiry,) = (await phone.get("/v1/inquiries")).json()["items"]
    whole = (await phone.get(f"/v1/inquiries/{inquiry['reference']}")).json()
    assert whole["text"] == BROKEN
    assert whole["contact"]["phone"] == ANNA


async def test_a_call_that_cannot_be_stored_does_not_stop_the_others(
    calls: CallService, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(folder)
    for call_id in ("odd", "refused", "good"):
        spool.add(spooled_call(call_id))
    save_call = service.store.save_call
    failures: dict[str, Exception] = {"odd": ValueError("erased"), "refused": Unavailable()}

    def picky(connection: Any, call: Any, *more: Any) -> Any:
        if (failure := failures.get(call.call_id)) is not None:
            raise failure
        return save_call(connection, call, *more)

    monkeypatch.setattr(service.store, "save_call", picky)
    with pytest.raises(Unavailable):
        await calls.store_spooled(utc_now())
    assert {call.call_id for call in spool.list_calls()} == {"odd", "refused"}
    del failures["refused"]
    assert await calls.store_spooled(utc_now()) == 1
    assert [call.call_id for call in spool.list_calls()] == ["odd"]


async def test_the_decision_stands_if_storing_it_fails(
    calls: CallService, database: Unreliable
) -> None:
    database.error, database.only_writes = ValueError("odd"), True
    assert (await calls.answer(LINE, heard(digits="3"), utc_now())).number == BARTEK


async def test_an_id_of_any_length_is_stored_and_recognised(
    house: House, calls: CallService
) -> None:
    one, other = "x" * 4999 + "1", "x" * 4999 + "2"
    first = await calls.answer(LINE, heard(call_id=one), utc_now())
    second = await calls.answer(LINE, heard(call_id=other, digits="0"), utc_now())
    assert (first.action, second.action) == (Action.ASK, Action.TRANSFER)
    again = await calls.answer(LINE, heard(call_id=one, step="1", digits="3"), utc_now())
    assert again.number == BARTEK
    stored = await house.database.read(
        lambda connection: connection.scalars(select(calls_table.c.call_id)).all()
    )
    assert len(stored) == 2
    assert max(map(len, stored)) <= service.MAX_ID_CHARS


async def test_a_call_goes_on_during_an_outage_and_sales_gets_what_is_certain(
    calls: CallService, database: Unreliable
) -> None:
    database.error = Unavailable()
    await calls.answer(LINE, heard(), utc_now())
    for _ in range(2):
        ringing = await calls.answer(LINE, heard(step="1", digits="3"), utc_now())
        assert ringing.number == BARTEK


async def test_without_the_model_words_lead_to_the_menu_and_then_to_a_person(
    house: House,
    phone: httpx.AsyncClient,
    database: Unreliable,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "UNDERSTAND_S", 0.05)
    calls = calls_on(house, database, folder, HangingClassifier())
    await calls.answer(LINE, heard(), utc_now())
    menu = await calls.answer(LINE, heard(step="1", speech=BROKEN), utc_now())
    assert menu.action is Action.ASK
    person = await calls.answer(LINE, heard(step="2", speech=BROKEN), utc_now())
    assert (person.action, person.number, person.team) == (Action.TRANSFER, CELINA, "triage")


async def test_no_caller_waits_longer_than_the_hard_stop(
    calls: CallService, database: Unreliable, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.hangs = True
    monkeypatch.setattr(service, "HARD_STOP_S", 0.2)
    begun = time.monotonic()
    fallback = await calls.answer(LINE, heard(speech=BROKEN), utc_now())
    assert time.monotonic() - begun < 1
    assert (fallback.action, fallback.number) == (Action.TRANSFER, CELINA)
    calls.close()
    (spooled,) = Spool(folder).list_calls()
    assert spooled.state is not None
    assert spooled.state.words == (BROKEN,)


async def test_yes_during_an_outage_is_no_part_of_the_words(
    calls: CallService, database: Unreliable, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = spooled_call("call-1")
    assert asked.state is not None
    state = replace(asked.state, stage=Stage.MATTER, step=2, words=("druga pompa",))
    calls._memory.remember(replace(asked, line=LINE.id, state=state, started_at=utc_now()))
    database.hangs = True
    monkeypatch.setattr(service, "HARD_STOP_S", 0.1)
    fallback = await calls.answer(LINE, heard(step="2", speech="tak"), utc_now())
    assert fallback.action is Action.TRANSFER
    calls.close()
    (spooled,) = Spool(folder).list_calls()
    assert spooled.state is not None
    assert (spooled.state.words, spooled.state.answered) == (("druga pompa",), "tak")


async def test_an_outage_is_no_http_error(
    ring: Ring, house: House, calls: CallService, database: Unreliable
) -> None:
    database.error = ValueError("odd")
    house.calls = calls
    assert (await ring(speech=BROKEN))["number"] == CELINA
