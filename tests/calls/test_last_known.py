"""A service that starts without its database answers calls with the last known configuration."""

import asyncio
import stat
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router import house as house_module
from inquiry_router.classification.service import ClassifierService
from inquiry_router.house import House, last_known_of
from inquiry_router.process.settings import Settings, Unreachable
from tests.calls.conftest import Ring
from tests.conftest import client_of
from tests.phone.people import ANNA, BARTEK, CELINA

pytestmark = pytest.mark.anyio


class LateDatabase:
    """A database that cannot be reached until `there` is set."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.there = False

    async def start(self) -> None:
        if not self.there:
            raise Unreachable("PostgreSQL cannot be reached")

    async def stop(self) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@pytest.fixture
async def late(house: House, phone: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> House:
    """A second house on the same folder, without its database."""
    monkeypatch.setattr(house_module, "RECONNECT_EVERY_S", 0.01)
    made = await phone.post(
        "/v1/sources", json={"id": "line-1", "name": "The line", "kind": "generic"}
    )
    assert made.status_code == 201
    quiet = house.settings.model_copy(update={"dispatch": False, "remind": False, "fetch": False})
    return House(
        quiet, LateDatabase(house.database), ClassifierService.from_folder(house.settings.model_dir)
    )


async def test_calls_are_answered_before_the_database_is_reached(house: House, late: House) -> None:
    source = house.configuration.current.source("line-1")
    assert source is not None
    async with late.open(), client_of(late) as client:
        call = {"call_id": "call-1", "from": ANNA, "to": "+48220000001"}
        assert (await client.post("/v1/phone/decide", json={**call, "digits": "3"})).json()[
            "number"
        ] == BARTEK
        answered = await client.post(
            f"/v1/phone/lines/line-1?token={source.token}", json={**call, "digits": "1"}
        )
        assert answered.json()["number"] == CELINA
        assert (
            await client.post("/v1/phone/lines/line-1?token=wrong", json=call)
        ).status_code == 403
        for address in ("/v1/teams", "/v1/destinations", "/v1/inquiries"):
            assert (await client.get(address)).status_code == 503, address
        late.database._bare.there = True  # type: ignore[attr-defined]  # the stand-in's
        async with asyncio.timeout(5):
            while (await client.get("/v1/teams")).status_code != 200:
                await asyncio.sleep(0)


async def test_kept_configuration_follows_the_settings_for_its_owner_only(
    house: House, ring: Ring
) -> None:
    kept = last_known_of(house.settings)
    found = kept.recall()
    assert found is not None and found.phone.fallback == CELINA and found.destinations == ()
    path = house.settings.phone_dir / "last-known"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_start_without_database_and_kept_configuration_is_refused(late: House) -> None:
    (late.settings.phone_dir / "last-known").write_text("{", "utf-8")
    with pytest.raises(Unreachable):
        async with late.open():
            pytest.fail("there is nothing to answer with")


def test_impossible_folder_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    kept = last_known_of(Settings(phone_dir=tmp_path / "file" / "phone"))
    assert kept.recall() is None


async def test_unchanged_configuration_is_not_written_again(
    house: House, phone: httpx.AsyncClient
) -> None:
    (file,) = [path for path in house.settings.phone_dir.iterdir() if path.name == "last-known"]
    written = file.stat().st_mtime_ns
    await house.configuration.load()
    assert file.stat().st_mtime_ns == written
    assert (
        await phone.post("/v1/sources", json={"id": "line-2", "name": "Another", "kind": "generic"})
    ).status_code == 201
    assert file.stat().st_mtime_ns > written
