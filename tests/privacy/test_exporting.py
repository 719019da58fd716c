"""Everything of a person is exported, and nothing of others."""

import csv
import io

import httpx2 as httpx
import pytest
from sqlalchemy import select

from inquiry_router.house import House
from inquiry_router.privacy.data_map import DATA_MAP, WITH_INQUIRY
from tests.privacy.canary import CANARY, EMAIL, NAME, PHONE_NUMBER, WORDS, World

pytestmark = pytest.mark.anyio
PERSON = {"emails": [EMAIL], "phones": [PHONE_NUMBER]}


@pytest.fixture
async def world(house: House, client: httpx.AsyncClient) -> World:
    made = World(house, client)
    await made.fill()
    return made


async def test_every_personal_column_that_has_values_is_exported(world: World) -> None:
    export = await world.post("/privacy/export", PERSON)
    tables = export["tables"]
    own = {world.ids["own"], world.ids["twin"]}
    assert own <= {row["id"] for row in tables["inquiries"]}
    for entry in DATA_MAP:
        if entry.whose != "customers" or not entry.hangs_on or entry.table.name == "links":
            continue
        columns = {column for row in tables[entry.table.name] for column in row}
        assert columns == {*entry.personal, *entry.other}, entry.table.name
    assert {row["known"]["from"] for row in tables["thin_events"]} == {EMAIL}
    assert [row["caller"] for row in tables["calls"]] == [PHONE_NUMBER]
    assert len(export["recordings"]) == 1 and len(export["waiting_calls"]) == 2


async def test_referrals_are_exported_without_the_other_party(world: World) -> None:
    tables = (await world.post("/privacy/export", PERSON))["tables"]
    found = {row["id"]: row for row in tables["referrals"]}
    asked = found[world.ids["as_prospect"]]
    assert asked["prospect"]["name"]["value"] == NAME and "recommender" not in asked
    named = found[world.ids["as_recommender"]]
    assert named["recommender"]["email"]["value"] == EMAIL and "prospect" not in named
    # What was noted about them is theirs; what became of whom they recommended is not.
    assert [row["note"] for row in tables["referral_feedback"]] == [f"{NAME} pyta o {WORDS}"]
    assert {row["referral_id"] for row in tables["referral_timeline"]} == {asked["id"]}
    assert {row["referral_id"] for row in tables["referral_flags"]} == {asked["id"], named["id"]}
    assert [row["name"] for row in tables["contacts"]] == [NAME]
    assert [row["number"] for row in tables["bypasses"]] == [PHONE_NUMBER]
    assert [row["customer"] for row in tables["introductions"]] == [EMAIL]
    assert {row["address"] for row in tables["tellings"]} == {EMAIL}
    assert {row["value"] for row in tables["contact_points"]} == {EMAIL, PHONE_NUMBER}


async def test_automated_decision_is_exported_with_its_reasons(world: World) -> None:
    export = await world.post("/privacy/export", PERSON)
    decided = [row["details"] for row in export["tables"]["timeline"] if row["kind"] == "routed"]
    assert decided[0]["decision"]["reasons"] != []
    assert decided[0]["classification"]["evidence"] != []
    explained = {one["table"]: one for one in export["explanation"]}
    assert explained.keys() == export["tables"].keys()
    assert all(one["holds"] and one["kept"] for one in explained.values())


async def test_words_of_others_are_not_exported(world: World) -> None:
    answered = await world.client.post("/v1/privacy/export", json=PERSON)
    assert "Prasa stoi od rana" not in answered.text and "bartek" not in answered.text
    assert f"stoi: {WORDS}" in answered.text
    assert answered.json()["mentioned_by_others"]["messages"] == 1


async def test_csv_has_a_line_for_each_value(world: World) -> None:
    answered = await world.client.post("/v1/privacy/export?format=csv", json=PERSON)
    assert answered.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(answered.text)))
    export = await world.post("/privacy/export", PERSON)
    count = sum(len(row) for rows in export["tables"].values() for row in rows)
    assert len(lines) == count + len(export["waiting_calls"])
    names = {line["value"] for line in lines if line["column"] == "contact_name"}
    assert NAME in names
    numbers = {line["value"] for line in lines if line["column"] == "caller"}
    assert numbers == {f"'{PHONE_NUMBER}"}  # no spreadsheet computes it


async def test_name_exports_nothing_until_it_is_confirmed(world: World) -> None:
    assert (await world.post("/privacy/export", {"names": [NAME]}))["tables"] == {}
    confirmed = {"names": [NAME], "confirmed": [world.ids["own"]]}
    tables = (await world.post("/privacy/export", confirmed))["tables"]
    assert [row["id"] for row in tables["inquiries"]] == [world.ids["own"]]
    assert tables["messages"][0]["author"] == CANARY


async def test_export_changes_nothing(world: World) -> None:
    """But it is an act, so the audit has it."""
    tables = [entry.table for entry in WITH_INQUIRY]

    async def rows() -> list[str]:
        return await world.house.database.read(
            lambda c: [str(row) for one in tables for row in c.execute(select(one))]
        )

    before = await rows()
    await world.post("/privacy/export", PERSON)
    assert await rows() == before
