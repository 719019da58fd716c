"""Synthetic inquiries go the whole way and leave nothing behind; each stage that fails is named."""

import logging
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest
import structlog
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from inquiry_router.delivery.tables import destinations
from inquiry_router.house import House
from inquiry_router.schema import metadata
from inquiry_router.upkeep.synthetic import TEXTS, SyntheticInquiries
from tests.conftest import NOW, client_of
from tests.switched_model import SwitchedModel

pytestmark = pytest.mark.anyio


async def rows_of(house: House) -> dict[str, int]:
    """The number of rows in every table that has to do with inquiries."""
    touched = [
        table
        for table in metadata.sorted_tables
        if table.name == "inquiries" or {"inquiry_id", "delivery_id"} & set(table.c.keys())
    ]
    assert len(touched) >= 6

    def work(connection: Any) -> dict[str, int]:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in touched
        }

    return await house.database.read(work)


def sample(text: str, name: str, **labels: str) -> float | None:
    written = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    for line in text.splitlines():
        if line.startswith(f"{name}{{{written}}} "):
            return float(line.rpartition(" ")[2])
    return None


async def test_every_route_comes_through_and_leaves_nothing(house: House) -> None:
    before = await rows_of(house)
    for route in TEXTS:
        result = await house.synthetic.send(route, NOW)
        assert result.stage is None, (route, result)
    assert await rows_of(house) == before
    text = (await house.render_metrics()).decode()
    for route in TEXTS:
        assert sample(text, "synthetic_inquiries_total", route=route, outcome="ok") == 1
        at = sample(text, "synthetic_inquiry_last_ok_timestamp_seconds", route=route)
        assert at == NOW.timestamp()
    assert "inquiries_accepted_total{" not in text


async def test_texts_are_those_of_their_categories(client: httpx.AsyncClient) -> None:
    for route, text in TEXTS.items():
        tried = await client.post("/v1/classify", json={"channel": "email", "text": text})
        assert tried.json()["classification"]["category"] == route


async def test_late_classifier_is_named(house: House) -> None:
    house.classifier._model = SwitchedModel()
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with capture_logs() as logs:
        result = await house.synthetic.send("defect", NOW)
    structlog.configure(wrapper_class=before)
    assert result.stage == "classifier"
    (line,) = [entry for entry in logs if entry["event"] == "synthetic.not_through"]
    assert (line["log_level"], line["route"], line["state"]) == ("error", "defect", "classifier")
    text = (await house.render_metrics()).decode()
    assert sample(text, "synthetic_inquiries_total", route="defect", outcome="classifier") == 1
    assert sample(text, "synthetic_inquiry_last_ok_timestamp_seconds", route="defect") is None


async def test_row_that_cannot_be_stored_is_named(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:

    def refuse(*_: object) -> list[Exception]:
        return [ValueError("a mistake")]

    monkeypatch.setattr("inquiry_router.upkeep.synthetic.store_singly", refuse)
    assert (await house.synthetic.send("defect", NOW)).stage == "database"


async def test_paused_destination_is_named(house: House) -> None:
    async with client_of(house) as client:
        listed = (await client.get("/v1/destinations")).json()["items"]
    await house.database.write(lambda c: c.execute(update(destinations).values(failures=9)))
    result = await house.synthetic.send("defect", NOW)
    assert (result.stage, result.reason) == (
        "destination",
        f"'{listed[0]['id']}' fails and is paused",
    )


async def test_mistake_of_ours_is_named_and_the_next_one_goes_on(house: House) -> None:
    async def broken(*_: object) -> None:
        raise KeyError("a customer's words")

    synthetic = SyntheticInquiries(
        house.database,
        house.configuration,
        broken,  # type: ignore[arg-type]
        house.metrics.synthetic,
        timedelta(minutes=1),
    )
    result = await synthetic.send("defect", NOW)
    assert (result.stage, result.reason) == ("service", "KeyError")
    assert synthetic.results == {"defect": result}
