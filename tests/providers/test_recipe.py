"""The recipe for a new provider in CONTRIBUTING works as it stands: walked here with the helpdesk that it makes up."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from inquiry_router.house import House
from inquiry_router.inquiry import model
from inquiry_router.providers.kit import signatures, source
from inquiry_router.providers.kit.signatures import hmac_hex
from inquiry_router.providers.kit.source import SourceKind
from inquiry_router.sources.kinds import SOURCES
from tests.conftest import client_of

RECIPE = re.search(
    r"```python\n(.*?)```", Path("CONTRIBUTING.md").read_text(encoding="utf-8"), re.DOTALL
)


def made_by_the_recipe() -> SourceKind[Any]:
    assert RECIPE is not None
    room = {**vars(model), **vars(signatures), **vars(source)}
    exec(compile(RECIPE[1], "CONTRIBUTING.md", "exec"), room)
    made: SourceKind[Any] = room["BeaconSource"]()
    return made


@pytest.mark.anyio
async def test_its_tickets_come_in(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCES, "beacon", made_by_the_recipe())
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
        assert made["url"] in made["setup"]["en"][0]
        url = made["url"].removeprefix("http://router.test")
        assert (await client.post(url, content=body)).status_code == 401
        taken = await client.post(
            url, content=body, headers={"x-beacon-signature": hmac_hex("s", body)}
        )
        assert taken.json()["status"] == "accepted"
        inquiry = (await client.get("/v1/inquiries/latest")).json()
    assert (inquiry["classification"]["category"], inquiry["source"]["id"]) == ("defect", "7")
