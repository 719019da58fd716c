"""Whatever is down, the caller is put through to customer service in time, and the call is taken in later."""

import asyncio
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.calls import service
from inquiry_router.calls.model import Call
from inquiry_router.calls.service import CallService, Line
from inquiry_router.calls.spool import Spool
from inquiry_router.house import House
from inquiry_router.inquiry.errors import Overloaded, Unavailable
from inquiry_router.phone.model import Abilities, Action, CallState, Heard, Stage
from inquiry_router.process.clock import utc_now
from tests.calls.conftest import Ring
from tests.phone.people import ANNA, BARTEK, CELINA, NOW

pytestmark = pytest.mark.anyio
BROKEN = "dzień dobry pompa którą u was kupiłem cieknie i nie pompuje wody"


class Away:
    """A database that is not there: it says so, or hangs."""

    dialect = "none"
    queued = 0

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    async def _fail(self, _: Any) -> Any:
        if self._error is None:
            await asyncio.sleep(60)
        raise self._error or AssertionError

    async def _fail_all(self, *_: Any) -> Any:
        return await self._fail(None)

    read = write = record = _fail


@pytest.fixture
async def calls(house: House, phone: httpx.AsyncClient, tmp_path: Path) -> CallService:
    """The service of calls, its notes in a folder of their own."""
    return CallService(
        house.database, house.configuration, house.journey, Spool(tmp_path / "calls"), lambda: None
    )


def heard(**what: Any) -> Heard:
    return Heard(**{"call_id": "call-1", "caller": ANNA, "called": "+48220000001", **what})


LINE = Line("line-1", Abilities())


@pytest.mark.parametrize(
    "error", [Unavailable(), Overloaded(), OSError("disk"), ValueError("odd")], ids=repr
)
async def test_without_a_database_a_caller_is_still_helped_and_taken_in_later(
    house: House,
    phone: httpx.AsyncClient,
    calls: CallService,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    away = Away(error)
    with monkeypatch.context() as patch:
        patch.setattr(calls, "_database", away)
        patch.setattr(house.journey, "_database", away)
        first = await calls.answer(LINE, heard(), utc_now())
        assert first.action in (Action.ASK, Action.TRANSFER)
        ringing = await calls.answer(LINE, heard(step="1", speech=BROKEN), utc_now())
        assert (ringing.action, ringing.number, ringing.reference) == (
            Action.TRANSFER,
            CELINA,
            None,
        )
    await asyncio.gather(*calls._noting)
    assert await calls.take_in_noted(utc_now()) == 1
    assert await calls.take_in_noted(utc_now()) == 0
    (inquiry,) = (await phone.get("/v1/inquiries")).json()["items"]
    whole = (await phone.get(f"/v1/inquiries/{inquiry['reference']}")).json()
    assert whole["text"] == BROKEN and whole["contact"]["phone"] == ANNA


async def test_a_note_that_cannot_be_stored_holds_up_no_other(
    calls: CallService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in (call("odd"), call("refused"), call("good")):
        calls._spool.note(one)
    store_noted = calls.store_noted
    failures = {"odd": ValueError("erased"), "refused": Unavailable()}

    async def picky(one: Call, now: datetime) -> None:
        if (failure := failures.get(one.call_id)) is not None:
            raise failure
        await store_noted(one, now)

    monkeypatch.setattr(calls, "store_noted", picky)
    with pytest.raises(Unavailable):
        await calls.take_in_noted(utc_now())
    assert {one.call_id for one in calls._spool.waiting()} == {"odd", "refused"}
    del failures["refused"]
    assert await calls.take_in_noted(utc_now()) == 1
    assert [one.call_id for one in calls._spool.waiting()] == ["odd"]


async def test_what_was_decided_holds_even_if_storing_it_fails_oddly(
    calls: CallService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "_store", Away(ValueError("odd"))._fail_all)
    assert (await calls.answer(LINE, heard(digits="3"), utc_now())).number == BARTEK


async def test_an_id_of_any_length_can_be_stored_and_comes_back_to_its_call(
    house: House, calls: CallService
) -> None:
    first = await calls.answer(LINE, heard(call_id="x" * 4999 + "1"), utc_now())
    other = await calls.answer(LINE, heard(call_id="x" * 4999 + "2", digits="0"), utc_now())
    assert (first.action, other.action) == (Action.ASK, Action.TRANSFER)
    assert (
        await calls.answer(LINE, heard(call_id="x" * 4999 + "1", step="1", digits="3"), utc_now())
    ).number == BARTEK
    assert all(len(call_id) <= 200 for _, call_id in calls._recent)


async def test_a_call_goes_on_while_the_database_is_away_and_sales_is_rung_for_what_is_sure(
    house: House, calls: CallService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "_database", Away(Unavailable()))
    monkeypatch.setattr(house.journey, "_database", Away(Unavailable()))
    await calls.answer(LINE, heard(), utc_now())
    assert (await calls.answer(LINE, heard(step="1", digits="3"), utc_now())).number == BARTEK
    again = await calls.answer(LINE, heard(step="1", digits="3"), utc_now())
    assert again.number == BARTEK


async def test_without_the_model_words_lead_to_the_keys_and_then_to_a_person(
    house: House, calls: CallService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> Any:
        await asyncio.sleep(60)

    monkeypatch.setattr(house.journey._classifier, "classify", never)
    monkeypatch.setattr(service, "UNDERSTAND_S", 0.05)
    await calls.answer(LINE, heard(), utc_now())
    assert (
        await calls.answer(LINE, heard(step="1", speech=BROKEN), utc_now())
    ).action is Action.ASK
    person = await calls.answer(LINE, heard(step="2", speech=BROKEN), utc_now())
    assert (person.action, person.number, person.team) == (Action.TRANSFER, CELINA, "triage")


async def test_nobody_waits_longer_than_the_hard_stop(
    calls: CallService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "_database", Away(None))
    monkeypatch.setattr(service, "HARD_STOP_S", 0.2)
    begun = time.monotonic()
    fallback = await calls.answer(LINE, heard(speech=BROKEN), utc_now())
    assert time.monotonic() - begun < 1
    assert (fallback.action, fallback.number) == (Action.TRANSFER, CELINA)
    await asyncio.gather(*calls._noting)
    (noted,) = calls._spool.waiting()
    assert noted.state is not None and noted.state.words == (BROKEN,)


async def test_over_http_an_outage_is_no_error(
    ring: Ring, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.calls, "_recall", Away(ValueError("odd"))._fail)
    assert (await ring(speech=BROKEN))["number"] == CELINA


def call(call_id: str, **more: Any) -> Call:
    return Call(
        "line-1",
        call_id,
        ANNA,
        None,
        NOW,
        state=CallState("pl", Stage.RINGING, 2, words=("zażółć",)),
        **more,
    )


async def test_a_spool_keeps_the_newest_note_of_each_call_and_no_one_else_reads_it(
    tmp_path: Path,
) -> None:
    spool = Spool(tmp_path / "calls")
    assert spool.waiting() == []
    for one in (call("1"), call("2", name="first"), call("2", name="second")):
        spool.note(one)
    assert {(one.call_id, one.name) for one in spool.waiting()} == {("1", None), ("2", "second")}
    assert spool.waiting()[0].state == call("1").state
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "calls").iterdir())
    spool.done(call("2", name="first"))
    assert len(spool.waiting()) == 2
    spool.done(call("2", name="second"))
    spool.done(call("2", name="second"))
    assert [one.call_id for one in spool.waiting()] == ["1"]


async def test_a_spool_survives_broken_files_and_a_folder_that_cannot_be(tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    (folder / "a.json").write_text("{", "utf-8")
    (folder / "b.json").write_text("[]", "utf-8")
    assert Spool(folder).waiting() == []
    (tmp_path / "file").write_text("", "utf-8")
    Spool(tmp_path / "file" / "calls").note(call("1"))
