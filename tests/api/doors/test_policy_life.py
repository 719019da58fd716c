"""The life of a policy over HTTP: draft, check, publish, history, going back, replay, shadow."""

import asyncio
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from tests.conftest import client_of

pytestmark = pytest.mark.anyio

DEFECT = "Pompa kupiona w marcu od wczoraj cieknie, proszę o naprawę gwarancyjną."
GAS = "W kotłowni czuć gaz, proszę przyjechać jak najszybciej."
DEFAULT = {"team": "triage", "priority": "low"}


async def in_force(client: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get("/v1/policy")).json()
    return {name: one for name, one in found.items() if name != "version"}


async def ok(waited: Any, status: int = 200) -> Any:
    answer = await waited
    assert answer.status_code == status, answer.text
    return answer.json()


async def keep_golden(client: httpx.AsyncClient, *sentences: dict[str, Any]) -> None:
    body, headers = {"golden": list(sentences)}, {"if-match": "*"}
    await ok(client.put("/v1/policy/golden", json=body, headers=headers))


async def test_draft_is_written_checked_published_and_gone(client: httpx.AsyncClient) -> None:
    policy = await in_force(client)
    rules = [rule for rule in policy["rules"] if rule["id"] != "referrals"]
    rules[0] = {**rules[0], "then": {**rules[0]["then"], "team": "triage"}}
    draft = {**policy, "rules": rules, "note": "fewer rules"}
    written = await ok(client.put("/v1/policy/draft", json=draft))
    assert (written["version"], written["based_on"], written["problems"]) == (1, 1, [])
    assert "rule 'danger': team customer_service -> triage" in written["changes"]
    polish = await ok(client.get("/v1/policy/draft?lang=pl"))
    assert "reguła „danger”: zespół obsługa klienta → " in " ".join(polish["changes"])
    checked = await ok(client.post("/v1/policy/draft/check"))
    assert (checked["publishable"], checked["golden"], checked["broken"]) == (True, 0, [])
    assert await ok(client.post("/v1/policy/draft/publish", json={})) == {"version": 2}
    assert (await client.get("/v1/policy/draft")).status_code == 404
    assert (await client.post("/v1/policy/draft/publish", json={})).status_code == 404
    assert (await in_force(client))["rules"][0]["then"]["team"] == "triage"
    newest, first = (await ok(client.get("/v1/policy/history")))["items"]
    assert (newest["version"], newest["note"], first["changes"]) == (2, "fewer rules", [])
    assert "rule 'danger': team customer_service -> triage" in newest["changes"]
    difference = await ok(client.get("/v1/policy/diff?from=1&to=2"))
    assert difference["changes"] == newest["changes"]


async def test_draft_with_problems_is_kept_but_not_published(client: httpx.AsyncClient) -> None:
    wrong = {"rules": [], "default": {"team": "nobody", "priority": "low"}}
    written = await ok(client.put("/v1/policy/draft", json=wrong))
    assert written["problems"] == ["default: there is no team 'nobody'"]
    checked = await ok(client.post("/v1/policy/draft/check"))
    assert (checked["publishable"], checked["problems"]) == (False, written["problems"])
    refused = await client.post("/v1/policy/draft/publish", json={})
    assert refused.status_code == 422 and "no team 'nobody'" in refused.text
    lost = await client.put("/v1/policy/draft", json=wrong, headers={"if-match": '"7"'})
    assert lost.status_code == 412
    assert (await client.delete("/v1/policy/draft")).status_code == 204


async def test_version_of_a_dropped_draft_never_comes_again(client: httpx.AsyncClient) -> None:
    draft = {"rules": [], "default": DEFAULT}
    first = await client.put("/v1/policy/draft", json=draft)
    old = {"if-match": first.headers["etag"]}
    assert (await client.delete("/v1/policy/draft")).status_code == 204
    assert (await client.get("/v1/policy/draft")).status_code == 404
    assert (await client.put("/v1/policy/draft", json=draft, headers=old)).status_code == 412
    second = await client.put("/v1/policy/draft", json=draft)
    assert (second.status_code, second.headers["etag"]) == (200, '"2"')
    assert (await client.put("/v1/policy/draft", json=draft, headers=old)).status_code == 412


async def test_publication_that_breaks_a_golden_sentence_is_refused(
    client: httpx.AsyncClient,
) -> None:
    gas = {
        "id": "gas",
        "text": GAS,
        "channel": "phone",
        "expect": {"team": "customer_service", "priority": "urgent", "rule": "danger"},
    }
    await keep_golden(client, gas, {"id": "pump", "text": DEFECT, "expect": {"team": "sales"}})
    policy = await in_force(client)
    draft = {**policy, "rules": [one for one in policy["rules"] if one["id"] != "danger"]}
    await ok(client.put("/v1/policy/draft", json=draft))
    checked = await ok(client.post("/v1/policy/draft/check?lang=pl"))
    assert (checked["publishable"], checked["golden"]) == (False, 2)
    broken = {one["id"]: one["why"] for one in checked["broken"]}
    assert broken["pump"] == ["zespół miał być „sales”, a jest „customer_service”"]
    for answer in (
        await client.post("/v1/policy/draft/publish", json={}),
        await client.put("/v1/policy", json=draft, headers={"if-match": "*"}),
    ):
        assert answer.status_code == 422, answer.text
        errors = {one["field"]: one["message"] for one in answer.json()["errors"]}
        assert "the rule was to be 'danger'" in errors["golden.gas"]
        assert "the team was to be 'sales'" in errors["golden.pump"]
    assert await in_force(client) == policy


async def test_import_that_breaks_a_golden_sentence_is_refused(client: httpx.AsyncClient) -> None:
    gas = {"id": "gas", "text": GAS, "expect": {"team": "customer_service", "rule": "danger"}}
    policy = await in_force(client)
    rules = [one for one in policy["rules"] if one["id"] != "danger"]
    body = {"policy": {**policy, "rules": rules}, "golden": [gas]}
    refused = await client.put("/v1/configuration", json=body, headers={"if-match": "*"})
    assert refused.status_code == 422 and "golden.gas" in refused.text
    assert await in_force(client) == policy
    whole = {"policy": {**policy, "heed_urgency": False}, "golden": [gas]}
    await ok(client.put("/v1/configuration", json=whole, headers={"if-match": "*"}))


async def test_golden_sentence_may_state_an_account_and_a_time(client: httpx.AsyncClient) -> None:
    policy = await in_force(client)
    gold = {
        "id": "gold",
        "when": {"tier": ["gold"], "weekday": ["sat"]},
        "then": {"team": "triage", "priority": "urgent"},
    }
    draft = {**policy, "rules": [gold, *policy["rules"]]}
    await ok(client.put("/v1/policy/draft", json=draft))
    expect = {"team": "triage", "rule": "gold"}
    saturday, account = "2026-11-21T10:00:00Z", {"tier": "Gold", "external_id": "K-1"}
    await keep_golden(
        client,
        {"id": "yes", "text": DEFECT, "account": account, "at": saturday, "expect": expect},
        {"id": "stranger", "text": DEFECT, "at": saturday, "expect": {"team": "customer_service"}},
        {
            "id": "sunday",
            "text": DEFECT,
            "account": account,
            "at": "2026-11-22T10:00:00Z",
            "expect": {"team": "customer_service"},
        },
    )
    assert (await ok(client.post("/v1/policy/draft/check")))["broken"] == []


async def test_wrong_golden_sentences_are_refused(client: httpx.AsyncClient) -> None:
    one = {"id": "a", "text": "x", "expect": {"team": "nobody"}}
    for sentences, said in (
        ([one], "there is no team 'nobody'"),
        ([{**one, "expect": {"team": "sales"}}] * 2, "the same id"),
        ([{**one, "at": "2026-11-21T10:00:00"}], "time zone"),
    ):
        body = {"golden": sentences}
        refused = await client.put("/v1/policy/golden", json=body, headers={"if-match": "*"})
        assert refused.status_code == 422 and said in refused.text


async def test_draft_behind_another_policy_is_a_conflict(client: httpx.AsyncClient) -> None:
    policy = await in_force(client)
    await ok(client.put("/v1/policy/draft", json=policy))
    await ok(client.put("/v1/policy", json=policy, headers={"if-match": "*"}))
    refused = await client.post("/v1/policy/draft/publish", json={})
    assert refused.status_code == 409 and "version 2" in refused.text
    await ok(client.put("/v1/policy/draft", json=policy))
    assert await ok(client.post("/v1/policy/draft/publish", json={})) == {"version": 3}


async def test_earlier_policy_is_put_in_force_again(client: httpx.AsyncClient) -> None:
    first = await in_force(client)
    other = {"rules": [], "default": DEFAULT}
    await ok(client.put("/v1/policy", json=other, headers={"if-match": "*"}))
    assert await ok(client.post("/v1/policy/rollback", json={"version": 1})) == {"version": 3}
    assert await in_force(client) == first
    newest = (await ok(client.get("/v1/policy/history")))["items"][0]
    assert newest["note"] == "back to version 1"
    assert (await client.post("/v1/policy/rollback", json={"version": 9})).status_code == 404
    gas = {"id": "gas", "text": GAS, "expect": {"team": "customer_service", "rule": "danger"}}
    await keep_golden(client, gas)
    refused = await client.post("/v1/policy/rollback", json={"version": 2})
    assert refused.status_code == 422 and "golden.gas" in refused.text


async def test_replay_is_a_job_with_progress_and_moves(house: House) -> None:
    async with client_of(house) as client:
        for number in range(3):
            body = {"channel": "email", "text": f"{DEFECT} Zamówienie {number}."}
            await ok(client.post("/v1/inquiries", json=body), 201)
        body = {"policy": {"rules": [], "default": DEFAULT}, "samples": 1}
        begun = await client.post("/v1/policy/replays", json=body)
        assert begun.status_code == 202 and begun.json()["state"] == "running"
        where = begun.headers["location"]
        async with asyncio.timeout(20):
            while (done := await ok(client.get(where)))["state"] == "running":
                await asyncio.sleep(0.01)
        assert (done["state"], done["done"], done["total"], done["moved"]) == ("done", 3, 3, 3)
        (move,) = done["moves"]
        assert move["from"]["team"] == "customer_service"
        assert move["to"] == {"team": "triage", "priority": "low", "rule": "default"}
        assert (move["count"], len(move["samples"])) == (3, 1)
        listed = (await ok(client.get("/v1/policy/replays")))["items"]
        assert [one["id"] for one in listed] == [done["id"]]
        stopped = await ok(client.delete("/v1/policy/replays/latest"))
        assert stopped["state"] == "done"
        wrong = {"since": "2026-11-08T00:00:00Z", "until": "2026-11-01T00:00:00Z"}
        assert (await client.post("/v1/policy/replays", json=wrong)).status_code == 422
    async with client_of(house, Role.SALESPERSON) as salesperson:
        assert (await ok(salesperson.get(where)))["moves"] == []
        assert (await salesperson.post("/v1/policy/replays", json={})).status_code == 403


async def test_shadow_is_asked_for_seen_and_ended(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/policy/draft/shadow")).status_code == 404
    assert (await client.post("/v1/policy/draft/shadow")).status_code == 404
    await ok(client.put("/v1/policy/draft", json={"rules": [], "default": DEFAULT}))
    begun = await ok(client.post("/v1/policy/draft/shadow"), 202)
    assert (begun["state"], begun["until"]) == ("running", None)
    assert (await ok(client.get("/v1/policy/draft/shadow")))["id"] == begun["id"]
    assert (await ok(client.delete("/v1/policy/draft/shadow")))["state"] == "done"
