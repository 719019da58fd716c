"""The recipe for a new provider in CONTRIBUTING works as printed, in both directions."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from inquiry_router.house import House
from inquiry_router.providers.kit.setup import load_steps
from inquiry_router.providers.kit.signatures import hmac_hex
from inquiry_router.sources.kinds import SOURCES
from tests.conftest import client_of
from tests.providers.kit import checked, event, handed_over, lines, located

GUIDE = Path("CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPE = GUIDE[GUIDE.index("**A provider**") : GUIDE.index("**A category")]
CODE = re.findall(r"```python\n(.*?)```", RECIPE, re.DOTALL)
STEPS = re.findall(r"```yaml\n(.*?)```", RECIPE, re.DOTALL)
NAMED = re.findall(r"`(\w+)` of `([\w/.]+)`", RECIPE.replace("\n", " "))
SETTINGS = {
    "url": "https://beacon.example.com",
    "token": "b3acon",
    "source": "source-1",
    "groups": {"customer_service": "q1"},
}


@pytest.fixture
def beacon(tmp_path: Path) -> ModuleType:
    """The module of the recipe, written to a file and imported."""
    (code,) = CODE
    path = tmp_path / "beacon.py"
    path.write_text(code, "utf-8")
    spec = importlib.util.spec_from_file_location("beacon", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.anyio
async def test_cases_come_in(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, beacon: ModuleType
) -> None:
    (steps,) = STEPS
    monkeypatch.setitem(load_steps(), "beacon", yaml.safe_load(steps)["beacon"])
    monkeypatch.setitem(SOURCES, "beacon", beacon.BeaconSource())
    case = {
        "number": 7,
        "title": "Pompa",
        "message": "Pompa cieknie, proszę o naprawę.",
        "from": "anna@klient.example",
    }
    body = json.dumps({"case": case}).encode()
    async with client_of(sqlite_house) as client:
        entry = {"name": "Beacon", "kind": "beacon", "secret": "s"}
        made = (await client.post("/v1/sources", json=entry)).json()
        assert made["url"] in " ".join(made["setup"]["en"])
        url = made["url"].removeprefix("http://router.test")
        assert (await client.post(url, content=body)).status_code == 401
        taken = await client.post(
            url, content=body, headers={"x-beacon-signature": hmac_hex("s", body)}
        )
        assert taken.json()["status"] == "accepted"
        inquiry = (await client.get("/v1/inquiries/latest")).json()
    assert (inquiry["classification"]["category"], inquiry["source"]["id"]) == ("defect", "7")


def test_cases_are_moved_and_noted_once(beacon: ModuleType) -> None:
    said = handed_over(beacon.Beacon(), SETTINGS, [{}, {}])
    assert lines(said) == ["PATCH /cases/35436", "POST /cases/35436/notes"]
    assert said[0].headers["authorization"] == "Bearer b3acon"
    notes = {"notes": [said[1].body]}
    again = handed_over(beacon.Beacon(), SETTINGS, [{}, notes], repeated=True)
    assert lines(again) == ["PATCH /cases/35436", "GET /cases/35436/notes"]


def test_cases_are_created_once(beacon: ModuleType) -> None:
    creating, written = {**SETTINGS, "create": True}, event(source=None)
    said = handed_over(beacon.Beacon(), creating, [{"cases": []}, {"number": 7}, {}, {}], written)
    assert lines(said)[1:3] == ["POST /cases", "PATCH /cases/7"]
    there = {"cases": [{"number": 7}]}
    assert lines(handed_over(beacon.Beacon(), creating, [there, {}, {}], written))[1] == (
        "PATCH /cases/7"
    )


def test_queues_are_listed_and_cases_located(beacon: ModuleType) -> None:
    queues = {"queues": [{"id": "q1", "name": "Serwis"}]}
    assert checked(beacon.Beacon(), SETTINGS, [queues])[0] == [("q1", "Serwis")]
    shown = {"case": {"id": 1, "queue": "q1"}}
    assert located(beacon.Beacon(), SETTINGS, shown)[0] == "q1"


def test_named_places_exist() -> None:
    assert len(NAMED) >= 3
    for name, path in NAMED:
        assert re.search(rf"^{name}\b", Path(path).read_text(encoding="utf-8"), re.MULTILINE), name
    for path in re.findall(r"`((?:src|tests|docs)/[\w/.]+)`", RECIPE):
        assert Path(path).exists() or "beacon" in path, path
