"""Referrals by API: candidates, credit, doubts, feedback, links, the clock, erasure."""

import contextlib
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import Connection, select, update

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from inquiry_router.referrals.keeping import ReferralKeeper
from inquiry_router.referrals.tables import referral_timeline, referrals
from inquiry_router.telling.tables import notices
from tests.assignment.test_assigning import enter
from tests.assignment.test_sight import key
from tests.conftest import client_of
from tests.pages.browser import browser_of

pytestmark = pytest.mark.anyio

BODY: dict[str, Any] = {
    "recommender": {"name": "Anna Kowalska"},
    "prospect": {"name": "Dawid Kos", "phone": "602 333 444", "email": "dawid@kos.example"},
    "brought_by": [{"person": "Bartek Wilk"}],
    "consent": "told_recommender",
    "consent_note": "Anna, 12 November",
}


async def entered(client: httpx.AsyncClient, **more: Any) -> str:
    answer = await client.post("/v1/referrals", json=BODY | more)
    assert answer.status_code == 201, answer.text
    return f"/v1/referrals/{answer.json()['id']}"


async def age(house: House, days: int) -> None:
    """Make all referrals older."""

    def work(connection: Connection) -> None:
        rows = connection.execute(select(referrals.c.id, referrals.c.received_at)).all()
        for row in rows:
            values = {"received_at": row.received_at - timedelta(days=days)}
            values["expires_at"] = values["received_at"] + timedelta(days=90)
            connection.execute(update(referrals).where(referrals.c.id == row.id).values(values))

    await house.database.write(work)


async def told(house: House, what: str) -> int:
    def work(connection: Connection) -> int:
        rows = connection.scalars(select(notices.c.facts).where(notices.c.kind == "referral_step"))
        return sum(what in facts for facts in rows)

    return await house.database.read(work)


async def test_unsure_inquiry_makes_a_candidate_that_people_confirm(
    sqlite_house: House,
) -> None:
    async with client_of(sqlite_house) as client:
        text = (
            "Pompa CX-40 kupiona w marcu cieknie. Henryk Bąk z tartaku tak Państwa polecał, a ja "
            "czekam na naprawę gwarancyjną."
        )
        made = await client.post("/v1/inquiries", json={"channel": "email", "text": text})
        before = made.json()
        (found,) = (await client.get("/v1/referrals?candidate=true")).json()["items"]
        assert found["candidate"] and found["next_states"] == []
        path = f"/v1/referrals/{found['id']}"
        refused = await client.post(f"{path}/outcome", json={"state": "contacted"})
        assert refused.status_code == 409
        async with browser_of(sqlite_house) as browser:
            page = await browser.open(f"/inquiries/{before['reference']}")
            assert "It is a referral" in page.text
            await browser.send(f"/referrals/{found['id']}/step", what="confirm")
        after = (await client.get(path)).json()
        assert (after["candidate"], after["state"]) == (False, "consent_known")
        same = (await client.get(f"/v1/inquiries/{before['id']}")).json()
        assert same["decision"] == before["decision"]
        assert same["classification"] == before["classification"]


async def test_correction_to_referral_makes_one(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        text = "Zamawiam dwie pompy CX-40. Jan Kos"
        made = await client.post("/v1/inquiries", json={"channel": "email", "text": text})
        inquiry = made.json()
        assert (await client.get("/v1/referrals")).json()["items"] == []
        said = {"who": "Celina", "category": "referral"}
        await client.post(f"/v1/inquiries/{inquiry['id']}/correction", json=said)
        (found,) = (await client.get("/v1/referrals")).json()["items"]
        assert (found["inquiry_id"], found["candidate"]) == (inquiry["id"], True)


async def test_credit_is_changed_by_managers_only_with_a_reason(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, client_of(sqlite_house, Role.AGENT) as agent:
        path = await entered(client)
        body = {"credit": [{"person": "Ewa Lis", "percent": 60}], "reason": "both"}
        assert (await agent.put(f"{path}/credit", json=body)).status_code == 403
        assert (await client.put(f"{path}/credit", json=body)).status_code == 422
        body["credit"].append({"person": "Bartek Wilk", "percent": 40})
        after = (await client.put(f"{path}/credit", json=body)).json()
        assert {one["person"]: one["percent"] for one in after["credit"]} == {
            "Ewa Lis": 60,
            "Bartek Wilk": 40,
        }
        assert after["timeline"][-1]["details"]["before"] == {"Bartek Wilk": 10_000}


async def test_doubt_keeps_the_reward_until_somebody_decides(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        rules = {"rewards": [{"event": "won", "receiver": "salesperson", "amount_minor": 100}]}
        await client.put("/v1/referral-rules", json=rules, headers={"If-Match": "*"})
        await entered(client)
        path = await entered(client)
        await client.post(f"{path}/outcome", json={"state": "won"})
        assert (await client.get("/v1/rewards")).json()["items"][0]["state"] == "pending"
        refuse = {"kind": "competing_claim", "fine": False, "reason": "the first one counts"}
        for word in ("unknown", "competing_claim"):
            answer = await client.post(f"{path}/verdict", json=refuse | {"kind": word})
            assert answer.status_code == (404 if word == "unknown" else 200)
        appeal = {"kind": "competing_claim", "text": "another branch"}
        assert (await client.post(f"{path}/appeal", json=appeal)).status_code == 200
        assert (await client.post(f"{path}/appeal", json=appeal)).status_code == 409
        fine = refuse | {"fine": True, "reason": "another branch indeed"}
        after = (await client.post(f"{path}/verdict", json=fine)).json()
        assert (after["flags"][0]["verdict"], after["flags"][0]["appeal"]) == (
            *("fine", "another branch"),
        )
        assert (await client.get("/v1/rewards")).json()["items"][0]["state"] == "held"


async def test_reward_of_somebody_who_left_is_approved_by_two_people_and_paid(
    sqlite_house: House,
) -> None:
    async with client_of(sqlite_house) as client, contextlib.AsyncExitStack() as stack:
        for name in ("Bartek Wilk", "Marta Szef", "Olga Szef"):
            await enter(client, name, email=f"{name.split()[0].lower()}@firma.example")
        rule = {"event": "won", "receiver": "salesperson", "amount_minor": 100}
        rules = {"rewards": [rule], "hold_days": 0, "second_approver_above_minor": 50}
        await client.put("/v1/referral-rules", json=rules, headers={"If-Match": "*"})
        path = await entered(client)
        await client.post(f"{path}/outcome", json={"state": "won"})
        gone = await client.delete("/v1/staff/Bartek Wilk", headers={"If-Match": "*"})
        assert gone.status_code == 204
        # Two keys of Marta are one person, and one of nobody known is none.
        for key_id, name, status, state in (
            ("one", "Marta Szef", 200, "held"),
            ("two", "MARTA@firma.example", 403, "held"),
            ("three", "the laptop", 403, "held"),
            ("four", "olga szef", 200, "approved"),
        ):
            made = key(sqlite_house, client, key_id, "manager", name=name)
            manager = await stack.enter_async_context(made)
            answer = await manager.post("/v1/rewards/latest/approval")
            assert answer.status_code == status, answer.text
            assert (await client.get("/v1/rewards")).json()["items"][0]["state"] == state
        paid = (await client.post("/v1/rewards/latest/payment")).json()
        assert paid["approved_by"] == ["Marta Szef", "Olga Szef"]
        made = key(sqlite_house, client, "bartek", "salesperson", owner="Bartek Wilk")
        bartek = await stack.enter_async_context(made)
        for one in (client, bartek):  # by the name that they had, however it is written
            found = (await one.get("/v1/rewards/statement?person=bartek  WILK")).json()
            assert (found["sums"][0]["paid"], len(found["rewards"])) == (100, 1)
        assert (await bartek.get("/v1/rewards/statement?person=Olga Szef")).status_code == 403


async def test_currencies_are_never_added_up(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        await enter(client, "Bartek Wilk")
        for number, (currency, amount, won) in enumerate(
            (("PLN", 100, 500_000), ("EUR", 7, 20_000), ("EUR", 8, 30_000))
        ):
            rule = {"event": "won", "receiver": "salesperson", "amount_minor": amount}
            rules = {"rewards": [rule], "currency": currency, "hold_days": 0}
            await client.put("/v1/referral-rules", json=rules, headers={"If-Match": "*"})
            other = {"name": f"Kos {number}", "phone": f"60233344{number}"}
            path = await entered(client, prospect=other)
            outcome = {"state": "won", "amount_minor": won}
            assert (await client.post(f"{path}/outcome", json=outcome)).status_code == 200
            again = await client.post(f"{path}/outcome", json=outcome | {"currency": "USD"})
            assert again.status_code == 409 and currency in again.json()["detail"]
        found = (await client.get("/v1/rewards/statement?person=Bartek Wilk")).json()
        assert [(one["currency"], one["held"]) for one in found["sums"]] == [
            ("EUR", 15),
            ("PLN", 100),
        ]
        gain = (await client.get("/v1/referral-gain?count=3")).json()
        assert (gain["currency"], gain["won"], gain["deals"]) == ("EUR", 3.0, 2)
        assert gain["turnover_minor"] == 3 * 25_000
        of_bartek = {
            "id": "bartek",
            "name": "Bartek",
            "roles": ["salesperson"],
            "owner": "Bartek Wilk",
        }
        theirs = (await client.post("/v1/api-keys", json=of_bartek)).json()["key"]
        async with browser_of(sqlite_house, key=theirs) as browser:
            page = (await browser.open("/referrals/mine?lang=pl")).text
            assert "0,15 EUR" in page and '<span class="number">1 PLN' in page


async def test_parties_are_corrected_and_matched_again(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        account = {"name": "Tartak Bąk", "phones": ["601 234 567"], "roles": {"owner": "Ewa Lis"}}
        known = (await client.post("/v1/accounts", json=account)).json()
        path = await entered(client)
        body = {"recommender": {"name": "Henryk Bąk", "phone": "601 234 567"}}
        after = (await client.put(f"{path}/parties", json=body)).json()
        assert after["recommender"]["account"]["id"] == known["id"]
        assert after["recommender"]["name"]["certainty"] == 1.0
        assert [one["person"] for one in after["credit"]] == ["Bartek Wilk"]
        assert after["prospect"]["name"]["value"] == "Dawid Kos"
        assert (await client.put(f"{path}/parties", json={})).status_code == 422


async def test_feedback_reaches_who_has_the_credit(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        path = await entered(client)
        said = {"person": "Ewa Lis", "answered": True, "came": False, "note": "was ill"}
        after = (await client.put(f"{path}/feedback", json=said)).json()
        assert after["timeline"][-1]["details"]["said"] == "answered: yes, came: no, was ill"
        assert await told(sqlite_house, "feedback") == 1
        async with browser_of(sqlite_house, Role.MANAGER) as browser:
            page = await browser.open(path.removeprefix("/v1") + "?lang=pl")
            assert "odpowiedź: tak, spotkanie: nie, was ill" in page.text


async def test_keeper_reminds_blocks_and_ends(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        path = await entered(client)
        keeper = sqlite_house.referral_keeper
        await keeper.keep()
        await keeper.keep()
        assert (await told(sqlite_house, "received"), await told(sqlite_house, "inform")) == (1, 0)
        await age(sqlite_house, 20)
        await keeper.keep()
        await keeper.keep()
        assert await told(sqlite_house, "inform") == 1
        assert (await client.get(path)).json()["inform"] == "now"
        await age(sqlite_house, 10)
        blocked = await client.post(f"{path}/outcome", json={"state": "contacted"})
        assert blocked.status_code == 409 and "30 days" in blocked.json()["detail"]
        await client.post(f"{path}/information", json={"note": "by mail"})
        assert (
            await client.post(f"{path}/outcome", json={"state": "contacted"})
        ).status_code == 200
        await age(sqlite_house, 60)
        await keeper.keep()
        assert (await client.get(path)).json()["state"] == "expired"


async def test_another_process_repeats_nothing(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        await entered(client)
        house = sqlite_house
        other = ReferralKeeper(
            house.database,
            house.configuration,
            lambda: house.staff.roster,
            house.referrals.on_step,
            house.wake,
        )
        await house.referral_keeper.keep()
        await other.keep()
        assert await told(house, "received") == 1


async def test_objection_is_final_and_the_recommender_hears_closed(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        path = await entered(client)
        links = (await client.post(f"{path}/links")).json()
        await client.post(f"{path}/objection", json={"note": "rang"})
        again = await client.post(f"{path}/consent", json={"consent": "spoken", "note": "x"})
        assert again.status_code == 409
        async with browser_of(sqlite_house, None) as browser:
            page = await browser.open(httpx.URL(links["status"]).path)
            assert "It is closed" in page.text and "Dawid" not in page.text
            forged = httpx.URL(links["status"]).path[:-2] + "xx"
            assert (await browser.open(forged)).status_code == 404
            assert (await browser.open(httpx.URL(links["outcome"]).path)).status_code == 200
            # A link for one purpose opens nothing else.
            other = httpx.URL(links["status"]).path.replace("/referral-status", "/c")
            assert (await browser.open(other)).status_code == 404


async def test_personal_form_makes_a_referral_of_its_owner(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        staff = {"name": "Bartek Wilk", "kind": "salesperson", "teams": ["sales"]}
        await client.post("/v1/staff", json=staff)
        made = await client.post("/v1/recommend-links", json={"person": "Bartek Wilk"})
        path = httpx.URL(made.json()["url"]).path
        async with browser_of(sqlite_house, None) as browser:
            assert "Bartek Wilk" in (await browser.open(path)).text
            wrong = await browser.client.post(path, data={"name": "X", "phone": "12"})
            assert wrong.status_code == 422 and "number or the address is wrong" in wrong.text
            assert (await client.get("/v1/referrals")).json()["items"] == []
            fields = {"name": "Dawid Kos", "phone": "602 333 444", "agreed": "yes"}
            assert (await browser.client.post(path, data=fields)).status_code == 200
        (found,) = (await client.get("/v1/referrals")).json()["items"]
        assert (found["origin"], found["state"]) == ("link", "consent_known")
        assert found["credit"][0]["person"] == "Bartek Wilk"


async def test_salesperson_speaks_for_themselves_only(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, client_of(sqlite_house, Role.SALESPERSON) as one:
        await client.post("/v1/accounts", json={"name": "F", "external_id": "F"})
        ask = {"account": "F", "person": "Somebody Else", "way": "phone"}
        assert (await one.post("/v1/asks", json=ask)).status_code == 403
        seen = await one.get("/v1/rewards/statement", params={"person": "Somebody Else"})
        assert seen.status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("outcome", {"state": "won", "amount_minor": -1}),
        ("outcome", {"state": "won", "amount_minor": 10**13}),
        ("outcome", {"state": "contacted", "amount_minor": 5}),
        ("outcome", {"state": "dreamt"}),
        ("consent", {"consent": "hoped"}),
    ],
)
async def test_bad_input_is_refused(sqlite_house: House, path: str, body: dict[str, Any]) -> None:
    async with client_of(sqlite_house) as client:
        there = await entered(client)
        answer = await client.post(f"{there}/{path}", json=body)
        assert answer.status_code == 422
        nobody = "/v1/referrals/0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"
        outcome = await client.post(f"{nobody}/outcome", json={"state": "contacted"})
        assert outcome.status_code == 404


async def test_erased_prospect_is_masked_and_the_rewards_stay(house: House) -> None:
    async with client_of(house) as client:
        rules = {"rewards": [{"event": "won", "receiver": "salesperson", "amount_minor": 100}]}
        await client.put("/v1/referral-rules", json=rules, headers={"If-Match": "*"})
        path = await entered(client)
        await client.post(f"{path}/outcome", json={"state": "won"})
        who = {"emails": ["dawid@kos.example"], "phones": ["602 333 444"], "names": ["Dawid Kos"]}
        export = (await client.post("/v1/privacy/export", json=who)).json()
        assert len(export["tables"]["referrals"]) == 1
        erased = await client.post("/v1/privacy/erasures", json=who)
        assert erased.status_code in (200, 201), erased.text
        after = await client.get(path)
        assert "602333444" not in after.text and "dawid@kos" not in after.text
        assert len((await client.get("/v1/rewards")).json()["items"]) == 1

        def signs(connection: Connection) -> int:
            return len(connection.execute(select(referral_timeline)).all())

        assert await house.database.read(signs) > 0
        assert (await client.get("/v1/referrals-of?phone=602333444")).json()["referral"] is None
        assert utc_now().tzinfo is not None
