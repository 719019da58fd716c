"""Every vendor's request is received once, refused when forged, and repeated after an outage."""

from dataclasses import replace
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.process.clock import utc_now
from inquiry_router.sources.kinds import SOURCES
from tests.conftest import client_of
from tests.providers.samples import GENUINE, TICKET_KINDS, Sample, with_token

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("kind", TICKET_KINDS)]

API = {"api_url": "https://desk.example.com", "api_token": "key-of-the-api"}


async def source_of(house: House, kind: str) -> dict[str, Any]:
    """Add a source of this kind, with a secret and an API if it supports them."""
    model = SOURCES[kind].settings_model
    entry = {
        "id": "door",
        "name": "Door",
        "kind": kind,
        "secret": GENUINE[kind].secrets[0] if GENUINE[kind].prove is not None else None,
        "settings": {name: value for name, value in API.items() if name in model.model_fields},
    }
    async with client_of(house) as admin:
        made = await admin.post("/v1/sources", json=entry)
    assert made.status_code == 201, made.text
    return dict(made.json())


def proven_now(kind: str, source: dict[str, Any]) -> Sample:
    """The request that the vendor would send now."""
    genuine = GENUINE[kind]
    sample = replace(genuine.samples()[0], url=source["url"])
    if genuine.prove is None:
        return with_token(replace(sample, url=sample.url.partition("?")[0]), source["token"])
    return genuine.prove(sample, genuine.secrets[0], utc_now())


def forged(kind: str, sample: Sample) -> Sample:
    """The same request from a sender without secret and token."""
    genuine = GENUINE[kind]
    return (
        with_token(sample, "wrong")
        if genuine.prove is None
        else genuine.prove(sample, genuine.secrets[2], utc_now())
    )


async def send(house: House, sample: Sample) -> httpx.Response:
    async with client_of(house, None) as vendor:
        path = sample.url.removeprefix("http://router.test")
        return await vendor.post(path, content=sample.content, headers=dict(sample.headers))


async def stored(house: House) -> int:
    """Count the inquiries and the waiting events."""
    async with client_of(house) as admin:
        inquiries = (await admin.get("/v1/inquiries")).json()["items"]
        return len(inquiries) + int((await admin.get("/v1/sources/door")).json()["waiting"])


async def test_genuine_request_is_received_and_its_repetition_recognised(
    sqlite_house: House, kind: str
) -> None:
    sample = proven_now(kind, await source_of(sqlite_house, kind))
    first = await send(sqlite_house, sample)
    assert (first.status_code, first.json()["status"] in ("accepted", "stored")) == (200, True), (
        first.text
    )
    assert await stored(sqlite_house) == 1
    again = await send(sqlite_house, sample)
    assert (again.status_code, again.json()["status"]) == (200, "duplicate"), again.text
    assert await stored(sqlite_house) == 1


async def test_forged_request_is_refused_and_not_stored(sqlite_house: House, kind: str) -> None:
    sample = proven_now(kind, await source_of(sqlite_house, kind))
    refused = await send(sqlite_house, forged(kind, sample))
    assert (refused.status_code, refused.json()["code"]) == (401, "not_proven")
    assert await stored(sqlite_house) == 0


async def test_request_during_an_outage_is_repeated_and_received_then(
    sqlite_house: House, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = proven_now(kind, await source_of(sqlite_house, kind))

    async def fail(_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(sqlite_house.database, "record", fail)
        broken.setattr(sqlite_house.database, "write", fail)
        answered = await send(sqlite_house, sample)
    source = SOURCES[kind]
    assert (answered.status_code, answered.headers["retry-after"]) == (
        source.retry_status,
        str(source.retry_after_s),
    )
    assert await stored(sqlite_house) == 0
    assert (await send(sqlite_house, sample)).json()["status"] in ("accepted", "stored")
    assert await stored(sqlite_house) == 1
