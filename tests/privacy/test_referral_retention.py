"""Retention forgets whom referrals are about; rewards stay with their ids and amounts."""

from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import Connection, select, update

from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from inquiry_router.referrals.tables import referrals, reward_entries, rewards
from inquiry_router.schema import metadata
from tests.privacy.test_retaining import put, run

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)
CANARIES = ("Zdzisława Kanarek", "600777888", "kanarek@ptasi.example", "Ptasiarnia", "śpiewają")
RULES = {
    "hold_days": 0,
    "rewards": [{"event": "won", "receiver": "salesperson", "amount_minor": 5000}],
}


async def refer(client: httpx.AsyncClient, **more: Any) -> str:
    """A referral full of canaries, with a doubt and feedback."""
    name, phone, email, company, words = CANARIES
    contact = {"phone": f"+48{phone}", "email": email}
    body = {
        "recommender": {"name": name, "company": company, **contact},
        "prospect": {"name": name, "company": company, **contact},
        "brought_by": [{"person": "Bartek Wilk"}],
        "need": f"Kanarki {words}",
        **more,
    }
    made = await client.post("/v1/referrals", json=body, headers={"Idempotency-Key": phone})
    assert made.status_code in (200, 201), made.text
    path = f"/v1/referrals/{made.json()['id']}"
    fine = {"kind": "self_referral", "fine": True, "reason": f"{name} {words}"}
    assert (await client.post(f"{path}/verdict", json=fine)).status_code == 200
    said = {"person": "Ewa Lis", "came": True, "note": f"{name} {words}"}
    assert (await client.put(f"{path}/feedback", json=said)).status_code == 200
    return str(made.json()["id"])


async def age(house: House, referral_id: str, days: float) -> None:
    at = utc_now() - days * DAY
    this = update(referrals).where(referrals.c.id == referral_id)
    await house.database.write(lambda c: c.execute(this.values(received_at=at, changed_at=at)))


def traces(connection: Connection) -> set[str]:
    """The tables of referrals and rewards in which a canary is."""
    mine = [one for one in metadata.sorted_tables if one.name.startswith(("referral", "reward"))]
    return {
        table.name
        for table in mine
        for row in connection.execute(select(table))
        if any(canary.lower() in str(tuple(row)).lower() for canary in CANARIES)
    }


async def test_prospects_without_consent_are_forgotten_first(
    house: House, client: httpx.AsyncClient
) -> None:
    referral_id = await refer(client)
    await age(house, referral_id, 31)
    assert "referrals" in await house.database.read(traces)
    await put(client, referrals_without_consent_days=32, closed_referrals_days=1)
    assert (await run(house))["referrals_without_consent_days"] == 0
    await put(client, referrals_without_consent_days=30)
    assert (await run(house))["referrals_without_consent_days"] == 1
    assert await house.database.read(traces) == set()
    after = (await client.get(f"/v1/referrals/{referral_id}")).json()
    assert (after["state"], after["credit"][0]["person"]) == ("expired", "Bartek Wilk")
    assert sum((await run(house)).values()) == 0


async def test_closed_ones_are_forgotten_when_rewards_are_settled(
    house: House, client: httpx.AsyncClient
) -> None:
    await client.put("/v1/referral-rules", json=RULES, headers={"If-Match": "*"})
    referral_id = await refer(client, consent="spoken", consent_note=f"{CANARIES[0]}, phone")
    won = {"state": "won", "amount_minor": 100_000, "handled_by": "Ewa Lis"}
    done = await client.post(f"/v1/referrals/{referral_id}/outcome", json=won)
    assert done.status_code == 200, done.text
    await age(house, referral_id, 400)
    await put(client, referrals_without_consent_days=30, closed_referrals_days=365)
    assert (await run(house))["closed_referrals_days"] == 0  # the reward is held
    reward = (await client.get("/v1/rewards")).json()["items"][0]
    for act in ("approval", "payment"):
        booked = await client.post(f"/v1/rewards/{reward['id']}/{act}")
        assert booked.status_code == 200, booked.text
    await age(house, referral_id, 400)
    assert (await run(house))["closed_referrals_days"] == 1
    assert await house.database.read(traces) == set()

    def books(connection: Connection) -> tuple[list[Any], int]:
        kept = connection.execute(select(rewards.c.referral_id, rewards.c.amount_minor)).all()
        entries = connection.scalars(select(reward_entries.c.amount_minor)).all()
        return [tuple(one) for one in kept], sum(entries)

    assert await house.database.read(books) == ([(referral_id, 5000)], 0)
    after = (await client.get(f"/v1/referrals/{referral_id}")).json()
    assert (after["state"], after["amount_minor"]) == ("won", 100_000)
    kinds = [one["kind"] for one in after["timeline"]]
    assert kinds[0] == "received" and "won" in kinds
