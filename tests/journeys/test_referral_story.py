"""Anna praises a repair, and names Dawid. Bartek keeps the credit though Ewa wins him.

Played through doors, pages and links: hint, ask, referral, call, hand-over, invoice, reward,
reversal, board.
"""

from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import select

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from inquiry_router.telling.tables import notices
from tests.calls.conftest import ALWAYS
from tests.conftest import client_of
from tests.pages.browser import browser_of

pytestmark = pytest.mark.anyio

HYDRO_BUD = {
    "name": "Hydro-Bud",
    "tax_id": "526-000-12-46",
    "contacts": [{"name": "Anna Kowalska", "emails": ["anna@hydro-bud.example"]}],
    "roles": {"owner": "Bartek Wilk"},
}
STOLARNIA = {"name": "Stolarnia Kos", "tax_id": "774-000-14-54", "phones": ["602 333 444"]}
ANNA = {"name": "Anna Kowalska", "email": "anna@hydro-bud.example"}
PEOPLE = (
    ("Bartek Wilk", "salesperson", "bartek", ["sales"]),
    ("Ewa Lis", "salesperson", "ewa", ["sales"]),
    ("Marta Szef", "manager", "marta", ["sales"]),
)
RULES = {
    "hold_days": 0,
    "rewards": [{"event": "won", "receiver": "salesperson", "percent": 2.0}],
}
PRAISE = "Naprawa pompy wyszła świetnie, bardzo dziękujemy całemu zespołowi!"
NAMES_DAWID = (
    "Polecam Państwu pana Dawida Kosa ze Stolarni Kos, tel. 602 333 444. Szuka nowej pompy i czeka "
    "na Państwa telefon."
)
RINGS = "Dzień dobry, chciałbym kupić u Państwa pompę do stolarni, proszę o ofertę."
CELINAS, BARTEKS, SALES = "+48220000002", "+48220000003", "+48220000004"
PHONE = {
    "desks": {"customer_service": {"numbers": [CELINAS]}, "sales": {"numbers": [SALES]}},
    "fallback": CELINAS,
    "salespeople": [{"name": "Bartek Wilk", "number": BARTEKS}],
}
INVOICES = "NIP;Numer;Kwota netto;Data wystawienia\r\n7740001454;FV/7;12 500,00;{day}\r\n"


async def keys_of_people(client: httpx.AsyncClient) -> dict[str, str]:
    """Enter our people, and make a key for each."""
    keys = {}
    for name, kind, key_id, teams in PEOPLE:
        body = {"name": name, "kind": kind, "teams": teams, "email": f"{key_id}@firma.example"}
        made = await client.post("/v1/staff", json=body)
        assert made.status_code == 201, made.text
        key: dict[str, Any] = {"id": key_id, "name": name, "roles": [kind]}
        key |= {"owner": name} if kind == "salesperson" else {}
        answer = await client.post("/v1/api-keys", json=key)
        assert answer.status_code == 201, answer.text
        keys[name] = answer.json()["key"]
    return keys


async def open_the_phone(client: httpx.AsyncClient) -> None:
    """Let the phone ring at any hour, Bartek's too."""
    teams = (await client.get("/v1/teams")).json()
    for team in teams["teams"]:
        team.update(hours=ALWAYS, holidays=None)
    for path, body in (("/v1/teams", teams), ("/v1/phone/settings", PHONE)):
        put = await client.put(path, json=body, headers={"If-Match": '"1"'})
        assert put.status_code == 200, put.text


async def write(client: httpx.AsyncClient, text: str, **more: Any) -> dict[str, Any]:
    answer = await client.post("/v1/inquiries", json={"channel": "email", "text": text, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def ring(phone: httpx.AsyncClient, number: str) -> dict[str, Any]:
    """Ring, and say what is wanted; return the last answer."""
    call = {"call_id": f"call-{number}", "from": number, "to": "+48220000001"}
    asked = (await phone.post("/v1/phone/decide", json=call)).json()
    said = {**call, "step": asked["step"], "speech": RINGS, "speech_confidence": 0.9}
    return (await phone.post("/v1/phone/decide", json=said)).json()


async def told(house: House) -> set[str]:
    """The kinds of everything that our people were told."""

    def work(connection: Any) -> set[str]:
        rows = connection.execute(select(notices.c.kind, notices.c.facts)).all()
        states = ("contacted", "won", "lost")
        return {row.kind for row in rows} | {
            one
            for row in rows
            for one in states
            if row.kind == "referral_step" and one in row.facts
        }

    return await house.database.read(work)


async def test_credit_survives_the_hand_over(house: House, client: httpx.AsyncClient) -> None:
    await client.post("/v1/accounts", json=HYDRO_BUD)
    keys = await keys_of_people(client)
    await open_the_phone(client)
    put = await client.put("/v1/referral-rules", json=RULES, headers={"If-Match": "*"})
    assert put.status_code == 200, put.text

    # Anna praises a repair. Her salesperson gets a hint, with words for it, and asks.
    praise = await write(client, PRAISE, contact=ANNA)
    await client.post(f"/v1/inquiries/{praise['id']}/resolution", json={"who": "Celina"})
    await house.referral_keeper.keep()
    async with browser_of(house, None, key=keys["Bartek Wilk"]) as bartek:
        page = await bartek.open("/referrals/mine")
        assert "Hydro-Bud" in page.text and "Naprawa pompy" in page.text
        hint = (await client.get("/v1/hints")).json()["items"][0]
        assert (hint["person"], hint["reason"]) == ("Bartek Wilk", "praise")
        sent = await bartek.send(f"/referrals/hints/{hint['id']}", answer="asked", result="named")
        assert "Nobody needs to be asked now" in (await bartek.follow(sent)).text
    await house.referral_keeper.keep()
    assert len((await client.get("/v1/hints")).json()["items"]) == 1  # once in 180 days

    # She names Dawid. Nobody may ring him yet.
    named = await write(client, NAMES_DAWID, contact=ANNA)
    (referral,) = (await client.get("/v1/referrals", params={"inquiry_id": named["id"]})).json()[
        "items"
    ]
    path = f"/v1/referrals/{referral['id']}"
    if referral["candidate"]:
        referral = (await client.post(f"{path}/confirmation")).json()
    assert referral["recommender"]["account"]["name"] == "Hydro-Bud"
    assert referral["prospect"]["name"]["words"] == "Dawida Kosa"
    assert referral["prospect"]["phone"]["value"] == "+48602333444"
    assert [one["person"] for one in referral["credit"]] == ["Bartek Wilk"]
    assert referral["contact_allowed"] is False
    refused = await client.post(f"{path}/outcome", json={"state": "contacted"})
    assert refused.status_code == 409

    # He rings, and the phone knows who recommended him: he gets Bartek, who brought him, and is
    # told nothing of Anna; the note is. Now he may be contacted.
    async with client_of(house, Role.PHONE) as phone:
        known = (await phone.get("/v1/referrals-of", params={"phone": "602 333 444"})).json()
        assert known["referral"]["recommender"] == "Anna Kowalska"
        assert known["referral"]["credit"] == ["Bartek Wilk"]
        rung = await ring(phone, "+48602333444")
        assert (rung["team"], rung["number"]) == ("sales", BARTEKS)
        assert "Anna" not in rung["say"] and "Kowalska" not in rung["say"]
        assert (await ring(phone, "+48602999888"))["number"] == SALES  # nobody recommended them
    called = (await client.get(f"/v1/inquiries/{rung['reference']}?lang=pl")).json()
    assert any("poleca: Anna Kowalska" in one for one in called["decision"]["reasons"])
    await house.referral_keeper.keep()
    after = (await client.get(path)).json()
    assert (after["state"], after["consent"], after["contact_allowed"]) == (
        *("consent_known", "own_inquiry", True),
    )

    # Ewa takes him over by a link. Looking changes nothing, a forged link neither.
    links = (await client.post(f"{path}/links", params={"person": "Ewa Lis"})).json()
    outcome, status = (httpx.URL(links[name]).path for name in ("outcome", "status"))
    async with browser_of(house, None) as ewa:
        assert "Ewa Lis" in (await ewa.open(outcome)).text
        assert (await client.get(path)).json()["state"] == "consent_known"
        assert (await ewa.client.post(outcome[:-4] + "AAAA")).status_code == 404
        assert (await ewa.client.post(status.replace("status", "outcome"))).status_code == 404
        for _ in range(2):
            done = await ewa.client.post(outcome, data={"state": "contacted"})
            assert done.status_code == 200
        seen = await ewa.open(status)
        assert "Dawida Kosa" in seen.text or "Dawid" in seen.text
        assert "602" not in seen.text and "Ewa" not in seen.text
    after = (await client.get(path)).json()
    assert [one["kind"] for one in after["timeline"]].count("contacted") == 1
    assert after["handled_by"] == "Ewa Lis"

    # The invoice wins him. The credit stays with Bartek, and the reward is held.
    await client.post("/v1/accounts", json=STOLARNIA)
    content = INVOICES.format(day=after["received_at"][:10]).encode("cp1250")
    for won in ([referral["id"]], []):
        answer = await client.post(
            "/v1/invoices/import", content=content, headers={"content-type": "text/csv"}
        )
        assert answer.json()["won"] == won, answer.text
    after = (await client.get(path)).json()
    assert (after["state"], after["amount_minor"]) == ("won", 1_250_000)
    assert [one["person"] for one in after["credit"]] == ["Bartek Wilk"]
    (reward,) = (await client.get("/v1/rewards")).json()["items"]
    assert (reward["receiver"], reward["amount_minor"], reward["state"]) == (
        *("Bartek Wilk", 25_000, "held"),
    )
    headers = {"Authorization": f"Bearer {keys['Bartek Wilk']}"}
    own = await client.post(f"/v1/rewards/{reward['id']}/approval", headers=headers)
    assert own.status_code == 403

    # A link, stolen or of Ewa's, undoes no deal; amounts that make no sense are refused.
    async with browser_of(house, None) as thief:
        undo = {"state": "lost", "reason": "żart"}
        assert (await thief.client.post(outcome, data=undo)).status_code == 409
    for odd in ({"amount_minor": -5}, {"amount_minor": 10**15}, {"amount_minor": 5}):
        refused = await client.post(f"{path}/outcome", json={"state": "won", **odd})
        assert refused.status_code in (409, 422), refused.text

    # The manager approves it on the page, and it is paid, once.
    async with browser_of(house, None, key=keys["Marta Szef"]) as marta:
        page = await marta.open(f"/referrals/{referral['id']}")
        assert "held" in page.text
        booking = f"/referrals/{referral['id']}/rewards/{reward['id']}"
        for what in ("approved", "paid", "paid"):
            await marta.follow(await marta.send(booking, what=what))
    statement = await client.get("/v1/rewards/statement", params={"person": "Bartek Wilk"})
    (sums,) = statement.json()["sums"]
    assert (sums["currency"], sums["paid"], sums["held"]) == ("PLN", 25_000, 0)

    # The deal is undone: the reward is taken back, and payroll shows both.
    undone = await client.post(f"{path}/outcome", json={"state": "lost", "reason": "odstąpił"})
    assert undone.status_code == 200, undone.text
    statement = await client.get("/v1/rewards/statement", params={"person": "Bartek Wilk"})
    assert statement.json()["sums"][0]["paid"] == 0
    day = after["received_at"][:10]
    payroll = await client.get("/v1/rewards/payroll", params={"since": day, "until": day})
    assert "250,00" in payroll.text and "-250,00" in payroll.text
    assert {"hint", "referral_step", "contacted", "won", "lost"} <= await told(house)

    # The board shows it all: the team, and Bartek only after he said so.
    async with browser_of(house, None, key=keys["Bartek Wilk"]) as bartek:
        assert "Bartek Wilk" not in (await bartek.open("/referrals/board")).text.split("<footer")[0]
        chosen = await client.put(
            "/v1/referral-board/choice", json={"by_name": True}, headers=headers
        )
        assert chosen.status_code == 204, chosen.text
        assert "Bartek Wilk" in (await bartek.open("/referrals/board")).text.split("<footer")[0]
    board = (await client.get("/v1/referral-board")).json()
    assert [(one["name"], one["asked"]) for one in board["teams"]] == [("sales", 1)]
    gifts = (await client.get("/v1/referral-board/gifts")).json()["items"]
    assert [(one["giver"], one["taker"], one["given"]) for one in gifts] == [
        ("Bartek Wilk", "Ewa Lis", 1)
    ]
