"""People of two teams at one router: each sees and does only what is theirs."""

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.api.web.routing import SCOPE_FIELD
from inquiry_router.house import House
from tests.conftest import client_of, shared_app

pytestmark = pytest.mark.anyio

DEFECT = {
    "channel": "email",
    "text": "Pompa CX-40 cieknie i nie pompuje, proszę o naprawę. Kanarek-Serwis.",
    "contact": {"name": "Anna Kowalska", "email": "anna@hydro-bud.example", "phone": "601234567"},
}
PURCHASE = {
    "channel": "email",
    "text": "Chcemy kupić dwie nowe pompy CX-60, proszę o ofertę. Kanarek-Handel.",
    "contact": {"name": "Dawid Nowak", "email": "dawid@rolnik.example"},
}


async def person(
    admin: httpx.AsyncClient, house: House, name: str, **what: object
) -> httpx.AsyncClient:
    """A client with the key of a person."""
    body = {"id": name.lower(), "name": name, **what}
    made = (await admin.post("/v1/api-keys", json=body)).json()
    client = client_of(house, None)
    client.headers["authorization"] = f"Bearer {made['key']}"
    return client


async def sent(client: httpx.AsyncClient, body: dict, team: str) -> str:
    answer = (await client.post("/v1/inquiries", json=body)).json()
    assert answer["decision"]["team"] == team, answer
    return str(answer["reference"])


async def test_each_person_sees_and_does_what_is_theirs(
    house: House, client: httpx.AsyncClient
) -> None:
    defect = await sent(client, DEFECT, "customer_service")
    purchase = await sent(client, PURCHASE, "sales")
    celina = await person(
        client, house, "Celina", roles=["agent"], teams=["customer_service", "triage"]
    )
    bartek = await person(client, house, "Bartek", roles=["salesperson"], teams=["sales"])
    ewa = await person(client, house, "Ewa", roles=["salesperson"], owner="Ewa")
    async with celina, bartek, ewa:
        for who, theirs in ((celina, [defect]), (bartek, [purchase]), (ewa, [])):
            listed = (await who.get("/v1/inquiries")).json()["items"]
            assert [one["reference"] for one in listed] == theirs
            assert (await who.get("/v1/inquiries/counts")).json()["total"] == len(theirs)
            for reference in (defect, purchase):
                status = 200 if reference in theirs else 403
                path = f"/v1/inquiries/{reference}"
                assert (await who.get(path)).status_code == status
                assert (await who.get(f"{path}/explanation")).status_code == status
                answered = await who.post(f"{path}/answer", json={"who": "X"})
                assert answered.status_code == status

        # A filter does not widen what they may see.
        asked = await celina.get("/v1/inquiries", params={"team": "sales"})
        assert asked.json()["items"] == []

        # Celina sees that Anna wants to buy; from now on it is Bartek's.
        said = {"category": "new_purchase", "who": "Celina"}
        corrected = await celina.post(f"/v1/inquiries/{defect}/correction", json=said)
        assert corrected.json()["decision"]["team"] == "sales"
        refused = await celina.get(f"/v1/inquiries/{defect}")
        assert refused.status_code == 403
        assert "bound to the teams customer_service, triage" in refused.json()["detail"]
        assert "An admin gives it" in refused.json()["hint"]
        assert (await bartek.get(f"/v1/inquiries/{defect}")).status_code == 200

        # What a salesperson may not do at all, with anybody's inquiry.
        merge = {"who": "Bartek", "into": purchase}
        refused = await bartek.post(f"/v1/inquiries/{defect}/merge", json=merge)
        assert (refused.status_code, refused.json()["required_scope"]) == (403, "arrange")


async def test_body_cannot_name_what_is_not_theirs(house: House, client: httpx.AsyncClient) -> None:
    defect = await sent(client, DEFECT, "customer_service")
    purchase = await sent(client, PURCHASE, "sales")
    celina = await person(client, house, "Celina", roles=["agent"], teams=["customer_service"])
    async with celina:
        for act, body in (("merge", {"into": purchase}), ("links", {"to": purchase})):
            path = f"/v1/inquiries/{defect}/{act}"
            assert (await celina.post(path, json={"who": "C", **body})).status_code == 403
        path = f"/v1/inquiries/{defect}/links/{purchase}"
        assert (await celina.delete(path, params={"who": "C"})).status_code == 403


async def test_latest_is_the_one_that_was_checked(house: House, client: httpx.AsyncClient) -> None:
    celina = await person(client, house, "Celina", roles=["agent"], teams=["customer_service"])
    async with celina:
        assert (await celina.get("/v1/inquiries/latest")).status_code == 404
        await sent(client, PURCHASE, "sales")
        assert (await celina.get("/v1/inquiries/latest")).status_code == 403
        reference = await sent(client, DEFECT, "customer_service")
        shown = await celina.get("/v1/inquiries/latest")
        assert shown.json()["reference"] == reference


async def test_bound_callbacks(house: House, client: httpx.AsyncClient) -> None:
    body = {"call_id": "1", "from": "+48601234567", "to": "+48221234500", "speech": "pompa cieknie"}
    for step in ({}, {"step": "1"}, {"dial_status": "no-answer", "ended": True}):
        await client.post("/v1/phone/decide", json=body | step)
    (callback,) = (await client.get("/v1/callbacks")).json()["items"]
    bartek = await person(client, house, "Bartek", roles=["salesperson"], teams=["sales"])
    celina = await person(client, house, "Celina", roles=["agent"], teams=[callback["team"]])
    async with bartek, celina:
        assert (await bartek.get("/v1/callbacks")).json()["items"] == []
        assert len((await celina.get("/v1/callbacks")).json()["items"]) == 1
        for name in (callback["id"], "latest"):
            path = f"/v1/callbacks/{name}/owner"
            assert (await bartek.post(path, json={"who": "Bartek"})).status_code == 403
            assert (await celina.post(path, json={"who": "Celina"})).status_code == 200


async def test_nothing_of_another_team_is_in_any_answer(
    house: House, client: httpx.AsyncClient
) -> None:
    """Over all operations that read: the words of the other team never appear."""
    await sent(client, DEFECT, "customer_service")
    await client.post(
        "/v1/inquiries/latest/correction", json={"category": "defect", "who": "Celina"}
    )
    defect = (await client.get("/v1/inquiries/latest")).json()
    purchase = await sent(client, PURCHASE, "sales")
    bound = [
        await person(client, house, f"P{role.value}", roles=[role.value], teams=["sales"])
        for role in (Role.MANAGER, Role.AGENT, Role.SALESPERSON, Role.READER)
    ]
    paths = [
        path
        for path, methods in shared_app().openapi()["paths"].items()
        if SCOPE_FIELD in methods.get("get", {})
    ]
    assert len(paths) > 25
    allowed = 0
    for who in bound:
        async with who:
            for path in paths:
                for named in ("latest", purchase, defect["reference"], defect["id"]):
                    answer = await who.get(path.replace("{inquiry_id}", named))
                    allowed += answer.status_code == 200
                    for canary in ("Kanarek-Serwis", "anna@hydro-bud", "601234567", "Kowalska"):
                        assert canary not in answer.text, (path, named)
    assert allowed > 50
