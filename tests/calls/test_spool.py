"""Calls wait in files until they can be stored."""

import os
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


def test_leftovers_of_a_killed_process_are_taken_in_or_removed(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for call_id in ("whole", "older", "being-written"):
        spool.add(spooled_call(call_id))
    whole, older, written = (
        _file_of(tmp_path, call_id) for call_id in ("whole", "older", "being-written")
    )
    whole.rename(whole.with_suffix(".4711"))
    older.with_suffix(".4711").write_bytes(older.read_bytes())
    written.rename(written.with_suffix(".4711"))
    (tmp_path / f"{'b' * 64}.4711").write_text('{"caller": "+4860', "utf-8")
    (tmp_path / "last-known.4711").write_text("{}", "utf-8")
    for path in tmp_path.iterdir():
        os.utime(path, (1000, 1000))
    os.utime(written.with_suffix(".4711"), (1030, 1030))
    assert spool.take_in_leftovers(1070) == 3
    assert {call.call_id for call in spool.list_calls()} == {"whole", "older"}
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {
        whole.name,
        older.name,
        written.with_suffix(".4711").name,
        "last-known.4711",
    }


def test_files_are_found_by_their_text_and_removed(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.add(spooled_call("1"))
    spool.add(spooled_call("2", name="Łoś"))
    (tmp_path / "unreadable.json").write_text("{Łoś", "utf-8")
    (tmp_path / "last-known").write_text("Łoś", "utf-8")
    found = spool.find_texts(lambda text: "Łoś" in text)
    assert len(found) == 2 and "unreadable.json" in found
    assert spool.remove_files([*found, "last-known", "../nowhere"]) == 2
    assert [call.call_id for call in spool.list_calls()] == ["1"]
    assert (tmp_path / "last-known").exists()


def _file_of(folder: Path, call_id: str) -> Path:
    return next(path for path in folder.iterdir() if f'"call_id": "{call_id}"' in path.read_text())
