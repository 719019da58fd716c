"""Promises by the API: rules, the clocks of an inquiry, the law, and how many were kept."""

from datetime import datetime, timedelta

import httpx2 as httpx
import pytest

from inquiry_router.matters.status import Act
from inquiry_router.process.clock import utc_now
from tests.promises.samples import DAY, HOUR, MONDAY
from tests.promises.stories import Watch

pytestmark = pytest.mark.anyio

ROW = {"category": ["defect"], "next_answer_minutes": 240, "resolution_minutes": 2400}


async def put(client: httpx.AsyncClient, rules: dict) -> httpx.Response:
    return await client.put("/v1/promises/rules", json=rules, headers={"If-Match": "*"})


async def test_rules_are_read_edited_and_written(client: httpx.AsyncClient) -> None:
    read = await client.get("/v1/promises/rules")
    assert read.headers["etag"] == '"0"'
    assert [one["id"] for one in read.json()["deadlines"]] == [
        "consumer_complaint",
        "carrier_damage",
    ]
    changed = {**read.json(), "rows": [ROW]}
    answered = await client.put(
        "/v1/promises/rules", json=changed, headers={"If-Match": read.headers["etag"]}
    )
    assert answered.status_code == 200, answered.text
    assert (await client.get("/v1/promises/rules")).json() == answered.json()


async def test_dead_rows_and_unknown_names_are_refused_and_nothing_is_stored(
    client: httpx.AsyncClient,
) -> None:
    before = (await client.get("/v1/promises/rules")).json()
    refused = await put(client, {"rows": [ROW, {**ROW, "priority": ["high"], "team": ["magazyn"]}]})
    assert refused.status_code == 422
    assert [one["message"] for one in refused.json()["errors"]] == [
        "row 2: there is no team 'magazyn'",
        "row 2 never decides next_answer_minutes: row 1 before it holds first",
        "row 2 never decides resolution_minutes: row 1 before it holds first",
    ]
    assert (await client.get("/v1/promises/rules")).json() == before


async def test_inquiry_shows_its_promises(client: httpx.AsyncClient, watch: Watch) -> None:
    await put(client, {"rows": [ROW], "deadlines": []})
    inquiry = await watch.open()
    await watch.act(inquiry, Act.ANSWERED, MONDAY + HOUR)
    shown = (await client.get(f"/v1/inquiries/{inquiry}")).json()["promises"]
    assert [(one["kind"], one["state"]) for one in shown] == [
        ("first_answer", "kept"),
        ("resolution", "paused"),
    ]
    assert shown[1]["left_minutes"] == 2400 - 60
    await watch.write_again(inquiry, MONDAY + DAY)
    shown = (await client.get(f"/v1/inquiries/{inquiry}")).json()["promises"]
    assert [one["state"] for one in shown] == ["kept", "running", "running"]
    assert datetime.fromisoformat(shown[2]["due_at"]) == MONDAY + DAY + 4 * HOUR


async def test_list_of_overdue_inquiries_knows_the_next_answer(
    client: httpx.AsyncClient, watch: Watch
) -> None:
    """Due in the past by the clock of this test: an inquiry of 30 days ago, answered in time."""
    await put(client, {"rows": [{"next_answer_minutes": 60}], "deadlines": []})
    at = utc_now() - timedelta(days=30)
    inquiry = await watch.open(at)
    await watch.act(inquiry, Act.ANSWERED, at)
    overdue = {"overdue": "true"}
    assert (await client.get("/v1/inquiries", params=overdue)).json()["items"] == []
    await watch.write_again(inquiry, at + DAY)
    (listed,) = (await client.get("/v1/inquiries", params=overdue)).json()["items"]
    assert listed["id"] == inquiry


async def test_law_lists_who_is_in_limbo_until_an_alarm_is_raised(
    client: httpx.AsyncClient, watch: Watch
) -> None:
    now = utc_now()
    late = await watch.open(now - timedelta(days=30))
    await watch.open(now)
    broken = (await client.get("/v1/system/invariants")).json()
    assert (broken["holds"], broken["open"]) == (False, 2)
    assert [(one["inquiry"], one["breach"]) for one in broken["violations"]] == [(late, "overdue")]
    await watch.look(utc_now())
    kept = (await client.get("/v1/system/invariants")).json()
    assert (kept["holds"], kept["alarms"], kept["violations"]) == (True, 1, [])


async def test_law_names_an_owner_who_is_away_and_a_team_without_anybody(
    client: httpx.AsyncClient, watch: Watch
) -> None:
    now = utc_now()
    far = {
        "first": (now - 2 * DAY).date().isoformat(),
        "last": (now + 300 * DAY).date().isoformat(),
    }
    await watch.hire("Celina Kos", absences=[far])
    one = await watch.open(now)
    other = await watch.open(now)
    await watch.set(other, assignee="Celina Kos")
    answered = (await client.get("/v1/system/invariants")).json()
    found = {entry["inquiry"]: entry["breach"] for entry in answered["violations"]}
    assert found == {one: "nobody", other: "owner_away"}
    await watch.set(one, watch_at=None)
    answered = (await client.get("/v1/system/invariants")).json()
    assert (one, "not_watched") in [
        (entry["inquiry"], entry["breach"]) for entry in answered["violations"]
    ]


async def test_promises_kept_by_team(client: httpx.AsyncClient, watch: Watch) -> None:
    now = utc_now()
    kept, broken = await watch.open(now - 3 * DAY), await watch.open(now - 20 * DAY)
    await watch.act(kept, Act.ANSWERED, now - 3 * DAY)
    await watch.act(broken, Act.ANSWERED, now - DAY)
    counted = (await client.get("/v1/promises/kept")).json()
    (first,) = [one for one in counted["items"] if one["kind"] == "first_answer"]
    assert (first["team"], first["kept"], first["broken"]) == ("customer_service", 1, 1)
    assert first["share"] == 0.5
    wrong = {"since": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"}
    assert (await client.get("/v1/promises/kept", params=wrong)).status_code == 422
