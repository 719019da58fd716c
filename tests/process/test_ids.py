"""Identifiers ascend, so that a timeline can be ordered by them."""

import uuid
from concurrent.futures import ThreadPoolExecutor

from inquiry_router.process.ids import id_after, is_id, new_id


def test_ids_are_uuids_of_version_7_and_ascend() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {uuid.UUID(i).version for i in ids} == {7}
    assert {uuid.UUID(i).variant for i in ids} == {uuid.RFC_4122}


def test_id_is_above_one_of_a_process_whose_clock_is_ahead() -> None:
    behind = new_id()
    assert behind < id_after(None) < id_after(behind)
    ahead = "ffffff" + new_id()[6:]
    after = id_after(ahead)
    assert is_id(after)
    assert ahead < after < id_after(after)


def test_threads_get_different_ids() -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = [
            i for part in pool.map(lambda _: [new_id() for _ in range(500)], range(8)) for i in part
        ]
    assert len(set(ids)) == 4000
