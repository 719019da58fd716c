"""Staff by API: enter, read, change, remove, presence; bad input gets a sentence."""

from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from tests.conftest import client_of

pytestmark = pytest.mark.anyio

CELINA = {
    "name": "Celina Maj",
    "kind": "agent",
    "email": "CELINA@firma.example",
    "phone": "601 234 567",
    "teams": ["customer_service"],
    "skills": ["complaint"],
}


async def entered(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await client.post("/v1/staff", json=CELINA | more)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def other(client: httpx.AsyncClient, name: str, **more: Any) -> dict[str, Any]:
    return await entered(client, name=name, email=None, **more)


async def test_member_is_read_edited_and_sent_back(house: House, client: httpx.AsyncClient) -> None:
    first = await entered(client)
    assert (first["email"], first["phone"]) == ("celina@firma.example", "+48601234567")
    assert first["away"] is False
    await other(client, "Ola Lis")
    read = await client.get("/v1/staff/celina maj")
    assert read.json() == first
    absence = {"first": "2027-02-01", "last": "2027-02-12", "substitute": "ola lis"}
    body = first | {"absences": [absence], "hours": {"mon": ["08:00-12:00"]}}
    tag = {"If-Match": read.headers["ETag"]}
    changed = await client.put(f"/v1/staff/{first['id']}", json=body, headers=tag)
    assert changed.status_code == 200, changed.text
    assert changed.json()["absences"] == [absence | {"substitute": "Ola Lis"}]
    member = house.staff.roster.by_name("Celina Maj")
    assert member is not None
    assert member.hours is not None
    assert member.hours.week[0] == ((480, 720),)
    again = await client.put(f"/v1/staff/{first['id']}", json=body, headers=tag)
    assert again.status_code == 412
    tag = {"If-Match": changed.headers["ETag"]}
    odd = await client.put(f"/v1/staff/{first['id']}", json=body | {"away": True}, headers=tag)
    assert odd.status_code == 422
    gone = await client.delete(f"/v1/staff/{first['id']}", headers=tag)
    assert gone.status_code == 204
    assert house.staff.roster.by_name("Celina Maj") is None
    assert (await client.get(f"/v1/staff/{first['id']}")).status_code == 404


async def test_presence_is_seen_at_once_and_counts_as_a_change(
    house: House, client: httpx.AsyncClient
) -> None:
    first = await entered(client)
    url = f"/v1/staff/{first['id']}/presence"
    away = await client.put(url, json={"state": "away", "until": "2036-01-01T08:00:00Z"})
    assert away.json()["away"] is True
    assert away.json()["away_until"] == "2036-01-01T08:00:00.000Z"
    assert house.staff.roster.members[0].away_since is not None
    here = await client.put(url, json={"state": "here"})
    assert (here.json()["away"], here.json()["away_since"]) == (False, None)
    odd = await client.put(url, json={"state": "here", "until": "2036-01-01T08:00:00Z"})
    assert odd.status_code == 422


async def test_changes_of_another_process_are_followed(
    house: House, client: httpx.AsyncClient
) -> None:
    before = house.staff.roster.revision
    await entered(client)
    assert house.staff.roster.revision == before + 1


async def test_circle_of_substitutes_is_refused_and_nothing_stored(
    client: httpx.AsyncClient,
) -> None:
    days = {"first": "2027-02-01", "last": "2027-02-12"}
    celina = await entered(client)
    ola = await other(client, "Ola Lis", absences=[days | {"substitute": "Celina Maj"}])
    body = celina | {"absences": [days | {"substitute": ola["id"]}]}
    url = f"/v1/staff/{celina['id']}"
    refused = await client.put(url, json=body, headers={"If-Match": '"1"'})
    assert refused.status_code == 409
    assert "Celina Maj -> Ola Lis -> Celina Maj" in refused.json()["detail"]
    assert (await client.get(url)).json()["absences"] == []
    kept = await client.delete(url, headers={"If-Match": '"1"'})
    assert (kept.status_code, kept.json()["detail"]) == (409, "They are the substitute of Ola Lis.")


async def test_list_warns_of_days_without_anybody(client: httpx.AsyncClient) -> None:
    await entered(client, absences=[{"first": "2036-12-24", "last": "2036-12-26"}])
    listed = (await client.get("/v1/staff")).json()
    assert [one["name"] for one in listed["items"]] == ["Celina Maj"]
    assert listed["warnings"] == []  # too far ahead to be looked at


async def test_new_name_is_written_into_roles_of_accounts(client: httpx.AsyncClient) -> None:
    first = await entered(client)
    account = {"name": "Agro-Max", "external_id": "AGRO", "roles": {"owner": "celina maj"}}
    assert (await client.post("/v1/accounts", json=account)).status_code == 201
    body = first | {"name": "Celina Maj-Nowak"}
    tag = {"If-Match": '"1"'}
    assert (await client.put("/v1/staff/Celina Maj", json=body, headers=tag)).status_code == 200
    roles = (await client.get("/v1/accounts/AGRO")).json()["roles"]
    assert roles == {"owner": "Celina Maj-Nowak"}


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ({"teams": ["nobody"]}, 422, "there is no team 'nobody'; these are:"),
        ({"email": "celina"}, 422, "is no e-mail address"),
        ({"phone": "12 34"}, 422, "is no phone number"),
        ({"timezone": "Mars"}, 422, "is not an IANA time zone"),
        ({"holidays": "XX"}, 422, "is not a country code"),
        ({"hours": {"mon": []}}, 422, "leaves no working time"),
        ({"absences": [{"first": "2027-02-12", "last": "2027-02-01"}]}, 422, "ends before"),
        ({"absences": [{"first": "soon", "last": "2027-02-01"}]}, 422, "is no day"),
        (
            {"absences": [{"first": f"2027-02-0{n}", "last": "2027-02-12"} for n in (1, 2)]},
            422,
            "overlap: make one",
        ),
        ({"substitute": "Nobody Known"}, 422, "is nobody of the staff"),
        ({"substitute": "celina maj"}, 422, "cannot be their own substitute"),
        ({"name": " Ola  LIS ", "email": None}, 409, "has this name already"),
        ({"name": "Ola Druga", "email": "ola@firma.example"}, 409, "this e-mail address"),
    ],
)
async def test_bad_input_gets_the_cure(
    client: httpx.AsyncClient, more: dict[str, Any], status: int, words: str
) -> None:
    await entered(client, name="Ola Lis", email="ola@firma.example")
    answer = await client.post("/v1/staff", json=CELINA | more)
    assert answer.status_code == status, answer.text
    assert words in answer.text
    assert len((await client.get("/v1/staff")).json()["items"]) == 1


async def test_agents_read_and_managers_change(house: House, client: httpx.AsyncClient) -> None:
    await entered(client)
    async with client_of(house, Role.AGENT) as agent:
        assert (await agent.get("/v1/staff")).status_code == 200
        assert (await agent.post("/v1/staff", json=CELINA)).status_code == 403
    async with client_of(house, Role.MANAGER) as manager:
        assert (await manager.post("/v1/staff", json=CELINA)).status_code == 409
