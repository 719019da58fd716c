"""The file of the last known settings, as earlier versions wrote it."""

import json

import pytest

from inquiry_router.house import House, last_known_of

pytestmark = pytest.mark.anyio


async def test_file_of_version_0_1_is_read(house: House) -> None:
    source = {
        "id": "line-1",
        "name": "The line",
        "provider": "generic",
        "settings": {},
        "token": "t0ken",
        "shadow": False,
        "version": 1,
        "created_at": "2026-11-20T08:30:00Z",
    }
    path = house.settings.phone_dir / "last-known"
    kept = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**kept, "sources": [source]}), "utf-8")
    recalled = last_known_of(house.settings).recall()
    assert recalled is not None
    assert [(one.id, one.kind) for one in recalled.sources] == [("line-1", "generic")]


@pytest.mark.parametrize("content", ["[]", '{"sources": 1}', '{"sources": [1]}', "\x00", "{"])
async def test_unreadable_file_is_as_none(house: House, content: str) -> None:
    (house.settings.phone_dir / "last-known").write_text(content, "utf-8")
    assert last_known_of(house.settings).recall() is None
