"""The audit of what people do over HTTP: before and after, and nothing of customers."""

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role, Scope
from inquiry_router.api.web.auditing import AUDITED_FIELD
from inquiry_router.api.web.routing import Door, answer
from inquiry_router.app import make_app
from inquiry_router.house import House
from tests.conftest import KEYS, app_of, client_of, settings_for

pytestmark = pytest.mark.anyio

CANARY = {
    "channel": "email",
    "subject": "Kanarek temat",
    "text": "Pompa cieknie i nie pompuje, proszę o naprawę. Kanarek-Tekst.",
    "contact": {"name": "Anna Kanarek", "email": "anna@kanarek.example", "phone": "601 234 567"},
}


async def acts(client: httpx.AsyncClient, **filters: str) -> list[dict]:
    """The entries, the oldest first."""
    found: list[dict] = (await client.get("/v1/audit", params=filters)).json()["items"]
    assert (await client.get("/v1/audit/verification")).json()["whole"]
    return found[::-1]


async def test_settings_are_told_before_and_after(client: httpx.AsyncClient) -> None:
    shown = await client.get("/v1/policy")
    policy = shown.json()
    policy["rules"][0]["then"]["priority"] = "low"
    changed = await client.put(
        "/v1/policy", json=policy, headers={"If-Match": shown.headers["etag"]}
    )
    assert changed.status_code == 200
    (act,) = await acts(client)
    rule = policy["rules"][0]["id"]
    assert (act["actor"], act["operation"], act["object"]) == ("admin", "replace_policy", "")
    assert act["changes"]["policy.version"] == [1, 2]
    ((_, after),) = [v for k, v in act["changes"].items() if k.endswith(f"{rule}.then.priority")]
    assert after == "low"
    assert act["request_id"] == changed.headers["x-request-id"]


async def test_keys_sources_and_destinations_are_told_without_secrets(
    client: httpx.AsyncClient,
) -> None:
    key = (
        await client.post("/v1/api-keys", json={"id": "desk", "name": "Desk", "roles": ["agent"]})
    ).json()["key"]
    source = {"id": "zd", "name": "Zendesk", "kind": "zendesk", "secret": "s3cret-of-zendesk"}
    token = (await client.post("/v1/sources", json=source)).json()["token"]
    hook = {
        "id": "erp",
        "name": "ERP",
        "kind": "webhook",
        "settings": {
            "url": "https://erp.example.com/in",
            "secret": "whsec_c2VjcmV0LW9mLWVycC0wMTIzNDU2Nzg5YWJjZGVm",
        },
    }
    assert (await client.post("/v1/destinations", json=hook)).status_code == 201
    rotated = (await client.post("/v1/api-keys/desk/rotation", json={})).json()["key"]
    entry = {"name": "Desk", "roles": ["manager"]}
    await client.put("/v1/api-keys/desk", json=entry)
    await client.delete("/v1/api-keys/desk")

    found = await acts(client)
    assert [(act["operation"], act["object"]) for act in found] == [
        ("make_api_key", ""),
        ("add_source", ""),
        ("add_destination", ""),
        ("rotate_api_key", "key:desk"),
        ("change_api_key", "key:desk"),
        ("revoke_api_key", "key:desk"),
    ]
    made, _, hooked, turned, changed, revoked = (act["changes"] for act in found)
    assert made["api_keys.desk"][1]["roles"] == ["agent"]
    assert hooked["destinations.erp"][1]["settings"]["url"] == "https://erp.example.com/in"
    assert turned["api_keys.desk.secret_sha256"] == ["(hidden)", "(hidden)"]
    assert changed == {"api_keys.desk.roles": [["agent"], ["manager"]]}
    assert revoked["api_keys.desk.revoked_at"][0] is None
    longest = [max(one.split("_"), key=len) for one in (key, rotated)]
    secrets = [*longest, token or "whsec", "s3cret"]
    for secret in (*secrets, "c2VjcmV0"):
        assert secret not in str(found)


async def test_work_of_agents_is_told_without_words_and_contacts(
    house: House, client: httpx.AsyncClient
) -> None:
    inquiry = (await client.post("/v1/inquiries", json=CANARY)).json()["id"]
    person = {"who": "Celina Kanarek"}
    async with client_of(house, Role.AGENT) as celina:
        path = f"/v1/inquiries/{inquiry}"
        said = {"category": "new_purchase", "why": "Kanarek chce kupić", **person}
        for act, body in (
            ("correction", said),
            ("answer", person | {"note": "Kanarek"}),
            ("messages", {k: v for k, v in CANARY.items() if k != "subject"}),
            ("resolution", person),
            ("reopening", person),
        ):
            answered = await celina.post(f"{path}/{act}", json=body)
            assert answered.status_code in (200, 201), answered.text
    found = await acts(client, object=f"inquiry:{inquiry}")
    assert [act["operation"] for act in found] == [
        "correct_inquiry",
        "answer_inquiry",
        "add_message",
        "resolve_inquiry",
        "reopen_inquiry",
    ]
    assert {act["actor"] for act in found} == {"agent"}
    assert found[0]["changes"]["team"] == ["customer_service", "sales"]
    assert found[0]["changes"]["category"] == ["defect", "new_purchase"]
    assert found[3]["changes"]["status"][1] == "resolved"
    everything = str(await acts(client)).lower()
    assert "kanarek" not in everything and "601234567" not in everything


async def test_latest_is_told_by_its_id(client: httpx.AsyncClient) -> None:
    inquiry = (await client.post("/v1/inquiries", json=CANARY)).json()["id"]
    await client.post("/v1/inquiries/latest/resolution", json={"who": "Celina"})
    (act,) = await acts(client)
    assert act["object"] == f"inquiry:{inquiry}"


async def test_act_that_changes_nothing_is_an_act(client: httpx.AsyncClient) -> None:
    await client.post("/v1/inquiries", json=CANARY)
    for _ in range(2):
        await client.post("/v1/inquiries/latest/resolution", json={"who": "Celina"})
    first, second = await acts(client)
    assert first["changes"] and not second["changes"]


async def test_refused_and_failed_acts_leave_no_entry(
    house: House, client: httpx.AsyncClient
) -> None:
    assert (await client.delete("/v1/api-keys/admin")).status_code == 409
    assert (await client.post("/v1/inquiries/nothing/answer", json={"who": "C"})).status_code == 404
    async with client_of(house, Role.READER) as reader:
        assert (await reader.delete("/v1/api-keys/agent")).status_code == 403
    assert await acts(client) == []


async def test_what_machines_do_is_no_act(house: House, client: httpx.AsyncClient) -> None:
    async with client_of(house, Role.SOURCE) as website:
        await website.post("/v1/inquiries", json=CANARY)
    async with client_of(house, Role.PHONE) as line:
        await line.post("/v1/phone/decide", json={"call_id": "1"})
    await client.post("/v1/classify", json=CANARY)
    await client.get("/v1/inquiries/latest")
    assert await acts(client) == []


async def test_managers_may_read_the_audit_and_agents_may_not(house: House) -> None:
    async with client_of(house, Role.MANAGER) as manager, client_of(house, Role.AGENT) as agent:
        assert (await manager.get("/v1/audit")).status_code == 200
        assert (await agent.get("/v1/audit")).status_code == 403


async def test_pages_of_the_audit(client: httpx.AsyncClient) -> None:
    for number in range(5):
        body = {"id": f"key{number}", "name": "K", "roles": ["reader"]}
        await client.post("/v1/api-keys", json=body)
    first = (await client.get("/v1/audit", params={"limit": 3})).json()
    rest = (
        await client.get("/v1/audit", params={"limit": 3, "before": first["next_before"]})
    ).json()
    assert [act["number"] for act in (*first["items"], *rest["items"])] == [5, 4, 3, 2, 1]
    assert rest["next_before"] is None


async def test_looking_at_the_figures_of_one_person_is_an_act(sqlite_house: House) -> None:
    """No operation shows such figures yet; the next ones say so in one word."""
    door = Door("Quality")

    @door.operation(
        "GET",
        "/people/{person_id}/figures",
        scope=Scope.READ,
        summary="Figures",
        openapi_extra={AUDITED_FIELD: True},
    )
    async def look_at_figures(person_id: str) -> object:
        return answer({"person": person_id})

    app = make_app(settings_for("sqlite:///nowhere.db"), sqlite_house)
    app.include_router(door)
    transport = httpx.ASGITransport(app)
    headers = {"Authorization": f"Bearer {KEYS[Role.MANAGER]}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://router.test", headers=headers
    ) as manager:
        assert (await manager.get("/v1/people/bartek/figures")).status_code == 200
        (act,) = await acts(manager)
    assert (act["actor"], act["operation"], act["object"]) == (
        "manager",
        "look_at_figures",
        "person:bartek",
    )


async def test_answer_waits_for_the_entry(house: House, client: httpx.AsyncClient) -> None:
    """An act whose entry cannot be stored is not told to be done."""
    assert app_of(house) is not None
    await client.post("/v1/inquiries", json=CANARY)
    before = (await client.get("/v1/inquiries/latest")).json()["status"]

    def fail(*_: object) -> None:
        raise RuntimeError("no entry")

    from inquiry_router.audit import store

    kept, store.append = store.append, fail
    try:
        refused = await client.post("/v1/inquiries/latest/resolution", json={"who": "Celina"})
    finally:
        store.append = kept
    assert refused.status_code == 500
    assert (await client.get("/v1/inquiries/latest")).json()["status"] == before
