"""Monitors, the list of places that say "ring Jan", one's own week, and the end of phone tag."""

from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import pytest
from sqlalchemy import select

from inquiry_router.access.roles import Role
from inquiry_router.calls.tables import callbacks
from inquiry_router.calls.tag_stop import stop_phone_tag, two_times
from inquiry_router.configuration.api_key_store import add_api_key
from inquiry_router.configuration.api_keys import ApiKey, digest, format_key
from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from inquiry_router.relief.inputs import CostInputs
from inquiry_router.relief.mentions import contacts_of, count_invitations, find_invitations
from inquiry_router.relief.model import Bypass
from inquiry_router.relief.monitors import ask_all
from inquiry_router.relief.phone_tag import OFFICE
from inquiry_router.relief.self_check import is_outside_hours
from inquiry_router.relief.store import add_bypass
from inquiry_router.telling.tables import notices
from tests.conftest import client_of

pytestmark = pytest.mark.anyio
TEXT = "W paczce brakuje dokumentu WZ, magazyn nie może przyjąć towaru."
MONITOR = {
    "name": "brakujące WZ",
    "question": {"words": ["brak", "WZ"]},
    "threshold": 2,
    "days": 7,
}
JAN = contacts_of([("Jan Nowak", "+48601000204", "jan.nowak@pompex.example")])


async def send(client: httpx.AsyncClient, text: str = TEXT, **more: object) -> dict:
    made = await client.post("/v1/inquiries", json={"channel": "email", "text": text, **more})
    assert made.status_code == 201, made.text
    return made.json()


async def ask(house: House) -> int:
    return await house.database.write(lambda connection: ask_all(connection, utc_now()))


async def announce(client: httpx.AsyncClient) -> None:
    await client.put("/v1/relief/monitoring", json={"announced": True}, headers={"If-Match": "*"})


async def test_monitor_alerts_once_from_its_number_on(
    client: httpx.AsyncClient, house: House
) -> None:
    made = await client.post("/v1/monitors", json=MONITOR)
    assert made.status_code == 201, made.text
    first = await send(client)
    await send(client, "Pompa cieknie.")
    assert await ask(house) == 0
    second = await send(client, "Znowu brakujące dokumenty: WZ i faktura.")
    assert await ask(house) == 1
    assert await ask(house) == 0
    row = await house.database.read(
        lambda connection: connection.execute(
            select(notices).where(notices.c.kind == "monitor")
        ).one()
    )
    assert row.facts["count"] == 2
    assert row.facts["text"] == f"{second['reference']}, {first['reference']}"
    history = await client.get(f"/v1/monitors/{made.json()['id']}/history")
    assert history.json()["total"] == 2
    preview = await client.post("/v1/monitors/preview", json=MONITOR["question"])
    assert preview.json() == history.json()
    assert (await client.get("/v1/monitors")).json()["items"][0]["alerted_at"] is not None
    assert (await client.delete("/v1/monitors/latest")).status_code == 204


async def test_monitor_of_a_removed_account_harms_nobody(
    client: httpx.AsyncClient, house: House
) -> None:
    question = {"words": ["WZ"], "account": "gone"}
    await client.post("/v1/monitors", json={**MONITOR, "question": question, "threshold": 1})
    await client.post("/v1/monitors", json={**MONITOR, "threshold": 1})
    await send(client)
    assert await ask(house) == 1


def test_places_that_say_ring_jan() -> None:
    texts = {
        "signature": "Dziękuję\n\nPozdrawiam\nEwa\nW razie pytań: Jan Nowak, tel. 601 000 204",
        "quote": "Czekam.\n\nW dniu 2 marca Biuro napisał:\n> opiekun: jan.nowak@pompex.example",
        "forward": "---------- Forwarded message ----------\nFrom: jan.nowak@pompex.example\nTreść",
        "text": "Proszę dzwonić do mnie, nie na +48 601-000-204",
    }
    found = [(place, find_invitations(None, text, JAN)) for place, text in texts.items()]
    assert [(place, [one.place for one in some]) for place, some in found] == [
        (place, [place]) for place in texts
    ]
    assert find_invitations(None, "Tel. 601 000 999, anna@klient.example", JAN) == []
    (row,) = count_invitations([("A", find_invitations(None, texts["text"], JAN)[0])] * 2)
    assert (row["person"], row["messages"], row["invites"]) == ("Jan Nowak", 2, True)


async def test_list_to_mend_comes_from_messages(client: httpx.AsyncClient, house: House) -> None:
    await announce(client)
    member = {"name": "Jan Nowak", "kind": "salesperson", "phone": "601 000 204"}
    assert (await client.post("/v1/staff", json=member)).status_code == 201
    await send(client, "Pompa cieknie.\n\nW dniu 2 marca biuro napisał:\n> serwis: 601 000 204")
    found = (await client.get("/v1/relief/mentions")).json()
    assert [(one["person"], one["place"]) for one in found["items"]] == [("Jan Nowak", "quote")]
    async with client_of(house, Role.READER) as reader:
        hidden = (await reader.get("/v1/relief/mentions")).json()["items"]
        assert [(one["person"], one["value"]) for one in hidden] == [(None, None)]


async def test_own_week_is_for_oneself_alone(client: httpx.AsyncClient, house: House) -> None:
    assert (await client.get("/v1/relief/self-check")).status_code == 409
    await announce(client)
    nobodys = (await client.get("/v1/relief/self-check")).json()
    assert (nobodys["calls"], nobodys["introduce_next"]) == (0, [])
    account = {"name": "Hydro-Bud", "roles": {"owner": "Jan Nowak"}, "phones": ["601000101"]}
    account_id = (await client.post("/v1/accounts", json=account)).json()["id"]
    key = ApiKey("jan", "Jan", (Role.SALESPERSON,), digest("s" * 40), utc_now(), owner="Jan Nowak")
    await house.configuration.change(lambda connection: add_api_key(connection, key))
    now = utc_now()
    for who in ("Jan Nowak", "Ewa Lis"):
        call = Bypass(
            now,
            who,
            "call_log",
            "phone",
            None,
            None,
            account_id,
            minutes=6.0,
            outgoing=False,
            met=True,
        )
        await house.database.write(lambda connection, one=call: add_bypass(connection, one, now))
    headers = {"Authorization": f"Bearer {format_key('jan', 's' * 40)}"}
    week = (await client.get("/v1/relief/self-check", headers=headers)).json()
    assert (week["interruptions"], week["calls"]) == (1, 1)
    assert week["service_hours"]["expected"] == pytest.approx(0.05)
    assert [one["account"] for one in week["introduce_next"]] == ["Hydro-Bud"]


def test_evenings_and_weekends_are_outside_hours() -> None:
    moments = ("2026-11-19T18:30", "2026-11-21T11:00", "2026-11-19T09:00")
    found = [is_outside_hours(datetime.fromisoformat(f"{at}:00+01:00")) for at in moments]
    assert found == [True, True, False]


def test_two_times_lie_in_working_hours() -> None:
    friday = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)  # 13:30 in Warsaw
    first, second = two_times(["14:00", "10:00"], OFFICE, friday)
    assert (first.day, first.hour, second.day, second.hour) == (23, 9, 23, 13)
    assert two_times(["22:00"], OFFICE, friday) is None


async def missed_twice(client: httpx.AsyncClient, house: House) -> str:
    """A callback that two calls did not reach."""
    await client.post("/v1/sources", json={"id": "line-1", "name": "Line", "kind": "genesys"})
    for step, digits in ((None, None), ("1", "1"), ("2", "1")):
        call = {"call_id": "c-1", "from": "+48601234567", "step": step, "digits": digits}
        await client.post("/v1/phone/decide", json=call)
    pending = (await client.get("/v1/callbacks")).json()["items"][0]["id"]
    await house.database.write(
        lambda connection: connection.execute(callbacks.update().values(attempts=2))
    )
    return str(pending)


async def test_phone_tag_ends_with_two_times(client: httpx.AsyncClient, house: House) -> None:
    callback = await missed_twice(client, house)
    now = utc_now()
    teams = house.configuration.current.teams
    hours = {one.id: one.working_hours for one in teams.by_id.values()}

    async def stop(wanted: bool) -> int:
        inputs = CostInputs(phone_tag_stop=wanted)
        return await house.database.write(
            lambda connection: stop_phone_tag(connection, inputs, hours, now)
        )

    assert await stop(False) == 0
    assert await stop(True) == 1
    assert await stop(True) == 0
    told = await house.database.read(
        lambda connection: connection.execute(
            select(notices).where(notices.c.kind == "two_times")
        ).one()
    )
    assert told.facts["first_at"] < told.facts["second_at"]
    chosen = await client.post(f"/v1/callbacks/{callback}/choice", json={"choice": 2})
    assert chosen.status_code == 200, chosen.text
    row = await house.database.read(lambda connection: connection.execute(select(callbacks)).one())
    assert row.due_at > now + timedelta(hours=1)
    report = (await client.get("/v1/reports/phone-tag")).json()
    assert report["totals"] == {"offers": 1, "offers_chosen": 1}
    unknown = await client.post("/v1/callbacks/nobody/choice", json={"choice": 1})
    assert unknown.status_code == 404


async def test_two_times_are_offered_by_hand_once(client: httpx.AsyncClient, house: House) -> None:
    callback = await missed_twice(client, house)
    path = f"/v1/callbacks/{callback}/two-times"
    made = await client.post(path)
    assert made.status_code == 201, made.text
    assert made.json()["first_at"] < made.json()["second_at"]
    assert (await client.post(path)).status_code == 404
