"""Bypasses: said, sent by SMS, fed from a PBX log; and the reports that show them."""

import csv
import io

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.configuration.api_key_store import add_api_key
from inquiry_router.configuration.api_keys import ApiKey, digest, format_key
from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from tests.conftest import client_of

pytestmark = pytest.mark.anyio
PEOPLE = [f"Salesperson {letter}" for letter in "ABCDE"]


async def announce(client: httpx.AsyncClient) -> None:
    said = await client.put(
        "/v1/relief/monitoring", json={"announced": True}, headers={"If-Match": "*"}
    )
    assert said.status_code == 200


async def say(client: httpx.AsyncClient, person: str, **more: object) -> httpx.Response:
    return await client.post("/v1/bypasses", json={"person": person, "category": "defect", **more})


async def report(client: httpx.AsyncClient, name: str, **query: str) -> dict:
    found = await client.get(f"/v1/reports/{name}", params=query)
    assert found.status_code == 200, found.text
    return found.json()


def log_of(*rows: tuple[str, int]) -> bytes:
    today = utc_now().date().isoformat()
    lines = ["calldate;caller;dst;disposition;billsec;duration"]
    for clock, seconds in rows:
        result = "ANSWERED" if seconds else "NO ANSWER"
        lines.append(f"{today} {clock};+48601000101;204;{result};{seconds};{seconds + 12}")
    return "\r\n".join(lines).encode()


async def feed(client: httpx.AsyncClient, content: bytes) -> httpx.Response:
    return await client.post(
        "/v1/call-logs",
        params={"salespeople": "Jan Nowak=204"},
        content=content,
        headers={"Content-Type": "text/csv"},
    )


async def test_nothing_is_recorded_before_the_announcement(client: httpx.AsyncClient) -> None:
    for answer in (await say(client, "Jan Nowak"), await feed(client, log_of(("08:00:00", 60)))):
        assert answer.status_code == 409
        assert "was not announced" in answer.json()["detail"]
    found = await report(client, "bypass")
    assert found["tables"] == {} and "not announced" in " ".join(found["notes"])


async def test_word_of_somebody_counts_once(client: httpx.AsyncClient) -> None:
    await announce(client)
    for _ in range(2):
        headers = {"Idempotency-Key": "tap-1"}
        body = {"person": "Jan  Nowak", "category": "defect"}
        made = await client.post("/v1/bypasses", json=body, headers=headers)
        assert made.status_code == 201
    found = await report(client, "bypass")
    assert found["totals"]["bypassed"]["expected"] == 1
    assert found["tables"]["by_person"] == [
        {
            "person": "Jan Nowak",
            "bypassed": {"low": 1, "expected": 1, "high": 1},
            "direct": 0,
            "rate": {"low": 1.0, "expected": 1.0, "high": 1.0},
        }
    ]
    assert found["totals"]["coverage"] == 1.0


async def test_spellings_of_a_name_are_one_person(client: httpx.AsyncClient) -> None:
    await announce(client)
    member = {"name": "Jan Nowak", "kind": "salesperson"}
    assert (await client.post("/v1/staff", json=member)).status_code == 201
    account = {"name": "F", "emails": ["a@f.example"], "roles": {"owner": "jan nowak"}}
    assert (await client.post("/v1/accounts", json=account)).status_code == 201
    text = "Pompa CX-40 cieknie, proszę o naprawę gwarancyjną."
    inquiry = {"channel": "email", "text": text, "contact": {"email": "a@f.example"}}
    assert (await client.post("/v1/inquiries", json=inquiry)).json()["account"] is not None
    for name in ("JAN NOWAK", "Jan Nowak"):
        body = {"person": name, "category": "defect"}
        assert (await client.post("/v1/bypasses", json=body)).status_code == 201
    (found,) = (await report(client, "bypass"))["tables"]["by_person"]
    assert (found["person"], found["bypassed"]["expected"], found["direct"]) == ("Jan Nowak", 2, 1)


async def test_pbx_log_is_fed_again_and_again(client: httpx.AsyncClient) -> None:
    await announce(client)
    first = await feed(client, log_of(("00:00:01", 60), ("00:10:00", 0)))
    assert first.json()["added"] == 2
    more = await feed(client, log_of(("00:00:01", 60), ("00:10:00", 0), ("00:20:00", 90)))
    assert more.json() == {"calls": 3, "added": 1, "program": "Ringostat", "left_out": {}}
    found = await report(client, "bypass")
    # Of two calls that met, half are service by the default share.
    assert found["totals"]["bypassed"]["expected"] == pytest.approx(1.0)
    assert found["totals"]["bypassed"]["low"] < 1 < found["totals"]["bypassed"]["high"]
    tag = await report(client, "phone-tag")
    assert tag["totals"]["loops"] == 0


async def test_broken_log_stores_nothing(client: httpx.AsyncClient) -> None:
    await announce(client)
    answer = await feed(client, log_of(("00:00:01", 60), ("25:00:00", 1)))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "line 3, calldate"
    assert (await report(client, "bypass"))["totals"]["bypassed"]["high"] == 0


async def test_salesperson_answers_by_sms(client: httpx.AsyncClient, house: House) -> None:
    await announce(client)
    member = {"name": "Jan Nowak", "kind": "salesperson", "phone": "601 000 204"}
    assert (await client.post("/v1/staff", json=member)).status_code == 201
    async with client_of(house, Role.PHONE) as gateway:
        for text, recorded in (("Serwis.", True), ("oddzwonię", False)):
            message = {"from": "601000204", "text": text, "id": text}
            answer = await gateway.post("/v1/bypasses/sms", json=message)
            assert answer.json()["recorded"] is recorded
        stranger = {"from": "601000999", "text": "S"}
        assert not (await gateway.post("/v1/bypasses/sms", json=stranger)).json()["recorded"]
    assert (await report(client, "bypass"))["totals"]["bypassed"]["expected"] == 1


async def test_salesperson_speaks_for_themselves(client: httpx.AsyncClient, house: House) -> None:
    await announce(client)
    key = ApiKey("jan", "Jan", (Role.SALESPERSON,), digest("s" * 40), utc_now(), owner="Jan Nowak")
    await house.configuration.change(lambda connection: add_api_key(connection, key))
    headers = {"Authorization": f"Bearer {format_key('jan', 's' * 40)}"}
    own = await client.post("/v1/bypasses", json={}, headers=headers)
    assert own.status_code == 201, own.text
    other = await client.post("/v1/bypasses", json={"person": "Ewa Lis"}, headers=headers)
    assert other.status_code == 403
    assert (await client.get("/v1/reports/bypass", headers=headers)).status_code == 403


async def test_reader_sees_groups_of_five(client: httpx.AsyncClient, house: House) -> None:
    await announce(client)
    async with client_of(house, Role.READER) as reader:
        for person in PEOPLE[:4]:
            await say(client, person)
        found = await report(reader, "bypass")
        assert found["tables"] == {} and "fewer than five" in " ".join(found["notes"])
        relief = await report(reader, "relief")
        assert "still_spent" not in relief["totals"]
        await say(client, PEOPLE[4])
        found = await report(reader, "bypass")
        assert set(found["tables"]) == {"by_week", "by_department"}
        assert found["totals"]["bypassed"]["expected"] == 5
        assert "still_spent" in (await report(reader, "relief"))["totals"]
        assert "by_person" not in (await report(reader, "workload"))["tables"]


async def test_departments_of_five_are_named(client: httpx.AsyncClient) -> None:
    await announce(client)
    for number in range(5):
        member = {"name": f"Agent {number}", "kind": "agent", "teams": ["customer_service"]}
        assert (await client.post("/v1/staff", json=member)).status_code == 201
    for department in ("customer_service", "customer_service", "board"):
        assert (await say(client, "Jan Nowak", department=department)).status_code == 201
    found = await report(client, "bypass")
    assert found["tables"]["by_department"] == [{"department": "customer_service", "matters": 2}]


async def test_each_look_is_in_the_audit(client: httpx.AsyncClient) -> None:
    await report(client, "relief")
    acts = (await client.get("/v1/audit?operation=read_report")).json()["items"]
    assert [act["object"] for act in acts] == ["report:relief"]


async def test_direct_matters_are_hours_given_back(client: httpx.AsyncClient) -> None:
    text = "Pompa cieknie od wczoraj, proszę o serwis."
    await client.post("/v1/inquiries", json={"channel": "email", "text": text})
    found = await report(client, "relief")
    assert found["totals"]["given_back"]["matters"] == 1
    assert found["totals"]["given_back"]["hours"]["expected"] > 0
    flow = await report(client, "flow")
    assert flow["totals"]["inquiries"] == 1
    assert (await report(client, "quality"))["totals"]["inquiries"] == 1
    assert (await report(client, "workload"))["tables"]["by_team"][0]["still_open"] == 1
    assert (await report(client, "promises"))["totals"]["overdue_now"] == 0


async def test_matter_that_was_forwarded_is_not_direct(client: httpx.AsyncClient) -> None:
    await announce(client)
    text = "Pompa cieknie od wczoraj, proszę o serwis."
    made = await client.post("/v1/inquiries", json={"channel": "email", "text": text})
    inquiry = made.json()["reference"]
    assert (await say(client, "Jan Nowak", inquiry=inquiry)).status_code == 201
    found = await report(client, "bypass")
    assert (found["totals"]["direct"], found["totals"]["rate"]["expected"]) == (0, 1.0)


async def test_single_contacts_are_listed_first(client: httpx.AsyncClient) -> None:
    await announce(client)
    for name, roles in (
        ("Alone", {"owner": "Jan Nowak"}),
        ("Shared", {"owner": "Jan Nowak", "deputy": "Ewa Lis"}),
    ):
        account = {"name": name, "roles": roles, "emails": [f"{name.lower()}@x.example"]}
        assert (await client.post("/v1/accounts", json=account)).status_code == 201
    found = await report(client, "single-contact")
    assert found["totals"]["single_contact"] == 1
    rows = found["tables"]["accounts"]
    assert [(row["account"], row["single_contact"]) for row in rows] == [
        ("Alone", True),
        ("Shared", False),
    ]


async def test_csv_is_harmless(client: httpx.AsyncClient) -> None:
    await announce(client)
    await say(client, "=HYPERLINK(0)")
    answer = await client.get("/v1/reports/bypass?format=csv&table=by_person")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows[0]["person"] == "'=HYPERLINK(0)"
    assert rows[0]["bypassed_expected"] == "1.0"
    wrong = await client.get("/v1/reports/bypass?format=csv&table=nothing")
    assert wrong.status_code == 422 and "by_week" in wrong.json()["hint"]
    weeks = await client.get("/v1/reports/flow?format=csv")
    assert weeks.text.startswith("week,inquiries")


@pytest.mark.parametrize(
    "query", [{"since": "2026-03-02", "until": "2026-03-01"}, {"since": "2001-01-01"}]
)
async def test_period_is_checked(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    assert (await client.get("/v1/reports/flow", params=query)).status_code == 422


async def test_old_bypasses_and_wrong_numbers_are_refused(client: httpx.AsyncClient) -> None:
    await announce(client)
    assert (await say(client, "Jan", at="2020-01-01T10:00:00Z")).status_code == 422
    assert (await say(client, "Jan", number="12")).status_code == 422


async def test_calls_come_as_json_too(client: httpx.AsyncClient) -> None:
    await announce(client)
    call = {"at": utc_now().isoformat(), "from": "601000101", "to": "204", "seconds": 90}
    path = "/v1/call-logs?salespeople=Jan Nowak=204"
    for added in (1, 0):
        answer = await client.post(path, json={"calls": [call]})
        assert answer.json()["added"] == added, answer.text
    wrong = await client.post(path, json={"calls": [{**call, "seconds": -1}]})
    assert wrong.status_code == 422
    assert "seconds" in wrong.json()["errors"][0]["field"]
