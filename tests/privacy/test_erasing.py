"""A person is erased from every table and file, and nobody else is."""

from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import func, select

from inquiry_router.accounts.tables import accounts
from inquiry_router.house import House
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.privacy.tables import erased_counts
from tests.privacy.canary import (
    EMAIL,
    NAME,
    PHONE_NUMBER,
    WORDS,
    World,
    files_with_traces,
    rows_with_traces,
)

pytestmark = pytest.mark.anyio
PERSON = {"emails": [EMAIL], "phones": [PHONE_NUMBER], "names": [NAME]}


@pytest.fixture
async def world(house: House, client: httpx.AsyncClient) -> World:
    made = World(house, client)
    await made.fill()
    return made


async def test_no_column_and_no_file_has_a_trace_afterwards(world: World, tmp_path: Path) -> None:
    before = await world.house.database.read(rows_with_traces)
    tables = {line.partition(".")[0] for line in before}
    assert tables >= {
        *("inquiries", "messages", "signs", "timeline", "deliveries", "attempts", "corrections"),
        *("calls", "callbacks", "intake_keys", "thin_events", "documents"),
        *("accounts", "contacts", "contact_points"),
        *("referrals", "referral_signs", "referral_flags", "referral_feedback", "hints"),
        *("assignments", "bypasses", "baseline_cells", "introductions", "notices", "tellings"),
    }
    assert len(files_with_traces(world.house.settings.phone_dir)) >= 3
    done = await world.post("/privacy/erasures", {**PERSON, "note": "GDPR-17"})
    assert done["given"] == ["email", "phone", "name"] and done["finished_at"]
    assert await world.house.database.read(rows_with_traces) == []
    assert files_with_traces(tmp_path) == []


async def test_others_keep_what_they_said(world: World) -> None:
    await world.post("/privacy/erasures", PERSON)
    for gone in ("own", "twin"):
        assert (await world.see(world.ids[gone])).status_code == 404
    other = (await world.see(world.ids["other"])).json()
    assert other["contact"]["email"] == "bartek@mlyn.example"
    (said,) = other["messages"]
    masked = "Proszę oddzwonić do kolegi: *********** albo ***************************."
    assert said["text"] == f"{masked} Zamówienie ZK/77/2026."
    shared = (await world.see(world.ids["shared"])).json()
    texts = [one["text"] for one in shared["messages"]]
    assert texts == ["Prasa stoi od rana", "[erased]", "Dzięki, ******************! Czekam."]
    assert shared["contact"]["email"] == "bartek@mlyn.example"


@pytest.mark.parametrize("names", [[], [NAME]])
async def test_other_party_of_a_referral_stays(world: World, names: list[str]) -> None:
    """The name of the person goes from their referrals even if only their address is given."""
    await world.post("/privacy/erasures", {**PERSON, "names": names})
    for key, stays, gone in (
        ("as_prospect", "recommender", "prospect"),
        ("as_recommender", "prospect", "recommender"),
    ):
        shown = (await world.client.get(f"/v1/referrals/{world.ids[key]}")).json()
        assert shown[stays]["name"]["value"] == "Bartek Nowak", key
        assert shown[stays]["email"]["value"] == "bartek@mlyn.example"
        assert [shown[gone][fact] for fact in ("name", "phone", "email")] == [None] * 3
        assert shown["need"] is None
    left = await world.house.database.read(rows_with_traces)
    assert [line for line in left if line.startswith(("referral", "hints"))] == []


async def test_recommender_goes_from_the_decision_on_whom_they_recommended(world: World) -> None:
    body = {"channel": "email", "text": "Chcę kupić dwie pompy do młyna."}
    asked = await world.post(
        "/inquiries", {**body, "contact": {"email": "bartek@mlyn.example"}}, 201
    )
    assert f"recommended by {NAME}" in " ".join(asked["decision"]["reasons"])
    await world.post("/privacy/erasures", PERSON)
    left = await world.house.database.read(rows_with_traces)
    assert [line for line in left if line.startswith(("timeline", "deliveries"))] == []
    assert (await world.see(asked["id"])).status_code == 200


async def test_account_that_was_only_their_number_goes(world: World) -> None:
    """As the upgrade made them of the customers of salespeople."""
    alone = {"name": "Jan Wąs", "external_id": "P", "phones": ["+48605000111"]}
    other = {"name": "Młyn", "external_id": "M", "phones": ["+48605000112", "+48605000113"]}
    for body in (alone, other):
        await world.post("/accounts", body, 201)
    marked = accounts.update().where(accounts.c.external_id.in_(["P", "M"]))
    await world.house.database.write(lambda one: one.execute(marked.values(provisional=True)))
    await world.post("/privacy/erasures", {"phones": ["+48605000111", "+48605000112"]})
    assert (await world.client.get("/v1/accounts/P")).status_code == 404
    assert (await world.client.get("/v1/accounts/M")).json()["phones"] == ["+48605000113"]


async def test_preview_says_what_goes_and_changes_nothing(world: World) -> None:
    seen = await world.post("/privacy/erasures/preview", PERSON)
    assert set(seen["inquiries"]) >= {world.ids["own"], world.ids["twin"], world.ids["shared"]}
    counts = seen["counts"]
    assert counts["inquiries"] == 3  # with that of the call
    assert (counts["shared_inquiries"], counts["emptied_messages"]) == (1, 1)
    assert counts["files"] >= 3  # a busy machine may have written the call to the folder, too
    assert seen["elsewhere"] != []
    again = await world.post("/privacy/erasures/preview", PERSON)
    assert again == seen
    done = await world.post("/privacy/erasures", PERSON)
    assert done["counts"] == {name: count for name, count in counts.items() if count}


async def test_counts_stay(world: World) -> None:
    await world.post("/privacy/erasures", PERSON)
    items = (await world.client.get("/v1/privacy/counts")).json()["items"]
    assert sum(one["inquiries"] for one in items) == 3
    assert sum(one["messages"] for one in items) >= 4
    assert sum(one["corrected"] for one in items) == 1
    assert {one["why"] for one in items} == {"request"}


async def test_second_time_finds_nothing_and_both_are_recorded(world: World) -> None:
    first = await world.post("/privacy/erasures", {**PERSON, "note": "GDPR-17"})
    second = await world.post("/privacy/erasures", PERSON)
    assert second["counts"] == {}
    listed = (await world.client.get("/v1/privacy/erasures")).json()["items"]
    assert [one["id"] for one in listed] == [second["id"], first["id"]]
    assert (listed[1]["note"], listed[1]["actor"]) == ("GDPR-17", "admin")
    assert sum(await counted(world)) == 3


async def counted(world: World) -> list[int]:
    query = select(erased_counts.c.inquiries)
    return await world.house.database.read(lambda c: list(c.scalars(query)))


async def test_same_key_gets_the_same_record(world: World) -> None:
    headers = {"Idempotency-Key": "gdpr-17"}
    first = await world.client.post("/v1/privacy/erasures", json=PERSON, headers=headers)
    again = await world.client.post("/v1/privacy/erasures", json=PERSON, headers=headers)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert len((await world.client.get("/v1/privacy/erasures")).json()["items"]) == 1


@pytest.mark.parametrize("writes", range(1, 6))
async def test_erasure_that_was_broken_off_is_finished_by_a_repeat(
    world: World, monkeypatch: pytest.MonkeyPatch, writes: int, tmp_path: Path
) -> None:
    """The database goes away after some writes, as if the process had been killed there."""
    database, left = world.house.database, writes
    write = database.write

    async def write_a_few(work: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Unavailable
        return await write(work)

    with monkeypatch.context() as broken:
        broken.setattr(database, "write", write_a_few)
        headers = {"Idempotency-Key": "gdpr-17"}
        first = await world.client.post("/v1/privacy/erasures", json=PERSON, headers=headers)
        assert first.status_code == 503
    assert await database.read(rows_with_traces) != []
    again = await world.client.post("/v1/privacy/erasures", json=PERSON, headers=headers)
    assert again.status_code == 200 and "idempotent-replayed" not in again.headers
    assert await database.read(rows_with_traces) == []
    assert files_with_traces(tmp_path) == []
    (record,) = (await world.client.get("/v1/privacy/erasures")).json()["items"]
    assert record["finished_at"] is not None
    assert sum(await counted(world)) == 3


async def test_number_alone_finds_calls_and_messages(world: World) -> None:
    await world.post("/privacy/erasures", {"phones": ["605 123 987"]})
    left = await world.house.database.read(rows_with_traces)
    assert [line for line in left if "605" in line and "123" in line] == []
    assert (await world.see(world.ids["twin"])).status_code == 200  # it has only the address


async def test_name_alone_is_nobody_until_it_is_confirmed(world: World) -> None:
    named = {"names": [NAME]}
    refused = await world.client.post("/v1/privacy/erasures", json=named)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    seen = await world.post("/privacy/erasures/preview", named)
    candidates = {one["id"]: one for one in seen["candidates"]}
    assert {world.ids["own"], world.ids["shared"]} <= candidates.keys()
    assert candidates[world.ids["own"]]["email"] == EMAIL
    assert seen["counts"]["inquiries"] == 0
    confirmed = {**named, "confirmed": [candidates[world.ids["own"]]["reference"]]}
    await world.post("/privacy/erasures", confirmed)
    assert (await world.see(world.ids["own"])).status_code == 404
    assert (await world.see(world.ids["twin"])).status_code == 200


async def test_confirmed_inquiry_without_the_name_is_refused(world: World) -> None:
    wrong = {"names": [NAME], "confirmed": [world.ids["other"]]}
    refused = await world.client.post("/v1/privacy/erasures", json=wrong)
    assert refused.status_code == 422 and "none of the names" in refused.json()["detail"]
    assert (await world.see(world.ids["other"])).status_code == 200


async def test_inquiry_that_only_mentions_the_name_stays(world: World) -> None:
    text = f"Pytał o to pan {NAME}, prosimy o katalog"
    body = {"channel": "email", "text": text, "contact": {"email": "ewa@sklep.example"}}
    ewas = (await world.post("/inquiries", body, 201))["id"]
    await world.post("/privacy/erasures", {"names": [NAME], "confirmed": [ewas]})
    (said,) = (await world.see(ewas)).json()["messages"]
    assert said["text"] == "Pytał o to pan ******************, prosimy o katalog"


async def test_merged_inquiry_goes_with_the_one_that_it_became_part_of(world: World) -> None:
    merge = {"who": "Celina", "into": world.ids["own"]}
    path = f"/inquiries/{world.ids['twin']}/merge"
    await world.post(path, merge)
    await world.post("/privacy/erasures", PERSON)
    ids = [world.ids["own"], world.ids["twin"]]
    query = select(func.count()).select_from(inquiries).where(inquiries.c.id.in_(ids))
    assert await world.house.database.read(lambda c: c.execute(query).scalar_one()) == 0


async def test_note_that_names_the_person_is_refused(world: World) -> None:
    for note in (f"about {EMAIL}", f"for {NAME}"):
        body: dict[str, Any] = {**PERSON, "note": note}
        refused = await world.client.post("/v1/privacy/erasures", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert (await world.see(world.ids["own"])).status_code == 200


@pytest.mark.parametrize(
    "person", [{}, {"emails": ["jan"]}, {"phones": ["abc"]}, {"names": ["Kowalski"]}]
)
async def test_values_that_name_nobody_are_refused(client: Any, person: dict[str, Any]) -> None:
    for path in ("erasures", "erasures/preview", "export"):
        refused = await client.post(f"/v1/privacy/{path}", json=person)
        assert refused.status_code == 422, path
        assert "[erased]" not in refused.text and WORDS not in refused.text
