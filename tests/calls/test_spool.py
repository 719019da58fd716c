"""Calls wait in files until they can be stored."""

from pathlib import Path
from typing import Any

from inquiry_router.calls.model import Call
from inquiry_router.calls.spool import Spool
from inquiry_router.phone.model import CallState, Stage
from tests.phone.people import ANNA, NOW


def spooled_call(call_id: str, **more: Any) -> Call:
    state = CallState("pl", Stage.RINGING, 2, words=("zażółć",))
    return Call("line-1", call_id, ANNA, None, NOW, state=state, **more)


def test_spool_keeps_the_latest_state_of_each_call_for_its_owner_only(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "calls")
    assert spool.list_calls() == []
    first, second = spooled_call("2", name="first"), spooled_call("2", name="second")
    for call in (spooled_call("1"), first, second):
        spool.add(call)
    assert {(call.call_id, call.name) for call in spool.list_calls()} == {
        ("1", None),
        ("2", "second"),
    }
    assert spool.list_calls()[0].state == spooled_call("1").state
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "calls").iterdir())
    spool.remove(first)
    assert len(spool.list_calls()) == 2
    spool.remove(second)
    spool.remove(second)
    assert [call.call_id for call in spool.list_calls()] == ["1"]


def test_unreadable_files_and_an_impossible_folder_are_no_errors(tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    (folder / "a.json").write_text("{", "utf-8")
    (folder / "b.json").write_text("[]", "utf-8")
    assert Spool(folder).list_calls() == []
    (tmp_path / "file").write_text("", "utf-8")
    Spool(tmp_path / "file" / "calls").add(spooled_call("1"))
